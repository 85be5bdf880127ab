"""Whole messages and single parts come to the same."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.mail import (
    Message,
    Part,
    Role,
    choose_parts,
    envelope_from_header,
    has_calendar,
    message_from_bytes,
    message_from_parts,
)
from rules.mail.mime import parameters, read_tree
from tests.rules.calendar_cases import event, google
from tests.rules.mails import RECEIVED, mail, raw_mail

_ICS = google(event("DTSTART:20261201T150000Z"))


def _read(raw: bytes) -> Message:
    return message_from_bytes(raw, ref="r", role=Role.INBOX, received_at=RECEIVED, size=len(raw))


def _multipart(*parts: str, kind: str = "mixed", boundary: str = "b1") -> bytes:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return (
        f'From: Rita <rita@acme.example>\r\nContent-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n{body}--{boundary}--\r\n'
    ).encode()


def test_plain_text_comes_before_html() -> None:
    found = _read(
        _multipart(
            "Content-Type: text/plain\r\n\r\n" + "A letter of some length. " * 30,
            "Content-Type: text/html\r\n\r\n<p>no</p>",
            kind="alternative",
        )
    )
    assert found.text.startswith("A letter")


@pytest.mark.parametrize(
    "stub", ["", " \r\n", "Your mail program cannot display HTML.", "View this mail in your browser: https://x.example"]
)
def test_html_is_read_where_plain_text_only_points_to_it(stub: str) -> None:
    found = _read(
        _multipart(
            f"Content-Type: text/plain\r\n\r\n{stub}",
            "Content-Type: text/html; charset=utf-8\r\n\r\n<style>p{}</style><p>Dear <b>Sam</b>,</p><p>you are in.<br>Rita</p>",
            kind="alternative",
        )
    )
    assert found.text == "Dear Sam,\n\nyou are in.\nRita"


@pytest.mark.parametrize(
    "head",
    [
        'Content-Type: text/calendar; charset="utf-8"; method=REQUEST',
        'Content-Type: application/ics; name="invite.ics"\r\nContent-Disposition: attachment; filename="invite.ics"',
        'Content-Type: application/octet-stream; name="invite.ics"\r\nContent-Disposition: attachment',
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''Interview%20Sam.ics",
    ],
)
def test_a_calendar_part_is_found_however_it_is_attached(head: str) -> None:
    raw = _multipart(
        "Content-Type: text/plain\r\n\r\nhello",
        f"{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(_ICS.encode()).decode()}",
    )
    found = _read(raw)
    assert found.envelope.calendar
    assert found.calendars[0].text == _ICS.replace("\r\n", "\n")


def test_a_forwarded_message_is_not_the_text_of_the_one_around_it() -> None:
    found = _read(
        _multipart(
            "Content-Type: message/rfc822\r\n\r\nFrom: x@x.example\r\n\r\ninner words",
            "Content-Type: text/plain\r\n\r\nouter words",
        )
    )
    assert found.text == "outer words"


def test_a_delivery_report_is_kept() -> None:
    found = _read(
        _multipart(
            "Content-Type: text/plain\r\n\r\nIt did not arrive.",
            (
                "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n"
                "\r\nFinal-Recipient: rfc822; rita@acme.example\r\nAction: failed\r\nStatus: 5.1.1"
            ),
            kind="report",
        )
    )
    assert "Action: failed" in found.delivery_status


@pytest.mark.parametrize(
    ("encoding", "octets"),
    [
        ("base64", base64.encodebytes("Grüße an Zoë, bis Montag".encode())),
        ("quoted-printable", b"Gr=C3=BC=C3=9Fe an Zo=C3=AB, bis =\r\nMontag"),
        ("8bit", "Grüße an Zoë, bis Montag".encode()),
    ],
)
def test_a_part_cut_anywhere_is_the_beginning_of_the_whole(encoding: str, octets: bytes) -> None:
    raw = raw_mail("")
    envelope = _read(raw).envelope
    for length in range(len(octets) + 1):
        found = message_from_parts(
            envelope,
            raw,
            text=octets[:length],
            text_type="text/plain",
            text_charset="utf-8",
            text_encoding=encoding,
            text_truncated=length < len(octets),
            calendars=[],
            delivery_status=None,
        )
        assert "Grüße an Zoë, bis Montag".startswith(found.text.rstrip("=")), length
        assert "\ufffd" not in found.text


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        ("utf-8", b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("us-ascii", b"Gr\xfc\xdfe", "Grüße"),
        ("", b"Gr\xfc\xdfe", "Grüße"),
        ("x-unknown", b"Gr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("windows-1252", b"it\x92s", "it\u2019s"),
        ("iso-8859-1", b"it\x92s", "it\u2019s"),
        ("gb2312", "您好".encode("gb18030"), "您好"),
        ("iso-2022-jp", "面接".encode("iso-2022-jp"), "面接"),
        ("hex", b"6162", "6162"),
        ("unicode_escape", b"\\u0041", "\\u0041"),
        ("punycode", b"abc-", "abc-"),
    ],
)
def test_charsets_are_what_mailers_mean_by_them(charset: str, octets: bytes, text: str) -> None:
    raw = b"From: a@x.example\r\nContent-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + octets
    assert _read(raw).text == text


def test_imap_and_maildir_read_one_message_alike() -> None:
    raw = raw_mail("Dear Sam,\r\n\r\nsee you on Tuesday.\r\n\r\nOn Mon, 23 Nov 2026, Sam wrote:\r\n> Hello", calendar=_ICS)
    whole = _read(raw)
    tree = read_tree(raw)
    choice = choose_parts(tree.root)
    assert choice.text is not None
    parts = message_from_parts(
        whole.envelope,
        raw[: raw.index(b"\r\n\r\n") + 4],
        text=tree.octets(raw, choice.text, choice.text.octets),
        text_type=choice.text.type,
        text_charset=choice.text.charset,
        text_encoding=choice.text.encoding,
        text_truncated=False,
        calendars=[(tree.octets(raw, part, part.octets), part.method, part.charset, part.encoding) for part in choice.calendars],
        delivery_status=None,
    )
    assert parts == whole


def test_paths_are_those_of_imap() -> None:
    """RFC 9051 section 6.4.5.1: parts of a multipart are numbered from 1; a message of one part has part 1."""
    raw = _multipart(
        (
            "Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\n"
            "\r\nx\r\n--b2\r\nContent-Type: text/html\r\n\r\ny\r\n--b2--"
        ),
        "\r\nz",
    )
    tree = read_tree(raw)
    assert [(part.path, part.type) for part in (tree.root, *tree.root.children, *tree.root.children[0].children)] == [
        ("", "multipart/mixed"),
        ("1", "multipart/alternative"),
        ("2", "text/plain"),
        ("1.1", "text/plain"),
        ("1.2", "text/html"),
    ]
    assert read_tree(raw_mail("x")).root.path == "1"


def test_the_parts_of_a_structure_are_chosen_without_a_body() -> None:
    root = Part(
        "",
        "multipart/mixed",
        children=(
            Part(
                "1", "multipart/alternative", children=(Part("1.1", "text/plain", size=900), Part("1.2", "text/html", size=9000))
            ),
            Part("2", "text/calendar", params={"method": "request"}, size=2000),
            Part("3", "application/pdf", size=90000, disposition="attachment"),
        ),
    )
    choice = choose_parts(root)
    assert [part.path for part in choice.parts] == ["1.1", "2"]
    assert has_calendar(root)
    assert choice.calendars[0].method == "REQUEST"
    assert choice.parts[0].octets == 16 * 1024


def test_a_boundary_that_begins_with_the_one_around_it_is_told_apart() -> None:
    inner = "Content-Type: multipart/alternative; boundary=b1x\r\n\r\n--b1x\r\n\r\none\r\n--b1x--"
    tree = read_tree(_multipart(inner, "Content-Type: text/html\r\n\r\ntwo"))
    assert [part.type for part in tree.root.children] == ["multipart/alternative", "text/html"]


def test_parameters_follow_rfc_2231_and_survive_its_absence() -> None:
    assert parameters('text/plain; name*0="a b"; name*1*=%20c; charset="x;y"')[1] == {"charset": "x;y", "name": "a b c"}
    assert parameters('attachment; filename="=?utf-8?Q?Zo=C3=AB.ics?="')[1] == {"filename": "Zoë.ics"}


def test_broken_fields_are_told_and_cost_nothing_else() -> None:
    found = mail("hello", sender="nobody", headers={"Date": "soon"})
    assert (found.text, found.date, found.sender.address) == ("hello", None, "")
    assert found.defects == ("the Date field cannot be read", "no address in From")


def test_recipients_with_encoded_commas_stay_whole() -> None:
    found = mail("hello", headers={"Cc": "=?utf-8?Q?Chen=2C_Rita?= <rita@acme.example>, ada@acme.example"})
    assert [(item.name, item.address) for item in found.cc] == [("Chen, Rita", "rita@acme.example"), ("", "ada@acme.example")]


def _nested(depth: int) -> bytes:
    raw = b"From: a@x.example\r\n"
    for level in range(depth):
        raw += f"Content-Type: multipart/mixed; boundary=b{level}x\r\n\r\n--b{level}x\r\n".encode()
    return raw + b"Content-Type: text/plain\r\n\r\ndeep"


@pytest.mark.parametrize(
    "raw",
    [
        _nested(500),
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 5000,
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--ab\r\n" * 300000,
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nx',
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 60000,
        b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 20000 + b"x",
        b"Content-Type: text/html\r\n\r\n" + b"<blockquote>" * 20000 + b"x",
        b"Content-Type: text/html\r\n\r\n" + b"<p style='display:none'>" * 20000 + b"x",
        b"Content-Type: text/html\r\n\r\n<!" + b"--" * 60000,
        b"Subject: " + b"x" * 5_000_000,
        b"Content-Type: text/plain; " + b'a="b' * 50000 + b"\r\n\r\nx",
        b"From: a@x.example\r\n\r\n" + b"On Mon 1 wrote\n" * 20000,
        b"From: a@x.example\r\n\r\n" + b"> " * 200000,
        b"\x00" * 100000,
        b"",
        b"\n\n\n",
    ],
    ids=range(16),
)
def test_a_bomb_is_read_in_bounds(raw: bytes) -> None:
    found = _read(raw)
    assert len(found.text) <= 16 * 1024
    assert len(found.quoted) <= 4 * 1024
    assert len(found.calendars) <= 10


_PIECES = st.sampled_from(
    [
        b"From: a@x.example\r\n",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: text/html\r\n",
        b"Content-Type: text/calendar; method=X\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n",
        b"\r\n",
        b"\n",
        b"\r\n\r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"<p>",
        b"</p><blockquote>",
        b"<!--",
        b"=E2=82",
        b"QUJD",
        b"> ",
        b"-----Original Message-----\r\n",
        b"Content-Disposition: attachment; filename*0*=x''%\r\n",
        b"; charset=utf-7\r\n",
        b"+2AA-",
    ]
)


@settings(max_examples=300)
@given(st.lists(st.one_of(_PIECES, st.binary(max_size=30)), max_size=40).map(b"".join))
def test_no_bytes_are_refused(raw: bytes) -> None:
    found = _read(raw)
    for text in (
        found.text,
        found.quoted,
        found.delivery_status,
        *(part.text for part in found.calendars),
        *found.headers.values(),
    ):
        text.encode("utf-8")
        assert "\x00" not in text


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "base64", "quoted-printable", "x-uuencode"]),
    st.sampled_from(["text/plain", "text/html", ""]),
    st.text(max_size=12),
    st.booleans(),
)
def test_no_part_is_refused(octets: bytes, encoding: str, kind: str, charset: str, truncated: bool) -> None:
    envelope = envelope_from_header(b"", ref="r", role=Role.INBOX, received_at=RECEIVED, size=1, calendar=False)
    message_from_parts(
        envelope,
        octets,
        text=octets,
        text_type=kind,
        text_charset=charset,
        text_encoding=encoding,
        text_truncated=truncated,
        calendars=[(octets, charset, charset, encoding)],
        delivery_status=octets,
    ).text.encode("utf-8")
