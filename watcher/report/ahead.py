"""What would come if the user sends each draft when its slot opens and they stay silent, or do what is supposed of them.

Pure: the real fold and the real decision are asked, with events made up that are never stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rules.decide import decide
from rules.extract.types import Promise, PromiseClass
from rules.intents import Decision, Notice, Place, Task
from rules.process import DraftChange, DraftEvent, Event, Outgoing, Process, Thread, fold
from watcher.history import Assessment

__all__ = ["QUESTIONS", "Ahead", "as_decided", "look_ahead"]

QUESTIONS = frozenset({"month_of_silence", "keep_warm", "move_on", "away_long", "away_without_date"})
"""Notices that ask the user something: a plan tells of them."""
_MOST = 400
"""More instants than any playbook has within the days of a plan; a bound on the work."""
_MOMENT = timedelta(minutes=1)
_NAMED = frozenset({PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE, PromiseClass.AWAY_UNTIL})


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies ahead of one process, each part by time."""

    process: Process
    """As it would stand at the end."""
    places: tuple[Place, ...] = ()
    tasks: tuple[Task, ...] = ()
    questions: tuple[Notice, ...] = ()
    promises: tuple[Promise, ...] = ()
    """With a day; those that run and those that would."""


@dataclass(slots=True)
class _Seen:
    """What was met on the way."""

    places: list[Place] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    questions: dict[tuple[str, datetime], Notice] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)

    def look(self, process: Process, decision: Decision) -> None:
        """Take in what a decision shows."""
        done = {place.key for place in self.places}
        self.places += [place for place in decision.place if place.kind.to_self and place.key not in done]
        for task in decision.tasks:
            self.tasks.setdefault(task.id, task)
        for notice in decision.notices:
            if notice.kind in QUESTIONS:
                self.questions.setdefault((notice.kind, notice.at), notice)
        promise = process.wait.promise if process.wait is not None else None
        if promise is not None and promise.kind in _NAMED and promise.date is not None and promise not in self.promises:
            self.promises.append(promise)


def as_decided(found: Assessment) -> Ahead:
    """Return what the decision itself shows, without a look any further."""
    seen = _Seen()
    seen.look(found.process, found.decision)
    places = (*found.decision.place, *found.decision.upcoming)
    tasks = (*found.decision.tasks, *found.decision.upcoming_tasks)
    return Ahead(found.process, places, tasks, tuple(seen.questions.values()), tuple(seen.promises))


def look_ahead(
    found: Assessment, events: Sequence[Event], now: datetime, until: datetime, supposed: Sequence[Event] = ()
) -> Ahead:
    """Return what would follow up to `until`, what stands now included.

    `events` are those that `found` was folded from; `supposed` are made up by the caller, none earlier than `now`.
    """
    process, decision, at = found.process, found.decision, now
    known, coming = list(events), sorted(supposed, key=lambda event: event.at.astimezone(UTC))
    seen = _Seen()
    seen.look(process, decision)
    for _ in range(_MOST):
        place = _soonest(decision, seen.places)
        send = max(place.slot.opens, at + _MOMENT, key=_utc) if place is not None else None
        mail = max(coming[0].at, at, key=_utc) if coming else None
        moments = [when for when in (mail, decision.next_check, send) if when is not None]
        at = min(moments, key=_utc, default=until)
        if not moments or _utc(at) > _utc(until):
            break
        if coming and at == mail:
            known.append(coming.pop(0))
        elif place is not None and at == send:
            seen.places.append(place)
            known += _sent(place, min(max(place.appears_at, now, key=_utc), at, key=_utc), at, len(seen.places))
        process, decision = _decided(found, known, at)
        seen.look(process, decision)
    return Ahead(
        process,
        tuple(seen.places),
        tuple(seen.tasks.values()),
        tuple(seen.questions.values()),
        tuple(seen.promises),
    )


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def _decided(found: Assessment, known: Sequence[Event], at: datetime) -> tuple[Process, Decision]:
    account = found.account
    process = fold(found.process.id, known, now=at, policy=account.policy, profile=account.profile)
    process = replace(process, company_sent=found.process.company_sent, job_from=found.process.job_from)
    return process, decide(process, account.policy, account.profile, at)


def _soonest(decision: Decision, places: Sequence[Place]) -> Place | None:
    """Return the next draft to them that would be sent; those to oneself are sent to nobody."""
    done = {place.key for place in places}
    ahead = [place for place in (*decision.place, *decision.upcoming) if place.key not in done and not place.kind.to_self]
    return min(ahead, key=lambda place: (_utc(place.slot.opens), str(place.key)), default=None)


def _sent(place: Place, placed_at: datetime, at: datetime, number: int) -> list[Event]:
    """Return the events of a draft that appears and is sent."""
    thread = place.thread or Thread(f"ahead-{number}", (), "")
    return [
        DraftEvent(f"ahead-placed-{number}", placed_at, place.key, DraftChange.PLACED, place.slot.opens),
        DraftEvent(f"ahead-sent-{number}", at, place.key, DraftChange.SENT),
        Outgoing(f"ahead-{number}", at, (place.recipient.address,), thread, place.key),
    ]
