"""When what is for the user alone may stand: from the end of an interview on, while the process goes on and is not paused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2s

from rules.decide.part import Case
from rules.extract.types import InterviewStatus, Person
from rules.process import Round, State
from rules.process.noted import was_missed

__all__ = ["begins_at", "each_once", "held_rounds", "name_digest"]

_MOST = 40


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def begins_at(case: Case, when: datetime) -> datetime | None:
    """Return from when on something that is due at `when` stands for the user; None while nothing does.

    A pause moves it to its end. A process that is closed or has gone quiet asks nothing more of the user.
    """
    process = case.process
    if process.no_contact or process.state in {State.CLOSED, State.DORMANT}:
        return None
    if process.state is not State.PAUSED:
        return when
    if process.paused_until is None or process.under is State.DORMANT:
        return None
    return max(when, process.paused_until, key=_utc)


def held_rounds(case: Case) -> Iterator[Round]:
    """Yield the interviews that take place, over or ahead, by start."""
    for round_ in case.process.rounds:
        if round_.interview.status is not InterviewStatus.CANCELLED and not was_missed(case.process, round_.interview):
            yield round_


def each_once(people: tuple[Person, ...]) -> list[Person]:
    """Return people by address, else by name, each once; nobody of whom nothing is known."""
    known = {person.address or person.name.casefold(): person for person in people if person.address or person.name.strip()}
    return list(known.values())[:_MOST]


def name_digest(name: str) -> str:
    """Return what stands for a name in a key: eight hexadecimal digits, the same for ever."""
    return blake2s(" ".join(name.casefold().split()).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
