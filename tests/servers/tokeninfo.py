"""A token-info endpoint on loopback, as an OAuth 2 provider has one: tells who an access token is for (RFC 7662 in spirit)."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from tests.servers.answering import Answer, Loopback, Request

__all__ = ["TokenInfo"]


class TokenInfo(Loopback):
    """The endpoint; `tokens` maps access tokens that are good to the address they are for."""

    def __init__(self, tokens: dict[str, str]) -> None:
        """Take the tokens."""
        super().__init__()
        self._tokens = tokens

    @property
    def url(self) -> str:
        """Return the URL to which a token is appended."""
        return f"{super().url}/tokeninfo?access_token="

    def answer(self, request: Request) -> Answer:
        """Tell whose token it is."""
        token = parse_qs(urlsplit(request.target).query).get("access_token", [""])[0]
        if token in self._tokens:
            return Answer(200, json.dumps({"email": self._tokens[token]}).encode())
        return Answer(400, b'{"error": "invalid_token"}')
