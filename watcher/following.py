"""What the user said follows its process: when it turns out to be part of another one, or is taken apart.

A word of the user's is stored beside the message that opened its process when it was said. Where a process is no more, its words
go with that message. Where the user takes one apart, each part keeps what was said of the whole: what was done is done, and what
was silent stays silent until the user says otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rules.notes.types import Notes
from rules.process import Verb
from watcher.linking import Linked
from watcher.store import Connection
from watcher.store.among import Accounts
from watcher.store.corrections import CorrectionRow, Said, load_corrections
from watcher.store.journal import MarkRow, drop_mark, marks_of, put_mark
from watcher.store.mail import events_of
from watcher.store.notes import move_notes, notes_of, put_note

__all__ = ["follow_said"]


def follow_said(connection: Connection, account: Accounts, linked: Linked) -> frozenset[str]:
    """Put marks and notes of one account, or of several, under a process that there is.

    Returns the processes that got any, or lost any to another part.
    """
    openers = {row.id: row.opener for row in linked.processes}
    homes = {row.identity: row.process for row in linked.links if not row.ambiguous}
    changed = set(move_notes(connection, account, openers, homes))
    marks = marks_of(connection, account)
    notes = notes_of(connection, account)
    if not marks and not notes:
        return frozenset(changed)
    changed |= _move_marks(connection, marks, openers, homes)
    corrections = load_corrections(connection, account)
    for row in corrections:
        if row.verb is Said.SPLIT and row.process in openers and row.other in openers and row.process != row.other:
            changed |= _share_marks(connection, account, row, _joined_before(row, corrections))
            changed |= _share_notes(connection, account, row, openers[row.other])
    return frozenset(changed)


def _move_marks(
    connection: Connection, marks: Sequence[MarkRow], openers: Mapping[str, str], homes: Mapping[str, str]
) -> set[str]:
    """Let marks whose process is no more follow the message that opened it."""
    there = {(row.process, *_sense(row)) for row in marks}
    moved: set[str] = set()
    for row in marks:
        home = homes.get(row.opener, "")
        if row.process in openers or home not in openers:
            continue
        if (home, *_sense(row)) in there:  # it was taken apart and is one again: each part brings the same word
            drop_mark(connection, row.id)
        else:
            put_mark(connection, replace(row, process=home))
            there.add((home, *_sense(row)))
        moved.add(home)
    return moved


def _sense(row: MarkRow) -> tuple[object, ...]:
    return row.verb, row.at, row.until, row.item


def _joined_before(split: CorrectionRow, corrections: Sequence[CorrectionRow]) -> CorrectionRow | None:
    """Return the merging that a split takes back, if it does."""
    for row in reversed(corrections):
        undone = row.verb is Said.MERGE and row.id < split.id and set(split.leaves) <= set(row.joins)
        if undone and not set(split.stays).isdisjoint(row.stays):
            return row
    return None


def _share_marks(connection: Connection, account: Accounts, split: CorrectionRow, joined: CorrectionRow | None) -> set[str]:
    """Let what was said of a whole before it was taken apart count in the part that left.

    What was said of either before they were made one goes back to where it was said.
    """
    part = split.other
    held = {_sense(row) for row in marks_of(connection, account, part)}
    concerned = {*split.stays, *split.leaves}
    left = set(split.leaves)
    uids: set[str] | None = None
    changed: set[str] = set()
    for row in marks_of(connection, account, split.process):
        if row.at > split.at or row.opener not in concerned:
            continue
        if joined is not None and row.at <= joined.at:
            if row.opener in left:
                put_mark(connection, replace(row, process=part))
                changed |= {part, split.process}
            continue
        if uids is None:
            uids = _interviews(connection, account, part)
        copy = _for_part(row, part, uids, whole=not split.joins)
        if copy is not None and _sense(copy) not in held:
            put_mark(connection, copy)
            held.add(_sense(copy))
            changed.add(part)
    return changed


def _for_part(row: MarkRow, part: str, uids: Collection[str], *, whole: bool) -> MarkRow | None:
    """Return what a word means for the part that left; None where it does not concern it.

    One about an interview goes where the interview is. A job is taken once: the other part is only closed. Where messages went to
    a process that was there already (`whole` is False), nothing else is said of it.
    """
    copy = replace(row, id=0, process=part)
    if row.interview or row.verb is Verb.NO_SHOW:
        return copy if row.interview in uids else None
    if not whole:
        return None
    return replace(copy, verb=Verb.CLOSE, until=None) if row.verb is Verb.ACCEPTED else copy


def _share_notes(connection: Connection, account: Accounts, split: CorrectionRow, opener: str) -> set[str]:
    """Let notes go with their interview; an empty note stays behind, so that the form they stood in is not read again."""
    whole, part = split.process, split.other
    rows = [row for row in notes_of(connection, account, whole) if row.notes.interview]
    if not rows:
        return set()
    gone = _interviews(connection, account, part) - _interviews(connection, account, whole)
    changed: set[str] = set()
    for row in rows:
        if row.notes.interview in gone:
            put_note(connection, replace(row, id=0, process=part, opener=opener))
            put_note(connection, replace(row, notes=Notes(row.notes.round, row.notes.at)))
            changed |= {part, whole}
    return changed


def _interviews(connection: Connection, account: Accounts, process: str) -> set[str]:
    """Return the UIDs of the interviews that the messages of a process speak of."""
    return {interview.uid for row in events_of(connection, account, process) for interview in row.facts.interviews}
