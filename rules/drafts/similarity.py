"""How much alike two drafts are (rules T2, T3): interviewers compare what they got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from rapidfuzz import utils
from rapidfuzz.distance import Indel

from rules.drafts.types import Draft
from rules.lint.sentences import body_of, split_sentences

__all__ = ["THRESHOLD", "alike", "likeness", "shared_sentences"]

THRESHOLD = 0.65
"""Two notes of one process at or above this would be taken for the same note. What two of ours reach is in rules/README.md."""
_SHORT = 8
"""A sentence of no more words than this may stand in two notes (T2)."""


def _words(text: str) -> list[str]:
    return utils.default_process(text).split()


def likeness(one: str, other: str) -> float:
    """Return 0 (nothing in common) to 1 (the same words), of the bodies of two mails, greeting and signature left out.

    The larger of two similarities (twice the common words by all words): in the order of the texts, and with the words sorted,
    which sees through sentences that have changed places. Two mails of one language on one subject have about 0.4 anyway.
    """
    first, second = _words(body_of(one)), _words(body_of(other))
    if not first and not second:
        return 1.0
    return max(Indel.normalized_similarity(first, second), Indel.normalized_similarity(sorted(first), sorted(second)))


def shared_sentences(one: str, other: str) -> tuple[str, ...]:
    """Return the sentences of more than eight words that stand in the bodies of both texts, as in the first."""
    there = {" ".join(_words(sentence)) for sentence in split_sentences(body_of(other))}
    return tuple(
        sentence
        for sentence in split_sentences(body_of(one))
        if len(sentence.split()) > _SHORT and " ".join(_words(sentence)) in there
    )


def alike(drafts: Iterable[Draft]) -> Sequence[tuple[Draft, Draft, float]]:
    """Return the pairs that reach THRESHOLD or share a sentence, most alike first."""
    pairs = [(one, other, likeness(one.text, other.text)) for one, other in combinations(drafts, 2)]
    found = [pair for pair in pairs if pair[2] >= THRESHOLD or shared_sentences(pair[0].text, pair[1].text)]
    return sorted(found, key=lambda pair: -pair[2])
