"""How the endpoints of a sign-in are asked, whoever the provider is: what is trusted, and which answers are let through."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests.adapters

from connectors.auth.trouble import captive, plain
from connectors.errors import Throttled, Unavailable

__all__ = ["ServerClock", "check_answer", "host_of", "parse_object", "patience", "prepare_session"]

_PATIENCE = 60.0
"""Seconds to wait where a server asks for patience and does not say for how long."""
_LONGEST_PATIENCE = 3600.0


class ServerClock:
    """How our clock compares with that of a server."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Take ours (aware)."""
        self.skew = timedelta(0)
        """How far ours was ahead at the last answer that told the time; to the second."""
        self._now = now

    def note(self, headers: Mapping[str, str]) -> None:
        """Compare them (RFC 9110 section 6.6.1)."""
        told = _instant(headers.get("Date", ""))
        if told is not None:
            self.skew = self._now() - told


class _Trusting(requests.adapters.HTTPAdapter):
    """Connections that trust what a context of ours trusts, through a proxy too: `requests` has another pool for those."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """Take the context."""
        self._context = context
        self._read: set[str] = set()
        super().__init__(pool_connections=2, pool_maxsize=2)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool of direct connections."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Return the pool of connections through a proxy."""
        return super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Say what to trust: beside the context the library's own authorities, or those of REQUESTS_CA_BUNDLE."""
        super().cert_verify(conn, url, verify, cert)
        if (file := conn.ca_certs) is not None:
            # Read into the context once: else that is done at each connection, and takes longer than all the rest of it.
            if file not in self._read:
                self._context.load_verify_locations(file)
                self._read.add(file)
            conn.ca_certs = None


def prepare_session(session: Any) -> None:
    """Make a session of `requests` fit for a program that asks once an hour, on machines of all kinds.

    The system's authorities, and those of SSL_CERT_FILE, are trusted beside the ones that come with the library. No connection is
    kept: it would be dead by the next time. What a .netrc says for any host is not for them, and would take the token's place.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    session.mount("https://", _Trusting(context))
    session.headers["Connection"] = "close"
    session.auth = lambda request: request


def host_of(url: str) -> str:
    """Return the host of an address, with its port where one is named; of what is no address, the whole."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return plain(url, 80)


def check_answer(  # noqa: PLR0917 - the parts of an answer, and whose it is
    where: str, status: int, headers: Mapping[str, str], body: bytes | str, service: str, temporary: Collection[str] = ()
) -> None:
    """Let nothing through but an answer in JSON, good or bad. Raises Unavailable. `temporary` are errors that pass."""
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirections
        raise captive(where, f"it redirected elsewhere, status {status}", service)
    if status == 511:  # noqa: PLR2004 - network authentication required (RFC 6585)
        raise captive(where, "status 511", service)
    if status == 429:  # noqa: PLR2004 - too many requests
        raise Throttled(f"{where} asks for patience (status 429).", patience(headers))
    if status >= 500:  # noqa: PLR2004 - the class of the server's own failures
        if (wait := patience(headers, 0.0)) > 0:
            raise Throttled(f"{where} does not work just now (status {status}).", wait)
        raise Unavailable(f"{where} does not work just now (status {status}).")
    told = parse_object(body)
    if told is not None and {each for key in ("error", "error_description") if isinstance(each := told.get(key), str)} & set(
        temporary
    ):
        # Here, for libraries would ask again and again before they said so.
        raise Unavailable(f"{where} does not work just now (status {status}, {told.get('error')}).")
    if told is None and not (status == 200 and not body):  # noqa: PLR2004 - an empty success, as of a revocation
        kind = headers.get("Content-Type", "").partition(";")[0].strip()
        kind = "something else" if not kind or "json" in kind.lower() else kind[:40]
        raise captive(where, f"status {status}, {kind} where JSON was due", service)


def parse_object(body: bytes | str) -> dict[str, Any] | None:
    """Return the JSON object, or None where it is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def patience(headers: Mapping[str, str], default: float = _PATIENCE) -> float:
    """Return the seconds of a Retry-After header (RFC 9110 section 10.2.3), within reason; `default` where it names none.

    A date in it is compared with the Date of the same answer: what counts is the server's clock.
    """
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:10]), _LONGEST_PATIENCE)
    until, theirs = _instant(told), _instant(headers.get("Date", ""))
    if until is None or theirs is None:
        return default
    return min(max((until - theirs).total_seconds(), 1.0), _LONGEST_PATIENCE)


def _instant(told: str) -> datetime | None:
    """Return the instant of a date in a header, in UTC; None where it is none, or lies beyond the calendar."""
    try:
        found = parsedate_to_datetime(told)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
