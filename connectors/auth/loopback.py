"""A little web server on the loopback interface, which the browser is sent to at the end of a sign-in (RFC 8252 section 7.3)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

__all__ = ["Loopback"]

_LOG = logging.getLogger("hearback.loopback")
_GOOD = "Hearback has got the answer. You can close this page and go back to the terminal."
_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Hearback</title>'
    '<body style="font-family: sans-serif; margin: 4em auto; max-width: 32em"><p>{}</p></body></html>'
)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of who hangs up, or sends what is no HTTP: it is not the answer."""
        del request, client_address
        _LOG.debug("a connection to the loopback address broke off", exc_info=True)


class Loopback:
    """Listens on 127.0.0.1 at a free port, for as long as it is entered."""

    def __init__(self, take: Callable[[str], str]) -> None:
        """Take what to do with the path and query of a request: it returns what is wrong with it, or nothing when it is good.

        It is called in threads of the server, never after the end. Raises OSError when nothing can be listened on.
        """

        class Handler(BaseHTTPRequestHandler):
            timeout = 10  # seconds for a browser that opens connections in advance and says nothing
            server_version = "Hearback"
            sys_version = ""

            def do_GET(self) -> None:
                self._answer(take)

            def _answer(self, take: Callable[[str], str]) -> None:
                server = self.server
                assert isinstance(server, ThreadingHTTPServer)
                if self.headers.get("Host", "") not in {f"{name}:{server.server_port}" for name in ("127.0.0.1", "localhost")}:
                    self._say(400, "This address is not for you.")  # a page elsewhere whose name was made to mean this machine
                elif self.path.partition("?")[0] != "/":
                    self._say(404, "There is nothing here.")
                else:
                    wrong = take(self.path)
                    self._say(
                        400 if wrong else 200, f"This is not the answer that is waited for: {escape(wrong)}." if wrong else _GOOD
                    )

            def _say(self, status: int, text: str) -> None:
                body = _PAGE.format(text).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the seam
                """Say nothing: the address holds the code."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="loopback", daemon=True)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return self._server.server_port

    @property
    def url(self) -> str:
        """Return where the browser is to be sent."""
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
