"""The words by which interviews are described, by language (`rules/phrases/LANGUAGE/meetings.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rules.language import languages_of
from rules.phrases.grammar import WORD, Phrase, PhraseList, compile_phrase, fold
from rules.phrases.load import load

_AROUND = 160
"""No phrase is longer: it has at most one gap of sixty characters."""
_MOST_ANCHORS = 20

__all__ = ["Words", "choices", "labels", "of_text"]


class Words:
    """Folded text with its words and its languages: what phrases are looked for in."""

    __slots__ = ("languages", "text", "words")

    def __init__(self, text: str, languages: tuple[str, ...] | None = None, words: frozenset[str] | None = None) -> None:
        """Take folded text (`rules.phrases.grammar.fold`)."""
        self.text = text
        known = WORD.findall(text) if words is None else words
        self.words = with_elided(known) if "'" in text else frozenset(known)
        self.languages = languages_of(self.words) if languages is None else languages

    def find(self, table: str, key: str) -> re.Match[str] | None:
        """Return the first match of the first phrase of a list, in the text's languages, that stands in it."""
        for language in self.languages:
            for phrase in _list(language, table, key).among(self.words):
                if self.words.issuperset(phrase.needed) and (match := self._match(phrase)):
                    return match
        return None

    def places(self, table: str) -> dict[str, int]:
        """Return where the earliest match of each list of a table stands, of those that any phrase of matches."""
        found: dict[str, int] = {}
        for language in self.languages:
            phrases, keys = _table(language, table)
            for phrase in phrases.among(self.words):
                if self.words.issuperset(phrase.needed) and (match := self._match(phrase)):
                    key = keys[phrase.source]
                    found[key] = min(match.start(), found.get(key, match.start()))
        return found

    def _match(self, phrase: Phrase) -> re.Match[str] | None:
        """Return the first match of a phrase: looked for around what all its matches hold, which is far faster than all over."""
        place = self.text.find(phrase.anchor)
        for _ in range(_MOST_ANCHORS):
            if place < 0:
                return None
            match = phrase.pattern.search(self.text, max(0, place - _AROUND), place + len(phrase.anchor) + _AROUND)
            if match is not None:
                return match
            place = self.text.find(phrase.anchor, place + _AROUND)
        return phrase.pattern.search(self.text, place) if place >= 0 else None


def with_elided(words: Iterable[str]) -> frozenset[str]:
    """Return words with what stands behind the apostrophe of elided ones (`l'orario`)."""
    found = frozenset(words)
    elided = [word for word in found if "'" in word]
    return found.union(word.rpartition("'")[2] for word in elided) if elided else found


def of_text(text: str, languages: tuple[str, ...] | None = None) -> Words:
    """Fold any text."""
    return Words(fold(text), languages)


@cache
def _list(language: str, table: str, key: str) -> PhraseList:
    return PhraseList(compile_phrase(source) for source in load(f"{language}/meetings")[table][key])


@cache
def _table(language: str, table: str) -> tuple[PhraseList, dict[str, str]]:
    """Return all phrases of a table, and the list that each is of."""
    keys = {source: key for key, sources in load(f"{language}/meetings")[table].items() for source in sources}
    return PhraseList(compile_phrase(source) for source in keys), keys


@cache
def labels(key: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return a list of labels in some languages."""
    return frozenset(word for language in languages for word in load(f"{language}/meetings")["labels"][key])


@cache
def choices(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand between things to choose from."""
    return frozenset(word for language in languages for word in load(f"{language}/meetings")["choice"]["words"])
