"""One archive of mail: where each message lies, in the order in which they came, and each of them when it is asked for.

The first pass over it looks at headers only and keeps 29 octets a message (and the path of a file, where every message is one),
so that a mailbox of many gigabytes needs no more memory than its number of messages asks for.
"""

from __future__ import annotations

import os
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from connectors.archive.census import Census
from connectors.archive.postmarks import spans, unquoted
from connectors.archive.walk import Form, Source, open_file, sources
from connectors.arrival import received_at
from connectors.errors import NotFound
from connectors.folder_names import known_role
from rules.mail import Envelope, Message, Role, envelope_from_header, has_calendar, message_of
from rules.mail.encoding import decode_words
from rules.mail.headers import split_fields
from rules.mail.mime import header_of, read_tree

__all__ = ["Archive", "Progress", "Skipped"]

Progress = Callable[[int, int], None]
"""Told how many octets of how many have been looked at."""

_HEADER: Final = 16_384
_LONG_HEADER: Final = 65_536
_READ: Final = 16_777_216
"""Octets of one message that are read: enough for an invitation behind a large attachment."""
_WANTED: Final = (
    "Date",
    "From",
    "To",
    "Cc",
    "Subject",
    "Message-ID",
    "Received",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-GM-THRID",
    "X-Gmail-Labels",
    "X-Mozilla-Status",
)
_FIELDS: Final = {name: name.lower() for name in _WANTED} | {name.lower(): name.lower() for name in _WANTED}
_TELLING: Final = frozenset({"date", "from", "to", "subject", "message-id"})
_THREAD: Final = dict.fromkeys(("X-GM-THRID", "x-gm-thrid"), "x-gm-thrid")
_EXPUNGED: Final = 0x0008
"""X-Mozilla-Status of a message that was deleted and still lies in the file."""
_CHATS: Final = frozenset({"chat", "chats"})
_ROLES: Final = tuple(Role)
_OPEN_FILES: Final = 16
_EXAMPLES: Final = 20


class Skipped(StrEnum):
    """Why a message is not taken as one that came in or went out."""

    DRAFT = "draft"
    SPAM = "spam"
    TRASH = "trash"
    CHAT = "chat"
    BROKEN = "broken"
    """It has none of the fields that a mail begins with."""
    UNDATED = "undated"
    """Nothing says when it came, and nothing that lies beside it does."""
    UNREADABLE = "unreadable"


_SKIPPED_ROLES: Final = {Role.DRAFTS: Skipped.DRAFT, Role.JUNK: Skipped.SPAM, Role.TRASH: Skipped.TRASH}


@dataclass(slots=True)
class _Rows:
    """What is kept of each message, column by column."""

    source: array[int] = field(default_factory=lambda: array("I"))
    start: array[int] = field(default_factory=lambda: array("q"))
    size: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    """Seconds since 1970."""
    role: array[int] = field(default_factory=lambda: array("B"))

    def add(self, source: int, start: int, size: int, at: int, role: Role) -> None:
        for column, value in zip(self.columns(), (source, start, size, at, _ROLES.index(role)), strict=True):
            column.append(value)

    def columns(self) -> tuple[array[int], ...]:
        return self.source, self.start, self.size, self.at, self.role

    def sorted(self) -> _Rows:
        """Return the same by time; messages of one second in the order in which they lie."""
        order = sorted(range(len(self.at)), key=self.at.__getitem__)
        return _Rows(*(array(column.typecode, map(column.__getitem__, order)) for column in self.columns()))


