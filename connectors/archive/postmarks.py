"""Where the messages of an mbox file begin and end (RFC 4155), found in one pass that holds a few megabytes at most.

A message begins behind a line of the form `From ADDRESS TIME`. Programs differ in what stands behind `From `, in whether an empty
line comes before it, and in whether they quote such lines in texts (`>From `). So a line counts if it looks like one and what
follows looks like a header.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO, Final, NamedTuple

from connectors.arrival import is_plausible

__all__ = ["Span", "is_mbox", "spans", "unquoted"]

_CHUNK: Final = 1 << 22
_AHEAD: Final = 4096
"""Octets behind the beginning of a line that are looked at to judge it."""
_BEHIND: Final = 4
_LONGEST: Final = 1000
_WITH_TIME: Final = re.compile(
    rb"From [^\r\n]{0,400}?"
    rb"(?:[A-Z][a-z]{2} +\d{1,2} +\d{1,2}:\d{2}[^\r\n]{0,20}? \d{4}|\d{1,2} [A-Z][a-z]{2} \d{4} +\d{1,2}:\d{2})[^\r\n]{0,60}\r?\n"
)
_WITHOUT: Final = re.compile(rb"From (?:-|\S+@\S+)?[ \t]*\r?\n")
_FIELD: Final = re.compile(rb"[!-9;-~]{1,76}[ \t]*:|>From ")
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)
_TIME: Final = re.compile(
    rb"([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: +(?:[A-Z]{3,5} +)?([+-]\d{4})?)? *(\d{4})"
)
_MONTHS: Final = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


class Span(NamedTuple):
    """One message of an mbox file: its octets are those from `start` up to `end`."""

    start: int
    end: int
    filed: datetime | None
    """The time of its From_ line, aware, where that has one: by the server's clock, or when the message was copied."""


def is_mbox(begin: bytes) -> bool:
    """Say whether a file that begins like this is an mbox file."""
    return begin.lstrip(b"\r\n").startswith(b"From ")


def spans(file: BinaryIO, progress: Callable[[int], None] | None = None) -> Iterator[Span]:
    """Yield the messages of a file in its order. `progress` is told how many octets have been looked at."""
    opened: tuple[int, datetime | None] | None = None
    end = 0
    for at, after, filed in _postmarks(file, progress):
        if opened is not None:
            yield Span(opened[0], at, opened[1])
        opened = (after, filed)
        end = after
    end = max(end, file.tell())
    if opened is not None:
        yield Span(opened[0], end, opened[1])


def _postmarks(file: BinaryIO, progress: Callable[[int], None] | None) -> Iterator[tuple[int, int, datetime | None]]:
    """Yield (offset of the From_ line, offset behind it, its time) of each message."""
    buffer, base, looked = b"\n\n", -2, 0  # as if an empty line stood before the file
    while True:
        chunk = file.read(_CHUNK)
        buffer += chunk
        limit = len(buffer) - _AHEAD if chunk else len(buffer)
        while (hit := buffer.find(b"\nFrom ", looked)) >= 0 and hit < limit:
            looked = hit + 1
            end = _line_end(buffer, hit)
            if end:
                yield base + hit + 1, base + end, _time_of(buffer[hit + 1 : end])
                looked = end - 1
        if not chunk:
            return
        looked = max(looked, limit) if hit < 0 or hit >= limit else looked
        kept = max(0, min(looked, limit) - _BEHIND)
        buffer, base, looked = buffer[kept:], base + kept, max(0, min(looked, limit) - kept)
        if progress is not None:
            progress(base + len(buffer))


def _line_end(buffer: bytes, hit: int) -> int:
    """Return the offset behind the From_ line that begins after `hit`; 0 when the line is none."""
    end = buffer.find(b"\n", hit + 1, hit + _LONGEST) + 1
    if not end:
        return 0
    after_blank = buffer[hit - 1 : hit] == b"\n" or buffer[max(0, hit - 2) : hit] == b"\n\r"
    with_time = _WITH_TIME.match(buffer, hit + 1, end) is not None
    header = _FIELD.match(buffer, end) is not None
    if with_time:
        return end if header or after_blank else 0
    return end if after_blank and header and _WITHOUT.match(buffer, hit + 1, end) is not None else 0


def _time_of(line: bytes) -> datetime | None:
    """Return the time of a From_ line: as `asctime` writes it (UTC), perhaps with an offset before the year."""
    match = _TIME.search(line)
    if match is None or match[1] not in _MONTHS:
        return None
    month, day, hour, minute, second, offset, year = match.groups()
    try:
        east = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])) if offset else timedelta()
        zone = timezone(-east if offset and offset.startswith(b"-") else east) if east else UTC
        at = datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=zone
        )
    except ValueError:
        return None
    return at if is_plausible(at) else None


def unquoted(raw: bytes) -> bytes:
    """Return a message as it was before it was put into the file: one `>` less where lines begin with `>From `."""
    return _QUOTED.sub(rb"\1", raw) if b">From " in raw else raw
