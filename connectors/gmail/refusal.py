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
from email.utils import parsedate_to_datetime
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
from rules.mail.encoding import clean
from rules.mail.headers import date_of

__all__ = ["broken_line", "not_json", "refusal"]

_TEXT_CAP: Final = 300
_SLOW_DOWN: Final = 30.0
"""Seconds, where the service names none: its limits are by the minute."""
_A_DAYS_END: Final = 3600.0
_PATIENCE_MOST: Final = 86_400.0
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
_NOT_NOW: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""
_OTHER_NAME: Final = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH: so a network's sign-in page looks to who asks by TLS."""
_SET_CLOCK: Final = "Set the date and time of this machine right (best by itself, from the network)."


def refusal(  # noqa: PLR0911 - a table
    status: int, headers: Mapping[str, str], content: bytes, doing: str, settings: GmailSettings
) -> ConnectorError:
    """Return the error for an answer other than 2xx. `doing` says what was tried ("reading mail")."""
    if 300 <= status < 400:  # noqa: PLR2004 - the classes of RFC 9110
        return _strange(settings, f"it sends us on to {_host_of(headers.get('location', ''))}")
    error = _error_of(content) or _challenge(status, headers)
    if error is None and status < 500 and status not in (413, 429):  # noqa: PLR2004 - the service itself explains
        if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
            return Misconfigured("The proxy of this network wants a sign-in of its own: set it in HTTPS_PROXY.")
        return _strange(settings, f"it answers {status} without saying why")
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


def not_json(content_type: str, settings: GmailSettings) -> Unavailable:
    """Return the error for a 2xx that is no answer of the service: a page where data should be."""
    shown = clean(content_type.partition(";")[0])[:40] or "something without a type"
    return _strange(settings, f"it answers with {shown} in place of data")


def _strange(settings: GmailSettings, what: str) -> Unavailable:
    """Something stands between us and the service."""
    return Unavailable(
        f"Something other than Gmail answers at {urlsplit(settings.endpoint).hostname}: {what}. It may be the sign-in page of "
        "this network (open a web page in your browser and accept its terms), a proxy or a filter."
    )


def broken_line(error: BaseException, settings: GmailSettings) -> ConnectorError | None:  # noqa: PLR0911 - a table
    """Return the error for a request that got no answer, or could not be made; None for a mistake of the program."""
    if isinstance(error, ConnectorError):
        return error
    host = urlsplit(settings.endpoint).hostname
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _OTHER_NAME:
            return _strange(settings, f"its certificate is for another name ({_line(error.verify_message or str(error))})")
        return _certificate(error, host)
    names = {kind.__name__ for kind in type(error).__mro__}
    if "ProxyError" in names:
        return Unavailable(f"{host} cannot be reached ({_line(str(error))}). See what the variable HTTPS_PROXY says.")
    if "ServerNotFoundError" in names:
        return Unavailable(f"The name {host} cannot be looked up: there is no network, or its name service does not answer.")
    if isinstance(error, TimeoutError):
        return Unavailable(f"{host} did not answer within {settings.timeout:g} seconds.")
    if not names & _ON_THE_LINE:
        return None
    return Unavailable(f"The connection to {host} broke ({_line(str(error)) or type(error).__name__}).")


def _certificate(error: ssl.SSLCertVerificationError, host: str | None) -> Misconfigured:
    why = _line(error.verify_message or str(error))
    if error.verify_code in _NOT_NOW:
        return Misconfigured(
            f"By the clock of this machine the certificate of {host} is not valid ({why}). The clock is the likely reason. "
            f"{_SET_CLOCK}"
        )
    return Misconfigured(
        f"The certificate of {host} is not to be trusted ({why}). A virus scanner or a company's filter may read along: let its "
        "authority be trusted by the system, or name the file of authorities in SSL_CERT_FILE."
    )


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
    return _line(text(error, "message")) or f"status {status}"


def _line(said: str) -> str:
    return clean(said)[:_TEXT_CAP].rstrip(". ")


def _strings(error: Json) -> Iterator[str]:
    yield text(error, "message")
    for item in records(error, "details"):
        yield from (value for value in record(item, "metadata").values() if isinstance(value, str))


def _retry_after(headers: Mapping[str, str], said: str) -> float | None:
    """Return the seconds that the service asks for: Retry-After, or the time in its text, compared with its own clock."""
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal() and len(asked) < 10:  # noqa: PLR2004 - a time nobody waits for
        return min(float(asked), _PATIENCE_MOST)
    until = date_of(asked) if asked else None
    if until is None and (found := _UNTIL.search(said)):
        until = date_of(_rfc5322(found[1]))
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until is None or theirs.tzinfo is None:
        return None
    return min(max((until - theirs).total_seconds(), 1.0), _PATIENCE_MOST)


def _rfc5322(stamp: str) -> str:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    month = int(stamp[5:7])
    return f"{stamp[8:10]} {months[month - 1]} {stamp[:4]} {stamp[11:]} +0000" if 1 <= month <= 12 else ""  # noqa: PLR2004


def _host_of(location: str) -> str:
    try:
        return clean(urlsplit(location).hostname or "another place")[:100]
    except ValueError:
        return "another place"
