"""Every date of every playbook as one table of text, a row a case: a change of a date is a change of a committed line.

UPDATE_GOLDEN=1 writes the table anew.
"""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta
from difflib import unified_diff
from pathlib import Path

from rules.extract.types import Facts, Promise, PromiseClass
from rules.intents import Place
from rules.policy import Policy, parse_policy
from rules.process import DraftChange, Event, State
from tests.rules.timing import NEW_YORK, PLAYBOOKS, at_now, confirmed, drafted, meeting, mine, promised, theirs

TABLE = Path(__file__).parent / "golden" / "timing.txt"
ORDINARY, HOLIDAY = date(2026, 3, 2), date(2026, 5, 18)
"""Mondays of a week without anything, and of the one before Memorial Day."""
_UNTOLD = "tasks.handwritten = false\ntasks.work_sample = false\n[thank_you]\ngolden_minutes = 0\nremind_hours = []\n"
"""What is told in between moves no date, and to stop for it takes twice the time."""
_OVER_HOLIDAYS = frozenset({"default", "epc", "king"})
"""The others differ from these in nothing that a holiday moves."""
_COLUMNS = (10, 9, 17, 27, 18, 18, 18, 8)
_HEAD = ("playbook", "interview", "they said", "thank-you slot", "follow-up 1", "follow-up 2", "follow-up 3", "ends as")


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


def _played(day: date, promise: Promise | None, policy: Policy) -> tuple[list[Place], State]:
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
        process, decision = at_now(now, events, policy=policy)
        state = process.state
        fresh = [place for place in decision.place if place.key not in {known.key for known in places}]
        for place in fresh:
            places.append(place)
            events.append(drafted(place.key, now, slot=place.slot.opens))
            events.append(drafted(place.key, place.slot.opens, DraftChange.SENT))
            events.append(mine(f"sent-{place.key.step}", place.slot.opens, step=place.key))
        now = decision.next_check
    return places, state


def _row(policy: Policy, name: str, day: date) -> str:
    places, state = _played(day, _promises(day)[name], policy)
    thanks = next(place for place in places if place.kind == "thank_you")
    steps = [place for place in places if place.kind == "status"]
    cells = [f"{place.slot.opens:%a %d %b}{' final' if place.final else ''}{' ?' if place.asks else ''}" for place in steps]
    rules = dict.fromkeys(rule for place in (thanks, steps[0]) for reason in place.reasons for rule in reason.rules)
    assert {(place.slot.opens.hour, place.slot.closes.hour) for place in steps} == {(8, 11)}
    slot = f"{thanks.slot.opens:%a %d %H:%M}-{thanks.slot.closes:%a %d %H:%M}"
    columns = (policy.name, f"{day:%a %d %b}", name, slot, *(*cells, "", "", "")[:3], state.value)
    return _line(columns, " ".join(rules))


def _line(columns: tuple[str, ...], rules: str) -> str:
    padded = [text.ljust(width) for text, width in zip(columns, _COLUMNS, strict=True)]
    return "| " + " | ".join([*padded, rules]) + " |"


def _table() -> str:
    lines = [
        "Interviews end at 16:00 in New York; follow-ups go out when their slot opens, at 08:00. `?`: it asks (F14).",
        "The rules are those of the note of thanks and of the first follow-up.",
        "",
        _line(_HEAD, "rules"),
    ]
    for playbook in PLAYBOOKS.values():
        policy = parse_policy(_UNTOLD, playbook)
        for monday in (ORDINARY, HOLIDAY)[: 1 + (policy.name in _OVER_HOLIDAYS)]:
            for offset in range(7):
                day = monday + timedelta(days=offset)
                lines += [_row(policy, name, day) for name in _promises(day)]
    return "\n".join(lines) + "\n"


def test_x4_every_date_of_every_playbook_is_the_committed_one() -> None:
    table = _table()
    if os.environ.get("UPDATE_GOLDEN"):
        TABLE.write_text(table, "utf-8")
    held = TABLE.read_text("utf-8")
    assert table == held, "\n".join(list(unified_diff(held.splitlines(), table.splitlines(), "held", "now", n=0))[:40])
