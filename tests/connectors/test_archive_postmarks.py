"""Where the messages of an mbox file begin and end, whoever wrote it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.archive import postmarks
from connectors.archive.postmarks import is_mbox, spans, unquoted

HEADER = b"Subject: one\nFrom: a@acme.test\n\n"
TAKEOUT = b"From 1790000000000000001@xxx Mon Mar 02 10:00:00 +0000 2026\n"
CLASSIC = b"From a@acme.test Mon Mar  2 10:00:00 2026\n"
THUNDERBIRD = b"From - Mon Mar  2 10:00:00 2026\n"


def _split(data: bytes) -> list[bytes]:
    return [data[span.start : span.end] for span in spans(BytesIO(data))]


@pytest.mark.parametrize(
    "mark",
    [
        TAKEOUT,
        CLASSIC,
        THUNDERBIRD,
        b"From a@acme.test Mon, 02 Mar 2026 10:00:00 +0000\n",
        b"From - \n",
        b"From \n",
        b"From a@acme.test\n",
    ],
)
def test_each_program_s_from_line_begins_a_message(mark: bytes) -> None:
    first, second = HEADER + b"body\n\n", HEADER + b"other body\n"

    assert _split(mark + first + mark + second) == [first, second]


@pytest.mark.parametrize("mark", [TAKEOUT, CLASSIC, THUNDERBIRD])
def test_carriage_returns_make_no_difference(mark: bytes) -> None:
    data = (mark + HEADER + b"body\n\n" + mark + HEADER + b"end\n").replace(b"\n", b"\r\n")

    assert [part.endswith((b"body\r\n\r\n", b"end\r\n")) for part in _split(data)] == [True, True]


def test_a_line_of_a_text_that_begins_with_from_is_no_message() -> None:
    text = b"Hi,\n\nFrom Monday on I am away.\n\nFrom there we go to lunch at 12:30 as in 2025\nby bus.\n\n>From Rita: hello\n"

    assert _split(TAKEOUT + HEADER + text) == [HEADER + text]


def test_a_missing_empty_line_between_two_messages_is_forgiven() -> None:
    assert len(_split(CLASSIC + HEADER + b"no line feed at the end of the text\n" + CLASSIC + HEADER + b"two\n")) == 2


def test_quoted_from_lines_lose_one_sign_and_no_more() -> None:
    assert unquoted(b"a\n>From b\n>>From c\n> From d\n") == b"a\nFrom b\n>From c\n> From d\n"


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (TAKEOUT, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (CLASSIC, datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (b"From x@y.test Mon Mar 02 10:00:00 +0130 2026\n", datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(minutes=90)))),
        (b"From x@y.test Mon Mar 32 10:00:00 2026\n", None),
        (b"From x@y.test Thu Jan  1 00:00:00 1970\n", None),
        (b"From \n", None),
    ],
)
def test_the_from_line_tells_when_the_message_was_filed(line: bytes, at: datetime | None) -> None:
    assert [span.filed for span in spans(BytesIO(line + HEADER))] == [at]


def test_a_file_without_a_from_line_holds_no_messages() -> None:
    assert _split(HEADER + b"text\n") == []
    assert not is_mbox(HEADER)
    assert is_mbox(b"\n\n" + TAKEOUT)


@given(
    bodies=st.lists(st.binary(max_size=300).map(lambda body: body.replace(b"From ", b"from ")), min_size=1, max_size=8),
    chunk=st.integers(8192, 9000),
)
def test_messages_are_found_wherever_a_read_ends(bodies: list[bytes], chunk: int) -> None:
    """Big texts push the From_ lines over every offset of the pieces in which the file is read."""
    messages = [HEADER + body * 40 + b"\n\n" for body in bodies]
    data = b"".join(TAKEOUT + message for message in messages)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postmarks, "_CHUNK", chunk)

        assert _split(data) == messages


@given(st.binary(max_size=2000))
def test_any_octets_are_split_into_spans_that_do_not_overlap(data: bytes) -> None:
    found = list(spans(BytesIO(b"From \nA: b\n\n" + data)))

    assert found
    assert all(one.start <= one.end for one in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
