"""The world of `accounts` over TLS, and who one is at Graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from tests.servers.microsoft.accounts import Refusal, SignInWorld, back_with
from tests.servers.sign_in import Answer, SignInServer

__all__ = ["MicrosoftSignIn"]


class MicrosoftSignIn(SignInServer, SignInWorld):
    """The server, on a free port of this machine, under the name localhost."""

    def __init__(self, certificate: Path) -> None:
        """Take a file with key and certificate for localhost."""
        SignInServer.__init__(self, certificate)
        SignInWorld.__init__(self)
        self.faults: dict[str, Answer] = {}
        """What to say instead, by the last part of the path: `token`, `devicecode`, `openid-configuration`, `me`."""
        self.elsewhere = ""
        """Where the endpoints are said to be, instead of here."""
        self.paths: list[str] = []
        """What was asked for, without queries."""
        self.headers: list[dict[str, str]] = []
        """With which headers, names in lower case."""

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"https://localhost:{self.port}"

    def say(self, verb: str, path: str, fields: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer one request."""
        self.headers.append(dict(headers))
        self.paths.append(path)
        name = path.rpartition("/")[2]
        if name == "token":
            self.stall()
        if name in self.faults:
            return self.faults[name]
        try:
            return self._told(verb, path, fields, headers.get("authorization", ""))
        except Refusal as refusal:
            if name == "authorize":
                return Answer(200, f"<h1>Sorry</h1><p>AADSTS{refusal.number}: {escape(refusal.said)}</p>", "text/html")
            return _json(refusal.told(len(self.paths)), refusal.status)

    def _told(self, verb: str, path: str, fields: dict[str, str], authorization: str) -> Answer:
        if (verb, path) == ("GET", "/v1.0/me"):
            return self._me(authorization)
        tenant, _, place = path.removeprefix("/").partition("/")
        match verb, place:
            case "GET", "v2.0/.well-known/openid-configuration":
                return _json(self.configuration(tenant, self.elsewhere or self.url))
            case "GET", "oauth2/v2.0/authorize":
                return _sent(fields["response_mode"], *self.authorize(tenant, fields))
            case "POST", "oauth2/v2.0/token":
                return _json(self.token(tenant, fields))
            case "POST", "oauth2/v2.0/devicecode":
                return _json(self.device(tenant, fields))
        return Answer(404, "<html>Not found</html>", "text/html")

    def _me(self, authorization: str) -> Answer:
        """Tell who one is (https://learn.microsoft.com/graph/api/user-get), or not (https://learn.microsoft.com/graph/errors)."""
        user = self.owner(authorization)
        if user is None:
            said = {"code": "InvalidAuthenticationToken", "message": "Access token is empty or not known."}
            return _json({"error": said}, 401)
        return _json({"mail": user.mail or None, "userPrincipalName": user.name})


def _json(told: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(told), "application/json; charset=utf-8")


def _sent(mode: str, back: str, told: dict[str, str]) -> Answer:
    if mode == "form_post":
        return Answer(200, _form(back, told), "text/html")
    return Answer(302, "", "text/plain", {"Location": back_with(back, told)})


def _form(back: str, told: dict[str, str]) -> str:
    fields = "".join(f'<input type="hidden" name="{escape(key)}" value="{escape(value)}"/>' for key, value in told.items())
    return f'<html><body><form method="POST" action="{escape(back)}">{fields}</form></body></html>'
