"""One step of an argument, and how days and times are said in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

__all__ = ["Reason", "day_words", "time_words"]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the argument."""

    text: str
    """A sentence for the user, with the dates in it."""
    rules: tuple[str, ...] = ()
    """Ids of followup rules and decisions (`F6`, `D1`)."""
    articles: tuple[str, ...] = ()
    """Keys of the articles they come from (`S3`)."""
    evidence: tuple[str, ...] = ()
    """Identities of the messages, or ids of the marks, that it rests on."""


def day_words(day: date) -> str:
    """Return `Tuesday 3 March 2026`, whatever the locale."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_words(when: datetime) -> str:
    """Return `Tuesday 3 March 2026, 08:00` in the zone that `when` is in."""
    return f"{day_words(when.date())}, {when:%H:%M}"
