"""What stands beside the state of a process: what is owed, how they want to be written to, how they answer, when it must end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.decide.part import Case
from rules.extract.types import InterviewStatus
from rules.intents import Notice, Reason
from rules.process import State
from rules.process.noted import was_missed
from rules.process.schedule import last_day_of, runs_out_at, start_of_day, user_zone
from rules.reasons import day_words
from rules.worktime import local_day

__all__ = ["owed_words", "remarks", "remarks_told", "work_has_begun"]

_LONGEST = 160
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_HOURS_IN_WORDS = timedelta(hours=48)


def remarks(case: Case) -> tuple[Reason, ...]:
    """Return what the next step is bound by, or not bound by, beside the state itself."""
    found: list[Reason] = []
    process = case.process
    if process.owed and process.state is not State.CLOSED:
        text = f"{owed_words(case)} Nobody asks them for news before that."
        found.append(Reason(text, ("B2",), ("S1",), tuple(owed.id for owed in process.owed)))
    for item in process.instructions:
        day = day_words(local_day(item.at, user_zone(case.profile)))
        text = f'On {day} they wrote how they want to be reached: "{item.text[:_LONGEST]}"'
        found.append(Reason(text, ("H11",), ("S2",), item.evidence))
    if process.wait is not None and not work_has_begun(case):
        last = last_day_of(process, process.wait, case.policy, case.profile)
        if last is not None:
            text = f"They want the work to begin by {day_words(last)}: no follow-up from that day on."
            found.append(Reason(text, ("F22", "B3"), ("S1",), process.start_by_evidence))
    found += [
        Reason(f"They did not come to interview {item.number}, you said: nobody is thanked for it.", ("T1",), (), item.evidence)
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED and was_missed(process, item.interview)
    ]
    told = _responsiveness(case)
    if told:
        found.append(Reason(told, ("F25",), ("S1",)))
    return tuple(found)


def remarks_told(case: Case) -> list[Notice]:
    """Return what of it is told in `status`: what the user owes, and on the way out how they have answered (F25)."""
    process = case.process
    notices: list[Notice] = []
    waiting = State.THEIR_TURN if process.state is State.DRAFTED else process.state
    if process.owed and waiting in {State.THEIR_TURN, State.DORMANT}:
        since = max((owed.since for owed in process.owed), key=lambda when: when.astimezone(UTC))
        text = f"{owed_words(case)} The follow-ups rest until then; `hearback done {process.id}` says so."
        notices.append(Notice("owed", text, since))
    ended: datetime | None = None
    if process.state is State.CLOSED:
        ended = process.closed_at
    elif process.state is State.DORMANT and process.wait is not None:
        ended = runs_out_at(process.wait, case.policy, case.profile)
    told = _responsiveness(case)
    if told and ended is not None:
        notices.append(Notice("how_they_answered", told, ended))
    return notices


def owed_words(case: Case) -> str:
    """Return what the user has still to do for them, as a sentence (B2)."""
    return f"You owe them: {'; '.join(owed.text[:_LONGEST] for owed in case.process.owed)}."


def work_has_begun(case: Case) -> bool:
    """Return True from the day on that they named for the start of the work (F22)."""
    wait = case.process.wait
    day = last_day_of(case.process, wait, case.policy, case.profile) if wait is not None else None
    return day is not None and case.reached(start_of_day(day, case.profile))


def _responsiveness(case: Case) -> str:
    """Return the numbers of how they answered, from the events alone; '' where there are none yet (F25)."""
    process = case.process
    spans = sorted(until.astimezone(UTC) - since.astimezone(UTC) for since, until in process.answered)
    last = process.last_in.astimezone(UTC) if process.last_in is not None else datetime.min.replace(tzinfo=UTC)
    silent = sum(when.astimezone(UTC) > last for when in process.status_sent)
    if not spans and not silent:
        return ""
    parts: list[str] = []
    if len(spans) == 1:
        parts.append(f"they answered once, after {_span_words(spans[0])}")
    elif spans:
        middle = (spans[(len(spans) - 1) // 2] + spans[len(spans) // 2]) / 2
        often = "twice" if len(spans) == 2 else f"{_number(len(spans))} times"  # noqa: PLR2004 -- a pair has a word of its own
        parts.append(f"they answered {often}, after about {_span_words(middle)}, and after {_span_words(spans[-1])} at most")
    else:
        parts.append("they have not answered yet")
    if silent:
        since = " since then" if spans else ""
        parts.append(f"{_number(silent)} {'follow-up' if silent == 1 else 'follow-ups'}{since} stayed without an answer")
    return f"How they write: {'; '.join(parts)}."


def _number(count: int) -> str:
    """Return a number as running text has it: small ones as words."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _span_words(span: timedelta) -> str:
    if span < _HOURS_IN_WORDS:
        hours = max(1, round(span / timedelta(hours=1)))
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{round(span / timedelta(days=1))} days"
