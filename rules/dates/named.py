"""Days: written, numeric, relative and by their weekday. What can be read in two ways is left out and told apart.

A day without a year is the nearest one not two months past, a bare weekday the next one to come, `next Tuesday` the one of the
following calendar week. The grammar is over classes of words (`lexicon`), the same for all languages. All patterns are linear:
nothing in them repeats without a bound.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from rules.dates.day_grammar import DAYS, TAGS
from rules.dates.lexer import Lexed, lex
from rules.dates.reckoning import dated, day_of_month, next_fitting, week_of_year, weekday_after
from rules.dates.types import MAX_FOUND, Ambiguous, Day
from rules.language import ENGLISH

__all__ = ["ambiguous_days", "days", "named_days", "order_of"]

_Reading = tuple[date | None, int, int]
_NEAR_YEARS = 2
_LARGEST_DAY, _LARGEST_MONTH = 31, 12

_BOTH_NUMBERS: Final = re.compile(r"(?<![nyjz$./-])(n)([/-])(n)\2[yn](?![nyj/-])")
_ALWAYS: Final = (24, 7)
"""`Open 24/7, 10:00` names no day."""
_RANGE: Final = re.compile(r" k n")
_SOON: Final = timedelta(days=40)
_AMERICAN: Final = frozenset({"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"})
_BEHIND_WORDS: Final = frozenset({"n7", "n10"})
"""Days that words before them make days; the words do not belong to them."""


def days(text: str, today: date, languages: tuple[str, ...] = (ENGLISH,), order: str | None = None) -> list[Day]:
    """Return the days named in folded text (`rules.phrases.grammar.fold`), seen from `today`, in reading order.

    `languages` are those of the text (`Text.languages`), the likeliest first; `order` is the order of day and month in numeric
    dates, `dmy` or `mdy`, None where only the text tells it. A text that writes one date that can only be read in one order is
    believed before `order`.
    """
    lexed = lex(text, languages)
    return [day for day, _ in named_days(lexed, today, order_of(lexed, languages, order))]


def named_days(lexed: Lexed, today: date, order: str | None) -> list[tuple[Day, tuple[int, int]]]:
    """Return the days of a lexed text, each with the places of its tokens (first, behind the last)."""
    found: list[tuple[Day, tuple[int, int]]] = []
    for match in DAYS.finditer(lexed.classes):
        tag = next(tag for tag in TAGS if match[tag] is not None)
        readings = _READERS[tag](lexed, match, today, order)
        bare = tag == "rel8" or (tag == "w9" and match["n9"] is None)
        for day, first, last in readings:
            if bare and day is not None and _repeats(lexed, found, day, first):
                continue
            if day is not None:
                begin = match.start(tag) if tag in _BEHIND_WORDS else first
                found.append((Day(day, lexed.starts[begin], lexed.starts[last], bare), (begin, last)))
        if len(found) >= MAX_FOUND:
            break
    return found[:MAX_FOUND]


def _repeats(lexed: Lexed, found: list[tuple[Day, tuple[int, int]]], day: date, place: int) -> bool:
    """Say whether a weekday only repeats the day right before it: `tomorrow (Tuesday)`."""
    if not found or lexed.classes[found[-1][1][1] : place] not in {" ", " (", ", ", "("}:
        return False
    return found[-1][0].day.weekday() == day.weekday()


def ambiguous_days(text: str, today: date, languages: tuple[str, ...] = (ENGLISH,), order: str | None = None) -> list[Ambiguous]:
    """Return the dates in folded text that `days` leaves out because they can be read in two ways; arguments as there."""
    if order is not None or languages[:1] not in {(), (ENGLISH,)}:
        return []  # what tells their order
    lexed = lex(text, languages)
    if order_of(lexed, languages, order) is not None:
        return []
    found: list[Ambiguous] = []
    for match in DAYS.finditer(lexed.classes):
        tag = next(tag for tag in TAGS if match[tag] is not None)
        if tag not in {"n5", "n6", "n7", "n12"} or len(found) >= MAX_FOUND:
            continue
        readings = {day for one in ("dmy", "mdy") for day, _, _ in _numeric(lexed, match, today, one)} - {None}
        if len(readings) > 1:
            first, last = lexed.starts[match.start()], lexed.starts[match.end()]
            number = lexed.starts[match.start(tag)]
            written = text[number if tag == "n7" else first : last]
            both = tuple(sorted(reading for reading in readings if reading is not None))
            found.append(Ambiguous(written.strip(), both, number if tag == "n7" else first, last))
    return found


def order_of(lexed: Lexed, languages: tuple[str, ...], order: str | None) -> str | None:
    """Return the order of day and month: that of dates in the text with one reading, else `order`, else the language's."""
    told = set()
    numeric = _BOTH_NUMBERS.finditer(lexed.classes) if "/n" in lexed.classes or "-n" in lexed.classes else ()
    for match in numeric:
        first, second = lexed.number(match.start(1)), lexed.number(match.start(3))
        if first > _LARGEST_MONTH >= second >= 1:
            told.add("dmy")
        elif second > _LARGEST_MONTH >= first >= 1:
            told.add("mdy")
    if len(told) == 1:
        return told.pop()
    if languages[:1] in {(), (ENGLISH,)} and "/n" in lexed.classes and "A" in lexed.classes and _is_american(lexed):
        return "mdy"
    if order is not None:
        return order
    return None if languages[:1] in {(), (ENGLISH,)} else "dmy"


