"""What is told beside the drafts: why a process stands as it does, why a draft goes, notices, and when they change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.decide.keep_warm import keep_warm_withdrawal
from rules.decide.linkedin import linkedin_withdrawal
from rules.decide.no_show import no_show_withdrawal
from rules.decide.part import Case
from rules.decide.remarks import owed_words, remarks, remarks_told, work_has_begun
from rules.decide.to_self import form_withdrawal
from rules.drafts.types import DraftKind
from rules.extract.types import InterviewStatus
from rules.intents import Notice, Reason
from rules.process import Aside, DraftView, State
from rules.process.noted import was_missed
from rules.process.people import status_recipient
from rules.process.schedule import last_day_of, runs_out_at, start_of_day
from rules.worktime import plus

__all__ = ["moments", "notices", "standing", "withdrawal"]

_TRIED_FOR = timedelta(days=5)


def moments(case: Case) -> list[datetime]:
    """Return the instants at which time alone changes the state of the process."""
    process = case.process
    found = [process.not_before] if process.not_before is not None else []
    found += [_tried_until(aside) for aside in process.asides if aside.kind == "delayed"]
    last = last_day_of(process, process.wait, case.policy, case.profile) if process.wait is not None else None
    if last is not None:
        found.append(start_of_day(last, case.profile))
    if process.state is State.PAUSED and process.paused_until is None:
        return found
    if process.state is not State.CLOSED:
        found += [item.interview.end for item in process.rounds if item.interview.status is not InterviewStatus.CANCELLED]
    if process.state is State.PAUSED and process.paused_until is not None:
        found.append(process.paused_until)
    return found


def _is_settled(case: Case, aside: Aside) -> bool:
    """Return True for what needs no word any more: a question that later mail has answered, a delay that has come to an end."""
    process = case.process
    if aside.until is not None:
        return case.reached(aside.until)
    if aside.kind == "unsure":
        return _is_later(process.last_in, aside.at) or _is_later(process.last_out, aside.at)
    return aside.kind == "delayed" and case.reached(_tried_until(aside))


def _tried_until(aside: Aside) -> datetime:
    """Return when a mail system has given up at the latest (RFC 5321 section 4.5.4.1): by then it has told of a failure."""
    return plus(aside.at, _TRIED_FOR)


def _is_later(when: datetime | None, than: datetime) -> bool:
    return when is not None and when.astimezone(UTC) > than.astimezone(UTC)


def _words(case: Case, when: datetime | None) -> str:
    return case.words(when) if when is not None else "an unknown day"


def notices(case: Case) -> list[Notice]:
    """Return what the state itself has to tell, and what the fold has kept aside."""
    process = case.process
    told: list[Notice] = []
    absences = [aside for aside in process.asides if aside.kind == "away"]
    for aside in process.asides:
        if aside in absences[:-1]:  # the last word on when they are back is the one that counts
            continue
        away = aside.kind.startswith("away") and (process.not_before is None or case.reached(process.not_before))
        over = (aside.kind == "on_hold" and not process.on_hold) or (aside.kind == "no_contact" and not process.no_contact)
        if not away and not over and not _is_settled(case, aside):
            told.append(Notice(aside.kind, aside.text, aside.at))
    if process.state is State.OUR_TURN and process.last_in is not None and not (process.on_hold or process.no_contact):
        text = f"They wrote on {_words(case, process.last_in)}: the follow-ups rest until you have answered."
        told.append(Notice("your_turn", text, process.last_in))
    if process.state is State.DORMANT and process.wait is not None:
        runs_out = runs_out_at(process.wait, case.policy, case.profile)
        text = (
            "The last follow-up stayed without an answer. Silence is rarely about you: put your time into the next process; "
            "if they write, this one wakes up."
        )
        told.append(Notice("move_on", text, runs_out if runs_out is not None else process.wait.since))
    return told + remarks_told(case)


def standing(case: Case) -> tuple[Reason, ...]:
    """Say why the process stands as it does."""
    return (_STANDING[case.process.state](case), *remarks(case))


def _scheduled(case: Case) -> Reason:
    ahead = [item for item in case.process.rounds if item.interview.status is not InterviewStatus.CANCELLED]
    ahead = [item for item in ahead if not case.reached(item.interview.end)]
    words = ", ".join(f"interview {item.number} on {_words(case, item.interview.start)}" for item in ahead)
    evidence = tuple(name for item in ahead for name in item.evidence)
    return Reason(f"Ahead: {words or 'an interview'}.", ("B8",), ("S1",), evidence)


def _our_turn(case: Case) -> Reason:
    if case.process.on_hold:
        text = f"They put it on hold on {_words(case, case.process.last_in)}: nothing is written until they are heard of again."
        return Reason(text, ("O5", "D26"), ("S4",))
    text = f"They wrote last, on {_words(case, case.process.last_in)}: nothing is written to them until you have answered."
    return Reason(text, ("F27",))


def _paused(case: Case) -> Reason:
    until = case.process.paused_until
    return Reason(f"You paused it until {_words(case, until)}." if until is not None else "You paused it.")


def _closed(case: Case) -> Reason:
    process = case.process
    text = f"Closed on {_words(case, process.closed_at)}: {process.closed_by}."
    return Reason(text, ("O1",) if process.closed_by == "rejection" else (), (), process.closing)


def _dormant(case: Case) -> Reason:
    del case
    return Reason("The last follow-up stayed without an answer for a whole cadence.", ("F2", "F20", "F21"), ("S1", "S3"))


def _their_turn(case: Case) -> Reason:
    wait = case.process.wait
    if wait is None:
        return Reason("Nothing is waited for yet: there was no interview and no conversation.")
    return Reason(f"It has been their turn since {_words(case, wait.since)}, when {wait.cause}.", ("F2",), ("S1",), wait.evidence)


_STANDING = {
    State.SCHEDULED: _scheduled,
    State.OUR_TURN: _our_turn,
    State.PAUSED: _paused,
    State.CLOSED: _closed,
    State.DORMANT: _dormant,
    State.THEIR_TURN: _their_turn,
    State.DRAFTED: _their_turn,
}


_GONE = {
    State.OUR_TURN: "They wrote: a draft from before their mail must not stand.",
    State.PAUSED: "You paused the process.",
    State.DORMANT: "The last follow-up stayed without an answer.",
    State.CLOSED: "The process is closed.",
}


_OF_KIND = {
    DraftKind.PREP: form_withdrawal,
    DraftKind.NOTES: form_withdrawal,
    DraftKind.LINKEDIN: linkedin_withdrawal,
    DraftKind.KEEP_WARM: keep_warm_withdrawal,
    DraftKind.NO_SHOW: no_show_withdrawal,
}
"""The kinds of draft that have reasons of their own to go."""


def withdrawal(case: Case, view: DraftView) -> Reason:
    """Say why an untouched draft of ours goes."""
    process = case.process
    own = _OF_KIND.get(view.key.kind)
    if own is not None:
        return own(case, view)
    if process.no_contact:
        return Reason("They asked not to be contacted.", ("H11",), ("S2",))
    if process.on_hold:
        return Reason("They put the process on hold.", ("O5", "D26"), ("S4",))
    if process.state in _GONE:
        return Reason(_GONE[process.state], ("F27",))
    if view.key.recipient in process.dead | process.unreachable:
        return Reason(f"Mail to {view.key.recipient} does not reach anybody.")
    return _no_thanks(case, view) if view.key.kind is DraftKind.THANK_YOU else _no_status(case, view)


def _no_thanks(case: Case, view: DraftView) -> Reason:
    missed = [item.number for item in case.process.rounds if was_missed(case.process, item.interview)]
    if view.key.step in {f"thank_you-{number}" for number in missed}:
        return Reason("They did not come to that interview, you said.", ("T1",))
    if case.wrote_since(view.key.recipient, view.placed_at):
        return Reason("You wrote to them yourself after the interview.", ("D23",))
    held = [
        item
        for item in case.process.rounds
        if view.key.step == f"thank_you-{item.number}" and item.interview.status is not InterviewStatus.CANCELLED
    ]
    if not held:
        return Reason("The interview was called off.", ("B8",), ("S1",))
    if not case.reached(held[0].interview.end):
        return Reason(f"The interview was moved: it ends on {_words(case, held[0].interview.end)}.", ("B8",), ("S1",))
    if all(person.address != view.key.recipient for person in held[0].interviewers):
        return Reason("They were not in that interview, as is known by now.", ("B8",), ("S1",))
    return Reason("Too much time has passed since the interview.", ("T6",), ("S4",))


def _no_status(case: Case, view: DraftView) -> Reason:  # noqa: PLR0911 - one return a reason
    if case.process.owed:
        return Reason(owed_words(case), ("B2",), ("S1",))
    if work_has_begun(case):
        return Reason("The day is here on which they wanted the work to begin.", ("F22",), ("S1",))
    not_before = case.process.not_before
    if not_before is not None and not case.reached(not_before):
        return Reason(f"They are away: it comes back for the first slot after {_words(case, not_before)}.", ("D18",))
    if case.process.state is State.SCHEDULED:
        return Reason("An interview was fixed: there is nothing to ask before it.", ("B8", "F23"), ("S1", "S4"))
    wait = case.process.wait
    if wait is not None and _is_later(wait.since, view.placed_at):
        return Reason(f"The waiting began anew on {_words(case, wait.since)}, when {wait.cause}.", ("F2",), ("S1",))
    if _is_later(case.process.last_out, view.placed_at):
        return Reason("You wrote to them yourself since.", ("F15",), ("S2",))
    answers = status_recipient(case.process)
    if answers is not None and answers.address != view.key.recipient:
        return Reason(f"{answers.name or answers.address} answers for them now, and gets the follow-up.", ("D13",))
    return Reason("It is no longer the next step: something new was learnt since it was written.", ("F15", "B8"), ("S1", "S2"))
