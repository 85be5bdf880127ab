"""Invitations as three kinds of software write them (RFC 5545, RFC 5546): a web calendar, a desktop suite, an applicant system.

They are written here by hand, so that the demonstration does not read its own library's output.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.demo.script import USER, Meeting, Person

__all__ = ["applicant_system", "desktop_suite", "web_calendar"]

_STATUS = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}
_OCTETS = 75
"""The longest line RFC 5545 section 3.1 allows, without the line break."""


def web_calendar(meeting: Meeting, summary: str, stamp: datetime) -> str:
    """Return an invitation with times in UTC and no VTIMEZONE, the user among the attendees."""
    attendees = [_attendee(meeting.organizer, "ACCEPTED"), *(_attendee(person, "NEEDS-ACTION") for person in meeting.attendees)]
    return _calendar(
        "-//Google Inc//Google Calendar 70.9054//EN",
        meeting,
        (),
        (
            f"DTSTART:{_utc(meeting.start)}",
            f"DTEND:{_utc(meeting.end)}",
            f"DTSTAMP:{_utc(stamp)}",
            f"ORGANIZER;CN={meeting.organizer.name}:mailto:{meeting.organizer.address}",
            f"UID:{meeting.uid}",
            *attendees,
            f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN={USER.email}:mailto:{USER.email}",
            f"LOCATION:{_text(meeting.location)}",
            f"SEQUENCE:{meeting.sequence}",
            f"STATUS:{_STATUS[meeting.method]}",
            f"SUMMARY:{_text(summary)}",
            "TRANSP:OPAQUE",
        ),
    )


def desktop_suite(meeting: Meeting, summary: str, stamp: datetime) -> str:
    """Return an invitation with a Windows zone name, the VTIMEZONE behind it, and the room as a resource."""
    name = meeting.windows_zone
    attendees = [
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN={person.name}:mailto:{person.address}"
        for person in meeting.attendees
    ]
    room = [f"ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=ACCEPTED:mailto:{meeting.room}"] if meeting.room else []
    return _calendar(
        "Microsoft Exchange Server 2010",
        meeting,
        _european_zone(name, meeting.start),
        (
            f"ORGANIZER;CN={meeting.organizer.name}:mailto:{meeting.organizer.address}",
            f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN={USER.name}:mailto:{USER.email}",
            *attendees,
            *room,
            f"UID:{meeting.uid}",
            f"SUMMARY;LANGUAGE=en-GB:{_text(summary)}",
            f"DTSTART;TZID={name}:{_local(meeting.start)}",
            f"DTEND;TZID={name}:{_local(meeting.end)}",
            "CLASS:PUBLIC",
            "PRIORITY:5",
            f"DTSTAMP:{_utc(stamp)}",
            "TRANSP:OPAQUE",
            f"STATUS:{_STATUS[meeting.method]}",
            f"SEQUENCE:{meeting.sequence}",
            f"LOCATION;LANGUAGE=en-GB:{_text(meeting.location)}",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:0",
            "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        ),
    )


def applicant_system(meeting: Meeting, summary: str, stamp: datetime) -> str:
    """Return an invitation with a DURATION, an IANA zone that no VTIMEZONE explains, and the system itself as organizer."""
    minutes = int((meeting.end - meeting.start).total_seconds()) // 60
    zone = meeting.start.tzinfo
    assert isinstance(zone, ZoneInfo)
    return _calendar(
        "-//Hirelane//Scheduling 4//EN",
        meeting,
        (),
        (
            f"UID:{meeting.uid}",
            f"DTSTAMP:{_utc(stamp)}",
            f"SEQUENCE:{meeting.sequence}",
            f"DTSTART;TZID={zone.key}:{_local(meeting.start)}",
            f"DURATION:PT{minutes}M",
            f"SUMMARY:{_text(summary)}",
            f"LOCATION:{_text(meeting.location)}",
            f'ORGANIZER;CN="{meeting.organizer.name}":mailto:{meeting.organizer.address}',
            *(f'ATTENDEE;CN="{person.name}":mailto:{person.address}' for person in meeting.attendees),
            f'ATTENDEE;CN="{USER.name}":mailto:{USER.email}',
            f"STATUS:{_STATUS[meeting.method]}",
        ),
    )


def _calendar(product: str, meeting: Meeting, zones: tuple[str, ...], event: tuple[str, ...]) -> str:
    lines = (
        "BEGIN:VCALENDAR",
        f"METHOD:{meeting.method}",
        f"PRODID:{product}",
        "VERSION:2.0",
        *zones,
        "BEGIN:VEVENT",
        *event,
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(_fold(line) + "\r\n" for line in lines)


def _attendee(person: Person, answer: str) -> str:
    return (
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=TRUE;"
        f"CN={person.name};X-NUM-GUESTS=0:mailto:{person.address}"
    )


def _european_zone(name: str, start: datetime) -> tuple[str, ...]:
    """Write the rules of summer time in Europe: from the last Sunday of March to the last Sunday of October, at 01:00 UTC."""
    january = start.replace(month=1, day=15)
    standard = january.utcoffset() or timedelta()
    summer = standard + timedelta(hours=1)
    hour = int(standard.total_seconds()) // 3600 + 1
    return (
        "BEGIN:VTIMEZONE",
        f"TZID:{name}",
        "BEGIN:STANDARD",
        f"DTSTART:16010101T{hour + 1:02}0000",
        f"TZOFFSETFROM:{_offset(summer)}",
        f"TZOFFSETTO:{_offset(standard)}",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        f"DTSTART:16010101T{hour:02}0000",
        f"TZOFFSETFROM:{_offset(standard)}",
        f"TZOFFSETTO:{_offset(summer)}",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    )


def _offset(east: timedelta) -> str:
    return f"+{int(east.total_seconds()) // 3600:02}00"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _local(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S")


def _text(value: str) -> str:
    """Escape a TEXT value (RFC 5545 section 3.3.11)."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Fold after 75 octets, between characters (RFC 5545 section 3.1)."""
    folded, current = [], ""
    for character in line:
        if len((current + character).encode()) > _OCTETS:
            folded.append(current)
            current = " "
        current += character
    return "\r\n".join([*folded, current])
