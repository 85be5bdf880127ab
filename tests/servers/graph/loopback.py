"""HTTP/1.1 or HTTPS on loopback, a thread for each connection."""

from __future__ import annotations

import gzip
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.servers.gmail.answers import Answer
from tests.servers.gmail.loopback import Loopback, Request

__all__ = ["Secured", "pressed"]

_SHORT: Final = 1000


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


def pressed(answer: Answer, request: Request) -> Answer:
    """Compress an answer for a client that takes it; what is short goes as it is.

    The service does, for its own clients ask so: https://github.com/microsoftgraph/msgraph-sdk-design, the compression handler.
    """
    if "gzip" not in request.headers.get("accept-encoding", "") or len(answer.body) < _SHORT:
        return answer
    return replace(answer, body=gzip.compress(answer.body, 1), headers={**answer.headers, "Content-Encoding": "gzip"})
