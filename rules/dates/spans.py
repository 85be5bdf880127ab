"""Parts of the calendar: the end of next week, early March, calendar week 12."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from rules.dates.lexer import Lexed, lex
from rules.dates.reckoning import end_of_month, end_of_week, week_of_year
from rules.dates.types import MAX_FOUND, Period
from rules.language import ENGLISH

__all__ = ["periods"]

_PATTERN: Final = re.compile(
    r"(?<![nyjz$])(?=[EBINCYlPiKSH123])(?:"
    r"(?:(?P<part1>[EBI])(?: |-)(?:[fkdt] ){0,3})?"
    r"(?:(?P<k1>K)|(?P<s1>S)\.? ?(?P<n1>n)(?![nyj:])|(?:(?P<q1>[NCYl]) )?(?P<unit1>[PiS])(?: (?P<r1>[NCYl]))?)"
    r"|(?P<part2>[EBIH])(?: |-|)(?:[fkd] ){0,2}(?P<m2>[MmX])(?! ?[ny])"
    r"|(?:(?P<w3>[CNY]) )?(?P<unit3>[PS]) (?P<part3>E)"
    r"|(?P<short>[123])"
    r")(?![nyjz])"
)
_PARTS: Final = {"E": "end", "H": "mid", "B": "begin", "I": "mid", "": "whole"}
_FIRST_TEN = 10
_TWENTY = 20
_DECEMBER = 12


def periods(text: str, today: date, languages: tuple[str, ...] = (ENGLISH,)) -> list[Period]:
    """Return the parts of the calendar named in folded text, seen from `today`, in reading order; `languages` as in `days`.

    Only periods with a part, a `next` or `this`, or a number are told: `week` by itself is none.
    """
    lexed = lex(text, languages)
    found: list[Period] = []
    for match in _PATTERN.finditer(lexed.classes):
        period = _period(lexed, match, today)
        if period is not None:
            found.append(period)
            if len(found) >= MAX_FOUND:
                break
    return found


def _period(lexed: Lexed, match: re.Match[str], today: date) -> Period | None:
    part = _PARTS[match["part1"] or match["part2"] or match["part3"] or ("E" if match["short"] else "")]
    found = _bounds(lexed, match, today, part)
    if found is None:
        return None
    first, last, unit = found
    return Period(first, last, part, unit, lexed.starts[match.start()], lexed.starts[match.end()])


def _bounds(lexed: Lexed, match: re.Match[str], today: date, part: str) -> tuple[date, date, str] | None:
    """Return the first and the last day of what is named, and its unit; None for what names nothing."""
    if match["m2"] is not None:
        month = int(lexed.value(match.start("m2"), "M"))
        return *_month(today, (month - today.month) % _DECEMBER, part), "month"
    if match["s1"] is not None:
        monday = week_of_year(today, lexed.number(match.start("n1")))
        return None if monday is None else (*_week(monday, part), "week")
    if match["k1"] is not None:
        return *_week(_monday(today, int(lexed.value(match.start("k1"), "K"))), part), "week"
    group = next(group for group in ("unit1", "unit3", "short") if match[group] is not None)
    unit = {"i": "day", "S": "week"}.get(match[group]) or str(lexed.value(match.start(group)))
    which = {match["q1"], match["r1"], match["w3"]} - {None}
    if "l" in which or (part == "whole" and not which) or (unit == "day" and part != "end"):
        return None
    return *_unit(today, unit, 1 if which & {"N", "Y"} else 0, part), unit


def _unit(today: date, unit: str, later: int, part: str) -> tuple[date, date]:
    """Return the bounds of this day, week, month or year, or of a later one."""
    if unit == "day":
        return today, today
    if unit == "week":
        return _week(_monday(today, later), part)
    if unit == "month":
        return _month(today, later, part)
    return date(today.year + later, 1, 1), date(today.year + later, _DECEMBER, 31)


def _monday(today: date, weeks: int) -> date:
    friday = end_of_week(today, weeks)
    return friday - timedelta(days=friday.weekday())


def _week(monday: date, part: str) -> tuple[date, date]:
    friday = monday + timedelta(days=4)
    if part == "begin":
        return monday, monday + timedelta(days=1)
    if part == "mid":
        return monday + timedelta(days=1), monday + timedelta(days=3)
    return (friday - timedelta(days=1) if part == "end" else monday), friday


def _month(today: date, months: int, part: str) -> tuple[date, date]:
    last = end_of_month(today, months)
    first = last.replace(day=1)
    if part == "begin":
        return first, first.replace(day=_FIRST_TEN)
    if part == "mid":
        return first.replace(day=_FIRST_TEN + 1), first.replace(day=_TWENTY)
    return (last - timedelta(days=7) if part == "end" else first), last
