"""When the next status follow-up of a wait is due: the dates, the slot, and the argument for them.

Days are counted in dates of the user's zone (D10), slots lie in the recipient's zone (D7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rules.country import recipient_country
from rules.extract.types import Promise, PromiseClass
from rules.policy import Policy
from rules.process.people import status_recipient
from rules.process.types import Process, Wait
from rules.profile import Profile
from rules.reasons import Reason, day_words, time_words
from rules.worktime import (
    WEEKDAYS,
    Slot,
    add_business_days,
    after_promised_day,
    at,
    business_slot,
    first_business_day,
    known_zone,
    local_day,
    plus,
    recipient_zone,
)

__all__ = [
    "SAID_YES",
    "Planned",
    "cap_of",
    "country_of",
    "last_day_of",
    "month_of_silence",
    "plan_status",
    "runs_out_at",
    "start_of_day",
    "used_up",
    "user_zone",
    "zone_of",
]

_OF_ANOTHER = "{} is the day of a follow-up about another post at this company"
SAID_YES = "they said yes to one more follow-up"
"""Why a wait began whose date they did not name themselves (X13)."""
_FORTNIGHT = 14
"""Days: what waits less goes by the articles that say a week."""
_LONGEST_QUOTE = 160
_DATED = (PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE)


@dataclass(frozen=True, slots=True)
class Planned:
    """The next status follow-up."""

    number: int
    """1 to cap."""
    first: Slot
    """The slot it was due for."""
    slot: Slot
    """The same, or where that is over (D16, F19) the next one that is not."""
    appears_at: datetime
    final: bool
    """The last of its wait (D17)."""
    reasons: tuple[Reason, ...]

    @property
    def late(self) -> bool:
        """Return True if the slot it was due for is over."""
        return self.slot != self.first


@dataclass(frozen=True, slots=True)
class _Due:
    """A date before which the follow-up is not due, on which weekdays, and why."""

    day: date
    weekdays: tuple[int, ...]
    reasons: tuple[Reason, ...]
    counted: bool = False
    """`day` was counted from one of the user's days; else it is a day of theirs, which they named."""


def user_zone(profile: Profile) -> tzinfo:
    """Return the user's zone; UTC where its name is unknown."""
    return known_zone(profile.zone) or UTC


def zone_of(process: Process, profile: Profile) -> tzinfo:
    """Return the zone in which the people of this process read their mail (D7)."""
    return recipient_zone(process.zone, process.zone_offset, profile.zone)


def country_of(process: Process, profile: Profile, address: str) -> str:
    """Return whose public holidays count for a recipient (D20)."""
    return recipient_country(process.country, address.rpartition("@")[2], process.zone, profile.country, profile.zone)


def start_of_day(day: date, profile: Profile) -> datetime:
    """Return the first instant of a day of the user's."""
    return at(day, time(0), user_zone(profile))


def cap_of(wait: Wait, policy: Policy) -> int:
    """Return how many follow-ups this wait may have (F2, F5); one where they said yes to one more (X13)."""
    if wait.cause == SAID_YES:
        return min(policy.status.cap, 1)
    dated = wait.promise is not None and wait.promise.kind is PromiseClass.HARD_DATE
    return min(policy.status.cap, policy.promise.cap) if dated and policy.promise.cap else policy.status.cap


def last_day_of(process: Process, wait: Wait, policy: Policy, profile: Profile) -> date | None:
    """Return the day from which no follow-up comes any more, for the work was to begin then (F22); None where there is none.

    A day from before the wait, or before the day they named for their answer, is out of date: they are still at it.
    """
    day = process.start_by
    if day is None or not policy.silence.stop_at_start_date:
        return None
    promised = wait.promise.date if wait.promise is not None else None
    newest = max(local_day(wait.since, user_zone(profile)), promised or date.min)
    return day if day > newest else None


def month_of_silence(wait: Wait, policy: Policy, profile: Profile) -> date | None:
    """Return the day on which silence has lasted a month (F20, D17); None where the policy does not count one.

    The month begins with the wait, or with the day that they named for an answer, or with what they named instead of a day.
    """
    if not policy.silence.ask_after_days:
        return None
    since = local_day(wait.since, user_zone(profile))
    promise = wait.promise
    named = None if promise is None else promise.date or promise.begins
    return max(since, named or since) + timedelta(days=policy.silence.ask_after_days)


