"""What tests of the rules of timing ask: one interview on Monday 2 March 2026, and when what comes next is for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from rules.extract.types import Facts, PromiseClass
from rules.intents import Decision, Place
from rules.policy import Policy
from rules.process import Event, Process
from rules.reasons import Reason
from tests.rules.timing import POLICY, at_now, confirmed, key, meeting, mine, ny, promised, theirs

MONDAY = meeting(ny(3, 2, 10))
BOOKED = confirmed("m1", ny(2, 25), MONDAY)
THANKED = mine("thanks", ny(3, 2, 14), step=key("thank_you-1"))


_AFTERNOON = ny(3, 2, 15)


def look(now: datetime, *events: Event, policy: Policy = POLICY) -> Decision:
    return at_now(now, list(events), policy=policy)[1]


def fold_at(now: datetime, *events: Event) -> Process:
    return at_now(now, list(events))[0]


def next_status(now: datetime, *events: Event, policy: Policy = POLICY) -> Place | None:
    decision = look(now, *events, policy=policy)
    return next((place for place in (*decision.place, *decision.upcoming) if place.kind == "status"), None)


def opens(now: datetime, *events: Event, policy: Policy = POLICY) -> str:
    place = next_status(now, *events, policy=policy)
    return f"{place.slot.opens:%a %d %b %H:%M}" if place is not None else "none"


def told(decision: Decision) -> list[str]:
    return [notice.kind for notice in decision.notices]


def text_of(decision: Decision, kind: str) -> str:
    return next(notice.text for notice in decision.notices if notice.kind == kind)


def ids(reasons: tuple[Reason, ...]) -> set[str]:
    return {rule for reason in reasons for rule in reason.rules}


def said(kind: PromiseClass, day: date | None = None, at: datetime = _AFTERNOON) -> Event:
    return theirs("said", at, facts=Facts(promise=promised(kind, at.date(), day)))


def sent(number: int, at: datetime, wait: int = 1) -> Event:
    return mine(f"s{wait}.{number}", at, step=key(f"status-{wait}.{number}"))


def note_slot(end: datetime, policy: Policy = POLICY) -> tuple[datetime, datetime]:
    talk = meeting(end - timedelta(hours=1))
    (place,) = look(end, confirmed("m1", end - timedelta(days=3), talk), policy=policy).place
    return place.slot.opens, place.slot.closes
