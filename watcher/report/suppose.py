"""What may be supposed of them: `reply day 9`, `auto-reply until 2026-04-10`; read strictly, and made into events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.classify import Kind
from rules.extract.types import Away, Facts, Promise, PromiseClass
from rules.mail import Address
from rules.process import Event, Incoming, Process, Thread
from rules.process.people import status_recipient
from rules.process.schedule import country_of
from rules.profile import Profile
from rules.worktime import at as instant_of
from rules.worktime import first_business_day
from watcher.report.steps import PLAN_DAYS

__all__ = ["UNDERSTOOD", "Supposition", "SuppositionError", "events_of", "parse_supposition"]

UNDERSTOOD = """\
  reply, rejection, offer             they write
  promise 2026-04-10                  they write that they will answer by then
  auto-reply until 2026-04-10         an out-of-office; also: for 5 days, for 2 weeks, or neither
  nothing                             they stay silent
each with a time behind it: day 9 (counted from today), in 2 weeks, on 2026-04-03; without one it is now.
A day may also be written 10 April, April 10, Friday, today or tomorrow: the next one there is."""

_HOUR = time(10)
"""When mail of theirs comes, in the user's zone."""
_MOMENT = timedelta(minutes=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}"
_DAY = (
    rf"\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.? {_MONTH}(?: \d{{4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?"
    rf"|(?:{'|'.join(_WEEKDAYS)})(?:day|sday|nesday|rsday|urday)?|today|tomorrow"
)
_SPAN = r"(?:\d{1,3}|an?|one) (?:days?|weeks?)"
_SYNONYMS = {
    "answer": "reply",
    "out of office": "auto-reply",
    "out-of-office": "auto-reply",
    "ooo": "auto-reply",
    "away": "auto-reply",
    "silence": "nothing",
    "no reply": "nothing",
    "reject": "rejection",
}
_WITH_A_DAY = frozenset({"promise", "auto-reply"})
"""What a day right behind it belongs to."""
_GRAMMAR = re.compile(
    rf"(?P<what>reply|auto[- ]?reply|rejection|offer|nothing|promise|{'|'.join(_SYNONYMS)})"
    rf"(?: (?:until|by) (?P<until>{_DAY})| for (?P<span>{_SPAN})| (?P<bare>{_DAY}))?"
    rf"(?: (?:on )?day (?P<day>\d{{1,3}})| on (?P<on>{_DAY})| (?:in|after) (?P<ahead>{_SPAN}))?",
    re.IGNORECASE,
)
_LONGEST = 200


