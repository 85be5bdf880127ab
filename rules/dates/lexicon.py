"""The words about time of some languages, and the classes of words that the grammar is written in.

Each word has one class, a letter; what it stands for (a weekday, a month, a number of minutes) is in `values`. Words of several
tokens (`day after tomorrow`, `europe/berlin`) are listed by their first one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from rules.language import ENGLISH, LANGUAGES
from rules.phrases.load import load

__all__ = ["STARTER", "TOKEN", "Lexicon", "doubtful_zones", "lexicon_of"]

TOKEN: Final = re.compile(r"[a-zß-ɏ]+|[ \t]+|\d+|[^\W\d_]+|.", re.DOTALL)
"""Covers every text without a gap: letters (Latin ones first, which is faster), blanks, digits, or any other character."""
STARTER: Final = "@"
"""The class of a token with which words of several tokens begin."""

_SHORTEST = 3
_NOON = 12
"""Tokens of a word of several: two words and the blank between them."""
_TIME_WORD = re.compile(r"time\b|zeit\b|tijd\b|\bheure|\bhora\b|\bhor[áa]rio\b|\bora\b|\bfuso\b|[+&(]")
"""By these words, or signs that no place has, a name is a zone, not a city to come to."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# What a list of `dates.toml` is called, the class of its words, and what they stand for.
_LISTS: Final[tuple[tuple[str, str, int], ...]] = (
    ("nothing", "z", 0),
    ("today", "T", 0),
    ("tomorrow", "T", 1),
    ("overmorrow", "T", 2),
    ("next", "N", 1),
    ("this", "C", 0),
    ("coming", "Y", 1),
    ("last", "l", -1),
    ("this_week", "K", 0),
    ("next_week", "K", 1),
    ("week_after_next", "K", 2),
    ("week_later", "s", 1),
    ("fortnight_later", "s", 2),
    ("one", "Z", 13),
    ("morning", "A", 0),
    ("afternoon", "A", 12),
    ("noon", "Z", 12),
    ("oclock", "U", 0),
    ("hour", "c", 0),
    ("at_hour", "G", 0),
    ("onward", "~", 1),
    ("late_parts", "%", 12),
    ("at_word", "k", 1),
    ("at", "k", 0),
    ("until", "t", 0),
    ("between", "b", 0),
    ("and", "&", 0),
    ("ordinal", "o", 0),
    ("day", "i", 0),
    ("week_number", "S", 0),
    ("end", "E", 0),
    ("begin", "B", 0),
    ("mid", "I", 0),
    ("zone_label", "V", 0),
    ("zone_word", "v", 0),
    ("your_zone", "r", 1),
    ("for_you", "r", 0),
    ("duration", "D", 0),
    ("sent", "x", 0),
    ("room", "a", 0),
    ("floor", "F", 0),
    ("end_label", "e", 0),
    ("old", "O", 0),
    ("old_beside", "O", 1),
    ("new", "L", 0),
    ("moved", "R", 0),
    ("moved_to", "h", 0),
    ("on_day", "f", 1),
    ("link", "f", 0),
)
_TABLES: Final = (("before", "H"), ("behind", "J"))
_NAMES: Final = (("weekdays", "W", 0), ("weekday_words", "w", 0), ("months", "M", 1), ("month_words", "m", 1))
_UNITS: Final = (
    ("whole_day", "P", "day"),
    ("week", "P", "week"),
    ("month", "P", "month"),
    ("year", "P", "year"),
    ("end_of_day", "1", "day"),
    ("end_of_week", "2", "week"),
    ("end_of_month", "3", "month"),
)
_SIGNS: Final = {
    " ": " ",
    "\t": " ",
    "\n": "\n",
    **{sign: sign for sign in ".,:/-()+|=~"},
    **dict.fromkeys("\"'*_[]{}<>;\u2022\u00b7\u2026#", ";"),
    **dict.fromkeys("!?", "!"),
    **dict.fromkeys("$\u20ac\u00a3%", "$"),
    **dict.fromkeys("\u00ba\u00aa\u00b0", "o"),
    **dict.fromkeys(map(chr, (*range(0x2010, 0x205F), *range(0x2190, 0x2200), 0x22C5, *range(0x23E9, 0x23FB))), ";"),
    **dict.fromkeys(map(chr, (*range(0x25A0, 0x27C0), 0xFE0F, *range(0x1F4C0, 0x1F4E0), *range(0x1F550, 0x1F568))), ";"),
    "\u2192": "t",
    "t": "f",  # of ISO 8601
    **dict.fromkeys(
        ("eur", "euro", "euros", "usd", "gbp", "chf", "brl", "dollars", "percent", "prozent", "gb", "mb", "km", "kg"), "$"
    ),
}
_JOINED: Final = {frozenset("Ww"): "W", frozenset("Mm"): "M", frozenset("fA"): "g", frozenset("kA"): "g"}
_BOTH: Final = "X"
"""A weekday in one language, a month in another: `mar`."""
_NO_CLASS: Final = "~%"
"""Of words that matter behind a number only: they keep the class that they have."""
_EITHER: Final = "d"
"""A weekday in one language, a small word in another: `do`, `di`."""


