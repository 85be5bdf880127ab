"""Reads calendar parts through the icalendar library, one VEVENT at a time, so that a broken one costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from rules.calendar.types import Attendee, CalendarEvent
from rules.calendar.zones import Rules, named_zone, parse_rules, zone_name
from rules.mail.encoding import clean
from rules.mail.types import CalendarPart

__all__ = ["Calendars", "defects", "read", "read_all"]

_MAX_TEXT = 64 * 1024
_MAX_EVENTS = 50
_MAX_ATTENDEES = 100
_MAX_LINES = 5000
_MAX_LINE = 16 * 1024
_MAX_DESCRIPTION = 4096
_MAX_SHORT = 500
_USUAL = timedelta(hours=1)
_LONGEST = timedelta(days=31)
_ROOMS = frozenset({"ROOM", "RESOURCE"})
_READ = frozenset(
    {
        "ATTENDEE", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "DURATION", "LOCATION", "ORGANIZER", "RDATE", "RECURRENCE-ID",
        "RRULE", "SEQUENCE", "STATUS", "SUMMARY", "UID", "URL",
    }
)  # fmt: skip
_NAME = re.compile(r"^([A-Za-z0-9-]+)")


class Calendars(NamedTuple):
    """What stood in the calendar parts of one message, and what could not be read, in words."""

    events: tuple[CalendarEvent, ...]
    defects: tuple[str, ...]


def read(parts: Sequence[CalendarPart], *, fallback_zone: str = "UTC") -> list[CalendarEvent]:
    """Return the events of the calendar parts of one message, in file order. Never raises, never takes long.

    `fallback_zone` (IANA) is used for times without any zone, or with one that nobody knows; the event says so. One event that
    stands in several parts (inline and attached, as most senders do) is returned once.
    """
    return list(read_all(tuple(parts), fallback_zone).events)


def defects(parts: Sequence[CalendarPart], *, fallback_zone: str = "UTC") -> tuple[str, ...]:
    """Return what could not be read of the calendar parts of one message, in words."""
    return read_all(tuple(parts), fallback_zone).defects


@lru_cache(maxsize=128)
def read_all(parts: tuple[CalendarPart, ...], fallback_zone: str = "UTC") -> Calendars:
    """Return events and defects of the calendar parts of one message."""
    events: dict[tuple[object, ...], CalendarEvent] = {}
    troubles: list[str] = []
    for part in parts:
        try:
            found, bad = _part(part, fallback_zone)
        except Exception as error:  # noqa: BLE001 -- hostile input inside of a library: this part is lost, the mail is not
            troubles.append(f"a calendar part cannot be read ({type(error).__name__})")
            continue
        troubles.extend(bad)
        for event in found:
            key = (event.key, event.sequence, event.start, event.end, event.method or "REQUEST", event.status)
            events.setdefault(key, event)
    return Calendars(tuple(events.values())[:_MAX_EVENTS], tuple(troubles))


class _Zones(NamedTuple):
    rules: dict[str, Rules]
    own: str
    """X-WR-TIMEZONE."""
    fallback: str


def _lines(text: str) -> list[str]:
    """Unfold (RFC 5545 section 3.1); also lines that were folded with a lost blank are left as they are."""
    unfolded = text[:_MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\n ", "").replace("\n\t", "")
    return [line[:_MAX_LINE] for line in unfolded.split("\n")[:_MAX_LINES]]


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (name, lines) of each VEVENT and VTIMEZONE, and ("", [line]) of each other line. Alarms are left out."""
    name = ""
    block: list[str] = []
    inner = 0
    for line in lines:
        upper = line[:40].upper().strip()
        if not name:
            if upper in {"BEGIN:VEVENT", "BEGIN:VTIMEZONE"}:
                name, block, inner = upper[6:], [], 0
            else:
                yield "", [line]
        elif upper == f"END:{name}":
            yield name, block
            name = ""
        elif name == "VEVENT" and upper.startswith("BEGIN:"):
            if upper == "BEGIN:VEVENT":  # the one before was never closed
                yield name, block
                block, inner = [], 0
            else:
                inner += 1
        elif name == "VEVENT" and upper.startswith("END:"):
            inner -= inner > 0
        elif not inner:
            block.append(line)
    if name == "VEVENT":
        yield name, block


