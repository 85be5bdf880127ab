"""Which of several moments is the old one: what stands behind `instead of`, `was`, `statt`, `moved from`."""

from __future__ import annotations

import re
from typing import Final

from rules.dates.lexer import Lexed

__all__ = ["old_places"]

_STRUCK: Final = re.compile(r"~~[^~\n]{1,300}~~")
_ENDS: Final = re.compile(r"\n\n|[.!] (?=\S)|\)")
_REACH = 60
"""So many tokens before a moment a word may stand that calls it old or new."""


def old_places(lexed: Lexed, clocks: list[int], named: list[tuple[int, int]]) -> frozenset[int]:
    """Return those of the places of times that are called old. `named` are the places of the days (first, behind the last).

    A word like `instead of` holds for the next time behind it, up to the end of its sentence; `moved from` too, and a word like
    `to` or `new time` takes it back. What stands between two pairs of tildes was struck out.
    """
    classes = lexed.classes
    if not ("O" in classes or "R" in classes or "~" in classes):
        return frozenset()
    del named
    found: set[int] = set()
    struck = [match.span() for match in _STRUCK.finditer(classes)]
    previous = 0
    for place in clocks:
        first = max(previous, place - _REACH)
        between = classes[first:place]
        ended = [match.end() for match in _ENDS.finditer(between)]
        clause = between[ended[-1] :] if ended else between
        told = max(clause.rfind("O"), clause.rfind("R"))
        if told >= 0 and told > clause.rfind("L"):
            found.add(place)
        if any(start <= place < end for start, end in struck):
            found.add(place)
        previous = place + 1
    return frozenset(found)
