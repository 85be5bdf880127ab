"""Which received mail carries which mark of ours, and whether the user wants any."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, func, select, update

from connectors.base import Mark
from rules.mail import Role
from watcher.store.dialect import upsert_many
from watcher.store.tables import account as account_table
from watcher.store.tables import event, marked, message, process_link

__all__ = [
    "MarkedRow",
    "Wish",
    "count_marked",
    "forget_marked",
    "markable",
    "marked_rows",
    "note_removed",
    "put_marked",
    "refs_of",
    "set_wish",
    "wish_of",
]

_UNMARKABLE = tuple(role.value for role in (Role.SENT, Role.DRAFTS, Role.JUNK, Role.TRASH))
_GROUP = 500


class Wish(StrEnum):
    """What the user said of marks; it is remembered until they say otherwise."""

    KEEP = ""
    """Nothing, or that there be some."""
    RESTORE = "restore"
    """To put back those that are missing, too; that is still to be done."""
    REMOVE = "remove"
    """To take them away; that is still to be done."""
    NONE = "none"
    """They are taken away and stay away."""


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """One message, by its place in the mailbox, and the mark that it carries there."""

    ref: str
    mark: Mark


def wish_of(connection: Connection, account: str) -> Wish:
    """Return what the user said of the marks of an account."""
    found = connection.execute(select(account_table.c.labels).where(account_table.c.name == account)).scalar_one_or_none()
    return Wish(found or "")


def set_wish(connection: Connection, account: str, wish: Wish) -> None:
    """Remember what the user said; the account has to be known."""
    connection.execute(update(account_table).where(account_table.c.name == account).values(labels=wish.value))


def note_removed(connection: Connection, account: str) -> None:
    """Note that no mail of the account carries a mark any more, and none will, unless the user has wanted them back meanwhile."""
    forget_marked(connection, account)
    still = (account_table.c.name == account) & (account_table.c.labels == Wish.REMOVE.value)
    connection.execute(update(account_table).where(still).values(labels=Wish.NONE.value))


def markable(connection: Connection, account: str) -> list[tuple[str, str, str]]:
    """Return (identity, ref, process) of all received mail that belongs to a process and is in the mailbox, newest first.

    What lies in spam is left out.
    """
    linked = (process_link.c.account == event.c.account) & (process_link.c.identity == event.c.identity)
    stands = (message.c.account == event.c.account) & (message.c.identity == event.c.identity)
    query = (
        select(event.c.identity, message.c.ref, process_link.c.process)
        .join(process_link, linked)
        .join(message, stands)
        .where(event.c.account == account, event.c.own.is_(False), message.c.ref != "", message.c.role.not_in(_UNMARKABLE))
        .order_by(message.c.received_at.desc(), event.c.identity)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def refs_of(connection: Connection, account: str, identities: Collection[str]) -> dict[str, str]:
    """Return where messages lie now; empty where they are gone. Those that were never stored are left out."""
    named = list(identities)
    found: dict[str, str] = {}
    for start in range(0, len(named), _GROUP):
        some = named[start : start + _GROUP]
        query = select(message.c.identity, message.c.ref).where(message.c.account == account, message.c.identity.in_(some))
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def marked_rows(connection: Connection, account: str) -> dict[str, MarkedRow]:
    """Return what is marked, by the identity of the message."""
    query = select(marked.c.identity, marked.c.ref, marked.c.mark).where(marked.c.account == account)
    return {row[0]: MarkedRow(row[1], Mark(row[2])) for row in connection.execute(query)}


def count_marked(connection: Connection, account: str) -> dict[Mark, int]:
    """Return how many messages carry each mark."""
    query = select(marked.c.mark, func.count()).where(marked.c.account == account).group_by(marked.c.mark)
    return {Mark(mark): count for mark, count in connection.execute(query)}


def put_marked(connection: Connection, account: str, identities: Iterable[tuple[str, str]], mark: Mark) -> None:
    """Note that messages, given as (identity, ref), carry a mark."""
    rows = [(account, identity, ref, mark.value) for identity, ref in identities]
    upsert_many(connection, marked, ("account", "identity", "ref", "mark"), rows, key=("account", "identity"))


def forget_marked(connection: Connection, account: str, identities: Collection[str] | None = None) -> None:
    """Note that messages carry no mark of ours any more; None: that no message of the account does."""
    if identities is None:
        connection.execute(delete(marked).where(marked.c.account == account))
        return
    named = list(identities)
    for start in range(0, len(named), _GROUP):
        some = named[start : start + _GROUP]
        connection.execute(delete(marked).where(marked.c.account == account, marked.c.identity.in_(some)))
