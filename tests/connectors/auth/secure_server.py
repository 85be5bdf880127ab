"""A server on loopback that shows a certificate of our own making."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["ANSWER", "secure_server"]

ANSWER = b'{"access_token": "ya29.over-tls", "expires_in": 3599, "token_type": "Bearer"}'


@contextmanager
def secure_server(path: Path) -> Iterator[str]:
    """Answer any request with a token, over TLS; gives the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                with suppress(OSError):
                    line, _ = server.accept()
                    line.settimeout(5)
                    with context.wrap_socket(line, server_side=True) as safe:
                        head, _, body = safe.recv(65_536).partition(b"\r\n\r\n")
                        due = int(re.search(rb"Content-Length: (\d+)", head)[1])  # type: ignore[index]  # what is sent has one
                        while len(body) < due:
                            body += safe.recv(65_536)
                        said = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
                        safe.sendall(said.encode() + ANSWER)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(6)
