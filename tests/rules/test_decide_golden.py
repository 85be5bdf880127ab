"""Every date of the default playbook as one table of text: a change of a date is a change of a committed line.

HEARBACK_UPDATE_GOLDEN=1 writes the table anew.
"""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from rules.extract.types import Facts, Promise, PromiseClass
from rules.intents import Place
from rules.process import DraftChange, Event, State
from tests.rules.timing import NEW_YORK, POLICY, at_now, confirmed, drafted, meeting, mine, promised, theirs

GOLDEN = Path(__file__).parent / "golden"
WEEKS = {"ordinary": date(2026, 3, 2), "before_memorial_day": date(2026, 5, 18)}


def _promises(day: date) -> dict[str, Promise | None]:
    """Name each class of promise as made on the day of the interview."""
    next_friday = day + timedelta(days=(4 - day.weekday()) % 7 or 7)
    month_end = day + timedelta(days=30)
    return {
        "no date": None,
        "few days": promised(PromiseClass.FEW_DAYS, day),
        "next week": promised(PromiseClass.VAGUE, day),
        **{
            f"by {day + timedelta(days=ahead):%a %d}": promised(PromiseClass.HARD_DATE, day, day + timedelta(days=ahead))
            for ahead in range(1, 8)
        },
        "by day 30": promised(PromiseClass.HARD_DATE, day, month_end),
        "away until Fri": promised(PromiseClass.AWAY_UNTIL, day, next_friday),
        "away until day 30": promised(PromiseClass.AWAY_UNTIL, day, month_end),
        "write on Fri": promised(PromiseClass.CONTACT_DATE, day, next_friday),
    }


def _played(day: date, promise: Promise | None) -> tuple[list[Place], State]:
    """Send every follow-up when its slot opens; return the thank-you and the follow-ups, and where it all ends."""
    start = datetime.combine(day, time(15), tzinfo=NEW_YORK)
    interview = meeting(start)
    events: list[Event] = [confirmed("m1", start - timedelta(days=3), interview)]
    if promise is not None:
        events.append(theirs("m2", start + timedelta(hours=2), facts=Facts(promise=promise)))
    places: list[Place] = []
    now: datetime | None = start
    state = State.SCHEDULED
    for _ in range(60):
        if now is None:
            break
        process, decision = at_now(now, events)
        state = process.state
        fresh = [place for place in decision.place if place.key not in {known.key for known in places}]
        for place in fresh:
            places.append(place)
            events.append(drafted(place.key, now, slot=place.slot.opens))
            events.append(drafted(place.key, place.slot.opens, DraftChange.SENT))
            events.append(mine(f"sent-{place.key.step}", place.slot.opens, step=place.key))
        now = decision.next_check
    return places, state


def _row(name: str, day: date) -> str:
    promise = _promises(day)[name]
    places, state = _played(day, promise)
    thanks = next(place for place in places if place.kind == "thank_you")
    steps = [place for place in places if place.kind == "status"]
    cells = [f"{place.slot.opens:%a %d %b %H:%M}{' final' if place.final else ''}" for place in steps]
    rules = dict.fromkeys(rule for reason in steps[0].reasons for rule in reason.rules)
    columns = [
        f"{day:%a %d %b}".ljust(11),
        name.ljust(18),
        f"{thanks.slot.opens:%a %d %H:%M}-{thanks.slot.closes:%a %d %H:%M}".ljust(27),
        *(cell.ljust(22) for cell in (*cells, *[""] * (POLICY.status.cap - len(cells)))),
        state.ljust(8),
        " ".join(rules),
    ]
    return "| " + " | ".join(columns) + " |"


def _table(monday: date) -> str:
    thanks, steps = "thank-you slot".ljust(27), " | ".join(f"follow-up {step}".ljust(22) for step in (1, 2, 3))
    lines = [f"| interview   | they said          | {thanks} | {steps} | ends as  | rules of the first |"]
    for offset in range(7):
        day = monday + timedelta(days=offset)
        lines += [_row(name, day) for name in _promises(day)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("week", WEEKS)
def test_every_date_of_the_default_playbook_is_the_committed_one(week: str) -> None:
    path = GOLDEN / f"default_{week}.txt"
    table = _table(WEEKS[week])
    if os.environ.get("HEARBACK_UPDATE_GOLDEN"):
        path.write_text(table, "utf-8")
    assert table == path.read_text("utf-8")