def _is_american(lexed: Lexed) -> bool:
    """Say whether a text names a zone of the United States, where the 12-hour clock goes with the month first."""
    places = (place for place, kind in enumerate(lexed.classes) if kind == "Q")
    return any(not _AMERICAN.isdisjoint(lexed.value(place, "Q") or ()) for place in places)


def _weekday_at(lexed: Lexed, match: re.Match[str], group: str) -> int:
    """Return the weekday of a group; -1 where there is none, or where the word is more likely another one."""
    if match[group] is None:
        return -1
    place = match.start(group)
    if lexed.classes[place] == "d" and lexed.classes[place + 1 : place + 2] not in {".", ","}:
        return -1
    value = lexed.value(place, "W")
    return -1 if value is None else int(value)


def _written(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    """Read a day beside the name of its month; a weekday that contradicts makes it unreadable."""
    tag = next(tag for tag in ("1", "2", "3") if match[f"n{tag}"] is not None)
    place, month_place = match.start(f"n{tag}"), match.start(f"m{tag}")
    weekday = _weekday_at(lexed, match, f"w{tag}")
    year = _year(lexed, match, "s2" if tag == "2" and match["s2"] is not None else f"y{tag}", today)
    between = lexed.classes[min(place, month_place) + 1 : max(place, month_place)].strip(" o")
    kind = lexed.classes[month_place]
    # `ago` and `set` are months beside other signs of a date only; `mar 3` is a Tuesday in French.
    doubtful = (kind == "m" and not (year or weekday >= 0 or between)) or (
        tag == "3" and kind == "X" and order == "dmy" and not year
    )
    if doubtful or year < 0:
        return []
    month = lexed.value(month_place, "M")
    first = _tried(dated, today, year, month, lexed.number(place), weekday)
    if tag == "2" or match[f"e{tag}"] is None:
        return [(first, match.start(), match.end())]
    end = match.start(f"e{tag}")
    second = _tried(dated, today, year, month, lexed.number(end), -1)
    if lexed.number(place) >= lexed.number(end):
        return [(second, end, match.end())]  # `at 10 or on 3 March`
    return [(first, match.start(), end), (second, end, match.end())] if first is not None or weekday < 0 else []


def _tried(read: Callable[..., date | None], *arguments: object) -> date | None:
    try:
        return read(*arguments)
    except (ValueError, OverflowError):
        return None


def _year(lexed: Lexed, match: re.Match[str], group: str, today: date) -> int:
    """Return the year of a group, 0 where there is none; two digits are a year near to today's."""
    if match[group] is None:
        return 0
    year = lexed.number(match.start(group))
    if year >= 100:  # noqa: PLR2004 -- four digits
        return year
    year += 2000
    return year if abs(year - today.year) <= _NEAR_YEARS else -1


def _iso(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    del today, order
    year, month, day = (lexed.number(match.start(group)) for group in ("y4", "m4", "n4"))
    return [(_tried(date, year, month, day), match.start(), match.end())]


def _numeric(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    """Read a numeric date: dots are day first; else the weekday, a number over 12, the order decide. Else there is none."""
    tag = next(tag for tag in ("5", "6", "7", "12") if match[f"n{tag}"] is not None)
    first, second = lexed.number(match.start(f"n{tag}")), lexed.number(match.start(f"m{tag}"))
    if tag == "12" and (first, second) == _ALWAYS:
        return []
    sign = match[f"s{tag}"]
    year = _year(lexed, match, "y5", today) if tag == "5" else 0
    weekday = _weekday_at(lexed, match, f"w{tag}") if tag in {"5", "6"} else -1
    if weekday < 0 and tag in {"5", "7"}:
        weekday = _weekday_at(lexed, match, f"v{tag}")
    if tag == "6" and sign == "." and weekday >= 0 and not _may_be_date(first, second, dotted=_dotted(lexed, match, tag, order)):
        return [(weekday_after(today, weekday), match.start(), match.start("w6") + 1)]  # `Friday, 10.30`
    if year < 0 or (sign == "." and tag != "5" and not _dotted(lexed, match, tag, order)):
        return []
    if tag == "7" and sign == "-" and (order != "dmy" or lexed.classes[match.start()] in "-b"):
        return []
    readings = {"dmy": _tried(dated, today, year, second, first, weekday)}
    if sign != ".":
        readings["mdy"] = _tried(dated, today, year, first, second, weekday)
    possible = {day for day in readings.values() if day is not None}
    if len(possible) > 1 and order is not None:
        possible = {day for day in (readings.get(order),) if day is not None}
    return [(possible.pop() if len(possible) == 1 else None, match.start(), match.end())]


def _may_be_date(day: int, month: int, *, dotted: bool) -> bool:
    return dotted and 1 <= day <= _LARGEST_DAY and 1 <= month <= _LARGEST_MONTH


def _dotted(lexed: Lexed, match: re.Match[str], tag: str, order: str | None) -> bool:
    """Say whether two numbers with a dot are a date, not a time or a version: `03.03.` or `Di 3.3`."""
    if order != "dmy":
        return False
    ended = lexed.classes[match.start(f"m{tag}") + 1 : match.start(f"m{tag}") + 2] == "."
    before = lexed.classes[match.start()]
    return ended if tag == "7" and before in "k-b" else ended or tag == "6" or match.end() == len(lexed.classes) or before in "fg"


def _relative(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    del order
    day = today + timedelta(days=int(lexed.value(match.start("rel8"), "T") or 0), weeks=_weeks_later(lexed, match, "8"))
    return [(day, match.start(), match.end())]


def _weeks_later(lexed: Lexed, match: re.Match[str], tag: str) -> int:
    """Return how many weeks after it a day is meant: `Thursday week`, `jeudi en quinze`."""
    said = next((match.start(f"{group}{tag}") for group in ("p", "x") if match[f"{group}{tag}"] is not None), None)
    if said is not None:
        return int(lexed.value(said, "s") or 0)
    return 1 if match[f"g{tag}"] is not None and lexed.value(match.start(f"g{tag}") + 1) == "week" else 0


def _weekday(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    weekday = lexed.value(match.start("w9"), "W")
    which = {match["q9"], match["r9"]}
    weeks = next((int(lexed.value(match.start(group), "K") or 0) for group in ("k9", "l9") if match[group] is not None), None)
    numbered = next((lexed.number(match.start(group)) for group in ("s9", "z9") if match[group] is not None), 0)
    alone = weeks is None and not numbered and match["n9"] is None and not which & {"C", "Y"}
    if weekday is None or "l" in which or (match["w9"] == "X" and alone):
        return []  # `last Tuesday`; `mar` by itself
    day: date | None = weekday_after(today, int(weekday), 1 if weeks is None and "N" in which else weeks)
    if day is not None and (later := _weeks_later(lexed, match, "9")):
        return [(day + timedelta(weeks=later), match.start(), match.start("b9"))]
    last = match.start("b9")
    if numbered:
        monday = week_of_year(today, numbered)
        day = None if monday is None else monday + timedelta(days=int(weekday))
    elif match["n9"] is not None and (order == "dmy" or match["o9"] == "o" or match["f9"] is not None):
        number = lexed.number(match.start("n9"))
        last = match.end()
        if day is not None and day.day != number:
            day = next_fitting(today, int(weekday), number)
        ranged = match["o9"] != "o" and _RANGE.match(lexed.classes, last) is not None
        if ranged and (match["f9"] is not None or day is None or day - today > _SOON):
            return [(weekday_after(today, int(weekday), weeks), match.start(), match.start("b9"))]  # `jeudi 10 à 11 h`
    return [(day, match.start(), last)]


def _numbered(lexed: Lexed, match: re.Match[str], today: date, order: str | None) -> list[_Reading]:
    group = "n10" if match["n10"] is not None else "n11"
    del order
    if (
        group == "n10"
        and match["o10"] is None
        and not any(lexed.value(place, "f") for place in range(match.start(), match.start(group)))
    ):
        return []  # `de 10 a 11`
    return [(day_of_month(today, lexed.number(match.start(group))), match.start(), match.end())]


_READERS: Final[dict[str, Callable[[Lexed, re.Match[str], date, str | None], list[_Reading]]]] = {
    "n1": _written,
    "n2": _written,
    "n3": _written,
    "n4": _iso,
    "n5": _numeric,
    "n6": _numeric,
    "n7": _numeric,
    "n12": _numeric,
    "rel8": _relative,
    "w9": _weekday,
    "n10": _numbered,
    "n11": _numbered,
}
