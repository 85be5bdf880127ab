"""What Google's refusals mean, and what the user can do: each error of its endpoints as one of ours."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from connectors.auth.google.client import GoogleClient
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Unavailable

__all__ = ["SKEW", "TEMPORARY", "TESTING", "at_sign_in", "at_token", "captive", "plain", "skew_words", "unreachable"]

SKEW: Final = timedelta(minutes=5)
"""A clock that is wrong by less than this does no harm."""
TESTING: Final = (
    "If it happens every seven days, your project's publishing status is 'Testing', where Google ends each sign-in after a week: "
    "in its console, under Google Auth Platform > Audience, choose 'Publish app', and then sign in once more"
)
"""https://support.google.com/cloud/answer/15549945: in Testing, authorizations and refresh tokens end after seven days."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
TEMPORARY: Final = frozenset({"temporarily_unavailable", "server_error", "internal_failure", "rate_limit_exceeded", "slow_down"})
"""Errors of the token endpoint that go away by themselves."""
_OF_CLIENT = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})
_OF_FORM = frozenset({"invalid_request", "redirect_uri_mismatch", "unsupported_grant_type", "invalid_scope", "restricted_client"})
_NOT_YET_VALID, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""


def plain(text: object, longest: int = 200) -> str:
    """Return what a server said on one line, without control characters, cut."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())[:longest]


def at_token(told: Mapping[str, Any], client: GoogleClient, renew: str, *, made: str = "") -> ConnectorError:
    """Explain an error answer of the token endpoint (RFC 6749 section 5.2) to a refresh.

    `renew` is how to sign in anew, and `made` when and for whom the sign-in was made, both as parts of a sentence.
    """
    error, detail = _error(told)
    said = f"{error}: {detail}" if detail else error
    if error == "invalid_grant":
        if "rapt" in f"{told.get('error_subtype', '')} {detail}":
            return AuthNeeded(
                f"Your organisation lets sign-ins at Google last for a limited time, and this one{made} is over: {renew}."
            )
        return AuthNeeded(
            f"Google no longer accepts the sign-in{made} ({said}): it has ended or was revoked. Please {renew}. {TESTING}."
        )
    return _of_client(error, said, client) or AuthNeeded(f"Google refused to renew the sign-in{made} ({said}): {renew}.")


def at_sign_in(told: Mapping[str, Any], client: GoogleClient, again: str) -> ConnectorError:
    """Explain an error that came back from the consent page (RFC 6749 section 4.1.2.1) or for the code it gave.

    `again` is the command that signs in. Google's own codes: section "Authorization errors" of
    https://developers.google.com/identity/protocols/oauth2/native-app.
    """
    error, detail = _error(told)
    said = f"{error}: {detail}" if detail else error
    match error:
        case "access_denied":
            return AuthNeeded(f"Access was not allowed on Google's page, so nothing was stored. To allow it: `{again}`.")
        case "invalid_grant":
            return AuthNeeded(
                f"Google did not take the answer of its own page ({said}): it is good once, and not for long. "
                f"Do it again: `{again}`."
            )
        case "admin_policy_enforced" | "org_internal" | "disallowed_useragent":
            return AuthNeeded(
                f"Your organisation, or the kind of the project, does not allow this sign-in ({said}). Ask its administrator to "
                "allow the client, or make the client in a project whose audience is 'External'."
            )
    return _of_client(error, said, client) or AuthNeeded(f"Google refused the sign-in ({said}). Try again: `{again}`.")


def _error(told: Mapping[str, Any]) -> tuple[str, str]:
    """Return code and description; some Google endpoints nest them."""
    error = told.get("error", "")
    if isinstance(error, Mapping):
        return plain(error.get("status") or error.get("code") or "error", 60), plain(error.get("message", ""))
    return plain(error or "unknown error", 60), plain(told.get("error_description") or told.get("error_uri") or "")


def _of_client(error: str, said: str, client: GoogleClient) -> ConnectorError | None:
    if error in TEMPORARY:
        return Unavailable(f"Google's sign-in does not work just now ({said}).")
    if error in _OF_CLIENT:
        return Misconfigured(
            f"Google does not know the client in {client.path}, or its secret ({said}). It may have been deleted in the console: "
            "make a new 'Desktop app' client, download its file, and sign in again."
        )
    if error in _OF_FORM:
        return Misconfigured(
            f"Google refused how it was asked ({said}). Is the client in {client.path} of the type 'Desktop app'?"
        )
    return None


def captive(where: str, what: str) -> Unavailable:
    """Return what to say where something else answers in Google's place; `what` tells how that showed."""
    return Unavailable(
        f"{where} did not answer as Google does ({what}): something in between does, such as the sign-in page of a hotel's or "
        "a train's network. Open any page in a browser, sign in there, and try again."
    )


