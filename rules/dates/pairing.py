"""Moments: each time of day with the day it belongs to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple

from rules.dates.clocks import clocks_of
from rules.dates.lexer import Lexed, lex
from rules.dates.lexicon import doubtful_zones
from rules.dates.moved import old_places
from rules.dates.named import ambiguous_days, named_days, order_of
from rules.dates.retold import retold
from rules.dates.types import Ambiguous, Clock, Day, Moment
from rules.dates.zones import READER, Zone, believed, read_zone, stated_zone, zone_of
from rules.language import ENGLISH

__all__ = ["ambiguous_moments", "moments"]

_BEFORE = 200
_AFTER = 60
_AGENDA = 600
_SENTENCES = 4
"""So many sentences or lines on, `tomorrow` and `Tuesday` still hold for a time."""
_LONGEST = timedelta(hours=12)
_SEGMENT: Final = re.compile(r"\n|[.!;] (?![a-z]\b)")
_BREAK: Final = re.compile(r"\n|[.!] ")
_ONWARD: Final = re.compile(r",? (?:[fkgd] ){0,2}")
"""Between a time and the day behind it: `at ten on Tuesday`."""
_ADJACENT = 3
_TOGETHER = 8
_ONE_STOP = frozenset({". ", "\n", ".\n", ",\n"})
_JOINING: Final = re.compile(r"[ ,;]*(?:-|t|k|G|\n? ?[eE](?: [kz])? ?[:=|]?)(?: [fkG])?[ \n]*")
_Place = tuple[int, int]


class _Pair(NamedTuple):
    """A time and its day, with the places of their tokens."""

    clock: Clock
    day: Day
    first: int
    last: int
    at: int
    """Where the time begins."""
    day_end: int
    old: bool
    beside: bool = False
    """The day stands right beside the time, or with a word or two between them."""


def moments(
    text: str,
    today: date,
    zone: tzinfo,
    languages: tuple[str, ...] = (ENGLISH,),
    order: str | None = None,
    *,
    reader: tzinfo | None = None,
) -> list[Moment]:
    """Return each time of day in folded text with the day it belongs to, in `zone` unless one is written, in reading order.

    A time belongs to a day of its own sentence or line: to the one before it, or to the one behind where times come first; else
    to the nearest day told before, else to one that follows closely. A zone that is written once, or behind a label, holds for
    times without one. Of a moment that is told in two zones the first stands. What is replaced by another is marked `old`. A time
    whose zone stays in doubt is left out (`ambiguous_moments`). `reader` is the zone of `3 pm your time`. `languages` and `order`
    as in `days`.
    """
    return _read(text, today, zone, languages, order, reader=reader)[0]


def ambiguous_moments(
    text: str, today: date, zone: tzinfo, languages: tuple[str, ...] = (ENGLISH,), order: str | None = None
) -> list[Ambiguous]:
    """Return what `days` and `moments` leave out of folded text because it can be read in several ways, in reading order."""
    found = ambiguous_days(text, today, languages, order)
    if not doubtful_zones().isdisjoint(lex(text, languages).tokens):
        found += _read(text, today, zone, languages, order)[1]
    return sorted(found, key=lambda one: one.start)


def _read(
    text: str, today: date, zone: tzinfo, languages: tuple[str, ...], order: str | None, *, reader: tzinfo | None = None
) -> tuple[list[Moment], list[Ambiguous]]:
    lexed = lex(text, languages)
    named = named_days(lexed, today, order_of(lexed, languages, order))
    if not named:
        return [], []
    # Where a day stands there is no time: `December 6 - 1:00 pm` is no range from six o'clock on.
    masked = lexed.masked([span for _, span in named])
    clocks = clocks_of(masked)
    if not clocks:
        return [], []
    common = _common(masked, clocks)
    old = old_places(masked, [span[0] for _, span in clocks])
    found: list[Moment] = []
    doubtful: list[Ambiguous] = []
    pairs = _paired(masked, _single(lexed, named), clocks, old, today)
    for pair in _with_ends(masked, [_with_zone(masked, pair) for pair in pairs]):
        for clock, is_old in _apart(pair):
            wall = datetime.combine(pair.day.day, clock.at)
            own = Zone(clock.zone, clock.zones, clock.firm)
            name = believed(own if clock.zone or clock.zones else common, wall, zone)
            if name is None:
                doubtful.append(_doubt(text, wall, clock))
                continue
            local = (reader or zone) if name == READER else zone
            moment = _moment(wall, clock, "" if name == READER else name, local, old=is_old, beside=pair.beside)
            if all(other.start != moment.start for other in found):
                found.append(moment)
    return found, doubtful


def _single(lexed: Lexed, named: list[tuple[Day, _Place]]) -> list[tuple[Day, _Place]]:
    """Leave out the weekdays that are the ends of a span, as in opening hours: `Monday to Friday, 9 to 17`."""
    ends: set[int] = set()
    for index, ((first, before), (second, behind)) in enumerate(pairwise(named)):
        if first.bare and second.bare and lexed.classes[before[1] : behind[0]] in {" t ", " - "}:
            ends |= {index, index + 1}
    return [item for index, item in enumerate(named) if index not in ends]


def _doubt(text: str, wall: datetime, clock: Clock) -> Ambiguous:
    readings = tuple(sorted(wall.replace(tzinfo=zone_of(name)) for name in clock.zones))
    return Ambiguous(text[clock.start : clock.end], readings, clock.start, clock.end)


def _moment(wall: datetime, clock: Clock, name: str, zone: tzinfo, *, old: bool, beside: bool) -> Moment:
    start = wall.replace(tzinfo=zone_of(name) or zone)
    end = datetime.combine(wall.date(), clock.until, tzinfo=start.tzinfo) if clock.until else None
    if end is not None and end <= start:
        end = None
    return Moment(start, end, name if "/" in name else "", clock.start, clock.end, old, beside)


def _apart(pair: _Pair) -> list[tuple[Clock, bool]]:
    """Return the clock of a pair; of `moved from 2 pm to 3 pm` the old and the new time."""
    clock = pair.clock
    if not clock.moved or clock.until is None:
        return [(clock, pair.old)]
    return [(replace(clock, until=None), True), (replace(clock, at=clock.until, until=None), False)]


def _common(lexed: Lexed, clocks: list[tuple[Clock, _Place]]) -> Zone:
    """Return the zone for times that have none of their own."""
    written = {(clock.zone, clock.zones, clock.firm) for clock, _ in clocks if clock.zone or clock.zones}
    if len(written) == 1:
        return Zone(*written.pop())
    return stated_zone(lexed) if not written and "V" in lexed.classes else Zone()


def _paired(
    lexed: Lexed, named: list[tuple[Day, _Place]], clocks: list[tuple[Clock, _Place]], old: frozenset[int], today: date
) -> list[_Pair]:
    breaks = [match.end() for match in _SEGMENT.finditer(lexed.classes)]
    segments = _segments(breaks, [place for _, (place, _) in named]), _segments(breaks, [place for _, (place, _) in clocks])
    pairs: list[_Pair] = []
    again = retold(lexed, clocks, old)
    for index, (clock, span) in enumerate(clocks):
        if index in again:
            continue
        segment = segments[1][index]
        inside = [item for item, where in zip(named, segments[0], strict=True) if where == segment]
        times_first = bool(inside) and inside[0][1][0] > min(
            place for (_, (place, _)), where in zip(clocks, segments[1], strict=True) if where == segment
        )
        day = _within(lexed, inside, span, times_first=times_first) or _around(named, clock, lexed, span, today)
        if day is not None:
            first, last = min(day[1][0], span[0]), max(day[1][1], span[1])
            pairs.append(
                _Pair(
                    clock,
                    day[0],
                    first if day[1][1] <= span[0] else span[0],
                    last,
                    span[0],
                    day[1][1],
                    span[0] in old,
                    _is_beside(lexed, day[1], span),
                )
            )
    return pairs or _agenda(named, clocks, old, today)


def _is_beside(lexed: Lexed, day: _Place, clock: _Place) -> bool:
    """Say whether a day and a time stand together: `Tuesday, 3 March, in Leipzig, 2 pm`."""
    between = lexed.classes[day[1] : clock[0]] if day[1] <= clock[0] else lexed.classes[clock[1] : day[0]]
    return between in _ONE_STOP or (len(between) <= _TOGETHER and _BREAK.search(between) is None)


def _agenda(named: list[tuple[Day, _Place]], clocks: list[tuple[Clock, _Place]], old: frozenset[int], today: date) -> list[_Pair]:
    """Give the times of a text to the one day to come that it names, however far before them it stands."""
    ahead = [(day, place) for day, place in named if day.day > today]
    if len({day.day for day, _ in ahead}) != 1:
        return []
    return [
        _Pair(clock, ahead[0][0], span[0], span[1], span[0], ahead[0][1][1], span[0] in old)
        for clock, span in clocks
        if 0 <= clock.start - ahead[0][0].end <= _AGENDA
    ]


def _with_zone(lexed: Lexed, pair: _Pair) -> _Pair:
    """Return a pair with the zone that stands behind its day, where none stands behind its time: `2 pm on 3 March (CET)`."""
    if pair.clock.zone or pair.clock.zones:
        return pair
    zone = read_zone(lexed, pair.day_end)
    if not zone.last:
        return pair
    return pair._replace(
        clock=replace(pair.clock, zone=zone.name, zones=zone.names, firm=zone.firm), last=max(pair.last, zone.last)
    )


def _segments(breaks: list[int], places: list[int]) -> list[int]:
    """Return for each place, in order, the number of its segment."""
    found: list[int] = []
    segment = 0
    for place in places:
        while segment < len(breaks) and breaks[segment] <= place:
            segment += 1
        found.append(segment)
    return found


def _within(lexed: Lexed, inside: list[tuple[Day, _Place]], span: _Place, *, times_first: bool) -> tuple[Day, _Place] | None:
    """Return the day of the same segment that a time belongs to."""
    before = [item for item in inside if item[1][1] <= span[0]]
    after = [item for item in inside if item[1][0] >= span[1]]
    if times_first and after:
        return after[0]
    if before and after and _ONWARD.fullmatch(lexed.classes, span[1], after[0][1][0]) and span[0] - before[-1][1][1] > _ADJACENT:
        return after[0]
    return before[-1] if before else after[0] if after else None


def _around(named: list[tuple[Day, _Place]], clock: Clock, lexed: Lexed, span: _Place, today: date) -> tuple[Day, _Place] | None:
    """Return the nearest day told before, or soon behind; what counts from today holds in its own sentence and the next line."""
    before = [item for item in named if item[0].end <= clock.start and clock.start - item[0].end <= _BEFORE]
    before = [item for item in before if _holds(lexed, item[0], item[1][1], span[0], today)]
    after = [item for item in named if item[0].start >= clock.end and item[0].start - clock.end <= _AFTER]
    return before[-1] if before else after[0] if after else None


def _holds(lexed: Lexed, day: Day, first: int, last: int, today: date) -> bool:
    """Say whether a day told before still holds at a time: `thanks for your call today` says nothing of a time three lines on."""
    if not day.bare or last - first <= 12:  # noqa: PLR2004 -- a label on a line of its own
        return True
    return len(_BREAK.findall(lexed.classes, first, last)) <= (1 if day.day == today else _SENTENCES)


def _with_ends(lexed: Lexed, pairs: list[_Pair]) -> list[_Pair]:
    """Join two that are written as begin and end: `3 March 14:00 to 3 March 15:00`, `Start: ... End: ...`."""
    found: list[_Pair] = []
    for pair in pairs:
        if found and found[-1].clock.until is None and pair.clock.until is None and not (pair.old or found[-1].old):
            begin = found[-1]
            between = lexed.classes[begin.last : pair.first if pair.first >= begin.last else pair.at].replace("#", "")
            length = _length(begin.day.day, begin.clock.at, pair.day.day, pair.clock.at)
            if _JOINING.fullmatch(between) and timedelta() < length <= _LONGEST:
                zones = begin.clock if begin.clock.zone or begin.clock.zones else pair.clock
                clock = replace(
                    begin.clock, until=pair.clock.at, end=pair.clock.end, zone=zones.zone, zones=zones.zones, firm=zones.firm
                )
                moved = "R" in lexed.classes[max(0, begin.first - 6) : begin.first]
                if not moved and begin.day.day == pair.day.day:
                    found[-1] = begin._replace(clock=clock, last=pair.last)
                    continue
                if moved:
                    found[-1] = begin._replace(old=True)
        found.append(pair)
    return found


def _length(first: date, begin: time, last: date, end: time) -> timedelta:
    return datetime.combine(last, end) - datetime.combine(first, begin)
