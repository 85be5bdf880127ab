"""Keeping in touch after a rejection or while all is on hold: now and then, and only with something new to say (O4, O5, X16)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from rules.decide.part import Case, Part, thread_to_begin_in
from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import InterviewStatus, Person, RoleClass
from rules.intents import Notice, Place, Reason
from rules.process import DraftView, Process, State
from rules.process.noted import was_missed
from rules.process.people import named_in, reachable, status_recipient
from rules.process.schedule import country_of, user_zone
from rules.reasons import day_words
from rules.worktime import at, business_slot, local_day, plus

__all__ = ["keep_warm_withdrawal", "keeping_warm"]

_YEAR = timedelta(days=365)
_ASKED_FOR = timedelta(days=30)
"""So long it is told that something new is wanted."""
_HELD = frozenset({State.OUR_TURN, State.THEIR_TURN, State.DRAFTED, State.DORMANT})


def keeping_warm(case: Case) -> Part:
    """Return the next note, where the user has noted something new; else, when one would be in place, a question for it."""
    part = Part()
    rules, process = case.policy.keep_warm, case.process
    began = _began(process)
    if began is None or not rules.enabled or not rules.per_year or process.no_contact:
        return part
    recipient = _recipient(process)
    if recipient is None:
        return part
    earliest = _earliest(case, began)
    last = max([began, *(when for _, when in process.warmed)], key=_utc)
    fresh = [(point, when) for point, when in process.news if _utc(when) > _utc(last)]
    if fresh:
        _note(case, recipient, earliest, fresh[0][1], part)
    else:
        _ask(case, recipient, began, earliest, part)
    return part


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def _began(process: Process) -> datetime | None:
    """Return since when there is somebody to keep in touch with, or None: they declined, or put it on hold, after a talk."""
    talked = [
        item.interview.end
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED and not was_missed(process, item.interview)
    ]
    if process.state is State.CLOSED and process.closed_by == "rejection" and process.closed_at is not None:
        closed = _utc(process.closed_at)
        return process.closed_at if any(_utc(end) <= closed for end in talked) else None
    if process.on_hold and process.state in _HELD:
        told = [aside.at for aside in process.asides if aside.kind == "on_hold"]
        return told[-1] if told else process.last_in
    return None


def _recipient(process: Process) -> Person | None:
    """Return the hiring manager, else the recruiter, else who wrote last (O5)."""
    for role in (RoleClass.HIRING_MANAGER, RoleClass.RECRUITER):
        for person in process.roster:
            if person.role is role and person.address and reachable(process, person.address):
                return person
    if process.rejected_by is not None and reachable(process, process.rejected_by.address):
        return named_in(process.rejected_by, process.roster)
    return status_recipient(process)


def _earliest(case: Case, began: datetime) -> date:
    """Return the first day for the next note, in the user's zone: a while after the last word, few a year (X16)."""
    rules, process, zone = case.policy.keep_warm, case.process, user_zone(case.profile)
    words = [began, *(when for _, when in process.warmed)]
    if process.last_out is not None:
        words.append(process.last_out)
    day = local_day(max(words, key=_utc), zone) + timedelta(days=rules.every_days)
    if len(process.warmed) >= rules.per_year:
        day = max(day, local_day(process.warmed[-rules.per_year][1], zone) + _YEAR)
    return day


def _note(case: Case, recipient: Person, earliest: date, noted: datetime, part: Part) -> None:
    process, hours = case.process, case.policy.slot.hours
    country = country_of(process, case.profile, recipient.address)
    weekdays = case.policy.slot.weekdays
    after = max([noted, *([process.not_before] if process.not_before is not None else [])], key=_utc)
    first = business_slot(earliest, hours, case.zone, country, weekdays, open_after=after)
    slot, late = first, case.reached(first.closes)
    if late:
        slot = business_slot(first.opens.date(), hours, case.zone, country, weekdays, open_after=case.now)
    number = 1 + sum(key.kind is DraftKind.KEEP_WARM for key in process.spent)
    key = DraftKey(process.id, recipient.address, f"keep_warm-{number}")
    edited = next((view.key for view in process.drafts if view.edited and view.key.kind is DraftKind.KEEP_WARM), None)
    if edited is not None:
        key, recipient = edited, named_in(Person("", edited.recipient), process.roster)
    if case.live(key) is None:
        gives_up = plus(first.closes, timedelta(days=case.policy.status.begin_within_days))
        if case.reached(gives_up):
            return
        part.moments.append(gives_up)
    rules = case.policy.keep_warm
    reasons = (
        Reason(
            f"{_cause(process)} A word now and then keeps you in mind: not before {day_words(earliest)}, {rules.every_days} days "
            f"after the last one, and at most {rules.per_year} within a year.",
            ("O5", "X16", "O6") if process.on_hold else ("O4", "X16", "O6"),
            ("S4",) if process.on_hold else ("S0",),
            process.closing,
        ),
        Reason("You have noted something new since: without that there would be no note.", ("O4", "O5"), ("S0", "S4")),
        Reason(
            f"It goes to {recipient.name or recipient.address}, on a Tuesday or Wednesday morning.", ("O5", "F3"), ("S4", "S1")
        )
        if weekdays == (1, 2)
        else Reason(f"It goes to {recipient.name or recipient.address}.", ("O5",), ("S4",)),
    )
    appears = plus(first.opens, -timedelta(hours=case.policy.slot.lead_hours))
    appears = max(appears, noted.astimezone(appears.tzinfo), key=_utc)
    thread = thread_to_begin_in(case, recipient.address)
    part.places.append(Place(key, recipient, slot, appears, attempt=number, late=late, thread=thread, reasons=reasons))
    part.moments.append(slot.closes)


def _cause(process: Process) -> str:
    return "They put it on hold." if process.on_hold else "They declined, and keep good candidates in mind."


def _ask(case: Case, recipient: Person, began: datetime, earliest: date, part: Part) -> None:
    """Ask for something new when a note would be in place: at most as often as notes may be written in a year."""
    rules, zone = case.policy.keep_warm, user_zone(case.profile)
    last = _utc(began) + _YEAR + timedelta(days=1)
    for turn in range(rules.per_year):
        since = at(earliest + timedelta(days=turn * rules.every_days), time(0), zone)
        gives_up = plus(since, min(_ASKED_FOR, timedelta(days=rules.every_days)))
        if _utc(since) > last:
            return
        if case.reached(gives_up):
            continue
        text = (
            f"A word to {recipient.name or recipient.address} would be in place now, if there is something new: what you have "
            f"learned or done since, or an article or event that you both care about. Write it down with `hearback note "
            f"{case.process.id}`, and a note is drafted; without it none is."
        )
        part.notices.append(Notice("keep_warm", text, since))
        part.moments.append(gives_up)
        return


def keep_warm_withdrawal(case: Case, view: DraftView) -> Reason:
    """Say why a keep-in-touch note goes that nobody touched."""
    del view
    process = case.process
    if process.no_contact:
        return Reason("They asked not to be contacted.", ("H11",), ("S2",))
    if _began(process) is None:
        return Reason("It is neither declined nor on hold any more.", ("O4", "O5"), ("S0", "S4"))
    return Reason("There is nothing new to say, or you wrote to them yourself.", ("O4", "X16"), ("S0",))