def _last_from(wait: Wait, policy: Policy, profile: Profile) -> date | None:
    """Return the day from which a follow-up is the last of its wait (D17, X7).

    That is the day the month is over, with one allowance: a follow-up that the allowed weekdays alone carry past it, by less than
    a week, was owed before. So three fortnightly follow-ups are three whatever the weekday of the interview.
    """
    month = month_of_silence(wait, policy, profile)
    if month is None:
        return None
    due = _first(wait, policy, profile, "")
    day = first_business_day(due.day, "", due.weekdays)
    while day < month:
        day = first_business_day(day + timedelta(days=policy.status.cadence_days), "", policy.slot.weekdays)
    return day + timedelta(days=1) if day < month + timedelta(days=7) else month


def used_up(wait: Wait, policy: Policy, profile: Profile) -> bool:
    """Return True if no further follow-up will come in this wait: the cap, or the last one after a month."""
    if len(wait.follow_ups) >= cap_of(wait, policy):
        return True
    last_from = _last_from(wait, policy, profile)
    return last_from is not None and any(follow_up.on >= last_from for follow_up in wait.follow_ups)


def runs_out_at(wait: Wait, policy: Policy, profile: Profile) -> datetime | None:
    """Return when the last follow-up has stayed unanswered for a cadence; None while one is still to come, or there was none."""
    if not wait.follow_ups or not used_up(wait, policy, profile):
        return None
    return start_of_day(wait.follow_ups[-1].on + timedelta(days=policy.status.cadence_days), profile)


def plan_status(process: Process, policy: Policy, profile: Profile, now: datetime) -> Planned | None:
    """Return the next status follow-up of the wait that runs, or None where there is none to come.

    `now` moves only the slot: one that is over is replaced by the next.
    """
    wait = process.wait
    if wait is None or used_up(wait, policy, profile):
        return None
    recipient = status_recipient(process)
    country = country_of(process, profile, recipient.address if recipient else "")
    zone = zone_of(process, profile)
    due = _due(process, wait, policy, profile, country)
    reasons = [*due.reasons]
    first = _first_slot(due, policy, zone, country, user_zone(profile))
    at_once = first.closes.astimezone(UTC) <= wait.since.astimezone(UTC)
    if at_once:  # its morning was over when they asked for it: nothing was missed
        first = _slot(due.day, due, policy, zone, country, open_after=wait.since)
    not_before = process.not_before
    if not_before is not None and first.opens.astimezone(UTC) < not_before.astimezone(UTC):
        first, at_once = _opening_after(not_before, due, policy, zone, country), False
        reasons.append(
            Reason(
                f"They said that they are away: nothing goes out before {_day_or_time(not_before.astimezone(zone))}.", ("D18",)
            )
        )
    resumed = process.resumed_at
    if resumed is not None and first.closes.astimezone(UTC) <= resumed.astimezone(UTC):
        first = _slot(due.day, due, policy, zone, country, open_after=resumed)
    slot = first
    if first.closes.astimezone(UTC) <= now.astimezone(UTC):
        slot = _slot(first.opens.date(), due, policy, zone, country, open_after=now)
        reasons.append(
            Reason(
                f"The slot of {time_words(first.opens)} went by without it being sent; the next one is {time_words(slot.opens)}.",
                ("D16", "F19"),
                ("S3",),
            ),
        )
    last_day = last_day_of(process, wait, policy, profile)
    if last_day is not None and slot.opens.date() >= last_day:
        return None
    reasons.append(_slot_reason(slot, due, policy))
    number = len(wait.follow_ups) + 1
    last_from = _last_from(wait, policy, profile)
    silent = last_from is not None and slot.opens.date() >= last_from
    if silent and number < cap_of(wait, policy):
        reasons.append(Reason("They have been silent for a month by then: this one is the last.", ("F20", "D17", "X7"), ("S3",)))
    appears_at = wait.since.astimezone(zone) if at_once else plus(first.opens, -timedelta(hours=policy.slot.lead_hours))
    if resumed is not None and appears_at.astimezone(UTC) < resumed.astimezone(UTC):
        appears_at = resumed.astimezone(zone)
    return Planned(number, first, slot, appears_at, silent or number >= cap_of(wait, policy), tuple(reasons))


def _first_slot(due: _Due, policy: Policy, zone: tzinfo, country: str, own: tzinfo) -> Slot:
    """Return the slot a follow-up is due for: its morning there is not before the day that was counted to.

    Days are counted in the user's zone (D10). Where that is so far ahead that a morning there is the next day here, the morning
    of the day before is the one that falls on the day: else each follow-up would be a day of the week later than the last one.
    """
    if due.counted:
        early = _slot(due.day - timedelta(days=1), due, policy, zone, country)
        if local_day(early.opens, own) >= due.day:
            return early
    return _slot(due.day, due, policy, zone, country)


