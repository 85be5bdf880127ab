"""The word lists by which fields are found (`rules/phrases/*/extract.toml` and `titles.toml`), of the languages of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rules.language import ENGLISH, LANGUAGES
from rules.phrases.grammar import Phrase, PhraseList, compile_phrase
from rules.phrases.load import load

__all__ = ["Terms", "all_matches", "first_match", "listed", "match_of", "terms"]

_ONLY_ENGLISH = (ENGLISH,)


@cache
def _phrases(table: str, key: str, languages: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(source) for language in languages for source in _sources(table, key, language))


def _sources(table: str, key: str, language: str) -> list[str]:
    found: list[str] = load(f"{language}/extract").get(table, {}).get(key, [])
    return found


@cache
def _list(table: str, key: str, languages: tuple[str, ...]) -> PhraseList:
    return PhraseList(_phrases(table, key, languages))


def match_of(
    table: str, key: str, text: str, languages: Sequence[str] = _ONLY_ENGLISH, *, words: frozenset[str] | None = None
) -> re.Match[str] | None:
    """Return the first phrase of a list, in these languages (ISO 639-1), that stands in folded text.

    `words` are the words of the text (`words_of`), if they are known: with them most phrases need not be looked for.
    """
    known = tuple(languages)
    phrases = _phrases(table, key, known) if words is None else _list(table, key, known).among(words)
    return next((match for phrase in phrases if (match := phrase.search(text))), None)


def first_match(
    table: str, key: str, text: str, languages: Sequence[str] = _ONLY_ENGLISH, *, words: frozenset[str] | None = None
) -> str:
    """Return the words that the first phrase of a list matches in folded text, or an empty string; `words` as in `match_of`."""
    match = match_of(table, key, text, languages, words=words)
    return match[0] if match else ""


def all_matches(table: str, key: str, text: str, words: frozenset[str], languages: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every place of folded text where a phrase of a list stands.

    `words` are the words of the text (`WORD`). A place never ends within a word: of `for [a]` in `for applicants` it is `for`.
    """
    for phrase in _list(table, key, languages).among(words):
        if phrase.anchor in text:
            pattern, beginnings = _whole(phrase.source)
            if beginnings:
                yield from _begun(pattern, beginnings & words, text)
            else:
                for match in pattern.finditer(text):
                    yield match.span()


@cache
def _whole(source: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return the expression of a phrase that ends with a word, and the words of a choice that it surely begins with."""
    phrase = compile_phrase(source)
    sure = len(phrase.first) > 1 and all(sum(not char.isascii() for char in word) <= 1 for word in phrase.first)
    return re.compile(rf"{phrase.expression}(?!\w)"), frozenset(phrase.first if sure else ())


def _begun(pattern: re.Pattern[str], beginnings: frozenset[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield the matches that begin with one of these words: to try where these stand is faster than to search for a choice."""
    places: list[int] = []
    for word in beginnings:
        place = text.find(word)
        while place >= 0:
            places.append(place)
            place = text.find(word, place + 1)
    last = 0
    for place in sorted(places):
        match = pattern.match(text, place) if place >= last else None
        if match is not None:
            last = match.end()
            yield match.span()


@cache
def listed(table: str, key: str, languages: tuple[str, ...] = LANGUAGES) -> frozenset[str]:
    """Return a list as a set of words, over these languages."""
    return frozenset(word for language in languages for word in _sources(table, key, language))


class Terms:
    """Words, beginnings (`recruit*`), endings (`*leiter`) and phrases, to be looked for in a few words such as a job title."""

    __slots__ = ("_endings", "_inner", "_phrases", "_starts", "_words")

    def __init__(self, sources: Iterable[str]) -> None:
        """Sort the sources by their form."""
        single = [source for source in sources if " " not in source]
        self._phrases = tuple(compile_phrase(source) for source in sources if " " in source)
        self._words = frozenset(source for source in single if "*" not in source)
        self._inner = tuple(source.strip("*") for source in single if source[0] == source[-1] == "*")
        self._starts = tuple(source[:-1] for source in single if source[-1] == "*" != source[0])
        self._endings = tuple(source[1:] for source in single if source[0] == "*" != source[-1])

    def have(self, word: str) -> bool:
        """Say whether a word in lower case is one of them, or has a beginning or ending of them."""
        return (
            word in self._words
            or word.endswith(self._endings)
            or word.startswith(self._starts)
            or any(part in word for part in self._inner)
        )

    def in_text(self, words: Iterable[str], text: str) -> bool:
        """Say whether any of the words, or of the phrases in the text that they are of, is among them."""
        return any(self.have(word) for word in words) or any(phrase.search(text) for phrase in self._phrases)


@cache
def terms(name: str, languages: tuple[str, ...]) -> Terms:
    """Return one list of `titles.toml` over these languages."""
    return Terms([source for language in languages for source in load(f"{language}/titles")[name]])
