"""The world of `accounts` over TLS, and who one is at Graph."""

from __future__ import annotations

import json
import ssl
import threading
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.consent import Answer
from tests.servers.listening import LoopbackServer
from tests.servers.microsoft.accounts import Refusal, SignInWorld, back_with

__all__ = ["MicrosoftSignIn", "TlsServer"]


class MicrosoftSignIn(SignInWorld):
    """The server, on a free port of this machine, under the name localhost."""

    def __init__(self, certificate: Path) -> None:
        """Take a file with key and certificate for localhost."""
        super().__init__()
        self.skew = timedelta(0)
        """How far its clock is ahead of ours."""
        self.faults: dict[str, Answer] = {}
        """What to say instead, by the last part of the path: `token`, `devicecode`, `openid-configuration`, `me`."""
        self.stalls = threading.Event()
        """Set: the token endpoint says nothing until `released`."""
        self.released = threading.Event()
        self.elsewhere = ""
        """Where the endpoints are said to be, instead of here."""
        self.paths: list[str] = []
        """What was asked for, without queries."""
        self.headers: list[dict[str, str]] = []
        """With which headers, names in lower case."""
        self._server = TlsServer(("127.0.0.1", 0), self._handler())
        self._server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server.context.load_cert_chain(certificate)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"https://localhost:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.released.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def answer(self, verb: str, path: str, fields: dict[str, str], authorization: str) -> Answer:
        """Answer one request."""
        self.paths.append(path)
        name = path.rpartition("/")[2]
        if name == "token" and self.stalls.is_set():
            self.released.wait(30)
        if name in self.faults:
            return self.faults[name]
        try:
            return self._answer(verb, path, fields, authorization)
        except Refusal as refusal:
            if name == "authorize":
                return Answer(200, f"<h1>Sorry</h1><p>AADSTS{refusal.number}: {escape(refusal.said)}</p>", "text/html")
            return _json(refusal.told(len(self.paths)), refusal.status)

    def _answer(self, verb: str, path: str, fields: dict[str, str], authorization: str) -> Answer:
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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        world = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                self._say("GET", parts.path, parts.query)

            def do_POST(self) -> None:
                self._say("POST", self.path, self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

            def _say(self, verb: str, path: str, query: str) -> None:
                world.headers.append({name.lower(): value for name, value in self.headers.items()})
                fields = {key: each[0] for key, each in parse_qs(query, keep_blank_values=True).items()}
                answer = world.answer(verb, path, fields, self.headers.get("Authorization", ""))
                data = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                self.send_header("Content-Length", str(len(data)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def date_time_string(self, timestamp: float | None = None) -> str:
                true = parsedate_to_datetime(super().date_time_string(timestamp))
                return format_datetime(true + world.skew, usegmt=True)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the seam
                """Say nothing."""

        return Handler


class TlsServer(LoopbackServer):
    """Speaks TLS, a thread for each connection."""

    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Begin TLS in the thread of the connection: nobody waits for a client that says nothing."""
        request.settimeout(30)
        with self.context.wrap_socket(request, server_side=True) as safe:
            super().finish_request(safe, client_address)


def _json(told: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(told), "application/json; charset=utf-8")


def _sent(mode: str, back: str, told: dict[str, str]) -> Answer:
    if mode == "form_post":
        return Answer(200, _form(back, told), "text/html")
    return Answer(302, "", "text/plain", {"Location": back_with(back, told)})


def _form(back: str, told: dict[str, str]) -> str:
    fields = "".join(f'<input type="hidden" name="{escape(key)}" value="{escape(value)}"/>' for key, value in told.items())
    return f'<html><body><form method="POST" action="{escape(back)}">{fields}</form></body></html>'
