"""Reckoning with days: which one is meant by a weekday, by a day of the month, by the end of a week."""

from __future__ import annotations

from datetime import date, timedelta

__all__ = ["dated", "day_of_month", "end_of_month", "end_of_week", "next_fitting", "week_of_year", "weekday_after"]

_PAST = timedelta(days=60)
_FRIDAY = 4
_QUARTER = 92


def dated(today: date, year: int, month: int, day: int, weekday: int = -1) -> date | None:
    """Return a day of a month; without a year (0), the nearest that is not two months past and whose weekday fits.

    None when the weekday (0 is Monday, -1 none) contradicts. Raises ValueError for a day that no month has.
    """
    if year:
        found = date(year, month, day)
        return found if weekday in {-1, found.weekday()} else None
    for candidate in (today.year - 1, today.year, today.year + 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today - _PAST and weekday in {-1, found.weekday()}:
            return found
    return None


def day_of_month(today: date, day: int) -> date | None:
    """Return the next day of that number, today included."""
    for months in range(13):
        year, month = divmod(today.month - 1 + months, 12)
        try:
            found = date(today.year + year, month + 1, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def next_fitting(today: date, weekday: int, day: int) -> date | None:
    """Return the next day of that number in a month that is that weekday, within three months."""
    return next(
        (
            found
            for found in (today + timedelta(days=n) for n in range(_QUARTER))
            if found.day == day and found.weekday() == weekday
        ),
        None,
    )


def weekday_after(today: date, weekday: int, weeks: int | None = None) -> date:
    """Return the weekday meant (0 is Monday): the next to come, or, with `weeks`, that of this calendar week or of a later one.

    One of this week that is over already is the next to come.
    """
    ahead = today + timedelta(days=(weekday - today.weekday()) % 7 or 7)
    if weeks is None:
        return ahead
    found = today + timedelta(days=7 * weeks + weekday - today.weekday())
    return found if found >= today else ahead


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


def week_of_year(today: date, week: int) -> date | None:
    """Return the Monday of the ISO 8601 week of that number, the nearest not two months past; None when no year has it."""
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found = date.fromisocalendar(year, week, 1)
        except ValueError:
            continue
        if found >= today - _PAST:
            return found
    return None
