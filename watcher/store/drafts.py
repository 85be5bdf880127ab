"""The outbox: what is to be done to Drafts, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update

from connectors.base import DraftRef
from rules.drafts.types import Draft, DraftKey
from rules.process import DraftChange
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert
from watcher.store.tables import draft_event, draft_version, outbox

__all__ = [
    "LIVE",
    "DraftEventRow",
    "Op",
    "OutboxRow",
    "RowState",
    "VersionRow",
    "add_draft_event",
    "copy_history",
    "draft_events_of",
    "last_changes",
    "load_outbox",
    "put_row",
    "put_version",
    "read_back",
    "rename_row",
    "versions",
    "wordings_of",
]


class RowState(StrEnum):
    """What became of the draft of a key."""

    PLANNED = "planned"
    """Never written so far."""
    PLACED = "placed"
    """Stands in Drafts as we wrote it."""
    EDITED = "edited"
    """Stands in Drafts as the user's own."""
    WITHDRAWN = "withdrawn"
    """Taken back by us; may be written again."""
    DISCARDED = "discarded"
    """Removed by the user: never again."""
    SENT = "sent"
    REFUSED = "refused"
    """The server would not take it, three times."""


LIVE = frozenset({RowState.PLACED, RowState.EDITED})
"""States in which something of ours stands in Drafts."""


class Op(StrEnum):
    """What is still to be done for a key; written down before it is done."""

    NONE = ""
    PUT = "put"
    REPLACE = "replace"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One key with its state, its pending operation and the draft that operation is about."""

    account: str
    key: DraftKey
    process: str
    opener: str
    state: RowState
    op: Op
    version: int
    draft: Draft
    raw: bytes
    content: str
    planned_at: datetime
    ref: str = ""
    revision: str = ""
    digest: str = ""
    placed_at: datetime | None = None
    slot_opens: datetime | None = None
    slot_closes: datetime | None = None
    attempts: int = 0
    error: str = ""
    next_draft: Draft | None = None
    """What a pending REPLACE is about to put in place of `draft`."""
    next_raw: bytes | None = None
    beside: str = ""
    """Where it is EDITED: handle of another draft of the user's that began as this one; empty as long as there is one alone."""

    @property
    def reference(self) -> DraftRef:
        """Return where the draft stands, as the connector wants it."""
        return DraftRef(self.ref, self.revision, self.digest)


def load_outbox(connection: Connection, account: Accounts, process: str | None = None) -> list[OutboxRow]:
    """Return the rows of an account or several, or of one process there, in the order in which they were planned."""
    query = select(outbox).where(among(outbox.c.account, account)).order_by(outbox.c.planned_at, outbox.c.key, outbox.c.account)
    if process is not None:
        query = query.where(outbox.c.process == process)
    rows = []
    for row in connection.execute(query):
        values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        values["key"] = DraftKey.parse(values["key"])
        values["state"] = RowState(values["state"])
        values["op"] = Op(values["op"])
        rows.append(OutboxRow(**values))
    return rows


def put_row(connection: Connection, row: OutboxRow) -> None:
    """Store a row whole."""
    values = {name: getattr(row, name) for name in OutboxRow.__slots__}
    values |= {"key": str(row.key), "state": row.state.value, "op": row.op.value}
    upsert(connection, outbox, values, key=["account", "key"])


def rename_row(connection: Connection, row: OutboxRow, moved: OutboxRow) -> None:
    """Store a row under another key, with every Message-ID it was given and all that happened to it."""
    old, new = str(row.key), str(moved.key)
    connection.execute(delete(outbox).where(outbox.c.account == row.account, outbox.c.key == old))
    put_row(connection, moved)
    connection.execute(
        update(draft_version).where(draft_version.c.account == row.account, draft_version.c.key == old).values(key=new)
    )
    connection.execute(
        update(draft_event)
        .where(draft_event.c.account == row.account, draft_event.c.key == old)
        .values(key=new, process=moved.process)
    )


