"""An offline dictionary (rule C23): pyspellchecker's list of words, with the endings and words of work that it lacks.

The list takes 30 MB while it is held: `lexicon` keeps the last one, and `watcher.memory.give_back` lets it go.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from rules.lint.words import load_words

if TYPE_CHECKING:
    from spellchecker import SpellChecker

__all__ = ["COMMON_BESIDE", "LONGEST", "PREFIXES", "Lexicon", "lexicon", "unmarked"]

LONGEST = 24
"""Letters of the longest word that is looked up; what is longer is a name of something, or rubbish."""
_PART = 4
"""Letters of each half of a compound (`timeframe`)."""
_COMMON = 100
"""How often the halves of a compound occur in what the list was counted on."""
COMMON_BESIDE = 1000
"""A word this common, one letter away from one that is not in the list, is what was meant."""
_FORMS = ("ed", "ing", "er", "ers")
"""Endings that words of work take (`triaged`)."""
PREFIXES = ("non", "pre", "post", "sub", "micro", "multi", "inter", "under", "over", "cross", "mis", "un", "re", "co", "de", "ex")


_STROKES = str.maketrans("\u0142\u0141\u00f8\u00d8\u0111\u0110\u0131", "lLoOdDi")
"""Letters with a stroke are letters of their own to Unicode, and have nothing that could be taken off."""


def unmarked(word: str) -> str:
    """Return a word without the marks on its letters (`résumé` is `resume`)."""
    decomposed = unicodedata.normalize("NFD", word.translate(_STROKES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


class Lexicon:
    """The words of one language."""

    def __init__(self, language: str = "en") -> None:
        """Load the list: a quarter of a second."""
        from spellchecker import SpellChecker  # noqa: PLC0415 - and its list of words, needed only where a draft is read

        self._list: SpellChecker = SpellChecker(language=language, distance=1)
        words = load_words(f"{language}_words")
        self._extra = frozenset(words["words"])
        self._wrong = frozenset(words["wrong"])
        self._variants = tuple(
            (one + plural, other + plural) for pair in words["variants"] for one, other in [pair.split()] for plural in ("", "s")
        )

    def frequency(self, word: str) -> int:
        """Return how often a lower-case word was counted, 0 for one that is not in the list."""
        return int(self._list[word]) if word in self._list else 0

    def knows(self, word: str) -> bool:
        """Say whether a lower-case word is right: as it stands, in the other spelling, or put together of right ones."""
        return self.lists(word) or self.lists(unmarked(word)) or self._derived(word)

    def lists(self, word: str) -> bool:
        """Say whether a lower-case word is right as it stands or in the other spelling, not put together of others."""
        if word in self._wrong:
            return False
        return word in self._extra or word in self._list or self._varied(word) or self._is_digraph(word)

    def _is_digraph(self, word: str) -> bool:
        """Say whether a word is right when its British `ae` or `oe` is an American `e` (`paediatrics`)."""
        changed = word.replace("ae", "e").replace("oe", "e")
        return changed != word and len(changed) > _PART and changed in self._list

    def _varied(self, word: str) -> bool:
        return any(
            (word.endswith(end) and (changed := word.removesuffix(end) + start) in self._list and len(changed) > _PART)
            for one, other in self._variants
            for end, start in ((one, other), (other, one))
        )

    def _derived(self, word: str) -> bool:
        """Say whether a word is a possessive, a plural of a word of work, has a prefix, or is a compound of common words."""
        bare = word.removesuffix("'s").removesuffix("'")
        if bare != word:
            return self.knows(bare)
        if any(word.endswith(end) and self._is_term(word.removesuffix(end)) for end in _FORMS):
            return True
        if word.endswith("s") and (word[:-1] in self._extra or self.frequency(word[:-1]) >= _COMMON):
            return True
        # `writting` is no compound of writ and ting
        return self.frequency(self.suggestion(word)) < COMMON_BESIDE and self._is_built(word)

    def _is_built(self, word: str) -> bool:
        """Say whether a word is made of common ones: by an ending, a prefix, or as a compound."""
        return (
            any(word.endswith(end) and self.frequency(word.removesuffix(end)) >= _COMMON for end in ("ed", "ing"))
            or any(
                word.startswith(prefix) and len(rest := word.removeprefix(prefix)) >= _PART and self.lists(rest)
                for prefix in PREFIXES
            )
            or any(
                self.frequency(word[:cut]) >= _COMMON and self.frequency(word[cut:]) >= _COMMON
                for cut in range(_PART, len(word) - _PART + 1)
            )
        )

    def _is_term(self, stem: str) -> bool:
        """Say whether what is left of a word without its ending is a word of work, with the `e` that an ending takes."""
        return len(stem) >= _PART and (stem in self._extra or f"{stem}e" in self._extra)

    def suggestion(self, word: str) -> str:
        """Return the commonest word one letter away from a lower-case one, or with two letters doubled wrongly; else nothing."""
        if not 1 < len(word) <= LONGEST:
            return ""
        near = self._list.known(self._list.edit_distance_1(word)) - {word}
        if not near:
            near = {found for changed in _redoubled(word) for found in self._list.known(self._list.edit_distance_1(changed))}
        return max(near, key=lambda each: (self.frequency(each), each), default="")


def _redoubled(word: str) -> set[str]:
    """Return a word with one doubled letter made single, or a single one doubled: what most misspellings are about."""
    pairs = range(len(word) - 1)
    single = {word[:n] + word[n + 1 :] for n in pairs if word[n] == word[n + 1]}
    return single | {word[:n] + word[n] + word[n:] for n in range(len(word))} if single else set()


@lru_cache(maxsize=1)
def lexicon(language: str = "en") -> Lexicon:
    """Return the dictionary of a language (ISO 639-1). Raises FileNotFoundError for one without words of its own."""
    return Lexicon(language)
