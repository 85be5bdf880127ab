"""The first look: a range of messages by one streaming UID FETCH, each made an Envelope as it arrives.

What a server usually sends is taken apart by one regular expression; anything else by the general grammar. Where a server
refuses a range for the sake of one message, the range is halved until that one is alone: it costs itself only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from connectors.errors import Unavailable
from connectors.imap.refusal import code_of, printable, refusal
from connectors.imap.rows import (
    EPOCH,
    HEADER_ITEM,
    Place,
    Row,
    Unread,
    fetched,
    hidden,
    number,
    received_at,
    row_of,
    section,
    structure_of,
    when,
)
from connectors.imap.session import Session, uid_ranges
from connectors.imap.tokens import Unreadable
from connectors.imap.wire import LITERAL_CAP
from rules.mail import envelope_from_header, has_calendar

__all__ = ["Look"]

_ITEMS = b"(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE " + HEADER_ITEM + b")"
_GMAIL_ITEMS = b"(UID X-GM-THRID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE " + HEADER_ITEM + b")"
_USUAL = re.compile(
    rb"\* \d+ FETCH \(UID (\d{1,10}) (?:X-GM-THRID (\d{1,20}) )?FLAGS \(([^)]*)\) INTERNALDATE \"([^\"]{1,40})\" "
    rb"RFC822\.SIZE (\d{1,18}) BODYSTRUCTURE (\([^\r\n]*\)) BODY\[HEADER\.FIELDS \([^)\r\n]*\)\] \{(\d{1,9})\}\r\n"
)
_HIDDEN = re.compile(rb"\\(?:Draft|Deleted)\b", re.IGNORECASE)
_FETCH_HEAD = 24
_COMMANDS_CAP = 2000
"""Commands spent on the mending of one page; what is unread then stays unread."""
_ALL_BROKEN = 10
"""When so many messages fail and not one succeeds, it is the server that is broken, not they."""
_OF_ONE_MESSAGE = frozenset({"SERVERBUG", "CORRUPTION", "EXPUNGEISSUED"})
"""What servers say of a whole range for the sake of one message in it."""
_READ_CAP = 256 * 1024


def _maybe_calendar(folded: bytes) -> bool:
    """Say whether a part may be a calendar; False is certain, and costs a glance."""
    return b"calendar" in folded or b'"ics"' in folded or b".ics" in folded or b".ical" in folded or b".vcs" in folded


class Look:
    """One page of one folder, which must be open."""

    def __init__(self, session: Session, place: Place, seen: set[int] | None = None) -> None:
        """Prepare to look at messages of the open folder, which stand in `place`; the UIDs that were read go into `seen`."""
        self._session = session
        self._wire = session.wire
        self._place = place
        self._items = _GMAIL_ITEMS if session.connection.can(b"X-GM-EXT-1") else _ITEMS
        self._seen: set[int] = set() if seen is None else seen
        self._failure = ""
        """Why the last range was not read in full, in words; empty when it was."""

    def rows(self, uid_set: bytes) -> Iterator[Row | Unread]:
        """Yield the messages of a UID set, drafts and those marked as deleted left out. Raises Unavailable."""
        yield from self._stream(uid_set)
        if self._failure:
            yield from self._mend(uid_set)

    def _stream(self, uid_set: bytes) -> Iterator[Row]:
        wire, buffer, place, seen = self._wire, self._wire.buffer, self._place, self._seen
        self._failure = ""
        tag = wire.start(b"UID", b"FETCH", uid_set, self._items)
        wire.stream = tag
        while True:
            if wire.stream != tag:
                raise Unavailable("This listing was overtaken by another command; it is taken up again from its last page.")
            found = _USUAL.match(buffer.data, buffer.pos)
            if found is None:
                row = self._other(tag)
                if wire.stream != tag:
                    return
                if row is not None:
                    yield row
                continue
            begin = found.end()
            end = begin + int(found[7])
            data = buffer.data
            if not data.startswith(b")\r\n", end):
                if len(data) < end + 3 and int(found[7]) <= LITERAL_CAP:
                    wire.more()
                elif (row := self._other(tag)) is not None:
                    yield row
                continue
            buffer.pos = end + 3
            uid = int(found[1])
            seen.add(uid)
            flags = found[3]
            if flags and flags != b"\\Seen" and _HIDDEN.search(flags):
                continue
            header, structure = data[begin:end], found[6]
            folded = structure.lower()
            envelope = envelope_from_header(
                header,
                ref=f"{place.prefix}{uid}",
                role=place.role,
                received_at=received_at(found[4]),
                size=int(found[5]),
                calendar=_maybe_calendar(folded) and has_calendar(structure_of(structure)),
                thread_id=found[2].decode() if found[2] else "",
            )
            yield Row(uid, envelope, header, structure)

    def _other(self, tag: bytes) -> Row | None:
        """Read one reply of another shape; at the tagged one the stream is over."""
        wire = self._wire
        reply = wire.read()
        first = reply[0]
        if first.startswith(tag + b" "):
            wire.stream = None
            status, _, text = first[len(tag) + 1 :].partition(b" ")
            if status.upper() != b"OK":
                error = refusal(wire.where, "reading", text)
                if isinstance(error, Unavailable) and code_of(text) not in _OF_ONE_MESSAGE:
                    raise error
                self._failure = printable(text) or "no reason given"
            return None
        if b" FETCH " not in first[:_FETCH_HEAD].upper():
            wire.note(reply)
            return None
        try:
            row = fetched(reply)
        except Unreadable as error:
            self._failure = str(error)
            return None
        uid = number(row.get(b"UID"))
        if not uid or not row.keys() & {b"RFC822.SIZE", b"BODYSTRUCTURE", b"INTERNALDATE"}:
            return None  # news of flags, which was not asked for
        self._seen.add(uid)
        return None if hidden(row) else row_of(row, self._place)

    def _mend(self, uid_set: bytes) -> Iterator[Row | Unread]:
        """Read what a range did not give, in halves; what fails alone is tried without what servers stumble over."""
        present = self._session.search(b"UID", uid_set)
        if present is None:
            present = sorted(self._session.fetch(uid_set, b"(UID)"))
        stack = [[uid for uid in present if uid not in self._seen]]
        alone = 0
        for _ in range(_COMMANDS_CAP):
            stack = [uids for uids in stack if uids]
            if not stack:
                return
            uids = stack.pop()
            yield from self._each(uids)
            missing = [uid for uid in uids if uid not in self._seen]
            if self._failure and len(uids) > 1:
                half = (len(missing) + 1) // 2
                stack += [missing[half:], missing[:half]]
            elif self._failure:
                alone += 1
                if alone > _ALL_BROKEN and len(self._seen) < alone:
                    raise Unavailable(f"{self._wire.where} can read no message now ({self._failure}). That passes, as a rule.")
                yield from self._plainly(missing, self._failure)
        for uid in [uid for uids in stack for uid in uids]:
            yield self.unread(uid, "too many messages of this page cannot be read")

    def _each(self, uids: Sequence[int]) -> Iterator[Row]:
        for part in uid_ranges(uids):
            yield from self._stream(part)
            if self._failure:
                return

    def _plainly(self, uids: Sequence[int], reason: str) -> Iterator[Unread]:
        """Ask for the raw beginning of a message whose description the server cannot give."""
        for uid in uids:
            answer = self._wire.ask(b"UID", b"FETCH", b"%d" % uid, b"(UID FLAGS INTERNALDATE BODY.PEEK[]<0.%d>)" % _READ_CAP)
            rows = []
            for reply in answer.replies:
                try:
                    rows.append(fetched(reply))
                except Unreadable:
                    continue
            row = next((row for row in rows if number(row.get(b"UID")) == uid), {})
            self._seen.add(uid)
            if not hidden(row):
                raw = section(row, b"BODY[]") or b""
                header = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n" if raw else b""
                yield self.unread(uid, reason, header, when(row.get(b"INTERNALDATE"), header))

    def unread(self, uid: int, reason: str, header: bytes = b"", at: datetime = EPOCH) -> Unread:
        """Return what stands for a message that cannot be read."""
        place = self._place
        envelope = envelope_from_header(
            header, ref=f"{place.prefix}{uid}", role=place.role, received_at=at, size=0, calendar=False
        )
        return Unread(uid, envelope, f"the server could not describe this message ({reason})")
