"""A Maildir seen from outside: the delivery agent, the mail client and the administrator, by their own file operations."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

from connectors.maildir import MaildirConnector, MaildirSettings
from rules.mail import Role
from tests.connectors.harness import Harness

__all__ = ["MaildirHarness"]

_FLAGS = {"D": "\\draft", "F": "\\flagged", "R": "\\answered", "S": "\\seen", "T": "\\deleted"}
_NAMES = {Role.DRAFTS: ".Drafts", Role.SENT: ".Sent", Role.ARCHIVE: ".Archive", Role.INBOX: ""}
PAGE = 7


class MaildirHarness(Harness):
    """One mailbox below `base`, in the Maildir++ layout unless other directories are named."""

    def __init__(self, base: Path, names: dict[Role, str] | None = None) -> None:
        """Make the mailbox; `names` gives the directory of each role below its top."""
        self.top = base / "mailbox"
        self._names = names or _NAMES
        self._serial = count(1)
        for name in self._names.values():
            for part in ("cur", "new", "tmp"):
                (self.top / name / part).mkdir(parents=True)

    def connector(self) -> MaildirConnector:
        return MaildirConnector(MaildirSettings(self.top, page_size=PAGE))

    def folder(self, role: Role) -> Path:
        """Return the directory of a role."""
        return self.top / self._names[role]

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        letters = {Role.INBOX: "", Role.DRAFTS: "D"}.get(role, "S")
        self._write(role, raw, None if received_at is None else int(received_at.timestamp()), letters)

    def raws(self, role: Role) -> Sequence[bytes]:
        return [path.read_bytes() for path in self.paths(role)]

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        letters = self._path(role, message_id).name.partition(":2,")[2]
        return frozenset(_FLAGS[letter] for letter in letters)

    def user_edits(self, message_id: str, raw: bytes) -> None:
        old = self._path(Role.DRAFTS, message_id)
        self._write(Role.DRAFTS, raw, None, "DS")
        old.unlink()

    def user_deletes(self, message_id: str) -> None:
        self._path(Role.DRAFTS, message_id).unlink()

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        old = self._path(Role.DRAFTS, message_id)
        if raw is None:
            old.rename(self.folder(Role.SENT) / "cur" / f"{old.name.partition(':')[0]}:2,S")
        else:
            self._write(Role.SENT, raw, None, "S")
            old.unlink()

    def expire_cursor(self) -> None:
        """Bring the mailbox back from a backup that kept the mail, but none of the names and directories."""
        copy = self.top.with_name("restored")
        for folder in self._names.values():
            for part in ("cur", "new", "tmp"):
                (copy / folder / part).mkdir(parents=True)
            for part in ("cur", "new"):
                for path in (self.top / folder / part).iterdir():
                    stamp = path.name.partition(".")[0]
                    flags = path.name.partition(":2,")[2]
                    name = f"{stamp}.R{next(self._serial)}.backup" + (f":2,{flags}" if part == "cur" else "")
                    shutil.copy2(path, copy / folder / part / name)
        self.top.rename(self.top.with_name("lost"))
        copy.rename(self.top)
        shutil.rmtree(self.top.with_name("lost"))

    def cut(self) -> None:
        """Take the drive away and bring it back."""
        away = self.top.with_name("away")
        self.top.rename(away)
        away.rename(self.top)

    def close(self) -> None:
        shutil.rmtree(self.top, ignore_errors=True)

    def paths(self, role: Role) -> list[Path]:
        """Return the files of a folder, oldest first by name."""
        folder = self.folder(role)
        found = [path for part in ("cur", "new") for path in (folder / part).iterdir() if not path.name.startswith(".")]
        return sorted(found, key=lambda path: (int(path.name.partition(".")[0]), path.name))

    def _path(self, role: Role, message_id: str) -> Path:
        for path in self.paths(role):
            header = message_from_bytes(path.read_bytes(), policy=policy.compat32)
            if header["Message-ID"] == f"<{message_id}>":
                return path
        raise AssertionError(f"{message_id} is not in {role}")

    def _write(self, role: Role, raw: bytes, stamp: int | None, letters: str) -> None:
        written = self.folder(role) / "tmp" / f"writing{next(self._serial)}"
        written.write_bytes(raw.replace(b"\r\n", b"\n"))
        if stamp is None:
            stamp = int(written.stat().st_mtime)  # now, by the clock of the file system
        else:
            os.utime(written, (stamp, stamp))
        unique = f"{stamp}.M{next(self._serial):06}.host"
        written.rename(self.folder(role) / (f"cur/{unique}:2,{letters}" if letters else f"new/{unique}"))
