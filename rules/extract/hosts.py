"""Whom the set places of a mail name: a label (`Interviewer: Jane Doe`), the title of a booking, the one who invites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from rules.extract.gathering import WRITER, begins_with_person
from rules.extract.meeting_words import Words, labels
from rules.extract.names import UPPER, is_name, leading_name, plain_name
from rules.extract.people import person_of
from rules.extract.reading import Reading, lowered
from rules.extract.titles import clean_role, is_title
from rules.extract.types import Person
from rules.extract.words import listed
from rules.phrases.load import load

__all__ = ["hosts_of"]

_LABEL = re.compile(r"^[^\w\n]{0,4}(?P<label>[^\W\d_][^:\n\d]{0,44}?)[ ]{0,3}(?::|\t|[ ]{2,}|[ ]?\||$)[ \t]*(?P<rest>.*)$")
_ENDING = re.compile(r"[(/*:_]{1,2}-?[^\W\d_]{1,6}\)?$")
"""The other forms that a label offers: `(s)`, `/in`, `*innen`, `(es)`."""
_BULLET = re.compile(r"^[ ]*(?:[-*\u2022>\u2013\u00b7]|\d{1,2}[.)])[ ]*")
_ONE = re.compile(
    rf"(?P<name>[{UPPER}][^\W\d_]+(?:[-'][{UPPER}]?[^\W\d_]+)?|[{UPPER}]\.[ ][{UPPER}][^\W\d_]+)"
    r"(?:[ ]?\((?P<note>[^()\n]{2,80})\))?(?:,? (?P<rest>[^\n]{2,80}))?$"
)
_NOTED = re.compile(r"^(?P<name>[^()\n]{2,60}?)[ ]?\((?P<note>[^()\n]{2,80})\)")
_PARTS = re.compile(r"(?<=\))[ ]+(?=\w)|[ ]?;[ ]?|[ ]?\|[ ]?")
_MOST_BELOW = 10
_LONGEST = 200
_LONGEST_BEFORE = 60
_LONGEST_BETWEEN = 40
_LONGEST_SHORT = 5


def hosts_of(reading: Reading) -> Iterator[Person]:
    """Yield the people whom labels and their lines name, then the one who invites or moves a meeting. Linear in the lines."""
    yield from _of_labels(reading)
    yield from _of_inviter(reading)


def _of_labels(reading: Reading) -> Iterator[Person]:
    """Yield the people behind labels such as `Panel:`, and those in the lines below one that ends its line."""
    below = 0
    lines = [line.strip("| ") if line.startswith("|") else line for line in reading.lines]
    for place, line in enumerate(lines):
        if not line or len(line) > _LONGEST:
            below = below if not line and below == _MOST_BELOW else 0
            continue
        rest = _behind_label(line, reading.languages)
        if rest is None:
            rest = _of_row(lines, place, reading.languages)
        if rest is not None:
            people = list(_people(rest, reading.languages))
            yield from people
            below = _MOST_BELOW if people or not rest else 0
            continue
        if below:
            other = ":" in line or "|" in line or _begins_with(line, _particulars(reading.languages))
            people = [] if other else list(_people(_BULLET.sub("", line), reading.languages))
            yield from people
            below = below - 1 if people else 0


def _behind_label(line: str, languages: tuple[str, ...]) -> str | None:
    """Return what stands behind a label of people, also one without a colon where a name follows; None where there is none."""
    known = labels("who", languages)
    match = _LABEL.match(line)
    if match is not None and _ENDING.sub("", lowered(match["label"]).strip(" *_-")).strip() in known:
        return match["rest"].strip(" *_")
    first, _, rest = line.partition(" ")
    return rest if lowered(first) in known - _small(languages) and rest and begins_with_person(rest, languages) else None


def _of_row(lines: Sequence[str], place: int, languages: tuple[str, ...]) -> str | None:
    """Return what stands behind a small label, as cells of a table became one line (`Who Jane Doe, CTO`); None where none does.

    Such words begin sentences as well: a row of particulars stands above or below, and the line is a name and a title.
    """
    line = lines[place]
    label = _begins_with(line, labels("who", languages))
    if not label or ":" in line[: len(label) + 2]:
        return None
    rest = line[len(label) :].strip()
    known = _particulars(languages)
    beside = (
        lines[other] for other in (*range(place - 1, place - 3, -1), *range(place + 1, place + 3)) if 0 <= other < len(lines)
    )
    if not any(_begins_with(other, known) and not other.endswith(".") for other in beside):
        return None
    name = leading_name(rest)
    behind = rest[len(name) :]
    whole = bool(name) and (not behind or behind.startswith((",", " (", ";", " -", " &"))) and not rest.endswith((".", "!", "?"))
    return rest if whole else None


@cache
def _particulars(languages: tuple[str, ...]) -> frozenset[str]:
    return labels("when", languages) | labels("where", languages)


def _begins_with(line: str, known: frozenset[str]) -> str:
    """Return the longest label, of at most three words, that a line begins with, as long as it is; empty where none does."""
    words = line.split(" ", 3)
    heads = (" ".join(words[:count]) for count in range(min(3, len(words)), 0, -1))
    return next((head for head in heads if lowered(head).strip(" *:") in known), "")


@cache
def _small(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the labels that are small words as well, which begin a sentence: `with`, `mit`."""
    return frozenset(word for language in languages for word in load(f"{language}/meetings")["labels"]["who_small"])


