"""The plan as an iCalendar file (RFC 5545) that any calendar can open.

Every line of the plan is a VEVENT, tasks too: several of the large calendars pass over VTODO when they import a file. Times are
in UTC, whole days are dates, so that the file needs no VTIMEZONE. There is no METHOD: it is a file to look at, not a message
between calendars. An interview that came as a calendar entry is left out, for it stands in the user's calendar.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard, vDatetime

from watcher.report.steps import IN_DRAFTS, Step
from watcher.report.words import plain

__all__ = ["build_ics", "uid_of"]

_SPACE = UUID("6f1c8a3e-5c0f-5b0e-9d6d-2f7a4b1d9c55")
_LONGEST_TEXT = 1000
_CATEGORIES = {"interview": "Interview", "task": "Task", "question": "Question", "promised": "Promised"}
_SHORTEST = timedelta(minutes=15)
"""Of an entry in a calendar: shorter ones are drawn as a line, or not at all."""


def uid_of(step: Step) -> str:
    """Return the UID of a line: the same in every file, whenever it is made."""
    name = f"{step.found.account.address.lower()}\0{step.found.process.id}\0{step.id}"
    return f"{uuid5(_SPACE, name)}@hearback"


def _from_their_calendar(step: Step) -> bool:
    """Return True for an interview that is a calendar entry of its own."""
    return step.kind == "interview" and any(
        step.id == f"interview {each.interview.uid}" and each.interview.source == "calendar" for each in step.found.process.rounds
    )


def build_ics(steps: Iterable[Step], now: datetime) -> bytes:
    """Return the file; `now` (aware) becomes its DTSTAMP, and orders it among files made before and after it (SEQUENCE)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Hearback//Plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", "Hearback")
    calendar.add("x-wr-calname", "Hearback")
    stamp = now.astimezone(UTC).replace(microsecond=0)
    events = {uid_of(step): _event(step, stamp) for step in steps if not _from_their_calendar(step)}
    for event in events.values():
        calendar.add_component(event)
    if not events:
        calendar.add_component(_nothing())
    return bytes(calendar.to_ical())


def _event(step: Step, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", uid_of(step))
    event.add("dtstamp", stamp)
    event.add("sequence", int(stamp.timestamp()) // 60)
    zone = ZoneInfo(step.found.account.profile.zone)
    if step.all_day:
        event.add("dtstart", step.opens.astimezone(zone).date())
        event.add("dtend", step.closes.astimezone(zone).date())
    elif step.kind == "task":
        day = (step.due or step.opens).astimezone(zone).date()
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    else:
        opens, closes = step.opens.astimezone(UTC), step.closes.astimezone(UTC)
        event.add("dtstart", opens.replace(microsecond=0))
        event.add("dtend", max(closes, opens + _SHORTEST).replace(microsecond=0))
    company = plain(step.found.process.company, 80)
    title = plain(step.words).removesuffix(IN_DRAFTS)  # it may be sent when the file is read
    event.add("summary", f"{company}: {title}" if company else title)
    event.add("description", "\n".join(_description(step)))
    event.add("categories", [_CATEGORIES.get(step.kind, "Follow-up")])
    event.add("transp", "OPAQUE" if step.kind == "interview" else "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _description(step: Step) -> list[str]:
    lines = [plain(step.detail or step.words, _LONGEST_TEXT).removesuffix(IN_DRAFTS)]
    role = plain(step.found.process.role)
    if role:
        lines.append(role)
    if step.assumes_sent:
        lines.append("If the drafts before it are sent.")
    if step.kind == "task":
        lines.append(f"hearback done {step.found.process.id} {step.id.partition('/')[2]}")
    else:
        lines.append(f"hearback why {step.found.process.id}")
    return lines


def _nothing() -> Timezone:
    """Return the one component that a calendar without entries has: it must have one (RFC 5545 section 3.6)."""
    zone = Timezone()
    zone.add("tzid", "Etc/UTC")
    standard = TimezoneStandard()
    standard.add("dtstart", vDatetime(datetime(1970, 1, 1)))  # noqa: DTZ001 - local time, as VTIMEZONE has it
    standard.add("tzoffsetfrom", timedelta(0))
    standard.add("tzoffsetto", timedelta(0))
    standard.add("tzname", "UTC")
    zone.add_component(standard)
    return zone
