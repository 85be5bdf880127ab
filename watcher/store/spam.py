"""Mail that lies in spam: kept apart from messages, so that nothing can be made of it but a notice."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Connection, delete, select, type_coerce, update

from rules.mail import Envelope
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert_many
from watcher.store.tables import message, spam
from watcher.store.types import micros

__all__ = [
    "SpamRow",
    "Tie",
    "drop_spam",
    "drop_spam_at",
    "has_spam",
    "load_spam",
    "note_ties",
    "put_spam",
    "spam_by_process",
    "spam_told",
    "tidy_spam",
    "unlist_spam",
]

_COLUMNS = (
    "account",
    "identity",
    "ref",
    "message_id",
    "answers",
    "thread_id",
    "from_address",
    "subject",
    "received_at",
    "process",
    "tie",
    "told",
    "listed",
)
_GROUP = 500
_MOST_ANSWERED = 50
_MOST = 5000
"""The newest so many mails in spam are looked at: more come in no month that was not meant to be a burden."""


class Tie(StrEnum):
    """By what a mail in spam may belong to a process, surest first."""

    NONE = ""
    THREAD = "thread"
    """It stands in the conversation, or answers a message of it: strangers do not know those ids."""
    ADDRESS = "address"
    """It says it is from somebody of theirs."""
    DOMAIN = "domain"
    """It says it is from their domain."""


@dataclass(frozen=True, slots=True)
class SpamRow:
    """One mail in spam."""

    identity: str
    message_id: str
    answers: tuple[str, ...]
    """Message-IDs of its In-Reply-To and References."""
    thread_id: str
    from_address: str
    subject: str
    received_at: datetime
    process: str = ""
    tie: Tie = Tie.NONE
    told: bool = False


def put_spam(connection: Connection, account: str, envelopes: Iterable[Envelope]) -> None:
    """Store what lies in spam, but for what was read elsewhere before: the user has put that there."""
    given = {envelope.identity: envelope for envelope in envelopes}
    read: set[str] = set()
    named = list(given)
    for start in range(0, len(named), _GROUP):
        some = named[start : start + _GROUP]
        query = select(message.c.identity).where(message.c.account == account, message.c.identity.in_(some))
        read.update(connection.execute(query).scalars())
    rows = [
        (
            account,
            e.identity,
            e.ref,
            e.message_id,
            " ".join(list(dict.fromkeys([*e.references.split(), *e.in_reply_to.split()]))[-_MOST_ANSWERED:]),
            e.thread_id,
            e.from_address,
            e.subject,
            micros(e.received_at),
            "",
            "",
            False,
            True,
        )
        for e in given.values()
        if e.identity not in read
    ]
    upsert_many(connection, spam, _COLUMNS, rows, key=("account", "identity"), keep=("received_at", "process", "tie", "told"))


def drop_spam(connection: Connection, account: str, identities: Collection[str]) -> None:
    """Forget mail that is not in spam any more."""
    named = list(identities)
    for start in range(0, len(named), _GROUP):
        some = named[start : start + _GROUP]
        connection.execute(delete(spam).where(spam.c.account == account, spam.c.identity.in_(some)))


def drop_spam_at(connection: Connection, account: str, refs: Collection[str]) -> None:
    """Forget mail that is gone from where it lay."""
    named = list(refs)
    for start in range(0, len(named), _GROUP):
        some = named[start : start + _GROUP]
        connection.execute(delete(spam).where(spam.c.account == account, spam.c.ref.in_(some)))


def has_spam(connection: Connection, account: str) -> bool:
    """Say whether anything is known to lie in spam."""
    return connection.execute(select(spam.c.identity).where(spam.c.account == account).limit(1)).first() is not None


def unlist_spam(connection: Connection, account: str) -> None:
    """Note that the mailbox is listed anew: what does not come again is not there any more."""
    connection.execute(update(spam).where(spam.c.account == account).values(listed=False))


def tidy_spam(connection: Connection, account: str, since: datetime) -> None:
    """Forget, at the end of a listing, what has not come again, and what is older than the look-back window."""
    over = spam.c.listed.is_(False) | (spam.c.received_at < since)
    connection.execute(delete(spam).where(spam.c.account == account, over))


def load_spam(connection: Connection, account: Accounts, process: str | None = None, *, tied: bool = False) -> list[SpamRow]:
    """Return what lies in spam, oldest first: the newest thousands, what may belong to one process, or, if `tied`, to any."""
    columns = [spam.c[name] for name in ("identity", "message_id", "answers", "thread_id", "from_address", "subject")]
    columns += [spam.c.received_at, spam.c.process, spam.c.tie]
    query = select(*columns, type_coerce(spam.c.told, Boolean)).where(among(spam.c.account, account))
    if process is not None:
        query = query.where(spam.c.process == process)
    elif tied:
        query = query.where(spam.c.process != "")
    newest = query.order_by(spam.c.received_at.desc(), spam.c.identity.desc()).limit(_MOST)
    rows = [
        SpamRow(row[0], row[1], tuple(row[2].split()), row[3], row[4], row[5], row[6], row[7], Tie(row[8]), row[9])
        for row in connection.execute(newest)
    ]
    return rows[::-1]


def spam_by_process(connection: Connection, account: Accounts) -> dict[str, list[SpamRow]]:
    """Return what may belong to each process, oldest first; those without any are left out."""
    found: dict[str, list[SpamRow]] = {}
    for row in load_spam(connection, account, tied=True):
        found.setdefault(row.process, []).append(row)
    return found


def note_ties(connection: Connection, account: str, rows: Iterable[SpamRow]) -> None:
    """Store which process each may belong to."""
    for row in rows:
        same = (spam.c.account == account) & (spam.c.identity == row.identity)
        connection.execute(update(spam).where(same).values(process=row.process, tie=row.tie.value))


def spam_told(connection: Connection, account: Accounts, process: str) -> None:
    """Note that the user was told of what may belong to a process; in the transaction that writes the log."""
    connection.execute(update(spam).where(among(spam.c.account, account), spam.c.process == process).values(told=True))
