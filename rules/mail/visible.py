"""Which lines of a mail are new, and which it only quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rules.phrases.load import load

__all__ = ["visible"]

MAX_LINES = 4000
_DASHES = re.compile(r"^[\s>*]*[-_=*]{2,}\s*([^\W\d_][^-_=*]{3,60}?)\s*(?:[-_=*]{2,}|:)?\s*$")
_RULE = re.compile(r"^[_\u2500-]{10,}\s*$")
_FIELD = re.compile(r"^[*\s]{0,4}([^\W\d_][\w .-]{0,20}?)[*\s]{0,3}:[*\s]{0,3}\S")
_NOTES = re.compile(r"\son \d{1,4}[/.-]\d{1,2}[/.-]\d{2,4} \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?$")
"""How Lotus Notes begins a quotation: `Name on 12/01/2026 10:11:12 AM`, header fields without From below it."""
_STAMP = re.compile(r"^\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4},? \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?$")
"""Its older way: the name on a line by itself, the time on the next, header fields without From below."""
_STAMP_LENGTH = 24
_SIGNS = frozenset(">|*-_=\u2014")
_REST = 16
_MAX_ATTRIBUTION = 400
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 6
_ENOUGH_FIELDS = 2


@dataclass(frozen=True, slots=True)
class _Marks:
    starts: tuple[tuple[str, str], ...]
    named: tuple[str, ...]
    """What stands behind the name in an attribution that begins with it."""
    above: frozenset[str]
    forwarded: tuple[str, ...]
    senders: frozenset[str]
    others: frozenset[str]
    beginnings: frozenset[str]
    """The first two letters of all that may begin a quotation: most lines begin otherwise, and need no closer look."""


@cache
def _marks() -> _Marks:
    tables = list(load("quotes").values())
    above = {phrase for table in tables for phrase in (*table["original"], *table["forwarded"])}
    starts = tuple((start, word) for table in tables for start, word in table["attribution"])
    forwarded = tuple(sorted({phrase for table in tables for phrase in table["forwarded"]}))
    senders = frozenset(name for table in tables for name in table["from"])
    return _Marks(
        starts=starts,
        named=tuple(word for table in tables for word in table.get("named", ())),
        above=frozenset(above),
        forwarded=forwarded,
        senders=senders,
        others=frozenset(name for table in tables for key in ("sent", "to", "subject") for name in table[key]),
        beginnings=frozenset(mark[:2] for mark in (*(start for start, _ in starts), *forwarded, *senders)),
    )


def visible(text: str) -> tuple[str, str]:
    """Return (what is new, what is quoted). Lines end with a line feed. Linear in the length of the text; never raises.

    Lines behind `>` and the attribution above them are quoted wherever they stand, so an answer below or between them is kept.
    A full quotation (`Original Message`, a block of header fields, an attribution with unmarked text below) ends the mail.
    """
    lines = text.split("\n")[:MAX_LINES]
    kept: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if _is_plain(line):
            kept.append(line)
            index += 1
            continue
        if line.lstrip().startswith((">", "|>")):
            quoted.append(line)
            index += 1
            continue
        length = _attribution(lines, index)
        if length:
            quoted.extend(lines[index : index + length])
            index += length
            following = _next_filled(lines, index)
            if following and not following.lstrip().startswith(">") and not _goes_on(lines, index):
                quoted.extend(lines[index:])
                break
            continue
        if _is_separator(lines, index):
            if _STAMP.match(line.strip()) and kept and kept[-1].strip():
                quoted.append(kept.pop())
            quoted.extend(lines[index:])
            break
        kept.append(line)
        index += 1
    while kept and (not kept[-1].strip() or _RULE.match(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip("\n"), "\n".join(quoted).strip("\n")


def _is_plain(line: str) -> bool:
    """Say whether a line surely begins no quotation: true of most, and cheap."""
    bare = line.strip()
    if not bare:
        return True
    if bare[0] in _SIGNS or bare[:2].lower() in _marks().beginnings:
        return False
    if bare[0].isdigit() and len(bare) <= _STAMP_LENGTH and _STAMP.match(bare):
        return False
    return not (" on " in line or bare.endswith(" on") or _begins_with_name(bare.lower()))


def _begins_with_name(line: str) -> bool:
    """Say whether a line is an attribution that begins with the name: `Ada Moe wrote on Monday at 10:00:`."""
    return ":" in line[-2:] and any(word in line for word in _marks().named)


def _next_filled(lines: list[str], index: int) -> str:
    return next((line for line in lines[index : index + 5] if line.strip()), "")


def _goes_on(lines: list[str], index: int) -> bool:
    """Say whether quoted lines with a mark still follow soon: then the unmarked ones between are answers."""
    return any(line.lstrip().startswith(">") for line in lines[index : index + 12])


def _attribution(lines: list[str], index: int) -> int:
    """Return how many lines the attribution that begins here takes; 0 when none begins here."""
    first = lines[index].strip().lower()
    if not first:
        return 0
    first = first.lstrip("*-\u2014 ")
    words = [word for start, word in _marks().starts if first.startswith(start)]
    if not words and not _begins_with_name(first):
        return 0
    return _closing(lines[index : index + _ATTRIBUTION_LINES], words or _marks().named)


def _closing(lines: list[str], words: Sequence[str]) -> int:
    """Return how many lines an attribution takes until it closes with a colon and one of the words; 0 when it does not."""
    joined = ""
    for length, line in enumerate(lines, start=1):
        joined = f"{joined} {line.strip().lower()}".strip()
        if not line.strip() or len(joined) > _MAX_ATTRIBUTION:
            return 0
        bare = joined.rstrip("* ")
        if (
            bare.endswith((":", ": >"))
            and any(char.isdigit() or char == "@" for char in bare)
            and any(word in bare[-80:] for word in words)
        ):
            return length
    return 0


def _with_rest(lines: list[str], index: int) -> str:
    """Return a line with the short rest of it that a mailer wrapped onto the next."""
    line = lines[index].strip()
    following = lines[index + 1].strip() if index + 1 < len(lines) else ""
    return f"{line} {following}" if following[:1].isdigit() and len(following) < _REST else line


def _is_separator(lines: list[str], index: int) -> bool:
    line = lines[index].strip()
    if not line:
        return False
    marks = _marks()
    match = _DASHES.match(line)
    if match and match[1].strip().lower() in marks.above:
        return True
    if line.startswith("-----") and line.lstrip("- ").lower().startswith(marks.forwarded):
        return True
    lower = line.lower().rstrip(": ")
    if lower.startswith(marks.forwarded) and (line.endswith(":") or lower in marks.forwarded):
        return True
    field = _FIELD.match(line)
    if (field and field[1].strip().lower() in marks.senders) or _NOTES.search(_with_rest(lines, index)) or _STAMP.match(line):
        following = [item for item in lines[index + 1 : index + 1 + 2 * _HEADER_LINES] if item.strip()][:_HEADER_LINES]
        names = [match[1].strip().lower() for match in map(_FIELD.match, following) if match]
        return len({name for name in names if name in marks.others}) >= _ENOUGH_FIELDS
    return False
