"""A mailbox with a configuration and a state of its own: to be worked on by the real program, put back as it was, and compared.

A user's mailbox on Dovecot is a Maildir++ tree as well, so that both kinds are filled and read as files, past the program.
"""

from __future__ import annotations

import itertools
import os
import re
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from connectors.guard import looks_ours
from connectors.maildir import create_maildir
from tests.watcher.desk import NO_FORMS

__all__ = ["Server", "Snapshot", "Standing", "World"]

_MAIL_OWNER = 8
"""Debian's user `mail`, as whom Dovecot works when it was started by root."""
_TABLES = {
    "outbox": "key, process, opener, state, op, version, content, placed_at, slot_opens, slot_closes, attempts, error",
    "draft_version": "message_id, key, version, raw_digest",
    "draft_event": "key, process, at, change, slot_opens",
    "message": "identity, role, message_id, subject, wanted",
    "event": "identity, at, own, kind, thread, facts, step",
    "process": "id, opener",
    "process_link": "identity, process, ambiguous",
    "mark": "process, at, verb, until",
    "log": "at, process, company, action, text",
}
"""What the state says; where the drafts stand on the server (`ref`) may differ, and is proved by the pass that follows."""


@dataclass(frozen=True, slots=True)
class Server:
    """An IMAP server on loopback and where it keeps a user's mail."""

    port: int
    mail: Path

    def named(self, user: str) -> Path:
        """Return the Maildir++ tree of a user."""
        return self.mail / user


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All files of a world at one moment: relative path to content, time in nanoseconds and mode."""

    files: dict[str, tuple[bytes, int, int]] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    rules: str = ""
    """The user's playbook file."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a world holds: everything that must not depend on where the program was killed."""

    drafts: Counter[tuple[str, bytes]]
    """Our drafts, by Message-ID and bytes, and how often each stands there."""
    users: Counter[tuple[str, bytes]]
    """Everything else in the mailbox, by folder and bytes."""
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