class Archive:
    """The mail at one place. Nothing is ever written there: files are opened for reading alone."""

    def __init__(self, path: Path) -> None:
        """Take the path of an mbox file, a Maildir, a .eml file or a folder with any of them; no I/O."""
        self.path = path
        self.census = Census()
        self.skipped: Counter[Skipped] = Counter()
        self.told: list[str] = []
        """What was broken or could not be read, and where; at most the first 20."""
        self.own: frozenset[str] = frozenset()
        """The user's addresses, lower-case: what is from one of them counts as sent."""
        self._sources: list[Source] = []
        self._rows = _Rows()
        self._undated: list[tuple[int, int, int, Role]] = []
        self._files: dict[int, int] = {}
        self._last: tuple[int, bytes] = (-1, b"")

    def scan(self, progress: Progress | None = None) -> None:
        """Find the messages. Raises Misconfigured where there is no mail, OSError where the one file cannot be read."""
        self._sources = sources(self.path)
        total = sum(source.size for source in self._sources)
        done = 0
        for number, source in enumerate(self._sources):
            try:
                if source.form is Form.MBOX:
                    self._scan_mbox(number, source, None if progress is None else _shifted(progress, done, total))
                else:
                    self._scan_single(number, source)
            except OSError as error:
                if len(self._sources) == 1:
                    raise
                self._skip(Skipped.UNREADABLE, f"{source.path}: {error.strerror or error}")
            done += source.size
            if progress is not None:
                progress(done, total)
        self.skipped[Skipped.UNDATED] += len(self._undated)
        self._undated.clear()
        self._rows = self._rows.sorted()

    def close(self) -> None:
        """Let go of the files."""
        while self._files:
            os.close(self._files.popitem()[1])
        self._last = (-1, b"")

    # --- what is there ------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """Return how many messages there are."""
        return len(self._rows.at)

    def count(self, now: datetime) -> int:
        """Return how many messages had come at `now`: those with a lower number."""
        return bisect_right(self._rows.at, int(now.timestamp()))

    def at(self, number: int) -> datetime:
        """Return when a message came, in UTC, to the second."""
        return datetime.fromtimestamp(self._rows.at[number], UTC)

    def envelope(self, number: int) -> Envelope:
        """Return the first look at a message. Raises NotFound when its file is not what it was."""
        source, size = self._sources[self._rows.source[number]], self._rows.size[number]
        data = self._data(number, _LONG_HEADER)
        header = header_of(data)
        calendar = False
        if b"multipart" in header.lower() or b"calendar" in header.lower() or b"application/ics" in header.lower():
            data = self._data(number, _READ)
            calendar = _may_hold_calendar(data) and has_calendar(read_tree(data).root)
        found = envelope_from_header(
            header,
            ref=str(number),
            role=_ROLES[self._rows.role[number]],
            received_at=self.at(number),
            size=size or source.size,
            calendar=calendar,
            thread_id=split_fields(header, _THREAD).get("x-gm-thrid", "")[:100],
        )
        return found._replace(role=Role.SENT) if found.from_address in self.own else found

    def message(self, number: int, envelope: Envelope) -> Message:
        """Return a message with its text. Raises NotFound."""
        data = self._data(number, _READ)
        found = message_of(envelope, data)
        if self._rows.size[number] <= _READ:
            return found
        return replace(found, defects=(*found.defects, f"only the first {_READ} of {self._rows.size[number]} octets were read"))

    def raw(self, number: int, most: int) -> bytes:
        """Return a message as it was before it was put here, at most so many octets. Raises NotFound."""
        return self._data(number, most)

    # --- finding it ---------------------------------------------------------------------------------------------------

    def _scan_mbox(self, number: int, source: Source, progress: Callable[[int], None] | None) -> None:
        with os.fdopen(open_file(source.path), "rb") as file:
            for span in spans(file, progress):
                size = span.end - span.start
                header = header_of(os.pread(file.fileno(), min(size, _HEADER), span.start))
                if len(header) >= _HEADER:
                    header = header_of(os.pread(file.fileno(), min(size, _LONG_HEADER), span.start))
                self._take(number, span.start, size, header, span.filed)

    def _scan_single(self, number: int, source: Source) -> None:
        with os.fdopen(open_file(source.path), "rb") as file:
            header = header_of(file.read(_LONG_HEADER))
        if "D" in source.flags or "T" in source.flags:
            self.skipped[Skipped.DRAFT if "D" in source.flags else Skipped.TRASH] += 1
            return
        self._take(number, 0, source.size, header, source.filed)

    def _take(self, number: int, start: int, size: int, header: bytes, filed: datetime | None) -> None:
        source = self._sources[number]
        fields = split_fields(header, _FIELDS)
        if _TELLING.isdisjoint(fields):
            place = source.path if source.form is Form.SINGLE else f"{source.path}, octet {start}"
            self._skip(Skipped.BROKEN, f"{place}: this is no mail: it has no header")
            return
        role = _role(fields, source.role)
        if isinstance(role, Skipped):
            self.skipped[role] += 1
            return
        at = received_at(header, filed)
        self.census.count(fields, role)
        if at is not None:
            seconds = int(at.timestamp())
            for waiting in self._undated:
                self._rows.add(*waiting[:3], seconds, waiting[3])
            self._undated.clear()
            self._rows.add(number, start, size, seconds, role)
        elif self._rows.at:
            self._rows.add(number, start, size, self._rows.at[-1], role)  # with the one that lies before it
        else:
            self._undated.append((number, start, size, role))  # with the first one that tells

    def _skip(self, why: Skipped, words: str) -> None:
        self.skipped[why] += 1
        if len(self.told) < _EXAMPLES:
            self.told.append(words)

    # --- reading it ---------------------------------------------------------------------------------------------------

    def _data(self, number: int, most: int) -> bytes:
        rows = self._rows
        source = self._sources[rows.source[number]]
        size = min(rows.size[number], most) if source.form is Form.MBOX else most
        kept, data = self._last
        if kept == number and len(data) >= size:
            return data[:most]
        try:
            if source.form is Form.MBOX:
                data = unquoted(os.pread(self._open(rows.source[number]), size, rows.start[number]))
            else:
                with os.fdopen(open_file(source.path), "rb") as file:
                    data = file.read(size)
        except OSError as error:
            raise NotFound(f"{source.path} cannot be read any more ({error.strerror or error}).") from error
        if not data and rows.size[number]:
            raise NotFound(f"{source.path} is shorter than it was.")
        self._last = (number, data)
        return data

    def _open(self, number: int) -> int:
        """Return a descriptor of an mbox file; the few used last are kept open."""
        if number not in self._files:
            if len(self._files) >= _OPEN_FILES:
                os.close(self._files.pop(next(iter(self._files))))
            self._files[number] = open_file(self._sources[number].path)
        return self._files[number]


