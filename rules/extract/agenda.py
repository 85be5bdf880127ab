"""The agenda of an interview: rows of a time, a name and perhaps a title, as lines or as cells of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules.extract.names import is_name
from rules.extract.people import person_of
from rules.extract.titles import is_title
from rules.extract.types import Person

__all__ = ["people_of_agenda", "with_agenda"]

_TIME = r"\d{1,2}(?:[:.h]\d{2})?\s?(?:[AaPp]\.?[Mm]\.?|Uhr|uur|h)?"
_DAY = r"(?:(?:[^\W\d_]+\.?,? )?\d{1,2}\.? [^\W\d_]+\.?,? )?"
_TO = r"(?:-|\u2013|\u2014|to|bis|until|\u00e0|\u00e1s|\u00e0s|a|tot|alle)"
_NUMBERED = r"\d{1,2}[.)] ?[^\n:]{2,80}?\(?\d{2,3} ?(?:min\b|mins\b|minut\w{0,3})\)?"
"""A row of a list of interviews that have no time yet: `1. Architecture (60 min) - Jane Doe`."""
_ROW = re.compile(
    rf"^[^\w\n]{{0,4}}(?:{_NUMBERED}|{_DAY}{_TIME}(?:\s?{_TO}\s?{_TIME})?)"
    r"(?:\s?\(?[A-Z]{2,5}\)?)?[ \t]{0,3}[:|,;\u2013\u2014-]?[ \t]+(?P<rest>\S[^\n]{2,200})$",
    re.MULTILINE,
)
_PIECES = re.compile(
    r"\s*(?:[|;,()\u2013\u2014\u2022/]|\s-\s|:\s|\b(?:with|mit|avec|con|met|com|and|und|et|y|en|e)\s|\t+|[ ]{2,})\s*"
)
_SHORTEST, _LONGEST = 2, 4
_MOST = 20


def people_of_agenda(text: str) -> list[Person]:
    """Return the people whom the rows of an agenda name, with their titles, in order; at most 20. Linear."""
    found: dict[str, Person] = {}
    for match in _ROW.finditer(text):
        for person in _people(match["rest"]):
            found.setdefault(person.name, person)
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


def _people(rest: str) -> list[Person]:
    """Read the words behind the time of a row: `Jane Doe, CTO`, `Coding with Max Moe (Staff Engineer)`, cells without a mark."""
    people: list[Person] = []
    for piece in _PIECES.split(rest):
        words = piece.strip(" .*_")
        if not words:
            continue
        if is_name(words):
            people.append(person_of(words, ""))
        elif people and not people[-1].title and is_title(words):
            people[-1] = person_of(people[-1].name, "", words)
        else:
            people += _cells(words.split())
    return people


def _cells(words: Sequence[str]) -> list[Person]:
    """Part a name from the title that follows it without a mark, as the cells of a table do."""
    for length in range(_SHORTEST, min(_LONGEST, len(words) - 1) + 1):
        name, title = " ".join(words[:length]), " ".join(words[length:])
        if is_name(name) and is_title(title):
            return [person_of(name, "", title)]
    return []


def with_agenda(named: Sequence[Person], text: str) -> tuple[Person, ...]:
    """Return the people named in running text and those of the agenda, each once; a title that one of them lacks is filled in."""
    listed = {person.name.casefold(): person for person in people_of_agenda(text)}
    found: list[Person] = []
    for person in named:
        row = listed.pop(person.name.casefold(), None)
        found.append(row if row is not None and row.title and not person.title else person)
    return (*found, *listed.values())
