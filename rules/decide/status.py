"""Status follow-ups: one at a time, for the slot that `rules.process.schedule` finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

from rules.decide.part import Case, Part, thread_to_begin_in
from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import Person
from rules.intents import Notice, Place, Reason
from rules.process import DraftView, Round, State, Wait
from rules.process.noted import still_to_meet, talk_called_off
from rules.process.people import named_in, status_recipient
from rules.process.schedule import (
    Planned,
    cap_of,
    last_day_of,
    month_of_silence,
    plan_status,
    runs_out_at,
    start_of_day,
    used_up,
)
from rules.reasons import day_words
from rules.worktime import plus

__all__ = ["status_follow_up"]

_WAITING = frozenset({State.THEIR_TURN, State.DRAFTED})


def status_follow_up(case: Case) -> Part:
    """Return the next follow-up of the wait that runs; there is never more than one."""
    part = Part()
    process = case.process
    wait = process.wait
    if process.no_contact or process.on_hold or wait is None:
        return part
    if process.state is State.PAUSED and process.paused_until is not None and process.under in _WAITING:
        resumed = replace(process, resumed_at=process.paused_until)
        later = max(case.now, process.paused_until, key=lambda when: when.astimezone(UTC))
        planned = plan_status(resumed, case.policy, case.profile, later)
        if planned is not None and not process.owed:
            _place(case, wait, planned, part)
        return part
    if process.state not in _WAITING:
        return part
    runs_out = runs_out_at(wait, case.policy, case.profile)
    if runs_out is not None:
        part.moments.append(runs_out)
    if process.owed or _work_has_begun(case, wait, part):
        return part
    planned = plan_status(process, case.policy, case.profile, case.now)
    if planned is not None:
        _place(case, wait, planned, part)
    _tell_of_silence(case, wait, part)
    return part


def _work_has_begun(case: Case, wait: Wait, part: Part) -> bool:
    """Return True from the day on that they named for the start of the work, and tell of it (F22)."""
    day = last_day_of(case.process, wait, case.policy, case.profile)
    if day is None or used_up(wait, case.policy, case.profile):
        return False  # it would have been the last one anyway
    begins = start_of_day(day, case.profile)
    text = (
        f"They wanted the work to begin by {day_words(day)}: no further follow-up. Silence is rarely about you; close the "
        "process, or wait for what comes."
    )
    part.notices.append(Notice("start_date_passed", text, begins))
    return case.reached(begins)


def _edited(case: Case, wait: Wait) -> DraftView | None:
    """Return the follow-up of this wait that the user has taken in hand: while it stands, it is the one."""
    begins = wait.since.astimezone(UTC)
    counted = {follow_up.key for follow_up in wait.follow_ups}
    for view in case.process.drafts:
        own = view.key.kind is DraftKind.STATUS and view.placed_at.astimezone(UTC) >= begins and view.key not in counted
        if view.edited and own:
            return view
    return None


def _place(case: Case, wait: Wait, planned: Planned, part: Part) -> None:
    process = case.process
    edited = _edited(case, wait)
    if edited is not None:
        key = edited.key
        recipient = named_in(Person("", key.recipient), process.roster)
    else:
        found = status_recipient(process)
        if found is None:
            text = (
                "A follow-up is due, but no address of theirs is known that anybody reads: write to them by another way, or "
                "close the process."
            )
            part.notices.append(Notice("no_recipient", text, planned.appears_at))
            part.moments.append(planned.slot.closes)
            return
        recipient, number = found, planned.number
        key = DraftKey(process.id, found.address, f"status-{wait.number}.{number}")
        while key in process.spent:
            number += 1
            key = DraftKey(process.id, found.address, f"status-{wait.number}.{number}")
    if case.live(key) is None:
        gives_up = plus(planned.first.closes, timedelta(days=case.policy.status.begin_within_days))
        if case.reached(gives_up):
            return
        part.moments.append(gives_up)
    why = Reason(
        f"It goes to {recipient.name or recipient.address}, one person alone, with nobody in copy.",
        ("D13",),
        (),
    )
    missed = still_to_meet(process, planned.slot.opens)
    again = (_again(missed),) if missed is not None else (_CALLED_OFF,) if talk_called_off(process) else ()
    most = cap_of(wait, case.policy)
    count = Reason(f"It is number {planned.number} of at most {most}.", ("F2", "X6"), ("S1",))
    part.places.append(
        Place(
            key,
            recipient,
            planned.slot,
            planned.appears_at,
            attempt=planned.number,
            of=most,
            final=planned.final,
            asks=0 < case.policy.status.question_from <= planned.number,
            late=planned.late,
            thread=thread_to_begin_in(case, recipient.address),
            reasons=(*planned.reasons, *again, count, why),
        ),
    )
    part.moments.append(planned.slot.closes)
    if planned.late:
        before, ahead = case.words(planned.first.opens), case.words(planned.slot.opens)
        since = max(planned.first.closes, planned.appears_at, key=lambda at: at.astimezone(UTC))
        part.notices.append(
            Notice("status_late", f"The follow-up for {before} has not gone out; its next slot is {ahead}.", since)
        )


_CALLED_OFF = Reason(
    "They called the interview off and no other time was found: nobody can have decided yet, so it asks for another time.",
    ("B8", "F12", "F16"),
    ("S1", "S2"),
)


def _again(missed: Round) -> Reason:
    text = f"They did not come to interview {missed.number}: nobody can have decided yet, so it asks for another time."
    return Reason(text, ("B8", "F12", "F16"), ("S1", "S2"), missed.evidence)


def _tell_of_silence(case: Case, wait: Wait, part: Part) -> None:
    month = month_of_silence(wait, case.policy, case.profile)
    if month is None or used_up(wait, case.policy, case.profile):
        return
    text = (
        f"By {day_words(month)} they have been silent for a month. Silence is rarely about you. Close the process, or keep "
        "what is left of the follow-ups: the last one is marked so."
    )
    part.notices.append(Notice("month_of_silence", text, start_of_day(month, case.profile)))
