"""A second opinion on the kind of a mail: a linear model over its concepts, its words and what the phrase lists found.

The phrase lists say what is certain; they are silent on whatever nobody thought of. The model weighs everything at once, and what
it learned of concepts holds in every language. It is multinomial logistic regression; `make model` learns it from the letters in
`tests/detection/letters`, and `weights.tsv` is what it learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from rules.classify.features import Features, features_of
from rules.classify.invitation import Stated
from rules.classify.phrased import Phrased
from rules.classify.text import Text
from rules.classify.types import Evidence, Kind
from rules.mail.types import Message

__all__ = ["SCALE", "STEP", "Model", "Opinion", "opinion_of", "our_model", "row_of"]

STEP = 0.02
"""The weights are written as whole numbers of this step."""
SCALE = 127
"""The largest of them."""
_ZERO = 128
_MOST_GROUNDS = 4
_SPEAKS = 0.25
"""What a sentence must be worth to be quoted."""


class Model(NamedTuple):
    """What was learned."""

    kinds: tuple[Kind, ...]
    weights: dict[str, bytes]
    """Of each feature: one octet for each kind, which stands for its weight in steps, plus 128."""


@lru_cache(maxsize=1)
def our_model() -> Model:
    """Read the model; it is forgotten with all other caches when a daemon comes to rest."""
    weights = {}
    with files("rules.classify").joinpath("weights.tsv").open(encoding="utf-8") as lines:
        _, *kinds = next(lines).split()
        for line in lines:
            name, *numbers = line.split("\t")
            weights[name] = row_of(map(int, numbers))
    return Model(tuple(map(Kind, kinds)), weights)


def row_of(steps: Iterable[int]) -> bytes:
    """Return a row of `Model.weights`."""
    return bytes(step + _ZERO for step in steps)


class Opinion:
    """How likely each kind is, and which words of the mail say so."""

    __slots__ = ("_features", "_model", "shares")

    def __init__(self, features: Features, model: Model) -> None:
        """Weigh the features of a mail. `shares` are the probabilities of the kinds; they add up to 1."""
        self._model = model
        self._features = features
        weighed = [[worth * number for number in self._sum(names)] for names, worth in features.weighed()]
        logits = [STEP * sum(column) for column in zip(*weighed, strict=True)]
        highest = max(logits)
        powers = [math.exp(logit - highest) for logit in logits]
        total = sum(powers)
        self.shares: dict[Kind, float] = {kind: power / total for kind, power in zip(self._model.kinds, powers, strict=True)}

    def _sum(self, names: set[str]) -> list[int]:
        weights = self._model.weights
        rows = [weights[name] for name in names if name in weights]
        if not rows:
            return [0] * len(self._model.kinds)
        return [sum(column) - _ZERO * len(rows) for column in zip(*rows, strict=True)]

    def grounds(self, kind: Kind, text: Text) -> tuple[Evidence, ...]:
        """Return the sentences that speak most for a kind, with their places in the folded text; at most four."""
        place = self._model.kinds.index(kind)
        weights = self._model.weights
        told: list[tuple[float, int, int]] = []
        for sentence in self._features.sentences:
            concepts = sorted({concept for _, concept in sentence.found})
            names = {f"b:{concept}" for concept in concepts}
            names.update(f"p:{one}+{other}" for one in concepts for other in concepts if one < other)
            weight = 0.0
            for name in names & weights.keys():
                row = weights[name]
                weight += STEP * (row[place] - sum(row) / len(row))
            if weight >= _SPEAKS:
                told.append((weight, sentence.spans[0][0], sentence.spans[-1][1]))
        strongest = sorted(told, reverse=True)[:_MOST_GROUNDS]
        return tuple(Evidence("model", text.folded[start:end][:200], round(weight, 2), start) for weight, start, end in strongest)


def opinion_of(message: Message, text: Text, ruled: Phrased, stated: Stated | None, model: Model | None) -> Opinion:
    """Return the opinion of a model, ours where none is given, on a mail of which the phrase lists made `ruled`."""
    return Opinion(features_of(message, text, ruled, stated), model or our_model())
