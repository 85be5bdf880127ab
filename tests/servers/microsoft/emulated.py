"""TLS before the sign-in of an emulator that others made, which speaks none: msal takes no other. Nothing else is changed.

The emulator (`@inbox-zero/emulate`) has authorize with PKCE, the token endpoint with rotation, and `/v1.0/me`. It has no codes
for devices, and takes any application.
"""

from __future__ import annotations

import http.client
from pathlib import Path

from tests.servers.answering import Answer, Loopback, Request

__all__ = ["EmulatedSignIn"]

_HANDED_ON = ("authorization", "content-type", "accept")


class EmulatedSignIn(Loopback):
    """The front, on a free port, under the name localhost."""

    def __init__(self, port: int, certificate: Path) -> None:
        """Take the port of the emulator, and a file with key and certificate for localhost."""
        super().__init__(certificate)
        self._back = port

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"https://localhost:{self.port}"

    def answer(self, request: Request) -> Answer:
        """Hand a request on, and the answer back."""
        line = http.client.HTTPConnection("127.0.0.1", self._back, timeout=30)
        try:
            kept = {name: value for name in _HANDED_ON if (value := request.headers.get(name))}
            line.request(request.verb, request.target, request.body or None, kept)
            answer = line.getresponse()
            data = answer.read().replace(f"http://localhost:{self._back}".encode(), self.url.encode())
        finally:
            line.close()
        headers = {"Location": answer.headers.get("Location", "")}
        return Answer(answer.status, data, headers, answer.headers.get("Content-Type", ""))