def skew_words(skew: timedelta) -> str:
    """Return what to say of a machine whose clock is ahead of (positive) or behind Google's; empty where it is right enough."""
    if abs(skew) < SKEW:
        return ""
    minutes = round(abs(skew) / timedelta(minutes=1))
    if minutes >= 2 * 24 * 60:
        much = f"{round(minutes / (24 * 60))} days"
    elif minutes >= 2 * 60:
        much = f"{round(minutes / 60)} hours"
    else:
        much = f"{minutes} minutes"
    side = "ahead of" if skew > timedelta(0) else "behind"
    return (
        f"The clock of this machine is {much} {side} Google's. Set it right (on most systems: `timedatectl set-ntp true`): "
        "drafts would come at the wrong times, and sign-ins fail"
    )


def unreachable(error: BaseException, where: str, timeout: float) -> ConnectorError:
    """Explain why there was no answer at all; `where` is the name of the host."""
    for cause in _causes(error):
        if (found := _no_answer(cause, where, timeout)) is not None:
            return found
    return Unavailable(f"{where} cannot be reached ({_kind(error)}). Are you online?")


def _no_answer(cause: BaseException, where: str, timeout: float) -> ConnectorError | None:
    name = type(cause).__name__  # urllib3's own kinds of exception are not worth importing it for
    status = getattr(getattr(cause, "response", None), "status_code", None)
    if isinstance(status, int) and 300 <= status < 400:  # noqa: PLR2004 - the class of redirections
        return captive(where, f"it redirected elsewhere, status {status}")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _certificate(cause, where)
    words = ""
    if isinstance(cause, ssl.SSLError):
        words = f"{where} broke off while encrypting the connection ({plain(cause.reason or cause)})."
    elif isinstance(cause, socket.gaierror) or name == "NameResolutionError":
        words = f"The name {where} was not found. Are you online?"
    elif isinstance(cause, TimeoutError) or "Timeout" in name:
        words = f"{where} did not answer within {timeout:g} s. Are you online?"
    elif name == "ProxyError":
        words = f"The proxy on the way to {where} does not work. Look at the variable HTTPS_PROXY."
    return Unavailable(words) if words else None


def _certificate(error: ssl.SSLCertVerificationError, where: str) -> Misconfigured:
    if error.verify_code in {_NOT_YET_VALID, _EXPIRED}:
        return Misconfigured(
            f"By this machine's clock the certificate of {where} is not valid ({plain(error.verify_message)}): the clock is "
            "probably wrong. Set it right (on most systems: `timedatectl set-ntp true`) and try again."
        )
    return Misconfigured(
        f"The certificate of {where} cannot be trusted ({plain(error.verify_message)}): something in between reads along. In a "
        "hotel's or a train's network, sign in to that in a browser first; behind a company's filter or a virus scanner, let the "
        "system trust its authority, or name the file of it in the variable SSL_CERT_FILE."
    )


def _kind(error: BaseException) -> str:
    """Return the system's own word for a failed connection, or what the innermost library says."""
    last = error
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return plain(cause.strerror)
        last = cause
    return plain(last) or type(last).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it was made of: libraries wrap them as causes, contexts, reasons and arguments."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
