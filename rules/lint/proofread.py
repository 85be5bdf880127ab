"""Spelling, and words that are confused though each of them is right (C23)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from rules.lint.context import Context
from rules.lint.spelling import COMMON_BESIDE, LONGEST, PREFIXES, Lexicon
from rules.lint.types import Finding, Severity
from rules.lint.words import load_words
from rules.lint.written import WORD, Word, Written

__all__ = ["check_slips", "check_spelling", "known_words"]

_RULES = ("C23",)
_MOST = 20
_MOST_WORDS = 2000
"""Different words that are looked up; to look for the right one in place of a wrong one takes a thousandth of a second."""
_SURE = 4
"""Letters of a short word: among those any is one letter away from another."""
_CALENDAR = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april",
    "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _lower(word: str) -> str:
    return word.replace("\u2019", "'").replace("\u02bc", "'").casefold()


def known_words(context: Context) -> frozenset[str]:
    """Return, lower-case, the words that are right because they are names and terms of the process, or the user's own."""
    texts = [context.company, context.role, *context.terms, *context.settings.words]
    for person in context.people if context.recipient is None else (*context.people, context.recipient):
        texts += [person.name, person.title, person.address.replace(".", " ").replace("@", " ")]
    if context.profile is not None:
        texts += [context.profile.name, *context.profile.strengths]
    texts += [address.name for address in context.to]
    found = {_lower(word) for text in texts for word in WORD.findall(text)}
    # The user's notes may hold slips: of their words only those in capitals are names of something.
    found |= {_lower(word) for point in context.points for word in WORD.findall(point.text)[1:] if not word[:1].islower()}
    return frozenset(found)


def _is_latin(word: str) -> bool:
    return all(not character.isalpha() or unicodedata.name(character, "").startswith("LATIN") for character in word)


def _is_wrong(word: Word, lexicon: Lexicon, known: frozenset[str]) -> bool:
    text = word.text.replace("\u2019", "'")
    bare = text.removesuffix("'s")
    if not 1 < len(bare) <= LONGEST or bare[1:] != bare[1:].lower() or not _is_latin(bare):
        return False
    folded = _lower(bare)
    if folded in known or _lower(text) in known or lexicon.knows(folded):
        return False
    if bare[0].islower():
        return True
    near = lexicon.suggestion(folded)
    # With a capital it is the name of something, unless it begins a sentence and lacks a letter of a common word.
    return near in _CALENDAR or (word.first and len(folded) > _SURE and lexicon.frequency(near) >= COMMON_BESIDE)


def check_spelling(written: Written, context: Context, lexicon: Lexicon) -> Iterator[Finding]:
    """Tell words of the body that are in no dictionary; those that are surely wrong block."""
    known = known_words(context)
    noted = {_lower(word) for point in context.points for word in WORD.findall(point.text)}
    told: set[str] = set()
    judged: set[tuple[str, bool]] = set()
    for word in written.words:
        folded = _lower(word.text)
        if folded in told or (word.text, word.first) in judged:
            continue
        if folded in PREFIXES and written.text.startswith("-", word.position + len(word.text)):
            continue  # `un-siloed`
        judged.add((word.text, word.first))
        if len(judged) > _MOST_WORDS or not _is_wrong(word, lexicon, known):
            continue
        told.add(folded)
        near = lexicon.suggestion(folded)
        # A word that begins a sentence may be a name.
        common = word.text[:1].islower() and len(folded) > _SURE and lexicon.frequency(near) >= COMMON_BESIDE
        # What the user noted so was meant so, as far as anybody else knows: a game, a tool, a place.
        sure = (common or near in _CALENDAR) and folded not in noted
        remedy = f"Write `{near}`" if near else "Look it up"
        unknown = f"`{word.text}`{', as you noted it,' if folded in noted else ''} is not in the dictionary."
        yield Finding(
            "spelling",
            Severity.BLOCK if sure else Severity.WARN,
            f"`{word.text}` is misspelled." if sure else unknown,
            f"{remedy}{'' if sure else ', or if it is right, add it to lint.words in the configuration'}.",
            place=written.line(word.position),
            words=word.text,
            rules=_RULES,
        )
        if len(told) == _MOST:
            return


@cache
def _slips(language: str) -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    return tuple(
        (entry["id"], entry["text"], entry["remedy"], re.compile("|".join(f"(?:{each})" for each in entry["patterns"])))
        for entry in load_words(f"{language}_words")["slips"]
    )


def check_slips(written: Written, context: Context, language: str = "en") -> Iterator[Finding]:
    """Tell words that are taken for each other (`your` and `you're`)."""
    del context
    for name, text, remedy, pattern in _slips(language):
        for begin, _, words in written.folded.spans(pattern):
            if written.inside(begin):
                yield Finding(
                    f"slip.{name}",
                    Severity.BLOCK,
                    f"`{words}`: {text}." if not text.startswith("is ") else f"`{words}` {text}.",
                    remedy,
                    place=written.line(begin),
                    words=words,
                    rules=_RULES,
                )
