"""What reading the rows gives, and the figures made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rules.classify import Classification, Kind, classify
from rules.classify.opinion import Model
from rules.extract import Facts, extract
from rules.mail.record import message_from_record
from tests.detection.rows import NOW, OWN, Row

__all__ = ["INTERVIEW", "Reading", "Score", "disturbing", "macro_f1", "read", "score", "score_of_any"]

INTERVIEW = frozenset({Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION})
_HARMLESS = frozenset({Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})
_CHANGING = frozenset(Kind) - _HARMLESS - {Kind.APPLICATION_ACK, Kind.AUTO_REPLY}


@dataclass(frozen=True, slots=True)
class Reading:
    """A row and what was read of it."""

    row: Row
    found: Classification
    facts: Facts

    @property
    def truth(self) -> Kind:
        """Return the right kind: what was found, where that is one of the right ones."""
        return self.found.kind if self.found.kind in self.row.right else self.row.label


@dataclass(frozen=True, slots=True)
class Score:
    """How well one kind, or several taken for one, is told."""

    hits: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        """Return the share of those found that are right; 1 where none was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of those there that were found; 1 where there is none."""
        return self.hits / self.there if self.there else 1.0

    @property
    def f1(self) -> float:
        """Return the harmonic mean of both."""
        return 2 * self.hits / (self.found + self.there) if self.found + self.there else 1.0


def read(rows: Iterable[Row], model: Model | None = None) -> list[Reading]:
    """Classify rows and read their facts, each by itself, as a mail of an unknown sender unless it says otherwise."""
    found = []
    for row in rows:
        message = message_from_record(row.record, now=NOW)
        classification = classify(message, own=OWN, known=row.known, model=model)
        zone = str(row.record.get("zone", "UTC"))
        found.append(Reading(row, classification, extract(message, classification, own=OWN, zone=zone)))
    return found


def score(readings: Sequence[Reading], kind: Kind) -> Score:
    """Return how well one kind is told."""
    return score_of_any(readings, frozenset({kind}))


def score_of_any(readings: Sequence[Reading], kinds: frozenset[Kind]) -> Score:
    """Return how well some kinds, taken for one, are told."""
    return Score(
        hits=sum(item.found.kind in kinds and item.truth in kinds for item in readings),
        found=sum(item.found.kind in kinds for item in readings),
        there=sum(item.truth in kinds for item in readings),
    )


def macro_f1(readings: Sequence[Reading]) -> float:
    """Return the mean F1 over the kinds that are there."""
    there = Counter(item.truth for item in readings)
    return sum(score(readings, kind).f1 for kind in there) / len(there) if there else 1.0


def disturbing(readings: Sequence[Reading]) -> tuple[list[Reading], int]:
    """Return the harmless mails that were read as something that changes a process, and how many harmless ones there are."""
    harmless = [item for item in readings if item.truth in _HARMLESS]
    return [item for item in harmless if item.found.kind in _CHANGING], len(harmless)


def calibration(readings: Sequence[Reading], step: float = 0.1) -> list[tuple[float, int, float]]:
    """Return for each band of confidence: where it begins, how many are in it, and which share of them is right."""
    bands: dict[int, list[bool]] = {}
    for item in readings:
        bands.setdefault(min(int(item.found.confidence / step + 1e-9), round(1 / step) - 1), []).append(
            item.found.kind in item.row.right
        )
    return [(band * step, len(right), sum(right) / len(right)) for band, right in sorted(bands.items())]


def share(items: Iterable[Reading], right: Callable[[Reading], bool]) -> tuple[int, int]:
    """Return how many of some readings are right, and how many there are."""
    judged = [right(item) for item in items]
    return sum(judged), len(judged)
