"""What the user gets from us before and after an interview: the questions to ask (B1), and a form for what they remember (N1).

Both are addressed to the user: they are no message to the company, and no gap, cap or state knows of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.decide.part import Case, Part
from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import Format, InterviewStatus, Person
from rules.intents import Notice, Place, Reason, Slot
from rules.process import DraftView, Round, State
from rules.process.schedule import user_zone
from rules.worktime import at, local_day, plus

__all__ = ["form_withdrawal", "forms"]

_FORM_OPEN = timedelta(hours=24)


def forms(case: Case) -> Part:
    """Return the drafts to oneself of every interview that takes place, and what was not understood in those that came back."""
    part = Part()
    process = case.process
    part.notices += [
        Notice("note_unclear", f"In your notes on interview {notes.round}: {text}", notes.at)
        for notes in process.noted
        for text in notes.unclear
    ]
    if process.state is State.CLOSED or process.no_contact or _paused_for_good(case):
        return part
    missed = {uid for uid, _ in process.missed}
    for round_ in process.rounds:
        if round_.interview.status is not InterviewStatus.CANCELLED:
            if round_.interview.uid not in missed:
                _notes_form(case, round_, part)
            _prep(case, round_, part)
    return part


def _paused_for_good(case: Case) -> bool:
    return case.process.state is State.PAUSED and case.process.paused_until is None


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def _not_paused(case: Case, when: datetime) -> datetime:
    """Return the first instant from `when` on at which the process is not paused."""
    until = case.process.paused_until if case.process.state is State.PAUSED else None
    return when if until is None else max(when, until, key=_utc)


def _home(case: Case, round_: Round) -> datetime:
    """Return when the user can write: at the end, or after the way home from an interview in person."""
    in_person = round_.interview.format is Format.IN_PERSON
    return plus(round_.interview.end, timedelta(minutes=case.policy.notes.travel_minutes if in_person else 0))


def _key(case: Case, kind: DraftKind, round_: Round) -> DraftKey:
    return DraftKey(case.process.id, case.profile.email.lower(), f"{kind}-{round_.number}")


def _myself(case: Case) -> Person:
    return Person(case.profile.name, case.profile.email.lower())


def _prep(case: Case, round_: Round, part: Part) -> None:
    """Place the questions on the eve, or at once while the interview is still ahead; they stand until the form follows."""
    rules, zone = case.policy.prep, user_zone(case.profile)
    start, over = round_.interview.start, _home(case, round_)
    key = _key(case, DraftKind.PREP, round_)
    if not rules.enabled or key in case.process.spent or case.reached(over):
        return
    eve = at(local_day(start, zone) - timedelta(days=1), rules.hour, zone)
    live = case.live(key)
    if live is None and case.reached(start):
        return
    if live is not None and _utc(live.placed_at) < _utc(eve):
        eve = live.placed_at  # the interview was moved: what stands for it stays, and is written anew
    appears = _not_paused(case, eve)
    if _utc(appears) >= _utc(start if live is None else over):
        return
    part.moments.append(start if live is None else over)
    reason = Reason(
        f"Interview {round_.number} is on {case.words(start)}: on the eve, what to ask and whom to look out for.",
        ("B1", "B2", "B3", "B4", "B5", "B6"),
        ("S1", "S3", "S4"),
        round_.evidence,
    )
    local = appears.astimezone(zone)
    slot = Slot(local, max(start.astimezone(zone), local, key=_utc))
    part.places.append(Place(key, _myself(case), slot, local, attempt=round_.number, reasons=(reason,)))


def _notes_form(case: Case, round_: Round, part: Part) -> None:
    """Place the form when the interview ends; one that nobody touches goes after a while (`notes.place_days`)."""
    rules, zone = case.policy.notes, user_zone(case.profile)
    end = round_.interview.end
    key = _key(case, DraftKind.NOTES, round_)
    if not rules.enabled or key in case.process.spent:
        return
    appears = _not_paused(case, _home(case, round_))
    live = case.live(key)
    begin_by = plus(end, timedelta(days=rules.begin_within_days))
    gives_up = begin_by if live is None else max(begin_by, plus(end, timedelta(days=rules.place_days)), key=_utc)
    if case.reached(gives_up) or _utc(appears) >= _utc(gives_up):
        return
    part.moments.append(gives_up)
    ends = "ended" if case.reached(end) else "ends"
    words = f"Interview {round_.number} {ends} on {case.words(end)}: write down what was said while it is fresh."
    reasons = [Reason(words, ("N1", "N2"), ("S0", "S1", "S2", "S3", "S4"), round_.evidence)]
    if _utc(_home(case, round_)) != _utc(end):
        reasons.append(Reason(f"It was in person: {rules.travel_minutes} minutes for the way home.", ("N1",), ("S3",)))
    local = appears.astimezone(zone)
    slot = Slot(local, plus(local, _FORM_OPEN))
    part.places.append(Place(key, _myself(case), slot, local, attempt=round_.number, reasons=tuple(reasons)))


def form_withdrawal(case: Case, view: DraftView) -> Reason:  # noqa: PLR0911 - one return a reason
    """Say why a draft to oneself goes that nobody touched."""
    process = case.process
    if process.state is State.CLOSED:
        return Reason("The process is closed.")
    if process.state is State.PAUSED:
        return Reason("You paused the process.")
    number = view.key.step.partition("-")[2]
    held = [
        item for item in process.rounds if str(item.number) == number and item.interview.status is not InterviewStatus.CANCELLED
    ]
    if not held:
        return Reason("The interview was called off.", ("B8",), ("S1",))
    if any(item.interview.uid in {uid for uid, _ in process.missed} for item in held):
        return Reason("They did not come to that interview, you said.", ("B8",), ("S1",))
    if view.key.kind is DraftKind.NOTES and not case.reached(held[0].interview.end):
        return Reason(f"The interview was moved: it ends on {case.words(held[0].interview.end)}.", ("B8",), ("S1",))
    if view.key.kind is DraftKind.PREP and not case.reached(held[0].interview.end):
        return Reason(f"The interview was moved to {case.words(held[0].interview.start)}: it comes on the eve.", ("B8",), ("S1",))
    if view.key.kind is DraftKind.PREP:
        return Reason("The interview is over.", ("B1", "N1"), ("S1", "S3"))
    days = max(case.policy.notes.place_days, case.policy.notes.begin_within_days)
    return Reason(f"It stayed empty for {'a day' if days == 1 else f'{days} days'}.", ("N1",), ("S3",))
