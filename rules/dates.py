"""A modest grammar of English dates and times. What is ambiguous is left out, never guessed.

Days are resolved against the day of receipt: a day without a year is the nearest one not two months past, a bare weekday
is the next one to come, `next Tuesday` is the one of the following calendar week. Times without `am` or `pm` are on the
24-hour clock, but one to half past six o'clock is taken for the afternoon. All patterns are linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rules.phrases.load import load

__all__ = [
    "Ambiguous",
    "Clock",
    "Day",
    "Moment",
    "ambiguous_days",
    "days",
    "end_of_month",
    "end_of_week",
    "moments",
    "times",
    "weekday_after",
    "zone_of",
]

_PAST = timedelta(days=60)
_BEFORE = 120
_AFTER = 45
_ASIDE = 25
_AFTERNOON = time(6, 31)
_NOON = 12
_FRIDAY = 4
_MAX_FOUND = 60


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day named in a text, and where it stands."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, perhaps with an end and a zone, and where it stands."""

    at: time
    until: time | None
    zone: str
    """IANA name, `UTC`, or an offset such as `+02:00`; empty when none is written."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time that belong together."""

    start: datetime
    end: datetime | None
    zone: str
    """IANA name of the zone that was written; empty when none was."""
    position: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A date that can be read in more than one way, as written, and where it stands in the text."""

    text: str
    readings: tuple[date, ...]
    """At least two days, the earlier first."""
    start: int
    end: int


@cache
def _names() -> tuple[dict[str, int], dict[str, int]]:
    table = load("en/dates")
    weekdays = {name: number for number, names in enumerate(table["weekdays"]) for name in names}
    months = {name: number for number, names in enumerate(table["months"], start=1) for name in names}
    return weekdays, months


@cache
def _day_pattern() -> re.Pattern[str]:
    weekdays, months = _names()
    week = "|".join(sorted(weekdays, key=len, reverse=True))
    bare = "|".join(sorted(weekdays.keys() - {"sat", "sun", "wed"}, key=len, reverse=True))  # they are words as well
    month = "|".join(sorted(months, key=len, reverse=True))
    return re.compile(
        rf"""(?<![\w/.-])(?:
        (?:(?P<w1>{week})\.?,?\s+(?:the\s+)?)?(?P<m1>{month})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<y1>20\d\d))?
        |(?:(?P<w2>{week})\.?,?\s+(?:the\s+)?)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<m2>{month})\b\.?(?:,?\s+(?P<y2>20\d\d))?
        |(?P<y3>20\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d)(?=\D|$)
        |(?:(?P<w4>{week})\.?,?\s+)?(?P<n1>\d{{1,2}})(?P<sep>[/.-])(?P<n2>\d{{1,2}})(?P=sep)(?P<y4>20\d\d|\d\d)(?=\D|$)
        |(?:(?P<w6>{week})\.?,?\s+)(?P<n3>\d{{1,2}})/(?P<n4>\d{{1,2}})(?![\d/])
        |(?:(?<=\bby\s)|(?<=\bon\s)|(?<=back\s)|(?<=until\s)|(?<=till\s)|(?<=thru\s)|(?<=through\s)|(?<=before\s)|(?<=after\s)|(?<=from\s)|(?<=-\s)|(?<=to\s))
            (?P<n5>\d{{1,2}})/(?P<n6>\d{{1,2}})(?![\d/])
        |(?P<rel>today|tonight|tomorrow|the\s+day\s+after\s+tomorrow)\b
        |(?:(?P<which>this|next|coming|the\s+following)\s+(?:coming\s+)?)?(?P<w5>{bare})\b(?:\s+(?P<late>next\s+week|week\s+after\s+next)\b)?
            (?:,?\s+the\s+(?P<d6>\d{{1,2}})(?:st|nd|rd|th)\b)?
        |(?:on|by|until|till|before|after|from)\s+the\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)\b
        )""",
        re.VERBOSE,
    )


def days(text: str, today: date, languages: tuple[str, ...] = ("en",), order: str | None = None) -> list[Day]:
    """Return the days named in folded text (`rules.phrases.grammar.fold`), seen from `today`, in reading order.

    `languages` are those of the text (`Text.languages`), the likeliest first; `order` is the order of day and month in numeric
    dates, `dmy` or `mdy`, None where nothing tells it but the text.
    """
    order = order or _order_of(languages)
    found: list[Day] = []
    for match in _day_pattern().finditer(text):
        day = _resolve(match, today, order)
        if day is not None:
            found.append(Day(day, match.start(), match.end()))
            if len(found) >= _MAX_FOUND:
                break
    return found


def ambiguous_days(text: str, today: date, languages: tuple[str, ...] = ("en",), order: str | None = None) -> list[Ambiguous]:
    """Return the dates in folded text that `days` leaves out because they can be read in two ways; arguments as there."""
    if order or _order_of(languages):
        return []
    found: list[Ambiguous] = []
    for match in _day_pattern().finditer(text):
        readings = {day for day in (_resolve(match, today, one) for one in ("dmy", "mdy")) if day is not None}
        if len(readings) > 1 and _resolve(match, today) is None and len(found) < _MAX_FOUND:
            found.append(Ambiguous(match[0], tuple(sorted(readings)), match.start(), match.end()))
    return found


def _order_of(languages: tuple[str, ...]) -> str | None:
    """Return the order of day and month of the likeliest language; English has two."""
    return None if languages[:1] in {(), ("en",)} else "dmy"


def _resolve(match: re.Match[str], today: date, order: str | None = None) -> date | None:
    named = {name: value for name, value in match.groupdict().items() if value}
    if order is not None:
        named["order"] = order
    try:
        return next(read for name, read in _READERS.items() if name in named)(named, today)
    except (ValueError, OverflowError, StopIteration):
        return None


def _written(named: dict[str, str], today: date) -> date | None:
    """Read `Tuesday, 1 December 2026` and `December 1st`; a weekday that contradicts makes it unreadable."""
    index = "1" if "d1" in named else "2"
    wanted = _names()[0].get(named.get(f"w{index}", ""), -1)
    return _dated(today, named.get(f"y{index}", ""), _names()[1][named[f"m{index}"]], int(named[f"d{index}"]), wanted)


def _iso(named: dict[str, str], today: date) -> date | None:
    del today
    return date(int(named["y3"]), int(named["m3"]), int(named["d3"]))


def _relative(named: dict[str, str], today: date) -> date | None:
    word = named["rel"]
    return today + timedelta(days=2 if "after" in word else 1 if word == "tomorrow" else 0)


def _weekday(named: dict[str, str], today: date) -> date | None:
    weekday = _names()[0][named["w5"]]
    day = weekday_after(today, weekday, named.get("which"), named.get("late"))
    number = int(named.get("d6", day.day))
    return day if day.day == number else _next_fitting(today, weekday, number)


def _dated(today: date, year: str, month: int, day: int, weekday: int = -1) -> date | None:
    """Return a day of a month; without a year, the one whose weekday fits. None when the weekday (0 to 6) contradicts."""
    if year:
        found = date(int(year), month, day)
        return found if weekday in {-1, found.weekday()} else None
    for candidate in (today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today - _PAST and weekday in {-1, found.weekday()}:
            return found
    return None


def _numeric(named: dict[str, str], today: date) -> date | None:
    """Read a numeric date if only one reading is possible: dots are day first, else a number over 12 or the weekday decides."""
    first, second = next((named[one], named[other]) for one, other in _NUMERIC if one in named)
    year = named.get("y4", "")
    year = f"20{year}" if len(year) == 2 else year  # noqa: PLR2004 -- two digits
    weekday = _names()[0].get(named.get("w4") or named.get("w6", ""), -1)
    readings = {(int(second), int(first))}
    if named.get("sep") != ".":
        readings.add((int(first), int(second)))
    order = named.get("order")
    if order and int(first) <= _NOON and int(second) <= _NOON and weekday < 0:
        readings = {(int(second), int(first)) if order == "dmy" or named.get("sep") == "." else (int(first), int(second))}
    found = set()
    for month, day in readings:
        try:
            found.add(_dated(today, year, month, day, weekday))
        except ValueError:
            continue
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _numbered(named: dict[str, str], today: date) -> date | None:
    return _day_of_month(today, int(named["d5"]))


_NUMERIC = (("n1", "n2"), ("n3", "n4"), ("n5", "n6"))
_READERS: dict[str, Callable[[dict[str, str], date], date | None]] = {
    "d1": _written,
    "d2": _written,
    "y3": _iso,
    "n1": _numeric,
    "n3": _numeric,
    "n5": _numeric,
    "rel": _relative,
    "d5": _numbered,
    "w5": _weekday,
}


def _day_of_month(today: date, day: int) -> date | None:
    for months in range(13):
        year, month = divmod(today.month - 1 + months, 12)
        try:
            found = date(today.year + year, month + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _next_fitting(today: date, weekday: int, day: int) -> date | None:
    """Return the next day of that number in a month that is that weekday, within three months."""
    return next(
        (found for found in (today + timedelta(days=n) for n in range(92)) if found.day == day and found.weekday() == weekday),
        None,
    )


def weekday_after(today: date, weekday: int, which: str | None = None, late: str | None = None) -> date:
    """Return the weekday meant: bare, `this` and `coming` are the next to come; `next` is in the following calendar week."""
    monday = today - timedelta(days=today.weekday())
    if late and late.startswith("week"):
        return monday + timedelta(days=14 + weekday)
    if late or (which and which.startswith("next")):
        return monday + timedelta(days=7 + weekday)
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead or 7)


def end_of_week(today: date, weeks: int = 0) -> date:
    """Return the Friday of this week (of the next one when this week's is over), or of `weeks` weeks later."""
    friday = today - timedelta(days=today.weekday()) + timedelta(days=_FRIDAY)
    if not weeks and friday < today:
        weeks = 1
    return friday + timedelta(days=7 * weeks)


def end_of_month(today: date, months: int = 0) -> date:
    """Return the last weekday (Monday to Friday) of this month or of a later one."""
    year, month = divmod(today.month + months, 12)
    last = date(today.year + year, month + 1, 1) - timedelta(days=1)
    return last - timedelta(days=max(0, last.weekday() - _FRIDAY))


_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?\s?(a\.?m\b\.?|p\.?m\b\.?)?"
_ZONE = r"(?:[a-z]{2,4}|(?:(?:us|new|san|los) )?[a-z]+ (?:standard |daylight )?time(?: \(us & canada\))?)\b"
_CLOCK = re.compile(
    rf"(?<![\d:./$\u20ac\u00a3+-])(?:{_TIME}|(noon|midday))"
    rf"(?:\s?(?:-|to|until|till|and|bis)\s?(?:{_TIME}|(noon|midday)))?(?![\d:%/]|\.\d)"
    rf"(?:\s?\(?\s?({_ZONE})?(?:\s?\(?((?:gmt|utc)?[+-]\d{{1,2}}(?::?\d{{2}})?)\b)?)?"
)


class _Parts(NamedTuple):
    """A time of day as it is written: hour, minute, `am` or `pm`, `noon`; empty where nothing stands."""

    hour: str
    minute: str
    half: str
    noon: str

    @property
    def marked(self) -> bool:
        """Say whether it is surely a time, not any number."""
        return bool(self.minute or self.half or self.noon)


def times(text: str) -> list[Clock]:
    """Return the times of day in folded text: those with minutes, `am`, `pm` or `noon`, in reading order."""
    found: list[Clock] = []
    for match in _CLOCK.finditer(text):
        groups = [group or "" for group in match.groups()]
        first, second = _Parts(*groups[:4]), _Parts(*groups[4:8])
        until = _clock(second) if second.hour or second.noon else None
        at = _first_clock(first, second, until) if first.marked or second.half else None
        if at is not None:
            found.append(Clock(at, until, _zone_of(*groups[8:]), match.start(), match.end()))
            if len(found) >= _MAX_FOUND:
                break
    return found


def _first_clock(first: _Parts, second: _Parts, until: time | None) -> time | None:
    """Read the first time of a range: it takes `pm` from the second where that makes a range (`2 - 3 pm`, `11 - 1 pm`)."""
    if first.half or first.noon or not second.half or until is None:
        return _clock(first)
    same = _clock(first._replace(half=second.half))
    return same if same is not None and same < until else _clock(first._replace(half="am"))


def _clock(parts: _Parts) -> time | None:
    if parts.noon:
        return time(_NOON)
    number = int(parts.hour or 0)
    if parts.half:
        if not 1 <= number <= _NOON:
            return None
        number = number % _NOON + (_NOON if parts.half.startswith("p") else 0)
    try:
        found = time(number, int(parts.minute or 0))
    except ValueError:
        return None
    if not parts.half and time(1) <= found < _AFTERNOON and not parts.hour.startswith("0"):
        return found.replace(hour=found.hour + _NOON)
    return found


def _zone_of(name: str, offset: str) -> str:
    table = load("zones")
    name = name.strip()
    found = table["abbreviations"].get(name) or table["names"].get(name.replace(" standard", "").replace(" daylight", ""), "")
    if offset and found in {"", "UTC"}:
        digits = offset.removeprefix("gmt").removeprefix("utc")
        hours, _, minutes = digits[1:].partition(":")
        if not minutes and len(hours) > 2:  # noqa: PLR2004 -- hhmm
            hours, minutes = hours[:-2], hours[-2:]
        return f"{digits[0]}{int(hours):02d}:{minutes or '00'}" if int(hours) <= 14 else ""  # noqa: PLR2004 -- the eastmost zone
    return str(found)


def zone_of(text: str) -> tzinfo | None:
    """Return the zone that `Clock.zone` names, or None for an empty one."""
    if text == "UTC":
        return UTC
    if text[:1] in {"+", "-"}:
        offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
        return timezone(-offset if text[0] == "-" else offset)
    return ZoneInfo(text) if text else None


def moments(text: str, today: date, zone: tzinfo, languages: tuple[str, ...] = ("en",), order: str | None = None) -> list[Moment]:
    """Return each time of day in folded text with the day it belongs to, in `zone` unless one is written.

    A time belongs to the nearest day before it, within 120 characters, else to one that follows within 45. A zone that is written
    once holds for times without one. `languages` and `order` as in `days`.
    """
    named = days(text, today, languages, order)
    # Where a day stands there is no time: `December 6 - 1:00 pm` is no range from six o'clock on.
    for place in named:
        text = f"{text[: place.start]}{'_' * (place.end - place.start)}{text[place.end :]}"
    clocks = _once(text, times(text))
    if not named or not clocks:
        return []
    zones = {clock.zone for clock in clocks if clock.zone}
    common = zones.pop() if len(zones) == 1 else ""
    found: list[Moment] = []
    for clock in clocks:
        day = _day_for(clock, named)
        if day is None:
            continue
        where = clock.zone or common
        start = datetime.combine(day.day, clock.at, tzinfo=zone_of(where) or zone)
        end = datetime.combine(day.day, clock.until, tzinfo=start.tzinfo) if clock.until else None
        if end is not None and end <= start:
            end = None
        moment = Moment(start, end, where if "/" in where else "", clock.start)
        if all(other.start != moment.start for other in found):
            found.append(moment)
    return found


def _once(text: str, clocks: list[Clock]) -> list[Clock]:
    """Leave out times in parentheses right behind another: the same instant, told in a second zone."""
    kept: list[Clock] = []
    for clock in clocks:
        again = kept and clock.start - kept[-1].end <= _ASIDE and "(" in text[kept[-1].end : clock.start]
        if not again:
            kept.append(clock)
    return kept


def _day_for(clock: Clock, named: list[Day]) -> Day | None:
    before = [day for day in named if day.end <= clock.start and clock.start - day.end <= _BEFORE]
    after = [day for day in named if day.start >= clock.end and day.start - clock.end <= _AFTER]
    if not before:
        return after[0] if after else None
    if after and after[0].start - clock.end <= 5 < clock.start - before[-1].end:  # noqa: PLR2004 -- `at 10:00 on Tuesday`
        return after[0]
    return before[-1]
