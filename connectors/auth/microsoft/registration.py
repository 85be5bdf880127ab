"""Who we are to Microsoft when the user signs in: an application that somebody has registered, without a secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["AUTHORITY", "MICROSOFT", "Registration"]

AUTHORITY: Final = "https://login.microsoftonline.com"
MICROSOFT: Final = "Microsoft"
"""Whose endpoints they are; for messages."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A public client (RFC 8252 section 8.4): what it says of itself is no secret, and proves nothing."""

    client_id: str
    tenant: str = "common"
    """`common`, `organizations`, `consumers`, or one directory, by id or by domain
    (https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints)."""
    service: str = AUTHORITY
    """Scheme, host and port of the sign-in; national clouds have their own
    (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud)."""

    @property
    def authority(self) -> str:
        """Return the authority as msal takes it."""
        return f"{self.service}/{self.tenant}"
