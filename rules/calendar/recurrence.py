"""The first instance of a series that takes place, where EXDATE takes the very first out (RFC 5545 section 3.8.5).

Simple rules only, at most 400 steps: an interview is no daily stand-up, and hostile rules must not run for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from rules.calendar.times import Time, Zones, naive_of, time_of

__all__ = ["first_instance"]

_STEPS = 400
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS = 12


def first_instance(start: Time, rule: Any, more: Any, excluded: Any, zones: Zones) -> Time:
    """Return the start, or the first instance behind it that is not excluded; the start where none can be told."""
    if start.at is None or excluded is None:
        return start
    out = set(_dates(excluded, zones))
    if start.at not in out:
        return start
    wall = start.at.replace(tzinfo=None)
    candidates = [found for found in _dates(more, zones) if found > start.at]
    for step in _walls(wall, rule[0] if isinstance(rule, list) and rule else rule):
        moment = step.replace(tzinfo=start.at.tzinfo)
        if moment not in out:
            candidates.append(moment)
            break
    left = [found for found in candidates if found not in out]
    if not left:
        return start
    first = min(left).astimezone(start.at.tzinfo)
    return start._replace(at=first, shift=first.replace(tzinfo=None) - wall)


def _dates(prop: Any, zones: Zones) -> Iterator[datetime]:
    for item in prop if isinstance(prop, list) else [prop]:
        for value in getattr(item, "dts", [item])[:_STEPS]:
            if value is None:
                continue
            found = time_of(value, zones, tzid=str(getattr(item, "params", {}).get("X-TZID", ""))).at
            if found is not None:
                yield found


def _walls(start: datetime, rule: Any) -> Iterator[datetime]:
    """Yield the wall times of a simple rule behind its start."""
    if rule is None:
        return
    frequency = str(_one(rule, "FREQ", "")).upper()
    interval = max(1, min(int(_one(rule, "INTERVAL", 1)), _STEPS))
    until = _one(rule, "UNTIL", None)
    last = naive_of(until) if isinstance(until, date) else None
    days = {_DAYS.index(str(day)[-2:].upper()) for day in rule.get("BYDAY", []) if str(day)[-2:].upper() in _DAYS}
    count = int(_one(rule, "COUNT", _STEPS))
    seen = 1
    moment = start
    for _ in range(_STEPS):
        following = _next(moment, start, frequency, interval, days)
        if following is None or (last is not None and following.date() > last.date()) or seen >= count:
            return
        moment, seen = following, seen + 1
        yield moment


def _one(rule: Any, name: str, default: Any) -> Any:
    value = rule.get(name, default)
    return (value[0] if value else default) if isinstance(value, list) else value


def _next(moment: datetime, start: datetime, frequency: str, interval: int, days: set[int]) -> datetime | None:
    try:
        if frequency == "DAILY":
            return moment + timedelta(days=interval)
        if frequency == "WEEKLY":
            later = [day for day in sorted(days) if day > moment.weekday()]
            if later:
                return moment + timedelta(days=later[0] - moment.weekday())
            monday = moment - timedelta(days=moment.weekday())
            return monday + timedelta(weeks=interval, days=min(days, default=start.weekday()))
        if frequency in {"MONTHLY", "YEARLY"} and not days:
            months = moment.month - 1 + interval * (1 if frequency == "MONTHLY" else _MONTHS)
            return moment.replace(year=moment.year + months // _MONTHS, month=months % _MONTHS + 1, day=start.day)
    except (ValueError, OverflowError):
        return None
    return None
