"""Structured data in the HTML of a mail (schema.org in JSON-LD, microdata or RDFa Lite), read into values.

`Message.markup` holds it as JSON texts with a record separator between them. Broken ones cost themselves only: trailing commas,
comment marks and entities are mended, anything else is left. At most 400 nodes to a depth of 12 are looked at.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any

from rules.calendar import named_zone, zone_name
from rules.mail.encoding import clean
from rules.mail.html import RECORD
from rules.mail.types import Message

__all__ = ["MarkedEvent", "MarkedPerson", "Markup", "read_markup"]

_MAX_NODES = 400
_MAX_DEPTH = 12
_MAX_EVENTS = 20
_MAX_PEOPLE = 20
_MAX_TEXT = 300
_MAX_ADDRESS = 2000
_WRAPPED = re.compile(r"^\s*(?://\s*)?(?:<!--|<!\[CDATA\[)|(?://\s*)?(?:-->|\]\]>)\s*$")
_TRAILING = re.compile(r",(?=\s*[}\]])")
_STAMP = re.compile(
    r"^\s*(\d{4})-?(\d\d)-?(\d\d)(?:[T ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\s*$",
    re.IGNORECASE,
)
_LENGTH = re.compile(r"^PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?$", re.IGNORECASE)
_EVENT = re.compile(r"(?:Event|Interview|Meeting|Appointment)$")
_RESERVATION = re.compile(r"(?:Event|Appointment|Service)?Reservation$")
_BOOKING = frozenset({"ReserveAction", "ScheduleAction", "ConfirmAction", "RsvpAction", "ViewAction", "ChooseAction"})
_PICKING = frozenset({"ReserveAction", "ScheduleAction", "ChooseAction"})
_CANCELLED = ("cancel",)
_LIMIT_HOURS = 18


@dataclass(frozen=True, slots=True)
class MarkedPerson:
    """A schema.org Person: name, address (lower-case) and job title, each empty when not given."""

    name: str = ""
    address: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class MarkedEvent:
    """A schema.org Event, by itself or as what an EventReservation is for."""

    name: str = ""
    start: datetime | None = None
    """Aware; None when there is none that can be read."""
    end: datetime | None = None
    """Aware, after `start`; None when it is not given."""
    zone: str = ""
    """IANA name of the zone that was named; empty when only an offset was, or nothing."""
    all_day: bool = False
    floating: bool = False
    """Neither offset nor zone was given: the time was read in the fallback zone."""
    was: datetime | None = None
    """`previousStartDate`, of an event that was moved."""
    cancelled: bool = False
    place: str = ""
    """Name and address of a place, or of a VirtualLocation; may be empty."""
    url: str = ""
    """Of the VirtualLocation, else of the event."""
    uid: str = ""
    """`reservationNumber` or `identifier`, else `@id`; empty when none is given."""
    people: tuple[MarkedPerson, ...] = ()
    """Organizer, performers and attendees that are persons."""
    organization: str = ""
    """The organizer, where it is an organization."""


@dataclass(frozen=True, slots=True)
class Markup:
    """What the structured data of one mail says. Everything unknown is empty."""

    types: frozenset[str] = frozenset()
    """The schema.org types of all nodes, without address (`EventReservation`)."""
    events: tuple[MarkedEvent, ...] = ()
    company: str = ""
    """`hiringOrganization` of a JobPosting, else the organization that organizes the event or stands by itself."""
    role: str = ""
    """`title` of the JobPosting, if the mail is about one only."""
    postings: int = 0
    """How many JobPostings there are: many make an alert."""
    booking_link: str = ""
    """The address of the action by which a time is picked."""
    actions: tuple[tuple[str, str], ...] = ()
    """(type, address) of each action: ConfirmAction, RsvpAction, ViewAction and the like."""


def read_markup(message: Message, *, zone: str = "UTC") -> Markup:
    """Return what the structured data of a message says. Never raises; a mail without any costs nothing.

    `zone` (IANA) is used for times that name neither an offset nor a zone; the event says so.
    """
    return _read(message.markup, zone) if message.markup else _NOTHING


_NOTHING = Markup()


@lru_cache(maxsize=8)
def _read(text: str, zone: str) -> Markup:
    nodes = [node for block in text.split(RECORD) for node in _nodes(_parsed(block))][:_MAX_NODES]
    fallback = named_zone(zone) or UTC
    inner = {id(node) for node, _ in nodes for name in ("superEvent", "subEvent") for node in _dicts(node.get(name))}
    events: dict[tuple[str, datetime | None], MarkedEvent] = {}
    reserved: set[int] = set()
    for node, _ in nodes:
        if _is(node, _RESERVATION):
            for about in _dicts(node.get("reservationFor")):
                reserved.add(id(about))
                _keep(events, _event(about, node, zone, fallback))
    for node, _ in nodes:
        if _is(node, _EVENT) and id(node) not in reserved and (id(node) not in inner or not events):
            _keep(events, _event(node, {}, zone, fallback))
    postings = [node for node, _ in nodes if "JobPosting" in _types(node)]
    actions = tuple(dict.fromkeys(action for node, _ in nodes if (action := _action(node)) is not None))[:_MAX_EVENTS]
    return Markup(
        types=frozenset(kind for node, _ in nodes for kind in _types(node)),
        events=tuple(events.values())[:_MAX_EVENTS],
        company=_company(nodes, postings, tuple(events.values())),
        role=_role(postings),
        postings=len(postings),
        booking_link=next((url for kind, url in actions if kind in _PICKING), ""),
        actions=actions,
    )


def _keep(events: dict[tuple[str, datetime | None], MarkedEvent], event: MarkedEvent) -> None:
    if event.start is not None or event.name:
        events.setdefault((event.uid or event.name, event.start), event)


def _parsed(block: str) -> Any:
    """Parse one JSON text, mending what mailers break most often; None when it cannot be read."""
    bare = _WRAPPED.sub("", block).strip().rstrip(";")
    attempts = (bare, _TRAILING.sub("", bare), _TRAILING.sub("", html.unescape(bare)))
    for attempt in dict.fromkeys(attempts):
        try:
            return json.JSONDecoder(strict=False).raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield every object with a type in a JSON value with its depth, outermost first, bounded."""
    queue: list[tuple[Any, int]] = [(value, 0)]
    seen = 0
    while queue and seen < _MAX_NODES:
        item, depth = queue.pop(0)
        seen += 1
        if depth > _MAX_DEPTH:
            continue
        if isinstance(item, dict):
            if _types(item):
                yield item, depth
            queue.extend((inner, depth + 1) for inner in list(item.values())[:_MAX_NODES] if isinstance(inner, dict | list))
        elif isinstance(item, list):
            queue.extend((inner, depth) for inner in item[:_MAX_NODES] if isinstance(inner, dict | list))


