"""Asking a connector the way the daemon does: page after page, storing the cursor of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.base import Changes, Connector
from rules.mail import Envelope, Message, Role, Wants
from watcher.wake import SocketWake

__all__ = ["EARLY", "Pulled", "everything", "nothing", "pull", "pull_until", "settle"]

EARLY = datetime(2000, 1, 1, tzinfo=UTC)
_TRIES = 60
_PATIENCE = 0.25


def everything(envelope: Envelope) -> bool:
    """Want the text of every message."""
    del envelope
    return True


def nothing(envelope: Envelope) -> bool:
    """Want no text at all."""
    del envelope
    return False


@dataclass(slots=True)
class Pulled:
    """All pages of one or more passes."""

    cursor: str
    pages: list[Changes] = field(default_factory=list)

    @property
    def envelopes(self) -> list[Envelope]:
        """Return what all pages brought."""
        return [envelope for page in self.pages for envelope in page.envelopes]

    @property
    def messages(self) -> list[Message]:
        """Return the texts that all pages brought."""
        return [message for page in self.pages for message in page.messages]

    @property
    def ids(self) -> set[str]:
        """Return the Message-IDs, up to their at sign."""
        return {envelope.message_id.partition("@")[0] for envelope in self.envelopes}

    @property
    def touched(self) -> frozenset[Role]:
        """Return the folders in which anything changed."""
        return frozenset().union(*(page.touched for page in self.pages))

    def envelope(self, name: str) -> Envelope:
        """Return the envelope of the letter of that name."""
        return next(envelope for envelope in self.envelopes if envelope.message_id.startswith(f"{name}@"))

    def message(self, name: str) -> Message:
        """Return the message of the letter of that name."""
        return next(message for message in self.messages if message.envelope.message_id.startswith(f"{name}@"))


def pull(connector: Connector, cursor: str | None = None, *, since: datetime = EARLY, wants: Wants = everything) -> Pulled:
    """Read one pass to its end."""
    pages = list(connector.changes(cursor, since, wants))
    return Pulled(pages[-1].cursor, pages)


def pull_until(connector: Connector, cursor: str | None, done: Callable[[Pulled], bool]) -> Pulled:
    """Read passes until `done` says that what was waited for is there; a server may take its time to show new mail."""
    wake = SocketWake()
    try:
        pulled = pull(connector, cursor)
        for _ in range(_TRIES):
            if done(pulled):
                return pulled
            connector.wait(_PATIENCE, wake)
            more = pull(connector, pulled.cursor)
            pulled = Pulled(more.cursor, [*pulled.pages, *more.pages])
    finally:
        wake.close()
    raise AssertionError(f"what was waited for did not come; there is {sorted(pulled.ids)}")


def settle(connector: Connector, cursor: str | None = None) -> str:
    """Read passes until nothing changes any more, as a daemon does that goes to sleep; return the last cursor."""
    wake = SocketWake()
    try:
        for _ in range(_TRIES):
            pulled = pull(connector, cursor)
            cursor = pulled.cursor
            if not pulled.envelopes and not pulled.touched and connector.wait(0, wake) == "timeout":
                return cursor
    finally:
        wake.close()
    raise AssertionError("the mailbox does not come to rest")
