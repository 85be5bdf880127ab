"""Calendar files as the common senders write them, and what they say. All of them are our own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["CASES", "FIXED_RULES", "Case", "apple", "booking", "event", "exchange", "google", "plain", "relay"]

BERLIN_RULES = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""

NEW_YORK_RULES = """BEGIN:VTIMEZONE
TZID:{tzid}
X-LIC-LOCATION:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE"""

FIXED_RULES = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE"""

SYDNEY_RULES = """BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:STANDARD
DTSTART:20080406T030000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU
TZOFFSETFROM:+1100
TZOFFSETTO:+1000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20081005T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU
TZOFFSETFROM:+1000
TZOFFSETTO:+1100
END:DAYLIGHT
END:VTIMEZONE"""


def event(*lines: str, uid: str = "case@acme.example", sequence: int = 0, summary: str = "Interview with Acme") -> str:
    """Return one VEVENT with the lines that every sender writes, and the given ones."""
    head = (f"UID:{uid}", f"SEQUENCE:{sequence}", "DTSTAMP:20261120T090000Z", f"SUMMARY:{summary}")
    return "\n".join(("BEGIN:VEVENT", *head, *lines, "END:VEVENT"))


def google(*events: str, method: str = "REQUEST", zones: str = "") -> str:
    """Return a file as Google Calendar sends it: UTC times, GUESTS folded at 75 octets, CRLF."""
    return _file("-//Google Inc//Google Calendar 70.9054//EN", events, method, zones).replace("\n", "\r\n")


def exchange(*events: str, method: str = "REQUEST", zones: str = "") -> str:
    """Return a file as Exchange sends it: Windows zones with their rules, an alarm, many X- properties."""
    alarm = "BEGIN:VALARM\nDESCRIPTION:REMINDER\nTRIGGER;RELATED=START:-PT15M\nACTION:DISPLAY\nEND:VALARM\nEND:VEVENT"
    extra = "CLASS:PUBLIC\nPRIORITY:5\nTRANSP:OPAQUE\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\nX-MICROSOFT-CDO-IMPORTANCE:1"
    return _file(
        "Microsoft Exchange Server 2010", [item.replace("END:VEVENT", f"{extra}\n{alarm}") for item in events], method, zones
    ).replace("\n", "\r\n")


def apple(*events: str, method: str = "REQUEST", zones: str = "") -> str:
    """Return a file as Apple Calendar writes it: CALSCALE, X-APPLE properties, line feeds only."""
    extra = (
        "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC\n"
        'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="1 Test St":geo:1.0,2.0\nEND:VEVENT'
    )
    return _file("-//Apple Inc.//macOS 14.5//EN", [item.replace("END:VEVENT", extra) for item in events], method, zones)


def booking(*events: str, method: str = "REQUEST", zones: str = "") -> str:
    """Return a file as booking pages send it: everything in UTC, the link in LOCATION."""
    return _file("-//Bookings//EN", events, method, zones).replace("\n", "\r\n")


def relay(*events: str, method: str = "REQUEST", zones: str = "") -> str:
    """Return a file as applicant-tracking systems attach it: often PUBLISH, or no METHOD at all."""
    return _file("-//ATS//Interviews//EN", events, method, zones)


def plain(*events: str, method: str = "", zones: str = "") -> str:
    """Return the least that is a calendar."""
    return _file("-//X//EN", events, method, zones)


def _file(product: str, events: list[str] | tuple[str, ...], method: str, zones: str) -> str:
    lines = ["BEGIN:VCALENDAR", f"PRODID:{product}", "VERSION:2.0", "CALSCALE:GREGORIAN"]
    lines += [f"METHOD:{method}"] if method else []
    lines += [zones] if zones else []
    return "\n".join([*lines, *events, "END:VCALENDAR", ""])


