"""What an answer that is none means for the caller.

The codes are those of https://learn.microsoft.com/en-us/graph/errors and of Exchange
(https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode).
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from typing import Any, Final
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
from connectors.outlook.answers import Json, record, text
from connectors.outlook.batches import retry_after
from connectors.outlook.settings import OutlookSettings
from connectors.refusal import line_of, seconds_until, sent_on, unexplained, untrusted
from rules.mail.headers import date_of

__all__ = ["SyncLostError", "broken_line", "refusal"]

_SLOW_DOWN: Final = 30.0
"""Seconds, where the service names none."""
_DEPTH: Final = 8
_NOT_FOR_NOW: Final = frozenset(
    {
        "activitylimitreached", "applicationthrottled", "errorserverbusy", "errorexceededconnectioncount", "mailboxconcurrency",
        "throttledrequest", "toomanyrequests", "errortoomanyobjectsopened", "errorexceededfindcountlimit",
    }
)  # fmt: skip
_AWAY: Final = frozenset({"errormailboxmoveinprogress", "errormailboxstoreunavailable", "errorinternalservererror",
                          "errorinternalservertransienterror", "errortimeoutexpired", "servicenotavailable"})  # fmt: skip
_LOST: Final = frozenset(
    {
        "syncstatenotfound", "syncstateinvalid", "resyncrequired", "resyncapplydifferences", "resyncuploaddifferences",
        "errorinvalidsyncstatedata", "errorsyncfoldernotfound", "badsyncstate", "synckeyinvalid",
    }
)  # fmt: skip
_FULL: Final = frozenset({"errorquotaexceeded", "quotalimitreached"})
_NO_MAILBOX: Final = frozenset(
    {"mailboxnotenabledforrestapi", "mailboxnotsupportedforrestapi", "mailboxnothostedinexchangeonline", "extensionerror",
     "errornonexistentmailbox", "errorinvaliduser"}
)  # fmt: skip
_NOBODY: Final = frozenset({"request_resourcenotfound", "resourcenotfound"})
"""What is said of a user who does not exist, and of other things."""
_GONE: Final = frozenset({"erroritemnotfound", "errormessagenotfound", "itemnotfound", "errorfoldernotfound"})
_CHANGED: Final = frozenset({"resourcemodified", "errorirresolvableconflict", "errorstaleobject", "errorchangekeyrequired"})
_NO_RIGHT: Final = frozenset({"erroraccessdenied", "accessdenied", "authorization_requestdenied", "errordelegatenoaccess"})
_ON_THE_LINE: Final = frozenset({"OSError", "HTTPError", "InvalidURL", "CookieConflict", "TooLargeError", "StreamError"})
"""What the library raises, by name, for it is imported only where a mailbox is open."""
_SIGNATURES: Final = frozenset({"request-id", "x-ms-ags-diagnostic"})
"""Header fields by which an answer without words is the service's own: https://learn.microsoft.com/en-us/graph/errors."""
_CLAIMS: Final = re.compile(r"insufficient_claims|claims=", re.IGNORECASE)
_DESCRIBED: Final = re.compile(r'error_description="([^"]{1,500})"', re.IGNORECASE)
_NAMELESS: Final = re.compile(
    r"name or service not known|nodename nor servname|getaddrinfo|name resolution|no address", re.IGNORECASE
)


class SyncLostError(NotFound):
    """The service does not know (any more) how far a folder was read (410, SyncStateNotFound): it has to be listed anew."""


def refusal(  # noqa: C901, PLR0911 - a table
    status: int,
    headers: Mapping[str, str],
    content: Any,
    doing: str,
    settings: OutlookSettings,
    *,
    one: bool = False,
    within: bool = False,
) -> ConnectorError:
    """Return the error for an answer other than 2xx. `doing` says what was tried ("reading mail").

    `content` is the body: octets, or the value of a batch's part; `headers` have lower-case names. `one`: it is one thing of
    many, which may be closed to us while the mailbox is not. `within`: it came in a batch, so nobody else has answered.
    """
    if 300 <= status < 400:  # noqa: PLR2004 - the classes of RFC 9110
        return sent_on(settings, headers.get("location", ""))
    error = _error_of(content) or _challenge(status, headers, content)
    silent = error is None and (status < 500 or status == http.client.NOT_IMPLEMENTED)  # noqa: PLR2004 - the service explains
    if silent and status not in (410, 413, 429) and not within and not _SIGNATURES & headers.keys():
        return unexplained(settings, status)
    codes, said = _codes(error or {}), _said(error or {}, status)
    if codes & _LOST or (status == http.client.GONE and not codes & _GONE):
        return SyncLostError(f"Outlook does not know any more what was read already, {doing} ({said}).")
    if codes & _FULL or status == http.client.INSUFFICIENT_STORAGE:
        return NoRoom(
            f"The mailbox {_name(settings)} is full ({said}). Make room in Outlook: empty Deleted Items and Junk Email."
        )
    patience = _patience(status, headers, codes, said, settings)
    if patience is not None:
        return patience
    if (
        status == http.client.UNAUTHORIZED
        or _CLAIMS.search(headers.get("www-authenticate", ""))
        or "insufficient_claims" in codes
    ):
        return AuthNeeded(f"Outlook does not accept the sign-in of {settings.address} any more ({said}): {settings.renew}.")
    if codes & _NO_MAILBOX or (settings.mailbox and codes & _NOBODY):
        return _no_mailbox(said, settings)
    if status == http.client.FORBIDDEN or codes & _NO_RIGHT:
        return Refused(f"Outlook does not let us, {doing} ({said}).") if one else _forbidden(said, settings)
    if status in (http.client.NOT_FOUND, http.client.GONE) or codes & _GONE:
        return NotFound(f"Outlook does not have it any more, {doing} ({said}).")
    if status in (http.client.CONFLICT, http.client.PRECONDITION_FAILED) or codes & _CHANGED:
        return Conflict(f"Outlook says that something changed meanwhile, {doing} ({said}).")
    return Refused(f"Outlook refuses it, {doing} ({said}).")


