"""A proxy on loopback that lets every CONNECT through (RFC 9110 section 9.3.6)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["tunnel"]


@contextmanager
def tunnel(refusal: bytes = b"", wants: bytes = b"") -> Iterator[tuple[str, list[str]]]:
    """Give the proxy's address, and the targets that it was asked for.

    With `refusal` it says that to everything, and 407 to whoever does not show the credentials that it `wants`.
    """
    asked: list[str] = []
    lines: list[socket.socket] = []

    def carry(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve(line: socket.socket) -> None:
        with suppress(OSError, ValueError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(4096) or b"\r\n\r\n"
            asked.append(head.split()[1].decode())
            if refusal or (wants and wants not in head):
                line.sendall(refusal or b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                line.close()
                return
            host, _, port = asked[-1].rpartition(":")
            far = socket.create_connection((host, int(port)), 5)
            lines.append(far)
            line.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            threading.Thread(target=carry, args=(far, line), daemon=True).start()
            carry(line, far)

    def accept(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                line, _ = server.accept()
                lines.append(line)
                threading.Thread(target=serve, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=accept, args=(server,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for line in lines:
                line.close()
