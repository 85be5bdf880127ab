"""A calendar made of the properties of a meeting message, where its MIME holds none.

https://learn.microsoft.com/en-us/graph/api/resources/eventmessage; the calendar is RFC 5545 and RFC 5546.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from connectors.outlook.answers import Json, flag, record, records, text
from connectors.outlook.reading import extended, property_id
from rules.mail import CalendarPart
from rules.mail.encoding import clean

__all__ = ["EVENT", "calendar_of"]

_GLOBAL_ID: Final = "Binary {6ED8DA90-450B-101B-98DA-00AA003F1305} Id 0x3"
EVENT: Final = f"singleValueExtendedProperties($filter=id eq '{_GLOBAL_ID}')"
"""What is asked besides: PidLidGlobalObjectId (MS-OXOCAL 2.2.1.27), by which request, update and cancellation are one meeting."""
_METHODS: Final = {
    "meetingrequest": ("REQUEST", ""),
    "meetingcancelled": ("CANCEL", ""),
    "meetingaccepted": ("REPLY", "ACCEPTED"),
    "meetingtentativelyaccepted": ("REPLY", "TENTATIVE"),
    "meetingdeclined": ("REPLY", "DECLINED"),
}
_STAMP: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?Z?")
_MOST_TEXT: Final = 1000
_MOST_PEOPLE: Final = 50
_UTC: Final = frozenset({"utc", "etc/utc", "etc/gmt", "gmt", "coordinated universal time", ""})
_FOREIGN: Final = b"vCal-Uid\x01\x00\x00\x00"
"""Where another calendar's own UID stands in a global id."""
_DATE: Final = slice(16, 20)
"""Where a global id holds the day of one meeting of a series."""


def calendar_of(message: Json) -> CalendarPart | None:
    """Return the calendar that a meeting message stands for; None where it is none, or does not say when it is."""
    method, answer = _METHODS.get(text(message, "meetingMessageType").lower(), ("", ""))
    start = _time("DTSTART", message, "startDateTime")
    if not method or not start:
        return None
    who, others = _person(record(message, "from")), [_person(one) for one in records(message, "toRecipients")[:_MOST_PEOPLE]]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_uid(message)}",
        start,
        _time("DTEND", message, "endDateTime"),
        _line("SUMMARY", text(message, "subject")),
        _line("LOCATION", text(record(message, "location"), "displayName")),
        *_people(who, others, answer),
        "STATUS:CANCELLED" if method == "CANCEL" else "",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return CalendarPart("\r\n".join(line for line in lines if line) + "\r\n", method)


def _people(who: str, others: list[str], answer: str) -> Iterator[str]:
    """Yield who invites and who is invited: an answer comes from one who is, and goes to the one who invites."""
    if answer:
        yield from (f"ORGANIZER{one}" for one in others[:1] if one)
        yield f"ATTENDEE;PARTSTAT={answer}{who}" if who else ""
    else:
        yield f"ORGANIZER{who}" if who else ""
        yield from (f"ATTENDEE{one}" for one in others if one)


def _person(recipient: Json) -> str:
    """Return name and address as they stand behind a property's name; empty without an address."""
    address = record(recipient, "emailAddress")
    spec, name = clean(text(address, "address"))[:320], clean(text(address, "name"))[:200].replace('"', "'")
    if "@" not in spec or any(char in spec for char in " <>\"'"):
        return ""
    return f';CN="{name}":mailto:{spec}' if name else f":mailto:{spec}"


def _time(name: str, message: Json, key: str) -> str:
    """Return a property of time. The zone is UTC, for so it is asked; else the one that is named, by whatever name."""
    told = record(message, key)
    match = _STAMP.fullmatch(text(told, "dateTime")[:40])
    if match is None:
        return ""
    year, month, day, hour, minute, second = (part or "00" for part in match.groups())
    if flag(message, "isAllDay"):
        return f"{name};VALUE=DATE:{year}{month}{day}"
    zone = clean(text(told, "timeZone"))[:100].replace('"', "")
    stamp = f"{year}{month}{day}T{hour}{minute}{second}"
    return f"{name}:{stamp}Z" if zone.lower() in _UTC else f'{name};TZID="{zone}":{stamp}'


def _line(name: str, value: str) -> str:
    value = clean(value)[:_MOST_TEXT]
    return f"{name}:" + value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") if value else ""


def _uid(message: Json) -> str:
    """Return the UID that the meeting has in everybody's calendar (MS-OXCICAL 2.1.3.1.1.20.26), else one of its conversation."""
    try:
        octets = base64.b64decode(extended(message).get(property_id(_GLOBAL_ID), "")[:8192], validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    _, foreign, uid = octets.partition(_FOREIGN)
    if foreign:
        told = clean(uid.partition(b"\x00")[0].decode("utf-8", "replace"))
        return told[:_MOST_TEXT]
    if len(octets) > _DATE.stop:
        return (octets[: _DATE.start] + bytes(_DATE.stop - _DATE.start) + octets[_DATE.stop :]).hex().upper()[:_MOST_TEXT]
    thread = text(message, "conversationId") or text(message, "id")
    return hashlib.sha256(thread.encode("utf-8", "replace")).hexdigest()[:32]
