"""HTTP/1.1 or HTTPS on loopback with a thread for each connection, and what is asked and answered there."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import ssl
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

__all__ = ["Answer", "Broken", "Loopback", "Request", "octets", "pressed"]

_LARGEST = 64 << 20
_SHORT = 1000


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    verb: str
    target: str
    """Path and query, percent-encoded."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=UTF-8"


class Broken(Exception):
    """The connection breaks instead of an answer; `sent` passes before."""

    def __init__(self, sent: bytes = b"") -> None:
        """Take the octets that still pass."""
        super().__init__("the connection breaks")
        self.sent = sent


class Loopback(ABC):
    """A server on a free port of 127.0.0.1, which speaks TLS where it has a certificate; subclasses answer."""

    def __init__(self, certificate: Path | None = None) -> None:
        """Take a file with key and certificate for 127.0.0.1, as `tests.servers.certificates` writes it; None: plain HTTP."""
        served = self

        class Handler(_Handler):
            owner = served

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.accepted = self.note
        self._scheme = "http"
        if certificate is not None:
            self._scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(certificate)
            # The handshake is left to the thread of the connection: a client that begins none must hold up nobody else.
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._open: set[socket.socket] = set()
        self._guard = threading.Condition()
        self.requests = 0
        """How many came over HTTP."""

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """Return the answer; may raise Broken. Called from many threads."""

    @property
    def port(self) -> int:
        """Return the port."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and close every connection."""
        self._server.shutdown()
        self._thread.join(10)
        self.cut()
        self._server.server_close()

    def cut(self) -> None:
        """Break every connection that is open; new ones work."""
        with self._guard:
            sockets = list(self._open)
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def wait_idle(self, timeout: float) -> bool:
        """Wait until every client so far has gone and what it asked for is done; say whether that came in time."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as last:
            name = last.getsockname()
            with self._guard:
                # Connections are accepted in their order: when this one is, those before it are known.
                if not self._guard.wait_for(lambda: any(one.getpeername() == name for one in self._open), timeout):
                    return False
        with self._guard:
            return self._guard.wait_for(lambda: not self._open, timeout)

    def note(self, connection: socket.socket, *, gone: bool = False) -> None:
        """Keep count of the connections."""
        with self._guard:
            (self._open.discard if gone else self._open.add)(connection)
            self._guard.notify_all()

    def count(self) -> None:
        """Count a request."""
        with self._guard:
            self.requests += 1


class _Server(ThreadingHTTPServer):
    """Threads end with the process. A client that hangs up is no news; any other error fails the test that runs."""

    daemon_threads = True
    request_queue_size = 128
    accepted: Callable[[socket.socket], None]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note a connection in the order in which they come, and serve it in a thread of its own."""
        self.accepted(request)
        super().process_request(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the standard error of the process may be that of a command under test."""
        del request, client_address
        if not isinstance(sys.exception(), OSError):
            raise  # noqa: PLE0704 - called where the error is being handled; pytest hears of it from the thread


class _Lines(io.BufferedIOBase):
    """A stream that keeps the last line that was read."""

    def __init__(self, whole: Any) -> None:
        self.whole = whole
        self.last = b"-"

    def readline(self, size: int | None = -1, /) -> bytes:
        self.last = self.whole.readline(size)
        return self.last


class _Handler(BaseHTTPRequestHandler):
    owner: Loopback
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        """Read the header; one that ends with the connection, before its empty line, is none."""
        lines = _Lines(self.rfile)
        self.rfile = lines
        try:
            return super().parse_request() and lines.last != b""
        finally:
            self.rfile = lines.whole

    def finish(self) -> None:
        self.owner.note(self.connection, gone=True)
        with contextlib.suppress(OSError):
            super().finish()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            self.close_connection = True
            return
        body = self.rfile.read(length) if length else b""
        if len(body) < length:  # the client died in the middle of its request, which is none then
            self.close_connection = True
            return
        self.owner.count()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            answer = self.owner.answer(Request(self.command, self.path, headers, body))
        except Broken as broken:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.wfile.write(broken.sent)
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.wfile.write(octets(answer))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names of the seam

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the seam
        """Say nothing."""


def pressed(answer: Answer) -> Answer:
    """Compress an answer; what is short goes as it is."""
    if len(answer.body) < _SHORT:
        return answer
    return replace(answer, body=gzip.compress(answer.body, 1), headers={**answer.headers, "Content-Encoding": "gzip"})


def octets(answer: Answer) -> bytes:
    """Return an answer as it goes over the wire."""
    fields = {"Content-Type": answer.kind, "Cache-Control": "private", **answer.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    length = "" if answer.status == 204 else f"Content-Length: {len(answer.body)}\r\n"
    return f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{lines}{length}\r\n".encode("latin-1") + answer.body
