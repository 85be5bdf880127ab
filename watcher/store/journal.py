"""The user's marks, and the log of what was done and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from rules.extract.types import Interview
from rules.intents import Reason
from rules.process import Verb
from watcher.store.among import Accounts, among
from watcher.store.dialect import upsert_many
from watcher.store.tables import log, mark, untold
from watcher.store.tables import process as process_table

__all__ = [
    "LogRow",
    "MarkRow",
    "add_log",
    "add_mark",
    "add_untold",
    "concerns_all",
    "drop_mark",
    "forget_untold",
    "job_begins",
    "last_mark",
    "load_log",
    "load_untold",
    "marks_of",
    "put_mark",
    "told",
]


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A word of the user's about a process."""

    id: int
    account: str
    process: str
    at: datetime
    verb: Verb
    until: datetime | None
    item: str = ""
    """Id of the task that is done."""
    opener: str = ""
    """Identity of the message that opened the process when this was said: finds it again when it has another name."""
    interview: str = ""
    """UID of the interview that it is about, where it is about one."""
    start: datetime | None = None
    """When that interview begins."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One thing that was seen or done, with the reasons."""

    at: datetime
    account: str
    process: str
    company: str
    action: str
    """A stable word: `found`, `interview`, `replied`, `placed`, `withdrawn`, `notice:KIND` and so on (watcher/README.md)."""
    text: str
    reasons: tuple[Reason, ...] = ()


def add_mark(  # noqa: PLR0917 - the columns
    connection: Connection,
    account: str,
    process: str,
    verb: Verb,
    at: datetime,
    until: datetime | None = None,
    item: str = "",
    about: Interview | None = None,
) -> None:
    """Store a word of the user's, `about` an interview where it is about one; the next pass acts on it.

    It is never earlier than their last one on the same process: the fold takes them by time, and a clock may have been set back.
    """
    same = mark.c.process == process  # in whichever account it had its seat then
    last: datetime | None = connection.execute(select(func.max(mark.c.at)).where(same)).scalar()
    if last is not None:
        at = max(at, last + timedelta(microseconds=1))
    here = (process_table.c.account == account) & (process_table.c.id == process)
    opener = connection.execute(select(process_table.c.opener).where(here)).scalar() or ""
    uid, start = (about.uid, about.start) if about is not None else ("", None)
    put_mark(connection, MarkRow(0, account, process, at, verb, until, item, opener, uid, start))


def put_mark(connection: Connection, row: MarkRow) -> None:
    """Store a word of the user's as it is: a new one where its number is 0, else in the place of the one that has it."""
    values = {name: getattr(row, name) for name in MarkRow.__slots__ if name != "id"} | {"verb": row.verb.value}
    if row.id:
        connection.execute(update(mark).where(mark.c.id == row.id).values(**values))
    else:
        connection.execute(insert(mark).values(**values))


def drop_mark(connection: Connection, number: int) -> None:
    """Forget a word that stands twice."""
    connection.execute(delete(mark).where(mark.c.id == number))


def last_mark(connection: Connection) -> int:
    """Return the number of the newest mark, 0 when there is none: a change of it is a reason to look."""
    return connection.execute(select(func.max(mark.c.id))).scalar() or 0


def concerns_all(connection: Connection, after: int = 0) -> bool:
    """Return True if a mark behind number `after` concerns every process of every account."""
    wide = [Verb.ACCEPTED.value, Verb.REOPEN.value]
    found = select(mark.c.id).where(mark.c.id > after, mark.c.verb.in_(wide)).limit(1)
    return connection.execute(found).first() is not None


def marks_of(connection: Connection, account: Accounts, process: str | None = None, after: int = 0) -> list[MarkRow]:
    """Return the marks of an account or several, or of one process there, oldest first."""
    query = select(mark).where(among(mark.c.account, account), mark.c.id > after).order_by(mark.c.id)
    if process is not None:
        query = query.where(mark.c.process == process)
    return [MarkRow(**{**row._mapping, "verb": Verb(row.verb)}) for row in connection.execute(query)]  # noqa: SLF001 - public


def job_begins(connection: Connection) -> datetime | None:
    """Return the first day in the job that the user took, of whichever account; None where they took none, or opened it again."""
    told = select(mark).where(mark.c.verb.in_([Verb.ACCEPTED.value, Verb.REOPEN.value])).order_by(mark.c.id)
    taken: dict[str, datetime | None] = {}
    for row in connection.execute(told):
        taken[row.process] = row.until if row.verb == Verb.ACCEPTED.value else None
    return min((at for at in taken.values() if at is not None), default=None)


def add_log(connection: Connection, rows: Iterable[LogRow]) -> None:
    """Append to the log."""
    values = [{name: getattr(row, name) for name in LogRow.__slots__} for row in rows]
    if values:
        connection.execute(insert(log), values)


def told(connection: Connection, account: Accounts, process: str) -> frozenset[tuple[str, datetime]]:
    """Return (action, at) of the notices that the log holds of a process already."""
    query = select(log.c.action, log.c.at).where(
        among(log.c.account, account), log.c.process == process, log.c.action.startswith("notice:")
    )
    return frozenset((row.action, row.at) for row in connection.execute(query))


def add_untold(connection: Connection, account: str, identities: Iterable[str]) -> None:
    """Note that these messages were read and the log does not speak of them yet; in the transaction that stores them."""
    upsert_many(
        connection, untold, ("account", "identity"), [(account, each) for each in identities], key=["account", "identity"]
    )


def load_untold(connection: Connection, account: str) -> frozenset[str]:
    """Return the messages that were read by a pass which did not come to tell of them."""
    return frozenset(connection.execute(select(untold.c.identity).where(untold.c.account == account)).scalars())


def forget_untold(connection: Connection, account: str, identities: Iterable[str] | None = None) -> None:
    """Note that these messages were told of, or that all were; in the transaction that writes the log."""
    if identities is None:
        connection.execute(delete(untold).where(untold.c.account == account))
        return
    for identity in identities:
        connection.execute(delete(untold).where(untold.c.account == account, untold.c.identity == identity))


def load_log(
    connection: Connection, account: Accounts, process: str | None = None, *, after: int = 0, last: int | None = None
) -> list[LogRow]:
    """Return the log of an account or several, or of one process, oldest first: rows behind number `after`, the `last` ones."""
    query = select(log).where(among(log.c.account, account), log.c.id > after).order_by(log.c.id.desc())
    if process is not None:
        query = query.where(log.c.process == process)
    if last is not None:
        query = query.limit(last)
    rows = [LogRow(r.at, r.account, r.process, r.company, r.action, r.text, r.reasons) for r in connection.execute(query)]
    return rows[::-1]