def _types(node: dict[str, Any]) -> tuple[str, ...]:
    kinds = node.get("@type") or node.get("type")
    found = kinds if isinstance(kinds, list) else [kinds]
    return tuple(kind.rpartition("/")[2].rpartition(":")[2][:60] for kind in found[:5] if isinstance(kind, str) and kind)


def _is(node: dict[str, Any], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(kind) for kind in _types(node))


def _dicts(value: Any) -> list[dict[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [item for item in found[:_MAX_PEOPLE] if isinstance(item, dict)]


def _text(value: Any, limit: int = _MAX_TEXT) -> str:
    """Return the text of a value: itself, the first of several, or the name or value of an object."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = next((value[key] for key in ("name", "@value", "value", "url", "@id") if value.get(key)), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(html.unescape(str(value)[: 2 * limit]))[:limit]


def _address(value: Any) -> str:
    """Return a http or https address, or an empty string."""
    for item in value if isinstance(value, list) else [value]:
        found = item
        if isinstance(item, dict):
            found = next((item[key] for key in ("urlTemplate", "url", "target", "@id") if item.get(key)), "")
            found = _text(found, _MAX_ADDRESS)
        if isinstance(found, str) and re.match(r"https?://[^\s<>\"]+$", found.strip(), re.IGNORECASE):
            return found.strip()[:_MAX_ADDRESS]
    return ""


def _event(node: dict[str, Any], around: dict[str, Any], zone: str, fallback: tzinfo) -> MarkedEvent:
    named = _zone_of(node) or _zone_of(around)
    start, all_day, floating = _stamp(node.get("startDate") or node.get("startTime") or around.get("startTime"), named, fallback)
    end, _, _ = _stamp(node.get("endDate") or node.get("endTime") or around.get("endTime"), named, fallback)
    if end is None and start is not None:
        end = _after(start, node.get("duration"))
    if start is None or (end is not None and end <= start):
        end = None
    status = f"{_text(node.get('eventStatus'))} {_text(around.get('reservationStatus'))}".lower()
    organizers = _dicts(node.get("organizer")) or _dicts(around.get("provider"))
    people = [
        *organizers,
        *(item for name in ("performer", "performers", "attendee", "attendees", "actor") for item in _dicts(node.get(name))),
    ]
    place, url = _place(node.get("location"))
    return MarkedEvent(
        name=_text(node.get("name") or node.get("headline")),
        start=start,
        end=end,
        zone=(named or (zone_name(zone) if floating else "")).replace("UTC", ""),
        all_day=all_day,
        floating=floating,
        was=_stamp(node.get("previousStartDate"), named, fallback)[0],
        cancelled=any(word in status for word in _CANCELLED),
        place=place,
        url=url or _address(node.get("url")),
        uid=_uid(node, around),
        people=tuple(_person(item) for item in people[:_MAX_PEOPLE] if _is_person(item)),
        organization=next((_text(item.get("name")) for item in organizers if not _is_person(item)), ""),
    )


def _uid(node: dict[str, Any], around: dict[str, Any]) -> str:
    for item in (around, node):
        for name in ("reservationNumber", "reservationId", "identifier", "@id"):
            if found := _text(item.get(name), 200):
                return found
    return ""


def _zone_of(node: dict[str, Any]) -> str:
    """Return the IANA name of the zone that an event or its schedule names."""
    places = (node, *_dicts(node.get("eventSchedule")), *_dicts(node.get("location")))
    for place in places:
        for name in ("scheduleTimezone", "timeZone", "timezone"):
            if found := zone_name(_text(place.get(name))):
                return found
    return ""


def _stamp(value: Any, named: str, fallback: tzinfo) -> tuple[datetime | None, bool, bool]:
    """Return (instant, whether only a day was given, whether no zone was) of an ISO 8601 date or date-time."""
    match = _STAMP.match(_text(value, 60))
    if match is None:
        return None, False, False
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups()[:6])
    zone = named_zone(named) if named else None
    try:
        wall = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- a wall time, given its zone below
        offset = _offset(match[7])
        if offset is None:
            found = wall.replace(tzinfo=zone or fallback)
        else:
            found = (wall.replace(tzinfo=UTC) - offset).astimezone(zone or timezone(offset))
    except (ValueError, OverflowError):
        return None, False, False
    if not 1970 <= found.year <= 2200:  # noqa: PLR2004 -- no interview is outside
        return None, False, False
    return found, match[4] is None, match[4] is not None and offset is None and zone is None


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text[:1] not in {"+", "-"}:
        return timedelta()
    digits = text[1:].replace(":", "")
    if int(digits[:2]) > _LIMIT_HOURS:
        raise ValueError(text)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -offset if text[0] == "-" else offset


def _after(start: datetime, value: Any) -> datetime | None:
    match = _LENGTH.match(_text(value, 20))
    length = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo) if length else None


def _place(value: Any) -> tuple[str, str]:
    """Return (name and postal address, page) of a Place, a VirtualLocation, or a bare text."""
    words: list[str] = []
    url = ""
    for item in value[:5] if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            url = url or _address(item)
            words.append("" if _address(item) else _text(item))
            continue
        url = url or (_address(item.get("url")) if "VirtualLocation" in _types(item) or item.get("url") else "")
        words.append(_text(item.get("name")))
        address = item.get("address")
        if isinstance(address, dict):
            words += [_text(address.get(name)) for name in ("streetAddress", "postalCode", "addressLocality", "addressCountry")]
        else:
            words.append(_text(address))
    return ", ".join(dict.fromkeys(word for word in words if word))[:_MAX_TEXT], url


def _is_person(node: dict[str, Any]) -> bool:
    return "Person" in _types(node)


def _person(node: dict[str, Any]) -> MarkedPerson:
    address = re.sub(r"^mailto:", "", _text(node.get("email")), flags=re.IGNORECASE).lower()
    return MarkedPerson(_text(node.get("name")), address if "@" in address else "", _text(node.get("jobTitle")))


def _action(node: dict[str, Any]) -> tuple[str, str] | None:
    kind = next((kind for kind in _types(node) if kind in _BOOKING), "")
    if not kind:
        return None
    handler = next((item for item in _dicts(node.get("handler")) if item.get("url")), {})
    url = _address(node.get("target")) or _address(node.get("url")) or _address(handler.get("url"))
    return (kind, url) if url else None


def _company(nodes: list[tuple[dict[str, Any], int]], postings: list[dict[str, Any]], events: tuple[MarkedEvent, ...]) -> str:
    hiring = {_text(node.get("hiringOrganization")) for node in postings} - {""}
    if len(hiring) == 1:
        return hiring.pop()
    if hiring:
        return ""
    organizing = {event.organization for event in events} - {""}
    if len(organizing) == 1:
        return organizing.pop()
    alone = {
        _text(node.get("name")) for node, depth in nodes if depth <= 1 and {"Organization", "Corporation"} & set(_types(node))
    }
    alone.discard("")
    return alone.pop() if len(alone) == 1 else ""


def _role(postings: list[dict[str, Any]]) -> str:
    titles = {_text(node.get("title") or node.get("name")) for node in postings} - {""}
    return titles.pop() if len(titles) == 1 else ""
