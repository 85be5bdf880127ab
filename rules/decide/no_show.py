"""They did not come: a word to whoever arranged it, the next business morning, that asks for another time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.decide.part import Case, Part, thread_with
from rules.drafts.types import DraftKey
from rules.extract.types import InterviewStatus, Person
from rules.intents import Place, Reason
from rules.process import DraftView, Round, State
from rules.process.noted import was_missed
from rules.process.people import named_in, reachable
from rules.process.schedule import country_of
from rules.worktime import business_slot, plus

__all__ = ["after_no_shows", "no_show_withdrawal"]

_WAITING = frozenset({State.THEIR_TURN, State.DRAFTED})


def after_no_shows(case: Case) -> Part:
    """Return a note for the last interview if they did not come to it; none once they have written or a new time is fixed."""
    part = Part()
    process = case.process
    over = [
        item
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED and case.reached(item.interview.end)
    ]
    if process.no_contact or process.state not in _WAITING or not over or not was_missed(process, over[-1].interview):
        return part
    said = max(when for uid, when in process.missed if uid == over[-1].interview.uid)
    if process.last_in is not None and _utc(process.last_in) > _utc(over[-1].interview.start):
        return part
    recipient = _recipient(case, over[-1])
    if recipient is not None:
        _place(case, over[-1], said, recipient, part)
    return part


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def _recipient(case: Case, round_: Round) -> Person | None:
    """Return who arranged the interview, else who wrote last, else who was to be met; somebody who can be written to."""
    process = case.process
    organizer = round_.interview.organizer
    people = [organizer] if organizer is not None else []
    people += [Person(address.name, address.address) for address, _ in reversed(process.correspondents)]
    people += list(round_.interviewers)
    own = case.profile.addresses | {case.profile.email.lower()}
    for person in people:
        if person.address and person.address not in own and reachable(process, person.address):
            return named_in(person, process.roster)
    return None


def _place(case: Case, round_: Round, said: datetime, recipient: Person, part: Part) -> None:
    process, end = case.process, round_.interview.end
    if any(key.step == f"no_show-{round_.number}" for key in process.spent) or case.wrote_since(recipient.address, end):
        return
    key = DraftKey(process.id, recipient.address, f"no_show-{round_.number}")
    country = country_of(process, case.profile, recipient.address)
    hours, zone = case.policy.slot.hours, case.zone
    reported = max(said, end, key=_utc)
    first = business_slot(reported.astimezone(zone).date(), hours, zone, country)
    if _utc(first.opens) < _utc(reported):
        first = business_slot(first.opens.date() + timedelta(days=1), hours, zone, country)
    gives_up = plus(end, timedelta(days=case.policy.gracious.place_days))
    if case.live(key) is None:
        if case.reached(gives_up) or _utc(first.opens) >= _utc(gives_up):
            return
        part.moments.append(gives_up)
    slot, late = first, case.reached(first.closes)
    if late:
        slot = business_slot(first.opens.date(), hours, zone, country, open_after=case.now)
    reason = Reason(
        f"You said that nobody came to interview {round_.number}: a friendly word to {recipient.name or recipient.address}, on "
        f"the next business morning, {case.slot_words(first.opens)}, that asks for another time.",
        ("B8", "D24", "F16"),
        ("S1",),
        round_.evidence,
    )
    thread = thread_with(process, recipient.address)
    part.places.append(
        Place(key, recipient, slot, first.opens, attempt=round_.number, late=late, thread=thread, reasons=(reason,))
    )
    part.moments.append(slot.closes)


def no_show_withdrawal(case: Case, view: DraftView) -> Reason:
    """Say why the note goes that nobody touched."""
    process = case.process
    if process.no_contact:
        return Reason("They asked not to be contacted.", ("H11",), ("S2",))
    if case.wrote_since(view.key.recipient, view.placed_at):
        return Reason("You wrote to them yourself.", ("D23",))
    return Reason("They have written, a new time is fixed, or the process rests.", ("B8", "F27"), ("S1",))
