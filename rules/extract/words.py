"""The word lists by which fields are found (`rules/phrases/en/extract.toml`)."""

from __future__ import annotations

import re
from functools import cache

from rules.phrases.grammar import Phrase, compile_phrase
from rules.phrases.load import load

__all__ = ["first_match", "listed", "listed_keys", "match_of"]


@cache
def _phrases(table: str, key: str) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(source) for source in load("en/extract")[table][key])


def match_of(table: str, key: str, text: str) -> re.Match[str] | None:
    """Return the first phrase of a list that stands in folded text."""
    return next((match for phrase in _phrases(table, key) if (match := phrase.search(text))), None)


def first_match(table: str, key: str, text: str) -> str:
    """Return the words that the first phrase of a list matches in folded text, or an empty string."""
    match = match_of(table, key, text)
    return match[0] if match else ""


@cache
def listed(table: str, key: str) -> frozenset[str]:
    """Return a list as a set of words."""
    return frozenset(load("en/extract")[table][key])


def listed_keys(table: str) -> tuple[str, ...]:
    """Return the names of the lists of a table."""
    return tuple(load("en/extract")[table])
