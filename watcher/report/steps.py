"""The lines of a plan: drafts, tasks, interviews, questions and promised days, by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules.extract.types import InterviewStatus, Promise, PromiseClass
from rules.intents import Place, Task
from rules.process import Process, State
from rules.worktime import at as instant_of
from watcher.history import Assessment
from watcher.report.ahead import Ahead, as_decided
from watcher.report.table import place_words
from watcher.report.words import plain
from watcher.store.drafts import LIVE

__all__ = ["IN_DRAFTS", "PLAN_DAYS", "Aheads", "Step", "step_values", "steps_of"]

PLAN_DAYS = 60
IN_DRAFTS = " (in Drafts)"
_LONGEST = 1000
_PROMISED = {
    PromiseClass.HARD_DATE: "They promised word by this day",
    PromiseClass.CONTACT_DATE: "They asked you to write on this day",
    PromiseClass.AWAY_UNTIL: "Somebody who decides is away until this day",
}

_CALLS_OFF = frozenset({"rejection", "user"})
"""What closes a process so that interviews ahead do not take place: not an offer, about which one may still want to talk."""
_QUESTIONS = {
    "month_of_silence": "A month of silence: close it, or keep the last follow-up?",
    "keep_warm": "Something new to tell them?",
    "move_on": "The last follow-up stayed unanswered: time for the next one",
    "away_long": "They are away for long: wait, or close it?",
    "away_without_date": "Still away, without a day of return",
}
_TASKS = {
    "handwritten": "A card by hand to",
    "linkedin": "Connect on LinkedIn with",
    "call": "Perhaps a call to",
    "work_sample": "A sample of work for",
    "plan": "A plan for the first 30, 60 and 90 days",
    "names": "Find out who was there",
}

Aheads = Mapping[str, Ahead]
"""Process id to what lies ahead of it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan."""

    opens: datetime
    closes: datetime
    found: Assessment
    kind: str
    """`interview`, `task`, `question`, `promised`, or the kind of a draft."""
    id: str
    """Stable for ever: the key of a draft, the id of a task, `interview UID`, `question KIND DAY`, `promised DAY`."""
    words: str
    recipient: str | None = None
    appears_at: datetime | None = None
    assumes_sent: bool = False
    """It comes only if the drafts before it are sent."""
    all_day: bool = False
    """`opens` and `closes` are the beginnings of a day of the user's and of the next one."""
    due: datetime | None = None
    """Of a task."""
    overdue: bool = False
    """Of a draft: its time is over while it stands, so that it is planned for now."""
    detail: str = ""
    """The whole sentence of a task or a question, where `words` are only its title."""


def steps_of(found: Sequence[Assessment], now: datetime, ahead: Aheads) -> list[Step]:
    """Return what lies ahead within the coming days, by time; tasks that stand already, too."""
    until = now + timedelta(days=PLAN_DAYS)
    return sorted(
        (
            step
            for one in found
            for step in _steps(one, ahead.get(one.process.id) or as_decided(one), now)
            if (step.closes > now or step.kind == "task" or step.overdue) and step.opens <= until
        ),
        key=lambda step: (step.opens.astimezone(UTC), step.found.process.id, step.kind, step.words),
    )


def _steps(one: Assessment, ahead: Ahead, now: datetime) -> Iterator[Step]:
    zone = ZoneInfo(one.account.profile.zone)
    yield from _interviews(one, ahead.process)
    yield from _places(one, ahead.places, now)
    yield from (_task(one, task, now) for task in ahead.tasks)
    for notice in ahead.questions:
        asked = _day(notice.at, zone)[0]
        open_still = notice in one.decision.notices and notice.kind != "move_on"
        begin, end = _day(max(notice.at, now, key=lambda when: when.astimezone(UTC)) if open_still else notice.at, zone)
        if open_still or _is_ahead(notice.at, now, zone):
            name = f"question {notice.kind} {asked:%Y-%m-%d}"
            detail = plain(notice.text, _LONGEST)
            yield Step(begin, end, one, "question", name, _QUESTIONS[notice.kind], all_day=True, detail=detail)
    yield from (_promised(one, promise, zone) for promise in ahead.promises)


