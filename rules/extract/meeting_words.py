"""The words by which interviews are described, by language (`rules/phrases/LANGUAGE/meetings.toml`)."""

from __future__ import annotations

import re
from functools import cache

from rules.language import languages_of
from rules.phrases.grammar import WORD, PhraseList, compile_phrase, fold
from rules.phrases.load import load

__all__ = ["Words", "choices", "labels", "numbers", "of_text"]


class Words:
    """Folded text with its words and its languages: what phrases are looked for in."""

    __slots__ = ("languages", "text", "words")

    def __init__(self, text: str, languages: tuple[str, ...] | None = None, words: frozenset[str] | None = None) -> None:
        """Take folded text (`rules.phrases.grammar.fold`)."""
        self.text = text
        self.words = _words(text) if words is None else words
        self.languages = languages_of(self.words) if languages is None else languages

    def find(self, table: str, key: str) -> re.Match[str] | None:
        """Return the first match of the first phrase of a list, in the text's languages, that stands in it."""
        for language in self.languages:
            for phrase in _list(language, table, key).among(self.words):
                if phrase.needed <= self.words and (match := phrase.search(self.text)):
                    return match
        return None

    def first(self, table: str, key: str) -> int:
        """Return where the earliest match of any phrase of a list stands, or -1."""
        places = [
            match.start()
            for language in self.languages
            for phrase in _list(language, table, key).among(self.words)
            if phrase.needed <= self.words and (match := phrase.search(self.text))
        ]
        return min(places, default=-1)


def _words(text: str) -> frozenset[str]:
    """Return the words of folded text; of elided ones (`l'orario`) also what stands behind the apostrophe."""
    found = WORD.findall(text)
    return frozenset((*found, *(word.rpartition("'")[2] for word in found if "'" in word)))


def of_text(text: str, languages: tuple[str, ...] | None = None) -> Words:
    """Fold any text."""
    return Words(fold(text), languages)


@cache
def _list(language: str, table: str, key: str) -> PhraseList:
    return PhraseList(compile_phrase(source) for source in load(f"{language}/meetings")[table][key])


@cache
def labels(key: str, languages: tuple[str, ...]) -> frozenset[str]:
    """Return a list of labels in some languages."""
    return frozenset(word for language in languages for word in load(f"{language}/meetings")["labels"][key])


@cache
def choices(languages: tuple[str, ...]) -> frozenset[str]:
    """Return the words that stand between things to choose from."""
    return frozenset(word for language in languages for word in load(f"{language}/meetings")["choice"]["words"])


def numbers() -> tuple[str, ...]:
    """Return the numbers of rounds that are known by words."""
    return tuple(load("en/meetings")["round"])
