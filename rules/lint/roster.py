"""The names that a draft is held against: everybody's words, forms of address apart, and when two words are nearly one."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz.distance import OSA

from rules.extract.types import Person
from rules.lint.spelling import unmarked
from rules.lint.words import load_words
from rules.lint.written import WORD

__all__ = ["Roster", "is_given_name", "is_near", "is_nickname", "key_of", "letters", "name_words"]

_SHORT, _LONG = 3, 6
"""Letters from which one, and two, exchanged letters make a word a misspelling of another."""


def letters(text: str) -> str:
    """Return the letters and digits of a text, lower-case, without blanks and marks: `Müller-Lüdenscheidt` as one word."""
    return "".join(character for character in unmarked(text.casefold()) if character.isalnum())


@cache
def _no_names() -> frozenset[str]:
    """Return what stands in display names and is no name: forms of address, suffixes, particles."""
    text = files("rules").joinpath("templates", "names.toml").read_text(encoding="utf-8")
    words = tomllib.loads(text)
    return frozenset(word for kind in ("titles", "suffixes", "particles", "not_a_person") for word in words[kind])


@cache
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in load_words("nicknames")["groups"]:
        for name in row.split():
            found.setdefault(name, set()).update(row.split())
    return {name: frozenset(others - {name}) for name, others in found.items()}


def key_of(word: str) -> str:
    """Return a word as names are compared: composed, lower-case, with the plain apostrophe."""
    return unicodedata.normalize("NFC", word).replace("\u2019", "'").replace("\u02bc", "'").casefold()


def is_given_name(word: str) -> bool:
    """Say whether a word is a given name or a short form of one."""
    return word.casefold() in _groups()


def is_nickname(word: str, name: str) -> bool:
    """Say whether a word is another form of a given name (`Bob`, `Robert`)."""
    return word.casefold() in _groups().get(name.casefold(), ())


def is_near(word: str, name: str, *, greeted: bool = False) -> bool:
    """Say whether a word is a misspelling of a name: one edit away, two for longer ones (optimal string alignment).

    `greeted`: it stands where a name has to stand, so that short ones are compared, too.
    """
    one, other = key_of(word), key_of(name)
    if one == other:
        return False
    shorter, longer = sorted((len(one), len(other)))
    if longer < _SHORT + (not greeted) or shorter < _SHORT - greeted:
        return False
    most = 2 if shorter >= _LONG else 1
    pairs = ((one, other), (unmarked(one), unmarked(other)))
    return any(OSA.distance(*pair, score_cutoff=most) <= most for pair in pairs)


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name as written, NFC, without forms of address, particles and initials."""
    shown = unicodedata.normalize("NFC", name.partition("@")[0] if "@" in name else name)[:200]
    return tuple(word for word in WORD.findall(shown) if len(word) > 1 and word.casefold() not in _no_names())


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody's names, and whose each word is."""

    people: tuple[Person, ...]
    owners: dict[str, tuple[Person, ...]]
    """Lower-case word of a name to those who bear it."""
    spelled: dict[str, str]
    """Lower-case word to how its owner writes it."""

    @classmethod
    def of(cls, people: Iterable[Person]) -> Roster:
        """Return the names of these people, each person once."""
        unique = tuple({(person.address.lower() or person.name.casefold()): person for person in people}.values())
        owners: dict[str, tuple[Person, ...]] = {}
        spelled: dict[str, str] = {}
        for person in unique:
            for word in name_words(person.name):
                owners[key_of(word)] = (*owners.get(key_of(word), ()), person)
                spelled.setdefault(key_of(word), word)
        return cls(unique, owners, spelled)
