"""Time zones as calendar parts name and define them.

The rules in the file (VTIMEZONE, RFC 5545 section 3.6.5) come first, then the name: IANA, IANA behind a vendor's prefix, Windows
(CLDR windowsZones), a display name of Outlook, a bare offset. VTIMEZONE is computed by hand for one instant: expanding hostile
recurrence rules takes for ever, and icalendar keeps what one mail defined for all mails after it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from rules.phrases.load import load

__all__ = ["Rules", "named_zone", "parse_rules", "zone_name"]

_PREFIXED = re.compile(r"^/[^/]+/(?:[^/]*\d[^/]*/)?(.+)$")
_OFFSET = re.compile(r"^\(?(?:utc|gmt)?\s*([+-])(\d{1,2})[:.]?(\d{2})?\)?(.*)$", re.IGNORECASE)
_ZERO = re.compile(r"^\((?:utc|gmt)\)\s*")
_TRAILING = re.compile(r"\s+\d+$")
_UTC_NAMES = frozenset(
    {"z", "utc", "gmt", "etc/utc", "etc/gmt", "coordinated universal time", "tzone://microsoft/utc", "gmt standard"}
)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_LIMIT_HOURS = 18
_MAX_RULES = 200
_MAX_PLACES = 12
_YEAR = timedelta(days=400)


@cache
def _iana() -> dict[str, str]:
    """Return lower-case IANA name to IANA name."""
    return {name.lower(): name for name in available_timezones() if not name.startswith(("posix/", "right/"))}


@cache
def _cities() -> dict[str, str]:
    """Return the city of each IANA name to the name; Outlook's display names list such cities."""
    names = sorted(name for name in _iana().values() if "/" in name and not name.startswith(("Etc/", "US/", "SystemV/")))
    return {name.rpartition("/")[2].replace("_", " ").lower(): name for name in names}


@cache
def _windows() -> dict[str, str]:
    return dict(load("zones")["windows"])


@cache
def _main() -> frozenset[str]:
    """Return the zones that a Windows zone stands for first."""
    return frozenset(_windows().values())


@lru_cache(maxsize=512)
def zone_name(text: str) -> str:
    """Return the IANA name that a TZID means, `UTC` for UTC, or an empty string when it is not known."""
    name = unicodedata.normalize("NFC", text[:200]).strip().strip("\"'").strip()[:120]
    lower = " ".join(name.lower().replace("\u2019", "'").split())
    if lower in _UTC_NAMES:
        return "UTC"
    prefixed = _PREFIXED.match(lower)
    unprefixed = prefixed[1] if prefixed else ""
    for key in (lower, unprefixed, lower.rpartition("://")[2], _TRAILING.sub("", lower), lower.replace(" ", "_")):
        found = _known(key)
        if found:
            return found
    abbreviated = load("zones")["abbreviations"].get(lower, "")
    if isinstance(abbreviated, str) and abbreviated:
        return abbreviated
    offset = _OFFSET.match(lower)
    return _place(offset[4].strip(" -:") if offset else _ZERO.sub("", lower))


def _known(key: str) -> str:
    table = load("zones")
    found = str(_iana().get(key) or _windows().get(key) or table["names"].get(key) or table["places"].get(key, "")) if key else ""
    return "UTC" if found.lower() in _UTC_NAMES else found


def _place(places: str) -> str:
    """Return the zone of a display name without its offset: as a whole, else that of the places it lists.

    Of several, the one that a Windows zone stands for: `Amsterdam, Berlin, Bern, Rome` is Europe/Berlin.
    """
    whole = _known(places)
    if whole:
        return whole
    listed = [place.strip(" ().") for place in re.split(r"[,;/]", places)[:_MAX_PLACES]]
    found = [_known(place) or _cities().get(place, "") for place in listed]
    named = [zone for zone in found if zone]
    return next((zone for zone in named if zone in _main()), named[0] if named else "")


@lru_cache(maxsize=512)
def named_zone(text: str) -> tzinfo | None:
    """Return the zone that a TZID names, or None. A bare offset (`GMT+0200`) is a fixed zone."""
    name = zone_name(text)
    if name == "UTC":
        return UTC
    if name:
        try:
            return ZoneInfo(name)
        except (OSError, ValueError, KeyError):
            return None
    match = _OFFSET.match(text.strip().strip("\"'"))
    if match and not match[4].strip() and int(match[2]) < _LIMIT_HOURS:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset)
    return None


@dataclass(frozen=True, slots=True)
class _Rule:
    """One STANDARD or DAYLIGHT block: from its onset on, the offset is `after`."""

    start: datetime
    before: timedelta
    after: timedelta
    month: int = 0
    """0: it happens once."""
    week: int = 0
    weekday: int = -1
    month_day: int = 0
    until: datetime | None = None

    def onset(self, year: int) -> datetime | None:
        """Return the local wall time (in the old offset) at which the rule takes effect in a year, or None."""
        if not self.month:
            return self.start if self.start.year == year else None
        if year < self.start.year:
            return None
        try:
            day = _nth(year, self.month, self.weekday, self.week, self.month_day)
        except ValueError:
            return None
        onset = datetime.combine(day, self.start.time())
        return None if self.until is not None and onset - self.before > self.until else onset


