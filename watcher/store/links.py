"""What the linking reads of all messages and writes of all links, past the type layer: it runs over everything at each change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Connection, Text, delete, select, type_coerce

from rules.classify.types import Kind
from rules.extract.types import Facts
from rules.mail import Address
from rules.process import Thread
from rules.threads import Hints
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert_many
from watcher.store.mail import LinkRow
from watcher.store.tables import event, process, process_link
from watcher.store.types import decoder, encode, instant

__all__ = ["LinkingRow", "change_links", "forget_processes", "link_rows", "linking_rows", "processes_with"]

_LINK = ("account", "identity", "process", "weight", "why", "ambiguous")
_NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class LinkingRow:
    """What the linking needs of an event; fields as in `EventRow`."""

    identity: str
    at: datetime
    own: bool
    kind: Kind | None
    sender: Address
    recipients: tuple[str, ...]
    thread: Thread
    facts: Facts
    hints: Hints
    stranger: bool


def linking_rows(connection: Connection, account: str) -> Iterator[LinkingRow]:
    """Yield every event of an account, in no order."""
    columns = [event.c.identity, type_coerce(event.c.at, BigInteger), event.c.own, event.c.kind]
    columns += [type_coerce(event.c[name], Text) for name in ("sender", "recipients", "thread", "facts", "hints")]
    columns.append(type_coerce(event.c.stranger, Boolean))
    address, strings, thread, facts, hints = (decoder(kind).decode for kind in (Address, tuple[str, ...], Thread, Facts, Hints))
    for row in connection.execute(select(*columns).where(event.c.account == account)):
        identity, at, own, kind, *texts, stranger = row
        yield LinkingRow(
            identity,
            instant(at),
            own,
            None if kind is None else Kind(kind),
            address(texts[0]),
            strings(texts[1]),
            thread(texts[2]),
            facts(texts[3]),
            hints(texts[4]) if texts[4] else _NO_HINTS,
            stranger,
        )


def link_rows(connection: Connection, account: str) -> dict[tuple[str, str], LinkRow]:
    """Return every link of an account by message and process."""
    why = decoder(tuple[str, ...]).decode
    link = process_link.c
    columns = (link.identity, link.process, link.weight, type_coerce(link.why, Text), type_coerce(link.ambiguous, Boolean))
    return {
        (identity, name): LinkRow(account, identity, name, weight, why(told), ambiguous)
        for identity, name, weight, told, ambiguous in connection.execute(select(*columns).where(link.account == account))
    }


def processes_with(connection: Connection, account: Accounts, identity: str) -> tuple[str, ...]:
    """Return the processes that hold a message, by name."""
    query = select(process_link.c.process).where(among(process_link.c.account, account), process_link.c.identity == identity)
    return tuple(connection.execute(query.distinct().order_by(process_link.c.process)).scalars())


def change_links(connection: Connection, account: str, before: dict[tuple[str, str], LinkRow], after: Iterable[LinkRow]) -> None:
    """Make the links of an account those of `after`, where they stand as in `before`: only what differs is written."""
    kept = {(row.identity, row.process): row for row in after}
    for identity, name in before.keys() - kept.keys():
        same = (process_link.c.account == account) & (process_link.c.identity == identity) & (process_link.c.process == name)
        connection.execute(delete(process_link).where(same))
    rows = [
        (account, row.identity, row.process, row.weight, encode(row.why), row.ambiguous)
        for key, row in kept.items()
        if before.get(key) != row
    ]
    upsert_many(connection, process_link, _LINK, rows, key=("account", "identity", "process"))


def forget_processes(connection: Connection, account: str, names: Collection[str]) -> None:
    """Remove processes that no message belongs to any more."""
    for name in sorted(names):
        connection.execute(delete(process).where(process.c.account == account, process.c.id == name))
