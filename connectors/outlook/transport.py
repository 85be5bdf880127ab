"""HTTP by httpx, held to what a watcher needs: one connection, no redirects, no cookies, answers of bounded size.

Only `connectors.outlook.service` imports this, and only when a connection is opened: the library takes its time to load.
"""

from __future__ import annotations

import http.cookiejar
import ssl
from collections.abc import Mapping
from typing import Final, NamedTuple

import certifi
import httpx

from connectors.outlook.settings import OutlookSettings

__all__ = ["NoProxyError", "Reply", "TooLargeError", "ask", "authorities", "client"]

_IDLE: Final = 20.0
"""Seconds for which a connection without work is kept: beyond that, routers drop it without a word."""


class TooLargeError(Exception):
    """An answer has more octets than anybody asked for."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """Lower-case names."""
    content: bytes
    whole: bool = True
    """False where only the beginning was read."""


class NoProxyError(Exception):
    """The environment names a proxy that there cannot be."""


def authorities() -> ssl.SSLContext:
    """Return whom to trust: the authorities of the system, or those that SSL_CERT_FILE names, and those that come along.

    Raises OSError where a file cannot be read.
    """
    trust = ssl.create_default_context()
    trust.load_verify_locations(certifi.where())
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    return trust


def client(settings: OutlookSettings, trust: ssl.SSLContext) -> httpx.Client:
    """Make a client. Proxies are taken from the environment, but not to this machine itself. Raises NoProxyError."""
    try:
        made = httpx.Client(
            verify=trust,
            timeout=settings.timeout,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_IDLE),
            headers={"Accept-Encoding": "gzip, deflate", "User-Agent": "hearback"},
            follow_redirects=False,
            trust_env=settings.endpoint.startswith("https:"),
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise NoProxyError(str(error)) from error
    made.cookies.jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return made


def ask(
    http: httpx.Client, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, most: int, cut: bool = False
) -> Reply:
    """Ask once, and read at most `most` octets of the answer.

    Of a longer one the beginning is returned where `cut` is true and the answer is a good one. Raises TooLargeError otherwise,
    and what httpx raises.
    """
    with http.stream(method, url, headers=dict(headers), content=body) as response:
        chunks: list[bytes] = []
        left = most
        whole = True
        for chunk in response.iter_bytes():
            chunks.append(chunk[:left])
            if len(chunk) > left:
                whole = False
                break
            left -= len(chunk)
        if not whole and not (cut and response.is_success):
            raise TooLargeError(f"the answer has more than {most} octets")
        return Reply(
            response.status_code, {name.lower(): value for name, value in response.headers.items()}, b"".join(chunks), whole
        )