def _is_ahead(at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).date() >= now.astimezone(zone).date()


def _day(at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    day = at.astimezone(zone).date()
    return instant_of(day, time(), zone), instant_of(day + timedelta(days=1), time(), zone)


def _interviews(one: Assessment, then: Process) -> Iterator[Step]:
    """Return the interviews; `then` is the process at the end of the plan: what it was closed before does not take place."""
    over = then.closed_at if then.state is State.CLOSED and then.closed_by in _CALLS_OFF else None
    for each in one.process.rounds:
        interview = each.interview
        called_off = over is not None and interview.start.astimezone(UTC) > over.astimezone(UTC)
        if interview.status is not InterviewStatus.CANCELLED and not called_off:
            name = f"interview {interview.uid}"
            yield Step(interview.start, interview.end, one, "interview", name, f"Interview, round {each.number}")


def _places(one: Assessment, places: Sequence[Place], now: datetime) -> Iterator[Step]:
    standing = {row.key for row in one.outbox if row.state in LIVE}
    due = {place.key for place in one.decision.place}
    sure = due | {place.key for place in one.decision.upcoming}
    for place in places:
        words = place_words(place, one) + (IN_DRAFTS if place.key in standing else "")
        overdue = place.slot.closes <= now and place.key in due and not place.kind.to_self
        yield Step(
            now if overdue else place.slot.opens,
            now if overdue else place.slot.closes,
            one,
            place.kind.value,
            str(place.key),
            words,
            place.recipient.address or None,
            place.appears_at,
            assumes_sent=place.key not in sure,
            overdue=overdue,
        )


def _task(one: Assessment, task: Task, now: datetime) -> Step:
    begins = max(task.since, now.astimezone(task.since.tzinfo), key=lambda when: when.astimezone(UTC))
    closes = task.due if task.due is not None and task.due.astimezone(UTC) > begins.astimezone(UTC) else begins
    name = f"{one.process.id}/{task.id}"
    who = None if task.recipient is None else task.recipient.address or plain(task.recipient.name) or None
    detail = plain(task.text, _LONGEST)
    return Step(begins, closes, one, "task", name, _title(task), who, task.since, due=task.due, detail=detail)


def _title(task: Task) -> str:
    """Return a task in few words."""
    who = "" if task.recipient is None else plain(task.recipient.name, 60) or task.recipient.address
    title = _TASKS.get(task.kind, plain(task.text, 80))
    return f"{title} {who}".strip() if title.endswith((" to", " with", " for")) and who else title.removesuffix(" for")


def _promised(one: Assessment, promise: Promise, zone: ZoneInfo) -> Step:
    day = promise.date or promise.made_on
    begin, end = instant_of(day, time(), zone), instant_of(day + timedelta(days=1), time(), zone)
    return Step(begin, end, one, "promised", f"promised {day:%Y-%m-%d}", _PROMISED[promise.kind], all_day=True)


def step_values(step: Step) -> dict[str, Any]:
    """Return one line as values: watcher/README.md."""
    return {
        "process": step.found.process.id,
        "account": step.found.account.name,
        "company": plain(step.found.process.company) or None,
        "kind": step.kind,
        "id": step.id,
        "recipient": step.recipient,
        "opens": step.opens.isoformat(timespec="seconds"),
        "closes": step.closes.isoformat(timespec="seconds"),
        "appears_at": None if step.appears_at is None else step.appears_at.isoformat(timespec="seconds"),
        "due": None if step.due is None else step.due.isoformat(timespec="seconds"),
        "all_day": step.all_day,
        "assumes_sent": step.assumes_sent,
        "text": step.words,
        "detail": step.detail or None,
    }
