"""Whom a point names in its own words: what was said with one person is not told to another."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

from rules.drafts.names import given_name
from rules.extract.types import Person

__all__ = ["mentioned_in", "plain"]

_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")
_MAX_INPUT = 2000
_MOST_PEOPLE = 60
_SHORTEST = 3


@cache
def _words_too(language: str) -> frozenset[str]:
    path = files("rules").joinpath("templates", language, "points.toml")
    return frozenset(tomllib.loads(path.read_text(encoding="utf-8"))["words"]["names_too"])


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Return text in small letters without accents, as somebody in haste writes it."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char)).replace("\u2019", "'")


def mentioned_in(text: str, people: Iterable[Person], language: str = "en") -> list[Person]:
    """Return those of some people whom a text names by their first or whole name, or by their last name with its capital.

    A name that is a word as well (`will`, `mark`) counts with its capital only, and not at the beginning; one of two letters with
    its capital.
    """
    found = list(_WORD.finditer(text[:_MAX_INPUT]))
    shown = {plain(_owner(match.group())) for match in found}
    capitals = {plain(_owner(match.group())) for match in found if match.group()[0].isupper()}
    inside = {plain(_owner(match.group())) for match in found[1:] if match.group()[0].isupper()}
    named: list[Person] = []
    for person in list(people)[:_MOST_PEOPLE]:
        given = plain(given_name(person))
        words = [plain(word) for word in _WORD.findall(person.name)]
        known = inside if given in _words_too(language) else shown if len(given) >= _SHORTEST else capitals
        last = words[-1] if len(words) > 1 else ""
        by_first = len(given) > 1 and given in known
        by_last = len(last) >= _SHORTEST and last in (inside if last in _words_too(language) else capitals)
        if by_first or by_last:
            named.append(person)
    return named


def _owner(word: str) -> str:
    """Return `Zed` of `Zed's`."""
    return re.sub(r"['\u2019]s\Z", "", word)
