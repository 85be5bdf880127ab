"""Several notes of one round as one, and what is known of a process by all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from itertools import zip_longest
from typing import Any

from rules.extract.types import Person
from rules.notes.types import Answers, Notes, Point

__all__ = ["MOST_POINTS", "joined_people", "known_answers", "merge", "numbered"]

MOST_POINTS = 60
"""Of one round; what is more is left out."""
_MOST_PEOPLE = 20
_OF_THE_COMPANY = ("rounds_expected", "length_expected", "start_by", "remote", "traditional")
"""Answers that hold for all rounds: not asked again."""
_UNKNOWN: Any = Answers()


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def numbered(number: int, points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the points of a round, each once, with their ids; at most 60, in the order of the headings' points."""
    counts: Counter[str] = Counter()
    seen: set[tuple[str, str, str]] = set()
    kept: list[Point] = []
    for point in points:
        same = (point.heading, point.about, _folded(point.text))
        if same in seen or len(kept) >= MOST_POINTS:
            continue
        seen.add(same)
        counts[point.heading] += 1
        kept.append(replace(point, id=f"{number}.{point.heading}.{counts[point.heading]}"))
    return tuple(kept)


def joined_people(older: Iterable[Person], newer: Iterable[Person]) -> tuple[Person, ...]:
    """Return everybody named, each once (by address, else by name); the newer word on a title or an address holds."""
    found: dict[str, Person] = {}
    for person in (*older, *newer):
        name = _folded(person.name) or person.address
        known = found.get(name, person)
        found[name] = replace(
            person,
            address=person.address or known.address,
            title=person.title or known.title,
            role=person.role if person.title else known.role,
        )
    return tuple(found.values())[:_MOST_PEOPLE]


def _over(older: Answers, newer: Answers) -> Answers:
    """Lay answers over older ones, field by field: what the newer ones leave open stays."""
    said = {
        item.name: getattr(newer, item.name)
        for item in fields(Answers)
        if getattr(newer, item.name) != getattr(_UNKNOWN, item.name)
    }
    said["people"] = joined_people(older.people, newer.people)
    return replace(older, **said)


def merge(number: int, notes: Sequence[Notes]) -> Notes | None:
    """Return the notes of one round as one, oldest first; None where there are none.

    Points add up, each once; of the answers the newest word holds. One that is `whole` takes the place of all before it.
    """
    if not notes:
        return None
    begin = max((index for index, item in enumerate(notes) if item.whole), default=0)
    points: list[Point] = []
    answers = Answers()
    unclear: dict[str, str] = {}
    for item in notes[begin:]:
        points += [point if point.at is not None else replace(point, at=item.at) for point in item.points]
        answers = _over(answers, item.answers)
        unclear = {text: name for text, name in unclear.items() if not _says(item.answers, name)}
        unclear |= zip_longest(item.unclear, item.doubtful[: len(item.unclear)], fillvalue="")
    at = max(item.at for item in notes)
    return Notes(number, at, numbered(number, points), answers, tuple(unclear), tuple(unclear.values()))


def _says(answers: Answers, name: str) -> bool:
    return bool(name) and getattr(answers, name) != getattr(_UNKNOWN, name)


def known_answers(noted: Iterable[Notes], number: int) -> Answers:
    """Return what is answered as far as round `number` goes: all of its own, and what holds for the company from every round."""
    known = Answers()
    own = Answers()
    for item in sorted(noted, key=lambda notes: notes.at):
        lasting = {name: getattr(item.answers, name) for name in _OF_THE_COMPANY}
        known = _over(known, replace(_UNKNOWN, **lasting))
        if item.round == number:
            own = _over(own, item.answers)
    return _over(known, own)
