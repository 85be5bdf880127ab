"""HTTP by httpx, held to what a watcher needs: one connection, no redirects, no cookies, answers of bounded size.

Only `connectors.outlook.service` imports this, and only when a connection is opened: the library takes its time to load.
"""

from __future__ import annotations

import http.cookiejar
import os
import ssl
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import certifi
import httpx

from connectors.outlook.settings import OutlookSettings

__all__ = ["NoProxyError", "Reply", "TooLargeError", "ask", "authorities", "client"]

_held: Final = threading.local()
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

    They are read once by a thread, and anew when they or the variables that name them change. Raises OSError where a file cannot
    be read. Threads have their own, for httpcore sets the protocols of a context with each connection, while OpenSSL may be
    copying them for a connection of another thread.
    """
    paths = ssl.get_default_verify_paths()
    own = certifi.where()
    names = [os.environ.get(paths.openssl_cafile_env), os.environ.get(paths.openssl_capath_env), paths.cafile, paths.capath, own]
    state = tuple((name, _stamp(name)) for name in names)
    held: tuple[object, ssl.SSLContext] | None = getattr(_held, "authorities", None)
    if held is not None and held[0] == state:
        return held[1]
    trust = ssl.create_default_context()
    trust.load_verify_locations(own)
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    _held.authorities = state, trust
    return trust


def _stamp(name: str | None) -> tuple[int, int, int] | None:
    """Return what changes when a file does, or a folder; None where there is none."""
    try:
        found = Path(name).stat() if name else None
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino) if found is not None else None


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