def _nth(year: int, month: int, weekday: int, week: int, month_day: int) -> date:
    """Return the nth weekday of a month (negative: from its end), or the first such weekday at or after `month_day`."""
    if weekday < 0:
        return date(year, month, month_day or 1)
    if week < 0:
        last = (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-week - 1))
    first = date(year, month, month_day or 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (max(week, 1) - 1))


@dataclass(frozen=True, slots=True)
class Rules:
    """One VTIMEZONE."""

    tzid: str
    location: str
    """X-LIC-LOCATION, where there is one."""
    rules: tuple[_Rule, ...]

    def offset_at(self, wall: datetime) -> timedelta | None:
        """Return the offset that holds at a local wall time (naive), or None when no rule says.

        A time that the clocks skip is read in the offset before (RFC 5545 section 3.3.5), one that comes twice is the first.
        """
        found = self._last(wall)
        if found is not None:
            onset, rule = found
            return rule.before if wall - onset < rule.after - rule.before else rule.after
        first = min(self.rules, key=lambda rule: rule.start, default=None)
        return first.before if first else None

    def goes_on(self, wall: datetime) -> bool:
        """Say whether rules of two offsets still speak of the year of a wall time: a yearly one, or an onset not long before."""
        found = self._last(wall)
        if found is None:
            return False
        onset, _ = found
        return len({rule.after for rule in self.rules}) > 1 and wall - onset < _YEAR

    def _last(self, wall: datetime) -> tuple[datetime, _Rule] | None:
        latest: tuple[datetime, _Rule] | None = None
        for rule in self.rules:
            for year in (wall.year - 1, wall.year) if rule.month else (0,):
                onset = rule.onset(year) if rule.month else rule.start
                if onset is not None and onset <= wall and (latest is None or onset > latest[0]):
                    latest = (onset, rule)
        return latest


def parse_rules(lines: list[str]) -> Rules | None:
    """Read the unfolded lines of one VTIMEZONE; None when it names no zone or holds no rule."""
    tzid = location = ""
    rules: list[_Rule] = []
    block: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        value = value.strip()
        if name == "TZID":
            tzid = tzid or value.strip('"')
        elif name == "X-LIC-LOCATION":
            location = value
        elif name == "BEGIN" and value.upper() in {"STANDARD", "DAYLIGHT"}:
            block = {}
        elif name == "END" and value.upper() in {"STANDARD", "DAYLIGHT"}:
            rules += _rules(block)[: _MAX_RULES - len(rules)]
        elif name == "RDATE" and name in block:
            block[name] += f",{value}"
        else:
            block.setdefault(name, value)
    return Rules(tzid, location, tuple(rules)) if tzid and rules else None


def _rules(block: dict[str, str]) -> list[_Rule]:
    """Return the rules of one STANDARD or DAYLIGHT block: its yearly rule, or its onset; and each onset that RDATE adds."""
    rule = _rule(block)
    if rule is None:
        return []
    found = [rule]
    for text in block.get("RDATE", "").split(",")[:_MAX_RULES]:
        try:
            found.append(_Rule(_wall(text.partition("/")[0]), rule.before, rule.after))
        except ValueError:
            continue
    # Of very many onsets the latest matter.
    return sorted(found, key=lambda item: (item.month == 0, -item.start.toordinal()))


def _rule(block: dict[str, str]) -> _Rule | None:
    try:
        start = _wall(block["DTSTART"])
        before, after = _utc_offset(block["TZOFFSETFROM"]), _utc_offset(block["TZOFFSETTO"])
        parts = dict(item.upper().split("=", 1) for item in block.get("RRULE", "").split(";") if "=" in item)
        if parts.get("FREQ") != "YEARLY":
            return _Rule(start, before, after)
        by_day = parts.get("BYDAY", "").split(",")[0]
        month_days = [int(day) for day in parts.get("BYMONTHDAY", "").split(",") if day]
        until = _wall(parts["UNTIL"]) if "UNTIL" in parts else None
        return _Rule(
            start,
            before,
            after,
            month=int(parts.get("BYMONTH", start.month)),
            week=int(by_day[:-2] or 0) if by_day else 0,
            weekday=_DAYS.index(by_day[-2:]) if by_day else -1,
            month_day=min(month_days, default=0 if by_day else start.day),
            until=until,
        )
    except (KeyError, ValueError, OverflowError):
        return None


def _wall(text: str) -> datetime:
    text = text.strip().rstrip("Zz")
    return datetime.strptime(text if "T" in text.upper() else f"{text}T000000", "%Y%m%dT%H%M%S")  # noqa: DTZ007 -- a wall time


def _utc_offset(text: str) -> timedelta:
    sign = -1 if text.startswith("-") else 1
    digits = text.strip().lstrip("+-")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:6] or 0)
    if hours > _LIMIT_HOURS:
        raise ValueError(text)
    return sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
