"""What the user said of messages: which belong together, and what kind one is. It survives all that is read anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from rules.classify.types import Kind
from rules.threads import Correction, Pins, pins_of
from watcher.store.among import Accounts, among
from watcher.store.reading import Reading
from watcher.store.tables import correction, log

__all__ = [
    "CorrectionRow",
    "Said",
    "add_correction",
    "kinds_said",
    "last_correction",
    "load_corrections",
    "names_said",
    "newest",
    "pins_said",
]


class Said(StrEnum):
    """What a correction is about."""

    SPLIT = "split"
    MERGE = "merge"
    RELABEL = "relabel"


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """One word of the user's about messages, named by identity."""

    id: int
    account: str
    at: datetime
    verb: Said
    process: str = ""
    """Name of the process of `stays`."""
    other: str = ""
    """Name of the process of `leaves`, and of `joins`."""
    leaves: tuple[str, ...] = ()
    """Of RELABEL: the one message."""
    stays: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    kind: Kind | None = None
    """Of RELABEL: what the message is; None: what the rules read it as."""
    was: Reading | None = None
    """Of RELABEL: how it was read before anything was said of it."""


def add_correction(connection: Connection, row: CorrectionRow) -> int:
    """Store a word of the user's and return its number; `row.id` is not looked at. The next pass acts on it."""
    values = {name: getattr(row, name) for name in CorrectionRow.__slots__ if name != "id"}
    values |= {"verb": row.verb.value, "kind": None if row.kind is None else row.kind.value}
    connection.execute(insert(correction).values(**values))
    return last_correction(connection)


def load_corrections(connection: Connection, account: Accounts) -> list[CorrectionRow]:
    """Return the corrections of an account or several, oldest first."""
    rows = connection.execute(select(correction).where(among(correction.c.account, account)).order_by(correction.c.id))
    return [
        CorrectionRow(
            **{**row._mapping, "verb": Said(row.verb), "kind": None if row.kind is None else Kind(row.kind)}  # noqa: SLF001 - public
        )
        for row in rows
    ]


def last_correction(connection: Connection) -> int:
    """Return the number of the newest correction, 0 when there is none: a change of it is a reason to look."""
    return connection.execute(select(func.max(correction.c.id))).scalar() or 0


def newest(connection: Connection) -> tuple[int, int]:
    """Return the numbers of the newest line of the log and of the newest correction, in one question: each pass asks it."""
    query = select(select(func.max(log.c.id)).scalar_subquery(), select(func.max(correction.c.id)).scalar_subquery())
    line, said = connection.execute(query).one()
    return line or 0, said or 0


def pins_said(rows: Iterable[CorrectionRow]) -> Pins:
    """Return which messages are to be together and which apart, as `rules.threads.link` wants it."""
    return pins_of(Correction(f"{row.id:08d}", row.leaves, row.stays, row.joins) for row in rows if row.verb is not Said.RELABEL)


def names_said(rows: Iterable[CorrectionRow]) -> dict[str, tuple[int, str]]:
    """Return in which process each message spoken of is to be, behind the number of the correction; the last one counts."""
    names: dict[str, tuple[int, str]] = {}
    for row in rows:
        if row.verb is Said.SPLIT:
            names.update(dict.fromkeys(row.stays, (row.id, row.process)))
            names.update(dict.fromkeys((*row.leaves, *row.joins), (row.id, row.other)))
        elif row.verb is Said.MERGE:
            names.update(dict.fromkeys((*row.stays, *row.joins), (row.id, row.process)))
    return names


def kinds_said(rows: Iterable[CorrectionRow]) -> dict[str, CorrectionRow]:
    """Return what was said last of the kind of each message, taken back or not."""
    return {row.leaves[0]: row for row in rows if row.verb is Said.RELABEL and row.leaves}