def copy_history(connection: Connection, row: OutboxRow, copy: OutboxRow) -> None:
    """Let the fold of another process know what happened to a draft, and what became of it there."""
    query = select(draft_event).where(draft_event.c.account == row.account, draft_event.c.key == str(row.key))
    known = connection.execute(query.order_by(draft_event.c.id)).all()
    values = [
        {
            "account": row.account,
            "key": str(copy.key),
            "process": copy.process,
            "at": event.at,
            "change": event.change,
            "slot_opens": event.slot_opens,
        }
        for event in known
    ]
    if values:
        connection.execute(insert(draft_event), values)
    if row.state is not copy.state and known:
        add_draft_event(connection, copy, DraftChange(copy.state.value), known[-1].at)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A Message-ID that was given to a draft once."""

    account: str
    message_id: str
    key: str
    version: int
    raw_digest: str
    digest: str = ""
    draft: Draft | None = None
    """What was written; None where that was not asked for, or was not kept."""

    @property
    def digests(self) -> set[str]:
        """Return the digests by which it is known to be as we wrote it."""
        return {self.raw_digest, self.digest} - {""}


_OF_A_VERSION = [draft_version.c[name] for name in ("account", "message_id", "key", "version", "raw_digest", "digest")]


def put_version(connection: Connection, row: VersionRow) -> None:
    """Remember a Message-ID, before the draft that carries it is written."""
    values = {name: getattr(row, name) for name in VersionRow.__slots__}
    upsert(connection, draft_version, values, key=["account", "message_id"], keep=["digest"])


def read_back(connection: Connection, account: str, message_id: str, digest: str) -> None:
    """Note what the mailbox made of the bytes."""
    connection.execute(
        update(draft_version)
        .where(draft_version.c.account == account, draft_version.c.message_id == message_id)
        .values(digest=digest)
    )


def versions(connection: Connection, account: Accounts) -> dict[str, VersionRow]:
    """Return every Message-ID ever given to a draft of this account, or of several; without what was written under it."""
    query = select(*_OF_A_VERSION).where(among(draft_version.c.account, account))
    return {row.message_id: VersionRow(*row) for row in connection.execute(query)}


def wordings_of(connection: Connection, account: str, key: DraftKey) -> list[VersionRow]:
    """Return all that was ever written for a draft of an account, oldest first, with the words."""
    query = select(*[*_OF_A_VERSION, draft_version.c.draft]).where(
        draft_version.c.account == account, draft_version.c.key == str(key), draft_version.c.draft.is_not(None)
    )
    found = [VersionRow(*row) for row in connection.execute(query.order_by(draft_version.c.version))]
    return [replace(one, draft=replace(one.draft, key=key)) for one in found if one.draft is not None]


@dataclass(frozen=True, slots=True)
class DraftEventRow:
    """One change of a draft, as the fold is told it."""

    id: int
    account: str
    key: DraftKey
    process: str
    at: datetime
    change: DraftChange
    slot_opens: datetime | None


def add_draft_event(connection: Connection, row: OutboxRow, change: DraftChange, at: datetime) -> None:
    """Write down what happened to a draft; in the transaction that changes its row.

    The fold takes events by time: what happened to one draft keeps its order there, though a clock was set back in between or
    two things happened in one pass.
    """
    same = draft_event.c.key == str(row.key)  # in whichever account it stood before
    last: datetime | None = connection.execute(select(func.max(draft_event.c.at)).where(same)).scalar()
    if last is not None:
        at = max(at, last + timedelta(microseconds=1))
    connection.execute(
        insert(draft_event).values(
            account=row.account,
            key=str(row.key),
            process=row.process,
            at=at,
            change=change.value,
            slot_opens=row.slot_opens,
        )
    )


def draft_events_of(connection: Connection, account: Accounts, processes: Iterable[str]) -> list[DraftEventRow]:
    """Return what happened to the drafts of these processes, oldest first."""
    query = (
        select(draft_event)
        .where(among(draft_event.c.account, account), draft_event.c.process.in_(list(processes)))
        .order_by(draft_event.c.id)
    )
    return [
        DraftEventRow(r.id, r.account, DraftKey.parse(r.key), r.process, r.at, DraftChange(r.change), r.slot_opens)
        for r in connection.execute(query)
    ]


def last_changes(connection: Connection, account: str) -> dict[DraftKey, datetime]:
    """Return when something happened last to each draft that ever stood in an account."""
    query = select(draft_event.c.key, func.max(draft_event.c.at).label("at")).where(draft_event.c.account == account)
    return {DraftKey.parse(row.key): row.at for row in connection.execute(query.group_by(draft_event.c.key))}
