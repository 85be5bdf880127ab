"""What is to be reached, and whether it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rules.classify import Kind
from tests.detection.fields import judge, stated
from tests.detection.measure import INTERVIEW, Reading, disturbing, macro_f1, score, score_of_any, share

__all__ = ["Target", "targets"]

_FIELD_BUDGETS = {"interview_at": 0.95, "company": 0.90, "role": 0.85, "promise": 0.90}


@dataclass(frozen=True, slots=True)
class Target:
    """One figure with its budget."""

    name: str
    value: float
    budget: float
    of: int
    """How many mails the figure is made of; 0 where there are none to judge."""
    at_most: bool = False

    @property
    def kept(self) -> bool:
        """Say whether the budget is kept."""
        return self.value <= self.budget if self.at_most else self.value >= self.budget


def targets(readings: Sequence[Reading]) -> list[Target]:
    """Return every target over some readings."""
    rejection = score(readings, Kind.REJECTION)
    mailbox = [item for item in readings if item.row.kind in {"mailbox", "letter"}]
    interview = score_of_any(mailbox, INTERVIEW)
    wrong, harmless = disturbing(readings)
    machines = [item for item in readings if item.truth is Kind.AUTO_REPLY]
    people = [item for item in readings if item.truth is not Kind.AUTO_REPLY]
    missed = sum(item.found.kind is not Kind.AUTO_REPLY for item in machines)
    mistaken = sum(item.found.kind is Kind.AUTO_REPLY for item in people)
    found = [
        Target("rejection: recall", rejection.recall, 0.97, rejection.there),
        Target("rejection: precision", rejection.precision, 0.97, rejection.found),
        Target("interview invite or confirmation, mailbox: recall", interview.recall, 0.95, interview.there),
        Target("interview invite or confirmation, mailbox: precision", interview.precision, 0.93, interview.found),
        Target("macro-F1 over all kinds", macro_f1(readings), 0.88, len(readings)),
        Target(
            "noise, alerts and outreach that would change a process", len(wrong) / max(1, harmless), 0.01, harmless, at_most=True
        ),
        Target("auto-replies and bounces missed", float(missed), 0.0, len(machines), at_most=True),
        Target("mail of people or systems read as automatic", float(mistaken), 0.0, len(people), at_most=True),
    ]
    for field, budget in _FIELD_BUDGETS.items():
        right, there = share((item for item in readings if stated(item, field)), lambda item, name=field: judge(item, name))  # type: ignore[misc] # bound at once
        found.append(Target(field.replace("promise", "promise class and date"), right / max(1, there), budget, there))
    return [target for target in found if target.of]
