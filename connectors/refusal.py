"""What may come in the place of any service's own answer over HTTP, in words for the user."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final, Protocol
from urllib.parse import urlsplit

from connectors.errors import Misconfigured, Unavailable
from rules.mail.encoding import clean

__all__ = ["LONGEST_WAIT", "Asked", "line_of", "not_json", "seconds_until", "sent_on", "strange", "unexplained", "untrusted"]

LONGEST_WAIT: Final = 86_400.0
"""Seconds."""
_TEXT_CAP: Final = 300
_NOT_NOW: Final = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""
_OTHER_NAME: Final = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH: so a network's sign-in page looks to who asks by TLS."""


class Asked(Protocol):
    """Settings that say which service is asked, and where."""

    service: ClassVar[str]

    @property
    def endpoint(self) -> str:
        """Return scheme, host and port."""


def line_of(said: str) -> str:
    """Return what somebody else said as part of a sentence: on one line, of bounded length."""
    return clean(said)[:_TEXT_CAP].rstrip(". ")


def strange(settings: Asked, what: str) -> Unavailable:
    """Return the error for something that stands between us and the service; `what` says how that shows."""
    return Unavailable(
        f"Something other than {settings.service} answers at {urlsplit(settings.endpoint).hostname}: {what}. It may be the "
        "sign-in page of this network (open a web page in your browser and accept its terms), a proxy or a filter."
    )


def sent_on(settings: Asked, location: str) -> Unavailable:
    """Return the error for a redirect, which no service sends."""
    try:
        host = clean(urlsplit(location).hostname or "another place")[:100]
    except ValueError:
        host = "another place"
    return strange(settings, f"it sends us on to {host}")


def unexplained(settings: Asked, status: int) -> Misconfigured | Unavailable:
    """Return the error for a refusal without the words that the service has for each of its own."""
    if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        return Misconfigured("The proxy of this network wants a sign-in of its own: set it in HTTPS_PROXY.")
    return strange(settings, f"it answers {status} without saying why")


def not_json(content_type: str, settings: Asked) -> Unavailable:
    """Return the error for a 2xx that is no answer of the service: a page where data should be."""
    shown = clean(content_type.partition(";")[0])[:40] or "something without a type"
    return strange(settings, f"it answers with {shown} in place of data")


def untrusted(error: ssl.SSLCertVerificationError, settings: Asked) -> Misconfigured | Unavailable:
    """Return the error for a certificate that does not hold."""
    host, why = urlsplit(settings.endpoint).hostname, line_of(error.verify_message or str(error))
    if error.verify_code in _OTHER_NAME:
        return strange(settings, f"its certificate is for another name ({why})")
    if error.verify_code in _NOT_NOW:
        return Misconfigured(
            f"By the clock of this machine the certificate of {host} is not valid ({why}). The clock is the likely reason. "
            "Set the date and time of this machine right (best by itself, from the network)."
        )
    return Misconfigured(
        f"The certificate of {host} is not to be trusted ({why}). A virus scanner or a company's filter may read along: let its "
        "authority be trusted by the system, or name the file of authorities in SSL_CERT_FILE."
    )


def seconds_until(until: datetime | None, headers: Mapping[str, str]) -> float | None:
    """Return the seconds to a time (aware) by the clock of who answered: the Date among `headers`, whose names are lower-case."""
    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if until is None or theirs.tzinfo is None:
        return None
    return min(max((until - theirs).total_seconds(), 1.0), LONGEST_WAIT)
