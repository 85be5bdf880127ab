"""Phrases that no follow-up should hold: canned, pressing, bitter, familiar (C7 to C9, C14, C27, F16 to F18, L3, L4, N4, O2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from rules.lint.words import load_words

__all__ = ["Family", "Folded", "Phrase", "banned_phrases", "families", "fold", "plain"]

_MAX_TEXT = 64_000
_APOSTROPHES = "\u2018\u2019\u02bc\u02b9\u0060\u00b4\uff07"
_HYPHENS = "-\u2010\u2011\u2012\u2013"
_NOTHING = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Soft hyphens and characters without width: nobody sees them."""
_BEFORE = 300
"""Characters of a sentence before a find that are looked at for what makes it harmless."""


@dataclass(frozen=True, slots=True)
class Family:
    """Phrases that are one fault: how grave it is, what is told of it, and where it is none."""

    id: str
    rules: tuple[str, ...]
    severity: str
    text: str
    remedy: str
    pattern: re.Pattern[str]
    kinds: frozenset[str] = frozenset()
    """In drafts of these kinds only; empty: in all."""
    gate: str = ""
    """What lifts it: `offer`, `encouraged`, `round` or `refused`; empty: nothing."""
    unless: re.Pattern[str] | None = None
    """What before a find, in its sentence, makes it harmless."""

    def spans(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        """Yield where its phrases stand, as `Folded.spans` does, without those that are harmless there."""
        for found in self.pattern.finditer(folded.text):
            if found.end() == found.start() or (self.unless is not None and self._is_harmless(folded.text, found.start())):
                continue
            yield folded.positions[found.start()], folded.positions[found.end() - 1] + 1, found.group()

    def _is_harmless(self, text: str, begin: int) -> bool:
        before = text[max(0, begin - _BEFORE) : begin]
        start = max(before.rfind(mark) for mark in (". ", "! ", "? "))
        return self.unless is not None and self.unless.search(before, start + 1) is not None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that was found: its family (`check-in`), the rules against it, and the words as they were searched."""

    family: str
    rules: tuple[str, ...]
    words: str
    position: int = 0
    """Where it begins in the text that was given."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as patterns expect it, and where each of its characters stood."""

    text: str
    positions: tuple[int, ...]
    """One more than characters: the last is the end of the text."""

    def spans(self, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, str]]:
        """Yield where a pattern is found in the text that was given: begin, end, and the folded words."""
        for found in pattern.finditer(self.text):
            if found.end() > found.start():
                yield self.positions[found.start()], self.positions[found.end() - 1] + 1, found.group()


@lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in _NOTHING:
        return ""
    if character in _APOSTROPHES:
        return "'"
    if character in _HYPHENS:
        return " "
    return unicodedata.normalize("NFKC", character).casefold()


def fold(text: str) -> Folded:
    """Return `text` NFKC, lower-case, with plain apostrophes, hyphens as blanks and single blanks.

    Letters with marks in two characters are to be composed (NFC) before.
    """
    kept: list[str] = []
    positions: list[int] = []
    for place, character in enumerate(text[:_MAX_TEXT]):
        for piece in _fold(character):
            blank = piece.isspace()
            if blank and (not kept or kept[-1] == " "):
                continue
            kept.append(" " if blank else piece)
            positions.append(place)
    if kept and kept[-1] == " ":
        kept.pop()
        positions.pop()
    return Folded("".join(kept), (*positions, min(len(text), _MAX_TEXT)))


def plain(text: str) -> str:
    """Return `text` as the patterns expect it: NFKC, lower-case, plain apostrophes, hyphens as blanks, single blanks."""
    return fold(unicodedata.normalize("NFC", text[:_MAX_TEXT])).text


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _family(entry: Mapping[str, Any]) -> Family:
    return Family(
        id=entry["id"],
        rules=tuple(entry["rules"]),
        severity=entry["severity"],
        text=entry["text"],
        remedy=entry["remedy"],
        pattern=_any_of(entry["patterns"]),
        kinds=frozenset(entry.get("kinds", ())),
        gate=entry.get("gate", ""),
        unless=_any_of(entry["unless"]) if "unless" in entry else None,
    )


@cache
def families(language: str = "en") -> tuple[Family, ...]:
    """Return the families of a language, in the order of its file."""
    return tuple(_family(entry) for entry in load_words(language)["phrases"])


def banned_phrases(text: str, language: str = "en") -> tuple[Phrase, ...]:
    """Return every banned phrase in `text`, line breaks and curly apostrophes notwithstanding, family by family."""
    folded = fold(unicodedata.normalize("NFC", text[:_MAX_TEXT]))
    return tuple(
        Phrase(family.id, family.rules, words, begin) for family in families(language) for begin, _, words in family.spans(folded)
    )
