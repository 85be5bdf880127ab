"""The words of absences and of delivery reports, of the languages of a mail (`rules/phrases/<language>/absence.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rules.language import LANGUAGES
from rules.phrases.grammar import PhraseList, compile_phrase
from rules.phrases.load import load

__all__ = ["found", "small_words"]


@cache
def _list(name: str, languages: tuple[str, ...]) -> PhraseList:
    known = [language for language in languages if language in LANGUAGES]
    return PhraseList(compile_phrase(source) for language in known for source in load(f"{language}/absence")[name])


def found(name: str, folded: str, words: frozenset[str], languages: tuple[str, ...]) -> Iterator[re.Match[str]]:
    """Yield every place of folded text with these words (`words_of`) where a phrase of a list stands."""
    for phrase in _list(name, languages).among(words):
        if phrase.anchor in folded:
            yield from phrase.pattern.finditer(folded)


@cache
def small_words(languages: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that stand directly before the last day of an absence, and those that may stand in between."""
    known = [language for language in languages if language in LANGUAGES]
    until = frozenset(word for language in known for word in load(f"{language}/absence")["until"])
    return until, frozenset(word for language in known for word in load(f"{language}/promises")["article"])