@dataclass(frozen=True)
class Case:
    """A calendar part and the one event it holds. `start` and `end` are ISO 8601 with offset; None: not checked."""

    name: str
    text: str
    start: str | None
    end: str | None
    zone: str = ""
    method: str = "REQUEST"
    part_method: str = ""
    checks: dict[str, object] = field(default_factory=dict)

    @property
    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Return start and end as datetimes."""
        return tuple(datetime.fromisoformat(text) if text else None for text in (self.start, self.end))  # type: ignore[return-value]  # two of them


def _at(zone: str, start: str = "20261201T100000", end: str = "20261201T104500") -> tuple[str, str]:
    return f"DTSTART;TZID={zone}:{start}", f"DTEND;TZID={zone}:{end}"


_TEN = "2026-12-01T10:00:00+01:00"
_LATER = "2026-12-01T10:45:00+01:00"
_UTC = ("DTSTART:20261201T150000Z", "DTEND:20261201T160000Z")
_THREE = ("2026-12-01T15:00:00+00:00", "2026-12-01T16:00:00+00:00")
_RITA = 'ORGANIZER;CN="Rita Chen":mailto:rita@acme.example'
_SAM = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=sam@example.com:mailto:sam@example.com"

CASES: tuple[Case, ...] = (
    # Google: UTC, IANA, folded lines, update, cancel.
    Case("google_utc", google(event(*_UTC, _RITA, _SAM)), *_THREE, checks={"sequence": 0}),
    Case("google_iana", google(event(*_at("Europe/Berlin"), _RITA)), _TEN, _LATER, "Europe/Berlin"),
    Case(
        "google_iana_with_rules",
        google(event(*_at("America/New_York")), zones=NEW_YORK_RULES.format(tzid="America/New_York")),
        "2026-12-01T10:00:00-05:00",
        "2026-12-01T10:45:00-05:00",
        "America/New_York",
    ),
    Case(
        "google_folded",
        google(
            event(
                *_UTC,
                (
                    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Ada\n"
                    "  Moe;X-NUM-\n GUESTS=0:mailto:ada@ac\n me.example"
                ),
            )
        ),
        *_THREE,
        checks={"attendees.0.name": "Ada Moe", "attendees.0.address": "ada@acme.example", "attendees.0.answer": "ACCEPTED"},
    ),
    Case("google_update", google(event(*_UTC, sequence=2)), *_THREE, checks={"sequence": 2}),
    Case(
        "google_cancel",
        google(event(*_UTC, "STATUS:CANCELLED", sequence=3), method="CANCEL"),
        *_THREE,
        method="CANCEL",
        checks={"status": "CANCELLED", "sequence": 3},
    ),
    Case("google_reply", google(event(*_UTC), method="REPLY"), *_THREE, method="REPLY"),
    Case("google_counter", google(event(*_UTC), method="COUNTER"), *_THREE, method="COUNTER"),
    Case(
        "google_one_of_a_series",
        google(event("RECURRENCE-ID:20261201T150000Z", *_UTC)),
        *_THREE,
        checks={"recurrence_id": "20261201T150000Z", "key": "case@acme.example/20261201T150000Z"},
    ),
    Case(
        "google_one_of_a_series_in_local_time",
        google(event("RECURRENCE-ID;TZID=Europe/Berlin:20261201T160000", *_UTC)),
        *_THREE,
        checks={"recurrence_id": "20261201T150000Z"},
    ),
    Case("google_series", google(event(*_UTC, "RRULE:FREQ=WEEKLY;COUNT=4")), *_THREE, checks={"recurring": True}),
    Case(
        "google_own_zone_for_floating",
        google(event("DTSTART:20261201T100000", "DTEND:20261201T104500"), zones="X-WR-TIMEZONE:Europe/Berlin"),
        _TEN,
        _LATER,
        "Europe/Berlin",
        checks={"floating": True},
    ),
    # Exchange and Outlook: Windows zones in all their spellings.
    Case(
        "exchange_windows_zone_with_rules",
        exchange(event(*_at("W. Europe Standard Time")), zones=BERLIN_RULES.format(tzid="W. Europe Standard Time")),
        _TEN,
        _LATER,
        "Europe/Berlin",
    ),
    Case("exchange_windows_zone_alone", exchange(event(*_at("W. Europe Standard Time"))), _TEN, _LATER, "Europe/Berlin"),
    Case("exchange_quoted_zone", exchange(event(*_at('"W. Europe Standard Time"'))), _TEN, _LATER, "Europe/Berlin"),
    Case("exchange_numbered_zone", exchange(event(*_at("W. Europe Standard Time 1"))), _TEN, _LATER, "Europe/Berlin"),
    Case(
        "exchange_display_zone",
        exchange(event(*_at('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome"'))),
        _TEN,
        _LATER,
        "Europe/Berlin",
    ),
    Case(
        "exchange_old_display_zone",
        exchange(event(*_at('"(GMT+01.00) Sarajevo/Warsaw/Zagreb"'))),
        _TEN,
        _LATER,
        "Europe/Warsaw",
    ),
    Case(
        "exchange_eastern",
        exchange(event(*_at("Eastern Standard Time", "20260701T100000", "20260701T110000"))),
        "2026-07-01T10:00:00-04:00",
        "2026-07-01T11:00:00-04:00",
        "America/New_York",
    ),
    Case(
        "exchange_display_eastern",
        exchange(event(*_at("Eastern Time (US & Canada)"))),
        "2026-12-01T10:00:00-05:00",
        "2026-12-01T10:45:00-05:00",
        "America/New_York",
    ),
    Case(
        "exchange_customized_zone",
        exchange(event(*_at("Customized Time Zone")), zones=BERLIN_RULES.format(tzid="Customized Time Zone")),
        _TEN,
        _LATER,
    ),
    Case(
        "exchange_summer_by_its_rules",
        exchange(event(*_at("My Zone", "20260701T100000", "20260701T110000")), zones=BERLIN_RULES.format(tzid="My Zone")),
        "2026-07-01T10:00:00+02:00",
        "2026-07-01T11:00:00+02:00",
    ),
    Case(
        "exchange_rules_before_the_name",
        exchange(event(*_at("Europe/London")), zones=FIXED_RULES.format(tzid="Europe/London")),
        "2026-12-01T10:00:00+05:30",
        "2026-12-01T10:45:00+05:30",
        "Europe/London",
    ),
    Case("exchange_utc_zone", exchange(event(*_at("UTC"))), "2026-12-01T10:00:00+00:00", "2026-12-01T10:45:00+00:00"),
    Case(
        "exchange_tzone_utc",
        exchange(event(*_at('"tzone://Microsoft/Utc"'))),
        "2026-12-01T10:00:00+00:00",
        "2026-12-01T10:45:00+00:00",
    ),
    Case(
        "exchange_room",
        exchange(
            event(
                *_UTC,
                "ORGANIZER;CN=Rita Chen:MAILTO:rita@acme.example",
                "ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Ada Moe:MAILTO:ada@acme.example",
                "ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;CN=Blue Room:MAILTO:blue@acme.example",
                "ATTENDEE;CUTYPE=RESOURCE;CN=Projector:MAILTO:projector@acme.example",
            )
        ),
        *_THREE,
        checks={"rooms": ("Blue Room", "Projector"), "organizer.address": "rita@acme.example", "attendees.0.name": "Ada Moe"},
    ),
    Case("exchange_cancel", exchange(event(*_UTC, sequence=1), method="CANCEL"), *_THREE, method="CANCEL"),
    Case(
        "exchange_summer_time_begins",
        exchange(event(*_at("W. Europe Standard Time", "20260329T090000", "20260329T100000"))),
        "2026-03-29T09:00:00+02:00",
        "2026-03-29T10:00:00+02:00",
        "Europe/Berlin",
    ),
    # Apple: durations, all-day, prefixes of other programs.
    Case(
        "apple_duration",
        apple(event("DTSTART;TZID=Europe/Berlin:20261201T100000", "DURATION:PT45M")),
        _TEN,
        _LATER,
        "Europe/Berlin",
    ),
    Case(
        "apple_duration_over_the_change",
        apple(event("DTSTART;TZID=Europe/Berlin:20261025T013000", "DURATION:PT3H")),
        "2026-10-25T01:30:00+02:00",
        "2026-10-25T03:30:00+01:00",
        "Europe/Berlin",
    ),
    Case(
        "apple_all_day",
        apple(event("DTSTART;VALUE=DATE:20261201", "DTEND;VALUE=DATE:20261202")),
        "2026-12-01T00:00:00-08:00",
        "2026-12-02T00:00:00-08:00",
        "America/Los_Angeles",
        checks={"all_day": True},
    ),
    Case(
        "apple_all_day_without_end",
        apple(event("DTSTART;VALUE=DATE:20261201")),
        "2026-12-01T00:00:00-08:00",
        "2026-12-02T00:00:00-08:00",
        "America/Los_Angeles",
        checks={"all_day": True, "end_assumed": True},
    ),
    Case(
        "apple_southern_rules",
        apple(event(*_at("Office")), zones=SYDNEY_RULES.format(tzid="Office")),
        "2026-12-01T10:00:00+11:00",
        "2026-12-01T10:45:00+11:00",
    ),
    Case("apple_prefixed_zone", apple(event(*_at("/mozilla.org/20050126_1/Europe/Berlin"))), _TEN, _LATER, "Europe/Berlin"),
    Case(
        "apple_other_prefix", apple(event(*_at("/freeassociation.sourceforge.net/Europe/Berlin"))), _TEN, _LATER, "Europe/Berlin"
    ),
    Case("apple_lower_case_zone", apple(event(*_at("europe/berlin"))), _TEN, _LATER, "Europe/Berlin"),
    Case("apple_week_duration", apple(event("DTSTART:20261201T150000Z", "DURATION:P1D")), _THREE[0], "2026-12-02T15:00:00+00:00"),
    # Booking pages.
    Case(
        "booking",
        booking(
            event(
                *_UTC,
                "ORGANIZER;CN=Ada Moe:mailto:ada@acme.example",
                "LOCATION:https://meet.example/abc",
                "DESCRIPTION:Event Name: Interview\\n\\nNeed to change?\\nhttps://book.example/x",
                summary="Sam Doe and Ada Moe",
            )
        ),
        *_THREE,
        checks={
            "location": "https://meet.example/abc",
            "description": "Event Name: Interview\n\nNeed to change?\nhttps://book.example/x",
        },
    ),
    Case("booking_cancel", booking(event(*_UTC, "STATUS:CANCELLED"), method="CANCEL"), *_THREE, method="CANCEL"),
    # Applicant-tracking systems: METHOD in the MIME part only, PUBLISH, neither.
    Case("relay_publish", relay(event(*_UTC), method="PUBLISH"), *_THREE, method="PUBLISH"),
    Case("relay_method_of_the_part", relay(event(*_UTC), method=""), *_THREE, method="REQUEST", part_method="REQUEST"),
    Case("relay_method_of_the_file_wins", relay(event(*_UTC), method="CANCEL"), *_THREE, method="CANCEL", part_method="REQUEST"),
    Case("relay_no_method", relay(event(*_UTC), method=""), *_THREE, method=""),
    Case("relay_offset_zone", relay(event(*_at("GMT+0200"))), "2026-12-01T10:00:00+02:00", "2026-12-01T10:45:00+02:00"),
    Case("relay_tentative", relay(event(*_UTC, "STATUS:TENTATIVE")), *_THREE, checks={"status": "TENTATIVE"}),
    # Less than the standard asks for.
    Case(
        "plain_no_end",
        plain(event("DTSTART:20261201T150000Z")),
        *_THREE,
        method="",
        checks={"end_assumed": True},
    ),
    Case(
        "plain_end_before_start",
        plain(event("DTSTART:20261201T150000Z", "DTEND:20261201T140000Z")),
        *_THREE,
        method="",
        checks={"end_assumed": True},
    ),
    Case(
        "plain_bad_end",
        plain(event("DTSTART:20261201T150000Z", "DTEND:tomorrow")),
        *_THREE,
        method="",
        checks={"end_assumed": True},
    ),
    Case(
        "plain_floating",
        plain(event("DTSTART:20261201T100000", "DTEND:20261201T104500")),
        "2026-12-01T10:00:00-08:00",
        "2026-12-01T10:45:00-08:00",
        "America/Los_Angeles",
        method="",
        checks={"floating": True, "zone_guessed": False},
    ),
    Case(
        "plain_unknown_zone",
        plain(event(*_at("Middle Earth Time"))),
        "2026-12-01T10:00:00-08:00",
        "2026-12-01T10:45:00-08:00",
        method="",
        checks={"zone_guessed": True},
    ),
    Case("plain_bad_sequence", plain(event(*_UTC, "SEQUENCE:soon")), *_THREE, method="", checks={"sequence": 0}),
    Case("plain_no_start", plain(event("DTEND:20261201T140000Z")), None, None, method=""),
    Case(
        "plain_organizer_without_mailto",
        plain(event(*_UTC, "ORGANIZER:rita@acme.example")),
        *_THREE,
        method="",
        checks={"organizer.address": "rita@acme.example"},
    ),
    Case(
        "plain_attendee_as_in_a_header",
        plain(event(*_UTC, 'ATTENDEE;CN="=?utf-8?Q?J=C3=B6rg_Moe?=":mailto:Moe <Joerg@Acme.example>')),
        *_THREE,
        method="",
        checks={"attendees.0.name": "Jörg Moe", "attendees.0.address": "joerg@acme.example"},
    ),
    Case(
        "plain_attendee_no_address",
        plain(event(*_UTC, "ATTENDEE;CN=Ada Moe:invalid:nomail")),
        *_THREE,
        method="",
        checks={"attendees.0.name": "Ada Moe", "attendees.0.address": ""},
    ),
    Case("plain_open_event", plain(event(*_UTC).replace("\nEND:VEVENT", "")), *_THREE, method=""),
    Case(
        "plain_escapes",
        plain(event(*_UTC, summary="Interview\\, Acme\\; part 1")),
        *_THREE,
        method="",
        checks={"summary": "Interview, Acme; part 1"},
    ),
)
