"""Lines of particulars (`Position: Data Engineer`), and rows of tables that became lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    lines = reading.lines
    for place, line in enumerate(lines):
        if not line:
            continue
        match = _LINE.match(line) if ":" in line[:60] else None
        below = next((later for later in lines[place + 1 : place + 3] if later), "")
        if match is not None:
            if lowered(match["label"]).strip(" *") in labels:
                yield _WIDE.split(match["value"] or below)[0].strip(" *")[:_LONGEST], True
        elif lowered(line).strip(" *") in labels:
            yield below[:_LONGEST], True
        elif len(line) <= _LONGEST and not line.endswith(_END):
            words = line.split(" ", _MOST_WORDS)
            for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
                if lowered(" ".join(words[:count])) in labels:
                    yield line[len(" ".join(words[:count])) :].strip(), False
                    break
