"""Every calendar file that we know senders to write is read exactly."""

from __future__ import annotations

import pytest

from rules.calendar import read, read_all
from rules.mail import CalendarPart
from tests.rules.calendar_cases import CASES, FIXED_RULES, Case, event, exchange, google


def _value(found: object, path: str) -> object:
    for name in path.split("."):
        found = found[int(name)] if name.isdecimal() and isinstance(found, tuple) else getattr(found, name)
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_calendar_part_says_what_its_sender_meant(case: Case) -> None:
    (found,) = read([CalendarPart(case.text, case.part_method)], fallback_zone="America/Los_Angeles")
    start, end = case.instants
    assert (found.start, found.end) == (start, end)
    if start is not None and found.start is not None:
        assert found.start.utcoffset() == start.utcoffset()
    assert found.zone == case.zone
    assert found.method == case.method
    for path, wanted in case.checks.items():
        assert _value(found, path) == wanted, path


def test_there_are_at_least_forty_of_them_under_different_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 40


def test_one_event_inline_and_attached_is_one_event() -> None:
    text = google(event("DTSTART:20261201T150000Z"))
    assert len(read([CalendarPart(text, "REQUEST"), CalendarPart(text)])) == 1


def test_several_interviews_of_one_day_are_several_events() -> None:
    text = exchange(
        event("DTSTART:20261201T150000Z", uid="a"),
        event("DTSTART:20261201T160000Z", uid="b"),
        event("DTSTART:20261201T170000Z", uid="c"),
    )
    assert [found.uid for found in read([CalendarPart(text)])] == ["a", "b", "c"]


def test_a_broken_part_costs_itself_only_and_is_told() -> None:
    good = google(event("DTSTART:20261201T150000Z"))
    found = read_all((CalendarPart("BEGIN:VCALENDAR\nnothing\nEND:VCALENDAR"), CalendarPart(good)))
    assert len(found.events) == 1
    assert found.defects == ("a calendar part holds no event",)


def test_an_unreadable_line_costs_itself_only_and_is_told() -> None:
    (found,) = read([CalendarPart(google(event("DTSTART:20261201T150000Z", "DTEND:never", "ATTENDEE")))])
    assert found.start is not None
    assert "DTEND cannot be read" in found.defects


def test_the_zone_of_one_mail_is_not_remembered_for_the_next() -> None:
    """A hostile mail that defines `Europe/Berlin` at +05:30 must not move the interviews of other mails."""
    lie = FIXED_RULES.format(tzid="Europe/Berlin")
    line = "DTSTART;TZID=Europe/Berlin:20261201T100000"
    read([CalendarPart(google(event(line), zones=lie))])
    (honest,) = read([CalendarPart(google(event(line, uid="other")))])
    assert honest.start is not None
    assert honest.start.isoformat() == "2026-12-01T10:00:00+01:00"
