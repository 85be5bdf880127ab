"""Taking values out of the answers of Microsoft Graph, as `connectors.answers` does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.answers import Json, record, records

__all__ = ["Json", "flag", "instant", "number", "record", "records", "text"]

_STAMP: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|([+-])(\d\d):(\d\d))?", re.ASCII | re.IGNORECASE
)
_YEARS: Final = range(1960, 2960)
"""Years in which mail is sent; at the ends of the calendar no time zone can be applied."""


def text(value: Json, name: str) -> str:
    """Return a string, else an empty one."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


def number(value: Json, name: str) -> int | None:
    """Return an integer of the size that the service's types have, else None."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 1 << 63 else None


def flag(value: Json, name: str) -> bool | None:
    """Return a boolean, else None."""
    found = value.get(name)
    return found if isinstance(found, bool) else None


def instant(value: Json, name: str) -> datetime | None:
    """Return a time (`Edm.DateTimeOffset`, in UTC where it names no offset) as an aware datetime of whole seconds, else None."""
    match = _STAMP.fullmatch(text(value, name).strip()[:40])
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        hours, minutes = (int(part or 0) for part in match.groups()[7:])
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if match[7] == "-" else 1)
        found = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - ahead
    except (ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None
