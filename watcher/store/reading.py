"""How a message was read."""

from __future__ import annotations

from dataclasses import dataclass

from rules.classify.types import Evidence, Kind
from rules.extract.types import Facts

__all__ = ["Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the rules made of a message, kept when the user says otherwise: it may be wanted again when the mail is gone."""

    kind: Kind
    confidence: float
    runner_up: Kind | None
    evidence: tuple[Evidence, ...]
    facts: Facts
