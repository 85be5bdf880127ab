"""One VEVENT as a component of the icalendar library: those of its properties that are read, without any zone."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from rules.calendar.times import canonical

__all__ = ["component_of"]

_MAX_REPEATED = 200
_TIMED = frozenset({"DTEND", "DTSTAMP", "DTSTART", "EXDATE", "RDATE", "RECURRENCE-ID"})
_READ = _TIMED | {
    "ATTENDEE", "CONFERENCE", "DESCRIPTION", "DURATION", "LOCATION", "ORGANIZER", "RRULE", "SEQUENCE", "STATUS", "SUMMARY", "UID",
    "URL", "X-ALT-DESC", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-ONLINEMEETINGCONFLINK",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
}  # fmt: skip
_NAME = re.compile(r"^([A-Za-z0-9-]+)")


@lru_cache(maxsize=16)
def component_of(lines: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """Parse the unfolded lines of one VEVENT; lines that icalendar refuses are left out and told.

    The last few are kept: a mail is classified and extracted one after the other. Nobody may change a component.
    """
    from icalendar import Event  # noqa: PLC0415 -- 100 ms that a mail without a calendar part can do without
    from icalendar.parser import Contentline  # noqa: PLC0415

    event = Event()
    bad: list[str] = []
    counts: dict[str, int] = {}
    for line in lines:
        match = _NAME.match(line)
        name = match[1].upper() if match else ""
        counts[name] = counts.get(name, 0) + 1
        if name not in _READ or counts[name] > _MAX_REPEATED:
            continue
        try:
            _, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # the library leaves it bare
            _add(event, name, params, value)
        except Exception:  # noqa: BLE001 -- whatever it is, the other lines may do
            bad.append(f"{name} cannot be read")
    return event, tuple(bad)


@cache
def _factory() -> Any:
    from icalendar.prop import TypesFactory  # noqa: PLC0415

    return TypesFactory()


def _add(event: Any, name: str, params: Any, value: str) -> None:
    """Put one property into the component as icalendar's own reader would, but without looking up zones."""
    tzid = params.pop("TZID", None)
    if name in _TIMED:
        value = ",".join(canonical(item) for item in value.split(",")[:_MAX_REPEATED])
    elif name == "CONFERENCE" or name.startswith("X-"):
        params.pop("VALUE", None)
    kind: Any = _factory().for_property(name)
    prop = kind(kind.from_ical(value))
    prop.params = params
    if tzid is not None:
        params["X-TZID"] = tzid if isinstance(tzid, str) else ",".join(tzid)  # a comma outside of quotes
    event.add(name, prop, encode=0)