class _Entry(NamedTuple):
    """One spelling of a word, made ready to be entered into any number of lexicons."""

    spelling: str
    kind: str
    tokens: list[str]
    key: tuple[str, str]
    value: object


_NONE: Final[Mapping[str, list[tuple[list[str], str]]]] = {}


@dataclass(slots=True)
class Lexicon:
    """The classes and values of the words of some languages."""

    classes: dict[str, str] = field(default_factory=dict)
    """Word to class; a word with which longer ones begin is a STARTER."""
    single: dict[str, str] = field(default_factory=dict)
    """The class of a starter by itself."""
    longer: dict[str, dict[str, list[tuple[list[str], str]]]] = field(default_factory=dict)
    """First token to third token (the second is most often a blank) to the tokens of each longer word, the longest first."""
    thirds: dict[str, frozenset[str]] = field(default_factory=dict)
    """First token to all third tokens of its longer words."""
    values: dict[tuple[str, str], Any] = field(default_factory=dict)
    """(class, word) to what it stands for; words of `X` and `d` have their weekday as `W`, their month as `M`."""
    names: Lexicon | None = None
    """The names of zones and places, which are the same for all languages; its words of several tokens come first."""

    def value(self, kind: str, word: str) -> Any:
        """Return what a word of a class stands for, or None."""
        found = self.values.get((kind, word))
        return found if found is not None or self.names is None else self.names.values.get((kind, word))

    def longer_words(self, first: str, third: str) -> Sequence[tuple[list[str], str]]:
        """Return the words of several tokens with these first and third ones, and their class."""
        own = self.longer.get(first, _NONE).get(third, ())
        named = self.names.longer.get(first, _NONE).get(third, ()) if self.names is not None else ()
        return [*named, *own] if named else own

    def add(self, word: str, kind: str, value: object) -> None:
        """Enter a word with its spellings; one that is there already keeps its class unless both can be told apart."""
        for spelling in _spellings(word):
            self.enter(_entry(spelling, kind, value))

    def enter(self, entry: _Entry) -> None:
        """Enter one spelling of a word."""
        spelling, kind, tokens = entry.spelling, entry.kind, entry.tokens
        self.values.setdefault(entry.key, entry.value)
        if kind in _NO_CLASS:
            return
        if len(tokens) == 1:
            was = self.classes.setdefault(spelling, kind)
            if was != kind:
                self.classes[spelling] = _merged(was, kind)
        elif len(tokens) >= _SHORTEST:
            known = self.longer.setdefault(tokens[0], {}).setdefault(tokens[2], [])
            if all(other != tokens for other, _ in known):
                known.append((tokens, kind))

    def sort(self) -> None:
        """Put the longest words first."""
        for first, thirds in self.longer.items():
            for words in thirds.values():
                words.sort(key=lambda item: -len(item[0]))
            self.thirds[first] = frozenset(thirds)

    def close(self) -> None:
        """Put the longest words first, and mark the starters."""
        self.sort()
        if self.names is not None:
            named = self.names
            self.classes = {**named.classes, **self.classes}
            both = named.thirds.keys() & self.thirds.keys()
            self.thirds = {**named.thirds, **self.thirds, **{first: named.thirds[first] | self.thirds[first] for first in both}}
        self.single = {first: self.classes.get(first, "z") for first in self.thirds}
        self.classes.update(dict.fromkeys(self.thirds, STARTER))


def _merged(known: str, kind: str) -> str:
    pair = frozenset((known, kind))
    if len(pair) == 1 or (pair & frozenset("WwXd") and pair & frozenset("MmX")):
        return known if len(pair) == 1 else _BOTH
    if "w" in pair and pair & frozenset("fkG&tC"):
        return _EITHER
    return _JOINED.get(pair, known)


def _entry(spelling: str, kind: str, value: object) -> _Entry:
    group = "W" if kind == "w" else "M" if kind == "m" else kind
    return _Entry(spelling, kind, TOKEN.findall(spelling), (group, spelling), value)