def _part(part: CalendarPart, fallback: str) -> tuple[list[CalendarEvent], list[str]]:
    headers: dict[str, str] = {}
    rules: dict[str, Rules] = {}
    blocks: list[list[str]] = []
    for name, lines in _blocks(_lines(part.text)):
        if name == "VTIMEZONE":
            rule = parse_rules(lines)
            if rule is not None:
                rules.setdefault(rule.tzid, rule)
        elif name == "VEVENT":
            blocks.append(lines)
        else:
            key, _, value = lines[0].partition(":")
            headers.setdefault(key.partition(";")[0].strip().upper(), value.strip())
    method = (headers.get("METHOD") or part.method).upper()[:32]
    events, troubles = _events(blocks, method, _Zones(rules, headers.get("X-WR-TIMEZONE", ""), fallback))
    if not blocks and part.text.strip():
        troubles.append("a calendar part holds no event")
    return events, troubles


def _events(blocks: list[list[str]], method: str, zones: _Zones) -> tuple[list[CalendarEvent], list[str]]:
    events: list[CalendarEvent] = []
    troubles: list[str] = []
    for lines in blocks[:_MAX_EVENTS]:
        try:
            events.append(_event(lines, method, zones))
        except Exception as error:  # noqa: BLE001 -- as above: this event is lost, the others are not
            troubles.append(f"a calendar event cannot be read ({type(error).__name__})")
    if len(blocks) > _MAX_EVENTS:
        troubles.append(f"more than {_MAX_EVENTS} calendar events; the rest was not read")
    return events, troubles


def _component(lines: list[str]) -> tuple[Any, list[str]]:
    """Parse the lines of one VEVENT; lines that icalendar refuses are left out and told."""
    from icalendar import Event  # noqa: PLC0415 -- 100 ms that a mail without a calendar part can do without
    from icalendar.parser import Contentline  # noqa: PLC0415

    event = Event()
    bad: list[str] = []
    for line in lines:
        match = _NAME.match(line)
        name = match[1].upper() if match else ""
        if name not in _READ:
            continue
        try:
            _, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # the library leaves it bare
            _add(event, name, params, value)
        except Exception:  # noqa: BLE001 -- whatever it is, the other lines may do
            bad.append(f"{name} cannot be read")
    return event, bad


def _add(event: Any, name: str, params: Any, value: str) -> None:
    """Put one property into the component as icalendar's own reader would, but without looking up zones."""
    from icalendar.prop import TypesFactory  # noqa: PLC0415

    factory = TypesFactory()
    tzid = params.pop("TZID", None)
    kind: Any = factory.for_property(name)
    prop = kind(kind.from_ical(value))
    prop.params = params
    if tzid is not None:
        params["X-TZID"] = tzid
    event.add(name, prop, encode=0)


def _event(lines: list[str], method: str, zones: _Zones) -> CalendarEvent:
    component, bad = _component(lines)
    start = _time(component.get("DTSTART"), zones)
    moment, end, assumed = start.at, None, False
    if moment is not None:
        end = _end(component, moment, zones)
        if end is None or not moment < end <= moment + _LONGEST:
            end, assumed = moment + (timedelta(days=1) if start.all_day else _USUAL), True
    if start.guessed:
        bad.append("the start names a time zone that is not known")
    stamp = _time(component.get("DTSTAMP"), zones).at
    people = [_attendee(item) for item in _several(component.get("ATTENDEE"))[:_MAX_ATTENDEES]]
    organizer = component.get("ORGANIZER")
    recurrence = component.get("RECURRENCE-ID")
    return CalendarEvent(
        uid=_text(component.get("UID"), _MAX_SHORT),
        method=method,
        sequence=_whole(component.get("SEQUENCE")),
        stamp=stamp,
        recurrence_id=_recurrence(_first(recurrence), zones),
        status=_text(component.get("STATUS"), 32).upper(),
        start=moment,
        end=end,
        zone=start.zone,
        all_day=start.all_day,
        floating=start.floating,
        zone_guessed=start.guessed,
        end_assumed=assumed,
        recurring=component.get("RRULE") is not None or component.get("RDATE") is not None,
        organizer=_attendee(_first(organizer)) if organizer is not None else None,
        attendees=tuple(person for person in people if person.kind not in _ROOMS),
        rooms=tuple(person.name or person.address for person in people if person.kind in _ROOMS),
        summary=_text(component.get("SUMMARY"), _MAX_SHORT),
        description=_text(component.get("DESCRIPTION"), _MAX_DESCRIPTION, lines=True),
        location=_text(component.get("LOCATION"), _MAX_SHORT),
        url=_text(component.get("URL"), _MAX_SHORT),
        defects=tuple(bad),
    )


class _Time(NamedTuple):
    at: datetime | None = None
    zone: str = ""
    all_day: bool = False
    floating: bool = False
    guessed: bool = False


