"""What would come if the user sends each draft when its slot opens and they stay silent, or do what is supposed of them.

Pure: the real fold and the real decision are asked, with events made up that are never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rules.decide import decide
from rules.drafts.types import DraftKind
from rules.extract.types import Promise, PromiseClass
from rules.intents import Decision, Notice, Place, Task
from rules.process import DraftChange, DraftEvent, Event, Outgoing, Process, Thread, fold
from watcher.history import Assessment, domains_of

__all__ = ["QUESTIONS", "Ahead", "as_decided", "look_ahead", "look_ahead_of_all"]

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
    walk = _Walk.begun(found, events, now, supposed)
    _go([walk], now, until)
    return walk.ahead()


def look_ahead_of_all(
    found: Sequence[tuple[Assessment, Sequence[Event]]],
    now: datetime,
    until: datetime,
    supposed: Mapping[str, Sequence[Event]] | None = None,
) -> dict[str, Ahead]:
    """Return the same for all processes, by their ids: those at one company keep the gap between them (F15).

    `supposed` are events by the id of their process.
    """
    made_up = supposed or {}
    walks = [_Walk.begun(one, events, now, made_up.get(one.process.id, ())) for one, events in found]
    for group in _at_one_company(walks):
        _go(group, now, until)
    return {walk.found.process.id: walk.ahead() for walk in walks}


@dataclass(slots=True)
class _Walk:
    """One process on its way through the days of a plan."""

    found: Assessment
    known: list[Event]
    coming: list[Event]
    at: datetime
    process: Process
    decision: Decision
    domains: frozenset[str]
    elsewhere: tuple[datetime, ...] = ()
    """When follow-ups of the others go to this company, as far as they stand or went out on the way."""
    seen: _Seen = field(default_factory=_Seen)

    @classmethod
    def begun(cls, found: Assessment, events: Sequence[Event], now: datetime, supposed: Sequence[Event] = ()) -> _Walk:
        """Return the walk at its start."""
        coming = sorted(supposed, key=lambda event: event.at.astimezone(UTC))
        walk = cls(found, list(events), coming, now, found.process, found.decision, domains_of(found.process))
        walk.seen.look(walk.process, walk.decision)
        return walk

    def ahead(self) -> Ahead:
        """Return what was met on the way."""
        seen = self.seen
        told = tuple(seen.tasks.values()), tuple(seen.questions.values()), tuple(seen.promises)
        return Ahead(self.process, tuple(seen.places), *told)

    def _next(self) -> tuple[datetime | None, Place | None, datetime | None]:
        """Return when the next mail comes, and which draft is sent next and when."""
        place = _soonest(self.decision, self.seen.places)
        send = max(place.slot.opens, self.at + _MOMENT, key=_utc) if place is not None else None
        return max(self.coming[0].at, self.at, key=_utc) if self.coming else None, place, send

    def moment(self) -> datetime | None:
        """Return when something happens next."""
        mail, _, send = self._next()
        return min((when for when in (mail, self.decision.next_check, send) if when is not None), key=_utc, default=None)

    def happen(self, at: datetime, now: datetime) -> None:
        """Let happen what happens at that moment."""
        mail, place, send = self._next()
        if mail is not None and at == mail:
            self.known.append(self.coming.pop(0))
        elif place is not None and at == send:
            self.seen.places.append(place)
            self.known += _sent(place, min(max(place.appears_at, now, key=_utc), at, key=_utc), at, len(self.seen.places))
        self.decide(at)

    def decide(self, at: datetime) -> None:
        """Fold and decide as of that moment."""
        account, begun = self.found.account, self.found.process
        process = fold(begun.id, self.known, now=at, policy=account.policy, profile=account.profile)
        sent = (*begun.company_sent, *self.elsewhere)
        self.at, self.process = at, replace(process, company_sent=sent, job_from=begun.job_from)
        self.decision = decide(self.process, account.policy, account.profile, at)
        self.seen.look(self.process, self.decision)

    def standing(self) -> list[Place]:
        """Return the follow-up that stands, and was not sent."""
        gone = {place.key for place in self.seen.places}
        return [place for place in self.decision.place if place.kind is DraftKind.STATUS and place.key not in gone]

    def hears(self, others: Sequence[_Walk]) -> tuple[datetime, ...]:
        """Return when follow-ups of others go to this company: those that went, and those that stand there before its own."""
        own = min((_turn(place) for place in self.standing()), default=None)
        went = [place for other in others for place in other.seen.places if place.kind is DraftKind.STATUS]
        stand = [place for other in others for place in other.standing() if own is None or _turn(place) < own]
        return tuple(sorted((place.slot.opens for place in (*went, *stand)), key=_utc))

    def is_near(self, others: Sequence[datetime]) -> bool:
        """Say whether its next follow-up would be so soon after those of others that it may have to move."""
        gap = timedelta(days=self.found.account.policy.gap.between_status_days + 2)  # they count dates, in any zone
        own = [place for place in (*self.decision.place, *self.decision.upcoming) if place.kind is DraftKind.STATUS]
        return any(_utc(place.slot.opens) < _utc(max(others, key=_utc)) + gap for place in own)


def _turn(place: Place) -> tuple[datetime, str]:
    return _utc(place.appears_at), str(place.key)


def _go(walks: Sequence[_Walk], now: datetime, until: datetime) -> None:
    """Let the days pass up to `until`, for processes between which follow-ups keep a gap."""
    for _ in range(_MOST * len(walks)):
        turns = [(_utc(when), number, when) for number, walk in enumerate(walks) if (when := walk.moment()) is not None]
        if not turns or min(turns)[0] > _utc(until):
            return
        _, number, at = min(turns)
        walks[number].happen(at, now)
        for walk in walks if len(walks) > 1 else ():
            heard = walk.hears([other for other in walks if other is not walk])
            if heard != walk.elsewhere:
                before, walk.elsewhere = walk.elsewhere, heard
                if walk.is_near((*before, *heard)):
                    walk.decide(at)


def _at_one_company(walks: Iterable[_Walk]) -> list[list[_Walk]]:
    """Return the walks in groups that share a company, in the order in which they are decided."""
    group_of: dict[str, list[_Walk]] = {}
    groups: dict[int, list[_Walk]] = {}
    for walk in walks:
        joined = [walk]
        for known in {id(one): one for domain in walk.domains if (one := group_of.get(domain)) is not None}.values():
            joined += groups.pop(id(known))
        groups[id(joined)] = joined
        group_of |= dict.fromkeys((domain for one in joined for domain in one.domains), joined)
    return [sorted(group, key=lambda walk: walk.found.process.id) for group in groups.values()]


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


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
