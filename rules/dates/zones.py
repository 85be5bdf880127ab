"""Zones as words name them beside a time, and what may be believed of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from rules.dates.lexer import Lexed

__all__ = ["READER", "ZONE", "Zone", "believed", "read_zone", "stated_zone", "zone_of"]

_EASTMOST = 14
_CLOSE = timedelta(hours=3)
ZONE: Final = re.compile(
    r" ?[U,;|]? ?(?P<open>[(\[]|\n(?=[QV(]))? ?(?:V[: ]{0,2})?(?:[fk] )?"
    r"(?:(?P<q>[Qqp])(?: (?P<w>v))?|(?P<v>v) (?:f )?(?P<p>[pQ])|(?<=[(\[])(?P<any>[^ \n])(?=[)\]]))?"
    r"(?: ?(?P<sign>[+-]) ?(?P<h>[nj])(?:[:.](?P<m>n))?(?![nyj]))?"
    r"(?P<close> ?[\])])?(?P<more> ?(?:[zQp;] ?,? ?){0,6})"
)
_LABEL: Final = re.compile(r"V ?[:=|]? ?\n? ?(?:f )?")
_LISTED: Final = re.compile(r"p(?:, [pz])*\.?(?:\n|$)")
_DIRECT: Final = re.compile(r",? (?:[fk] )?p(?=$|[.,;:!)(/|\n]| [-(/|&fkGtb;r])")
"""A place right behind a time, by itself: one meets there, or its clock is meant; either way it is the zone."""
_YOURS: Final = re.compile(r",? ?[(,]? ?(?:[fk] )?r")
_CITY: Final = re.compile(r"[Qp]")


READER: Final = "your"
"""What stands for the zone of whom is written to."""


class Zone(NamedTuple):
    """A zone beside a time: what is believed, what it may mean else, and the place behind its last token (0: there is none)."""

    name: str = ""
    names: tuple[str, ...] = ()
    firm: bool = False
    last: int = 0


def read_zone(lexed: Lexed, place: int, *, seconds: bool = False, labelled: bool = False) -> Zone:
    """Return the zone written at a place, right behind a time or (`labelled`) behind `time zone:`.

    `seconds` says that the time had them: then `-05:00` is an offset, not the end of a range.
    """
    if seconds and place < len(lexed.tokens) and lexed.tokens[place] == "z":
        return Zone("UTC", (), firm=True, last=place + 1)  # RFC 3339
    yours = _YOURS.match(lexed.classes, place)
    if yours is not None and lexed.value(yours.end() - 1) == 1:
        return Zone(READER, (), firm=True, last=yours.end())
    match = ZONE.match(lexed.classes, place)
    if match is None or not (match["q"] or match["p"] or match["any"] or match["sign"]):
        return Zone()
    names, last = _named(lexed, match, place, labelled=labelled)
    utc = bool(names) and names[0] == "UTC"
    offset = _offset(lexed, match) if match["sign"] is not None and (utc or not names) else ""
    if offset and (utc or match["open"] is not None or seconds or match["sign"] == "+" or labelled):
        # Outlook's names: `(UTC+01:00) Amsterdam, Berlin` tells the offset of winter all the year; its cities tell better.
        city = _CITY.search(lexed.classes, match.start("more"), match.end("more")) if utc else None
        named = tuple(lexed.value(city.start()) or ()) if city is not None else ()
        if named and _has_offset(named[0], offset):
            return Zone(named[0], (), firm=True, last=match.end("more"))
        last = match.end("close") if match["close"] is not None else max(match.end("h"), match.end("m"))
        return Zone(offset, (), firm=True, last=last)
    last += lexed.classes[last : last + 1] in {")", "]"}
    return _meant(names, last)


def _meant(names: tuple[str, ...], last: int) -> Zone:
    """Return the zone of one name, or of the several zones that an abbreviation may mean."""
    if len(names) > 1:
        return Zone("", tuple(name for name in names if name), firm=bool(names[0]), last=last)
    return Zone(names[0], (), firm=True, last=last) if names else Zone()


def _named(lexed: Lexed, match: re.Match[str], place: int, *, labelled: bool) -> tuple[tuple[str, ...], int]:
    """Return what the name in a match may mean, and the place behind it; nothing and `place` where it is no zone."""
    if match["any"] is not None:
        names = tuple(lexed.value(match.start("any"), "Q") or ())
        return names, match.end("any") if names else place
    if match["q"] is None and match["p"] is None:
        return (), place
    at = match.start("q" if match["q"] is not None else "p")
    spoken = match["w"] is not None or match["v"] is not None
    enclosed = match["open"] is not None and lexed.classes[at + 1 : at + 2] in {")", "]", " ", "+", "-", "\n", "", "/"}
    # A city is a place to come to unless it is said to be a zone, or ends the line; `et` and `ist` are words of other languages.
    placed = lexed.tokens[max(0, at - 2)] == "in" and not lexed.classes.startswith(" p", at + 1)  # `in central London`
    spoken = spoken or (lexed.classes[at] == "p" and (placed or _DIRECT.match(lexed.classes, place) is not None))
    listed = lexed.classes[at] == "p" and at - place <= 1 and _LISTED.match(lexed.classes, at) is not None
    if lexed.classes[at] != "Q" and not (spoken or labelled or enclosed or listed):
        return (), place
    return tuple(lexed.value(at) or ()), match.end("w") if match["w"] is not None else at + 1


def _offset(lexed: Lexed, match: re.Match[str]) -> str:
    digits = lexed.tokens[match.start("h")]
    minutes = lexed.tokens[match.start("m")] if match["m"] is not None else ""
    if len(digits) > 2:  # noqa: PLR2004 -- hhmm
        digits, minutes = digits[:-2], digits[-2:]
    if int(digits) > _EASTMOST or int(minutes or 0) > 59:  # noqa: PLR2004 -- minutes
        return ""
    return f"{match['sign']}{int(digits):02d}:{int(minutes or 0):02d}"


def _has_offset(name: str, offset: str) -> bool:
    """Say whether a zone has an offset in winter or summer."""
    wanted = zone_of(offset)
    return any(
        datetime(2026, month, 1, tzinfo=zone_of(name)).utcoffset() == datetime(2026, month, 1, tzinfo=wanted).utcoffset()
        for month in (1, 7)
    )


def stated_zone(lexed: Lexed) -> Zone:
    """Return the zone that a label names for all times of a text (`Time zone: Europe/Berlin`, `all times in CET`)."""
    for match in _LABEL.finditer(lexed.classes):
        found = read_zone(lexed, match.end(), labelled=True)
        if found.last:
            return found
    return Zone()


def believed(zone: Zone, wall: datetime, near: tzinfo) -> str | None:
    """Return the zone that is meant at a naive local time; an empty string when none is written, None when it stays in doubt.

    Of several the one that has the offset of `near`, the sender's zone, is meant, else the only one within three hours of it,
    else the first where that is nearly always meant.
    """
    if zone.name or not zone.names:
        return zone.name
    here = wall.replace(tzinfo=near).utcoffset() or timedelta()
    away = {name: abs((wall.replace(tzinfo=zone_of(name)).utcoffset() or timedelta()) - here) for name in zone.names}
    same = [name for name, distance in away.items() if not distance]
    if same:
        return same[0]
    if zone.firm:
        return zone.names[0]
    close = [name for name, distance in away.items() if distance <= _CLOSE]
    return close[0] if len(close) == 1 else None


def zone_of(text: str) -> tzinfo | None:
    """Return the zone that `Clock.zone` names, or None for an empty one."""
    if text == "UTC":
        return UTC
    if text[:1] in {"+", "-"}:
        offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
        return timezone(-offset if text[0] == "-" else offset)
    return ZoneInfo(text) if text else None
