"""What `rules.decide` answers: what should stand in Drafts, why, and when to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import Person
from rules.process import Thread
from rules.reasons import Reason
from rules.worktime import Slot

__all__ = ["Decision", "Notice", "Place", "Reason", "Slot", "Task", "Withdraw"]


@dataclass(frozen=True, slots=True)
class Place:
    """A draft that should stand in Drafts from `appears_at` on."""

    key: DraftKey
    recipient: Person
    """Whom the words are for. A draft to oneself is addressed to the user all the same (`key.recipient`)."""
    slot: Slot
    appears_at: datetime
    attempt: int = 1
    """1 to cap for a status follow-up; the round for a thank-you."""
    final: bool = False
    """The last one: it says so to the user."""
    asks: bool = False
    """A status follow-up that asks whether to write again next week (F14, `StatusRules.question_from`)."""
    late: bool = False
    """Its slot or its hard limit is over (T6, D16)."""
    thread: Thread | None = None
    """The conversation to reply in (D3); None for a new mail."""
    reasons: tuple[Reason, ...] = ()
    of: int = 0
    """How many there may be in its wait, where it is a status follow-up (F2, X6)."""

    @property
    def kind(self) -> DraftKind:
        """Return what the draft is for."""
        return self.key.kind


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A live, untouched draft that should no longer stand in Drafts."""

    key: DraftKey
    reason: Reason


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the user: `kind` is a short stable word, `at` when it became true."""

    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Something that only the user can do: a card to write, somebody to connect with, a call."""

    id: str
    """Stable for ever within its process, as `handwritten-1.dana@example.com`: what the user says is done (`Process.done`)."""
    kind: str
    """A short stable word: `handwritten`, `linkedin`, `call`, `work_sample`, `plan`, `names`, `owed`."""
    text: str
    """One or two sentences for the user."""
    since: datetime
    """From when on it stands."""
    due: datetime | None = None
    """When it is best done by; a task that is past it stands on until it makes no sense any more."""
    recipient: Person | None = None
    """Whom it is for, where it is for one person."""
    round: int = 0
    """The interview that it follows; 0: none."""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one process at one `now`."""

    place: tuple[Place, ...] = ()
    """All that should stand in Drafts now, live ones included, by key."""
    withdraw: tuple[Withdraw, ...] = ()
    """Live drafts that should go; edited ones are never in here."""
    upcoming: tuple[Place, ...] = ()
    """What comes next if nothing happens, soonest first; not yet due."""
    notices: tuple[Notice, ...] = ()
    tasks: tuple[Task, ...] = ()
    """What stands for the user to do at `now`, soonest due first."""
    upcoming_tasks: tuple[Task, ...] = ()
    """What will be for the user to do if nothing happens, soonest first; not yet standing."""
    reasons: tuple[Reason, ...] = ()
    next_check: datetime | None = None
    """The first instant after `now` at which the decision differs without a new event; None: never (invariant 7)."""