def _challenge(status: int, headers: Mapping[str, str], content: Any) -> Json | None:
    """Return an error where it is the access token that is refused (RFC 6750 section 3).

    Whatever page comes with that; where no challenge does, unless one comes: those of filters are for people.
    """
    challenge = headers.get("www-authenticate", "")
    page = "html" in headers.get("content-type", "").lower() or (isinstance(content, bytes) and content.lstrip()[:1] == b"<")
    if status != http.client.UNAUTHORIZED or ("bearer" not in challenge.lower() and (challenge or page)):
        return None
    described = _DESCRIBED.search(challenge)
    return {"message": described[1] if described else "invalid token"}


def _patience(
    status: int, headers: Mapping[str, str], codes: frozenset[str], said: str, settings: OutlookSettings
) -> Unavailable | None:
    """Return the error where trying again later helps."""
    wait = _wait(headers)
    if status in (http.client.TOO_MANY_REQUESTS, 509) or codes & _NOT_FOR_NOW:
        asked = _SLOW_DOWN if wait is None else max(wait, 1.0)
        return Throttled(f"Outlook asks for patience with {_name(settings)} ({said}).", asked, named=wait is not None)
    passing = status >= 500 and status != http.client.NOT_IMPLEMENTED  # noqa: PLR2004 - RFC 9110
    if passing or status == http.client.REQUEST_TIMEOUT or codes & _AWAY:
        if wait is not None:
            return Throttled(f"Outlook cannot do it now ({said}).", max(wait, 1.0))
        return Unavailable(f"Outlook cannot do it now ({said}). Nothing to do: it is tried again.")
    return None


def _no_mailbox(said: str, settings: OutlookSettings) -> Misconfigured:
    if settings.mailbox:
        return Misconfigured(
            f"There is no mailbox {settings.mailbox} that Outlook could open ({said}). See that `mailbox` is right."
        )
    return Misconfigured(
        f"The account {settings.address} has no mailbox at Outlook.com or Microsoft 365 ({said}): it may have no licence "
        "for one, or lie on a server of the company's own. See that `address` is right; a mailbox elsewhere is read by IMAP."
    )


def _forbidden(said: str, settings: OutlookSettings) -> ConnectorError:
    if settings.mailbox:
        return Misconfigured(
            f"{settings.address} may not open the mailbox {settings.mailbox} ({said}). Whoever runs it has to give "
            f"{settings.address} full access to it, and the sign-in has to cover shared mailboxes (Mail.ReadWrite.Shared): then "
            f"{settings.renew}."
        )
    return AuthNeeded(
        f"The sign-in of {settings.address} does not allow this ({said}). Hearback needs Mail.ReadWrite and User.Read: "
        f"{settings.renew} and accept what Microsoft asks; where a company decides, ask its administrator to allow it."
    )


def broken_line(error: BaseException, settings: OutlookSettings) -> ConnectorError | None:  # noqa: PLR0911 - a table
    """Return the error for a request that got no answer, or could not be made; None for a mistake of the program."""
    if isinstance(error, ConnectorError):
        return error
    host = urlsplit(settings.endpoint).hostname
    causes = list(_causes(error))
    certificate = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return untrusted(certificate, settings)
    names = {kind.__name__ for one in causes for kind in type(one).__mro__}
    said = line_of(str(error)) or type(error).__name__
    if "LocalProtocolError" in names:
        return AuthNeeded(f"The access token of {settings.address} is none that can be shown: {settings.renew}.")
    if "NoProxyError" in names:
        return Misconfigured(f"The proxy that the environment names cannot be used ({said}). See what HTTPS_PROXY says.")
    if "ProxyError" in names:
        return Unavailable(f"{host} cannot be reached: the proxy lets nothing through ({said}). See what HTTPS_PROXY says.")
    if "gaierror" in names or ("ConnectError" in names and _NAMELESS.search(said)):
        return Unavailable(f"The name {host} cannot be looked up: there is no network, or its name service does not answer.")
    if names & {"TimeoutException", "TimeoutError"}:
        return Unavailable(f"{host} did not answer within {settings.timeout:g} seconds.")
    return Unavailable(f"The connection to {host} broke ({said}).") if names & _ON_THE_LINE else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what is behind it."""
    found: BaseException | None = error
    for _ in range(_DEPTH):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def _error_of(content: Any) -> Json | None:
    """Return the error object of an answer; None when there is none."""
    value = content
    if isinstance(content, (bytes, str)):
        try:
            value = json.loads(content)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, Mapping) or "error" not in value:
        return None
    return record(value, "error") or {"code": text(value, "error"), "message": text(value, "error_description")}


def _codes(error: Json) -> frozenset[str]:
    """Return all codes that an error names, lower-case: the inner ones are more exact, and nested."""
    found = set()
    for _ in range(_DEPTH):
        found.add(text(error, "code").lower())
        error = record(error, "innerError") or record(error, "innererror")
    return frozenset(found - {""})


def _said(error: Json, status: int) -> str:
    code, message = line_of(text(error, "code")), line_of(text(error, "message"))
    return ": ".join(part for part in (code, message) if part) or f"status {status}"


def _name(settings: OutlookSettings) -> str:
    return settings.mailbox or settings.address


def _wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After names; a date in it is compared with the Date of the same answer."""
    seconds = retry_after(headers)
    if seconds is not None:
        return seconds
    return seconds_until(date_of(headers.get("retry-after", "")), headers)
