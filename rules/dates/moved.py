"""Which of several moments is the old one: what stands behind `instead of`, `was`, `statt`, `moved from`."""

from __future__ import annotations

import re
from typing import Final

from rules.dates.lexer import Lexed

__all__ = ["old_places"]

_STRUCK: Final = re.compile(r"~~[^~\n]{1,300}~~")
_ENDS: Final = re.compile(r"\n\n|[.!] (?=\S)|\)")
_ALONE: Final = re.compile(r"O ?[&,.;]")
"""A word that ends what it belongs to: `findet am Dienstag statt, am Mittwoch ...`."""
_SENTENCE: Final = re.compile(r"\n|[.!] (?=\S)")
_NEW_BESIDE: Final = re.compile(r"L ?:? ?(?:[#,fkG] ?){0,4}$")
"""`New time: ...` is not moved by what follows."""
_REACH = 60
"""So many tokens before a moment a word may stand that calls it old or new."""


def old_places(lexed: Lexed, clocks: list[int]) -> frozenset[int]:
    """Return those of the places of times (in order) that are called old.

    A word like `instead of` holds for the next time behind it, up to the end of its sentence; `moved from` too, and a word like
    `new time` takes it back. Of two times of one sentence with a word like `moved to` between or behind them, the first is old.
    What stands between two pairs of tildes was struck out.
    """
    classes = lexed.classes
    if not any(sign in classes for sign in "ORh~"):
        return frozenset()
    found: set[int] = set()
    struck = [match.span() for match in _STRUCK.finditer(classes)]
    previous = 0
    for index, place in enumerate(clocks):
        between = classes[max(previous, place - _REACH) : place]
        ended = [match.end() for match in _ENDS.finditer(between)]
        clause = between[ended[-1] :] if ended else between
        told = max(clause.rfind("O"), clause.rfind("R"))
        at = place - len(clause) + told
        beside = told >= 0 and lexed.value(at, "O") == 1
        alone = told >= 0 and _ALONE.match(clause, told) is not None
        if told > max(clause.rfind("L"), clause.rfind("h")) and not alone and not (beside and "z" in clause[told:]):
            found.add(place)
        renewed = _NEW_BESIDE.search(clause) is not None
        if any(start <= place < end for start, end in struck) or (
            not renewed and _moves(classes, place, clocks[index + 1 : index + 2])
        ):
            found.add(place)
        previous = place + 1
    return frozenset(found)


def _moves(classes: str, place: int, following: list[int]) -> bool:
    """Say whether a sentence moves what is at a place to the time that follows in it."""
    if not following:
        return False
    between = classes[place : following[0]]
    if len(between) > _REACH or _SENTENCE.search(between):
        return False
    end = _SENTENCE.search(classes, following[0])
    return "h" in between or "h" in classes[following[0] : min(end.start() if end else len(classes), following[0] + _REACH)]
