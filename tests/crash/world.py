"""A mailbox with a configuration and a state of its own: to be worked on by the real program, put back as it was, and compared.

What is the same whatever the mailbox. Each kind is filled and read past the program: see `files` and `gmail`.
"""

from __future__ import annotations

import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

from connectors.guard import looks_ours
from rules.mail import Role
from tests.watcher.desk import NO_FORMS

__all__ = ["Place", "Snapshot", "Standing", "World", "message_id_of", "parsed"]

_TABLES = {
    "outbox": "key, process, opener, state, op, version, content, placed_at, slot_opens, slot_closes, attempts, error",
    "draft_version": "message_id, key, version, raw_digest",
    "draft_event": "key, process, at, change, slot_opens",
    "message": "identity, role, message_id, subject, wanted",
    "event": "identity, at, own, kind, thread, facts, step",
    "process": "id, opener",
    "process_link": "identity, process, ambiguous",
    "mark": "process, at, verb, until",
    "marked": "identity, mark",
    "log": "at, process, company, action, text",
}
"""What the state says; where the drafts stand on the server (`ref`) may differ, and is proved by the pass that follows."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A world at one moment."""

    files: dict[str, tuple[bytes, int, int]] = field(default_factory=dict)
    """Relative path to content, time in nanoseconds and mode."""
    folders: tuple[str, ...] = ()
    rules: str = ""
    """The user's playbook file."""
    mailbox: dict[str, Any] = field(default_factory=dict)
    """What is held in memory, where the mail is no files."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a world holds: everything that must not depend on where the program was killed."""

    drafts: Counter[tuple[str, bytes]]
    """Our drafts, by Message-ID and bytes, and how often each stands there."""
    users: Counter[tuple[str, bytes]]
    """Everything else in the mailbox, by folder (or labels) and bytes."""
    state: dict[str, Counter[tuple[object, ...]]]
    """Rows of the store, by table."""
    sound: str = "ok"
    """What SQLite's own check of the file says."""

    def differences(self, other: Standing) -> list[str]:
        """Say in what `other` differs from this one, a line each."""
        found = [f"integrity: {other.sound}"] if other.sound != "ok" else []
        for name, mine, theirs in (("drafts", self.drafts, other.drafts), ("users", self.users, other.users)):
            found += [f"{name}: missing {count} x {one}" for one, count in (mine - theirs).items()]
            found += [f"{name}: too many {count} x {one}" for one, count in (theirs - mine).items()]
        for table, rows in self.state.items():
            found += [f"{table}: missing {row}" for row in rows - other.state[table]]
            found += [f"{table}: too many {row}" for row in other.state[table] - rows]
        return found


def message_id_of(raw: bytes) -> str:
    """Return the Message-ID without brackets; empty where there is none."""
    found = re.search(rb"^Message-ID:\s*<([^>]*)>", raw, re.IGNORECASE | re.MULTILINE)
    return found[1].decode("ascii", "replace") if found else ""


def parsed(raw: bytes) -> EmailMessage:
    """Return a message as its fields."""
    return message_from_bytes(raw, policy=policy.default)


