"""The two orders in which one would write drafts without thinking of crashes; they show that the harness counts what goes wrong.

`append`: the draft is appended, then committed as done: killed in between, it is appended again. `commit`: committed first, then
appended: killed in between, it is never appended. Same server, same drafts, same database, same kills as the real program.
"""

from __future__ import annotations

import base64
import http.client
import imaplib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from pathlib import Path

__all__ = ["make_list", "work"]


def make_list(database: Path, drafts: Sequence[tuple[str, bytes]]) -> None:
    """Write down what is to be appended: Message-ID and bytes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE due (message_id TEXT PRIMARY KEY, raw BLOB NOT NULL, done INTEGER NOT NULL DEFAULT 0)")
        connection.executemany("INSERT INTO due (message_id, raw) VALUES (?, ?)", drafts)


class _Imap:
    """Drafts by APPEND."""

    def __init__(self, port: int, user: str) -> None:
        self._client = imaplib.IMAP4("127.0.0.1", port, timeout=30)
        self._client.login(user, "secret")

    def put(self, raw: bytes) -> bool:
        return self._client.append("Drafts", r"(\Draft \Seen)", None, raw)[0] == "OK"


class _Http:
    """Drafts by one request each.

    users.drafts.create (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.drafts/create), or Create
    message with MIME (https://learn.microsoft.com/en-us/graph/api/user-post-messages).
    """

    def __init__(self, port: int, service: str, token: str) -> None:
        self._client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._google = service == "gmail"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if not self._google:
            self._headers |= {"Content-Type": "text/plain", "Prefer": 'IdType="ImmutableId"'}

    def put(self, raw: bytes) -> bool:
        if self._google:
            body = json.dumps({"message": {"raw": base64.urlsafe_b64encode(raw).decode("ascii")}})
            self._client.request("POST", "/gmail/v1/users/me/drafts", body, self._headers)
        else:
            self._client.request("POST", "/v1.0/me/messages", base64.b64encode(raw), self._headers)
        answer = self._client.getresponse()
        answer.read()
        return answer.status in {HTTPStatus.OK, HTTPStatus.CREATED}


def work(arguments: Sequence[str]) -> None:
    """Put what is due. Arguments: the order, the database, the port, the user and, for HTTP, the service and an access token."""
    order, database, port, user, *service = arguments
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        client = _Http(int(port), *service) if service else _Imap(int(port), user)
        due = connection.execute("SELECT message_id, raw FROM due WHERE NOT done ORDER BY message_id").fetchall()
        for message_id, raw in due:
            if order == "commit":
                connection.execute("UPDATE due SET done = 1 WHERE message_id = ?", (message_id,))
            if not client.put(raw):
                raise SystemExit(4)
            if order == "append":
                connection.execute("UPDATE due SET done = 1 WHERE message_id = ?", (message_id,))
