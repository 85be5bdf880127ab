"""What is new: the folders' states against the cursor, then the new messages page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from connectors.base import Changes
from connectors.imap.cursor import Mark, dump_cursor, load_cursor
from connectors.imap.folders import Folder
from connectors.imap.line import Line, rows_of, texts_of
from connectors.imap.rows import EPOCH, Place, Row, Unread
from connectors.imap.session import Session, uid_ranges
from connectors.imap.state import FolderState
from rules.mail import Address, Envelope, Message, Role, Wants

__all__ = ["MESSAGE_ROLES", "list_changes", "ref_prefix"]

MESSAGE_ROLES = (Role.INBOX, Role.SENT, Role.ARCHIVE, Role.ALL)
"""Folders that are read as mail, in this order; Drafts is only watched."""
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_RUNS_CAP = 200


@dataclass(slots=True)
class _Work:
    """One folder that has something to list."""

    folder: Folder
    state: FolderState
    first: bool
    """Listed from `since`, not from a cursor."""
    reset: bool
    start: int
    """Lowest UID to read."""
    pages: list[bytes] = field(default_factory=list)
    """UID sets."""
    ends: list[int] = field(default_factory=list)
    """The UID behind each page."""
    end: int = 1
    """The UID behind the last page."""


def ref_prefix(folder: Folder, uidvalidity: int) -> str:
    """Return what goes before the UID in a handle: folder and UIDVALIDITY."""
    return f"{folder.name}/{uidvalidity}/"


def list_changes(line: Line, cursor: str | None, since: datetime, wants: Wants, *, page_size: int) -> Iterator[Changes]:
    """Yield pages as `Connector.changes` promises."""
    at_work = line.session()
    folders = at_work.folders
    known = load_cursor(cursor) if cursor is not None else {}
    dead = known is None
    marks = {} if known is None else {name: mark for name, mark in known.items() if any(f.name == name for f in folders.values())}
    watched = [folder for role in (*MESSAGE_ROLES, Role.DRAFTS) if (folder := folders.get(role)) is not None]
    watched = list({folder.wire: folder for folder in reversed(watched)}.values())[::-1]
    states = at_work.states(watched)
    touched = frozenset(
        folder.role
        for folder in watched
        if folder.name not in marks or marks[folder.name].state.differs(states.get(folder.role, FolderState()))
    )
    work = [item for folder in watched if folder.role is not Role.DRAFTS for item in _plan(folder, states, marks, cursor)]
    if dead:
        work = [replace(item, reset=True) for item in work]
    work.sort(key=lambda item: not item.reset)
    for item in work:
        _page(at_work, item, since, page_size)
    settled = {
        folder.name: _settled(marks.get(folder.name), states.get(folder.role, FolderState()))
        for folder in watched
        if all(item.folder.name != folder.name for item in work)
    }
    busy = [item for item in work if item.pages]
    finished = {item.folder.name: Mark(item.state.uidvalidity or 0, item.end, item.state) for item in work if not item.pages}
    reset = dead or any(item.reset for item in work)
    if not busy:
        yield Changes(dump_cursor(marks | settled | finished), touched=touched, reset=reset)
        return
    marks = {name: mark for name, mark in marks.items() if all(name != item.folder.name or not item.reset for item in work)}
    last = busy[-1]
    for item in busy:
        reached = item.start
        for number, (uid_set, end) in enumerate(zip(item.pages, item.ends, strict=True)):
            envelopes, messages, top = _read_page(line, item, uid_set, since, wants)
            reached = max(reached, top + 1)
            final = number == len(item.pages) - 1
            marks[item.folder.name] = (
                Mark(item.state.uidvalidity or 0, item.end if item.first else reached, item.state)
                if final
                else Mark(item.state.uidvalidity or 0, end, FolderState(), listing=item.first)
            )
            more = not (final and item is last)
            now = marks if more else marks | settled | finished
            yield Changes(dump_cursor(now), envelopes, messages, touched=touched, reset=reset, more=more)
            reset = False


def _settled(mark: Mark | None, state: FolderState) -> Mark:
    """Return the mark of a folder in which nothing was to be listed."""
    after = state.uidnext or 1
    if mark is not None and mark.uidvalidity == (state.uidvalidity or 0):
        after = mark.next
    return Mark(state.uidvalidity or 0, after, state)


def _plan(folder: Folder, states: dict[Role, FolderState], marks: dict[str, Mark], cursor: str | None) -> list[_Work]:
    """Say what of a folder is to be listed: nothing, or everything from some UID on."""
    state = states.get(folder.role, FolderState())
    mark = marks.get(folder.name)
    del cursor
    if mark is None:
        return [_Work(folder, state, first=True, reset=False, start=1)]
    backwards = state.uidnext is not None and state.uidnext < mark.next
    if mark.uidvalidity != (state.uidvalidity or 0) or backwards:
        return [_Work(folder, state, first=True, reset=True, start=1)]
    if mark.listing:
        return [_Work(folder, state, first=True, reset=False, start=mark.next)]
    if state.uidnext is None or (state.uidnext > mark.next and mark.state.differs(state)):
        return [_Work(folder, state, first=False, reset=False, start=mark.next)]
    return []


def _page(session: Session, item: _Work, since: datetime, page_size: int) -> None:
    """Find the UIDs to read and cut them into pages."""
    behind = item.state.uidnext
    item.end = behind or item.start
    if item.state.messages == 0:
        return
    if not item.first and behind is not None and behind - item.start <= page_size:
        item.pages, item.ends = [b"%d:%d" % (item.start, behind - 1)], [behind]
        return
    selected = session.examine(item.folder)
    criteria = [b"UID", b"%d:%s" % (item.start, b"%d" % (behind - 1) if behind is not None else b"*")]
    if item.first:
        # One day early: the server compares dates in a zone of its own (RFC 9051 section 6.4.4); `since` itself is held later.
        # Years are four digits in its grammar.
        day = max(since.astimezone(UTC), datetime(1970, 1, 3, tzinfo=UTC)).date() - timedelta(days=1)
        criteria += [b"SINCE", f"{day.day:02}-{_MONTHS[day.month - 1]}-{day.year:04}".encode()]
    uids = session.search(*criteria)
    if uids is None:
        uids = _every_uid(session, item.start, selected)
    uids = [uid for uid in uids if uid >= item.start and (behind is None or uid < behind)]
    for begin in range(0, len(uids), page_size):
        page = uids[begin : begin + page_size]
        item.pages.append(_uid_set(page))
        item.ends.append(page[-1] + 1)
    item.end = behind or (uids[-1] + 1 if uids else item.start)


def _every_uid(session: Session, start: int, state: FolderState) -> list[int]:
    """Return the UIDs of a folder on a server that cannot search."""
    if state.messages == 0:
        return []
    rows = session.fetch(b"%d:*" % start, b"(UID)")
    return sorted(rows)


def _uid_set(uids: list[int]) -> bytes:
    """Write a page as few ranges; a page in tatters becomes one range, what is too much in it is left out afterwards."""
    sets = uid_ranges(uids)
    if len(sets) == 1 and sets[0].count(b",") < _RUNS_CAP:
        return sets[0]
    return b"%d:%d" % (uids[0], uids[-1])


def _read_page(
    line: Line, item: _Work, uid_set: bytes, since: datetime, wants: Wants
) -> tuple[list[Envelope], list[Message], int]:
    """Read one page; return its envelopes, the messages that are wanted, and the highest UID that was there."""
    uidvalidity = item.state.uidvalidity or 0
    selected = line.session().examine(item.folder)
    if selected.uidvalidity is not None and selected.uidvalidity != uidvalidity:
        return [], [], item.start - 1  # renumbered under our feet: the next pass sees it and starts this folder over
    floor = since if item.first else datetime.min.replace(tzinfo=UTC)
    envelopes: list[Envelope] = []
    candidates: list[Row] = []
    unread: list[Message] = []
    top = 0
    place = Place(item.folder.role, ref_prefix(item.folder, uidvalidity))
    for row in rows_of(line, item.folder, place, uid_set):
        top = max(top, row.uid)
        envelope = row.envelope
        if row.uid < item.start:
            continue
        if isinstance(row, Unread):
            envelopes.append(envelope)
            sender = Address(envelope.from_name, envelope.from_address)
            unread.append(Message(envelope, sender, defects=(row.reason,)))
            continue
        if envelope.received_at < floor and envelope.received_at is not EPOCH:
            continue
        envelopes.append(envelope)
        if wants(envelope):
            candidates.append(row)
    messages = texts_of(line, item.folder, candidates) if candidates else []
    return envelopes, messages + unread, top


def read_again(line: Line, envelopes: Sequence[Envelope]) -> list[Message]:
    """Return the messages of envelopes that a listing gave earlier, as `Connector.read` promises."""
    by_folder: dict[tuple[str, str], dict[int, Envelope]] = {}
    for envelope in envelopes:
        name, uidvalidity, uid = ([*envelope.ref.rsplit("/", 2), "", ""])[:3]
        if uid.isdigit():
            by_folder.setdefault((name, uidvalidity), {})[int(uid)] = envelope
    messages: list[Message] = []
    for (name, uidvalidity), wanted in by_folder.items():
        folder = next((folder for folder in line.session().folders.values() if folder.name == name), None)
        if folder is None or str(line.session().examine(folder).uidvalidity or 0) != uidvalidity:
            continue
        place = Place(folder.role, ref_prefix(folder, int(uidvalidity)))
        for uid_set in uid_ranges(sorted(wanted)):
            found = [row for row in rows_of(line, folder, place, uid_set) if row.uid in wanted]
            rows = [row for row in found if not isinstance(row, Unread)]
            texts = texts_of(line, folder, rows) if rows else []
            messages += [replace(text, envelope=wanted[row.uid]) for row, text in zip(rows, texts, strict=True)]
    return messages
