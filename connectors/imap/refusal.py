"""What a server's NO, BAD or BYE means for the caller (response codes of RFC 5530 and RFC 9051, and what big providers say)."""

from __future__ import annotations

import base64
import re

from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, NoRoom, NotFound, Refused, Throttled, Unavailable
from connectors.imap.settings import Auth, ImapSettings

__all__ = ["code_of", "printable", "redact", "refusal", "sign_in_refusal"]

_CODE = re.compile(rb"\[([A-Za-z0-9-]+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_TOO_MANY = re.compile(
    r"too many (simultaneous|concurrent)? ?(connections|logins)|maximum number of connections|connection limit", re.IGNORECASE
)
_SLOW_DOWN = re.compile(
    r"throttl|too many (requests|commands|login|failed)|rate limit|bandwidth|try again later|backoff", re.IGNORECASE
)
_NOT_CONNECTED = re.compile(r"authenticated but not connected", re.IGNORECASE)
_NO_ROOM = re.compile(
    r"over ?quota|quota (has been |is |was |limit )*exceeded|exceed\w*.{0,30}quota|mailbox (is )?full|disk (is )?full|no space",
    re.IGNORECASE,
)
_TOOK = re.compile(r"\s*\(\d+\.\d+(?: \+ \d+\.\d+)* secs\)\.?")
"""How long it took: another figure each time, so that one trouble would look like many."""
_TEXT_CAP = 300
CROWDED_RETRY = 300.0
"""Seconds to wait when a provider counts too many connections; its counters take minutes to fall."""
NOT_CONNECTED_RETRY = 900.0
"""Seconds to wait after Exchange's "authenticated but not connected": signing in again at once makes it last longer."""


def printable(text: bytes) -> str:
    """Return a server's text as one line that is safe to show and to log, at most 300 characters."""
    line = _CONTROL.sub(" ", text[: 4 * _TEXT_CAP].decode("utf-8", "replace"))
    return _TOOK.sub("", line).strip()[:_TEXT_CAP].rstrip(".")


def redact(text: str, secret: str) -> str:
    """Take a secret out of what a server said: some echo the command they refuse."""
    if not secret:
        return text
    encoded = base64.b64encode(secret.encode()).decode()
    for form in (secret, encoded, encoded.rstrip("="), secret.replace("\\", "\\\\").replace('"', '\\"')):
        text = text.replace(form, "***")
    return text


def code_of(text: bytes) -> str:
    """Return the response code at the start of a status text, upper-case, or an empty string."""
    found = _CODE.match(text.lstrip())
    return found[1].decode("ascii").upper() if found else ""


def refusal(where: str, doing: str, text: bytes) -> ConnectorError:
    """Return the error for a command that was refused. `doing` says what was tried ("reading INBOX")."""
    said = printable(text)
    code = code_of(text)
    patience = _patience(where, said, code)
    if patience is not None:
        return patience
    if code == "OVERQUOTA" or _NO_ROOM.search(said):
        return NoRoom(f"{where} has no room for it ({said}). Make room in the mailbox.")
    if code in {"NONEXISTENT", "TRYCREATE"}:
        return NotFound(f"{where} says that it is not there, while {doing}: {said}. See `hearback check` for the folders in use.")
    if code in {"NOPERM", "READ-ONLY", "PRIVACYREQUIRED"}:
        return Misconfigured(f"{where} does not allow {doing}: {said}. Give this user the right, or name another folder.")
    if code in {"EXPIRED", "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "CONTACTADMIN"}:
        return AuthNeeded(
            f"{where} no longer accepts this sign-in ({said}). `hearback check` tries the sign-in and says what to do."
        )
    return Refused(f"{where} refused while {doing}: {said or 'no reason given'}.")


def _patience(where: str, said: str, code: str) -> ConnectorError | None:
    """Return the error for "not now", however the server puts it."""
    if _NOT_CONNECTED.search(said):
        return Throttled(
            f"{where} knows this user but cannot open the mailbox now ({said}). Leave it alone for 15 minutes. "
            "If it lasts, check that IMAP is switched on for this mailbox.",
            NOT_CONNECTED_RETRY,
        )
    if _TOO_MANY.search(said):
        return Throttled(
            f"{where} counts too many connections of this user ({said}). Close another mail program, or wait 5 minutes.",
            CROWDED_RETRY,
        )
    if code in {"LIMIT", "THROTTLED"} or _SLOW_DOWN.search(said):
        return Throttled(f"{where} asks for patience ({said}). Leave it alone for 5 minutes.", CROWDED_RETRY)
    if code in {"UNAVAILABLE", "INUSE", "SERVERBUG", "CORRUPTION"}:
        return Unavailable(f"{where} cannot do it now ({said}). Try again later.")
    return None


def sign_in_refusal(settings: ImapSettings, text: bytes, secret: str) -> ConnectorError:
    """Return the error for a sign-in that was refused; the secret is taken out of what the server said."""
    said = redact(printable(text), secret)
    code = code_of(text)
    where = settings.where
    patience = _patience(where, said, code)
    if patience is not None:
        return patience
    if code == "PRIVACYREQUIRED":
        return Misconfigured(f"{where} wants an encrypted connection first: set security = 'tls' or 'starttls'.")
    return AuthNeeded(
        f"{where} refused the sign-in of {settings.username} ({said or 'no reason given'}). {_advice(settings, said)}"
    )


def _advice(settings: ImapSettings, said: str) -> str:
    host = settings.host.lower()
    if settings.auth is Auth.XOAUTH2:
        return f"The access token was not accepted, or has run out: {settings.renew}."
    if "gmail" in host or "google" in host or "application-specific password" in said.lower():
        return (
            "Gmail takes no account password over IMAP: make an app password (Google Account, Security, 2-Step Verification) "
            f"and then {settings.renew}, or set auth = 'xoauth2'."
        )
    if any(name in host for name in ("outlook", "office365", "hotmail", "live.com")) or "basicauthblocked" in said.lower():
        return "Microsoft has switched off passwords over IMAP: set auth = 'xoauth2' with a command that gives an access token."
    if any(name in host for name in ("yahoo", "icloud", "me.com", "aol")):
        return f"This provider wants an app password: make one in the account's security settings, then {settings.renew}."
    return f"See that `username` is right; if it is, {settings.renew}."
