"""What the user said of one process, as the fold wants it: each word on an interview under the number which that has now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rules.notes.merge import merge
from rules.notes.types import Notes
from rules.process import Event, Mark, Noted, Round, fold
from rules.process.bound import rebound, renumbered
from watcher.account import Account
from watcher.store import Connection
from watcher.store.journal import MarkRow, marks_of
from watcher.store.notes import NoteRow, notes_of

__all__ = ["words_of"]

_EARLY = datetime(1971, 1, 1, tzinfo=UTC)


def words_of(connection: Connection, account: Account, process: str, events: Sequence[Event]) -> Iterator[Event]:
    """Yield the marks and notes of a process; `events` are its messages and drafts.

    Which number an interview has is asked only where something was said of one.
    """
    marks = marks_of(connection, account.names, process)
    notes = notes_of(connection, account.names, process)
    rounds: tuple[Round, ...] = ()
    if any(row.interview for row in marks) or any(row.notes.interview for row in notes):
        last = max((event.at for event in events), default=_EARLY)
        rounds = fold(process, events, now=last, policy=account.policy, profile=account.profile).rounds
    yield from (_mark(row, rounds) for row in marks)
    yield from _noted(notes, rounds)


def _mark(row: MarkRow, rounds: Sequence[Round]) -> Mark:
    item = renumbered(row.item, row.interview, row.start, rounds)
    return Mark(id=f"mark:{row.id}", at=row.at, verb=row.verb, until=row.until, item=item)


def _noted(rows: Sequence[NoteRow], rounds: Sequence[Round]) -> Iterator[Noted]:
    """Yield what the user wrote down, that on one round as one."""
    found: dict[int, list[Notes]] = defaultdict(list)
    for row in rows:
        one = rebound(row.notes, rounds)
        found[one.round].append(one)
    for number, some in found.items():
        notes = merge(number, some)
        if notes is not None:
            yield Noted(f"note:{number}", notes.at, notes)
