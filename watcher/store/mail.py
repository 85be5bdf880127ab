"""Messages, what was read from them, and which process they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, or_, select, update

from rules.classify.types import Evidence, Kind
from rules.extract.types import Facts
from rules.mail import Address, Envelope, Role
from rules.process import Thread
from rules.threads import Hints
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert, upsert_many
from watcher.store.tables import event, message, process, process_link
from watcher.store.types import micros

__all__ = [
    "EventRow",
    "LinkRow",
    "ProcessRow",
    "all_events",
    "envelopes_named",
    "envelopes_unread",
    "events_named",
    "events_of",
    "has_messages",
    "links_of",
    "load_processes",
    "mark_wanted",
    "put_events",
    "put_messages",
    "put_process",
    "refs_gone",
    "rename_step",
    "search_messages",
    "seen_before",
    "sent_otherwise",
    "set_step",
    "step_taken",
]

SHORT_ID = 8
_NO_HINTS = Hints()
_COLUMNS = (
    "account",
    "identity",
    "ref",
    "role",
    "message_id",
    "in_reply_to",
    "references",
    "from_address",
    "from_name",
    "recipients",
    "subject",
    "received_at",
    "size",
    "bulk",
    "calendar",
    "thread_id",
    "wanted",
)


def put_messages(connection: Connection, account: str, envelopes: Iterable[Envelope], wanted: frozenset[str]) -> None:
    """Store a page of envelopes; a message seen before only gets its new place."""
    rows = [
        (
            account,
            e.identity,
            e.ref,
            e.role.value,
            e.message_id,
            e.in_reply_to,
            e.references,
            e.from_address,
            e.from_name,
            e.recipients,
            e.subject,
            micros(e.received_at),
            e.size,
            e.bulk,
            e.calendar,
            e.thread_id,
            e.identity in wanted,
        )
        for e in envelopes
    ]
    keep = [name for name in _COLUMNS if name not in ("ref", "role", "thread_id")]
    upsert_many(connection, message, _COLUMNS, rows, key=["account", "identity"], keep=keep)


def _envelope(row: Row[tuple[object, ...]]) -> Envelope:
    return Envelope(
        identity=row.identity,
        ref=row.ref,
        role=Role(row.role),
        message_id=row.message_id,
        in_reply_to=row.in_reply_to,
        references=row.references,
        from_address=row.from_address,
        from_name=row.from_name,
        recipients=row.recipients,
        subject=row.subject,
        received_at=row.received_at,
        size=row.size,
        bulk=row.bulk,
        calendar=row.calendar,
        thread_id=row.thread_id,
    )


def envelopes_unread(
    connection: Connection, account: str, domains: Iterable[str], message_ids: Iterable[str]
) -> Iterator[Envelope]:
    """Yield stored envelopes whose text was never read, from or to one of `domains`, or in a thread of `message_ids`."""
    tests: list[ColumnElement[bool]] = [message.c.in_reply_to.in_(list(message_ids)), message.c.message_id.in_(list(message_ids))]
    for domain in domains:
        tests.append(message.c.from_address.endswith(domain, autoescape=True))
        tests.append(message.c.recipients.contains(domain, autoescape=True))
    query = select(message).where(message.c.account == account, message.c.wanted.is_(False), or_(*tests))
    for row in connection.execute(query.order_by(message.c.received_at)):
        yield _envelope(row)


def mark_wanted(connection: Connection, account: str, identities: Sequence[str]) -> None:
    """Note that the text of these messages has been read."""
    connection.execute(
        update(message).where(message.c.account == account, message.c.identity.in_(identities)).values(wanted=True)
    )


def refs_gone(connection: Connection, account: str, refs: Sequence[str]) -> None:
    """Note that these messages are no longer where they were; what was read from them stays."""
    for start in range(0, len(refs), 500):
        connection.execute(
            update(message).where(message.c.account == account, message.c.ref.in_(refs[start : start + 500])).values(ref="")
        )


@dataclass(frozen=True, slots=True)
class EventRow:
    """What was read from one message that may matter."""

    account: str
    identity: str
    at: datetime
    own: bool
    kind: Kind | None
    confidence: float
    runner_up: Kind | None
    evidence: tuple[Evidence, ...]
    sender: Address
    recipients: tuple[str, ...]
    can_receive: bool
    thread: Thread
    facts: Facts
    step: str | None = None
    excerpt: str = ""
    defects: tuple[str, ...] = ()
    hints: Hints = _NO_HINTS
    stranger: bool = False
    """It was read as nothing that matters, from somebody unknown: to be read again if it turns out to belong to a process."""
    labelled: int = 0
    """Number of the correction by which it was read last: what the user said of its kind."""
    ambiguous: bool = False
    """It may belong to another process just as well; known where the events of one process are asked for."""

    @property
    def short(self) -> str:
        """Return the id by which the user names it: the beginning of its identity."""
        return self.identity[:SHORT_ID]


def _event(row: Row[tuple[object, ...]]) -> EventRow:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    for name in ("kind", "runner_up"):
        values[name] = None if values[name] is None else Kind(values[name])
    values["hints"] = values["hints"] or _NO_HINTS
    return EventRow(**values)


def put_events(connection: Connection, rows: Iterable[EventRow]) -> None:
    """Store what was read from messages; the first time one was seen stays."""
    values = [{name: getattr(row, name) for name in EventRow.__slots__ if name in event.c} for row in rows]
    upsert(connection, event, values, key=["account", "identity"], keep=["at", "step"])


def seen_before(connection: Connection, account: str, identities: Sequence[str]) -> frozenset[str]:
    """Return those of `identities` whose text has been read already."""
    found: set[str] = set()
    for start in range(0, len(identities), 500):
        query = select(event.c.identity).where(event.c.account == account, event.c.identity.in_(identities[start : start + 500]))
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def has_messages(connection: Connection, account: str) -> bool:
    """Say whether anything was read from this account."""
    return connection.execute(select(message.c.id).where(message.c.account == account).limit(1)).first() is not None


def step_taken(connection: Connection, account: Accounts, step: str) -> bool:
    """Say whether a mail of the user's was recognised as this draft already."""
    query = select(event.c.identity).where(among(event.c.account, account), event.c.step == step).limit(1)
    return connection.execute(query).first() is not None