def _slot(day: date, due: _Due, policy: Policy, zone: tzinfo, country: str, *, open_after: datetime | None = None) -> Slot:
    """Return the first slot at or after `day` on a weekday of `due`, or on any one where that is too far off (X18)."""
    slot = business_slot(day, policy.slot.hours, zone, country, due.weekdays, open_after=open_after)
    most = policy.slot.max_slip_days
    if not most:
        return slot
    day = day if open_after is None else max(day, local_day(open_after, zone))
    if slot.opens.date() - day <= timedelta(days=most):
        return slot
    return business_slot(day, policy.slot.hours, zone, country, open_after=open_after)


def _opening_after(instant: datetime, due: _Due, policy: Policy, zone: tzinfo, country: str) -> Slot:
    slot = _slot(local_day(instant, zone), due, policy, zone, country)
    if slot.opens.astimezone(UTC) < instant.astimezone(UTC):
        slot = _slot(slot.opens.date() + timedelta(days=1), due, policy, zone, country)
    return slot


def _slot_reason(slot: Slot, due: _Due, policy: Policy) -> Reason:
    words = f"{time_words(slot.opens)} to {slot.closes:%H:%M} there"
    if slot.opens.weekday() not in due.weekdays:
        text = f"No allowed weekday is within {policy.slot.max_slip_days} days of that: it is any business morning, {words}."
        return Reason(text, ("X18", "D24"))
    if due.weekdays == policy.slot.weekdays and len(due.weekdays) < len(WEEKDAYS):
        return Reason(f"The allowed morning at or after that is {words}.", ("F3", "D24", "X18"), ("S1",))
    return Reason(f"The business morning at or after that is {words}.", ("D24", "F3"), ("S1",))


def _day_or_time(when: datetime) -> str:
    """Return an instant in words; the first one of a day is that day."""
    return time_words(when) if when.time() != time(0) else day_words(when.date())


def _due(process: Process, wait: Wait, policy: Policy, profile: Profile, country: str) -> _Due:
    due = _first(wait, policy, profile, country) if not wait.follow_ups else _next(wait, policy)
    promised = not wait.follow_ups and wait.promise is not None and wait.promise.kind in _DATED
    instructed = promised and wait.promise is not None and wait.promise.kind is PromiseClass.CONTACT_DATE
    if instructed:  # H11: what they asked for goes before every gap
        return due
    floors: list[tuple[date, Reason]] = []
    zone = user_zone(profile)
    sent = (*process.status_sent, *process.company_sent)
    if sent:
        latest = max(sent, key=lambda when: when.astimezone(UTC))
        last = local_day(latest, zone)
        days = policy.gap.between_status_days
        floor = last + timedelta(days=days)
        # That of another process may stand in Drafts still.
        own = latest in process.status_sent
        before = f"A follow-up went to them on {day_words(last)}" if own else _OF_ANOTHER.format(day_words(last))
        text = f"{before}: the next not before {day_words(floor)}, {days} days later."
        floors.append((floor, Reason(text, ("F15",), ("S2",))))
    thanked = [when for _, when in process.thanked]
    if thanked:
        last = local_day(max(thanked, key=lambda when: when.astimezone(UTC)), zone)
        days = policy.gap.after_thank_you_business_days
        if promised:  # the gap is waived (X19), but nobody gets two mails on one day
            days = min(days, 1)
        floor = add_business_days(last, days, country)
        text = f"A thank-you note went out on {day_words(last)}: not before {day_words(floor)}, {_count_words(days)} later."
        floors.append((floor, Reason(text, ("F15", "X19"), ("S2",))))
    if thanked and policy.wait.after_thank_you_days:
        last = local_day(max(thanked, key=lambda when: when.astimezone(UTC)), zone)
        floor = last + timedelta(days=policy.wait.after_thank_you_days)
        text = f"The thank-you note went out on {day_words(last)}: about a week later is {day_words(floor)}."
        floors.append((floor, Reason(text, ("F8",), ("S2",))))
    day = max([due.day, *(floor for floor, _ in floors)])
    named = not wait.follow_ups and wait.promise is not None and wait.promise.date is not None
    return _Due(day, due.weekdays, (*due.reasons, *(reason for floor, reason in floors if floor > due.day)), not named)


def _count_words(business_days: int) -> str:
    return "1 business day" if business_days == 1 else f"{business_days} business days"


