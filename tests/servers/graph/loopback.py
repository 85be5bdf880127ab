"""HTTP/1.1 or HTTPS on loopback, a thread for each connection."""

from __future__ import annotations

import ssl
from pathlib import Path

from tests.servers.gmail.loopback import Loopback

__all__ = ["Secured"]


class Secured(Loopback):
    """A server that speaks TLS where it has a certificate."""

    def __init__(self, certificate: Path | None = None) -> None:
        """Take a file with key and certificate for 127.0.0.1, as `tests.servers.certificates` writes it; None: plain HTTP."""
        super().__init__()
        self._secure = certificate is not None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(certificate)
            # The handshake is left to the thread of the connection: a client that begins none must hold up nobody else.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"{'https' if self._secure else 'http'}://127.0.0.1:{self.port}"
