"""What servers say, read: no bytes of theirs may raise anything but what is meant, or take long."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import ConnectorError
from connectors.imap.cursor import Mark, dump_cursor, load_cursor
from connectors.imap.rows import EPOCH, fetched, received_at, structure_of
from connectors.imap.session import uid_ranges
from connectors.imap.state import FolderState, state_from_status
from connectors.imap.tokens import Unreadable, parse
from connectors.imap.wire import Buffer, quoted
from rules.mail import Part, choose_parts, has_calendar


class FakeSocket:
    """Gives out bytes in pieces, then the end of file."""

    def __init__(self, data: bytes, step: int) -> None:
        """Cut the data into pieces of `step` octets."""
        self.pieces = [data[i : i + step] for i in range(0, len(data), step)]

    def recv(self, size: int) -> bytes:
        del size
        return self.pieces.pop(0) if self.pieces else b""


def buffer(data: bytes, step: int = 7) -> Buffer:
    made = Buffer("server")
    made.sock = FakeSocket(data, step)  # type: ignore[assignment]  # as much of a socket as is used
    return made


@pytest.mark.parametrize("step", [1, 2, 7, 1000])
def test_replies_are_the_same_however_they_are_cut_up(step: int) -> None:
    data = b"* 1 FETCH (BODY[] {5}\r\nab\r\nc FLAGS ())\r\n* OK hi\r\n* 2 FETCH (A {0}\r\n B {3}\r\n{1}\r\n)\r\n"
    reader = buffer(data, step)

    assert [reader.reply() for _ in range(4)] == [
        [b"* 1 FETCH (BODY[] {5}", b"ab\r\nc", b" FLAGS ())"],
        [b"* OK hi"],
        [b"* 2 FETCH (A {0}", b"", b" B {3}", b"{1}", b""],
        [b")"],
    ]


def test_a_literal_that_is_too_big_is_read_past() -> None:
    size = (2 << 20) + 1
    reader = buffer(b"* 1 FETCH (BODY[] {%d}\r\n%s UID 4)\r\n* OK next\r\n" % (size, b"x" * size), 1 << 16)

    assert reader.reply() == [b"* 1 FETCH (BODY[] {%d}" % size, b"", b" UID 4)"]
    assert reader.reply() == [b"* OK next"]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_no_octets_can_break_the_reader_of_replies(data: bytes, step: int) -> None:
    with pytest.raises(ConnectorError):
        _read_all(buffer(data, step))


def _read_all(reader: Buffer) -> None:
    while True:
        reply = reader.reply()
        with suppress(Unreadable):
            fetched(reply)


@given(st.lists(st.binary(max_size=80), min_size=1, max_size=7))
def test_no_pieces_can_break_the_grammar(pieces: list[bytes]) -> None:
    try:
        parse(pieces)
    except Unreadable:
        return


@pytest.mark.parametrize("text", [b"(" * 100_000, b'"' + b"\\" * 100_000, b"(" * 50 + b"x " * 200_000])
def test_hostile_nesting_ends_soon(text: bytes) -> None:
    with pytest.raises(Unreadable):
        parse([text])
    structure_of(text)


@given(st.recursive(st.none() | st.binary(max_size=8), lambda inner: st.lists(inner, max_size=9), max_leaves=60))
def test_no_structure_can_break_the_tree_of_parts(structure: object) -> None:
    tree = structure_of(structure)  # type: ignore[arg-type]  # the point of the test
    choose_parts(tree)
    has_calendar(tree)


def test_a_structure_becomes_the_tree_that_the_rules_choose_from() -> None:
    text = (
        b'(("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 120 4 NIL ("INLINE" NIL) NIL NIL)'
        b'(("TEXT" "HTML" ("charset" "utf-8") NIL NIL "BASE64" 999 12 NIL NIL NIL NIL)'
        b'("IMAGE" "PNG" ("NAME" "x.png") "<cid>" NIL "BASE64" 5000 NIL NIL NIL NIL) "RELATED" ("BOUNDARY" "b") NIL NIL NIL)'
        b'("TEXT" "CALENDAR" ("METHOD" "request" "CHARSET" "utf-8") NIL NIL "8BIT" 300 10 NIL NIL NIL NIL)'
        b'("APPLICATION" "OCTET-STREAM" NIL NIL NIL "BASE64" 300'
        b' NIL ("ATTACHMENT" ("FILENAME*" "utf-8\'\'term%C3%ADn.ics")) NIL NIL)'
        b'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 40 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL)'
        b' ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 3 1 NIL NIL NIL NIL) 2 NIL NIL NIL NIL)'
        b' "MIXED" ("BOUNDARY" "a") NIL NIL NIL)'
    )
    tree = structure_of(text)
    paths = {part.path: part.type for part in _all(tree)}

    assert paths == {
        "": "multipart/mixed",
        "1": "text/plain",
        "2": "multipart/related",
        "2.1": "text/html",
        "2.2": "image/png",
        "3": "text/calendar",
        "4": "application/octet-stream",
        "5": "message/rfc822",
    }
    by_path = {part.path: part for part in _all(tree)}
    assert (by_path["1"].charset, by_path["1"].encoding, by_path["1"].size) == ("utf-8", "quoted-printable", 120)
    assert by_path["3"].method == "REQUEST"
    assert by_path["4"].filename == "termín.ics"
    choice = choose_parts(tree)
    assert choice.text is not None
    assert [part.path for part in choice.calendars] == ["3", "4"]


def _all(part: Part) -> list[Part]:
    return [part, *(below for child in part.children for below in _all(child))]


def test_brackets_that_are_never_closed_are_an_atom() -> None:
    assert parse([b"[" * 50_000 + b" x"]) == [b"[" * 50_000, b"x"]


def test_a_message_of_one_part_is_section_one() -> None:
    tree = structure_of(b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1)')

    assert (tree.path, tree.type) == ("1", "text/plain")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"17-Jul-1996 02:44:25 -0700", datetime(1996, 7, 17, 9, 44, 25, tzinfo=UTC)),
        (b" 1-jan-2025 00:00:00 +0530", datetime(2024, 12, 31, 18, 30, tzinfo=UTC)),
        (b"01-Jan-2025 23:59:60 +0000", datetime(2025, 1, 1, 23, 59, 59, tzinfo=UTC)),
        (b"01-Jan-2025 00:00:00", datetime(2025, 1, 1, tzinfo=UTC)),
        (b"31-Feb-2025 00:00:00 +0000", EPOCH),
        (b"01-Foo-2025 00:00:00 +0000", EPOCH),
        (b"01-Jan-0001 00:00:00 +2300", EPOCH),
        (b"", EPOCH),
    ],
)
def test_internal_dates_are_read_into_utc(text: bytes, expected: datetime) -> None:
    assert received_at(text) == expected


@given(st.binary(max_size=40))
def test_no_internal_date_can_break_the_reader(text: bytes) -> None:
    assert received_at(text).tzinfo is UTC


@given(st.sets(st.integers(1, 100_000), max_size=800))
def test_uid_sets_name_exactly_the_uids_in_short_lines(uids: set[int]) -> None:
    sets = uid_ranges(uids)
    named = [
        uid
        for text in sets
        for part in text.split(b",")
        for uid in range(int(part.partition(b":")[0]), int(part.rpartition(b":")[2]) + 1)
    ]

    assert named == sorted(uids)
    assert all(len(text) <= 1600 for text in sets)


MARKS = st.dictionaries(
    st.text(max_size=12),
    st.builds(
        Mark,
        st.integers(0, 2**32),
        st.integers(1, 2**32),
        st.builds(FolderState, st.none(), st.none() | st.integers(1, 99), st.none() | st.integers(1, 2**63), st.none()),
        st.booleans(),
    ),
    max_size=4,
)


@given(MARKS)
def test_a_cursor_is_read_as_it_was_written(marks: dict[str, Mark]) -> None:
    again = load_cursor(dump_cursor(marks))

    assert again is not None
    assert {name: (mark.uidvalidity, mark.next, mark.listing) for name, mark in again.items()} == {
        name: (mark.uidvalidity, mark.next, mark.listing) for name, mark in marks.items()
    }
    assert {name: mark.state.modseq for name, mark in again.items()} == {name: mark.state.modseq for name, mark in marks.items()}


@given(st.text(max_size=60))
def test_a_foreign_cursor_is_none(text: str) -> None:
    assert load_cursor(text) is None


@pytest.mark.parametrize(
    "damaged",
    [
        '{"v":"imap1"}',
        '{"v":"imap1","folders":[]}',
        '{"v":"imap1","folders":{"INBOX":[1,2]}}',
        '{"v":"imap1","folders":{"INBOX":["1",2,3,4,5,0]}}',
        '{"v":"imap1","folders":{"INBOX":[1,null,3,4,5,0]}}',
        '{"v":"imap0","folders":{}}',
        "[]",
        "7",
    ],
)
def test_a_damaged_cursor_is_none(damaged: str) -> None:
    assert load_cursor(damaged) is None


def test_what_a_server_does_not_say_is_never_taken_for_no_change() -> None:
    silent = FolderState(uidvalidity=1, messages=3)

    assert silent.differs(silent)
    assert not FolderState(1, 5, None, 3).differs(FolderState(1, 5, None, 3))
    assert FolderState(1, 5, 9, 3).differs(FolderState(1, 5, None, 3))
    assert state_from_status(b"MESSAGES 3 UIDNEXT 0 UIDVALIDITY 9 HIGHESTMODSEQ 0)") == FolderState(9, None, None, 3)


def test_arguments_are_quoted_or_sent_as_literals() -> None:
    assert quoted(b'a "b" \\') == b'"a \\"b\\" \\\\"'
    assert type(quoted(b"plain")) is bytes
    assert type(quoted("ü".encode())) is not bytes
    assert type(quoted(b"two\r\nlines")) is not bytes
