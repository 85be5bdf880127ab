"""The grammar of dates and times, and what it leaves out."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import days, end_of_month, end_of_week, moments
from rules.phrases.grammar import fold, sentences

_TODAY = date(2026, 11, 26)
"""A Thursday."""
_ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Tuesday, December 1st, 2026 at 10:00 AM ET", "2026-12-01T10:00:00-05:00", None),
        ("Tue 1 Dec, 14:00 - 15:00 (CET)", "2026-12-01T14:00:00+01:00", "15:00"),
        ("tomorrow at 2pm", "2026-11-27T14:00:00+01:00", None),
        ("tomorrow at 2 p.m. sharp", "2026-11-27T14:00:00+01:00", None),
        ("next Friday from 2 to 3:30 pm Pacific Time", "2026-12-04T14:00:00-08:00", "15:30"),
        ("Friday next week, 9:15 am", "2026-12-04T09:15:00+01:00", None),
        ("Date: Monday, November 30\nTime: 9.30am-10.15am GMT", "2026-11-30T09:30:00+00:00", "10:15"),
        ("on the 15th at noon", "2026-12-15T12:00:00+01:00", None),
        ("13/12/2026 at 10:00 UTC+2", "2026-12-13T10:00:00+02:00", None),
        ("12/13/2026 at 10:00", "2026-12-13T10:00:00+01:00", None),
        ("Wednesday 12/2 at 10:00", "2026-12-02T10:00:00+01:00", None),
        ("1.12.2026, 10:00", "2026-12-01T10:00:00+01:00", None),
        ("2026-12-01 10:00", "2026-12-01T10:00:00+01:00", None),
        ("at 11:00 on Wednesday", "2026-12-02T11:00:00+01:00", None),
        ("Jan 5 at 4:30 p.m.", "2027-01-05T16:30:00+01:00", None),
        ("the 1st of December at 10am", "2026-12-01T10:00:00+01:00", None),
        ("between 10 and 11 am on Friday", "2026-11-27T10:00:00+01:00", "11:00"),
        ("11 - 1pm on Friday", "2026-11-27T11:00:00+01:00", "13:00"),
        ("Dec 1, 11:30am-12:15pm (GMT+1)", "2026-12-01T11:30:00+01:00", "12:15"),
        ("Wednesday, December 2 - 1:00 PM Houston time", "2026-12-02T13:00:00-06:00", None),
        ("Friday at 10:00 AM ET (4:00 PM CET)", "2026-11-27T10:00:00-05:00", None),
        ("Friday at 2:30", "2026-11-27T14:30:00+01:00", None),
        ("Thursday at 3", "2026-12-03T15:00:00+01:00", None),
        ("Friday at 14h30", "2026-11-27T14:30:00+01:00", None),
        ("July 1, 2027 at 10:00 am Eastern Time", "2027-07-01T10:00:00-04:00", None),
        ("Wednesday, December 2, 2026 3:00pm - 4:00pm (PST)", "2026-12-02T15:00:00-08:00", "16:00"),
    ],
)
def test_a_time_is_read_as_it_is_meant(text: str, start: str, end: str | None) -> None:
    (found,) = moments(fold(text), _TODAY, _ZONE)
    assert found.start.isoformat() == start
    assert (f"{found.end:%H:%M}" if found.end else None) == end


@pytest.mark.parametrize(
    "text",
    [
        "3/12/2026 10:00",
        "by 3/12 at 10:00",
        "open 24/7, 10:00",
        "Tuesday 12/1 at 10:00",  # the 12th of January is a Tuesday too
        "Thursday at 3 locations",
        "Thursday at 7",
        "Monday, December 1, 2026 at 10:00",
        "31 February at 10:00",
        "call 555-1234 at 10",
        "room 12, 30 minutes on Friday",
        "it costs $10.50 on Friday",
        "25:00 on Friday",
        "10:00",
        "Friday",
        "version 2026.1 on Friday, build 10.20.30",
        "we sat down at 10:00",
    ],
)
def test_what_is_ambiguous_or_no_time_stays_out(text: str) -> None:
    assert moments(fold(text), _TODAY, _ZONE) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("friday", date(2026, 11, 27)),
        ("this friday", date(2026, 11, 27)),
        ("thursday", date(2026, 12, 3)),
        ("next thursday", date(2026, 12, 3)),
        ("next friday", date(2026, 12, 4)),
        ("monday the 30th", date(2026, 11, 30)),
        ("monday the 7th", date(2026, 12, 7)),
        ("january 4", date(2027, 1, 4)),
        ("november 1", date(2026, 11, 1)),
        ("by the 3rd", date(2026, 12, 3)),
        ("the day after tomorrow", date(2026, 11, 28)),
        ("february 29", None),
    ],
)
def test_days_are_counted_from_the_day_of_receipt(text: str, day: date | None) -> None:
    assert [found.day for found in days(text, _TODAY)] == ([day] if day else [])


def test_the_end_of_a_week_and_of_a_month_is_a_weekday() -> None:
    assert end_of_week(_TODAY) == date(2026, 11, 27)
    assert end_of_week(date(2026, 11, 28)) == date(2026, 12, 4)
    assert end_of_week(_TODAY, 1) == date(2026, 12, 4)
    assert end_of_month(date(2026, 10, 5)) == date(2026, 10, 30)
    assert end_of_month(date(2026, 11, 5), 1) == date(2026, 12, 31)
    assert end_of_month(date(2026, 12, 5), 1) == date(2027, 1, 29)


@given(st.text(alphabet="0123456789:/-. apmondecjuthstn(),", max_size=200))
def test_any_text_is_searched_for_times(text: str) -> None:
    for found in moments(fold(text), _TODAY, _ZONE):
        assert found.start.tzinfo is not None
        assert found.end is None or found.end > found.start


@pytest.mark.parametrize("piece", ["10:00 - ", "monday ", "1/1/", "on the ", "10 to ", "dec 1 at 10:00 am, "])
def test_a_long_text_of_beginnings_costs_little(piece: str) -> None:
    moments(fold(piece * 3000), _TODAY, _ZONE)


def test_sentences_end_where_they_end() -> None:
    text = "Dr. Smith will call. We meet at 10 a.m. on Friday! Is that ok?\n\nBest,\nRita"
    assert sentences(text) == ["Dr. Smith will call.", "We meet at 10 a.m. on Friday!", "Is that ok?", "Best,", "Rita"]


def test_wrapped_lines_are_one_sentence() -> None:
    text = "We will come to a decision about the position of data\nengineer by Friday."
    assert sentences(text) == ["We will come to a decision about the position of data engineer by Friday."]
