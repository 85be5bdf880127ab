"""Messages made of plain records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mail.record import message_from_record, raw_from_record

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@acme.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def test_a_record_is_read_as_a_mail() -> None:
    message = message_from_record(
        {
            "id": "a-1",
            "from": "Rita Chén <Rita@acme.example>",
            "subject": "Grüße",
            "body": "Bis Dienstag!\n\nRita",
            "date": "2026-11-20T10:00:00+01:00",
            "headers": {"To": "sam@example.com", "In-Reply-To": "<x@example.com>", "List-Id": None},
            "label": "human_reply",
        },
        now=_NOW,
    )
    assert (message.sender.name, message.sender.address) == ("Rita Chén", "rita@acme.example")
    assert (message.envelope.subject, message.text) == ("Grüße", "Bis Dienstag!\n\nRita")
    assert message.envelope.received_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert message.date is not None
    assert message.date.utcoffset() == timedelta(hours=1)
    assert message.envelope.ref == "a-1"
    assert message.envelope.in_reply_to == "x@example.com"
    assert message.envelope.recipients == "sam@example.com"
    assert not message.envelope.bulk


def test_html_and_calendars_are_parts_of_it() -> None:
    message = message_from_record({"id": 7, "html": "<p>See <b>you</b></p>", "ics": [_ICS, _ICS]}, now=_NOW)
    assert message.text == "See you"
    assert [part.method for part in message.calendars] == ["REQUEST", "REQUEST"]
    assert message.envelope.calendar
    assert message.envelope.received_at == _NOW


def test_the_fields_win_over_the_headers_which_fill_in() -> None:
    headers = [
        ["From", "b@x.example"],
        ["Subject", "B"],
        ["Date", "Mon, 2 Nov 2026 08:00:00 -0500"],
        ["Received", "a"],
        ["Received", "b"],
    ]
    filled = message_from_record({"id": "1", "body": "x", "headers": headers}, now=_NOW)
    assert (filled.sender.address, filled.envelope.subject) == ("b@x.example", "B")
    assert filled.envelope.received_at == datetime(2026, 11, 2, 13, tzinfo=UTC)
    own = message_from_record({"id": "1", "from": "a@x.example", "subject": "A", "headers": headers}, now=_NOW)
    assert (own.sender.address, own.envelope.subject) == ("a@x.example", "A")


def test_a_content_type_that_is_stated_is_kept_as_what_the_mail_was() -> None:
    headers = {"Content-Type": "multipart/report; report-type=delivery-status; boundary=x"}
    message = message_from_record({"id": "1", "body": "Host unknown", "headers": headers}, now=_NOW)
    assert message.headers["content-type"].startswith("multipart/report")
    assert message.text == "Host unknown"


@pytest.mark.parametrize(
    ("date", "received"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T08:15:00", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        ("2026-11-20T08:15:00Z", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 08:15:00 +0100", datetime(2026, 11, 20, 7, 15, tzinfo=UTC)),
        (None, _NOW),
    ],
)
def test_the_time_of_receipt(date: str | None, received: datetime) -> None:
    assert message_from_record({"id": "1", "date": date}, now=_NOW).envelope.received_at == received


def test_line_ends_in_a_field_make_no_further_field() -> None:
    message = message_from_record({"id": "1", "subject": "A\r\nBcc: x@x.example\n\nbody", "body": "real"}, now=_NOW)
    assert message.text == "real"
    assert message.envelope.subject == "A Bcc: x@x.example body"


def test_a_body_that_holds_the_boundary_stays_whole() -> None:
    message = message_from_record({"id": "1", "body": "a\n--part\nb\n--part--", "ics": _ICS}, now=_NOW)
    assert message.text.splitlines()[-1] == "--part--"


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({}, "id"),
        ({"id": ""}, "id"),
        ({"id": True}, "id"),
        ({"id": "1", "subject": 3}, "subject"),
        ({"id": "1", "body": ["x"]}, "body"),
        ({"id": "1", "date": "yesterday"}, "date"),
        ({"id": "1", "date": 1700000000}, "date"),
        ({"id": "1", "headers": "To: x"}, "headers"),
        ({"id": "1", "headers": {"To": 3}}, "headers"),
        ({"id": "1", "headers": {"A b": "x"}}, "headers"),
        ({"id": "1", "headers": [["To"]]}, "headers"),
        ({"id": "1", "ics": 5}, "ics"),
        ({"id": "1", "ics": [5]}, "ics"),
    ],
)
def test_what_is_wrong_with_a_record_is_told_by_its_field(record: dict[str, object], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        message_from_record(record, now=_NOW)


@given(
    st.fixed_dictionaries(
        {"id": st.text(min_size=1)},
        optional={name: st.text() for name in ("from", "subject", "body", "html", "ics")}
        | {"headers": st.dictionaries(st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.text(), max_size=4)},
    )
)
def test_a_record_of_the_right_types_is_always_read(record: dict[str, object]) -> None:
    assert message_from_record(record, now=_NOW).envelope.size == len(raw_from_record(record, now=_NOW))
