"""What is told of a process, in words for the log: one line a happening."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from rules.classify import Kind
from rules.extract import Away, Interview, Outcome, Person, Promise, PromiseClass
from rules.intents import Notice, Reason
from rules.process import State
from rules.process.schedule import SAID_YES
from watcher.history import Assessment
from watcher.report.words import span_words
from watcher.spam import KIND as SPAM
from watcher.store.journal import LogRow
from watcher.store.mail import EventRow

__all__ = ["ASKED_AFTER", "day", "tell_events", "tell_notices"]

ASKED_AFTER = frozenset({"keep_warm", SPAM})
"""Notices that are told of a closed process, too."""


def day(at: datetime, zone: tzinfo) -> str:
    """Return `Tue 24 Nov`."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}"


def _names(people: Iterable[Person]) -> str:
    names = [person.name or person.address for person in people]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _when(interview: Interview, zone: tzinfo) -> str:
    return span_words(interview.start, interview.end, zone)


def _who(event: EventRow) -> str:
    return event.sender.name or event.sender.address or "Somebody"


def _promise(promise: Promise) -> str:
    if promise.date is not None:
        return f"{promise.date:%a} {promise.date.day} {promise.date:%b}"
    return "within a few days" if promise.kind is PromiseClass.FEW_DAYS else "no day, but before long"


def _away(away: Away) -> str:
    if away.left:
        return "does not work there any more"
    if away.back_on is not None:
        return f"is away, and back on {away.back_on:%a} {away.back_on.day} {away.back_on:%b}"
    return "is away, and names no day of return"


def _interview_line(event: EventRow, found: Assessment, zone: tzinfo) -> str:
    stated = event.facts.interviews
    if not stated:
        return "they fixed an interview, but no time could be read from the mail"
    whens = "; ".join(_when(interview, zone) for interview in stated)
    uids = {interview.uid for interview in stated}
    people = [p for r in found.process.rounds if r.interview.uid in uids for p in r.interviewers]
    with_whom = f" with {_names(people)}" if people else ""
    return f"{whens}{with_whom}"


def _line(event: EventRow, found: Assessment, zone: tzinfo, *, opener: bool) -> tuple[str, str] | None:  # noqa: C901, PLR0911 - a table
    """Return action and text for one message of theirs; None when there is nothing to tell."""
    role = f" ({found.process.role})" if found.process.role else ""
    match event.kind:
        case Kind.INTERVIEW_CONFIRMATION if opener:
            return "found", f"Interview found{role}: {_interview_line(event, found, zone)}"
        case Kind.INTERVIEW_INVITE if opener:
            return "found", f"Invitation to an interview found{role}: your answer is awaited"
        case Kind.INTERVIEW_CONFIRMATION:
            return "interview", f"Interview fixed{role}: {_interview_line(event, found, zone)}"
        case Kind.INTERVIEW_INVITE:
            return "invited", f"{_who(event)} asks for a time: your turn"
        case Kind.RESCHEDULE:
            return "found" if opener else "moved", f"Interview moved{role}: {_interview_line(event, found, zone)}"
        case Kind.CANCELLATION:
            return "cancelled", f"Interview called off by {_who(event)}"
        case Kind.REJECTION:
            return "rejected", "They said no: follow-ups stop"
        case Kind.OFFER:
            return "offer", "An offer: follow-ups stop"
        case Kind.AUTO_REPLY:
            if event.facts.bounced:
                return "bounced", f"Mail to {', '.join(event.facts.bounced)} could not be delivered"
            return ("away", f"{_who(event)} {_away(event.facts.away)}") if event.facts.away else None
        case Kind.HUMAN_REPLY:
            return _reply(event, found)
    return None


def _reply(event: EventRow, found: Assessment) -> tuple[str, str]:
    if event.facts.outcome is Outcome.ON_HOLD:
        return "replied", f"{_who(event)} replied: on hold for now. Paused"
    if event.facts.promise is not None:
        return "promised", f"{_who(event)} replied and said when ({_promise(event.facts.promise)}): the clock starts anew"
    wait = found.process.wait
    if wait is not None and wait.cause == SAID_YES and event.identity in wait.evidence and wait.promise is not None:
        return "promised", f"{_who(event)} said yes: you may write again on {_promise(wait.promise)}"
    return "replied", f"{_who(event)} replied: paused, your turn"


def tell_events(found: Assessment, new: frozenset[str], opener: str) -> list[LogRow]:
    """Return a line for each new message of a process that changes something."""
    zone = ZoneInfo(found.account.profile.zone)
    rows = []
    for event in found.messages:
        if event.identity not in new or event.own:
            continue
        line = _line(event, found, zone, opener=event.identity == opener)
        if line is not None:
            evidence = tuple(f"{e.source}: {e.detail}" for e in event.evidence[:5])
            why = Reason(
                f"{(event.kind or Kind.NOISE).value}: {'; '.join(evidence) or 'no telling sign'}", evidence=(event.identity,)
            )
            rows.append(LogRow(event.at, found.account.name, found.process.id, found.process.company, *line, (why,)))
    return rows


def tell_notices(found: Assessment, already: frozenset[tuple[str, datetime]]) -> list[LogRow]:
    """Return a line for each notice that was not told before."""

    def fresh(notice: Notice) -> bool:
        if notice.kind == SPAM:
            return any(not row.told for row in found.spam)
        return (f"notice:{notice.kind}", notice.at) not in already

    process = found.process
    return [
        LogRow(notice.at, found.account.name, process.id, process.company, f"notice:{notice.kind}", notice.text)
        for notice in filter(fresh, found.decision.notices)
        if process.state is not State.CLOSED or notice.kind in ASKED_AFTER
    ]
