"""Google's sign-in on loopback: the page a user ends at, the token endpoint, its revocation, and whose mailbox a token opens.

As https://developers.google.com/identity/protocols/oauth2/native-app has it, and strict: who leaves out PKCE, asks for no refresh
token, or redeems a code twice is refused. `page`, `token` and the other attributes make it go wrong in the ways a test wants.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tests.servers.sign_in import Answer, SignInServer

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Forms", "GoogleSignIn", "choose", "follow", "visit"]

CLIENT_ID = "hearback.apps.example"
CLIENT_SECRET = "GOCSPX-client-secret-of-tests"
_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(/.*)?")


class GoogleSignIn(SignInServer):
    """The server. Whoever opens its page is `owner`, and allows all that is asked unless an attribute says otherwise."""

    def __init__(self, owner: str = "sam@gmail.com") -> None:
        """Take whose mailbox it is."""
        super().__init__()
        self.owner = owner
        self.deny = ""
        """An error for the page to send the browser back with."""
        self.granted: str | None = None
        """The scopes that the token endpoint names; None: those asked for; empty: it names none."""
        self.gives_refresh_token = True
        self.ends_in: int | None = None
        self.token: Answer | None = None
        """What the token endpoint says to everything."""
        self.profile: Answer | None = None
        self.asked: list[dict[str, str]] = []
        """The questions to the page."""
        self.forms: list[dict[str, str]] = []
        """The forms sent to the token endpoint."""
        self.refresh_tokens: dict[str, str] = {}
        """Good ones, each with its owner."""
        self.access_tokens: dict[str, str] = {}
        self.revoked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def token_info(self) -> str:
        """Return the address that an access token is appended to, to be told whose it is (as Dovecot asks)."""
        return f"{self.url}/tokeninfo?access_token="

    def client_file(self, path: Path, client_id: str = CLIENT_ID) -> Path:
        """Write the file of a client, as the console gives it."""
        section = {
            "client_id": client_id,
            "project_id": "hearback-test",
            "auth_uri": f"{self.url}/o/oauth2/v2/auth",
            "token_uri": f"{self.url}/oauth2/token",
            "client_secret": CLIENT_SECRET,
            "redirect_uris": ["http://localhost"],
        }
        path.write_text(json.dumps({"installed": section}))
        return path

    def page(self, asked: dict[str, str]) -> str:
        """Return where the browser is sent; AssertionError when it was asked in a way that Google's documents rule out."""
        self.asked.append(asked)
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["code_challenge"]) == 43
        assert asked["access_type"] == "offline"
        assert asked["prompt"] == "consent"
        assert asked["scope"]
        assert _LOOPBACK.fullmatch(asked["redirect_uri"])
        if self.deny:
            return f"{asked['redirect_uri']}?{urlencode({'error': self.deny, 'state': asked['state']})}"
        code = f"4/0A{secrets.token_urlsafe(30)}"
        self._codes[code] = asked
        values = {"state": asked["state"], "code": code, "scope": asked["scope"]}
        return f"{asked['redirect_uri']}?{urlencode(values)}"

    def exchange(self, form: dict[str, str]) -> Answer:
        """Answer the token endpoint."""
        self.forms.append(form)
        self.stall()
        if self.token is not None:
            return self.token
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _error(401, "invalid_client", "The OAuth client was not found.")
        if form.get("grant_type") == "refresh_token":
            owner = self.refresh_tokens.get(form.get("refresh_token", ""))
            if owner is None:
                return _error(400, "invalid_grant", "Token has been expired or revoked.")
            return self._tokens(owner, "https://mail.google.com/", {})
        return self._redeem(form)

    def _redeem(self, form: dict[str, str]) -> Answer:
        asked = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return _error(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return _error(400, "redirect_uri_mismatch", "")
        more: dict[str, object] = {}
        if self.gives_refresh_token:
            more["refresh_token"] = f"1//{secrets.token_urlsafe(40)}"
            self.refresh_tokens[str(more["refresh_token"])] = self.owner
        if self.ends_in is not None:
            more["refresh_token_expires_in"] = self.ends_in
        return self._tokens(self.owner, asked["scope"] if self.granted is None else self.granted, more)

    def _tokens(self, owner: str, scope: str, more: dict[str, object]) -> Answer:
        access = f"ya29.{secrets.token_urlsafe(40)}"
        self.access_tokens[access] = owner
        told = {"access_token": access, "expires_in": 3599, "token_type": "Bearer"} | ({"scope": scope} if scope else {}) | more
        return Answer(200, json.dumps(told))

    def revoke(self, token: str) -> Answer:
        """Answer the revocation endpoint."""
        self.revoked.append(token)
        known = self.refresh_tokens.pop(token, None)
        return Answer(200, "{}") if known else _error(400, "invalid_token", "Token expired or revoked")

    def profile_of(self, header: str) -> Answer:
        """Answer users.getProfile."""
        if self.profile is not None:
            return self.profile
        owner = self.access_tokens.get(header.removeprefix("Bearer "))
        if owner is None:
            return Answer(
                401, json.dumps({"error": {"code": 401, "message": "Invalid Credentials", "status": "UNAUTHENTICATED"}})
            )
        return Answer(200, json.dumps({"emailAddress": owner, "messagesTotal": 3, "threadsTotal": 2, "historyId": "987654321"}))

    def say(self, verb: str, path: str, fields: dict[str, str], headers: Mapping[str, str]) -> Answer:
        """Answer anything that comes."""
        if verb == "GET":
            return self._get(path, fields, headers.get("authorization", ""))
        return self._post(path, fields)

    def _get(self, path: str, asked: dict[str, str], authorization: str) -> Answer:
        match path:
            case "/o/oauth2/v2/auth":
                return Answer(302, "", "text/plain", {"Location": self.page(asked)})
            case "/gmail/v1/users/me/profile":
                return self.profile_of(authorization)
            case "/tokeninfo":
                owner = self.access_tokens.get(asked.get("access_token", ""))
                return Answer(200, json.dumps({"email": owner})) if owner else _error(400, "invalid_token", "")
            case _:
                return Answer(404, "<html>Not found</html>", "text/html")

    def _post(self, path: str, form: dict[str, str]) -> Answer:
        match path:
            case "/oauth2/token":
                return self.exchange(form)
            case "/oauth2/revoke":
                return self.revoke(form.get("token", ""))
            case _:
                return Answer(404, "<html>Not found</html>", "text/html")


def _error(status: int, error: str, description: str) -> Answer:
    return Answer(status, json.dumps({"error": error, "error_description": description}))


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def follow(link: str | Request) -> str:
    """Open the page as a browser does, and return the address that it sends the browser to, without going there."""
    try:
        build_opener(_Stay).open(link, timeout=10)
    except HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("the page sent the browser nowhere")


class Forms(HTMLParser):
    """The hidden fields of each form of a page."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((values["action"], {}))
        elif tag == "input" and values.get("type") == "hidden":
            self.forms[-1][1][values["name"]] = values["value"]


def choose(link: str, address: str) -> str:
    """Open the emulator's page, press the button of a user, and return the address that it sends the browser to."""
    with build_opener(_Stay).open(link, timeout=10) as answer:
        page = Forms()
        page.feed(answer.read().decode())
    action, fields = next((action, fields) for action, fields in page.forms if fields.get("email") == address)
    return follow(Request(urljoin(link, action), data=urlencode(fields).encode()))


def visit(address: str, host: str = "") -> tuple[int, str]:
    """Go to an address and return status and page."""
    request = Request(address, headers={"Host": host} if host else {})
    try:
        with build_opener(_Stay).open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()
