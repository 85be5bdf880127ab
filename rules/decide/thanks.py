"""Thank-you notes: one for everybody of every round that is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from rules.decide.keeping import name_digest
from rules.decide.ladder import Rung, Unsent, ladder_of, notice_of, rung_of
from rules.decide.part import Case, Part, thread_to_begin_in
from rules.drafts.types import DraftKey
from rules.extract.types import InterviewStatus, Person
from rules.intents import Notice, Place, Reason, Slot
from rules.policy import ThankYouRules
from rules.process import Round, State
from rules.process.noted import was_missed
from rules.process.people import reachable
from rules.process.schedule import country_of
from rules.reasons import day_words
from rules.worktime import add_business_days, at, business_slot, is_business_day, plus

__all__ = ["thank_you_slot", "thank_yous"]

_WRITING = frozenset({State.SCHEDULED, State.THEIR_TURN, State.DRAFTED})
_SHORTEST = timedelta(minutes=90)
_DAY_HOURS = 24


def thank_you_slot(end: datetime, zone: tzinfo, country: str, rules: ThankYouRules) -> Slot:
    """Return when a note for an interview that ended at `end` is best sent (T4, T7, X2, X3).

    Within a day, out of quiet hours; after a Friday, on a weekend, on or before a holiday: first thing on the next business day.
    """
    local = end.astimezone(UTC).astimezone(zone)
    day = local.date()
    tomorrow = day + timedelta(days=1)
    if rules.next_business_day and not (is_business_day(day, country) and is_business_day(tomorrow, country)):
        return business_slot(add_business_days(day, 1, country), rules.weekend_hours, zone, country)
    opens = local
    if local.time() >= rules.quiet_from:
        opens = at(tomorrow, rules.quiet_until, zone)
    elif local.time() < rules.quiet_until:
        opens = at(day, rules.quiet_until, zone)
    closes = plus(local, timedelta(hours=rules.soft_hours))
    return Slot(opens, max(closes, plus(opens, _SHORTEST), key=_utc))


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def thank_yous(case: Case) -> Part:
    """Return the notes of every round that takes place, due from its end on."""
    part = Part()
    process = case.process
    if process.no_contact or process.state in {State.CLOSED, State.DORMANT}:
        return part
    for round_ in process.rounds:
        if round_.interview.status is InterviewStatus.CANCELLED or was_missed(process, round_.interview):
            continue
        told: dict[Rung, list[Unsent]] = {}
        unthanked: list[Person] = []
        for person in _each_once(round_.interviewers):
            unsent = _note_for(case, round_, person, part, unthanked)
            if unsent is None:
                continue
            ladder = ladder_of(unsent, case.policy.thank_you)
            part.moments += [rung.at for rung in ladder]
            if (rung := rung_of(case, ladder)) is not None:
                told.setdefault(rung, []).append(unsent)
        part.notices += [notice_of(case, rung, together) for rung, together in told.items()]
        _tell_unthanked(case, round_, unthanked, part)
    return part


def _each_once(people: tuple[Person, ...]) -> list[Person]:
    return list({person.address or person.name.casefold(): person for person in people}.values())


def _from(case: Case, end: datetime) -> datetime | None:
    """Return the instant from which a note for an interview that ends then may stand, or None while that is unknown."""
    process = case.process
    if process.state in _WRITING:
        return end
    if process.state is State.OUR_TURN:  # an interview that lies ahead makes it their turn again when it ends
        return None if case.reached(end) else end
    until = process.paused_until if process.state is State.PAUSED else None
    if until is not None and (process.under in _WRITING or not case.reached(end)):
        return max(end, until, key=_utc)
    return None


def _settled(case: Case, key: DraftKey, person: Person, end: datetime) -> bool:
    """Return True if this note was sent, discarded, or written by the user without us (D23, invariant 3)."""
    if key in case.process.spent or case.wrote_since(person.address, end):
        return True
    return any(address == person.address and _utc(placed) >= _utc(end) for address, placed in case.process.declined)


def _tell_unthanked(case: Case, round_: Round, people: list[Person], part: Part) -> None:
    """Tell of notes that never stood in Drafts, for nobody looked in time: none is dropped without a word (T6).

    That is news until the first follow-up, which is the next that they hear, and for as long as a missed follow-up would be.
    """
    wait, end = case.process.wait, round_.interview.end
    ends = plus(end, timedelta(days=case.policy.status.begin_within_days))
    later = [item for item in case.process.rounds if _utc(item.interview.start) >= _utc(end)]
    if not people or wait is None or wait.follow_ups or case.reached(ends) or later:
        return
    names = [person.name or person.address for person in people]
    who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    text = (
        f"No note of thanks to {who} for the interview on {day_words(end.astimezone(case.zone).date())} is known of, and none is "
        f"drafted later than {case.policy.thank_you.place_days} days after it. A few words of your own are welcome all the same."
    )
    part.notices.append(Notice("thank_you_not_begun", text, plus(end, timedelta(days=case.policy.thank_you.place_days))))
    part.moments.append(ends)


def _note_for(case: Case, round_: Round, person: Person, part: Part, unthanked: list[Person]) -> Unsent | None:
    """Add the note to one person to `part`; return it where there is one to send.

    Who could be written to and whose note was not begun in time joins `unthanked`.
    """
    rules, process = case.policy.thank_you, case.process
    end = round_.interview.end
    begins = _from(case, end)
    if begins is None:
        return None
    gives_up = plus(end, timedelta(days=rules.place_days))
    key = DraftKey(process.id, person.address, f"thank_you-{round_.number}")
    if person.address and _settled(case, key, person, end):
        return None
    if not reachable(process, person.address):
        connected = f"linkedin-{round_.number}.{name_digest(person.name)}" in process.done
        if not connected and not case.reached(gives_up) and _utc(begins) < _utc(gives_up):
            who = person.name or person.address
            text = f"No address is known that {who} reads: ask for it, or thank them by another channel; none is guessed."
            part.notices.append(Notice("no_address", text, begins))
            part.moments.append(gives_up)
        return None
    live = case.live(key)
    if live is None:
        if _utc(begins) >= _utc(gives_up):
            return None
        if case.reached(gives_up):
            unthanked.append(person)
            return None
        part.moments.append(gives_up)
    slot = thank_you_slot(end, case.zone, country_of(process, case.profile, person.address), rules)
    unsent = Unsent(person, end, begins, slot)
    late_at = unsent.late_at(rules)
    late = case.reached(late_at)
    part.moments.append(late_at)
    part.places.append(
        Place(
            key,
            person,
            slot,
            begins,
            attempt=round_.number,
            late=late,
            thread=thread_to_begin_in(case, person.address),
            reasons=_reasons(case, round_, slot, late_at if late else None),
        ),
    )
    return unsent


def _reasons(case: Case, round_: Round, slot: Slot, late_at: datetime | None) -> tuple[Reason, ...]:
    end = round_.interview.end.astimezone(case.zone)
    rules = case.policy.thank_you
    ends = "ended" if case.reached(end) else "ends"
    reasons = [
        Reason(
            f"Interview {round_.number} {ends} on {case.words(end)}: a note for everybody in it, each their own.",
            ("T1", "T3", "T5"),
            ("S0", "S1", "S4"),
            round_.evidence,
        ),
    ]
    if (
        slot.opens.date() != end.date()
        and slot.opens.time() == rules.weekend_opens
        and slot.closes.time() == rules.weekend_closes
    ):
        first = case.slot_words(slot.opens)
        text = f"The next day is no business day: it is best sent first thing on {first}; it stands ready at once."
        reasons.append(Reason(text, ("T7", "X2"), ("S4",)))
    else:
        text = f"It is best sent by {case.slot_words(slot.closes)}, within {rules.soft_hours} hours."
        if rules.soft_hours <= _DAY_HOURS:
            reasons.append(Reason(text, ("T4", "X1"), ("S0", "S1", "S2")))
        else:
            reasons.append(Reason(text, ("T6", "X1"), ("S4",)))
        if _utc(slot.opens) > _utc(end):
            reasons.append(Reason(f"Not late at night: from {case.slot_words(slot.opens)} on.", ("F3", "X3"), ("S1",)))
    if late_at is not None:
        reasons.append(Reason(f"Since {case.words(late_at)} it is late.", ("T6",), ("S4",)))
    return tuple(reasons)
