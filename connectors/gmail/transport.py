"""HTTP by httplib2, held to what a watcher needs: nothing sent twice by itself, no redirects, no socket left behind.

Only `connectors.gmail.service` imports this, and only when a connection is opened: the library takes its time to load.
"""

from __future__ import annotations

import base64
import http.client
import os
import ssl
from typing import Any, ClassVar
from urllib.parse import unquote

import httplib2
import httplib2.certs

__all__ = ["ProxyError", "Transport"]

_LARGEST = 256 << 20
"""Octets of an answer once it is unpacked: a mail may have 50 MB, and more as base64."""


class _Answer(http.client.HTTPResponse):
    """An answer that says to be compressed only where there is something in it.

    httplib2 fails at one that broke off within its header, behind Content-Encoding, with a ValueError.
    """

    def read(self, amt: int | None = None) -> bytes:
        """Read as HTTPResponse does."""
        content = super().read(amt)
        if not content:
            del self.headers["content-encoding"]
        return content


class _Careful(http.client.HTTPConnection):
    """A connection that tells when the answer to a write is lost.

    httplib2 sends a request again when the line drops before the answer. For a write nobody knows then whether the first one was
    carried out, and a draft would stand twice.
    """

    response_class = _Answer
    _writes = False

    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        """Note what kind of request goes out."""
        self._writes = method != "GET" and "/batch/" not in url
        super().putrequest(method, url, skip_host=skip_host, skip_accept_encoding=skip_accept_encoding)

    def getresponse(self) -> http.client.HTTPResponse:
        """Wait for the answer; raises ConnectionAbortedError where that to a write does not come."""
        try:
            return super().getresponse()
        except http.client.BadStatusLine as error:
            if self._writes:
                self.close()
                raise ConnectionAbortedError("the line dropped before the answer came") from error
            raise


class _Plain(_Careful, httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # the library has no types
    """Without TLS: a server of the user's on this machine, or a test; never by a proxy."""

    def connect(self) -> None:
        """Connect by the standard library."""
        http.client.HTTPConnection.connect(self)


class _Secure(_Careful, httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # the library has no types
    """With TLS 1.2 or newer; the authorities of the system are trusted beside those that come with the library."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what httplib2 gives. Raises ProxyError where the variable that names a proxy holds none.

        A proxy is asked for a tunnel by the standard library: httplib2 has proxies only with a package that is not there, and
        would go past them.
        """
        super().__init__(*args, **kwargs)
        self._context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        proxy = self.proxy_info
        if proxy and proxy.proxy_host and proxy.applies_to(self.host):
            self.set_tunnel(self.host, self.port, _proof(proxy))
            self.host, self.port = proxy.proxy_host, proxy.proxy_port

    def connect(self) -> None:
        """Connect by the standard library, which closes what it cannot use. Raises ProxyError where a proxy is in the way."""
        try:
            http.client.HTTPSConnection.connect(self)
        except BaseException as error:
            self.close()
            proxied = self._tunnel_host is not None
            if proxied and isinstance(error, OSError) and not isinstance(error, (ssl.SSLError, TimeoutError)):
                raise ProxyError(f"the proxy {self.host}:{self.port} lets nothing through: {error.strerror or error}") from error
            raise


def _proof(proxy: Any) -> dict[str, str]:
    """Return the header field that a proxy with a password wants (RFC 7617)."""
    if not proxy.proxy_user:
        return {}
    both = ":".join(unquote(each or "") for each in (proxy.proxy_user, proxy.proxy_pass))
    return {"Proxy-Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}


def _proxy(method: str) -> Any:
    """Return the proxy that the environment names, with its scheme or without, as other programs take it; or None."""
    named = os.environ.get(f"{method}_proxy") or os.environ.get(f"{method.upper()}_PROXY")
    if not named:
        return None
    try:
        return httplib2.proxy_info_from_url(named if "://" in named else f"http://{named}", method, noproxy=None)
    except ValueError as error:
        raise ProxyError(f"the proxy that {method.upper()}_PROXY names is none: {error}") from None


class ProxyError(httplib2.HttpLib2Error):  # type: ignore[misc]  # the library has no types
    """There is a proxy on the way, and no way through it."""


class Transport(httplib2.Http):  # type: ignore[misc]  # the library has no types
    """The connection to the service; access tokens come over another."""

    _KINDS: ClassVar[dict[str, type[http.client.HTTPConnection]]] = {"http": _Plain, "https": _Secure}

    def __init__(self, timeout: float) -> None:
        """Take the seconds that any answer may take. Nothing is cached on disk."""
        super().__init__(timeout=timeout, ca_certs=httplib2.certs.where(), proxy_info=_proxy)
        self.follow_redirects = False
        # A mail that is one letter a million times must not look like an attack: it would keep all others from being read.
        self.limit_kwargs = {"safe_limit": _LARGEST, "hard_limit": _LARGEST}

    def request(self, uri: str, method: str = "GET", *args: Any, **kwargs: Any) -> Any:
        """Ask, on a connection of ours."""
        kwargs["connection_type"] = self._KINDS[uri.partition(":")[0].lower()]
        return super().request(uri, method, *args, **kwargs)