def _spellings(word: str) -> set[str]:
    """Return a word with and without its accents; German vowels in two letters too."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
    return {word, word.translate(_GERMAN), unicodedata.normalize("NFC", plain)}


@lru_cache(maxsize=16)
def lexicon_of(languages: tuple[str, ...]) -> Lexicon:
    """Return the words about time of some languages, the likeliest first.

    The full names of months and weekdays of all languages are always in it: a table in a German mail may have an English heading.
    """
    signs = _signs()
    found = Lexicon(dict(signs.classes), values=dict(signs.values))
    found.longer = {first: {third: list(words) for third, words in thirds.items()} for first, thirds in signs.longer.items()}
    for language in dict.fromkeys((*languages, ENGLISH)):
        if language in LANGUAGES:
            entries, numbers = _entries(language)
            for entry in entries:
                found.enter(entry)
            for word, spellings in numbers:
                for entry in spellings:
                    if word not in found.classes:
                        found.enter(entry)
                    elif found.classes[word] in "Mm":
                        found.values.setdefault(entry.key, entry.value)  # Portuguese `dez`: ten, and December
    _add_zones(found, languages)
    for name, spellings in _full_names():
        for entry in spellings if name not in found.classes else ():
            found.enter(entry)
    found.close()
    return found


@cache
def _signs() -> Lexicon:
    """Return signs, numbers by how they are written, and the halves of the day that mail in every language has."""
    found = Lexicon(dict(_SIGNS))
    for number in range(100):
        found.classes[f"{number}"] = found.classes[f"{number:02d}"] = "n"
        found.classes[f"20{number:02d}"] = "y"
    for number in range(1900):
        found.classes[f"{number:04d}"] = "j"
    for number in range(100, 1000):
        found.classes[f"{number}"] = "j"
    found.values.update({("A", "a"): 0, ("A", "p"): _NOON})  # `2:30p`
    for half in ("am", "a.m", "a.m.", "a. m", "a. m."):
        found.add(half, "A", 0)
        found.add(f"p{half[1:]}", "A", 12)
    return found


_Spelled = tuple[tuple[str, tuple[_Entry, ...]], ...]


@cache
def _entries(language: str) -> tuple[tuple[_Entry, ...], _Spelled]:
    """Return the words of a language in every spelling, and its numbers, which count where nothing else claims them."""
    table = load(f"{language}/dates")
    words: list[tuple[str, str, object]] = []
    for key, kind, first in _NAMES:
        words.extend((name, kind, number) for number, names in enumerate(table[key], start=first) for name in names)
    for number, names in enumerate(table["weekdays"]):
        words.extend((f"{names[0]}{part}", "W", number) for part in table["day_parts"])
        words.extend((f"{names[0]}{part}", "%", _NOON) for part in table["day_parts"] if part in table["late_parts"])
    for key, kind, meaning in _LISTS:
        words.extend((word, kind, meaning) for word in table[key])
    for key, kind in _TABLES:
        words.extend((word, kind, minutes) for word, minutes in table[key].items())
    for key, kind, unit in _UNITS:
        words.extend((word, kind, unit) for word in table[key])
    numbers = ((word, number) for number, group in enumerate(table["numbers"], start=1) for word in group)
    return (
        tuple(_entry(spelling, kind, value) for word, kind, value in words for spelling in _spellings(word)),
        tuple((word, tuple(_entry(spelling, "u", number) for spelling in _spellings(word))) for word, number in numbers),
    )


@cache
def _full_names() -> _Spelled:
    """Return the full names of months and weekdays of all languages."""
    found: list[tuple[str, tuple[_Entry, ...]]] = []
    for language in LANGUAGES:
        table = load(f"{language}/dates")
        for key, kind, first in _NAMES:
            for number, names in enumerate(table[key], start=first):
                if names and kind in "WM":
                    found.append((names[0], tuple(_entry(spelling, kind, number) for spelling in _spellings(names[0]))))
    return tuple(found)


def _add_zones(found: Lexicon, languages: tuple[str, ...]) -> None:
    words = {word for language in languages if language in LANGUAGES for word in load(f"{language}/dates")["no_zone"]}
    for name, zones in _abbreviations().items():
        found.values[("Q", name)] = found.values[("q", name)] = zones
        found.classes.setdefault(name, "q" if name in words else "Q")
    found.names = _zone_names()


@cache
def _abbreviations() -> dict[str, tuple[str, ...]]:
    """Return the abbreviations of zones, each with the zones that it may mean; an empty name leads where none is usual."""
    own = load("spoken_zones")
    single = {**load("zones")["abbreviations"], **own["abbreviations"]}
    return {**{name: (zone,) for name, zone in single.items()}, **{name: tuple(zones) for name, zones in own["doubtful"].items()}}


@cache
def doubtful_zones() -> frozenset[str]:
    """Return the abbreviations that may mean several zones: nothing else leaves a time in doubt."""
    return frozenset(name for name, zones in _abbreviations().items() if len(zones) > 1)


@cache
def _zone_names() -> Lexicon:
    """Return the names of zones (`Q`) and of places that stand for theirs (`p`), with every spelling, and the zone of each."""
    own, general = load("spoken_zones"), load("zones")
    named = {**general.get("windows", {}), **general["names"], **own["names"]}
    kinds = {name: "Q" if name in own["names"] or _TIME_WORD.search(name) else "p" for name in named} | dict.fromkeys(
        own["cities"], "p"
    )
    zones = {**named, **own["cities"]}
    entries = {(spelling, kinds[name], (zone,)) for name, zone in zones.items() for spelling in _spellings(name)}
    found = Lexicon()
    for name, kind, value in sorted(entries | {(zone.lower(), "Q", (zone,)) for zone in zones.values()}):
        found.enter(_entry(name, kind, value))
    found.sort()
    return found
