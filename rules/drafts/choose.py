"""Which variant of a sentence who gets: by a stable hash, so that two users differ; by what is taken, so that a panel differs."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["Taken", "rank", "turn"]

Anything = TypeVar("Anything")
Text = TypeVar("Text", bound=str)


def rank(*fields: str) -> int:
    """Return a number that is the same on every machine and for ever, and else without pattern."""
    raw = "\x1f".join(fields).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big")


def turn(variants: Sequence[Anything], ordinal: int, *seed: str) -> Anything:
    """Return one of `variants`: the seed says where to begin, the ordinal goes round from there."""
    return variants[(rank(*seed) + ordinal) % len(variants)]


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