class World(ABC):
    """One user's mailbox, and the program's configuration and state beside it."""

    def __init__(self, folder: Path, account: str) -> None:
        """Take where configuration and state lie, and the table of the account in the configuration."""
        self.folder = folder
        self.config = folder / "config.toml"
        self.state = folder / "state"
        folder.mkdir(parents=True, exist_ok=True)
        self.rules = folder / "rules.toml"
        self.rules.write_text(NO_FORMS)
        self.config.write_text(
            f'[user]\nname = "Sam Rivers"\nemail = "sam@example.com"\naddresses = ["sam.rivers@example.org"]\n'
            f'timezone = "Europe/Berlin"\ncountry = "DE"\n\n[accounts.main]\n{account}\n\n'
            f"[rules]\nfile = '{self.rules}'\n\n[daemon]\nstate_dir = '{self.state}'\n"
        )

    def arguments(self, now: datetime | str) -> list[str]:
        """Return the arguments of one pass as of `now`."""
        at = now if isinstance(now, str) else now.isoformat()
        return ["--config", str(self.config), "once", "--json", "--now", at]

    # --- the world does something ------------------------------------------------------------------------------------

    @abstractmethod
    def deliver(self, raw: bytes | EmailMessage, at: datetime, role: Role = Role.INBOX) -> None:
        """Put a message into a folder, received at `at`."""

    @abstractmethod
    def drafts(self) -> list[bytes]:
        """Return what stands in Drafts, whoever wrote it."""

    @abstractmethod
    def _replace(self, draft: bytes, raw: bytes, at: datetime, role: Role) -> None:
        """Let the user save other bytes over a draft, in Drafts or in Sent."""

    @abstractmethod
    def _discard(self, draft: bytes) -> None:
        """Let the user remove a draft for good."""

    @abstractmethod
    def _mail(self) -> list[tuple[str, bytes, bool]]:
        """Return all mail: where it stands (folder or labels), its bytes, and whether that is in Drafts."""

    def _draft(self, recipient: str) -> bytes:
        """Return our draft to somebody. Raises LookupError."""
        for raw in self.drafts():
            if recipient in str(parsed(raw)["To"]) and looks_ours(message_id_of(raw)):
                return raw
        raise LookupError(recipient)

    def user_sends(self, recipient: str, at: datetime, *, message_id: str = "") -> None:
        """Move our draft to Sent, under a Message-ID of the client's if one is given."""
        draft = self._draft(recipient)
        message = parsed(draft)
        message.replace_header("Date", at)
        if message_id:
            message.replace_header("Message-ID", f"<{message_id}>")
        self._replace(draft, bytes(message), at, Role.SENT)

    def user_edits(self, recipient: str, text: str, at: datetime) -> None:
        """Save another wording over our draft."""
        draft = self._draft(recipient)
        message = parsed(draft)
        message.clear_content()
        message.set_content(text)
        self._replace(draft, bytes(message), at, Role.DRAFTS)

    def user_discards(self, recipient: str) -> None:
        """Throw our draft away."""
        self._discard(self._draft(recipient))

    # --- as it was ----------------------------------------------------------------------------------------------------

    def _roots(self) -> dict[str, Path]:
        """Return the directories whose files belong to the world, by name."""
        return {"state": self.state}

    def snapshot(self) -> Snapshot:
        """Return all as it is. Nobody may be at work on it."""
        files: dict[str, tuple[bytes, int, int]] = {}
        folders: list[str] = []
        for name, root in self._roots().items():
            for path in sorted(root.rglob("*")):
                relative = f"{name}/{path.relative_to(root)}"
                if path.is_dir():
                    folders.append(relative)
                elif path.is_file():
                    state = path.stat()
                    files[relative] = (path.read_bytes(), state.st_mtime_ns, state.st_mode & 0o777)
        return Snapshot(files, tuple(folders), rules=self.rules.read_text())

    def restore(self, snapshot: Snapshot) -> None:
        """Make all as it was, in the same directories: a Maildir is known by those."""
        roots = self._roots()
        for root in roots.values():
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in root.rglob("*"):
                if not path.is_dir():
                    path.unlink()
        for relative in snapshot.folders:
            name, _, rest = relative.partition("/")
            (roots[name] / rest).mkdir(mode=0o700, parents=True, exist_ok=True)
        for relative, (data, modified, mode) in snapshot.files.items():
            name, _, rest = relative.partition("/")
            path = roots[name] / rest
            path.write_bytes(data)
            path.chmod(mode)
            os.utime(path, ns=(modified, modified))
        self.rules.write_text(snapshot.rules)

    def standing(self) -> Standing:
        """Return what stands in the mailbox and in the store."""
        drafts: Counter[tuple[str, bytes]] = Counter()
        users: Counter[tuple[str, bytes]] = Counter()
        for place, raw, is_draft in self._mail():
            message_id = message_id_of(raw)
            if is_draft and looks_ours(message_id):
                drafts[message_id, raw.replace(b"\r\n", b"\n")] += 1
            else:
                users[place, raw] += 1
        return Standing(drafts, users, *self._stored())

    def _stored(self) -> tuple[dict[str, Counter[tuple[object, ...]]], str]:
        database = self.state / "hearback.sqlite3"
        if not database.exists():
            return {name: Counter() for name in _TABLES}, "ok"
        with closing(sqlite3.connect(database)) as connection:
            sound = str(connection.execute("PRAGMA integrity_check").fetchone()[0])
            rows = {
                name: Counter(connection.execute(f"SELECT {columns} FROM {name}").fetchall()) for name, columns in _TABLES.items()
            }
        return rows, sound


class Place(ABC):
    """Where mailboxes are, for one worker."""

    kept: ClassVar[bool] = True
    """A world is put back as it was; if not, a new one is made and filled like it."""

    @abstractmethod
    def world(self, folder: Path, name: str) -> World:
        """Make an empty mailbox that nobody else uses, with configuration and state in `folder`."""

    @abstractmethod
    def rest(self) -> None:
        """Wait until nothing is on its way any more of a program that is dead, where that can be known."""