def _time(prop: Any, zones: _Zones) -> _Time:
    """Return when a DATE or DATE-TIME property is (RFC 5545 section 3.3.5: UTC, with a zone, floating)."""
    prop = _first(prop)
    value = getattr(prop, "dt", None)
    if not isinstance(value, date):
        return _Time()
    tzid = str(prop.params.get("X-TZID", "")).strip()
    if not isinstance(value, datetime):
        zone, name, _ = _zone(datetime(value.year, value.month, value.day), tzid or zones.own, zones)  # noqa: DTZ001 -- a wall time
        return _Time(_in_range(datetime(value.year, value.month, value.day, tzinfo=zone)), name, all_day=True, floating=not tzid)
    if value.tzinfo is not None:
        moment = _in_range(value.astimezone(UTC))
        # A UTC time beside a TZID or in a calendar with a zone: the instant is UTC, the zone tells where they are.
        named = named_zone(tzid or zones.own) if tzid or zones.own else None
        if moment is not None and isinstance(named, tzinfo) and zone_name(tzid or zones.own) not in {"", "UTC"}:
            return _Time(moment.astimezone(named), zone_name(tzid or zones.own))
        return _Time(moment)
    zone, name, known = _zone(value, tzid or zones.own, zones)
    return _Time(_in_range(value.replace(tzinfo=zone)), name, floating=not tzid, guessed=bool(tzid) and not known)


def _zone(wall: datetime, tzid: str, zones: _Zones) -> tuple[tzinfo, str, bool]:
    """Return (zone, IANA name or empty, whether it is known) for a wall time (naive)."""
    rules = zones.rules.get(tzid) if tzid else None
    if tzid and rules is None and len(zones.rules) == 1 and named_zone(tzid) is None:
        rules = next(iter(zones.rules.values()))  # TZID and VTIMEZONE spelled differently
    name = zone_name(tzid) if tzid else ""
    if rules is not None and not name:
        name = zone_name(rules.location) if rules.location else ""
    named = named_zone(name or tzid) if tzid else None
    offset = rules.offset_at(wall) if rules is not None else None
    if offset is not None:
        if named is not None and wall.replace(tzinfo=named).utcoffset() == offset:
            return named, "" if name == "UTC" else name, True
        return timezone(offset), "" if name == "UTC" else name, True
    if named is not None:
        return named, "" if name == "UTC" else name, True
    fallback = named_zone(zones.fallback) or UTC
    return fallback, "" if tzid or fallback is UTC else zone_name(zones.fallback), False


def _in_range(value: datetime) -> datetime | None:
    """Return the time if arithmetic on it is safe, else None."""
    return value if 1970 <= value.year <= 2200 else None  # noqa: PLR2004 -- no interview is outside


def _end(component: Any, start: datetime, zones: _Zones) -> datetime | None:
    end = _time(component.get("DTEND"), zones).at
    if end is not None:
        return end
    duration = getattr(_first(component.get("DURATION")), "td", None)
    if not isinstance(duration, timedelta) or not timedelta() < duration <= _LONGEST:
        return None
    # RFC 5545 section 3.3.6: hours are exact, whatever the clocks do meanwhile.
    return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)


def _recurrence(prop: Any, zones: _Zones) -> str:
    """Return RECURRENCE-ID in one spelling, so that two mails about one of a series name it alike: UTC, or the date."""
    moment = _time(prop, zones)
    if moment.at is None:
        return ""
    return moment.at.strftime("%Y%m%d") if moment.all_day else moment.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _text(value: Any, limit: int, *, lines: bool = False) -> str:
    value = _first(value)
    return "" if value is None else clean(str(value)[: 2 * limit], lines=lines).strip()[:limit]


def _whole(value: Any) -> int:
    try:
        return max(0, min(int(_first(value)), 2**31))
    except (TypeError, ValueError):
        return 0


def _attendee(prop: Any) -> Attendee:
    value = clean(str(prop))[:_MAX_SHORT]
    address = re.sub(r"^mailto:", "", value, flags=re.IGNORECASE).strip().strip("<>").lower()
    params = getattr(prop, "params", {})
    email = str(params.get("EMAIL", "")).lower()
    if "@" not in address or " " in address:
        address = email if "@" in email else ""
    return Attendee(
        name=clean(str(params.get("CN", ""))).strip("\"' ")[:200],
        address=address,
        kind=str(params.get("CUTYPE", "")).upper()[:32],
        role=str(params.get("ROLE", "")).upper()[:32],
        answer=str(params.get("PARTSTAT", "")).upper()[:32],
    )