def _role(fields: dict[str, str], role: Role | None) -> Role | Skipped:
    """Return what a message is, by its labels or else by its folder, or why it does not count."""
    if _hexadecimal(fields.get("x-mozilla-status", "")) & _EXPUNGED:
        return Skipped.TRASH
    if "x-gmail-labels" in fields:
        labels = [label.strip().strip('"') for label in decode_words(fields["x-gmail-labels"]).split(",")]
        roles = {known_role(label) for label in labels}
        if any(label.casefold() in _CHATS for label in labels):
            return Skipped.CHAT
        role = next((one for one in (*_SKIPPED_ROLES, Role.SENT) if one in roles), Role.INBOX)
    if role in _SKIPPED_ROLES:
        return _SKIPPED_ROLES[role]
    return role or Role.INBOX


def _hexadecimal(text: str) -> int:
    """Return a number that is written in hexadecimal; 0 for what is none."""
    try:
        return int(text.strip()[:8] or "0", 16)
    except ValueError:
        return 0


def _shifted(progress: Progress, done: int, total: int) -> Callable[[int], None]:
    return lambda octets: progress(done + octets, total)


def _may_hold_calendar(data: bytes) -> bool:
    lowered = data.lower()
    return b"text/calendar" in lowered or b"application/ics" in lowered