class SuppositionError(ValueError):
    """It is not understood; `str()` says why, and what is."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """One thing that they may do."""

    text: str
    what: str
    """`reply`, `auto-reply`, `rejection`, `offer`, `promise` or `nothing`."""
    at: datetime
    """When, in UTC."""
    until: date | None = None
    """The promised day, or the last day of their absence."""


def _wrong(text: str, reason: str) -> SuppositionError:
    return SuppositionError(f"{text!r}: {reason}. These are understood:\n{UNDERSTOOD}")


def parse_supposition(text: str, now: datetime, zone: ZoneInfo) -> Supposition:
    """Read one supposition; days are of `zone`, and `now` is aware. Raises SuppositionError."""
    words = " ".join(text.split())
    found = _GRAMMAR.fullmatch(words) if len(words) <= _LONGEST else None
    if found is None:
        raise _wrong(text[:_LONGEST], "is not understood")
    said = found["what"].lower()
    what = "auto-reply" if said.startswith("auto") else _SYNONYMS.get(said, said)
    today = now.astimezone(zone).date()
    day = _when(found, what, today, words)
    if not 0 <= (day - today).days <= PLAN_DAYS:
        raise _wrong(words, f"its day is not within the {PLAN_DAYS} days from today on ({today.isoformat()})")
    at = max(instant_of(day, _HOUR, zone).astimezone(UTC), now.astimezone(UTC) + _MOMENT)
    if day == today and found["day"] is None and found["on"] is None:
        at = now.astimezone(UTC) + _MOMENT
    return Supposition(words, what, at, _until(found, what, day, words))


def _calendar_day(text: str, words: str, today: date) -> date:
    """Return a day as it is written; without a year the next one there is, from `today` on. Raises SuppositionError."""
    folded = text.lower().replace(",", " ").replace(". ", " ")
    if folded in {"today", "tomorrow"}:
        return today + timedelta(days=folded == "tomorrow")
    if folded[:3] in _WEEKDAYS:
        return today + timedelta(days=(_WEEKDAYS.index(folded[:3]) - today.weekday() - 1) % 7 + 1)
    try:
        if folded[:4].isdecimal():
            return date.fromisoformat(folded)
        parts = folded.split()
        month = _MONTHS.index(next(part for part in parts if part.isalpha())[:3]) + 1
        day, *year = (int(part) for part in parts if part.isdecimal())
        named = date(year[0] if year else today.year, month, day)
        return named if year or named >= today else date(today.year + 1, month, day)
    except ValueError:
        raise _wrong(words, f"{text} is not a day of the calendar") from None


def _days(span: str) -> int:
    count, unit = span.split()
    return (int(count) if count.isdecimal() else 1) * (7 if unit.lower().startswith("week") else 1)


def _when(found: re.Match[str], what: str, today: date, words: str) -> date:
    named = found["on"]
    if named is None and what not in _WITH_A_DAY and found["day"] is None and found["ahead"] is None:
        named = found["bare"]  # `rejection tomorrow`
    if named is not None:
        return _calendar_day(named, words, today)
    ahead = int(found["day"]) if found["day"] is not None else _days(found["ahead"]) if found["ahead"] is not None else 0
    return today + timedelta(days=ahead)


def _until(found: re.Match[str], what: str, day: date, words: str) -> date | None:
    """Return the day that belongs to a promise or an absence. Raises SuppositionError where it is missing or out of place.

    `day` is that of their mail: days without a year are counted from it.
    """
    named = found["until"] or found["bare"]
    if what == "promise":
        if named is None:
            raise _wrong(words, "a promise needs the day by which they will answer")
        until = _calendar_day(named, words, day)
        if until < day:
            raise _wrong(words, "the promised day lies before the mail that promises it")
        return until
    if what == "auto-reply":
        if found["bare"] is not None:
            raise _wrong(words, "say `until` before the last day of their absence")
        until_day = _calendar_day(named, words, day) if named is not None else None
        if found["span"] is not None:
            until_day = day + timedelta(days=max(_days(found["span"]) - 1, 0))
        if until_day is not None and until_day < day:
            raise _wrong(words, "they would be back before they write it")
        return until_day
    twice = found["bare"] is not None and any(found[name] is not None for name in ("day", "on", "ahead"))
    if found["until"] is not None or found["span"] is not None or twice:
        raise _wrong(words, f"a day behind `{what}` is written `on {named or '2026-04-03'}` or `day 9`")
    return None


def events_of(supposed: Sequence[Supposition], process: Process, profile: Profile) -> list[Event]:
    """Return the mails that would come; they are made up and stored nowhere."""
    return [_event(number, one, process, profile) for number, one in enumerate(supposed, 1) if one.what != "nothing"]


_KINDS = {
    "reply": Kind.HUMAN_REPLY,
    "promise": Kind.HUMAN_REPLY,
    "auto-reply": Kind.AUTO_REPLY,
    "rejection": Kind.REJECTION,
    "offer": Kind.OFFER,
}


def _event(number: int, one: Supposition, process: Process, profile: Profile) -> Event:
    """Return one mail, from whom the next follow-up would go to: an absence of anybody else moves nothing."""
    known = status_recipient(process)
    sender = Address(known.name, known.address) if known is not None else Address("", "")
    thread = process.threads[-1] if process.threads else Thread(f"supposed-{number}", (), "")
    facts = Facts()
    day = one.at.astimezone(ZoneInfo(profile.zone)).date()
    if one.what == "promise":
        facts = Facts(promise=Promise(PromiseClass.HARD_DATE, day, one.until, ""))
    elif one.what == "auto-reply":
        back = None
        if one.until is not None:
            back = first_business_day(one.until + timedelta(days=1), country_of(process, profile, sender.address))
        facts = Facts(away=Away(back))
    return Incoming(f"supposed-{number}", one.at, _KINDS[one.what], sender, thread, facts, can_receive=bool(sender.address))
