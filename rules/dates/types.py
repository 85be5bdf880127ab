"""What is said about time: days, times of day, moments, parts of the calendar, and what can be read in two ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

__all__ = ["MAX_FOUND", "Ambiguous", "Clock", "Day", "Moment", "Period"]

MAX_FOUND = 60
"""So many days, and so many times, are read of one text."""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day named in a text, and where it stands."""

    day: date
    start: int
    end: int
    bare: bool = False
    """It is told by its place from today or by its weekday alone (`tomorrow`, `Tuesday`)."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, perhaps with an end and a zone, and where it stands."""

    at: time
    until: time | None
    zone: str
    """IANA name, `UTC`, or an offset such as `+02:00`; empty when none is written."""
    start: int
    end: int
    zones: tuple[str, ...] = ()
    """What an abbreviation of a zone may mean (IANA names), the likeliest first, where that is several; `zone` is empty then."""
    firm: bool = False
    """The first of `zones` is meant unless something speaks for another."""
    moved: bool = False
    """What is written as a range is a time before and a time after a change (`moved from 2 pm to 3 pm`)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time that belong together."""

    start: datetime
    end: datetime | None
    zone: str
    """IANA name of the zone that was written; empty when none was."""
    position: int
    """Where its time stands in the text."""
    finish: int = -1
    """Where the time ends."""
    old: bool = False
    """It is said to be replaced (`instead of Tuesday at ten`, `was 2 pm`)."""
    beside: bool = False
    """Its day stands beside its time, not in another sentence or line."""


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the calendar that is named: `the end of next week`, `early March`, `calendar week 12`."""

    first: date
    last: date
    """Its last working day (Monday to Friday), for a period of a week or longer."""
    part: str
    """`end`, `begin`, `mid` or `whole`."""
    unit: str
    """`day`, `week`, `month` or `year`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A date or time that can be read in more than one way, as written, and where it stands in the text."""

    text: str
    readings: tuple[date, ...]
    """At least two days, or (aware) datetimes where the zone is in doubt, the earlier first."""
    start: int
    end: int
