"""Asking the emulator, without Google's client between."""

from __future__ import annotations

import http.client
import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from tests.servers.gmail.answers import Answer, ApiError, Json
from tests.servers.gmail.mime import header, normal_subject, tags
from tests.servers.gmail.store import Stored

__all__ = ["Back"]

_USER = "/gmail/v1/users/me/"
Query = Sequence[tuple[str, str]]


class Back:
    """The emulator as its own API has it; a connection for each thread."""

    def __init__(self, address: tuple[str, int]) -> None:
        """Take where it answers."""
        self._address = address
        self._local = threading.local()
        self._guard = threading.Lock()
        self._all: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        """Let go of every connection."""
        with self._guard:
            for one in self._all:
                one.close()
            self._all.clear()

    def plain(self, verb: str, target: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Ask for anything, and return what came as it came."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(*self._address, timeout=30)
            with self._guard:
                self._all.append(connection)
        connection.request(verb, target, body, dict(headers))
        found = connection.getresponse()
        text = found.read()
        kept = {name: found.headers[name] for name in ("Location",) if found.headers[name]}
        return Answer(found.status, text, kept, found.headers.get("Content-Type", ""))

    def ask(self, token: str, verb: str, path: str, query: Query = (), body: Json | None = None) -> Json:
        """Ask for something of the user's; `path` is below `users/me/`. Raises ApiError with what the emulator says."""
        target = _USER + quote(path) + (f"?{urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {token}"}
        raw = None
        if body is not None:
            raw = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        answer = self.plain(verb, target, headers, raw)
        found: Any = json.loads(answer.body) if answer.body else {}
        if answer.status >= 300:
            told = found.get("error", {})
            reason = next((one.get("reason", "") for one in told.get("errors", [])), "")
            raise ApiError(answer.status, str(told.get("message", "")), reason=reason)
        assert isinstance(found, dict)
        return found

    def message(self, token: str, key: str) -> Stored:
        """Return a message with its bytes. Raises ApiError 404."""
        return stored(self.ask(token, "GET", f"messages/{key}", [("format", "raw")]))

    def known(self, token: str) -> dict[str, str]:
        """Return what an access token stands for: `email` and `scope`; empty for one that stands for nothing."""
        answer = self.plain("GET", f"/oauth2/v1/tokeninfo?{urlencode({'access_token': token})}", {})
        return json.loads(answer.body) if answer.status == 200 else {}


def stored(told: Json) -> Stored:
    """Return a message as the rest of this folder has it, from its resource in the format raw."""
    text = str(told.get("raw", ""))
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    found = tags(header(raw, "Message-ID"))
    return Stored(
        id=told["id"],
        thread_id=told["threadId"],
        labels=frozenset(told.get("labelIds", ())),
        at=int(told["internalDate"]),
        serial=0,
        history_id=int(told["historyId"]),
        source=raw,
        size=len(raw),
        message_id=found[0] if found else "",
        subject=normal_subject(header(raw, "Subject")),
    )
