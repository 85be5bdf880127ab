"""Reads calendar parts through the icalendar library, one VEVENT at a time, so that a broken one costs only itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from rules.calendar.component import component_of
from rules.calendar.lines import Calendar, calendars, unfolded
from rules.calendar.recurrence import first_instance
from rules.calendar.times import Time, Zones, time_of
from rules.calendar.types import Attendee, CalendarEvent
from rules.calendar.zones import Rules, parse_rules
from rules.mail.encoding import clean, decode_words
from rules.mail.html import render
from rules.mail.types import CalendarPart

__all__ = ["Calendars", "defects", "read", "read_all"]

_MAX_EVENTS = 50
_MAX_ATTENDEES = 100
_MAX_DESCRIPTION = 4096
_MAX_SHORT = 500
_USUAL = timedelta(hours=1)
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=31)
_ROOMS = frozenset({"ROOM", "RESOURCE"})
_ROOMS_OF_CALLS = (
    "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK",
)  # fmt: skip
_HTML = re.compile(r"<(?:br|p|div|html|a|ul|ol|li|table|span|b|strong)\b[^<>]{0,500}>", re.IGNORECASE)
_SCHEME = re.compile(r"^\s*mailto:", re.IGNORECASE)
_MAILBOX = re.compile(r"^[^<>]{0,200}<([^<>\s]+@[^<>\s]+)>$")
_WHOLE = re.compile(r"\s*(\d{1,10})")


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


@lru_cache(maxsize=8)
def read_all(parts: tuple[CalendarPart, ...], fallback_zone: str = "UTC") -> Calendars:
    """Return events and defects of the calendar parts of one message."""
    events: dict[tuple[object, ...], CalendarEvent] = {}
    troubles: list[str] = []
    seen: set[tuple[str, str]] = set()
    for part in parts:
        same = (unfolded(part.text), "" if "\nMETHOD:" in part.text else part.method)
        if same in seen:  # inline and attached
            continue
        seen.add(same)
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


def _part(part: CalendarPart, fallback: str) -> tuple[list[CalendarEvent], list[str]]:
    objects = calendars(part.text)
    everywhere = _rules(lines for item in objects for lines in item.zones)
    events: list[CalendarEvent] = []
    troubles: list[str] = []
    for item in objects:
        method = (item.properties.get("METHOD") or part.method).strip().upper()[:32]
        own = item.properties.get("X-WR-TIMEZONE", "") or item.properties.get("TZID", "")
        found, bad = _events(item, method, Zones(everywhere | _rules(item.zones), own, fallback))
        events += found
        troubles += bad
    if not any(item.events for item in objects) and part.text.strip():
        troubles.append("a calendar part holds no event")
    return events, troubles


def _rules(blocks: Iterable[list[str]]) -> dict[str, Rules]:
    found: dict[str, Rules] = {}
    for lines in blocks:
        rules = parse_rules(lines)
        if rules is not None and len(found) < _MAX_EVENTS:
            found.setdefault(rules.tzid, rules)
    return found


def _events(calendar: Calendar, method: str, zones: Zones) -> tuple[list[CalendarEvent], list[str]]:
    events: list[CalendarEvent] = []
    troubles: list[str] = []
    for lines in calendar.events[:_MAX_EVENTS]:
        try:
            events.append(_event(lines, method, zones))
        except Exception as error:  # noqa: BLE001 -- as above: this event is lost, the others are not
            troubles.append(f"a calendar event cannot be read ({type(error).__name__})")
    if len(calendar.events) > _MAX_EVENTS:
        troubles.append(f"more than {_MAX_EVENTS} calendar events; the rest was not read")
    return events, troubles


def _event(lines: list[str], method: str, zones: Zones) -> CalendarEvent:
    component, refused = component_of(tuple(lines))
    bad = list(refused)
    get = component.get
    start = first_instance(time_of(get("DTSTART"), zones), get("RRULE"), get("RDATE"), get("EXDATE"), zones)
    moment, end, assumed = start.at, None, False
    if moment is not None:
        end = _end(component, moment, start.shift, zones)
        if end is None or not moment < end <= moment + _LONGEST:
            end, assumed = moment + (_DAY if start.all_day else _USUAL), True
    if start.guessed:
        bad.append("the start names a time zone that is not known")
    people = [_attendee(item) for item in _several(get("ATTENDEE"))[:_MAX_ATTENDEES]]
    organizer = get("ORGANIZER")
    recurrence = time_of(get("RECURRENCE-ID"), zones)
    if recurrence.at is None and method == "ADD":
        recurrence = start
    return CalendarEvent(
        uid=_text(get("UID"), _MAX_SHORT),
        method=method,
        sequence=_whole(get("SEQUENCE")),
        unnumbered=get("SEQUENCE") is None,
        stamp=time_of(get("DTSTAMP"), zones).at,
        recurrence_id=_recurrence(recurrence),
        status=_text(get("STATUS"), 32).upper(),
        start=moment,
        end=end,
        zone=start.zone,
        all_day=start.all_day or _text(get("X-MICROSOFT-CDO-ALLDAYEVENT"), 8).upper() == "TRUE",
        floating=start.floating,
        zone_guessed=start.guessed,
        end_assumed=assumed,
        recurring=get("RRULE") is not None or get("RDATE") is not None,
        organizer=_attendee(_first(organizer)) if organizer is not None else None,
        attendees=tuple(person for person in people if person.kind not in _ROOMS),
        rooms=tuple(person.name or person.address for person in people if person.kind in _ROOMS),
        summary=_text(get("SUMMARY"), _MAX_SHORT),
        description=_description(component),
        location=_text(get("LOCATION"), _MAX_SHORT),
        url=_text(get("URL"), _MAX_SHORT),
        conference=next((found for name in _ROOMS_OF_CALLS if (found := _text(get(name), _MAX_SHORT))), ""),
        defects=tuple(bad),
    )


def _end(component: Any, start: datetime, shift: timedelta, zones: Zones) -> datetime | None:
    """Return the end; `shift` is by how much the start was moved behind an excluded first instance."""
    end = time_of(component.get("DTEND"), zones).at
    if end is not None:
        return end + shift
    duration = getattr(_first(component.get("DURATION")), "td", None)
    if not isinstance(duration, timedelta) or not timedelta() < duration <= _LONGEST:
        return None
    # RFC 5545 section 3.3.6: hours are exact, whatever the clocks do meanwhile; days are those of the calendar.
    days = timedelta(days=duration.days) if duration.seconds == 0 else timedelta()
    if days:
        return start + days
    return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)


def _recurrence(moment: Time) -> str:
    """Return RECURRENCE-ID in one spelling, so that two mails about one of a series name it alike: UTC, or the date."""
    if moment.at is None:
        return ""
    return moment.at.strftime("%Y%m%d") if moment.all_day else moment.at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _description(component: Any) -> str:
    """Return DESCRIPTION, else X-ALT-DESC, as a reader sees it: both may be HTML."""
    text = _text(component.get("DESCRIPTION"), 4 * _MAX_DESCRIPTION, lines=True)
    text = text or _text(component.get("X-ALT-DESC"), 4 * _MAX_DESCRIPTION, lines=True).replace("\\n", "\n").replace("\\N", "\n")
    if _HTML.search(text):
        rendered = render(text)
        # The address of a link stands in the HTML only, and may be the room of the call.
        text = "\n".join(
            (rendered.text, *(address for label, address in rendered.links if address not in rendered.text and address != label))
        )
    return text[:_MAX_DESCRIPTION].strip()


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _text(value: Any, limit: int, *, lines: bool = False) -> str:
    value = _first(value)
    return "" if value is None else clean(str(value)[: 2 * limit], lines=lines).strip()[:limit]


def _whole(value: Any) -> int:
    match = _WHOLE.match(str(_first(value)))
    return min(int(match[1]), 2**31) if match else 0


def _attendee(prop: Any) -> Attendee:
    value = clean(str(prop))[:_MAX_SHORT]
    address = _MAILBOX.sub(r"\1", _SCHEME.sub("", value).strip()).strip("<> ").lower()
    params = getattr(prop, "params", {})
    email = str(params.get("EMAIL", "")).lower()
    if "@" not in address or " " in address:
        address = email if "@" in email else ""
    return Attendee(
        name=clean(decode_words(str(params.get("CN", ""))[:_MAX_SHORT])).strip("\"' ")[:200],
        address=address,
        kind=str(params.get("CUTYPE", "")).upper()[:32],
        role=str(params.get("ROLE", "")).upper()[:32],
        answer=str(params.get("PARTSTAT", "")).upper()[:32],
    )
