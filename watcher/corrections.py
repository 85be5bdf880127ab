"""What the user corrects, made ready to be stored: pure functions of what is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watcher.linking import process_id
from watcher.store.corrections import CorrectionRow, Said
from watcher.store.mail import EventRow, LinkRow

__all__ = ["CannotCorrect", "Held", "merging", "splitting", "unmerging"]


class CannotCorrect(Exception):
    """What was asked for changes nothing, or cannot be; `str()` says what to ask for instead."""


@dataclass(frozen=True, slots=True)
class Held:
    """One process with its messages, oldest first."""

    account: str
    id: str
    company: str
    messages: tuple[EventRow, ...]
    links: tuple[LinkRow, ...]

    def certain(self) -> tuple[str, ...]:
        """Return the messages that stand in no other process, by identity."""
        shared = {row.identity for row in self.links if row.ambiguous}
        return tuple(row.identity for row in self.messages if row.identity not in shared)


def merging(one: Held, other: Held, at: datetime) -> CorrectionRow:
    """Return the word that two processes are one; the first keeps its name. Raises CannotCorrect."""
    if one.id == other.id:
        raise CannotCorrect(f"{one.id} is one process already. Name another one to merge it with.")
    return CorrectionRow(0, one.account, at, Said.MERGE, one.id, other.id, stays=one.certain(), joins=other.certain())


def splitting(
    held: Held, leaving: Collection[str], at: datetime, *, taken: Collection[str], target: Held | None, shared: Mapping[str, Held]
) -> CorrectionRow:
    """Return the word that some messages (by identity) leave a process: for `target`, else for one of their own.

    `taken` are the names of all processes, `shared` those other processes, by name, in which messages that leave stand too: what
    leaves one of two stays in the other. Raises CannotCorrect.
    """
    certain = held.certain()
    stays = tuple(each for each in certain if each not in leaving)
    if not stays:
        raise CannotCorrect(
            f"Nothing would be left of {held.id}. `hearback close {held.id}` ends it; `hearback merge` makes it part of another."
        )
    if target is not None and target.id == held.id:
        raise CannotCorrect(f"--to must name another process than {held.id}.")
    if target is None and leaving and not set(leaving).intersection(certain):
        if len(shared) != 1:
            names = ", ".join(sorted(shared))
            raise CannotCorrect(f"That stands in several other processes too ({names}). Say with --to where it belongs.")
        (target,) = shared.values()
    gone = [row for row in held.messages if row.identity in leaving]
    name = (
        target.id
        if target is not None
        else _free(process_id(held.account, _company(gone) or held.company, gone[0].identity), taken)
    )
    return CorrectionRow(
        0,
        held.account,
        at,
        Said.SPLIT,
        held.id,
        name,
        leaves=tuple(row.identity for row in gone),
        stays=stays,
        joins=target.certain() if target is not None else (),
    )


def unmerging(held: Held, corrections: Sequence[CorrectionRow], at: datetime, *, taken: Collection[str]) -> CorrectionRow:
    """Return the word that the last merging which made a process is taken back. Raises CannotCorrect."""
    mine = frozenset(held.certain())
    for row in reversed(corrections):
        if row.verb is Said.MERGE and mine.intersection(row.stays) and mine.intersection(row.joins):
            leaves = tuple(each for each in row.joins if each in mine)
            stays = tuple(each for each in row.stays if each in mine)
            return CorrectionRow(0, held.account, at, Said.SPLIT, held.id, _free(row.other, taken), leaves=leaves, stays=stays)
    raise CannotCorrect(
        f"{held.id} was not merged out of two. Name the messages that leave it: `hearback why {held.id}` lists their ids."
    )


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "x"
    return name


def _company(rows: Iterable[EventRow]) -> str:
    return next((row.facts.company for row in rows if row.facts.company), "")
