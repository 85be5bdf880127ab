"""What the user says about one IMAP account."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from connectors.errors import Misconfigured
from rules.mail import Role

__all__ = ["Auth", "ImapSettings", "Security"]


class Security(StrEnum):
    """How the connection is protected."""

    TLS = "tls"
    """From the first byte (RFC 8314); the certificate is verified."""
    STARTTLS = "starttls"
    """Upgraded before anything is said; the certificate is verified; refused when the server does not offer it."""
    PLAIN = "plain"
    """Not at all: for a server on this machine."""


class Auth(StrEnum):
    """How to sign in."""

    PASSWORD = "password"  # noqa: S105 - the name of a method, not a password
    """SASL PLAIN where offered, else LOGIN."""
    XOAUTH2 = "xoauth2"
    """An access token, by XOAUTH2 or OAUTHBEARER (RFC 7628), whichever is offered."""


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """One account. Times are seconds."""

    host: str
    username: str
    secret: Callable[[], str] = field(repr=False, compare=False)
    """Returns the password or access token; asked at each sign-in and never kept."""
    renew: str = "store the password again with `hearback login`"
    """How the user gives another secret, as the end of a sentence; for messages."""
    port: int = 0
    """0: 993 for TLS, else 143."""
    security: Security = Security.TLS
    allow_plaintext: bool = False
    """Permits `plain` to a server that is not on this machine."""
    ca_file: Path | None = None
    """PEM file of the authority that signed the server's certificate; None: the system's authorities."""
    auth: Auth = Auth.PASSWORD
    folders: Mapping[Role, str] = field(default_factory=dict)
    """Overrides what the server says, role by role; the names as a mail client shows them. They must exist."""
    timeout: float = 30.0
    """How long any answer may take before the connection counts as dead."""
    idle: bool = True
    """False: never use IDLE, even where the server offers it."""
    idle_refresh: float = 300.0
    """IDLE is renewed this often: routers forget silent connections long before the 29 minutes of RFC 2177."""
    poll_interval: float = 60.0
    """How often `wait` asks a server that has no IDLE."""
    page_size: int = 4000
    """Envelopes in one page of changes."""

    def __post_init__(self) -> None:
        """Raise Misconfigured for what can never work."""
        if not self.host:
            raise Misconfigured("No IMAP server is named: set `host`, for example host = 'imap.example.com'.")
        if not self.username:
            raise Misconfigured(f"No user name for {self.host}: set `username`.")
        if not 0 <= self.port <= 65535:  # noqa: PLR2004 - the range of TCP ports
            raise Misconfigured(f"`port` for {self.host} is {self.port}; it must be between 1 and 65535, or left out.")
        if min(self.timeout, self.idle_refresh, self.poll_interval) <= 0 or self.page_size < 1:
            raise Misconfigured(f"Times and `page_size` for {self.host} must be greater than zero.")
        if self.security is Security.PLAIN and not (self.allow_plaintext or _is_loopback(self.host)):
            raise Misconfigured(
                f"security = 'plain' would send your password readable over the network to {self.host}: "
                "set security = 'tls' or 'starttls', or allow_plaintext = true if you really mean it."
            )

    @property
    def number(self) -> int:
        """Return the port to connect to."""
        return self.port or (993 if self.security is Security.TLS else 143)

    @property
    def where(self) -> str:
        """Return `user@host:port` in words, for messages."""
        return f"{self.host}:{self.number}"


def _is_loopback(host: str) -> bool:
    if host.lower() in {"localhost", "localhost."}:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
