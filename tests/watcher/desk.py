"""A job seeker's desk for tests: a real Maildir, the real cycle over it, and a clock that is an argument.

What the company and the user do goes to the files from outside, past the connector.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from connectors.base import Connector
from connectors.maildir import MaildirConnector, MaildirSettings, create_maildir
from rules.policy import load_playbook, parse_policy
from rules.profile import Profile
from watcher.account import Account
from watcher.cycle import Cycle, PassReport
from watcher.history import Assessment, assess_all
from watcher.store import Store

__all__ = ["NO_FORMS", "Desk"]

NO_FORMS = "prep.enabled = false\nnotes.enabled = false\ntasks.linkedin = false\n"
"""A playbook file with which nothing is drafted to the user: for tests of what is drafted to others."""

Wrap = Callable[[Connector], Connector]


class Desk:
    """One mailbox, one store, one account."""

    def __init__(
        self,
        path: Path,
        *,
        zone: str = "Europe/Berlin",
        wrap: Wrap = lambda connector: connector,
        max_drafts: int = 20,
        rules: str = NO_FORMS,
    ) -> None:
        """Make an empty mailbox and an empty store below `path`; `rules` is the user's own playbook file."""
        self.mailbox = path / "mail"
        create_maildir(self.mailbox)
        self.state = path / "state" / "hearback.sqlite3"
        self._wrap = wrap
        self._serial = itertools.count(1)
        self.account = Account(
            name="main",
            kind="maildir",
            address="sam@example.com",
            profile=Profile(
                "Sam Rivers",
                "sam@example.com",
                "+49 30 5550100",
                frozenset({"sam@example.com", "sam.rivers@example.org"}),
                zone,
                "DE",
            ),
            policy=parse_policy(rules, load_playbook("default")),
            max_drafts=max_drafts,
        )
        self.store = Store(self.state)
        self._start()

    def _start(self) -> None:
        self.connector = self._wrap(MaildirConnector(MaildirSettings(self.mailbox)))
        self.connector.open()
        self.cycle = Cycle(self.account, self.connector, self.store)

    def restart(self) -> None:
        """End the process and start another on the same files."""
        self.connector.close()
        self.store.close()
        self.store = Store(self.state)
        self._start()

    def close(self) -> None:
        """Let go of the files."""
        self.connector.close()
        self.store.close()

    # --- the world ----------------------------------------------------------------------------------------------------

    def deliver(self, raw: bytes | EmailMessage, at: datetime, folder: str = "") -> Path:
        """Put a message into a folder as a delivery agent does (empty: the inbox)."""
        sub = "cur" if folder else "new"
        suffix = ":2,S" if folder else ""
        name = f"{int(at.timestamp())}.M{next(self._serial):06d}P9.world{suffix}"
        target = self.mailbox / folder / sub / name
        temporary = self.mailbox / folder / "tmp" / name.partition(":")[0]
        temporary.write_bytes(bytes(raw))
        os.utime(temporary, (at.timestamp(), at.timestamp()))
        temporary.rename(target)
        return target

    def draft_files(self) -> list[Path]:
        """Return the files in Drafts, oldest first."""
        folder = self.mailbox / ".Drafts"
        return sorted([*(folder / "cur").iterdir(), *(folder / "new").iterdir()], key=lambda path: path.name)

    def drafts(self) -> list[EmailMessage]:
        """Return what stands in Drafts."""
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in self.draft_files()]

    def draft_file(self, recipient: str) -> Path:
        """Return the file of the draft to somebody. Raises LookupError."""
        for path in self.draft_files():
            if recipient in str(message_from_bytes(path.read_bytes(), policy=policy.default)["To"]):
                return path
        raise LookupError(recipient)

    def user_sends(self, recipient: str, at: datetime, *, new_message_id: str = "", stamp: datetime | None = None) -> None:
        """Move a draft to Sent, under a new Message-ID if the client makes one; `stamp`: the server's clock, where it differs."""
        path = self.draft_file(recipient)
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if new_message_id:
            message.replace_header("Message-ID", f"<{new_message_id}>")
        message.replace_header("Date", at)
        self.deliver(bytes(message), stamp or at, ".Sent")
        path.unlink()

    def user_edits(self, recipient: str, text: str) -> Path:
        """Save another wording over a draft, as a new file."""
        path = self.draft_file(recipient)
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.clear_content()
        message.set_content(text)
        edited = path.with_name(path.name.replace("1", "2", 1))
        edited.write_bytes(bytes(message))
        path.unlink()
        return edited

    # --- the product --------------------------------------------------------------------------------------------------

    def look(self, now: datetime) -> PassReport:
        """Do one pass."""
        return self.cycle.run_pass(now)

    def days(self, start: datetime, end: datetime, step: timedelta = timedelta(hours=6)) -> Iterator[PassReport]:
        """Do a pass at every step, and whenever something is due, from `start` to `end`."""
        now = start
        while now <= end:
            report = self.look(now)
            yield report
            due = report.next_check
            now = min(now + step, due) if due is not None and due > now else now + step

    def until(self, start: datetime, end: datetime) -> list[str]:
        """Do the same and return what was told."""
        return [row.text for report in self.days(start, end) for row in report.log]

    def processes(self, now: datetime) -> list[Assessment]:
        """Return where every process stands."""
        with self.store.read() as connection:
            return assess_all(connection, self.account, now)

    def process(self, now: datetime) -> Assessment:
        """Return where the only process stands."""
        (found,) = self.processes(now)
        return found
