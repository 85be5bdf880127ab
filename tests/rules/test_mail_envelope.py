"""The first look: header fields into an envelope."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.mail import HEADERS, Address, Envelope, Role, envelope_from_header, identity
from rules.mail.headers import addresses, date_of, message_ids
from tests.rules.mails import RECEIVED


def _envelope(header: str | bytes) -> Envelope:
    raw = header if isinstance(header, bytes) else header.encode()
    return envelope_from_header(raw, ref="r", role=Role.INBOX, received_at=RECEIVED, size=1, calendar=False)


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("rita@acme.example", "", "rita@acme.example"),
        ("Rita Chen <Rita@ACME.example>", "Rita Chen", "rita@acme.example"),
        ('"Chen, Rita" <rita@acme.example>', "Chen, Rita", "rita@acme.example"),
        ('"Rita \\"R\\" Chen" <rita@acme.example>', 'Rita "R" Chen', "rita@acme.example"),
        ("rita@acme.example (Rita Chen)", "Rita Chen", "rita@acme.example"),
        ("=?utf-8?Q?Zo=C3=AB_M=C3=BCller?= <zoe@acme.example>", "Zoë Müller", "zoe@acme.example"),
        ('"=?utf-8?B?Wm/Dqw==?=" <zoe@acme.example>', "Zoë", "zoe@acme.example"),
        ("=?utf-8?Q?M=C3?= =?utf-8?Q?=BCller?= <m@acme.example>", "Müller", "m@acme.example"),
        ("=?iso-8859-1?Q?J=F6rg?= <j@acme.example>", "Jörg", "j@acme.example"),
        ("=?unknown?Q?J=C3=B6rg?= <j@acme.example>", "Jörg", "j@acme.example"),
        ("=?utf-8*de?Q?J=C3=B6rg?= <j@acme.example>", "Jörg", "j@acme.example"),
        ("Zoë <zoe@acme.example>", "Zoë", "zoe@acme.example"),
        ("undisclosed-recipients:;", "", ""),
        ("Team: Rita <rita@acme.example>, Ada <ada@acme.example>;", "Rita", "rita@acme.example"),
        ("<>", "", ""),
        ("Rita", "", ""),
        ('"evil@x.example" <rita@acme.example>', "evil@x.example", "rita@acme.example"),
        ("Rita <rita@acme.example", "Rita", "rita@acme.example"),
        ("Rita <rita acme.example>", "Rita", ""),
        ("Rita\u202ekcart <rita@acme.example>", "Ritakcart", "rita@acme.example"),
    ],
)
def test_a_sender_is_read_as_its_writer_meant(value: str, name: str, address: str) -> None:
    found = _envelope(f"From: {value}\r\n\r\n")
    assert (found.from_name, found.from_address) == (name, address)


def test_fields_are_unfolded_decoded_and_in_any_case() -> None:
    found = _envelope(
        "SUBJECT: =?utf-8?Q?Gespr=C3=A4ch?=\r\n =?utf-8?Q?_am_Montag?=\r\nmessage-id:\r\n <a@x.example>\r\n"
        "References: <1@x.example>\r\n\t<2@x.example>\r\nIn-Reply-To: Your mail of Monday <2@x.example>\r\n"
        "To: Sam <Sam@example.com>, ada@acme.example\r\ncc: max@acme.example\r\nList-Unsubscribe: <https://x.example>\r\n\r\n"
    )
    assert found.subject == "Gespräch am Montag"
    assert (found.message_id, found.references, found.in_reply_to) == ("a@x.example", "1@x.example 2@x.example", "2@x.example")
    assert found.recipients == "sam@example.com ada@acme.example max@acme.example"
    assert found.bulk


@pytest.mark.parametrize(
    ("line", "bulk"),
    [
        ("Precedence: bulk", True),
        ("Precedence: LIST", True),
        ("List-Id: <x>", True),
        ("Precedence: first-class", False),
        ("X-Y: z", False),
    ],
)
def test_bulk_is_what_says_so(line: str, bulk: bool) -> None:
    assert _envelope(f"From: a@x.example\r\n{line}\r\n\r\n").bulk is bulk


def test_what_stands_behind_the_header_is_not_read() -> None:
    assert _envelope("From: a@x.example\n\nSubject: no\n").subject == ""


def test_the_first_of_repeated_fields_counts() -> None:
    assert _envelope("From: a@x.example\r\nFrom: b@x.example\r\n\r\n").from_address == "a@x.example"


def test_latin_1_in_a_header_is_read_and_does_not_spoil_utf_8_beside_it() -> None:
    found = _envelope(b"From: J\xf6rg <j@acme.example>\r\nSubject: Gespr\xc3\xa4ch\r\n\r\n")
    assert (found.from_name, found.subject) == ("Jörg", "Gespräch")


def test_an_encoded_line_end_in_a_subject_makes_no_line() -> None:
    found = _envelope("Subject: =?utf-8?Q?a=0D=0ABcc:_evil@x.example=00?=\r\n\r\n")
    assert found.subject == "a Bcc: evil@x.example"


def test_the_identity_is_the_same_in_every_folder_and_differs_for_every_message() -> None:
    base = identity("a@x.example", "rita@acme.example", "Mon, 23 Nov 2026 10:00:00 -0500")
    assert base == identity("<a@x.example>", "Rita@acme.example", " Mon,  23 Nov 2026 10:00:00 -0500 ")
    assert len({base, identity("b@x.example", "rita@acme.example", "x"), identity("", "rita@acme.example", "x")}) == 3


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Mon, 23 Nov 2026 10:00:00 -0500", "2026-11-23T10:00:00-05:00"),
        ("23 Nov 2026 10:00 +0100 (CET)", "2026-11-23T10:00:00+01:00"),
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23T10:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 -0000", "2026-11-23T10:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00", "2026-11-23T10:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 EST", "2026-11-23T10:00:00-05:00"),
        ("Mon, 23 Nov 2026 10:00:60 +0000", "2026-11-23T10:00:59+00:00"),
    ],
)
def test_dates_are_read_in_the_forms_that_mail_has(text: str, iso: str) -> None:
    found = date_of(text)
    assert found is not None
    assert found.isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "Mon, 99 Foo 2026 10:00",
        "Mon, 31 Feb 2026 10:00:00 +0000",
        "1 Jan 99999 00:00 +0000",
        "1 Jan 2026 10:00 +9999",
    ],
)
def test_a_date_that_cannot_be_is_none(text: str) -> None:
    assert date_of(text) is None


def test_a_list_of_very_many_ids_keeps_the_first_and_the_latest() -> None:
    found = message_ids(" ".join(f"<{number}@x.example>" for number in range(500)))
    assert (found[0], found[-1], len(found)) == ("0@x.example", "499@x.example", 100)


def test_addresses_with_commas_in_quotes_and_comments_stay_whole() -> None:
    found = addresses('"Chen, Rita" <rita@acme.example>; Ada (Moe, A.) <ada@acme.example>,, max@acme.example')
    assert [item.address for item in found] == ["rita@acme.example", "ada@acme.example", "max@acme.example"]
    assert found[0] == Address("Chen, Rita", "rita@acme.example")


_NAMES = st.sampled_from([name.encode() for name in HEADERS])
_FIELD = st.builds(
    lambda name, value, end: name + b": " + value + end,
    _NAMES,
    st.binary(max_size=120),
    st.sampled_from([b"\r\n", b"\n", b"\r\n\t", b"\r"]),
)


@given(st.one_of(st.binary(max_size=600), st.lists(_FIELD, max_size=25).map(b"".join)))
def test_no_header_block_is_refused_and_every_value_can_be_stored(header: bytes) -> None:
    found: Any = _envelope(header)
    for value in found:
        if isinstance(value, str):
            value.encode("utf-8")  # no lone surrogate
            assert not any(char in value for char in "\r\n\x00")


@pytest.mark.parametrize(
    "piece",
    [
        b"=?utf-8?Q?" + b"=41" * 5000 + b"?=",
        b'"' * 20000,
        b"(" * 20000,
        b"<" * 20000,
        b"=?" * 20000,
        b"a@b," * 20000,
        b"\\" * 20000,
    ],
)
def test_a_huge_value_costs_little(piece: bytes) -> None:
    found = _envelope(
        b"From: " + piece + b"\r\nSubject: " + piece + b"\r\nReferences: " + piece + b"\r\nTo: " + piece + b"\r\n\r\n"
    )
    assert len(found.subject) <= 1000
    assert len(found.recipients) < 100 * 330
