"""What an answer that is none means for the caller.

The reasons are those of https://developers.google.com/workspace/gmail/api/guides/handle-errors and of `ErrorInfo` in
https://cloud.google.com/apis/design/errors.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import (
    AuthNeeded,
    Conflict,
    ConnectorError,
    Misconfigured,
    NoRoom,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)
from connectors.gmail.answers import Json, record, records, text
from connectors.gmail.settings import GmailSettings
from connectors.refusal import LONGEST_WAIT, line_of, seconds_until, sent_on, unexplained, untrusted
from rules.mail.headers import date_of

__all__ = ["broken_line", "refusal"]

_SLOW_DOWN: Final = 30.0
"""Seconds, where the service names none: its limits are by the minute."""
_A_DAYS_END: Final = 3600.0
_RATE: Final = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "concurrentLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED"}
)
_DAILY: Final = frozenset({"dailyLimitExceeded", "dailyLimitExceededUnreg", "quotaExceeded"})
_DISABLED: Final = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
_SCOPE: Final = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
_ROOM: Final = re.compile(r"storage|mailbox (?:is )?full|over quota", re.IGNORECASE)
_NO_MAILBOX: Final = re.compile(r"mail service not enabled", re.IGNORECASE)
_PROJECT: Final = re.compile(r"projects?[/ =](\d{4,20})")
_UNTIL: Final = re.compile(r"[Rr]etry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_ON_THE_LINE: Final = frozenset({"OSError", "HTTPException", "HttpLib2Error", "DecodeRatioError", "DecodeLimitError", "error"})
"""What the libraries raise, by name, for they are imported only where a mailbox is open; `error` is that of zlib."""


def refusal(  # noqa: PLR0911 - a table
    status: int, headers: Mapping[str, str], content: bytes, doing: str, settings: GmailSettings
) -> ConnectorError:
    """Return the error for an answer other than 2xx. `doing` says what was tried ("reading mail")."""
    if 300 <= status < 400:  # noqa: PLR2004 - the classes of RFC 9110
        return sent_on(settings, headers.get("location", ""))
    error = _error_of(content) or _challenge(status, headers)
    if error is None and status < 500 and status not in (413, 429):  # noqa: PLR2004 - the service itself explains
        return unexplained(settings, status)
    reasons, said = _reasons(error or {}), _said(error or {}, status)
    patience = _patience(status, headers, reasons, said, settings)
    if patience is not None:
        return patience
    if status == http.client.UNAUTHORIZED:
        return AuthNeeded(f"Gmail does not accept the sign-in of {settings.address} any more ({said}): {settings.renew}.")
    if status == http.client.FORBIDDEN:
        return _forbidden(error or {}, reasons, said, settings)
    if status in (http.client.NOT_FOUND, http.client.GONE):
        return NotFound(f"Gmail does not have it any more, {doing} ({said}).")
    if status == http.client.CONFLICT:
        return Conflict(f"Gmail says that something changed meanwhile, {doing} ({said}).")
    if _NO_MAILBOX.search(said):
        return Misconfigured(f"The account {settings.address} has no Gmail mailbox ({said}). See that `address` is right.")
    return Refused(f"Gmail refuses it, {doing} ({said}).")


def _challenge(status: int, headers: Mapping[str, str]) -> Json | None:
    """Return an error where it is the access token that is refused, whatever page comes with that (RFC 6750 section 3)."""
    refused = status == http.client.UNAUTHORIZED and "bearer" in headers.get("www-authenticate", "").lower()
    return {"message": "invalid token"} if refused else None


def _patience(
    status: int, headers: Mapping[str, str], reasons: frozenset[str], said: str, settings: GmailSettings
) -> Unavailable | None:
    """Return the error where trying again later helps."""
    wait = _retry_after(headers, said)
    if status == http.client.TOO_MANY_REQUESTS or (status == http.client.FORBIDDEN and reasons & _RATE):
        named = wait is not None
        return Throttled(f"Gmail asks for patience with {settings.address} ({said}).", wait or _SLOW_DOWN, named=named)
    if status == http.client.FORBIDDEN and reasons & _DAILY and not _ROOM.search(said):
        return Throttled(f"The day's quota of your project with Google is used up ({said}).", wait or _A_DAYS_END)
    if status >= 500 or status == http.client.REQUEST_TIMEOUT:  # noqa: PLR2004 - RFC 9110
        if wait is not None:
            return Throttled(f"Gmail cannot do it now ({said}).", wait)
        return Unavailable(f"Gmail cannot do it now ({said}). Nothing to do: it is tried again.")
    return None


def _forbidden(error: Json, reasons: frozenset[str], said: str, settings: GmailSettings) -> ConnectorError:
    if reasons & _DISABLED:
        found = next((match[1] for match in map(_PROJECT.search, _strings(error)) if match), "")
        query = f"?project={found}" if found else ""
        return Misconfigured(
            f"The Gmail API is switched off in your project{f' {found}' if found else ''} with Google: open "
            f"https://console.developers.google.com/apis/api/gmail.googleapis.com/overview{query}, press Enable, wait a minute."
        )
    if reasons & _SCOPE or "insufficient" in said.lower():
        rights = "gmail.modify" if settings.labels else "gmail.readonly and gmail.compose"
        return AuthNeeded(
            f"The sign-in of {settings.address} does not allow this ({said}). Hearback needs {rights}: {settings.renew}, and "
            "tick every box that Google shows."
        )
    if "domainPolicy" in reasons:
        return Misconfigured(
            f"The administrator of {settings.address} does not let this program in ({said}). Ask them to allow it."
        )
    if _ROOM.search(said):
        return NoRoom(f"The account {settings.address} is full ({said}). Make room in Gmail, Drive or Photos.")
    return AuthNeeded(f"Gmail does not let us do this for {settings.address} ({said}): {settings.renew}.")


def broken_line(error: BaseException, settings: GmailSettings) -> ConnectorError | None:  # noqa: PLR0911 - a table
    """Return the error for a request that got no answer, or could not be made; None for a mistake of the program."""
    if isinstance(error, ConnectorError):
        return error
    host = urlsplit(settings.endpoint).hostname
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(error, settings)
    names = {kind.__name__ for kind in type(error).__mro__}
    if "ProxyError" in names:
        return Unavailable(f"{host} cannot be reached ({line_of(str(error))}). See what the variable HTTPS_PROXY says.")
    if "ServerNotFoundError" in names:
        return Unavailable(f"The name {host} cannot be looked up: there is no network, or its name service does not answer.")
    if isinstance(error, TimeoutError):
        return Unavailable(f"{host} did not answer within {settings.timeout:g} seconds.")
    if not names & _ON_THE_LINE:
        return None
    return Unavailable(f"The connection to {host} broke ({line_of(str(error)) or type(error).__name__}).")


def _error_of(content: bytes) -> Json | None:
    """Return the error object of an answer; None when there is none."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or "error" not in value:
        return None
    return record(value, "error") or {"message": text(value, "error")}


def _reasons(error: Json) -> frozenset[str]:
    found = {text(item, "reason") for item in (*records(error, "errors"), *records(error, "details"))}
    return frozenset(found | {text(error, "status")}) - {""}


def _said(error: Json, status: int) -> str:
    return line_of(text(error, "message")) or f"status {status}"


def _strings(error: Json) -> Iterator[str]:
    yield text(error, "message")
    for item in records(error, "details"):
        yield from (value for value in record(item, "metadata").values() if isinstance(value, str))


def _retry_after(headers: Mapping[str, str], said: str) -> float | None:
    """Return the seconds that the service asks for: Retry-After, or the time in its text, compared with its own clock."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and len(asked) < 10:  # noqa: PLR2004 - a time nobody waits for
        return min(float(asked), LONGEST_WAIT)
    until = date_of(asked) if asked else None
    if until is None and (found := _UNTIL.search(said)):
        until = date_of(_rfc5322(found[1]))
    return seconds_until(until, headers)


def _rfc5322(stamp: str) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    month = int(stamp[5:7])
    return f"{stamp[8:10]} {months[month - 1]} {stamp[:4]} {stamp[11:]} +0000" if 1 <= month <= 12 else ""  # noqa: PLR2004
