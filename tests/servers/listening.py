"""The server below those of the tests that speak HTTP: on loopback, a thread for each connection."""

from __future__ import annotations

import sys
from http.server import ThreadingHTTPServer

__all__ = ["LoopbackServer"]


class LoopbackServer(ThreadingHTTPServer):
    """Threads end with the process. A client that hangs up is no news; any other error fails the test that runs."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: the standard error of the process may be that of a command under test."""
        del request, client_address
        if not isinstance(sys.exception(), OSError):
            raise  # noqa: PLE0704 - called where the error is being handled; pytest hears of it from the thread
