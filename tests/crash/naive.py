"""The two orders in which one would write drafts without thinking of crashes; they show that the harness counts what goes wrong.

`append`: the draft is appended, then committed as done: killed in between, it is appended again. `commit`: committed first, then
appended: killed in between, it is never appended. Same server, same drafts, same database, same kills as the real program.
"""

from __future__ import annotations

import imaplib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

__all__ = ["make_list", "work"]


def make_list(database: Path, drafts: Sequence[tuple[str, bytes]]) -> None:
    """Write down what is to be appended: Message-ID and bytes."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE due (message_id TEXT PRIMARY KEY, raw BLOB NOT NULL, done INTEGER NOT NULL DEFAULT 0)")
        connection.executemany("INSERT INTO due (message_id, raw) VALUES (?, ?)", drafts)


def work(arguments: Sequence[str]) -> None:
    """Append what is due. Arguments: the order, the database, the port, the user."""
    order, database, port, user = arguments
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        client = imaplib.IMAP4("127.0.0.1", int(port), timeout=30)
        client.login(user, "secret")
        due = connection.execute("SELECT message_id, raw FROM due WHERE NOT done ORDER BY message_id").fetchall()
        for message_id, raw in due:
            if order == "commit":
                connection.execute("UPDATE due SET done = 1 WHERE message_id = ?", (message_id,))
            status, _ = client.append("Drafts", r"(\Draft \Seen)", None, raw)
            if status != "OK":
                raise SystemExit(4)
            if order == "append":
                connection.execute("UPDATE due SET done = 1 WHERE message_id = ?", (message_id,))
        client.logout()
