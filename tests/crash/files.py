"""Worlds whose mail is files: a Maildir of the user's own, or that of a user of Dovecot, which is a Maildir++ tree as well."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import ClassVar

from connectors.maildir import create_maildir
from rules.mail import Role
from tests.crash.world import Place, Snapshot, World

__all__ = ["FileWorld", "Files", "Server"]

_MAIL_OWNER = 8
"""Debian's user `mail`, as whom Dovecot works when it was started by root."""
_FOLDERS = {Role.INBOX: "", Role.DRAFTS: ".Drafts", Role.SENT: ".Sent"}


class FileWorld(World):
    """A mailbox that is filled and read as files."""

    def __init__(self, folder: Path, mail: Path, account: str) -> None:
        """Take where configuration and state lie, where the mail lies, and the table of the account in the configuration."""
        super().__init__(folder, account)
        self.mail = mail
        self._serial = itertools.count(1)

    @classmethod
    def at_server(cls, folder: Path, server: Server, user: str) -> FileWorld:
        """Make a world whose mailbox is on an IMAP server."""
        mail = server.named(user)
        world = cls(
            folder,
            mail,
            f'kind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "plain"\nusername = "{user}"\n'
            'password.env = "CRASH_SECRET"\ntimeout_seconds = 30',
        )
        for name in ("", ".Drafts", ".Sent"):
            for part in ("cur", "new", "tmp"):
                (mail / name / part).mkdir(parents=True, exist_ok=True)
        world._own()
        return world

    def deliver(self, raw: bytes | EmailMessage, at: datetime, role: Role = Role.INBOX) -> None:
        folder = _FOLDERS[role]
        name = f"{int(at.timestamp())}.M{next(self._serial):06d}P9.world"
        path = self.mail / folder / ("cur" if folder else "new") / (f"{name}:2,S" if folder else name)
        path.write_bytes(bytes(raw))
        os.utime(path, (at.timestamp(), at.timestamp()))
        self._own(path)

    def draft_files(self) -> list[Path]:
        """Return the files in Drafts that are not marked for removal."""
        folder = self.mail / ".Drafts"
        found = [*(folder / "cur").iterdir(), *(folder / "new").iterdir()]
        return sorted(path for path in found if "T" not in path.name.partition(":2,")[2])

    def drafts(self) -> list[bytes]:
        return [path.read_bytes() for path in self.draft_files()]

    def _replace(self, draft: bytes, raw: bytes, at: datetime, role: Role) -> None:
        self.deliver(raw, at, role)
        self._discard(draft)

    def _discard(self, draft: bytes) -> None:
        next(path for path in self.draft_files() if path.read_bytes() == draft).unlink()

    def _mail(self) -> list[tuple[str, bytes, bool]]:
        found = []
        for path in self.mail.rglob("*"):
            if path.parent.name in {"cur", "new"} and "T" not in path.name.partition(":2,")[2]:
                folder = str(path.parent.parent.relative_to(self.mail))
                found.append((folder, path.read_bytes(), folder == ".Drafts"))
        return found

    def _roots(self) -> dict[str, Path]:
        return {"mail": self.mail, **super()._roots()}

    def restore(self, snapshot: Snapshot) -> None:
        super().restore(snapshot)
        for path in self.mail.rglob("*/"):
            os.utime(path)  # no directory is older than another: which ones need listing must not depend on the hour
        self._own()

    def _own(self, path: Path | None = None) -> None:
        """Give files to the mail user where Dovecot works as that one."""
        if os.getuid() or self.mail.is_relative_to(self.folder):
            return
        for one in [path] if path else [self.mail, *self.mail.rglob("*")]:
            os.chown(one, _MAIL_OWNER, _MAIL_OWNER)


class Files(Place):
    """Maildirs."""

    def world(self, folder: Path, name: str) -> FileWorld:
        del name
        mail = folder / "mail"
        create_maildir(mail)
        return FileWorld(folder, mail, f"kind = \"maildir\"\npath = '{mail}'")

    def rest(self) -> None:
        """Nothing is on its way: files have what was written."""


@dataclass(frozen=True, slots=True)
class Server(Place):
    """An IMAP server on loopback and where it keeps a user's mail. Users are not put back: the server remembers."""

    kept: ClassVar[bool] = False
    port: int
    mail: Path

    def named(self, user: str) -> Path:
        """Return the Maildir++ tree of a user."""
        return self.mail / user

    def world(self, folder: Path, name: str) -> FileWorld:
        return FileWorld.at_server(folder, self, name)

    def rest(self) -> None:
        """Do not wait: what a dead program has sent may land whenever it will."""
