"""Learns the weights of `rules.classify.opinion`: `python -m tests.detection.train [--left-out]`, or `make model`.

It learns from the letters in `letters/` and those of the tests, and from nothing else: neither from mail kept apart nor from a
corpus. `--left-out` writes nothing; it learns several times, each time without some files, and prints how well those are read.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rules.classify.opinion as model
from rules.classify import Kind
from rules.classify.features import features_of
from rules.classify.invitation import of_calendar, of_markup
from rules.classify.machine import is_bounce
from rules.classify.phrased import phrased
from rules.classify.text import text_of
from rules.mail.record import message_from_record
from tests.detection.measure import read
from tests.detection.rows import NOW, OWN, Row, letters
from tests.detection.sentences import sentences

__all__ = ["Lesson", "learn", "lessons"]

_WEIGHTS = Path(model.__file__).with_name("weights.tsv")
_STRENGTH = 0.5
"""The inverse of the regularisation."""
_EVEN = 0.5
"""How far rare kinds are made up for: 1 lets each count as much as every other, 0 not at all."""
_FITTED = 0.5
_FELT = 3
"""A weight of fewer steps decides nothing."""
_PARTS = 6
"""So many times it learns, each time without every sixth file."""
_READER = "sam"
_WORD = re.compile(r"[^\W_]+")
_SEED = 7
_TOGETHER = (3, 4, 5, 6, 8, 10)
_LEAST = 3
"""In fewer letters than this nothing can be learned of a feature."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """The features of a letter and what it is."""

    features: dict[str, float]
    kind: Kind
    source: str
    share: float = 1.0
    """What it counts; those for which phrases were written say too much for phrases."""


def lessons(rows: Iterable[Row], share: float = 1.0) -> Iterator[Lesson]:
    """Yield what is to be learned of each letter that the model will be asked about; the certain ones it never sees."""
    for row in rows:
        message = message_from_record(row.record, now=NOW)
        text = text_of(message)
        if is_bounce(message, text) is not None or of_markup(message, text, known=False) is not None:
            continue
        ruled = phrased(message, text, known=row.known)
        if ruled.certain or ruled.found.kind is Kind.AUTO_REPLY:
            continue
        stated = of_calendar(message, text, own=OWN, known=row.known)
        found = features_of(message, text, ruled, stated)
        features = {name: worth for names, worth in found.weighed() for name in sorted(names)}
        yield Lesson(features, row.label, row.source, 1.0 if row.label is Kind.NOISE else share)


def rambling(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield long mail made of several harmless letters of one language: what speaks of everything concerns nobody.

    Letters are short, essays and digests are not, and a long mail holds every word once.
    """
    harmless: dict[str, list[Row]] = {}
    for row in rows:
        if row.label is Kind.NOISE and row.record.get("body") and not row.record.get("ics"):
            harmless.setdefault(str(row.record.get("lang", "en")), []).append(row)
    order = random.Random(_SEED)
    for language, pool in sorted(harmless.items()):
        for number in range(len(pool) // 2):
            picked = order.sample(pool, min(len(pool), order.choice(_TOGETHER)))
            body = "\n\n".join(str(row.record["body"]) for row in picked)
            kept = {name: value for name, value in picked[0].record.items() if name not in {"html", "fields"}}
            yield Row({**kept, "id": f"rambling-{language}-{number}", "body": body}, picked[0].source)


def learn(known: Sequence[Lesson]) -> tuple[list[Kind], dict[str, list[int]]]:
    """Return the kinds, and for each feature its weight for each kind, in steps."""
    from sklearn.feature_extraction import DictVectorizer  # noqa: PLC0415 - learning alone needs it
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    told = Counter(name for lesson in known for name in lesson.features)
    kept = {name for name, number in told.items() if number >= _LEAST and not names_reader(name)}
    vectorizer: Any = DictVectorizer()
    table = vectorizer.fit_transform(
        [{name: value for name, value in lesson.features.items() if name in kept} for lesson in known]
    )
    kinds = [lesson.kind.value for lesson in known]
    number = Counter(kinds)
    shares = [lesson.share * (len(kinds) / (len(number) * number[lesson.kind.value])) ** _EVEN for lesson in known]
    regression: Any = LogisticRegression(C=_STRENGTH, max_iter=300, fit_intercept=False)
    regression.fit(table, kinds, sample_weight=shares)
    weights = {}
    for name, column in zip(vectorizer.get_feature_names_out(), regression.coef_.T, strict=True):
        steps = [max(-model.SCALE, min(model.SCALE, round(float(weight) / model.STEP))) for weight in column]
        if max(map(abs, steps)) >= _FELT:
            weights[str(name)] = steps
    return [Kind(kind) for kind in regression.classes_], weights


def names_reader(feature: str) -> bool:
    """Say whether a feature is made of the name that all our letters are written to: other readers have other names."""
    return _READER in _WORD.findall(feature)


def write(kinds: Sequence[Kind], weights: dict[str, list[int]], path: Path) -> None:
    """Write a model: a line of kinds, then a line for each feature in order."""
    lines = ["\t".join(["feature", *kinds])]
    lines.extend("\t".join([name, *map(str, weights[name])]) for name in sorted(weights))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Learn from all letters, or print how well each file is read by what the others teach."""
    options = argparse.ArgumentParser(prog="python -m tests.detection.train", description="Learn the model of the kinds of mail.")
    options.add_argument("--left-out", action="store_true", help="print how well each file is read by a model learned without it")
    given = options.parse_args()
    warnings.filterwarnings("ignore", module="sklearn")
    rows = letters()
    everything = [*lessons([*rows, *rambling(rows)]), *lessons(sentences(), _FITTED)]
    if given.left_out:
        _leave_out(rows, everything)
        return 0
    kinds, weights = learn(everything)
    write(kinds, weights, _WEIGHTS)
    sys.stdout.write(f"{len(everything)} letters, {len(weights)} features, {_WEIGHTS.stat().st_size // 1024} KiB\n")
    return 0


def by_phrases(row: Row) -> Kind:
    """Return what headers, calendar part and phrase lists alone make of a mail."""
    message = message_from_record(row.record, now=NOW)
    text = text_of(message)
    if is_bounce(message, text) is not None:
        return Kind.AUTO_REPLY
    stated = of_calendar(message, text, own=OWN, known=row.known)
    marked = of_markup(message, text, known=row.known)
    found = stated.found if stated is not None else marked
    return (found or phrased(message, text, known=row.known).found).kind


def _leave_out(rows: Sequence[Row], everything: Sequence[Lesson]) -> None:
    sys.stdout.write(f"{'left out':20} {'letters':>8} {'phrases alone':>14} {'with the model':>15}\n")
    totals = [0, 0, 0]
    sources = sorted({row.source for row in rows})
    for apart in (sources[start::_PARTS] for start in range(_PARTS)):
        kinds, weights = learn([lesson for lesson in everything if lesson.source not in apart])
        taught = model.Model(tuple(kinds), {name: model.row_of(steps) for name, steps in weights.items()})
        for source in apart:
            theirs = [row for row in rows if row.source == source]
            right = sum(item.found.kind in item.row.right for item in read(theirs, taught))
            alone = sum(by_phrases(row) in row.right for row in theirs)
            totals = [total + more for total, more in zip(totals, (len(theirs), alone, right), strict=True)]
            _tell(source.removeprefix("own:"), len(theirs), alone, right)
    _tell("all", *totals)


def _tell(name: str, letters_read: int, alone: int, right: int) -> None:
    sys.stdout.write(f"{name:20} {letters_read:8} {alone / letters_read:14.1%} {right / letters_read:15.1%}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
