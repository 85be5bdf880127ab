"""Dates, names and states in words, for people; text from mail made safe for a terminal."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo

from connectors.base import Spent
from rules.drafts.types import DraftKind
from rules.process import State

__all__ = [
    "KIND_WORDS",
    "STATE_STYLES",
    "STATE_WORDS",
    "day_words",
    "days_away",
    "plain",
    "span_words",
    "spent_words",
    "time_words",
]

_MIDNIGHT = time()
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

STATE_WORDS: dict[State, str] = {
    State.SCHEDULED: "interview ahead",
    State.THEIR_TURN: "waiting for them",
    State.OUR_TURN: "your turn",
    State.DRAFTED: "draft ready",
    State.PAUSED: "paused",
    State.DORMANT: "gone quiet",
    State.CLOSED: "closed",
}

STATE_STYLES: dict[State, str] = {
    State.SCHEDULED: "cyan",
    State.THEIR_TURN: "default",
    State.OUR_TURN: "bold green",
    State.DRAFTED: "bold blue",
    State.PAUSED: "yellow",
    State.DORMANT: "dim",
    State.CLOSED: "dim",
}

KIND_WORDS: dict[DraftKind, str] = {
    DraftKind.THANK_YOU: "Thank-you note",
    DraftKind.STATUS: "Follow-up",
    DraftKind.GRACIOUS: "Gracious note",
    DraftKind.NO_SHOW: "Request for another time",
    DraftKind.KEEP_WARM: "Keep-in-touch note",
    DraftKind.PREP: "Questions to ask",
    DraftKind.NOTES: "Your notes",
    DraftKind.LINKEDIN: "LinkedIn note",
}


def plain(text: str, longest: int = 200) -> str:
    """Return text from a mail on one line, without what could move a cursor, hide or reorder characters; cut at `longest`."""
    line = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def day_words(day: date, today: date | None = None) -> str:
    """Return `Tue 24 Nov`, with the year where it is not that of `today`."""
    year = f" {day.year}" if today is not None and day.year != today.year else ""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}{year}"


def time_words(at: datetime, zone: tzinfo, today: date | None = None) -> str:
    """Return `Tue 24 Nov, 08:00` in `zone`."""
    local = at.astimezone(zone)
    return f"{day_words(local.date(), today)}, {local:%H:%M}"


def span_words(opens: datetime, closes: datetime, zone: tzinfo, today: date | None = None) -> str:
    """Return `Tue 24 Nov, 08:00-11:00` in `zone`, with both days where they differ; of whole days the days alone."""
    first, last = opens.astimezone(zone), closes.astimezone(zone)
    if first.time() == last.time() == _MIDNIGHT and first.date() < last.date():
        through = last.date() - timedelta(days=1)
        days = day_words(first.date(), today)
        return f"{days}, all day" if through == first.date() else f"{days} \N{EN DASH} {day_words(through, today)}, all day"
    if first.date() == last.date():
        return f"{time_words(first, zone, today)}\N{EN DASH}{last:%H:%M}"
    return f"{time_words(first, zone, today)} \N{EN DASH} {time_words(last, zone, today)}"


def days_away(day: date, today: date) -> str:
    """Return `today`, `tomorrow`, `in 5 days`, `yesterday` or `5 days ago`."""
    match (day - today).days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
        case days if days > 0:
            return f"in {days} days"
        case days:
            return f"{-days} days ago"


def spent_words(spent: Spent) -> str:
    """Return `; 12 calls, 60 units of quota`, as the end of a sentence; nothing where the provider does not count."""
    if not spent.calls:
        return ""
    units = f", {spent.units:,} units of quota" if spent.units else ""
    return f"; {spent.calls:,} call{'s' * (spent.calls != 1)}{units}"
