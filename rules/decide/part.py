"""What each part of a decision hands in, and what they all need to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from rules.drafts.types import DraftKey
from rules.intents import Notice, Place, Task
from rules.policy import Policy
from rules.process import DraftView, Process, Thread
from rules.process.schedule import user_zone, zone_of
from rules.profile import Profile
from rules.reasons import Reason, time_words

__all__ = ["Case", "Part", "thread_to_begin_in", "thread_with"]


@dataclass(frozen=True, slots=True)
class Case:
    """One process at one `now`, under one policy."""

    process: Process
    policy: Policy
    profile: Profile
    now: datetime

    @property
    def zone(self) -> tzinfo:
        """Return the recipients' zone (D7)."""
        return zone_of(self.process, self.profile)

    def words(self, when: datetime) -> str:
        """Return a time in words, in the zone of the user, who reads them."""
        return time_words(when.astimezone(user_zone(self.profile)))

    def slot_words(self, when: datetime) -> str:
        """Return a time of a slot in words: there where it is sent to, and said so where the clocks differ."""
        there = when.astimezone(self.zone)
        same = there.utcoffset() == when.astimezone(user_zone(self.profile)).utcoffset()
        return time_words(there) if same else f"{time_words(there)} there"

    def reached(self, instant: datetime) -> bool:
        """Return True if that instant has come."""
        return instant.astimezone(UTC) <= self.now.astimezone(UTC)

    def live(self, key: DraftKey) -> DraftView | None:
        """Return the draft of that key that stands in Drafts."""
        return next((view for view in self.process.drafts if view.key == key), None)

    def wrote_since(self, address: str, instant: datetime) -> bool:
        """Return True if the user wrote to that address at or after an instant (D23)."""
        start = instant.astimezone(UTC)
        return any(to == address and when.astimezone(UTC) >= start for to, when in self.process.wrote_to)


@dataclass(slots=True)
class Part:
    """The share of one kind of draft.

    `places`, `notices` and `tasks` may lie ahead: `decide` sorts them by time, and asks again when they come.
    """

    places: list[Place] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    """What is to be said of the whole process at `now`: why something does not come, say."""
    moments: list[datetime] = field(default_factory=list)
    """Instants at which this part changes for another reason than a place or a notice that comes due."""


def thread_with(process: Process, address: str) -> Thread | None:
    """Return the conversation to reply in: the newest one in which the recipient takes part (D3), else None."""
    return next((thread for thread in reversed(process.threads) if address in thread.participants), None)


def thread_to_begin_in(case: Case, address: str) -> Thread | None:
    """Return the same for a mail that the user begins rather than answers with; None where the playbook wants a new one (C3)."""
    return thread_with(case.process, address) if case.policy.draft.reply_in_thread else None
