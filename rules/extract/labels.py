"""Lines of particulars (`Position: Data Engineer`), and rows of tables that became lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rules.extract.reading import Reading, lowered

__all__ = ["labelled"]

_LINE = re.compile(r"^[\s*\u2022>-]{0,4}(?P<label>[^\W\d_][^:\n]{0,34}?)[ ]?[*]{0,2}:[\s:*-]{0,12}(?P<value>\S.*)?$")
_WIDE = re.compile(r"\s{2,}|\s\|\s|\s*;\s*")
_END = (".", "!", "?", ",")
_LONGEST = 120
_MOST_WORDS = 3


def labelled(reading: Reading, labels: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Yield (value, sure) of the lines that one of the labels (lower case) begins.

    A label stands before a colon, in a line of its own above the value, or, as cells of a table do, right before the value; then
    the line may be a sentence as well, and the value is not sure.
    """
    for heads, sure in _lines_of(reading):
        for label, value in heads:
            if label in labels:
                yield value, sure
                break


@lru_cache(maxsize=4)
def _lines_of(reading: Reading) -> list[tuple[list[tuple[str, str]], bool]]:
    """Return for each line the (label, value) that it may be parted in, the longest label first, and whether it is surely one."""
    found: list[tuple[list[tuple[str, str]], bool]] = []
    lines = reading.lines
    for place, line in enumerate(lines):
        match = _LINE.match(line) if ":" in line[:60] else None
        if match is not None:
            value = _WIDE.split(match["value"] or _below(lines, place))[0].strip(" *")[:_LONGEST]
            found.append(([(lowered(match["label"]).strip(" *"), value)], True))
        elif line and len(line) <= _LONGEST and not line.endswith(_END):
            words = line.split(" ", _MOST_WORDS)
            heads = (" ".join(words[:count]) for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1))
            found.append(([(lowered(head), line[len(head) :].strip()) for head in heads], False))
            if len(words) <= _MOST_WORDS:
                found.append(([(lowered(line).strip(" *"), _below(lines, place)[:_LONGEST])], True))
    return found


def _below(lines: list[str], place: int) -> str:
    return next((later for later in lines[place + 1 : place + 3] if later), "")
