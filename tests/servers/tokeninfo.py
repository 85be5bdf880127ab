"""A token-info endpoint on loopback, as an OAuth 2 provider has one: tells who an access token is for (RFC 7662 in spirit)."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.listening import LoopbackServer

__all__ = ["TokenInfo"]


class TokenInfo:
    """The endpoint; `tokens` maps access tokens that are good to the address they are for."""

    def __init__(self, tokens: dict[str, str]) -> None:
        """Listen on a free port."""
        known = tokens

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
                body = json.dumps({"email": known[token]} if token in known else {"error": "invalid_token"}).encode()
                self.send_response(200 if token in known else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the seam
                """Say nothing."""

        self._server = LoopbackServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Return the URL to which a token is appended."""
        return f"http://127.0.0.1:{self._server.server_port}/tokeninfo?access_token="

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()
