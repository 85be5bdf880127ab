"""What the user wrote down about interviews: one row for each form that came back, and for each word given by command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from rules.drafts.types import Draft, DraftKey
from rules.mail import Role
from rules.notes.dating import dated
from rules.notes.types import Notes
from watcher.store.among import Accounts, among
from watcher.store.drafts import RowState
from watcher.store.tables import message, note, outbox

__all__ = [
    "FormRow",
    "NoteRow",
    "drop_notes",
    "forms_in_hand",
    "last_note",
    "move_notes",
    "notes_of",
    "put_note",
    "sent_to_oneself",
]


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What one form, or one word of the user's, says about one round."""

    id: int
    """0: not stored yet."""
    account: str
    process: str
    opener: str
    """Identity of the message that opened the process: finds it again when it has another name."""
    source: str
    """The step of the form (`notes-1`), or `said` for a word by command."""
    at: datetime
    revision: str
    """Which state of the form was read; empty for a word by command."""
    notes: Notes


def notes_of(connection: Connection, account: Accounts, process: str | None = None, after: int = 0) -> list[NoteRow]:
    """Return the notes of an account or several, or of one process there, the oldest first; those behind number `after`."""
    query = select(note).where(among(note.c.account, account), note.c.id > after).order_by(note.c.at, note.c.id)
    if process is not None:
        query = query.where(note.c.process == process)
    return [NoteRow(*row) for row in connection.execute(query)]


def put_note(connection: Connection, row: NoteRow) -> None:
    """Store a note: a new one, or the new content of one that is there. What was noted before keeps its time."""
    held = [each.notes for each in notes_of(connection, row.account, row.process)]
    row = replace(row, notes=dated(row.notes, held))
    values = {name: getattr(row, name) for name in NoteRow.__slots__ if name != "id"}
    if row.id:
        connection.execute(update(note).where(note.c.id == row.id).values(**values))
    else:
        connection.execute(insert(note).values(**values))


def drop_notes(connection: Connection, ids: list[int]) -> None:
    """Forget notes that others took the place of."""
    if ids:
        connection.execute(delete(note).where(note.c.id.in_(ids)))


def last_note(connection: Connection) -> int:
    """Return the number of the newest note, 0 when there is none: a change of it is a reason to look."""
    return connection.execute(select(func.max(note.c.id))).scalar() or 0


def move_notes(connection: Connection, account: Accounts, openers: Mapping[str, str], homes: Mapping[str, str]) -> frozenset[str]:
    """Let notes whose process is no more follow the message that opened it; return the processes they came to.

    `openers` are the processes that there are, `homes` the process of each message, by identity.
    """
    query = select(note.c.id, note.c.process, note.c.opener).where(among(note.c.account, account))
    moved: set[str] = set()
    for row in connection.execute(query).all():
        home = homes.get(row.opener, "")
        if row.process not in openers and home in openers:
            connection.execute(update(note).where(note.c.id == row.id).values(process=home))
            moved.add(home)
    return frozenset(moved)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form that the user has in hand: edited, or sent to themselves."""

    key: DraftKey
    process: str
    opener: str
    state: RowState
    ref: str
    revision: str


_IN_HAND = (RowState.EDITED.value, RowState.SENT.value)


def forms_in_hand(connection: Connection, account: str) -> list[FormRow]:
    """Return the forms that the user has written on, or sent to themselves; without their words."""
    columns = (outbox.c.key, outbox.c.process, outbox.c.opener, outbox.c.state, outbox.c.ref, outbox.c.revision)
    query = select(*columns).where(
        outbox.c.account == account,
        outbox.c.state.in_(_IN_HAND),
        or_(outbox.c.key.like("%/prep-%"), outbox.c.key.like("%/notes-%")),
    )
    return [
        FormRow(DraftKey.parse(row.key), row.process, row.opener, RowState(row.state), row.ref, row.revision)
        for row in connection.execute(query.order_by(outbox.c.key))
    ]


def sent_to_oneself(connection: Connection, account: str, key: DraftKey) -> tuple[str, str] | None:
    """Return identity and handle of the newest mail by which the user sent a form to themselves; None where none is known."""
    draft: Draft | None = connection.execute(
        select(outbox.c.draft).where(outbox.c.account == account, outbox.c.key == str(key))
    ).scalar()
    if draft is None:
        return None
    query = (
        select(message.c.identity, message.c.ref)
        .where(
            message.c.account == account,
            message.c.ref != "",
            or_(
                message.c.message_id == draft.message_id,
                (message.c.from_address == draft.sender.address.lower())
                & (message.c.recipients == draft.to.address)
                & (message.c.subject == draft.subject),
            ),
        )
        .order_by(message.c.role != Role.SENT.value, message.c.received_at.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.identity, row.ref) if row is not None else None
