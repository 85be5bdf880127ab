"""What the words of a mail mean, whatever its language: `leider`, `helas` and `sadly` are one concept.

The words of each concept are in `rules/phrases/LANGUAGE/concepts.toml`. What a model has learned of concepts in one language
holds in the others, so that far fewer letters teach it than words would need.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rules.phrases.load import read

__all__ = ["Found", "Sentence", "bare", "read_sentences"]

_END = re.compile(r"(?<=[.!?])\s+|\n+")
_PART = re.compile(r"[^\W_]+")
_LONGEST = 6
"""Words of an entry behind the first one that are looked at."""
_SHORTEST = 2
"""Letters that stand before the `*` of the shortest entry."""
_LETTERS = str.maketrans({"\u00df": "ss", "\u0153": "oe", "\u00e6": "ae", "\u00f8": "o"})
"""What Unicode does not take apart."""


class _Entry(NamedTuple):
    rest: tuple[str, ...]
    """The words behind the first one; none for a word that stands by itself."""
    open: bool
    """The last of them may have any ending."""
    concept: str


class _Entries(NamedTuple):
    alone: tuple[str, ...]
    """The concepts of a word by itself."""
    longer: dict[str, tuple[_Entry, ...]]
    """What it may begin, by the word behind it; under an empty word what that word only begins likewise."""


Found: TypeAlias = tuple[int, str]
"""Which word of the sentence begins a concept, and the concept."""


class Sentence(NamedTuple):
    """The words of a sentence, without accents, and what they mean."""

    words: list[str]
    spans: list[tuple[int, int]]
    """Where each word stands in the text."""
    found: list[Found]
    """In the order of the words."""
    question: bool


def read_sentences(text: str, languages: tuple[str, ...], most: int) -> list[Sentence]:
    """Read the first sentences (at most `most`) of a folded text in the light of the words of its languages."""
    read: list[Sentence] = []
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        if len(read) >= most:
            break
        matches = list(_PART.finditer(text, start, end))
        if matches:
            words = [bare(match[0]) for match in matches]
            found = sorted(_found(words, languages))
            read.append(Sentence(words, [match.span() for match in matches], found, "?" in text[start:end]))
        start = end
    return read


def _found(words: list[str], languages: tuple[str, ...]) -> set[Found]:
    """Return the concepts of a sentence."""
    found: set[Found] = set()
    for place, word in enumerate(words):
        entries = _entries(word, languages)
        if entries is None:
            continue
        for concept in entries.alone:
            found.add((place, concept))
        if entries.longer and place + 1 < len(words):
            behind = words[place + 1 : place + 1 + _LONGEST]
            candidates = (*entries.longer.get(behind[0], ()), *entries.longer.get("", ()))
            found.update([(place, entry.concept) for entry in candidates if _begins(behind, entry)])
    return found


def _begins(behind: list[str], entry: _Entry) -> bool:
    """Say whether the words behind the first one are those of an entry."""
    *middle, last = entry.rest
    count = len(middle)
    if len(behind) <= count or behind[:count] != middle:
        return False
    return behind[count].startswith(last) if entry.open else behind[count] == last


@lru_cache(maxsize=8192)
def _entries(word: str, languages: tuple[str, ...]) -> _Entries | None:
    """Return what a word means or begins in some languages, or None."""
    lines: list[str] = []
    for language in languages:
        whole, beginnings = _lexicon(language)
        lines += whole.get(word, "").splitlines()
        for length in range(_SHORTEST, len(word) + 1):
            lines += beginnings.get(word[:length], "").splitlines()
    if not lines:
        return None
    found = [_entry(line) for line in lines]
    alone = {entry.concept for entry in found if not entry.rest}
    longer: dict[str, list[_Entry]] = {}
    for entry in found:
        if entry.rest and entry.concept not in alone:
            longer.setdefault("" if entry.open and len(entry.rest) == 1 else entry.rest[0], []).append(entry)
    return _Entries(tuple(sorted(alone)), {word: tuple(entries) for word, entries in longer.items()})


def _entry(line: str) -> _Entry:
    """Read a line of `_lexicon`."""
    concept, *rest = line.rstrip("*").split(" ")
    return _Entry(tuple(rest), line.endswith("*"), concept)


@lru_cache(maxsize=16)
def _lexicon(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the entries of a language by their first word: those of whole words, and those of single words with any ending.

    Those of a word are one text, a line for each: the concept, the words behind the first one, `*` for any ending. Few words of a
    lexicon are ever met; as objects its entries would take four times the memory.
    """
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for concept, entries in read(f"{language}/concepts").items():
        for entry in entries:
            first, *rest = _PART.findall(entry)
            is_open = entry.endswith("*")
            table = beginnings if is_open and not rest else whole
            line = " ".join((concept, *rest)) + "*" * is_open
            table[first] = f"{table[first]}\n{line}" if first in table else line
    return whole, beginnings


@lru_cache(maxsize=8192)
def bare(word: str) -> str:
    """Return a folded word without its accents."""
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFD", word.translate(_LETTERS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
