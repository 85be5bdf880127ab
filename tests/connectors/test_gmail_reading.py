"""From Gmail's JSON to envelopes, from cursors and batches to values: whatever stands in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.gmail.cursor import Cursor, Listing, later
from connectors.gmail.multipart import read_parts, write_parts
from connectors.gmail.quota import UNITS, units_of
from connectors.gmail.reading import decoded, envelope_of, header_bytes, part_tree, received, role_of
from rules.mail import Role

SINCE = datetime(2025, 3, 4, 9, 0, 0, 123456, tzinfo=UTC)
JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "payload",
                    "headers",
                    "parts",
                    "body",
                    "name",
                    "value",
                    "mimeType",
                    "labelIds",
                    "internalDate",
                    "sizeEstimate",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


def message(**fields: Any) -> dict[str, Any]:
    return {"id": "18a", "threadId": "18t", "labelIds": ["INBOX"], "internalDate": "1741078800123", "sizeEstimate": 900, **fields}


def headers(**fields: str) -> dict[str, Any]:
    return {"headers": [{"name": name.replace("_", "-"), "value": value} for name, value in fields.items()]}


@pytest.mark.parametrize(
    ("labels", "role"),
    [
        (["INBOX", "UNREAD", "CATEGORY_UPDATES"], Role.INBOX),
        ([], Role.ARCHIVE),
        (["Label_7", "IMPORTANT"], Role.ARCHIVE),
        (["SENT"], Role.SENT),
        (["SENT", "INBOX"], Role.SENT),
        (["DRAFT"], Role.DRAFTS),
        (["DRAFT", "SENT"], Role.DRAFTS),
        (["SPAM", "UNREAD"], Role.JUNK),
        (["TRASH", "INBOX"], None),
        (["TRASH", "SPAM"], None),
        (["CHAT"], None),
    ],
)
def test_labels_say_which_folder_a_message_is_in(labels: list[str], role: Role | None) -> None:
    assert role_of(message(labelIds=labels)) is role


def test_a_message_without_any_label_was_archived() -> None:
    assert role_of({"id": "18a"}) is Role.ARCHIVE


@pytest.mark.parametrize("at", ["", "soon", "-1", "9" * 18, "9" * 40, "1e9", True, None, [], "²"])
def test_a_time_that_is_none_is_not_told(at: object) -> None:
    assert received(message(internalDate=at)) is None


def test_a_message_without_its_time_goes_by_its_date_field() -> None:
    envelope = envelope_of(message(internalDate=None, payload=headers(Date="Tue, 4 Mar 2025 09:00:00 +0000")), "18a", Role.INBOX)

    assert envelope.received_at == datetime(2025, 3, 4, 9, tzinfo=UTC)


def test_milliseconds_are_kept() -> None:
    assert received(message()) == datetime(2025, 3, 4, 9, 0, 0, 123000, tzinfo=UTC)


def test_only_fields_that_are_known_are_taken_and_none_can_add_another() -> None:
    payload = headers(Subject="Hello\r\nBcc: all@example.com\n\nBody", X_Secret="no", From="d@orchard.example")
    payload["headers"] += [{"name": "To\r\nCc", "value": "x@example.com"}, {"name": "to", "value": "sam@example.com"}]

    assert header_bytes(payload) == (
        b"Subject: Hello Bcc: all@example.com Body\r\nFrom: d@orchard.example\r\nto: sam@example.com\r\n"
    )


def test_a_header_of_megabytes_is_cut_and_what_is_short_still_found() -> None:
    payload = headers(References=" ".join(f"<{n}@orchard.example>" for n in range(100_000)), Subject="Short")

    block = header_bytes(payload)

    assert len(block) < 65_536
    assert b"Subject: Short" in block


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Ortiz, Dana <dana@orchard.example>", "Ortiz, Dana", "dana@orchard.example"),
        ('"Ortiz, Dana" <dana@orchard.example>', "Ortiz, Dana", "dana@orchard.example"),
        ("Boss <boss@orchard.example>, <mallory@evil.example>", "Boss <boss@orchard.example>,", "mallory@evil.example"),
        ("boss@orchard.example <mallory@evil.example>", "boss@orchard.example", "mallory@evil.example"),
        ("dana@orchard.example", "", "dana@orchard.example"),
        ("=?utf-8?q?Ortiz=2C_Dana?= <dana@orchard.example>", "Ortiz, Dana", "dana@orchard.example"),
        ("dana@orchard.example (Dana)", "Dana", "dana@orchard.example"),
    ],
)
def test_the_sender_is_the_one_behind_the_name_whatever_the_name_holds(value: str, name: str, address: str) -> None:
    envelope = envelope_of(message(payload=headers(From=value)), "18a", Role.INBOX)

    assert (envelope.from_name, envelope.from_address) == (name, address)


def test_a_calendar_is_seen_by_type_and_by_name_however_deep() -> None:
    leaf: dict[str, Any] = {"mimeType": "application/octet-stream", "filename": "Invite.ICS"}
    for _ in range(4):
        leaf = {"mimeType": "multipart/mixed", "filename": "", "parts": [{"mimeType": "text/plain"}, leaf]}

    assert envelope_of(message(payload=leaf), "18a", Role.INBOX).calendar
    assert not envelope_of(message(payload={"mimeType": "text/plain"}), "18a", Role.INBOX).calendar


def test_ten_thousand_parts_and_a_thousand_levels_are_bounded() -> None:
    deep: dict[str, Any] = {"mimeType": "text/calendar"}
    for _ in range(1000):
        deep = {"mimeType": "multipart/mixed", "parts": [deep]}
    wide = {"mimeType": "multipart/mixed", "parts": [{"mimeType": "text/plain"}] * 10_000}

    assert not envelope_of(message(payload=deep), "18a", Role.INBOX).calendar
    assert len(part_tree(wide).children) < 200


def test_parts_are_counted_as_imap_counts_them() -> None:
    payload = {
        "mimeType": "multipart/mixed",
        "parts": [{"mimeType": "multipart/alternative", "parts": [{"mimeType": "text/plain"}, {"mimeType": "text/html"}]}, {}],
    }
    root = part_tree(payload)

    assert [child.path for child in root.children] == ["1", "2"]
    assert [(child.path, child.type) for child in root.children[0].children] == [("1.1", "text/plain"), ("1.2", "text/html")]
    assert part_tree({"mimeType": "text/html"}).path == "1"


@given(JSONS)
def test_no_json_at_all_is_too_much(value: object) -> None:
    answer = value if isinstance(value, dict) else {"payload": value}
    role_of(answer)
    envelope = envelope_of(answer, "18a", Role.INBOX)

    assert envelope.received_at.tzinfo is not None
    assert "\n" not in envelope.subject + envelope.from_name
    assert envelope.size >= 0


@pytest.mark.parametrize(
    ("data", "octets"),
    [
        ("", b""),
        ("aGk", b"hi"),
        ("aGk=", b"hi"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("a\nGk", b"hi"),
        ("!!", b""),
        ("a", b""),
        ("é", b""),
    ],
)
def test_base64url_is_read_with_and_without_padding_and_dirt(data: str, octets: bytes) -> None:
    assert decoded(data) == octets


# -- cursors


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor("sam@example.com", "18446744073709555712"),
        Cursor("sam@example.com", "7", "page", "18a"),
        Cursor("sam@example.com", "7", "page", "18a", Listing(SINCE, 2)),
    ],
)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    assert Cursor.parse(str(cursor), "sam@example.com") == cursor


def test_a_cursor_of_another_mailbox_is_none() -> None:
    assert Cursor.parse(str(Cursor("lee@example.com", "7")), "sam@example.com") is None


@given(st.text() | JSONS.map(lambda value: "gmail1 " + json.dumps(value)))
def test_no_text_is_too_much_for_a_cursor(given_text: str) -> None:
    assert Cursor.parse(given_text, "sam@example.com") is None


@pytest.mark.parametrize(
    "value",
    [
        {"mailbox": "sam@example.com", "history": ""},
        {"mailbox": "sam@example.com", "history": "7; drop"},
        {"mailbox": "sam@example.com", "history": 7},
        {"mailbox": "sam@example.com", "history": "7", "page": 3},
        {"mailbox": "sam@example.com", "history": "7", "listing": {}},
        {"mailbox": "sam@example.com", "history": "7", "listing": {"since": "2025-03-04T09:00:00", "phase": 0}},
        {"mailbox": "sam@example.com", "history": "7", "listing": {"since": "never", "phase": 0}},
        {"mailbox": "sam@example.com", "history": "7", "listing": None},
    ],
)
def test_a_cursor_that_lacks_something_is_none(value: object) -> None:
    assert Cursor.parse("gmail1 " + json.dumps(value), "sam@example.com") is None


def test_the_later_of_two_ids_is_that_of_the_higher_number_and_not_of_the_longer_text() -> None:
    assert later("99", "100", "", "x", "0099") == "100"
    assert later("", "x") == ""


# -- batches


@dataclass
class Call:
    """A call to be put into a batch."""

    uri: str
    method: str = "GET"


def parts_of(*answers: bytes, boundary: str = "edge", end: bytes = b"--") -> bytes:
    return b"".join(b"--" + boundary.encode() + b"\r\n" + answer + b"\r\n" for answer in answers) + b"--edge" + end + b"\r\n"


def test_each_call_stands_in_a_part_of_its_own() -> None:
    kind, body = write_parts([Call("https://mail.test/gmail/v1/users/me/messages/1?format=raw"), Call("https://mail.test/a")])

    assert kind == 'multipart/mixed; boundary="batch_of_calls"'
    assert body.count(b"Content-Type: application/http\r\n") == 2
    assert b"GET /gmail/v1/users/me/messages/1?format=raw HTTP/1.1\r\n" in body
    assert body.endswith(b"--batch_of_calls--\r\n")


def test_answers_are_told_apart_by_their_id_and_not_by_their_order() -> None:
    content = parts_of(
        b"Content-Type: application/http\r\nContent-ID: <response-call-1>\r\n\r\nHTTP/1.1 404 Gone\r\nRetry-After: 3\r\n\r\n{}",
        b'Content-Type: application/http\r\nContent-ID: response-call-0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"a": 1}',
    )
    found = read_parts('multipart/mixed; boundary="edge"', content)

    assert found is not None
    assert (found[1].status, found[1].headers) == (404, {"retry-after": "3"})
    assert (found[0].status, json.loads(found[0].content)) == (200, {"a": 1})


def test_what_is_broken_in_an_answer_costs_its_part_only() -> None:
    content = parts_of(
        b"Content-ID: <response-call-0>\r\n\r\nHTTP/1.1 OK\r\n\r\n{}",
        b"no head at all",
        b"Content-ID: <response-call-x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}",
        b"Content-ID: <response-call-2>\r\n\r\nHTTP/1.1 200 OK",
        b"Content-ID: <response-call-3>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}",
    )

    assert set(read_parts("multipart/mixed; boundary=edge", content) or {}) == {3}


@pytest.mark.parametrize(
    "name",
    [
        "<response-call-7>",
        "response-call-7",
        '"<response-call-7>"',
        '"response-call-7"',
        "<call-7>",
        "response-<call-7> ",
        "\r\n <response-call-7>",
        "<call-7>\r\nX-More: 1\r\n",
        "<Call-7>",
    ],
)
def test_an_answer_is_known_by_the_id_however_it_is_written(name: str) -> None:
    content = parts_of(f"content-id: {name}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{{}}".encode())

    assert set(read_parts("multipart/mixed; boundary=edge", content, 1) or {}) == {7}


def test_answers_without_any_id_stand_in_the_order_of_the_calls_if_none_is_missing() -> None:
    content = parts_of(*(f"Content-Type: application/http\r\n\r\nHTTP/1.1 20{n} OK\r\n\r\n{{}}".encode() for n in range(3)))
    found = read_parts("multipart/mixed; boundary=edge", content, 3)

    assert found is not None
    assert [(place, part.status) for place, part in found.items()] == [(0, 200), (1, 201), (2, 202)]
    assert read_parts("multipart/mixed; boundary=edge", content, 4) == {}


@pytest.mark.parametrize("kind", ["", "text/html", "multipart/mixed", "application/json; boundary=edge"])
def test_what_is_no_batch_is_said_to_be_none(kind: str) -> None:
    assert read_parts(kind, b"<html></html>") is None


@given(st.binary(max_size=300))
def test_no_octets_are_too_much_for_a_batch(content: bytes) -> None:
    read_parts("multipart/mixed; boundary=e", b"--e\r\nContent-ID: <call-0>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + content)
    read_parts("multipart/mixed; boundary=e", content)


# -- quota


def test_no_method_that_sends_or_throws_away_has_a_price() -> None:
    ends = {name.rpartition(".")[2] for name in UNITS}
    assert not ends & {"send", "insert", "import", "trash", "untrash", "batchDelete"}
    assert "gmail.users.messages.delete" not in UNITS
    for forbidden in ("gmail.users.messages.send", "gmail.users.drafts.send", "gmail.users.messages.trash"):
        with pytest.raises(ValueError, match="not among the methods"):
            units_of(forbidden)
