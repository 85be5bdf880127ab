"""Whether a follow-up recalls the date they gave, and the right one (F11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from rules.drafts.types import DraftKind
from rules.extract.types import PromiseClass
from rules.lint.context import Context
from rules.lint.phrases import plain
from rules.lint.types import Finding, Severity
from rules.lint.written import Written

__all__ = ["check_promise"]

_DATED = frozenset({PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE, PromiseClass.AWAY_UNTIL})
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONES = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TENS = ("", "", "twenty", "thirty")
_LAST_ALONE = 20
_OF_ROUNDS = 4
"""`The second` is said of interviews, too."""
_ALONE = {
    10: "tenth", 11: "eleventh", 12: "twelfth", 13: "thirteenth", 14: "fourteenth", 15: "fifteenth", 16: "sixteenth",
    17: "seventeenth", 18: "eighteenth", 19: "nineteenth", 20: "twentieth", 30: "thirtieth",
}  # fmt: skip
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def _words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _named(text: str, today: date) -> list[tuple[date, bool]]:
    """Return the days that a text names as seen from `today`, and whether by a weekday or their distance alone."""
    from rules.dates import days  # noqa: PLC0415 - its word lists are read for drafts that have a date only
    from rules.phrases.grammar import fold  # noqa: PLC0415

    return [(found.day, found.bare) for found in days(fold(text), today)]


def _mismatched(folded: str, promised: date) -> bool:
    """Say whether their weekday stands beside another date (`Friday, 12 July`)."""
    beside = re.compile(
        rf"\b{_WEEKDAYS[promised.weekday()]},? (?:the )?(\d{{1,2}}(?:st|nd|rd|th)?(?: of)? [a-z]{{3,9}}|[a-z]{{3,9}} \d{{1,2}}\b)"
    )
    dates = [[day for day, bare in _named(found[1], promised) if not bare] for found in beside.finditer(folded)]
    return any(days and promised not in days for days in dates)


def _spelled_out(folded: str, context: Context) -> bool:
    """Say whether their date stands there in figures of either order, in words, or as the end of the week or month it ended."""
    promised = context.promise.date if context.promise is not None else None
    if promised is None:
        return False
    day, month = promised.day, promised.month
    for one, other in ((day, month), (month, day)):
        if re.search(rf"(?<![\d./])0?{one} ?[./] ?0?{other}\b(?!\d)", folded):
            return True
    name = _MONTHS[month - 1].casefold()
    ordinal = f"{_TENS[day // 10]} {_ONES[day % 10]}".strip()
    ordinal = ordinal if day > _LAST_ALONE and day % 10 else _ALONE.get(day, ordinal)
    alone = rf"|\bthe {ordinal}\b" if day > _OF_ROUNDS else ""
    if re.search(rf"\b{ordinal}\b(?: of)? {name}|\b{name} (?:the )?{ordinal}\b{alone}", folded):
        return True
    last_of_month = (promised + timedelta(days=3)).month != month
    if last_of_month and re.search(rf"\bend of (?:{name}|last month|the month)\b", folded):
        return True
    today = context.day or promised
    ended = timedelta() < promised - _monday(promised) >= timedelta(days=3)
    return ended and _monday(today) - _monday(promised) == timedelta(days=7) and "end of last week" in folded


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def check_promise(written: Written, context: Context) -> Iterator[Finding]:
    """Tell a follow-up that passes over the date they gave, or names another day in its place."""
    promise = context.promise
    if context.kind is not DraftKind.STATUS or promise is None or promise.date is None or promise.kind not in _DATED:
        return
    promised, body = promise.date, written.body
    named = [found for today in {context.day or promised, promised, promise.made_on} for found in _named(body, today)]
    folded = plain(body)
    mismatched = _mismatched(folded, promised)
    if (promised, False) in named or (promised in {day for day, _ in named} and not mismatched) or _spelled_out(folded, context):
        return
    others = sorted({day for day, bare in named if not bare and promise.made_on < day and abs((day - promised).days) <= _NEAR})
    ordinal = f"the {promised.day}{_ORDINALS.get(promised.day, 'th')}"
    if not mismatched and (_WEEKDAYS[promised.weekday()] in folded or (not others and ordinal in folded)):
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
