"""When a DATE or DATE-TIME property is (RFC 5545 sections 3.3.4 and 3.3.5): UTC, in a zone, floating."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any, NamedTuple

from rules.calendar.zones import Rules, named_zone, zone_name

__all__ = ["Time", "Zones", "canonical", "naive_of", "time_of"]

_LENIENT = re.compile(
    r"^\s*(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ]\s*(\d\d):?(\d\d)(?::?(\d\d))?(?:\.\d{1,9})?\s*([Zz]|[+-]\d\d:?\d\d)?)?\s*(/.*)?$",
    re.DOTALL,
)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LAST_HOUR = 24


class Zones(NamedTuple):
    """The zones by which the times of one calendar are read."""

    rules: Mapping[str, Rules]
    """VTIMEZONE by TZID."""
    own: str
    """X-WR-TIMEZONE."""
    fallback: str
    """IANA name for times without any zone."""


class Time(NamedTuple):
    """An instant with what is known of its zone."""

    at: datetime | None = None
    zone: str = ""
    """IANA name; empty for UTC, a bare offset or a zone of the file's own."""
    all_day: bool = False
    floating: bool = False
    guessed: bool = False
    """The zone that is named is not known."""
    shift: timedelta = timedelta()
    """By how much it was moved from what is written."""


def canonical(text: str) -> str:
    """Return a date or time in the form of RFC 5545, where it is written with dashes, colons, an offset, or without seconds."""
    match = _LENIENT.match(text)
    if match is None:
        return text.strip()
    day = "".join(match.group(1, 2, 3))
    rest = match[8] or ""
    if match[4] is None:
        return day + rest
    hour, minute, second, zone = match[4], match[5], match[6] or "00", (match[7] or "").upper()
    if zone[:1] in {"+", "-"}:
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        wall = datetime.strptime(f"{day}{hour}{minute}{second}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return f"{wall - (offset if zone[0] == '+' else -offset):%Y%m%dT%H%M%SZ}"
    if int(hour) == _LAST_HOUR and minute == second == "00":  # ISO 8601's end of the day
        return f"{datetime.strptime(day, '%Y%m%d').replace(tzinfo=UTC) + timedelta(days=1):%Y%m%dT000000}{zone}"
    return f"{day}T{hour}{minute}{'59' if second == '60' else second}{zone}{rest}"


def naive_of(value: date) -> datetime:
    """Return a date or a time as a wall time without zone."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001


def time_of(prop: Any, zones: Zones, *, tzid: str = "") -> Time:
    """Return when a property is; an empty Time when it is missing or cannot be read. `tzid` is that of a list it stands in."""
    if isinstance(prop, list):
        prop = prop[0] if prop else None
    value = getattr(prop, "dt", None)
    if isinstance(value, tuple):  # a period
        value = value[0]
    if not isinstance(value, date):
        return Time()
    tzid = str(prop.params.get("X-TZID", "") or tzid).strip()
    day_only = not isinstance(value, datetime) or str(prop.params.get("VALUE", "")).upper() == "DATE"
    if day_only:
        midnight = naive_of(value).replace(hour=0, minute=0, second=0)
        zone, name, _ = _zone(midnight, tzid or zones.own, zones)
        return Time(_in_range(midnight.replace(tzinfo=zone)), name, all_day=True, floating=not tzid)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _universal(value, tzid or zones.own)
    wall = naive_of(value)
    zone, name, known = _zone(wall, tzid or zones.own, zones)
    return Time(_in_range(_existing(wall.replace(tzinfo=zone))), name, floating=not tzid, guessed=bool(tzid) and not known)


def _universal(value: datetime, tzid: str) -> Time:
    """Read a UTC time; beside a TZID, or in a calendar with a zone, the instant is UTC and the zone tells where they are."""
    moment = _in_range(value.astimezone(UTC))
    name = zone_name(tzid) if tzid else ""
    named = named_zone(tzid) if name not in {"", "UTC"} else None
    if moment is not None and named is not None:
        return Time(moment.astimezone(named), name)
    return Time(moment)


def _existing(moment: datetime) -> datetime:
    """Return a time that the clocks skip as the one they show instead (RFC 5545 section 3.3.5: read in the offset before)."""
    again = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return again if again.replace(tzinfo=None) != moment.replace(tzinfo=None) else moment


def _in_range(value: datetime) -> datetime | None:
    """Return the time if arithmetic on it is safe, else None."""
    return value if _FIRST_YEAR <= value.year <= _LAST_YEAR else None


def _zone(wall: datetime, tzid: str, zones: Zones) -> tuple[tzinfo, str, bool]:
    """Return (zone, IANA name or empty, whether it is known) for a wall time (naive)."""
    rules = _rules_of(tzid, zones)
    name = zone_name(tzid) if tzid else ""
    if rules is not None and not name:
        name = zone_name(rules.location) if rules.location else ""
    named = named_zone(name or tzid) if tzid else None
    shown = "" if name == "UTC" else name
    offset = rules.offset_at(wall) if rules is not None else None
    if rules is not None and offset is not None:
        if named is None or _contradicts(rules, offset, wall, named):
            return timezone(offset), shown, True
        return named, shown, True
    if named is not None:
        return named, shown, True
    if tzid and zones.own and zones.own != tzid and (of_calendar := named_zone(zones.own)) is not None:
        return of_calendar, zone_name(zones.own).replace("UTC", ""), False
    fallback = named_zone(zones.fallback) or UTC
    return fallback, "" if tzid or fallback is UTC else zone_name(zones.fallback), False


def _rules_of(tzid: str, zones: Zones) -> Rules | None:
    """Return the rules that the file gives for a zone; spelled differently, they are meant where they are the only ones."""
    if not tzid:
        return None
    found = zones.rules.get(tzid) or zones.rules.get(tzid.strip("\"'"))
    if found is None:
        lower = tzid.strip("\"'").lower()
        found = next((rules for name, rules in zones.rules.items() if name.lower() == lower), None)
    if found is None and len(zones.rules) == 1 and named_zone(tzid) is None:
        found = next(iter(zones.rules.values()))
    return found


def _contradicts(rules: Rules, offset: timedelta, wall: datetime, named: tzinfo) -> bool:
    """Say whether the rules of the file overrule the zone of their name.

    They do (RFC 5545 section 3.6.5), but where they are visibly cut short: a single offset for a zone that has two, or rules that
    ended before the time asked for. Then the name is what the sender meant.
    """
    if wall.replace(tzinfo=named).utcoffset() == offset:
        return False
    usual = {datetime(wall.year, month, 1, tzinfo=named).utcoffset() for month in (1, 7)}
    return rules.goes_on(wall) or offset not in usual
