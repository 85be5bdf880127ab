"""Two mailboxes of one person and the store they share, which fail on demand: the world of `test_together_at_random`."""

from __future__ import annotations

import itertools
import os
import shutil
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import event

from connectors.errors import Unavailable
from connectors.guard import Guarded
from connectors.maildir import MaildirConnector, MaildirSettings, create_maildir
from rules.policy import load_playbook, parse_policy
from rules.profile import Profile
from tests.watcher.machine import Died, Faults, Faulty
from watcher.account import Account, Beside
from watcher.cycle import Cycle, PassReport
from watcher.history import Assessment, assess_all
from watcher.store import Store
from watcher.store.drafts import OutboxRow, load_outbox, versions

__all__ = ["ADDRESSES", "Pair"]

ADDRESSES = {"work": "sam@example.com", "home": "sam.rivers@example.org"}


class Pair:
    """The mailboxes by name, and what is the user's in them."""

    def __init__(self, path: Path, template: Path, now: datetime, rules: str) -> None:
        """Make empty mailboxes, and a store out of `template`."""
        self.now = now
        self.faults = Faults()
        self.mine: dict[Path, bytes] = {}
        """Files that are the user's, or were never ours: none may ever change."""
        self._ids = itertools.count(1)
        self.mailboxes = {name: path / name for name in ADDRESSES}
        for mailbox in self.mailboxes.values():
            create_maildir(mailbox)
        self.state = path / "state" / "hearback.sqlite3"
        self.state.parent.mkdir()
        shutil.copy(template, self.state)
        self.accounts = {
            name: Account(
                name,
                "maildir",
                address,
                Profile("Sam Rivers", address, "", frozenset(ADDRESSES.values()), "Europe/Berlin", "DE"),
                parse_policy(rules, load_playbook("default")),
                beside=tuple(Beside(other, ADDRESSES[other]) for other in ADDRESSES if other != name),
            )
            for name, address in ADDRESSES.items()
        }
        self._open()

    def _open(self) -> None:
        self.store = Store(self.state)
        self.cycles = {name: self._cycle(name) for name in ADDRESSES}

        @event.listens_for(self.store.engine, "begin")
        def begin(_connection: object) -> None:
            self.faults.point()

        @event.listens_for(self.store.engine, "commit")
        def commit(_connection: object) -> None:
            self.faults.point()

    def _cycle(self, name: str) -> Cycle:
        connector = Faulty(Guarded(MaildirConnector(MaildirSettings(self.mailboxes[name]))), self.faults, [])
        connector.open()
        return Cycle(self.accounts[name], connector, self.store)

    def restart(self) -> None:
        """End the process and start another on the same files."""
        self.close()
        self._open()

    def close(self) -> None:
        """Let go of the files."""
        for cycle in self.cycles.values():
            with suppress(Exception):
                cycle.connector.close()
        self.store.close()

    def tries(self, name: str, faults: Faults) -> PassReport | None:
        """Do a pass over one account in which something goes wrong; return its report if it came through all the same."""
        for field in Faults.__slots__:
            setattr(self.faults, field, getattr(faults, field))
        try:
            return self.cycles[name].run_pass(self.now)
        except Died:
            self._calm()
            self.restart()
        except Unavailable:
            self._calm()
            self.cycles[name] = self._cycle(name)
        finally:
            self._calm()
        return None

    def _calm(self) -> None:
        for field in Faults.__slots__:
            setattr(self.faults, field, getattr(Faults(), field))

    # --- the mailboxes ------------------------------------------------------------------------------------------------

    def name(self, domain: str) -> str:
        """Return a new Message-ID."""
        return f"m{next(self._ids)}@{domain}"

    def arrives(self, name: str, raw: bytes | EmailMessage, folder: str = "", at: datetime | None = None) -> Path:
        """Put a mail into a mailbox, received `at` (None: now); it stays as it is from now on."""
        stamp = (at or self.now).timestamp()
        target = self.mailboxes[name] / folder / "cur" / f"{int(stamp)}.M{next(self._ids):06d}P9.world:2,S"
        target.write_bytes(bytes(raw))
        os.utime(target, (stamp, stamp))
        self.mine[target] = target.read_bytes()
        return target

    def ours(self, name: str) -> list[tuple[Path, str]]:
        """Return the files in Drafts of an account that are not the user's, with their Message-IDs, oldest first."""
        folder = self.mailboxes[name] / ".Drafts"
        paths = sorted([*(folder / "cur").iterdir(), *(folder / "new").iterdir()], key=lambda path: path.name)
        return [(path, message_id(path.read_bytes())) for path in paths if path not in self.mine]

    def keys(self) -> dict[str, str]:
        """Return the key of every Message-ID ever given to a draft."""
        with self.store.read() as connection:
            return {name: row.key for name, row in versions(connection, tuple(ADDRESSES)).items()}

    def rows(self) -> list[OutboxRow]:
        """Return what both accounts have in hand."""
        with self.store.read() as connection:
            return load_outbox(connection, tuple(ADDRESSES))

    def processes(self) -> list[Assessment]:
        """Return where every process stands, each once."""
        with self.store.read() as connection:
            return [one for account in self.accounts.values() for one in assess_all(connection, account, self.now)]


def message_id(raw: bytes) -> str:
    """Return the Message-ID of a message, without brackets."""
    return str(message_from_bytes(raw, policy=policy.default)["Message-ID"]).strip().strip("<>")
