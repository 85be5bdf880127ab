"""Business days and the slots of a morning, in a time zone and a country.

Days are plain dates; slots are local wall times resolved in a zone. A wall time that a change of the clocks skips moves forward
by the gap, one that happens twice means its first occurrence when a slot opens and its second when it closes (PEP 495), so that
no slot is ever empty. All spans are counted in real hours: sums of instants go through UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rules.holiday_library import country_holidays

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = [
    "WEEKDAYS",
    "Hours",
    "Slot",
    "add_business_days",
    "after_promised_day",
    "at",
    "business_slot",
    "first_business_day",
    "holiday_name",
    "is_business_day",
    "is_weekend",
    "known_zone",
    "last_business_day",
    "local_day",
    "plus",
    "recipient_zone",
]

WEEKDAYS = frozenset(range(5))
"""Monday to Friday, as `date.weekday()` counts."""

_DEFAULT_SUBDIVISION = {"GB": "ENG"}
"""Where the country alone lacks days off that nearly everybody has (the summer bank holiday)."""

_SEARCH_DAYS = 60
"""No country closes longer than this on any one weekday; a search never runs further."""


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of local wall time within one day."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Slot:
    """When a draft is best sent: aware, in the recipient's zone."""

    opens: datetime
    closes: datetime


def plus(when: datetime, span: timedelta) -> datetime:
    """Add real time (not wall time) to an aware datetime; the result stands in the same zone."""
    return (when.astimezone(UTC) + span).astimezone(when.tzinfo)


def at(day: date, wall: time, zone: tzinfo, *, fold: int = 0) -> datetime:
    """Return the instant of a local wall time.

    A skipped wall time moves forward by the gap; of one that happens twice, `fold` says which (0 the first, 1 the second).
    """
    local = datetime.combine(day, wall, tzinfo=zone).replace(fold=fold)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        local = local.replace(fold=0)
    return local.astimezone(UTC).astimezone(zone)


def local_day(when: datetime, zone: tzinfo) -> date:
    """Return the calendar date of an instant in a zone."""
    return when.astimezone(zone).date()


@lru_cache(maxsize=256)
def known_zone(name: str) -> ZoneInfo | None:
    """Return the IANA zone of that name, or None; never raises, whatever the name."""
    if not name or len(name) > 64:  # noqa: PLR2004 - the longest name of the database has 32 characters
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def recipient_zone(name: str, offset: int | None, fallback: str) -> tzinfo:
    """Return where the recipient lives (D7): the named zone, else the offset (minutes east of UTC), else the user's."""
    if zone := known_zone(name):
        return zone
    if offset is not None and abs(offset) <= 18 * 60:
        return timezone(timedelta(minutes=offset))
    return known_zone(fallback) or UTC


@lru_cache(maxsize=64)
def _calendar(country: str) -> HolidayBase | None:
    """Return the public holidays of `DE` or `DE-BY`; None where the library knows none."""
    code, _, subdivision = country.upper().partition("-")
    for part in dict.fromkeys((subdivision or _DEFAULT_SUBDIVISION.get(code), None)):
        try:
            return country_holidays(code, part)
        except NotImplementedError:
            continue
    return None


@lru_cache(maxsize=4096)
def is_weekend(day: date, country: str) -> bool:
    """Return True if people there do not work on that day of the week: Saturday and Sunday, Friday and Saturday, Sunday alone."""
    calendar = _calendar(country) if country else None
    return bool(calendar.is_weekend(day)) if calendar is not None else day.weekday() not in WEEKDAYS


@lru_cache(maxsize=4096)
def holiday_name(day: date, country: str) -> str:
    """Return the name of the public holiday on that day in `country` (ISO 3166-1, optionally `-` subdivision), or ''."""
    calendar = _calendar(country) if country else None
    return calendar.get(day) or "" if calendar is not None else ""


def is_business_day(day: date, country: str) -> bool:
    """Return True from Monday to Friday (D24), unless it is a holiday there, or part of their weekend.

    Where people work from Sunday to Thursday, that leaves Monday to Thursday: nobody is written to on a Sunday by us, nor on a
    Friday that they have off.
    """
    return day.weekday() in WEEKDAYS and not holiday_name(day, country) and not is_weekend(day, country)


def first_business_day(day: date, country: str, weekdays: Iterable[int] = WEEKDAYS) -> date:
    """Return the first business day at or after `day` that falls on one of `weekdays`.

    Where none of these is ever a business day there (Friday in Cairo), any business day serves.
    """
    return _first_business_day(day, country, frozenset(weekdays))


@lru_cache(maxsize=8192)
def _first_business_day(day: date, country: str, weekdays: frozenset[int]) -> date:
    wanted = (weekdays & WEEKDAYS) or WEEKDAYS
    for ahead in range(_SEARCH_DAYS):
        candidate = day + timedelta(days=ahead)
        if candidate.weekday() in wanted and is_business_day(candidate, country):
            return candidate
    return _first_business_day(day, country if wanted != WEEKDAYS else "", WEEKDAYS)


def last_business_day(day: date, country: str) -> date:
    """Return the last business day at or before `day` (D12)."""
    for back in range(_SEARCH_DAYS):
        candidate = day - timedelta(days=back)
        if is_business_day(candidate, country):
            return candidate
    return last_business_day(day, "")


def add_business_days(day: date, count: int, country: str) -> date:
    """Return the business day `count` after `day`; `day` itself need not be one. 0 gives `day`."""
    for _ in range(count):
        day = first_business_day(day + timedelta(days=1), country)
    return day


def after_promised_day(promised: date, country: str, weekdays: Iterable[int], *, wait: int = 1, prefer_hours: int = 48) -> date:
    """Return the day of the first follow-up after a hard promised date (F4, F10, D1, D9).

    It is the first business day at least `wait` business days after `promised`; one of `weekdays` is taken instead where it still
    falls within `prefer_hours` of the end of the promised day.
    """
    first = add_business_days(promised, wait, country)
    last = promised + timedelta(hours=prefer_hours)
    preferred = first_business_day(first, country, weekdays)
    return preferred if preferred <= last else first


def business_slot(
    day: date,
    hours: Hours,
    zone: tzinfo,
    country: str,
    weekdays: Iterable[int] = WEEKDAYS,
    *,
    open_after: datetime | None = None,
) -> Slot:
    """Return the first slot at or after `day` on an allowed weekday that is no holiday.

    With `open_after`, the first such slot that closes later than that instant: a slot that is open then still counts.
    """
    wanted = WEEKDAYS.intersection(weekdays) or WEEKDAYS
    if open_after is not None:
        day = max(day, local_day(open_after, zone))
    for _ in range(_SEARCH_DAYS):
        day = first_business_day(day, country, wanted)
        opens, closes = at(day, hours.opens, zone), at(day, hours.closes, zone, fold=1)
        exists = opens.date() == day  # a zone that crosses the date line skips a whole day
        if exists and (open_after is None or closes.astimezone(UTC) > open_after.astimezone(UTC)):
            return Slot(opens, closes)
        day += timedelta(days=1)
    return Slot(opens, closes)
