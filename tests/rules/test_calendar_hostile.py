"""Calendar parts that are made to hurt: everything is bounded, and what can be read is."""

from __future__ import annotations

import pytest

from rules.calendar import read_all
from rules.calendar.lines import calendars
from rules.mail import CalendarPart, Role, message_from_bytes
from tests.rules.calendar_cases import event, google
from tests.rules.mails import RECEIVED

START = "DTSTART:20261201T150000Z"
ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Z{}\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\n"
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nEND:STANDARD\nEND:VTIMEZONE\n"
)


@pytest.mark.parametrize(
    "text",
    [
        google(event(START, "RRULE:FREQ=SECONDLY", "EXDATE:20261201T150000Z")),
        google(event(START, "RRULE:FREQ=DAILY;INTERVAL=0;COUNT=99999999999", "EXDATE:20261201T150000Z")),
        google(event(START, *["EXDATE:" + ",".join(["20261201T150000Z"] * 100)] * 20)),
        google(event(START, "RDATE:" + ",".join(["20261202T150000Z"] * 2000), "EXDATE:20261201T150000Z")),
        google(event(START, *["ATTENDEE;CN=x:mailto:a@b.example"] * 1500)),
        google(event(START, 'ATTENDEE;CN="' + '";"' * 9000 + ":mailto:x")),
        google(event(START, "ATTENDEE" + ";A=B" * 9000 + ":mailto:x")),
        google(event(START, "DESCRIPTION:" + "<p>" * 15000)),
        google(event(START, "X-ALT-DESC:" + "<div>" * 9000)),
        google(event(START), zones="".join(ZONE.format(number) for number in range(300))),
    ],
    ids=["seconds", "interval", "excluded", "dates", "attendees", "quotes", "parameters", "html", "nested", "zones"],
)
def test_what_is_made_to_run_away_is_read_as_far_as_it_goes(text: str) -> None:
    found = read_all((CalendarPart(text, "REQUEST"),), "Europe/Berlin").events
    assert len(found) <= 1
    for item in found:
        assert item.start is not None
        assert len(item.attendees) <= 100
        assert len(item.description) <= 4096


def test_calendars_inside_of_calendars_are_side_by_side() -> None:
    inner = google(event(START, uid="inner"), method="CANCEL")
    outer = f"BEGIN:VCALENDAR\nMETHOD:REQUEST\n{event(START, uid='outer')}\n{inner}END:VCALENDAR\n"
    found = read_all((CalendarPart(outer),), "UTC").events
    assert [(item.uid, item.method) for item in found] == [("outer", "REQUEST"), ("inner", "CANCEL")]


def test_a_thousand_calendars_and_events_are_cut_to_some_dozens() -> None:
    assert len(calendars("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n" * 1000)) <= 51
    many = google(*(event(START, uid=str(number)) for number in range(80)))
    found = read_all((CalendarPart(many, "REQUEST"),), "UTC")
    assert len(found.events) == 50
    assert found.defects == ("more than 50 calendar events; the rest was not read",)


def test_a_calendar_larger_than_its_limit_is_cut_and_told() -> None:
    text = google(event(START, *(f"X-FILL-{number}:{'x' * 60}" for number in range(1500))))
    raw = b"From: a@acme.example\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\n" + text.encode()
    message = message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=RECEIVED, size=len(raw))
    assert "a calendar part is larger than 64 KB; only its beginning was read" in message.defects
    assert [item.start is not None for item in read_all(message.calendars, "UTC").events] == [True]


def test_a_part_that_stands_twice_is_read_once() -> None:
    folded = google(event(START, "DESCRIPTION:" + "long " * 40))
    again = folded.replace("long long", "long \r\n long")
    assert len(read_all((CalendarPart(folded), CalendarPart(again)), "UTC").events) == 1


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("text/calendar", ""),
        ("application/ics", ""),
        ("application/octet-stream", "invite.ics"),
        ("application/octet-stream", "Invite.ICS"),
        ("text/plain", "meeting.ics"),
        ("application/x-download", "meeting.ics"),
        ("text/x-vcalendar", "meeting.vcs"),
        ("application/calendar", ""),
    ],
)
def test_a_calendar_is_known_by_type_or_by_name(kind: str, name: str) -> None:
    disposition = f'Content-Disposition: attachment; filename="{name}"\r\n' if name else ""
    part = f"Content-Type: {kind}\r\n{disposition}\r\n{google(event(START))}"
    body = f"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\n{part}\r\n--b--\r\n"
    raw = f'From: a@acme.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{body}'.encode()
    message = message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=RECEIVED, size=len(raw))
    assert message.envelope.calendar
    assert len(read_all(message.calendars, "UTC").events) == 1
    assert message.text == "Hello"


def test_a_page_or_a_picture_under_the_name_of_a_calendar_is_none() -> None:
    for kind in ("text/html", "image/png"):
        raw = f'From: a@acme.example\r\nContent-Type: {kind}; name="x.ics"\r\n\r\nHello'.encode()
        assert not message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=RECEIVED, size=len(raw)).calendars
