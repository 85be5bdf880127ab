"""Phrases that no follow-up should hold: canned, pressing, bitter, over-familiar (C7, C8, C9, C14, F16 to F18, N4, O2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from rules.lint.words import load_words

__all__ = ["Phrase", "banned_phrases", "plain"]

_MAX_TEXT = 64_000
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02b9\u0060\u00b4\uff07"), "'")
_HYPHENS = dict.fromkeys(map(ord, "-\u2010\u2011\u2012\u2013\u00ad"), " ")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that was found: its family (`check-in`), the rules against it, and the words as they were searched."""

    family: str
    rules: tuple[str, ...]
    words: str


def plain(text: str) -> str:
    """Return `text` as the patterns expect it: NFKC, lower-case, plain apostrophes, hyphens as blanks, single blanks."""
    folded = unicodedata.normalize("NFKC", text[:_MAX_TEXT]).translate(_APOSTROPHES).translate(_HYPHENS).casefold()
    return " ".join(folded.split())


@cache
def _families(language: str) -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    return tuple(
        (entry["id"], tuple(entry["rules"]), re.compile("|".join(f"(?:{pattern})" for pattern in entry["patterns"])))
        for entry in load_words(language)["phrases"]
    )


def banned_phrases(text: str, language: str = "en") -> tuple[Phrase, ...]:
    """Return every banned phrase in `text`, line breaks and curly apostrophes notwithstanding, family by family."""
    searched = plain(text)
    return tuple(
        Phrase(family, rules, found.group())
        for family, rules, pattern in _families(language)
        for found in pattern.finditer(searched)
    )
