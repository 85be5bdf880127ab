"""The desk of somebody whose mail is at Gmail: the real connector over HTTP, to a service in this process.

The service's clock is the desk's: it stands at the time of the last look.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from connectors.gmail import GmailConnector, GmailSettings
from tests.servers.gmail import FakeGmail, Mailbox
from tests.servers.gmail.renewing import renewing
from tests.watcher.desk import Desk
from watcher.cycle import Cycle, PassReport
from watcher.passes import Reading
from watcher.store.journal import LogRow, load_log

__all__ = ["ADDRESS", "GmailDesk"]

ADDRESS = "sam@example.com"
_PAGE = 7
_OURS = "Hearback/"


class GmailDesk(Desk):
    """As a desk on files, but for where the mail lies; `with` sees to it that nothing was asked that must not be."""

    def __init__(self, path: Path, *, labels: bool = True) -> None:
        """Start the service and make an empty store below `path`."""
        self.moment = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.server = FakeGmail(clock=lambda: self.moment)
        self.server.__enter__()
        self.box: Mailbox = self.server.mailbox(ADDRESS)
        self.labels = labels
        self.readings: list[Reading] = []
        super().__init__(path)

    def _start(self) -> None:
        self.connector = GmailConnector(
            GmailSettings(
                address=ADDRESS,
                credentials=renewing(self.server.credentials(ADDRESS)),
                endpoint=self.server.url,
                labels=self.labels,
                timeout=10,
                page_size=_PAGE,
                pause=lambda _seconds: None,
            )
        )
        able = self.connector.open()
        self.cycle = Cycle(self.account, self.connector, self.store, marks=able.marks, on_page=self.readings.append)

    def __enter__(self) -> Self:
        """Nothing more is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all of it; nothing may have been asked for that the service does not have, or that we must not touch."""
        self.close()
        self.server.__exit__()
        assert self.server.violations == []

    def look(self, now: datetime) -> PassReport:
        """Do one pass."""
        self.moment = now
        return super().look(now)

    # --- the world ----------------------------------------------------------------------------------------------------

    def arrives(self, raw: bytes | EmailMessage, at: datetime, *labels: str) -> str:
        """Let a message come, into the inbox unless other labels are given; return its identifier."""
        return self.box.deliver(bytes(raw), labels or ("INBOX", "UNREAD"), at)

    def sends(self, recipient: str, at: datetime) -> str:
        """Let the user send a draft of ours; return the identifier of what was sent."""
        (draft,) = [one for one in self.box.drafts() if recipient.encode() in one.message.raw]
        return self.box.send_draft(draft, at=at)

    def edits(self, recipient: str, old: bytes, new: bytes) -> None:
        """Let the user write something else into a draft of ours."""
        (draft,) = [one for one in self.box.drafts() if recipient.encode() in one.message.raw]
        assert old in draft.message.raw
        self.box.edit_draft(draft, draft.message.raw.replace(old, new))

    # --- what is seen -------------------------------------------------------------------------------------------------

    def label_of(self, key: str) -> str:
        """Return the one label of ours that a message carries, without what all have in front; empty for none."""
        names = {label.id: label.name for label in self.box.labels.values() if label.name.startswith(_OURS)}
        (name,) = {names[label] for label in self.box.message(key).labels & names.keys()} or {""}
        return name.removeprefix(_OURS)

    def own_labels(self) -> list[str]:
        """Return the labels of ours that there are."""
        return sorted(label.name for label in self.box.labels.values() if label.name.startswith(_OURS))

    def calls(self, *methods: str) -> int:
        """Return how often methods of users were asked for so far."""
        return sum(self.server.calls[f"gmail.users.{method}"] for method in methods)

    def logged(self, action: str) -> list[LogRow]:
        """Return the lines of the log of one kind."""
        with self.store.read() as connection:
            return [row for row in load_log(connection, self.account.name) if row.action == action]

    def later(self, **span: float) -> PassReport:
        """Do a pass some time after the last one."""
        return self.look(self.moment + timedelta(**span))
