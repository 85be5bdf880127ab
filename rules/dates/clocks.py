"""Times of day: on the clock, by the half of the day, in words, as ranges, with the zone that is written beside them.

Times without `am` or `pm` are on the 24-hour clock, but one to half past six is taken for the afternoon: nobody is interviewed at
night. A number alone is a time where words make it one (`14 Uhr`, `a las 15`, `at 3` behind a day), never otherwise.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Final

from rules.dates.lexer import Lexed, lex
from rules.dates.types import MAX_FOUND, Clock
from rules.dates.zones import Zone, read_zone
from rules.language import ENGLISH

__all__ = ["clocks_of", "times"]

_AFTERNOON = time(6, 31)
_NOON = 12
_HOUR = 60
_DAY = 24
_DIGITS = 2
_SPOKEN = frozenset(range(1, 19)) - {7}
"""Hours of which it is plain which half of the day is meant when somebody says no more than `at 3`."""
_EARLIEST_COUNTED = 7
"""`1h30` is a length, `14h30` a time: below this hour a word before it must say that it is a time."""


def _clock(index: int) -> str:
    """Return the grammar of one time.

    Its groups: `Z` noon, `h` hour, `m` minutes, `n` minutes behind a word, `U` and `V` that word, `H` and `J` a half or a quarter
    before and behind, `A` the half of the day.
    """
    parts = (
        r"(?:(?P<H#>H) )?(?P<h#>[nu])",
        r"(?:(?P<s#>[:.])(?P<m#>n)(?P<sec#>:n)?(?:\.j)?)?",
        r"(?: ?(?P<U#>[Uc])\.?(?: ?(?P<n#>n)(?![nyjz:/#]|\.n|o))?)?",
    )
    behind = r"(?:[ -](?P<J#>J))?(?:,? ?\(?(?P<A#>A|(?<=n)g|g(?! ?[WwXnfdCYN#]))\)?)?(?: (?P<V#>[Uc]))?"
    return rf"(?:(?P<Z#>Z)|{''.join(parts)}){behind}".replace("#>", f"{index}>")


_PATTERN: Final = re.compile(
    r"(?=[nZHu])(?<![nyjz$:/+#])(?<!#[.,])(?<!n[.-])(?<!#-)"
    + _clock(1)
    + r"(?:(?P<r> ?- ?| ?[tkG] ?(?:[Gkf] )?(?:D\.? )?| & (?:[Gkf] )?)"
    + _clock(2)
    + r")?(?![nyj$%]| \$|[:/]n|\.n)"
)
_DAY_BEHIND: Final = re.compile(r",? (?:[fkg] ){0,2}#")
_MARK: Final = re.compile(r"[:.UcAgZJHGk]")
_HALF_BEFORE: Final = re.compile(r"[Ag],? (?:f )?(?:[Gk] )?(?:f )?$")
"""The half of the day said first: `morgens um sieben`, `le matin à neuf heures`."""
_REPLACING: Final = re.compile(r" O (?:[kGf] )?n(?: ?[UcA]|:n)")
"""`Friday 15 instead of 14:00`."""
_BEGINNING: Final = re.compile(r"(?:^|\n|[.!,] )$")
_WORKING: Final = range(8, 19)
_OPENING: Final = re.compile(r"(?:W|(?<!#)#(?!#))\.?(?: ?- ?| t (?:f )?)(?:W|(?<!#)#(?!#))\.?[:,]? ?(?:[zfkGb] ){0,3}$")
"""Opening hours: `Mon - Thu 8 to 16`."""
_LATE_BEFORE: Final = re.compile(r"[^ ,](?=(?:,? (?:[kGf] ){0,2})$)")
_BESIDE: Final = 5
"""So many tokens before a time a day stands beside it."""
_OPENER: Final = re.compile(r"(?:(?P<b>b) )?(?:f )?(?:(?P<g>[Gkf]) )?(?:f )?$")


def times(text: str, languages: tuple[str, ...] = (ENGLISH,)) -> list[Clock]:
    """Return the times of day in folded text in reading order; `languages` are those of the text."""
    return [clock for clock, _ in clocks_of(lex(text, languages))]


def clocks_of(lexed: Lexed) -> list[tuple[Clock, tuple[int, int]]]:
    """Return the times of a lexed text, each with the places of its tokens (first, behind the last)."""
    found: list[tuple[Clock, tuple[int, int]]] = []
    place = 0
    while len(found) < MAX_FOUND:
        match = _PATTERN.search(lexed.classes, place)
        if match is None:
            break
        place = max(match.end(), place + 1)
        if _MARK.search(match[0]) is None and not _is_marked(lexed, match):
            continue  # a number, of which most are none of ours
        read = _read(lexed, match)
        if read is None:
            # What could be no range may begin one later: `3 - 10:00 to 11:00`.
            if match["r"] is not None and not _is_length(lexed, match):
                place = match.end("r")
            continue
        clock, last = read
        span = (_first(match), last)
        found.append((clock, span))
        place = last
    return found


def _is_marked(lexed: Lexed, match: re.Match[str]) -> bool:
    """Say whether anything beside a bare number tells that it may be a time."""
    return (
        _MARK.search(lexed.classes, max(0, match.start() - 4), match.start()) is not None
        or lexed.classes.startswith(" O ", match.end())
        or _DAY_BEHIND.match(lexed.classes, match.end()) is not None
    )


def _first(match: re.Match[str]) -> int:
    return min(match.start(group) for group in ("Z1", "H1", "h1") if match[group] is not None)


def _read(lexed: Lexed, match: re.Match[str]) -> tuple[Clock, int] | None:
    """Read a match; None when it is no time."""
    opener = _opener(lexed, match)
    listed = match["r"] is not None and "&" in match["r"] and "b" not in opener
    ranged = match["r"] is not None and not listed
    second = _at(lexed, match, 2, "") if ranged else None
    if ranged and second is None:
        ranged = False
    last = match.end() if ranged else _end(match)
    zone = read_zone(lexed, last, seconds=match["sec1"] is not None)
    half = match["A2"] is not None and lexed.value(match.start("A2"), "A") is not None
    if not _is_time(lexed, match, opener, zone, ranged=ranged):
        return None
    first = _at(lexed, match, 1, _half_before(lexed, match)) or _at(lexed, match, 1, "")
    if ranged and half and not any(match[f"{group}1"] for group in "AZH"):
        first = _borrowed(lexed, match, second)
    if first is None:
        return None
    last = max(last, zone.last)
    start = lexed.starts[_first(match)]
    clock = Clock(
        first, second if ranged else None, zone.name, start, lexed.starts[last], zone.names, zone.firm, _is_moved(lexed, match)
    )
    return clock, last


def _half_before(lexed: Lexed, match: re.Match[str]) -> str:
    """Return `am` or `pm` where the half of the day stands before a time that has none behind it, else nothing."""
    start = _first(match)
    said = _HALF_BEFORE.search(lexed.classes, max(0, start - 8), start)
    late = _LATE_BEFORE.search(lexed.classes, max(0, start - 8), start)
    if late is not None and lexed.is_late(late.start()):
        return "pm" if match["A1"] is None and match["Z1"] is None and 1 <= lexed.number(match.start("h1")) < _NOON else ""
    if said is None or match["A1"] is not None or match["Z1"] is not None or not 1 <= lexed.number(match.start("h1")) <= _NOON:
        return ""
    return "pm" if lexed.value(said.start(), "A") else "am"


def _opener(lexed: Lexed, match: re.Match[str]) -> str:
    """Return the classes of `between` and of the last word before a match: `b`, `G`, `k`, `f`."""
    before = _OPENER.search(lexed.classes[max(0, match.start() - 8) : match.start()])
    return "".join(group for group in before.groups() if group) if before is not None else ""


def _end(match: re.Match[str]) -> int:
    """Return where the first time of a match ends."""
    return max(
        match.end(f"{group}1") for group in ("Z", "h", "m", "sec", "U", "n", "J", "A", "V") if match[f"{group}1"] is not None
    )


def _is_moved(lexed: Lexed, match: re.Match[str]) -> bool:
    """Say whether a range stands behind words of moving: `moved from 2 pm to 3 pm`."""
    return match["r"] is not None and "R" in lexed.classes[max(0, match.start() - 6) : _first(match)]


def _is_time(lexed: Lexed, match: re.Match[str], opener: str, zone: Zone, *, ranged: bool) -> bool:
    """Say whether what is written is surely a time, not any number or a length."""
    indexes = (1, 2) if ranged else (1,)
    minutes = [match.start(f"m{index}") for index in indexes if match[f"m{index}"] is not None]
    if _is_length(lexed, match) or any(len(lexed.tokens[place]) != _DIGITS for place in minutes):
        return False
    units = "".join(match[f"{group}{index}"] or "" for group in "UV" for index in indexes)
    strong = opener[-1:] == "G" or (ranged and "G" in (match["r"] or ""))
    sure = any(match[f"{group}{index}"] is not None for group in "AZJ" for index in indexes)
    if match["H1"] is not None:
        plain = match["h1"] == "u" or " " in lexed.tokens[match.start("H1")]
        return plain or strong or sure or opener[-1:] in {"k", "f"} or bool(units)
    beside = "#" in lexed.classes[max(0, _first(match) - _BESIDE) : _first(match)]
    certain = bool(strong or sure or "U" in units)
    bare = opener[-1:] == "k" and not ranged
    if match["Z1"] is not None and not opener and not ranged and lexed.value(match.start("Z1"), "Z") == _NOON:
        return beside or bool(zone.last) or _DAY_BEHIND.match(lexed.classes, match.end()) is not None  # `la Ferme du Midi`
    if any(match[f"h{index}"] == "u" for index in indexes):
        return certain or (opener[-1:] == "k" and bool(units)) or (bare and _is_spoken(lexed, match, zone, beside=beside))
    if units and not (certain or minutes):
        timed = match["n1"] is not None and lexed.number(match.start("h1")) >= _EARLIEST_COUNTED
        return timed or opener[-1:] == "k" or ranged or beside or bool(zone.last)
    plainly = bare and (_said_plainly(lexed, match, zone, beside=beside) or bool(_half_before(lexed, match)))
    told = plainly or (not ranged and _is_placed(lexed, match, beside=beside))
    return certain or bool(minutes) or told


def _is_length(lexed: Lexed, match: re.Match[str]) -> bool:
    """Say whether words before it make it a length or the hours of an office."""
    before = lexed.classes[max(0, match.start() - 8) : match.start()]
    return (
        "D" in before.rpartition("\n")[2].rpartition("#")[2]
        or _OPENING.search(lexed.classes, max(0, match.start() - 16), match.start()) is not None
    )


def _is_spoken(lexed: Lexed, match: re.Match[str], zone: Zone, *, beside: bool) -> bool:
    """Say whether a number in words is a time: `Donnerstag um zehn`, `at ten on Thursday`, but not `at one of our offices`."""
    before = next((place for place in range(_first(match) - 1, -1, -1) if lexed.classes[place] not in " f"), -1)
    if before < 0 or lexed.value(before, "k") != 1:
        return False
    half = bool(_half_before(lexed, match))
    counted = lexed.number(match.start("h1")) == 1 and lexed.classes[match.end() : match.end() + 2] == " f"
    return half or (not counted and _said_plainly(lexed, match, zone, beside=beside))


def _is_placed(lexed: Lexed, match: re.Match[str], *, beside: bool) -> bool:
    """Say whether a number is a time by where it stands: `11 tomorrow works`, `Friday 15 instead of 14:00`."""
    if beside and _REPLACING.match(lexed.classes, match.end()) is not None:
        return True
    begins = _BEGINNING.search(lexed.classes, max(0, match.start() - 3), match.start()) is not None
    working = match.end() == match.end("h1") and lexed.number(match.start("h1")) in _WORKING
    return begins and working and _DAY_BEHIND.match(lexed.classes, match.end()) is not None


def _said_plainly(lexed: Lexed, match: re.Match[str], zone: Zone, *, beside: bool) -> bool:
    """Say whether a number alone is a time: `at 3 on Thursday`, or `Thursday at 3` where the sentence goes on without a noun."""
    behind = lexed.classes[match.end() : match.end() + 2]
    free = (
        bool(zone.last)
        or behind[:1] in {"", ".", ",", "!", "\n", ")", ";"}
        or behind in {" f", " k", " b", " (", " O", " &"}
        or _goes_on(lexed, match.end())
    )
    free = (free and beside) or _DAY_BEHIND.match(lexed.classes, match.end()) is not None
    return free and lexed.number(match.start("h1")) in _SPOKEN


def _goes_on(lexed: Lexed, place: int) -> bool:
    """Say whether a word stands at a place that may follow a time: `at 3 works`."""
    return lexed.classes[place : place + 1] == " " and lexed.is_a("~", place + 1)


def _at(lexed: Lexed, match: re.Match[str], index: int, half: str) -> time | None:
    """Return the time of one side of a match; `half` is `am` or `pm` where the other side lends it."""
    if match[f"Z{index}"] is not None:
        shift = int(lexed.value(match.start(f"J{index}"), "J")) if match[f"J{index}"] is not None else 0
        return time(*divmod(int(lexed.value(match.start(f"Z{index}"), "Z")) * _HOUR + shift, _HOUR))
    if match[f"h{index}"] is None:
        return None
    hour = lexed.number(match.start(f"h{index}"))
    minutes = next((lexed.number(match.start(f"{group}{index}")) for group in "mn" if match[f"{group}{index}"] is not None), 0)
    if minutes >= _HOUR or not 0 <= hour < _DAY:
        return None
    ahead: int | None = {"pm": _NOON, "am": 0}.get(half)
    if match[f"A{index}"] is not None:
        ahead = lexed.value(match.start(f"A{index}"), "A")
    if ahead is not None:
        if 1 <= hour <= _NOON:
            hour = hour % _NOON + ahead
        elif half or (hour > _NOON) != bool(ahead):
            return None  # `15:00 pm` and `0:30 am` are read, `15:00 am` is not
    shift = sum(int(lexed.value(match.start(f"{group}{index}"), group)) for group in "HJ" if match[f"{group}{index}"] is not None)
    found = time(*divmod((hour * _HOUR + minutes + shift) % (_DAY * _HOUR), _HOUR))
    by_noon = shift < 0 and not found.hour  # `halb eins`
    if (
        ahead is None
        and (by_noon or time(1) <= found < _AFTERNOON)
        and not lexed.tokens[match.start(f"h{index}")].startswith("0")
    ):
        return found.replace(hour=found.hour + _NOON)
    return found


def _borrowed(lexed: Lexed, match: re.Match[str], until: time | None) -> time | None:
    """Read the first time of a range: it takes `pm` from the second where that makes a range (`2 - 3 pm`, `11 - 1 pm`)."""
    ahead = lexed.value(match.start("A2"), "A")
    hour = lexed.number(match.start("h1"))
    if not 1 <= hour <= _NOON or until is None:
        return _at(lexed, match, 1, "")
    same = _at(lexed, match, 1, "pm" if ahead else "am")
    return same if same is not None and same < until else _at(lexed, match, 1, "am")
