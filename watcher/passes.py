"""What one pass over one account did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.base import Spent
from watcher.store.journal import LogRow

__all__ = ["NOTHING_SPENT", "Interrupted", "PassReport", "Reading"]

NOTHING_SPENT = Spent()


class Interrupted(Exception):
    """The pass was asked to end before its time. The next one goes on where it stopped."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a listing of several pages has come."""

    count: int
    """Messages so far."""
    reached: datetime
    """When the oldest message of the last page came in: most mailboxes list the newest first."""
    since: datetime
    """How far back it goes."""
    now: datetime

    @property
    def share(self) -> float:
        """Return how much of the time that it goes over is behind it, from 0 to 1."""
        whole = (self.now - self.since).total_seconds()
        return min(max((self.now - self.reached).total_seconds() / whole, 0.0), 1.0) if whole > 0 else 1.0


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass did."""

    account: str
    now: datetime
    log: tuple[LogRow, ...] = ()
    """What was told, in order."""
    next_check: datetime | None = None
    """When something is due next if no mail comes."""
    new: int = 0
    """How many messages were new."""
    first: bool = False
    """The account had never been read before."""
    spent: Spent = NOTHING_SPENT
    """What the provider was asked for."""
    active: bool = False
    """Something happened in a process: mail of it came, or a draft was placed."""
    moments: tuple[datetime, ...] = ()
    """Slots that open and interviews that end, from an hour ago on, soonest first: around them more may happen."""
    wake: frozenset[str] = frozenset()
    """Other accounts that are to look now: something of theirs has to be done, or decided anew."""
