"""Whether a note could go to anybody (C7, the swap test), and whether two people get the same fact (C11)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from rules.drafts.types import DraftKind
from rules.lint.context import Context
from rules.lint.placeholders import PLACE, place_spans
from rules.lint.roster import name_words
from rules.lint.types import Finding, Severity
from rules.lint.words import load_words
from rules.lint.written import WORD, Written
from rules.notes.types import Point

__all__ = ["check_shared", "check_specific", "facts_used", "telling_words"]

_KEPT = 0.5
"""This share of a point's telling words stands in a sentence that uses the point."""
_STEM = 5
"""Words with this many letters in common at their beginning are forms of one word."""
_ENDINGS = ("s", "es", "ies", "d", "ed", "ing", "ly", "'s")
_FEWEST = 2
"""A note with fewer telling words than this could go to anybody."""
_SAME = 3
"""So many telling words in common make two sentences one fact."""
_MOST_OTHERS = 40
_NUMBER = re.compile(r"\b\d[\d.,]*\s?(?:%|per cent|percent|k|m|bn)?\b")


@cache
def _ordinary(language: str) -> frozenset[str]:
    """Return the words that say nothing of a conversation: those of letters in general."""
    return frozenset(load_words(f"{language}_generic")["words"])


def _is_ordinary(word: str, language: str) -> bool:
    """Say whether a word, or what it is a form of, is one of any letter."""
    ordinary = _ordinary(language)
    if word in ordinary:
        return True
    bare = [word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2]
    return any(f"{each}{end}" in ordinary for each in bare for end in ("", "e", "y"))


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) > _STEM else word


def _words(text: str) -> list[str]:
    return [
        word.replace("\u2019", "'").casefold().removesuffix("'s") for word in WORD.findall(unicodedata.normalize("NFC", text))
    ]


def telling_words(text: str, context: Context, language: str = "en") -> frozenset[str]:
    """Return the stems of a text that are left when names, company, job and the words of any letter are taken out."""
    swapped = {word for part in (context.company, context.role) for word in _words(part)}
    people = (*context.people, context.addressee) if context.addressee is not None else context.people
    swapped |= {word.casefold() for person in people for word in name_words(person.name)}
    if context.profile is not None:
        swapped |= set(_words(context.profile.name))
    return frozenset(
        _stem(word) for word in _words(text) if len(word) > 1 and word not in swapped and not _is_ordinary(word, language)
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(text))


def _is_used(point: Point, window: frozenset[str]) -> bool:
    """Say whether the words of a point stand in a sentence: half of those that tell something, and of all of them."""
    words = [word for word in _words(point.text) if len(word) > 2]  # noqa: PLR2004 - `to`, `of`, `in`
    every = frozenset(_stem(word) for word in words)
    telling = frozenset(_stem(word) for word in words if not _is_ordinary(word, "en"))
    return bool(every) and all(len(some & window) >= _KEPT * len(some) for some in (telling, every))


def facts_used(texts: Iterable[str], points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the points that sentences use: half of the telling words of a point stand in one of them, or in two in a row."""
    sentences = [_stems(PLACE.sub(" ", text)) for text in texts]
    windows = [*sentences, *(one | other for one, other in pairwise(sentences))]
    return tuple(point for point in points if any(_is_used(point, window) for window in windows))


def check_specific(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a thank-you note that would still hold with another name, another company and another job in it."""
    if context.kind is not DraftKind.THANK_YOU or place_spans(written.body) or not written.sentences:
        return
    if facts_used(written.lines, context.points) or _rests_on_notes(written, context):
        return
    telling = telling_words(written.body, context)
    if len(telling) >= _FEWEST or (telling and _NUMBER.search(written.body)):
        return
    remedy = "Name one thing that was said between the two of you, and what you noticed about the company."
    if context.points:
        remedy = f"Use one of your notes, as: {context.points[0].text}"
    yield Finding(
        "generic",
        Severity.BLOCK,
        "With another name and company in it, it would hold just as well: it could go to anybody.",
        remedy,
        rules=("C7", "C11"),
    )


def _rests_on_notes(written: Written, context: Context) -> bool:
    """Say whether a sentence stands as we made it of something that the user noted, were it two words of a longer line."""
    stand = {" ".join(sentence.text.split()) for sentence in written.sentences}
    return any(
        " ".join(traced.sentence.split()) in stand and any(fact.startswith("note:") for fact in traced.facts)
        for traced in context.trace
    )


def check_shared(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a fact that another recipient of the same company reads as well (C11)."""
    from rules.lint.written import read  # noqa: PLC0415 - the same module

    if context.kind is not DraftKind.THANK_YOU:
        return
    addressee = context.addressee
    own = addressee.address.lower() if addressee is not None else ""
    mine = [(sentence, telling_words(sentence.text, context)) for sentence in written.sentences]
    used = facts_used(written.lines, context.points)
    for other in context.others[:_MOST_OTHERS]:
        if other.kind not in {DraftKind.THANK_YOU, None} or other.recipient == own or place_spans(other.text):
            continue
        theirs = read(other.text, context.profile)
        shared = [point for point in facts_used(theirs.lines, context.points) if point in used and not point.about]
        if shared:
            spare = next((point for point in context.points if point not in used and point not in shared), None)
            instead = (
                f"Take another of your notes, as: {spare.text}" if spare is not None else "Tell one of them of something else."
            )
            yield Finding(
                "fact.shared",
                Severity.WARN,
                f"{other.title} speaks of the same thing: {shared[0].text}",
                instead,
                words=shared[0].text,
                rules=("C11",),
            )
            continue
        stems = [telling_words(sentence.text, context) for sentence in theirs.sentences]
        for sentence, words in mine:
            if any(len(words & each) >= _SAME for each in stems):
                yield Finding(
                    "fact.shared",
                    Severity.WARN,
                    f"{other.title} speaks of the same thing.",
                    "Tell one of them of something else: they compare.",
                    place=sentence.place,
                    words=sentence.text,
                    rules=("C11",),
                )
                break
