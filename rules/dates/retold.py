"""Times that are told once more in another zone: `2 pm ET (8 pm CET)`, `9.30 London / 10.30 yours`."""

from __future__ import annotations

import re
from typing import Final

from rules.dates.lexer import Lexed
from rules.dates.types import Clock

__all__ = ["retold"]

_NOTE = 12
"""So many tokens may stand between a time and the same one in parentheses."""
_WORD = 6
_REACH = 24
"""So many tokens on, `that is 9 at night for you` still tells the time before once more."""
_BEHIND: Final = re.compile(r"[ ,(]{0,3}(?:[zfkgp] ){0,2}r")
_BEFORE: Final = re.compile(r"r[ ,:]{1,2}(?:[zfkGC] ){0,4}$")
_Place = tuple[int, int]


def retold(lexed: Lexed, clocks: list[tuple[Clock, _Place]], old: frozenset[int]) -> set[int]:
    """Return the places in the list of those times that only tell a neighbour of theirs in another zone.

    `old` are the places of the tokens of times that are replaced: these are told once more by none. What stands in parentheses
    behind a time tells it again, and so does a second zone; a time in the zone of the reader tells the one before it, or the one
    behind it where only that names its zone.
    """
    found: set[int] = set()
    yours = _yours(lexed, clocks) if "r" in lexed.classes else [False] * len(clocks)
    for index in range(1, len(clocks)):
        if index - 1 in found or clocks[index - 1][1][0] in old or clocks[index][1][0] in old:
            continue
        between = lexed.classes[clocks[index - 1][1][1] : clocks[index][1][0]]
        near = len(between) <= _REACH and "\n\n" not in between and "&" not in between.replace("z & ", "")
        if near and yours[index - 1] and not yours[index] and _zoned(clocks[index][0]):
            found.add(index - 1)
        elif (near and yours[index] and not yours[index - 1]) or _again(clocks, index, between):
            found.add(index)
    return found


def _yours(lexed: Lexed, clocks: list[tuple[Clock, _Place]]) -> list[bool]:
    """Say of each time whether words like `for you` stand right beside it; those between two belong to the first."""
    found: list[bool] = []
    taken = 0
    for _, (first, last) in clocks:
        behind = _BEHIND.match(lexed.classes, last)
        before = _BEFORE.search(lexed.classes, max(taken, first - _NOTE), first)
        found.append(behind is not None or before is not None or "r" in lexed.classes[first:last])
        taken = behind.end() if behind is not None else last
    return found


def _zoned(clock: Clock) -> bool:
    return bool(clock.zone or clock.zones)


def _again(clocks: list[tuple[Clock, _Place]], index: int, between: str) -> bool:
    """Say whether a time only tells the one before in another zone: `2 pm ET (8 pm CET)`, `2 pm EST / 11 am PST`."""
    if "(" in between[:3] and len(between) <= _NOTE and "O" not in between:
        return True
    clock, before = clocks[index][0], clocks[index - 1][0]
    told = _zoned(before) and _zoned(clock) and (before.zone, before.zones) != (clock.zone, clock.zones)
    return told and between.strip(" ,;|/=f&z") == "" and len(between) <= _WORD
