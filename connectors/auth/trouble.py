"""Why a sign-in's endpoint gave no answer, or none of its own, in words for the user; whoever the provider is."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from connectors.errors import ConnectorError, Misconfigured, Unavailable

__all__ = ["SKEW", "captive", "plain", "skew_words", "unreachable"]

SKEW: Final = timedelta(minutes=5)
"""A clock that is wrong by less than this does no harm."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_NOT_YET_VALID, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""


def plain(text: object, longest: int = 200) -> str:
    """Return what a server said on one line, without control characters, cut."""
    return " ".join(_CONTROL.sub(" ", str(text)).split())[:longest]


def captive(where: str, what: str, service: str) -> Unavailable:
    """Return what to say where something else answers in the place of `service`; `what` tells how that showed."""
    return Unavailable(
        f"{where} did not answer as {service} does ({what}): something in between does, such as the sign-in page of a hotel's or "
        "a train's network. Open any page in a browser, sign in there, and try again."
    )


def skew_words(skew: timedelta, service: str) -> str:
    """Return what to say of a machine whose clock is ahead of a service's (positive) or behind; empty where it will do."""
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
        f"The clock of this machine is {much} {side} {service}'s. Set it right (on most systems: `timedatectl set-ntp true`): "
        "drafts would come at the wrong times, and sign-ins fail"
    )


def unreachable(error: BaseException, where: str, timeout: float, service: str) -> ConnectorError:
    """Explain why there was no answer at all; `where` is the name of the host, `service` whose it is."""
    for cause in _causes(error):
        if (found := _no_answer(cause, where, timeout, service)) is not None:
            return found
    return Unavailable(f"{where} cannot be reached ({_kind(error)}). Are you online?")


def _no_answer(cause: BaseException, where: str, timeout: float, service: str) -> ConnectorError | None:
    name = type(cause).__name__  # urllib3's own kinds of exception are not worth importing it for
    status = getattr(getattr(cause, "response", None), "status_code", None)
    if isinstance(status, int) and 300 <= status < 400:  # noqa: PLR2004 - the class of redirections
        return captive(where, f"it redirected elsewhere, status {status}", service)
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
