"""The values a calendar part is read into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Attendee", "CalendarEvent"]


@dataclass(frozen=True, slots=True)
class Attendee:
    """ORGANIZER or ATTENDEE (RFC 5545 sections 3.8.4.1 and 3.8.4.3). Parameters are upper-case, empty when not given."""

    name: str = ""
    """CN, cleaned; may be empty, or the address again."""
    address: str = ""
    """Lower-case, without `mailto:`; empty when the value is no mail address."""
    kind: str = ""
    """CUTYPE: INDIVIDUAL, GROUP, ROOM, RESOURCE."""
    role: str = ""
    """ROLE: REQ-PARTICIPANT, OPT-PARTICIPANT, CHAIR, NON-PARTICIPANT."""
    answer: str = ""
    """PARTSTAT: NEEDS-ACTION, ACCEPTED, DECLINED, TENTATIVE."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One VEVENT of one calendar part."""

    uid: str
    method: str = ""
    """Of the calendar object, else of the MIME part (RFC 5546): REQUEST, CANCEL, REPLY, COUNTER, PUBLISH; may be empty."""
    sequence: int = 0
    stamp: datetime | None = None
    """DTSTAMP, aware."""
    recurrence_id: str = ""
    """RECURRENCE-ID as it is written in the file: names one of a series together with `uid`."""
    status: str = ""
    """STATUS: CONFIRMED, TENTATIVE, CANCELLED."""
    start: datetime | None = None
    """Aware; None when there is none that can be read."""
    end: datetime | None = None
    """Aware, after `start`; None exactly when `start` is."""
    zone: str = ""
    """IANA name of the zone that the start was written in; empty for UTC, a bare offset, or a zone of the file's own."""
    all_day: bool = False
    floating: bool = False
    """The start has no zone: it was read in the calendar's own (X-WR-TIMEZONE), else in the fallback zone."""
    zone_guessed: bool = False
    """The start names a zone that nobody knows: it was read in the fallback zone, and may be wrong."""
    end_assumed: bool = False
    """Neither DTEND nor DURATION can be read: one hour (one day when all-day) was taken."""
    recurring: bool = False
    """RRULE or RDATE: the first of a series."""
    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()
    """Everybody but rooms and resources."""
    rooms: tuple[str, ...] = ()
    """Names of rooms and resources."""
    summary: str = ""
    description: str = ""
    """At most 4 KB."""
    location: str = ""
    url: str = ""
    defects: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Return what names this event over all its updates: UID, with `/RECURRENCE-ID` where there is one."""
        return f"{self.uid}/{self.recurrence_id}" if self.recurrence_id else self.uid
