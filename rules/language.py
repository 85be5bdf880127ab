"""Which languages a text may be in, told by its small words and by what a letter about an application is called in each.

Small words are in `rules/phrases/languages.toml`; the others are those of `rules/phrases/LANGUAGE/prefilter.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from rules.phrases.load import load, load_of

__all__ = ["ENGLISH", "LANGUAGES", "languages_of"]

ENGLISH = "en"
LANGUAGES: tuple[str, ...] = ("en", "de", "fr", "es", "nl", "pt", "it")
"""ISO 639-1 codes of the languages that mail is read in."""
_LEAST = 0.34
"""A language counts as spoken beside the first one when it has this share of the words that the first one has."""
_FEW = 4
"""With fewer telling words than this nothing is certain, and every language that has any of them counts."""


@cache
def _telling() -> dict[str, tuple[str, ...]]:
    """Return for each word the languages it speaks for."""
    found: dict[str, tuple[str, ...]] = {}
    sets: dict[tuple[str, ...], tuple[str, ...]] = {}  # each is kept once for all words
    tables = load("languages")
    for language in LANGUAGES:
        subjects = load_of(language, "prefilter")
        for word in (*tables[language], *subjects.get("telling", ()), *subjects.get("hinting", ())):
            known = found.get(word, ())
            if language not in known:
                both = (*known, language)
                found[word] = sets.setdefault(both, both)
    return found


def languages_of(words: Iterable[str]) -> tuple[str, ...]:
    """Return the languages (ISO 639-1) that a text with these words (lower case) may be in, the likeliest first.

    English is always among them: its words stand in the subjects and footers of mail in any language. A text of few words may be
    in several; the empty text is in English. Names the languages of `LANGUAGES` only.
    """
    scores = dict.fromkeys(LANGUAGES, 0.0)
    telling = _telling()
    seen = telling.keys() & (words if isinstance(words, frozenset | set) else set(words))
    for word in seen:
        languages = telling[word]
        for language in languages:
            scores[language] += 1 / len(languages)  # all of it for one, a share where several have it
    ranked = sorted((score, -LANGUAGES.index(language)) for language, score in scores.items())[::-1]
    best = ranked[0][0]
    least = 0.0 if len(seen) < _FEW else best * _LEAST
    found = [LANGUAGES[-place] for score, place in ranked if score > least or score == best > 0]
    return tuple(dict.fromkeys((*found, ENGLISH)))