class World:
    """One user's mailbox, and the program's configuration and state beside it."""

    def __init__(self, folder: Path, mail: Path, account: str) -> None:
        """Take where configuration and state lie, where the mail lies, and the table of the account in the configuration."""
        self.folder = folder
        self.mail = mail
        self.config = folder / "config.toml"
        self.state = folder / "state"
        self._serial = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)
        self.rules = folder / "rules.toml"
        self.rules.write_text(NO_FORMS)
        self.config.write_text(
            f'[user]\nname = "Sam Rivers"\nemail = "sam@example.com"\naddresses = ["sam.rivers@example.org"]\n'
            f'timezone = "Europe/Berlin"\ncountry = "DE"\n\n[accounts.main]\n{account}\n\n'
            f"[rules]\nfile = '{self.rules}'\n\n[daemon]\nstate_dir = '{self.state}'\n"
        )

    @classmethod
    def at_files(cls, folder: Path) -> World:
        """Make a world whose mailbox is a Maildir."""
        mail = folder / "mail"
        create_maildir(mail)
        return cls(folder, mail, f"kind = \"maildir\"\npath = '{mail}'")

    @classmethod
    def at_server(cls, folder: Path, server: Server, user: str, *, port: int = 0) -> World:
        """Make a world whose mailbox is on an IMAP server, reached by another `port` if there is something in between."""
        mail = server.named(user)
        world = cls(
            folder,
            mail,
            f'kind = "imap"\nhost = "127.0.0.1"\nport = {port or server.port}\nsecurity = "plain"\nusername = "{user}"\n'
            'password.env = "CRASH_SECRET"\ntimeout_seconds = 30',
        )
        for name in ("", ".Drafts", ".Sent"):
            for part in ("cur", "new", "tmp"):
                (mail / name / part).mkdir(parents=True, exist_ok=True)
        world._own()
        return world

    def arguments(self, now: datetime | str) -> list[str]:
        """Return the arguments of one pass as of `now`."""
        at = now if isinstance(now, str) else now.isoformat()
        return ["--config", str(self.config), "once", "--json", "--now", at]

    # --- the world does something ------------------------------------------------------------------------------------

    def deliver(self, raw: bytes | EmailMessage, at: datetime, folder: str = "") -> Path:
        """Put a message into a folder (empty: the inbox), received at `at`."""
        name = f"{int(at.timestamp())}.M{next(self._serial):06d}P9.world"
        path = self.mail / folder / ("cur" if folder else "new") / (f"{name}:2,S" if folder else name)
        path.write_bytes(bytes(raw))
        os.utime(path, (at.timestamp(), at.timestamp()))
        self._own(path)
        return path

    def draft_files(self) -> list[Path]:
        """Return the files in Drafts that are not marked for removal."""
        folder = self.mail / ".Drafts"
        found = [*(folder / "cur").iterdir(), *(folder / "new").iterdir()]
        return sorted(path for path in found if "T" not in path.name.partition(":2,")[2])

    def draft_file(self, recipient: str) -> Path:
        """Return the file of our draft to somebody. Raises LookupError."""
        for path in self.draft_files():
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            if recipient in str(message["To"]) and looks_ours(str(message["Message-ID"]).strip("<>")):
                return path
        raise LookupError(recipient)

    def user_sends(self, recipient: str, at: datetime, *, message_id: str = "") -> None:
        """Move our draft to Sent, under a Message-ID of the client's if one is given."""
        path = self.draft_file(recipient)
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.replace_header("Date", at)
        if message_id:
            message.replace_header("Message-ID", f"<{message_id}>")
        self.deliver(bytes(message), at, ".Sent")
        path.unlink()

    def user_edits(self, recipient: str, text: str, at: datetime) -> None:
        """Save another wording over our draft, as a new file."""
        path = self.draft_file(recipient)
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.clear_content()
        message.set_content(text)
        self.deliver(bytes(message), at, ".Drafts")
        path.unlink()

    def _own(self, path: Path | None = None) -> None:
        """Give files to the mail user where Dovecot works as that one."""
        if os.getuid() or self.mail.is_relative_to(self.folder):
            return
        for one in [path] if path else [self.mail, *self.mail.rglob("*")]:
            os.chown(one, _MAIL_OWNER, _MAIL_OWNER)

    # --- as it was ----------------------------------------------------------------------------------------------------

    def _roots(self) -> dict[str, Path]:
        return {"mail": self.mail, "state": self.state}

    def snapshot(self) -> Snapshot:
        """Return all files as they are. Nobody may be at work on them."""
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
        return Snapshot(files, tuple(folders), self.rules.read_text())

    def restore(self, snapshot: Snapshot) -> None:
        """Make all files as they were, in the same directories: a Maildir is known by those."""
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
        for path in self.mail.rglob("*/"):
            os.utime(path)  # no directory is older than another: which ones need listing must not depend on the hour
        self.rules.write_text(snapshot.rules)
        self._own()

    def standing(self) -> Standing:
        """Return what stands in the mailbox and in the store."""
        drafts: Counter[tuple[str, bytes]] = Counter()
        users: Counter[tuple[str, bytes]] = Counter()
        for path in self.mail.rglob("*"):
            if path.parent.name not in {"cur", "new"} or "T" in path.name.partition(":2,")[2]:
                continue
            folder = str(path.parent.parent.relative_to(self.mail))
            data = path.read_bytes()
            found = re.search(rb"^Message-ID:\s*<([^>]*)>", data, re.IGNORECASE | re.MULTILINE)
            message_id = found[1].decode("ascii", "replace") if found else ""
            if folder == ".Drafts" and looks_ours(message_id):
                drafts[message_id, data.replace(b"\r\n", b"\n")] += 1
            else:
                users[folder, data] += 1
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
