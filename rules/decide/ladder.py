"""What is told, hour by hour, of thank-you notes that have not been sent: the golden hour, the reminders, late (T5, T6, T8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rules.decide.part import Case
from rules.extract.types import Person
from rules.intents import Notice, Slot
from rules.policy import ThankYouRules
from rules.worktime import plus

__all__ = ["Rung", "Unsent", "ladder_of", "notice_of", "rung_of"]


@dataclass(frozen=True, slots=True)
class Unsent:
    """A note that stands, or will, and has not gone out."""

    person: Person
    end: datetime
    """Of the interview."""
    begins: datetime
    """From when on it may stand: the end, or the end of a pause."""
    slot: Slot

    def late_at(self, rules: ThankYouRules) -> datetime:
        """Return when it is late: the hard limit is over, and so is its slot (a Friday note on Monday)."""
        return max(plus(self.end, timedelta(hours=rules.hard_hours)), self.slot.closes, key=_utc)

    def golden_until(self, rules: ThankYouRules) -> datetime:
        """Return when the golden hour is over."""
        return plus(self.end, timedelta(minutes=rules.golden_minutes))


@dataclass(frozen=True, slots=True)
class Rung:
    """How far up the ladder a note stands: the kind of what is to be told, or '' for nothing, and from when on."""

    at: datetime
    kind: str


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def ladder_of(unsent: Unsent, rules: ThankYouRules) -> tuple[Rung, ...]:
    """Return all rungs by time.

    A reminder from before the slot opens waits for it: who met them on a Friday is left alone until Monday (X2); and so does the
    golden hour, which is over then.
    """
    opens = _utc(max(unsent.slot.opens, unsent.begins, key=_utc))
    late = Rung(_utc(max(unsent.late_at(rules), unsent.begins, key=_utc)), "thank_you_late")
    golden_until = _utc(unsent.golden_until(rules))
    reminders = {max(_utc(plus(unsent.end, timedelta(hours=hours))), opens) for hours in rules.remind_hours}
    rungs = [Rung(at, "thank_you_unsent") for at in sorted(reminders) if _utc(unsent.begins) < at < late.at]
    if opens < golden_until < late.at:
        rungs += [Rung(opens, "golden_hour"), Rung(golden_until, "")]
    return tuple(sorted((*rungs, late), key=lambda rung: (rung.at, rung.kind)))


def rung_of(case: Case, ladder: Sequence[Rung]) -> Rung | None:
    """Return the last rung that was reached, if there is something to tell on it."""
    reached = [rung for rung in ladder if case.reached(rung.at)]
    return reached[-1] if reached and reached[-1].kind else None


def notice_of(case: Case, rung: Rung, together: Sequence[Unsent]) -> Notice:
    """Put into one sentence what holds of all notes of a round that stand on the same rung."""
    rules, first = case.policy.thank_you, together[0]
    names = [unsent.person.name or unsent.person.address for unsent in together]
    whom = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    notes, are, have = ("note", "is", "has") if len(names) == 1 else ("notes", "are", "have")
    if rung.kind == "golden_hour":
        until = case.words(first.golden_until(rules))
        text = f"You are fresh in their minds until {until}: now the thank-you {notes} to {whom} {are} worth most."
    elif rung.kind == "thank_you_unsent":
        best = "it was" if len(names) == 1 else "they were"
        over = rung.at >= _utc(first.slot.closes)
        text = (
            f"The thank-you {notes} to {whom} {have} not been sent; "
            f"{f'{best} best sent' if over else 'best'} by {case.slot_words(first.slot.closes)}."
        )
    else:
        text = f"The thank-you {notes} to {whom} {have} been waiting since {case.words(first.end)}."
    return Notice(rung.kind, text, rung.at)
