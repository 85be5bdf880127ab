"""Which variant of a sentence who gets: by a stable hash, so that two users differ; by what is taken, so that a panel differs."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

__all__ = ["Taken", "freshest", "rank", "turn"]

_BREAKS = re.compile(r"{{.*?}}|{%.*?%}|\[.*?\]|[^\w\s']")
_WORDS = re.compile(r"[\w']+")
_TELLING = 4
"""Letters of a word that may be heard a second time."""

Anything = TypeVar("Anything")
Text = TypeVar("Text", bound=str)


def rank(*fields: str) -> int:
    """Return a number that is the same on every machine and for ever, and else without pattern."""
    raw = "\x1f".join(fields).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def turn(variants: Sequence[Anything], ordinal: int, *seed: str) -> Anything:
    """Return one of `variants`: the seed says where to begin, the ordinal goes round from there."""
    return variants[(rank(*seed) + ordinal) % len(variants)]


def freshest(variants: Sequence[Text], ordinal: int, said: Sequence[str], *seed: str) -> Text:
    """Return the variant whose turn it is, or one that says no three words in a row that one of `said` does.

    Words that stand everywhere (`I would be`) are no echo. Another one is looked for half a turn away, for those that follow are
    the next follow-up's. Where all echo, it is the one whose turn it is.
    """
    heard = frozenset[tuple[str, ...]]().union(*map(_runs, said))
    half = len(variants) // 2
    steps = (0, *(half + step for step in range(len(variants))))
    taken = (turn(variants, ordinal + step, *seed) for step in steps)
    return next((variant for variant in taken if heard.isdisjoint(_runs(variant))), turn(variants, ordinal, *seed))


@cache
def _runs(source: str) -> frozenset[tuple[str, ...]]:
    """Return the three-word runs of a template, those that only small words make up left out."""
    found = set()
    for piece in _BREAKS.split(source.casefold()):
        words = _WORDS.findall(piece)
        for number in range(len(words) - 2):
            run = tuple(words[number : number + 3])
            if sum(len(word) >= _TELLING for word in run) > 1:
                found.add(run)
    return frozenset(found)


@dataclass(slots=True)
class Taken:
    """Who has been given which variant, while the notes of a process are handed out in order."""

    overall: Counter[str] = field(default_factory=Counter)
    this_round: set[str] = field(default_factory=set)
    by_person: dict[str, set[str]] = field(default_factory=dict)

    def next_round(self) -> None:
        """Begin a round: within it nothing is given twice."""
        self.this_round.clear()

    def give(self, pools: Sequence[Sequence[Text]], person: str, *seed: str) -> Text:
        """Give `person` the best variant of the pools, earlier pools first among equals, and note it.

        Best is: not yet in this round, not yet to this person, least often overall; then by hash of seed and person.
        """
        own = self.by_person.setdefault(person, set())
        offers = [
            (variant in self.this_round, variant in own, self.overall[variant], tier, rank(*seed, person, variant), variant)
            for tier, pool in enumerate(pools)
            for variant in pool
        ]
        variant = min(offers)[-1]
        self.overall[variant] += 1
        self.this_round.add(variant)
        own.add(variant)
        return variant