def _people(rest: str, languages: tuple[str, ...]) -> Iterator[Person]:
    """Yield the people of a list behind a label: `Prof. Dr. A. Thoma (chair), Frau Roth (HR)`, `Ro, founder`."""
    for part in _PARTS.split(rest):
        pending: Person | None = None
        for piece in _joined(languages).split(part):
            found = _person(piece.strip(" .*_"), languages)
            if (
                found is None
                and pending is not None
                and pending is not WRITER
                and not pending.title
                and is_title(piece.strip(" .*_"))
            ):
                pending = person_of(pending.name, "", clean_role(piece.strip(" .*_")))
                continue
            if pending is not None:
                yield pending
            pending = found
            if found is None and not _may_stand_between(piece.strip(" .*_")):
                break
        if pending is not None:
            yield pending


def _may_stand_between(piece: str) -> bool:
    """Say whether a list of people may go on behind a piece that names none: `HR`, `chair`, `two teachers`."""
    return 0 < len(piece) <= _LONGEST_BETWEEN and (piece.islower() or (piece.isupper() and " " not in piece))


@cache
def _joined(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(listed("people", "and", languages), key=len, reverse=True))
    return re.compile(rf"[ ]?,(?![^()]{{0,80}}\))[ ](?:(?:{words})[ ])?|[ ](?:{words})[ ]|[ ]-[ ]")


def _person(piece: str, languages: tuple[str, ...]) -> Person | None:
    """Return who a piece of a list is; a first name alone counts, for a label says that people follow."""
    noted = _NOTED.match(piece)
    name, note = (noted["name"], noted["note"]) if noted else (piece, "")
    title = clean_role(note) if note and is_title(note) else ""
    if lowered(name) in labels("me", languages):
        return WRITER
    if is_name(name):
        return person_of(plain_name(name), "", title)
    forms = listed("people", "address", languages) | listed("people", "academic", languages)
    words = name.split()
    kept = [word for word in words if lowered(word).strip(".") not in forms]
    one = _ONE.match(" ".join(kept)) if 1 <= len(kept) <= 2 else None  # noqa: PLR2004 -- `A. Thoma`
    if one is None or one["rest"] or lowered(one["name"]) in listed("names", "never", languages) or is_title(name):
        return None
    if one["name"].isupper() and len(one["name"]) < _LONGEST_SHORT and " " not in one["name"]:
        return None  # `HR`, `MD`
    return person_of(name if len(kept) < len(words) else one["name"], "", title)


def _of_inviter(reading: Reading) -> Iterator[Person]:
    """Yield the one who invites to a meeting or moves it: a sentence is nothing but a name up to the words that say so."""
    words = Words(reading.folded, reading.languages, reading.words)
    for text, folded in ((reading.body, words), (reading.subject, Words(reading.folded_subject, reading.languages))):
        match = folded.find("inviter", "words")
        if match is None:
            continue
        before = text[max(0, match.start() - _LONGEST_BEFORE) : match.start()]
        name = re.split(r"\n|[.!?:,] ", before)[-1].strip(" *_\"'")
        if is_name(name):
            yield person_of(plain_name(name), "")
