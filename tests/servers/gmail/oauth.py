"""The token endpoint, and what tokens stand for.

https://developers.google.com/identity/protocols/oauth2/native-app#offline (refresh), #tokenrevoke, and RFC 6749 section 5: errors
come as JSON with `error` and `error_description`; a refresh token that was revoked or has run out is `invalid_grant`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from tests.servers.gmail.answers import Answer, ApiError, Json

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "MODIFY", "Grant", "Tokens"]

CLIENT_ID: Final = "hearback-tests.apps.example.com"
CLIENT_SECRET: Final = "not-a-secret"
MODIFY: Final = "https://www.googleapis.com/auth/gmail.modify"
LIFETIME: Final = timedelta(seconds=3599)


@dataclass(slots=True)
class Grant:
    """What a user has allowed."""

    address: str
    scopes: frozenset[str]
    refresh_token: str
    revoked: bool = False


@dataclass(slots=True)
class _Access:
    grant: Grant
    until: datetime


class Tokens:
    """All grants, and the access tokens that were given for them; the caller holds the server's lock."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Take the clock by which tokens run out (aware)."""
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self._access: dict[str, _Access] = {}

    def grant(self, address: str, scopes: Collection[str] = (MODIFY,)) -> Grant:
        """Let a user allow `scopes`."""
        grant = Grant(address, frozenset(scopes), f"1//{secrets.token_urlsafe(24)}")
        self._grants[grant.refresh_token] = grant
        return grant

    def access(self, grant: Grant) -> str:
        """Return a new access token; those given before stay good until they run out."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self._access[token] = _Access(grant, self._clock() + LIFETIME)
        return token

    def bearer(self, header: str) -> Grant:
        """Return what the Authorization field stands for; raises ApiError 401."""
        kind, _, token = header.partition(" ")
        found = self._access.get(token.strip())
        if kind.lower() != "bearer" or found is None or found.grant.revoked or found.until <= self._clock():
            raise ApiError(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
                " authentication credential.",
            )
        return found.grant

    def revoke(self, address: str) -> None:
        """Take back everything a user has allowed."""
        for grant in self._grants.values():
            if grant.address == address:
                grant.revoked = True

    def expire(self, address: str) -> None:
        """Let all access tokens of a user run out; refresh tokens stay good."""
        for token in [token for token, one in self._access.items() if one.grant.address == address]:
            del self._access[token]

    def end(self, body: bytes, query: str) -> Answer:
        """Answer the end of a grant: `token` is its refresh token or an access token; either ends all of it."""
        form = parse_qs(query) | parse_qs(body.decode("utf-8", "replace"))
        token = form.get("token", [""])[0]
        access = self._access.get(token)
        grant = self._grants.get(token) or (access.grant if access else None)
        if grant is None or grant.revoked:
            return _refusal(400, "invalid_token", "Token expired or revoked")
        grant.revoked = True
        return Answer(200, b"{}")

    def endpoint(self, body: bytes) -> Answer:
        """Answer the token endpoint: `grant_type=refresh_token`."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if form.get("grant_type") != "refresh_token":
            return _refusal(400, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return _refusal(401, "invalid_client", "The OAuth client was not found.")
        grant = self._grants.get(form.get("refresh_token", ""))
        if grant is None or grant.revoked:
            return _refusal(400, "invalid_grant", "Token has been expired or revoked.")
        answer: Json = {
            "access_token": self.access(grant),
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
        return Answer(200, json.dumps(answer).encode())


def _refusal(status: int, error: str, text: str) -> Answer:
    return Answer(status, json.dumps({"error": error, "error_description": text}).encode())
