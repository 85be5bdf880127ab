"""What is read of a message at Outlook: header, meetings, automatic answers, texts of any size."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.errors import NotFound, Unavailable
from connectors.outlook import OutlookConnector, looking
from connectors.outlook.answers import instant, number, record, records, text
from connectors.outlook.events import calendar_of
from connectors.outlook.reading import (
    change_key,
    envelope_of,
    extended,
    header_bytes,
    is_automatic,
    is_complete,
    is_event,
    is_reference,
    property_id,
)
from rules.calendar import read as read_calendar
from rules.mail import CalendarPart, Role
from rules.mail.headers import split_fields
from tests.connectors.asking import nothing, pull
from tests.connectors.letters import COMPANY, NOW, calendar, invitation, letter, with_attachment
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.graph import Mailbox

START = datetime(2025, 3, 11, 14, tzinfo=UTC)


@pytest.fixture
def harness() -> Iterator[OutlookHarness]:
    world = OutlookHarness()
    yield world
    world.close()


@pytest.fixture
def box(harness: OutlookHarness) -> Mailbox:
    return harness.mailbox


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    made = harness.connector()
    made.open()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _nothing_failed_before() -> None:
    looking._FAILED.clear()


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": name}}


def row(**more: Any) -> dict[str, Any]:
    told = {
        "id": "AAkALg1",
        "internetMessageId": "<one@orchard.example>",
        "conversationId": "AAQk",
        "receivedDateTime": "2025-03-04T09:00:00Z",
        "sentDateTime": "2025-03-04T08:59:58Z",
        "from": person(COMPANY, "Dana Ortiz"),
        "sender": person(COMPANY, "Dana Ortiz"),
        "toRecipients": [person("sam@example.com", "Sam Reed")],
        "ccRecipients": [],
        "subject": "Your application",
        "isDraft": False,
        "hasAttachments": False,
    }
    return told | more


def fields(message: Mapping[str, Any]) -> dict[str, str]:
    return split_fields(header_bytes(message))


# -- envelopes


def test_an_envelope_is_made_of_what_the_service_tells_apart() -> None:
    one = envelope_of(row(), "AAkALg1", Role.INBOX)

    assert (one.from_address, one.from_name) == (COMPANY, "Dana Ortiz")
    assert (one.recipients, one.subject) == ("sam@example.com", "Your application")
    assert (one.message_id, one.thread_id) == ("one@orchard.example", "AAQk")
    assert one.received_at == NOW
    assert (one.bulk, one.calendar, one.in_reply_to) == (False, False, "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ortiz, Dana <boss@other.example>", "Ortiz, Dana <boss@other.example>"),
        ('Dana "DO" Ortiz', "Dana 'DO' Ortiz"),
        ("Back\\slash", "Backslash"),
        (COMPANY.upper(), ""),
        ("Two\r\nBcc: eve@evil.example", "Two Bcc: eve@evil.example"),
        ("", ""),
    ],
)
def test_no_name_upsets_who_a_mail_is_from(name: str, shown: str) -> None:
    one = envelope_of(row(**{"from": person(COMPANY, name)}), "r", Role.INBOX)

    assert (one.from_address, one.from_name) == (COMPANY, shown)


def test_an_address_that_is_none_of_the_internets_is_taken_from_the_header() -> None:
    inner = person("/O=EXCHANGELABS/OU=EXCHANGE ADMINISTRATIVE GROUP/CN=RECIPIENTS/CN=DANA", "Dana Ortiz")
    headers = [{"name": "From", "value": f"Dana Ortiz <{COMPANY}>"}, {"name": "TO", "value": "Sam <sam@example.com>"}]
    one = envelope_of(row(**{"from": inner, "toRecipients": [inner]}, internetMessageHeaders=headers), "r", Role.INBOX)

    assert (one.from_address, one.recipients) == (COMPANY, "sam@example.com")


def test_the_header_tells_what_no_property_does() -> None:
    told = fields(
        row(
            internetMessageHeaders=[
                {"name": "In-Reply-To", "value": "<two@x.example>"},
                {"name": "References", "value": "<one@x.example>\r\n\t<two@x.example>"},
                {"name": "List-ID", "value": "Jobs <jobs.orchard.example>"},
                {"name": "list-id", "value": "second"},
                {"name": "X-Spam", "value": "1"},
                {"name": "Auto-Submitted", "value": "auto-replied"},
            ]
        )
    )

    assert told["in-reply-to"] == "<two@x.example>"
    assert told["references"].split() == ["<one@x.example>", "<two@x.example>"]
    assert told["list-id"] == "Jobs <jobs.orchard.example>"
    assert told["auto-submitted"] == "auto-replied"
    assert "x-spam" not in told


def test_extended_properties_tell_what_no_header_does() -> None:
    found = [
        {"id": "String 0x1042", "value": "<two@x.example>"},
        {"id": "String 0x1039", "value": "<one@x.example> <two@x.example>"},
        {"id": "String 0x7d", "value": "Received: by x\r\nPrecedence: bulk\r\nIn-Reply-To: <three@x.example>\r\n"},
        {"id": "String 0x1a", "value": "IPM.Note.Rules.OofTemplate.Microsoft"},
        {"value": "nobody"},
    ]
    told = fields(row(singleValueExtendedProperties=found))

    assert told["in-reply-to"] == "<three@x.example>"  # the header as it came
    assert told["references"] == "<one@x.example> <two@x.example>"
    assert told["precedence"] == "bulk"
    assert is_automatic(row(singleValueExtendedProperties=found))
    assert not is_automatic(row())
    assert property_id("String 0x007D") == property_id("String 0x7d")
    assert property_id("Integer 0x0E08") == "integer 0xe08"
    assert len(extended(row(singleValueExtendedProperties=found))) == 4


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"from": None, "toRecipients": None, "subject": None, "internetMessageHeaders": None, "internetMessageId": None},
        {"from": [], "toRecipients": {}, "ccRecipients": [None, 7, {"emailAddress": []}], "subject": 7},
        {"receivedDateTime": "0001-01-01T00:00:00Z", "sentDateTime": "9999-12-31T23:59:59Z"},
        {"receivedDateTime": "2025-02-30T00:00:00Z", "sentDateTime": "yesterday"},
        {"internetMessageHeaders": [{"name": "Subject"}, {"value": "x"}, {"name": 7, "value": 7}, "x"]},
        {"internetMessageHeaders": [{"name": "References", "value": "<x@y> " * 100_000}] * 50},
        {"subject": "x" * 1_000_000, "conversationId": ["a"], "internetMessageId": "<<<>>>" * 1000},
        {"singleValueExtendedProperties": [{"id": "String 0x1042", "value": 7}, None]},
        {"from": {"emailAddress": {"address": "a@b\r\nBcc: c@d", "name": "\ud800"}}},
        {"toRecipients": [{"emailAddress": {"address": f"a{number}@b.example"}} for number in range(5000)]},
    ],
)
def test_nothing_that_the_service_tells_is_too_odd(odd: dict[str, Any]) -> None:
    for told in (odd, row(**odd)):
        one = envelope_of(told, "r", Role.INBOX)
        is_event(told)
        is_complete(told)
        change_key(told)
        calendar_of({**told, "meetingMessageType": "meetingRequest", "startDateTime": told})
        assert len(header_bytes(told)) <= 65_000
        assert "\n" not in one.subject + one.from_name + one.recipients
        assert one.received_at.utcoffset() is not None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2025-03-04T09:00:00Z", NOW),
        ("2025-03-04T09:00:00.1234567Z", NOW),
        ("2025-03-04T09:00:00+00:00", NOW),
        ("2025-03-04T09:00Z", NOW),
        ("2025-03-04", None),
        ("2025-13-04T09:00:00Z", None),
        ("1601-01-01T00:00:00Z", None),
        (7, None),
        ("9" * 100_000, None),
    ],
)
def test_times_are_read_to_the_second(value: object, found: datetime | None) -> None:
    assert instant({"at": value}, "at") == found


def test_values_of_another_type_count_as_missing() -> None:
    odd = {"a": 7, "b": True, "c": None, "d": [1, {"x": 1}], "e": 1 << 70}

    assert [text(odd, name) for name in "abcde"] == [""] * 5
    assert [number(odd, name) for name in "abcde"] == [7, None, None, None, None]
    assert record(odd, "d") == {}
    assert records(odd, "d") == [{"x": 1}]


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"@odata.etag": 'W/"CQAAAB"'}, "CQAAAB"),
        ({"changeKey": "A", "@odata.etag": 'W/"B"'}, "A"),
        ({"@odata.etag": '"C"'}, "C"),
        ({"@odata.etag": "W/C"}, ""),
        ({}, ""),
    ],
)
def test_the_state_of_a_message_is_known_by_its_etag(told: dict[str, str], key: str) -> None:
    assert change_key(told) == key


@pytest.mark.parametrize(
    ("ref", "fits"),
    [
        ("AAkALgAAAA-_=", True),
        ("AAMk/abc+=", True),
        ("", False),
        ("/", False),
        ("../x", False),
        ("a b", False),
        ("a" * 2000, False),
    ],
)
def test_what_can_be_an_id_is_known_by_its_letters(ref: str, *, fits: bool) -> None:
    assert is_reference(ref) is fits


# -- what a mailbox tells


def test_sent_mail_has_its_thread_and_one_identity_in_whatever_folder(connector: OutlookConnector, box: Mailbox) -> None:
    more = {"In-Reply-To": "<two@x.example>", "References": "<one@x.example> <two@x.example>"}
    raw = letter("mine", sender="Sam Reed <sam@example.com>", to=f"Dana Ortiz <{COMPANY}>", more=more)
    key = box.deliver(raw, "sentitems", NOW)
    first = pull(connector)
    box.move(key, "archive")
    second = pull(connector, first.cursor)
    one = first.envelope("mine")

    assert (one.role, one.in_reply_to, one.references) == (Role.SENT, "two@x.example", "one@x.example two@x.example")
    assert (one.from_address, one.recipients) == ("sam@example.com", COMPANY)
    assert second.envelope("mine").identity == one.identity


@pytest.mark.parametrize("more", [{"Auto-Submitted": "auto-replied"}, {"X-Auto-Response-Suppress": "All"}])
def test_an_automatic_answer_is_known_by_its_header(connector: OutlookConnector, box: Mailbox, more: dict[str, str]) -> None:
    box.deliver(letter("away", more=more), at=NOW)
    headers = pull(connector).message("away").headers

    for name, value in more.items():
        assert headers[name.lower()] == value


def test_an_automatic_answer_within_a_company_is_known_by_its_class(harness: OutlookHarness) -> None:
    harness.mailbox.quirks = OTHERWISE()
    harness.mailbox.deliver(letter("away"), at=NOW, item_class="IPM.Note.Rules.OofTemplate.Microsoft")
    harness.mailbox.deliver(letter("here"), at=NOW)
    connector = harness.connector()
    connector.open()
    pulled = pull(connector)
    connector.close()

    assert pulled.message("away").headers["auto-submitted"] == "auto-replied"
    assert "auto-submitted" not in pulled.message("here").headers


def test_an_invitation_is_an_event_and_has_its_calendar(connector: OutlookConnector, box: Mailbox) -> None:
    box.deliver(invitation("invite"), at=NOW)
    pulled = pull(connector)
    event = read_calendar(pulled.message("invite").calendars)[0]

    assert pulled.envelope("invite").calendar
    assert (event.start, event.uid) == (START, "round-1@orchard.example")


def test_a_calendar_file_is_seen_before_any_text_is_read(connector: OutlookConnector, box: Mailbox) -> None:
    published = calendar().replace("METHOD:REQUEST\r\n", "")
    box.deliver(with_attachment("file", 100, ('text/calendar; name="interview.ics"', published)), at=NOW)
    box.deliver(with_attachment("plan", 100), at=NOW)
    pulled = pull(connector, wants=nothing)

    assert pulled.envelope("file").calendar
    assert not pulled.envelope("plan").calendar


# -- meetings without a calendar in their MIME


def meeting(**more: Any) -> dict[str, Any]:
    told = row(
        meetingMessageType="meetingRequest",
        startDateTime={"dateTime": "2025-03-11T14:00:00.0000000", "timeZone": "UTC"},
        endDateTime={"dateTime": "2025-03-11T15:00:00.0000000", "timeZone": "UTC"},
        location={"displayName": "Room 4; ask, at the desk"},
        isAllDay=False,
    )
    return told | {"@odata.type": "#microsoft.graph.eventMessageRequest"} | more


def only(part: CalendarPart | None) -> Any:
    assert part is not None
    found = read_calendar([part])
    assert len(found) == 1
    return found[0]


def test_a_meeting_request_becomes_a_calendar() -> None:
    event = only(calendar_of(meeting()))

    assert (event.start, event.end) == (START, START + timedelta(hours=1))
    assert (event.method, event.summary, event.location) == ("REQUEST", "Your application", "Room 4; ask, at the desk")
    assert event.organizer is not None
    assert event.organizer.address == COMPANY
    assert [one.address for one in event.attendees] == ["sam@example.com"]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("meetingCancelled", "CANCEL"),
        ("meetingAccepted", "REPLY"),
        ("meetingTentativelyAccepted", "REPLY"),
        ("meetingDeclined", "REPLY"),
    ],
)
def test_other_meeting_messages_become_what_they_are(kind: str, method: str) -> None:
    part = calendar_of(meeting(meetingMessageType=kind))
    event = only(part)

    assert part is not None
    assert (part.method, event.method) == (method, method)
    assert ("STATUS:CANCELLED" in part.text) is (method == "CANCEL")


@pytest.mark.parametrize(
    ("told", "start"),
    [
        ({"dateTime": "2025-03-11T07:00:00.0000000", "timeZone": "Pacific Standard Time"}, START),
        ({"dateTime": "2025-03-11T15:00:00", "timeZone": "W. Europe Standard Time"}, START),
        ({"dateTime": "2025-03-11T14:00:00", "timeZone": ""}, START),
        ({"dateTime": "2025-03-11T14:00:00Z"}, START),
    ],
)
def test_a_meeting_in_another_zone_is_at_its_time(told: dict[str, str], start: datetime) -> None:
    assert only(calendar_of(meeting(startDateTime=told, endDateTime=None))).start == start


@pytest.mark.parametrize(
    "more",
    [
        {"meetingMessageType": "none"},
        {"meetingMessageType": None},
        {"startDateTime": None},
        {"startDateTime": {"dateTime": "soon"}},
    ],
)
def test_what_does_not_say_when_it_is_becomes_no_calendar(more: dict[str, Any]) -> None:
    assert calendar_of(meeting(**more)) is None


def test_a_day_without_hours_is_a_day() -> None:
    part = calendar_of(meeting(isAllDay=True))

    assert part is not None
    assert "DTSTART;VALUE=DATE:20250311" in part.text


def test_request_and_cancellation_are_one_meeting() -> None:
    own = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes.fromhex("07E9030B") + bytes(range(30))
    series = own[:16] + bytes(4) + own[20:]
    foreign = own[:40] + b"vCal-Uid\x01\x00\x00\x00round-1@orchard.example\x00"

    def uid(octets: bytes | None, **more: Any) -> str:
        told = (
            []
            if octets is None
            else [{"id": "Binary {6ed8da90-450b-101b-98da-00aa003f1305} Id 0x3", "value": base64.b64encode(octets).decode()}]
        )
        found: str = only(calendar_of(meeting(singleValueExtendedProperties=told, **more))).uid
        return found

    assert uid(own) == uid(series) == series.hex().upper()
    assert uid(foreign) == "round-1@orchard.example"
    assert uid(None) == uid(None, meetingMessageType="meetingCancelled") != uid(None, conversationId="other")
    assert uid(b"short") == uid(None)


def test_no_text_breaks_out_of_its_line() -> None:
    part = calendar_of(
        meeting(
            subject="Talk\r\nEND:VEVENT\r\nBEGIN:VEVENT",
            location={"displayName": "x\nATTENDEE:mailto:eve@evil.example"},
            toRecipients=[person("sam@example.com", 'Sam";X=y:mailto:eve@evil.example')],
        )
    )

    event = only(part)
    assert [one.address for one in event.attendees] == ["sam@example.com"]
    assert event.summary == "Talk END:VEVENT BEGIN:VEVENT"


def test_a_meeting_whose_mime_has_no_calendar_is_read_of_its_properties(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    box.deliver(invitation("invite"), at=NOW)
    bare = letter("invite")
    harness.server.replies("messages.value", bare, kind="text/plain")
    message = pull(connector).message("invite")

    assert "read it with pleasure" in message.text
    assert [event.start for event in read_calendar(message.calendars)] == [START]
    assert harness.server.calls["messages.get"] == 1


# -- texts


def test_many_texts_come_in_one_request(connector: OutlookConnector, box: Mailbox) -> None:
    for each in range(20):
        box.deliver(letter(f"mail{each}", text=f"Number {each} of the letters."), at=NOW)
    listed = pull(connector, wants=nothing)
    before = connector.spent
    messages = connector.read(listed.envelopes)

    assert len({message.text for message in messages}) == 20
    assert (connector.spent - before).calls == 1


@pytest.mark.parametrize("answer", ["text", "urlsafe", "refused", "odd", "page"])
def test_a_text_in_a_batch_is_read_however_it_is_told(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox, answer: str
) -> None:
    raws = [letter(name, text=f"The word is {name} ÿþ>>>???") for name in ("one", "two")]
    for raw in raws:
        box.deliver(raw, at=NOW)
    listed = pull(connector, wants=nothing)
    bodies: dict[str, Any] = {
        "text": [raw.decode() for raw in raws],
        "urlsafe": [base64.urlsafe_b64encode(raw).decode().rstrip("=") for raw in raws],
        "odd": [7, "&&&"],
        "page": ["<html>terms</html>", ""],
        "refused": [None, None],
    }
    order = sorted(range(2), key=lambda place: [one.message_id[:3] for one in listed.envelopes].index(("one", "two")[place]))
    told = [
        {"id": str(number), "status": 400 if answer == "refused" else 200, "body": bodies[answer][place]}
        for number, place in enumerate(order, 1)
    ]
    harness.server.replies("batch", json.dumps({"responses": told}).encode())
    messages = connector.read(listed.envelopes)

    assert {message.envelope.message_id[:3]: message.text.split()[3] for message in messages} == {"one": "one", "two": "two"}


def test_what_is_too_much_together_is_read_one_by_one(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in range(5):
        box.deliver(letter(f"mail{each}", text="word " * 20_000), at=NOW)
    listed = pull(connector, wants=nothing)
    monkeypatch.setattr("connectors.outlook.looking._TOGETHER", 200_000)
    before = connector.spent
    messages = connector.read(listed.envelopes)

    assert (connector.spent - before).calls == 1 + 5
    assert len(messages) == 5
    assert all(len(message.text) == 16_384 for message in messages)
    del harness


def test_large_messages_are_not_asked_for_together(harness: OutlookHarness, connector: OutlookConnector, box: Mailbox) -> None:
    for each in range(3):
        box.deliver(with_attachment(f"large{each}", 1_500_000), at=NOW)
    pulled = pull(connector)

    assert len(pulled.messages) == 3
    assert all("enclosed" in message.text for message in pulled.messages)
    assert all(envelope.size > 1_500_000 for envelope in pulled.envelopes)
    assert harness.server.calls["attachments.list"] == 3


def test_a_calendar_behind_a_large_file_is_read(connector: OutlookConnector, box: Mailbox) -> None:
    published = calendar().replace("METHOD:REQUEST\r\n", "")
    raw = with_attachment("large", 1_500_000, ('text/calendar; charset=utf-8; name="interview.ics"', published))
    box.deliver(raw, at=NOW)
    listed = pull(connector, wants=nothing)
    first, again = pull(connector).message("large"), connector.read(listed.envelopes)[0]

    for message in (first, again):
        assert [event.start for event in read_calendar(message.calendars)] == [START]
        assert "enclosed" in message.text


def test_a_text_behind_a_large_file_is_read(harness: OutlookHarness, connector: OutlookConnector, box: Mailbox) -> None:
    raw = with_attachment("large", 1_500_000)
    head, _, rest = raw.partition(b"\r\n\r\n")
    box.deliver(raw, at=NOW)
    boundary = b"--" + rest.partition(b"--")[2].partition(b"\r\n")[0]
    parts = rest.split(boundary)
    turned = head + b"\r\n\r\n" + boundary + parts[2] + boundary + parts[1] + boundary + b"--\r\n"
    harness.server.replies("messages.value", turned, kind="text/plain")

    assert "enclosed" in pull(connector).message("large").text


def test_a_message_that_goes_while_it_is_read_comes_without_its_text(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    for name in ("one", "two"):
        box.deliver(letter(name), at=NOW)
    harness.server.fail("messages.value", 404)
    pulled = pull(connector)

    assert len(pulled.envelopes) == len(pulled.messages) == 2
    assert sorted(message.defects for message in pulled.messages) == [(), ("its text could not be read from the server",)]


def test_a_text_that_can_never_be_had_is_left_out_in_the_end(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    for name in ("one", "two"):
        box.deliver(letter(name), at=NOW)
    listed = pull(connector, wants=nothing)
    harness.server.fail("messages.value", 500, times=None)
    outcomes: list[int] = []
    for _ in range(5):
        try:
            outcomes.append(len(connector.read(listed.envelopes)))
        except Unavailable:
            outcomes.append(-1)

    assert outcomes == [-1, -1, 0, 0, 0]


def test_a_reference_of_another_kind_is_not_found(harness: OutlookHarness, connector: OutlookConnector) -> None:
    before = harness.server.calls["messages.value"]
    for ref in ("", "../../etc/passwd", "a?b", "a\r\nb", "INBOX 1"):
        with pytest.raises(NotFound):
            connector.fetch(ref)
    assert harness.server.calls["messages.value"] == before
    assert connector.read([envelope_of(row(), "a b", Role.INBOX)]) == []
