"""TLS before the sign-in of an emulator that others made, which speaks none: msal takes no other. Nothing else is changed.

The emulator (`@inbox-zero/emulate`) has authorize with PKCE, the token endpoint with rotation, and `/v1.0/me`. It has no codes
for devices, and takes any application.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Self

from tests.servers.microsoft.server import TlsServer

__all__ = ["EmulatedSignIn"]

_HANDED_ON = ("Authorization", "Content-Type", "Accept")


class EmulatedSignIn:
    """The front, on a free port, under the name localhost."""

    def __init__(self, port: int, certificate: Path) -> None:
        """Take the port of the emulator, and a file with key and certificate for localhost."""
        self._back = port
        self._server = TlsServer(("127.0.0.1", 0), self._handler())
        self._server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server.context.load_cert_chain(certificate)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                self._hand_on(None)

            def do_POST(self) -> None:
                self._hand_on(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

            def _hand_on(self, body: bytes | None) -> None:
                line = http.client.HTTPConnection("127.0.0.1", front._back, timeout=30)
                try:
                    kept = {name: value for name in _HANDED_ON if (value := self.headers.get(name))}
                    line.request(self.command, self.path, body, kept)
                    answer = line.getresponse()
                    data = answer.read().replace(f"http://localhost:{front._back}".encode(), front.url.encode())
                finally:
                    line.close()
                self.send_response(answer.status)
                for name in ("Content-Type", "Location"):
                    if value := answer.headers.get(name):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the seam
                """Say nothing."""

        return Handler
