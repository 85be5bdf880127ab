"""The gracious note after a rejection: the one kind of draft that may stand in a closed process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from rules.decide.part import Case, Part, thread_with
from rules.drafts.types import DraftKey
from rules.extract.types import InterviewStatus, Person, RoleClass
from rules.intents import Place, Reason, Slot
from rules.process import Process, Round, State
from rules.process.noted import was_missed
from rules.process.people import reachable
from rules.process.schedule import country_of
from rules.worktime import business_slot, local_day, plus

__all__ = ["gracious_notes"]

_EVER = datetime(1, 1, 2, tzinfo=UTC)


def gracious_notes(case: Case) -> Part:
    """Return the notes to everybody met and to whoever wrote the rejection (O1, O2, D6)."""
    part = Part()
    process = case.process
    closed_at = process.closed_at
    if process.state is not State.CLOSED or process.closed_by != "rejection" or closed_at is None or process.no_contact:
        return part
    number, since = _refusal(case)
    step = "gracious" if number == 1 else f"gracious-{number}"
    gives_up = plus(closed_at, timedelta(days=case.policy.gracious.place_days))
    for person in _recipients(case, closed_at, since):
        key = DraftKey(process.id, person.address, step)
        if key in process.spent or case.wrote_since(person.address, closed_at):
            continue
        if case.live(key) is None:
            if case.reached(gives_up):
                continue
            part.moments.append(gives_up)
        first = _first_slot(case, closed_at, person.address)
        slot, late = first, case.reached(first.closes)
        if late:
            country = country_of(process, case.profile, person.address)
            slot = business_slot(first.opens.date(), case.policy.slot.hours, case.zone, country, open_after=case.now)
        reasons = (
            Reason(
                f"They declined on {case.words(closed_at)}: a short note of thanks to all, on the next "
                f"business morning, {case.slot_words(first.opens)}.",
                ("O1", "O2", "D6"),
                ("S0", "S4"),
                process.closing,
            ),
        )
        thread = thread_with(process, person.address)
        part.places.append(Place(key, person, slot, first.opens, attempt=number, late=late, thread=thread, reasons=reasons))
        part.moments.append(slot.closes)
    return part


def _held(process: Process, since: datetime, until: datetime) -> list[Round]:
    """Return the interviews that took place and were over within a span."""
    return [
        round_
        for round_ in process.rounds
        if round_.interview.status is not InterviewStatus.CANCELLED and not was_missed(process, round_.interview)
        if since.astimezone(UTC) < round_.interview.end.astimezone(UTC) <= until.astimezone(UTC)
    ]


def _refusal(case: Case) -> tuple[int, datetime]:
    """Return which refusal the process was closed by, and since when interviews belong to it.

    A no that is repeated is the same one. After a further interview it is another, and those of that interview are thanked.
    """
    number, since = 1, _EVER
    for earlier, later in pairwise(case.process.rejections):
        if _held(case.process, earlier, later):
            number, since = number + 1, earlier
    return number, since


def _recipients(case: Case, closed_at: datetime, since: datetime) -> list[Person]:
    process = case.process
    met = [person for round_ in _held(process, since, closed_at) for person in round_.interviewers]
    if process.rejected_by is not None and reachable(process, process.rejected_by.address):
        met.append(process.rejected_by)
    else:
        met += [person for person in process.roster if person.role is RoleClass.RECRUITER and reachable(process, person.address)][
            :1
        ]
    each: dict[str, Person] = {}
    for person in met:
        if reachable(process, person.address):
            each.setdefault(person.address, person)
    return list(each.values())


def _first_slot(case: Case, closed_at: datetime, address: str) -> Slot:
    country = country_of(case.process, case.profile, address)
    earliest = plus(closed_at, timedelta(hours=case.policy.gracious.min_delay_hours))
    day = local_day(earliest, case.zone)
    slot = business_slot(day, case.policy.slot.hours, case.zone, country)
    if slot.opens.astimezone(UTC) < earliest.astimezone(UTC):
        slot = business_slot(slot.opens.date() + timedelta(days=1), case.policy.slot.hours, case.zone, country)
    return slot
