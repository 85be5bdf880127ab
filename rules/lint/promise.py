"""Whether a follow-up recalls the date they gave, and the right one (F11)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from rules.drafts.types import DraftKind
from rules.extract.types import PromiseClass
from rules.lint.context import Context
from rules.lint.types import Finding, Severity
from rules.lint.written import Written

__all__ = ["check_promise"]

_DATED = frozenset({PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE, PromiseClass.AWAY_UNTIL})
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def _words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _named(text: str, today: date) -> list[tuple[date, bool]]:
    """Return the days that a text names as seen from `today`, and whether by a weekday or their distance alone."""
    from rules.dates import days  # noqa: PLC0415 - its word lists are read for drafts that have a date only
    from rules.phrases.grammar import fold  # noqa: PLC0415

    return [(found.day, found.bare) for found in days(fold(text), today)]


def check_promise(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a follow-up that passes over the date they gave, or names another day in its place."""
    promise = context.promise
    if context.kind is not DraftKind.STATUS or promise is None or promise.date is None or promise.kind not in _DATED:
        return
    promised, body = promise.date, written.body
    named = [found for today in {context.day or promised, promised, promise.made_on} for found in _named(body, today)]
    if promised in {day for day, _ in named}:
        return
    folded = body.casefold()
    others = sorted({day for day, bare in named if not bare and promise.made_on < day and abs((day - promised).days) <= _NEAR})
    ordinal = f"the {promised.day}{_ORDINALS.get(promised.day, 'th')}"
    if not others and (ordinal in folded or _WEEKDAYS[promised.weekday()] in folded):
        return
    instead = f"; it names {_words(others[0])}" if others else ""
    yield Finding(
        "promise.wrong" if others else "promise.missing",
        Severity.BLOCK,
        f"It does not mention {_words(promised)}, the date they gave{instead}.",
        f"Recall it without reproach: `I had noted {_words(promised)} as the date you had in mind.`",
        words=promise.sentence,
        rules=("F11",),
    )


_NEAR = 45
"""Days between two dates that may be taken for each other."""