def _first(wait: Wait, policy: Policy, profile: Profile, country: str) -> _Due:
    """Return when the first follow-up of a wait is due, by what they promised (X4, X5)."""
    weekdays = policy.slot.weekdays
    since = local_day(wait.since, user_zone(profile))
    promise = wait.promise
    if promise is None:
        day = since + timedelta(days=policy.wait.no_date_days)
        cause = wait.cause or "the wait began"
        text = f"They named no date: {policy.wait.no_date_days} days after {day_words(since)}, when {cause}."
        rules, articles = (("F7", "F8"), ("S4", "S2")) if policy.wait.no_date_days < _FORTNIGHT else (("F6",), ("S3", "S1"))
        return _Due(day, weekdays, (Reason(text, (*rules, "D2", "X5", "D10"), articles, wait.evidence),))
    evidence = wait.evidence
    quote = _quote(wait)
    if promise.kind is PromiseClass.HARD_DATE and promise.date is not None:
        return _after_promised(wait, promise.date, since, policy, country)
    if promise.kind is PromiseClass.CONTACT_DATE and promise.date is not None:
        if wait.cause == SAID_YES:
            text = f"They said yes to one more follow-up: {day_words(promise.date)} is in the week after that."
            return _Due(promise.date, tuple(sorted(WEEKDAYS)), (Reason(text, ("X13", "F14"), ("S1",), evidence),))
        text = f"They asked you to write on {day_words(promise.date)}{quote}."
        return _Due(promise.date, tuple(sorted(WEEKDAYS)), (Reason(text, ("H11", "B4"), ("S1", "S2"), evidence),))
    if promise.kind is PromiseClass.AWAY_UNTIL and promise.date is not None:
        plain, back = since + timedelta(days=policy.wait.no_date_days), promise.date + timedelta(days=1)
        text = (
            f"Somebody who decides is away until {day_words(promise.date)}{quote}: not before {day_words(back)}; "
            f"without a date for the decision, {policy.wait.no_date_days} days after {day_words(since)}."
        )
        return _Due(max(plain, back), weekdays, (Reason(text, ("F26", "F6", "D2"), ("S1", "S3"), evidence),))
    return _vague(promise, policy, evidence, quote)


def _quote(wait: Wait) -> str:
    """Return their words in brackets, as far as they are known."""
    said = wait.promise.sentence.strip()[:_LONGEST_QUOTE] if wait.promise is not None else ""
    return f' ("{said}")' if said else ""


def _after_promised(wait: Wait, promised: date, since: date, policy: Policy, country: str) -> _Due:
    """Return when a promised date calls for the first follow-up (F4, F10, D1, D9).

    A promise that was for the day on which the wait began leaves at least one business day.
    """
    rules = policy.promise
    weekdays = tuple(sorted(WEEKDAYS)) if rules.any_weekday else policy.slot.weekdays
    if rules.any_weekday:
        preferred, hours = policy.slot.weekdays, rules.prefer_within_hours
        day = after_promised_day(promised, country, preferred, wait=rules.business_days, prefer_hours=hours)
    else:
        day = first_business_day(add_business_days(promised, rules.business_days, country), country, weekdays)
    day = max(day, add_business_days(since, 1, country))
    text = f"They promised word by {day_words(promised)}{_quote(wait)}: the first allowed morning after it is {day_words(day)}."
    return _Due(day, weekdays, (Reason(text, ("F4", "F10", "D1", "D9", "X4"), ("S3", "S4"), wait.evidence),))


def _vague(promise: Promise, policy: Policy, evidence: tuple[str, ...], quote: str) -> _Due:
    rules: tuple[str, ...]
    articles: tuple[str, ...]
    if promise.kind is PromiseClass.FEW_DAYS:
        days, rules, articles = policy.wait.few_days_days, ("F9", "D11"), ("S3",)
    else:
        days = policy.wait.vague_days
        rules, articles = (("F7", "X4", "D11"), ("S4",)) if days < _FORTNIGHT else (("F1", "X4", "D11"), ("S1",))
    day = promise.made_on + timedelta(days=days)
    text = f"On {day_words(promise.made_on)} they named no day{quote}: {days} days later is {day_words(day)}."
    reasons = [Reason(text, rules, articles, evidence)]
    if promise.begins is not None and promise.begins > day:
        day = promise.begins
        reasons.append(
            Reason(
                f"What they spoke of does not begin before {day_words(day)}: nothing is asked sooner.",
                ("B4", "F23"),
                ("S1", "S4"),
            )
        )
    return _Due(day, policy.slot.weekdays, tuple(reasons))


def _next(wait: Wait, policy: Policy) -> _Due:
    """Return when the next follow-up is due after the last one was sent or discarded (F2, D15)."""
    last = wait.follow_ups[-1]
    days = policy.status.cadence_days
    day = last.on + timedelta(days=days)
    what = "was discarded for" if last.vetoed else "went out on"
    text = f"Follow-up {len(wait.follow_ups)} {what} {day_words(last.on)}: {days} days later is {day_words(day)}."
    rules = ("F2", "D15", "D10") if last.vetoed else ("F2", "D10")
    evidence = (str(last.key),) if last.key is not None else ()
    return _Due(day, policy.slot.weekdays, (Reason(text, rules, ("S1",), evidence),))
