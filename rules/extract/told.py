"""Interviews told in text: in a sentence, in a block of particulars (`When: ...`), in an agenda; the old time of what moved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from rules.calendar import named_zone, zone_name
from rules.dates import Moment, days, moments, times
from rules.extract.meeting_words import Words, choices, labels
from rules.phrases.grammar import WORD

__all__ = ["Told", "read_told"]

_USUAL = timedelta(hours=1)
_PAST = timedelta(days=1)
_NUMBERS = (
    r"one|two|three|eine|einer|zwei|drei|une|deux|trois|una|dos|tres|een|twee|drie|uma|duas|tr\u00eas|un'|due|tre|1[.,]5|[1-8]"
)
_DURATION = re.compile(
    r"\b(\d{2,3})[ -]?(?:min\b|mins\b|minut\w{0,3}\b)"
    rf"|\b({_NUMBERS})[ -]?(?:hours?\b|stunden?\b|std\b|heures?\b|horas?\b|uur\b|or[ae]\b|h\b)"
)
_HOURS = {
    "one": 60, "eine": 60, "einer": 60, "une": 60, "una": 60, "een": 60, "uma": 60, "un'": 60,
    "two": 120, "zwei": 120, "deux": 120, "dos": 120, "twee": 120, "duas": 120, "due": 120,
    "three": 180, "drei": 180, "trois": 180, "tres": 180, "drie": 180, "tr\u00eas": 180, "tre": 180,
}  # fmt: skip
_SHORTEST, _LONGEST = 10, 480
_LABEL = re.compile(r"^[^\w\n]{0,6}([^\W\d_][^:\n\d]{0,40}?)\s{0,3}(?::|\s-\s|$)", re.MULTILINE)
_VALUE_LINES = 2
_MOST_DAYS = 6
_BEFORE = 40
_ADDED = 30
_CLAUSE_END = re.compile(r"(?<!\d)[.!?;]\s|[\n(]")  # `27. november` goes on
_ROW_WORDS = 2
_LEADERS = re.compile(r"(?<=\w)[ \t]?\.{4,80}[ \t]?(?=\w)")
"""Dots that lead from a label to its value."""
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_MOST_LINES = 30
_PAIR = 2
_LONGEST_ZONE = 90
_LONGEST_ROW = 200
_FEW_ROWS, _MANY_ROWS = 2, 3
_QUARTER = timedelta(minutes=15)
_DAY = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Told:
    """One interview that a text fixes."""

    start: datetime
    """Aware."""
    end: datetime
    zone: str = ""
    """IANA name of the zone that is written, else empty."""
    was: datetime | None = None
    """The time that it was moved from, where the text says it."""
    end_assumed: bool = False
    """Neither an end nor a length is written."""


class _Split(NamedTuple):
    held: list[Moment]
    old: list[Moment]


def read_told(
    subject: str,
    body: str,
    received: datetime,
    zone: tzinfo,
    *,
    languages: tuple[str, ...] = ("en",),
    order: str | None = None,
    moved: bool = False,
    reader: tzinfo | None = None,
) -> tuple[Told, ...]:
    """Return the interviews that a text fixes, by start; none where it names no time, or several that may be offers.

    `subject` and `body` are folded; `received` is the time of receipt; `zone`, `languages`, `order` as in `rules.dates.moments`.
    What the text calls the old time does not hold, nor a time by which something is to be done; a block of particulars outranks
    what stands around it, and it the subject. The agenda of one day is one interview, from first start to last end; several days
    with a line and an end each are several. Of times of which only one stands beside its day that one is meant. `reader` is the
    zone of who reads (`3 pm your time`). `moved`: the mail is about a change; of two times the later told is the new one.
    """
    text = _LEADERS.sub(": ", f"{subject}\n{body}")
    today = received.astimezone(zone).date()
    found = [item for item in moments(text, today, zone, languages, order, reader=reader) if item.start > received - _PAST]
    if (again := _same_time(text, found, today, languages, order)) is not None:
        return (again,)
    split = _without_old(text, found, languages, moved=moved)
    held = [item for item in split.held if not _is_deadline(text, item, languages)] or split.held
    start_of_body = len(subject) + 1
    blocks = _blocks(text, languages)
    in_block = [item for item in held if any(start <= item.position < end for start, end in blocks)]
    in_body = [item for item in held if item.position >= start_of_body]
    length = _duration(text)
    if not found and (moment := _agenda_elsewhere(text, today, zone, languages, order)) is not None:
        return (Told(moment.start, moment.end or moment.start + _USUAL, moment.zone),)
    for chosen in (in_block, in_body, held):
        if not chosen:
            continue
        moment = _one_moment(chosen) or _rows_of_a_day(text, chosen, languages) or _beside_its_day(text, chosen, languages)
        if moment is None:
            return _several_days(text, chosen, languages)
        moment = _zone_below(text, moment)
        was = _one_moment([item for item in split.old if item.start != moment.start])
        end = moment.end or moment.start + (length or _USUAL)
        return (Told(moment.start, end, moment.zone, was.start if was else None, moment.end is None and length is None),)
    return ()


def _beside_its_day(text: str, found: Sequence[Moment], languages: tuple[str, ...]) -> Moment | None:
    """Return the one time that stands beside its day, where the others are told without any and nothing is to be chosen.

    `Tuesday, 9 June, 1.45 pm ... please be there at 1.20 already`: what comes along the way is no appointment.
    """
    beside = [item for item in found if item.beside]
    if not beside or len(beside) == len(found):
        return None
    return _one_moment(beside) if _is_agenda(text, sorted(found, key=lambda item: item.position), languages) else None


def _same_time(text: str, found: Sequence[Moment], today: date, languages: tuple[str, ...], order: str | None) -> Told | None:
    """Return the interview that moves to another day `at the same time`: the day beside these words, the only time told."""
    words = Words(text, languages).find("same", "words")
    if words is None or len({item.start for item in found}) != 1:
        return None
    first, last = _sentence(text, words.start(), words.end())
    old = found[0]
    if words.start() < old.position <= max(last, words.end() + _ADDED):
        return None  # `the same time (2 pm) on Wednesday`
    named = [item for item in days(text, today, languages, order) if first <= item.start < last]
    before = [item.day for item in named if item.end <= words.start()]
    new = before[-1] if before else next((item.day for item in named), None)
    if new is None or new == old.start.date() or new < today:
        return None
    start = old.start.replace(year=new.year, month=new.month, day=new.day)
    length = old.end - old.start if old.end is not None else _USUAL
    return Told(start, start + length, old.zone, old.start, old.end is None)


def _sentence(text: str, first: int, last: int) -> tuple[int, int]:
    """Return where the sentence begins and ends in which something stands."""
    begins = [match.end() for match in _CLAUSE_END.finditer(text, max(0, first - _LONGEST_ROW), first)]
    ends = _CLAUSE_END.search(text, last, last + _LONGEST_ROW)
    return begins[-1] if begins else max(0, first - _LONGEST_ROW), ends.start() if ends else min(len(text), last + _LONGEST_ROW)


def _is_deadline(text: str, moment: Moment, languages: tuple[str, ...]) -> bool:
    """Say whether a time is one by which something is to be done or over: a word such as `by` stands closely before it."""
    before = text[max(0, moment.position - _BEFORE) : moment.position]
    clause = _CLAUSE_END.split(before)[-1]
    return bool(clause) and Words(clause, languages).find("deadline", "words") is not None


def _rows_of_a_day(text: str, found: Sequence[Moment], languages: tuple[str, ...]) -> Moment | None:
    """Return the day of an agenda whose rows name a time and somebody or something, from its first start to the last end.

    A last row without an end is taken to be as long as the one before it. Two rows need lines of their own; three may stand in
    one, and outweigh a single time of another day. None where the rows may be times to choose from.
    """
    by_day: dict[date, list[Moment]] = {}
    for item in sorted(found, key=lambda item: item.position):
        by_day.setdefault(item.start.astimezone(found[0].start.tzinfo).date(), []).append(item)
    rows = max(by_day.values(), key=len)
    needed = _FEW_ROWS if len(by_day) == 1 else _MANY_ROWS
    if len(rows) < needed or any(len(other) > 1 for other in by_day.values() if other is not rows):
        return None
    starts = [row.start.astimezone(UTC) for row in rows]
    if starts != sorted(set(starts)) or starts[-1] - starts[0] > _DAY or not _are_rows(text, rows, languages):
        return None
    last = rows[-1]
    end = last.end or last.start + min(max(starts[-1] - starts[-2], _QUARTER), _USUAL)
    return Moment(rows[0].start, max([end, *(row.end for row in rows if row.end)]), rows[0].zone, rows[0].position)


def _are_rows(text: str, rows: Sequence[Moment], languages: tuple[str, ...]) -> bool:
    """Say whether words, but none of a choice, stand between the times, in a line each or closely one after the other."""
    lines = [_line(text, row) for row in rows]
    if len({line for line, _ in lines}) == len(rows):
        told = [rest for _, rest in lines]
    elif len(rows) >= _MANY_ROWS:
        told = [text[one.finish : other.position] for one, other in pairwise(rows)]
    else:
        return False
    return all(len(_LETTERS.findall(rest)) >= _ROW_WORDS and len(rest) <= _LONGEST_ROW for rest in told) and _is_agenda(
        text, rows, languages
    )


def _line(text: str, row: Moment) -> tuple[int, str]:
    """Return (where the line begins that a time stands in, the words of it without the time)."""
    start = text.rfind("\n", 0, row.position) + 1
    end = text.find("\n", row.position)
    return start, text[start : row.position] + text[max(row.finish, row.position) : end if end >= 0 else len(text)]


def _is_agenda(text: str, rows: Sequence[Moment], languages: tuple[str, ...]) -> bool:
    """Say whether no word of a choice stands between the rows or beside them."""
    end = text.find("\n", rows[-1].position)
    between = text[text.rfind("\n", 0, rows[0].position) + 1 : end if end >= 0 else len(text)]
    return choices(languages).isdisjoint(WORD.findall(between))


def _agenda_elsewhere(text: str, today: date, zone: tzinfo, languages: tuple[str, ...], order: str | None) -> Moment | None:
    """Return the day of an agenda that stands far below the one day that is named before it."""
    clocks = times(text, languages)
    if len(clocks) < _FEW_ROWS:
        return None
    named = [item for item in days(text, today, languages, order) if item.end <= clocks[0].start]
    if len({item.day for item in named}) != 1 or named[0].day < today:
        return None
    lines = text[text.rfind("\n", 0, clocks[0].start) + 1 :].split("\n")
    joined = "\n".join(f"{named[0].day} {line}" for line in lines[:_MOST_LINES] if line)
    found = moments(joined, today, zone, languages, order)
    return _rows_of_a_day(joined, found, languages) if found else None


def _several_days(text: str, found: Sequence[Moment], languages: tuple[str, ...]) -> tuple[Told, ...]:
    """Return the interviews of several days: each day on lines of its own, each time with its end, and no word of a choice."""
    ordered = sorted(found, key=lambda item: item.position)
    lines = {_line(text, item)[0] for item in ordered}
    if len(lines) < len(ordered) or any(item.end is None for item in found) or not _is_agenda(text, ordered, languages):
        return ()
    if Words(text, languages).find("booking", "words"):
        return ()
    by_day: dict[date, list[Moment]] = {}
    for item in found:
        by_day.setdefault(item.start.astimezone(found[0].start.tzinfo).date(), []).append(item)
    agendas = [moment for items in by_day.values() if (moment := _one_moment(items)) is not None and moment.end is not None]
    told = [Told(moment.start, moment.end or moment.start, moment.zone) for moment in agendas]
    return tuple(sorted(told, key=lambda item: item.start.astimezone(UTC))) if len(told) == len(by_day) <= _MOST_DAYS else ()


def _without_old(text: str, found: Sequence[Moment], languages: tuple[str, ...], *, moved: bool) -> _Split:
    """Tell the times that hold from those that are called old; if none would be left, all hold."""
    old = [item for item in found if item.old or _under_old_label(text, item, languages)]
    held = [item for item in found if item not in old]
    if moved and not old and len({item.start for item in held}) == _PAIR and _is_agenda(text, held, languages):
        ordered = sorted(held, key=lambda item: item.position)
        new = ordered[-1].start
        old, held = [item for item in held if item.start != new], [item for item in held if item.start == new]
    return _Split(held, old) if held else _Split(list(found), [])


def _under_old_label(text: str, moment: Moment, languages: tuple[str, ...]) -> bool:
    """Say whether the line of a time, or the one above it, begins with a label such as `Former:`."""
    start = text.rfind("\n", 0, moment.position) + 1
    above = text.rfind("\n", 0, max(0, start - 1)) + 1
    for match in _LABEL.finditer(text, above, moment.position):
        alone = not text[match.end() : start].strip(" \n*_-")
        if match[1].strip("*_ ?") in labels("old", languages) and (match.start() >= start or alone):
            return True
    return False


def _zone_below(text: str, moment: Moment) -> Moment:
    """Return a moment in the zone that the next line names, if that is all it holds: `(UTC-08:00) Pacific Time (US & Canada)`."""
    end = text.find("\n", moment.position)
    line = text[end + 1 : end + _LONGEST_ZONE].partition("\n")[0].strip(" .*_") if end >= 0 else ""
    zone = named_zone(line) if line and not moment.zone and "(" in line else None
    if zone is None:
        return moment
    until = moment.end.replace(tzinfo=zone) if moment.end is not None else None
    return replace(moment, start=moment.start.replace(tzinfo=zone), end=until, zone=zone_name(line).replace("UTC", ""))


def _blocks(text: str, languages: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where the values of labels such as `When:` stand: the rest of the line, else the lines that follow it."""
    known = labels("when", languages)
    found: list[tuple[int, int]] = []
    for match in _LABEL.finditer(text):
        if match[1].strip("*_ ?") not in known:
            continue
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        if not text[match.end() : end].strip(" *_-"):
            for _ in range(_VALUE_LINES):
                following = text.find("\n", end + 1)
                end = len(text) if following < 0 else following
        found.append((match.start(), end))
    # `Date:` and `Time:` on neighbouring lines are one block.
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _one_moment(found: Iterable[Moment]) -> Moment | None:
    """Return the one time stated; of a day's agenda, from its first start to its last end."""
    ordered = sorted(found, key=lambda moment: moment.start.astimezone(UTC))
    if not ordered:
        return None
    first = ordered[0]
    if len({moment.start.astimezone(UTC) for moment in ordered}) == 1:
        return max(ordered, key=lambda moment: (moment.end is not None, bool(moment.zone)))
    same_day = all(_day(moment, first) == first.start.date() for moment in ordered)
    ends = [moment.end for moment in ordered if moment.end is not None]
    return Moment(first.start, max(ends), first.zone, first.position) if same_day and len(ends) == len(ordered) else None


def _day(moment: Moment, first: Moment) -> date:
    return moment.start.astimezone(first.start.tzinfo).date()


def _duration(text: str) -> timedelta | None:
    match = _DURATION.search(text)
    if match is None:
        return None
    minutes = int(match[1]) if match[1] else _HOURS.get(match[2], 0) or round(60 * float(match[2].replace(",", ".")))
    return timedelta(minutes=minutes) if _SHORTEST <= minutes <= _LONGEST else None
