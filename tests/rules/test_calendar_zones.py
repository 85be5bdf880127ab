"""Time zones by all the names they go by."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from rules.calendar import named_zone, read, read_all, zone_name
from rules.calendar.zones import parse_rules
from rules.mail import CalendarPart
from tests.rules.calendar_cases import BERLIN_RULES, NEW_YORK_RULES, SYDNEY_RULES, event, google


@pytest.mark.parametrize("windows", sorted(WINDOWS_TO_OLSON))
def test_every_windows_name_is_known_bare_quoted_and_numbered(windows: str) -> None:
    wanted = zone_name(windows)
    assert named_zone(windows) is not None
    assert wanted in {WINDOWS_TO_OLSON[windows], "UTC"}
    assert zone_name(f'"{windows}"') == zone_name(f" {windows} ") == wanted


@pytest.mark.parametrize(
    ("display", "zone"),
    [
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC-05:00) Eastern Time (USA & Kanada)", "America/New_York"),
        ("(UTC-06:00) Centre (É.-U. et Canada)", "America/Chicago"),
        ("(UTC-08:00) Hora del Pacífico (EE. UU. y Canadá)", "America/Los_Angeles"),
        ("(UTC-03:00) Brasília", "America/Sao_Paulo"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"),
        ("(UTC+01:00) Amsterdam, Berlijn, Bern, Rome, Stockholm, Wenen", "Europe/Berlin"),
        ("(UTC+01:00) Bruxelas, Copenhaga, Madri, Paris", "Europe/Paris"),
        ("(UTC+01:00) Bruselas, Copenhague, Madrid, Par\u0131s", "Europe/Brussels"),
        ("(UTC+01:00) Belgrad, Bratislava, Budapest, Ljubljana, Prag", "Europe/Budapest"),
        ("(UTC+00:00) Dublin, Edinburgh, Lissabon, London", "Europe/London"),
        ("(UTC) Dublino, Edimburgo, Lisbona, Londra", "Europe/London"),
        ("(UTC) Coordinated Universal Time", "UTC"),
        ("(UTC+05:30) Chennai, Kalkutta, Mumbai, Neu-Delhi", "Asia/Kolkata"),
        ("(UTC+08:00) Peking, Chongqing, Hongkong, Urumqi", "Asia/Shanghai"),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"),
        ("Mitteleuropäische Zeit", "Europe/Berlin"),
        ("Mitteleuropa\u0308ische Zeit", "Europe/Berlin"),
        ("Romance (heure standard)", "Europe/Paris"),
        ("Hora estándar romance", "Europe/Paris"),
        ("West-Europa (standaardtijd)", "Europe/Berlin"),
        ("ora solare Europa occidentale", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("/softwarestudio.org/Tzfile/Europe/Madrid", "Europe/Madrid"),
    ],
)
def test_a_name_that_outlook_shows_is_known_in_its_languages(display: str, zone: str) -> None:
    assert zone_name(display) == zone
    assert named_zone(display) is not None


@pytest.mark.parametrize(
    "text", ["", "Nowhere", "../../etc/passwd", "Europe", "Europe/", "x" * 5000, "\x00", "GMT+99", "(UTC+01:00)x"]
)
def test_a_name_that_is_none_is_told_to_be_none(text: str) -> None:
    assert named_zone(text) is None


@pytest.mark.parametrize(
    ("rules", "zone"),
    [(BERLIN_RULES, "Europe/Berlin"), (NEW_YORK_RULES, "America/New_York"), (SYDNEY_RULES, "Australia/Sydney")],
)
def test_rules_in_the_file_agree_with_the_zone_they_describe_in_every_hour_of_a_year(rules: str, zone: str) -> None:
    parsed = parse_rules(rules.format(tzid="x").split("\n"))
    assert parsed is not None
    hour = datetime(2026, 1, 1)  # noqa: DTZ001 -- wall times
    while hour.year == 2026:
        local = hour.replace(tzinfo=ZoneInfo(zone))
        # In the hour that a change skips or repeats, both readings are right.
        either = {local.utcoffset(), local.replace(fold=1).utcoffset()}
        assert parsed.offset_at(hour) in either, hour
        hour += timedelta(hours=1)


def test_rules_that_would_take_for_ever_take_no_time() -> None:
    evil = "BEGIN:VTIMEZONE\nTZID:Evil\n" + "".join(
        "BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nRRULE:FREQ=SECONDLY\nEND:STANDARD\n"
        for _ in range(300)
    )
    text = google(event("DTSTART;TZID=Evil:20261201T100000", "RRULE:FREQ=SECONDLY"), zones=evil + "END:VTIMEZONE")
    (found,) = read([CalendarPart(text)])
    assert found.start is not None
    assert found.start.isoformat() == "2026-12-01T10:00:00+01:00"


@given(st.text(max_size=300))
def test_any_text_may_stand_where_a_zone_stands(text: str) -> None:
    named_zone(text)


_LINES = st.sampled_from(
    [
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "TZID:X",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:-9999",
        "DTSTART:20261201T100000",
        "DTSTART;TZID=X:99999999T999999",
        "DTSTART:00010101T000000Z",
        "DTEND;VALUE=DATE:2026",
        "DURATION:P99999999999W",
        "DURATION:-PT1H",
        "RRULE:FREQ=YEARLY;BYDAY=-9SU;BYMONTH=13",
        "RRULE:FREQ=YEARLY;BYDAY=XX",
        "UID:",
        "SEQUENCE:9999999999999999999999",
        "RECURRENCE-ID;TZID=X:1",
        'ATTENDEE;CN="a:mailto:b',
        "ORGANIZER:",
        "METHOD:",
        "RDATE:1,2,3",
        " folded",
        "DTSTAMP:19970101",
        "DTSTART;VALUE=PERIOD:20261201T100000Z/PT1H",
        "BEGIN:VALARM",
        'DTSTART;TZID="":20261201T100000',
    ]
)


@given(st.lists(st.one_of(_LINES, st.text(max_size=40)), max_size=40).map("\r\n".join))
def test_any_lines_may_stand_in_a_calendar_part(text: str) -> None:
    for found in read_all((CalendarPart(text, "REQUEST"),), "Europe/Berlin").events:
        assert (found.start is None) == (found.end is None)
        if found.start is not None and found.end is not None:
            assert found.start.tzinfo is not None
            assert found.start < found.end