def sent_otherwise(connection: Connection, account: str, step: str, planned_at: datetime) -> frozenset[str]:
    """Return the identities of the user's own mails that are not the draft of a step: another's, or older than its plan."""
    other = (event.c.step.is_not(None)) & (event.c.step != step)
    older = (event.c.step.is_(None)) & (event.c.at < planned_at)
    query = select(event.c.identity).where(event.c.account == account, event.c.own.is_(True), other | older)
    return frozenset(connection.execute(query).scalars())


def set_step(connection: Connection, account: str, identity: str, step: str) -> None:
    """Note which draft of ours a mail of the user's own was."""
    connection.execute(update(event).where(event.c.account == account, event.c.identity == identity).values(step=step))


def rename_step(connection: Connection, account: Accounts, step: str, new: str) -> None:
    """Note that a draft of ours goes by another key."""
    connection.execute(update(event).where(among(event.c.account, account), event.c.step == step).values(step=new))


def events_named(connection: Connection, account: str, identities: Iterable[str]) -> list[EventRow]:
    """Return what was read of these messages, oldest first."""
    named = list(identities)
    found: list[EventRow] = []
    for start in range(0, len(named), 500):
        query = select(event).where(event.c.account == account, event.c.identity.in_(named[start : start + 500]))
        found.extend(_event(row) for row in connection.execute(query))
    return sorted(found, key=lambda row: (row.at, row.identity))


def envelopes_named(connection: Connection, account: str, identities: Iterable[str]) -> list[Envelope]:
    """Return the stored envelopes of these messages."""
    named = list(identities)
    found: list[Envelope] = []
    for start in range(0, len(named), 500):
        query = select(message).where(message.c.account == account, message.c.identity.in_(named[start : start + 500]))
        found.extend(_envelope(row) for row in connection.execute(query))
    return sorted(found, key=lambda envelope: (envelope.received_at, envelope.identity))


def search_messages(connection: Connection, account: str, name: str) -> list[Envelope]:
    """Return the stored envelopes that a name means: the beginning of an identity, or a Message-ID. At most twenty."""
    meant = (message.c.identity.startswith(name.lower(), autoescape=True)) | (message.c.message_id == name)
    query = select(message).where(message.c.account == account, meant).order_by(message.c.received_at).limit(20)
    return [_envelope(row) for row in connection.execute(query)]


def all_events(connection: Connection, account: str) -> list[EventRow]:
    """Return everything read in an account, oldest first."""
    query = select(event).where(event.c.account == account).order_by(event.c.at, event.c.identity)
    return [_event(row) for row in connection.execute(query)]


def events_of(connection: Connection, account: Accounts, process_id: str) -> list[EventRow]:
    """Return what was read of one process, oldest first; a message that lies in several accounts once for each."""
    query = (
        select(event, process_link.c.ambiguous)
        .join(process_link, (process_link.c.account == event.c.account) & (process_link.c.identity == event.c.identity))
        .where(among(event.c.account, account), process_link.c.process == process_id)
        .order_by(event.c.at, event.c.identity, event.c.account)
    )
    return [_event(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """One hiring process by name; all else about it is folded from its events."""

    account: str
    id: str
    opener: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """Why a message belongs to a process."""

    account: str
    identity: str
    process: str
    weight: float
    why: tuple[str, ...]
    ambiguous: bool = False


def load_processes(connection: Connection, account: Accounts | None = None) -> list[ProcessRow]:
    """Return the processes of one account, of several, or of all, oldest first; one that several share once for each."""
    query = select(process).order_by(process.c.created_at, process.c.id, process.c.account)
    if account is not None:
        query = query.where(among(process.c.account, account))
    return [ProcessRow(*row) for row in connection.execute(query)]


def put_process(connection: Connection, row: ProcessRow) -> None:
    """Store a process; an opener found later replaces the earlier one."""
    values = {"account": row.account, "id": row.id, "opener": row.opener, "created_at": row.created_at}
    upsert(connection, process, values, key=["account", "id"], keep=["created_at"])


def links_of(connection: Connection, account: Accounts, process_id: str) -> list[LinkRow]:
    """Return the links of one process."""
    query = select(process_link).where(among(process_link.c.account, account), process_link.c.process == process_id)
    return [LinkRow(*row) for row in connection.execute(query)]
