"""The values a calendar part is read into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["OF_ATTENDEES", "Attendee", "CalendarEvent"]

OF_ATTENDEES = frozenset({"COUNTER", "DECLINECOUNTER", "REFRESH", "REPLY"})
"""Methods that state no time of the organizer's (RFC 5546 section 3.2); DECLINECOUNTER is the organizer's, but fixes nothing."""


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
    """Of the calendar object, else of the MIME part (RFC 5546): REQUEST, CANCEL, REPLY, COUNTER, PUBLISH, ADD; may be empty."""
    sequence: int = 0
    """SEQUENCE; 0 when none is written, as RFC 5545 section 3.8.7.4 says."""
    unnumbered: bool = False
    """No SEQUENCE is written: then DTSTAMP alone tells what came later."""
    stamp: datetime | None = None
    """DTSTAMP, aware."""
    recurrence_id: str = ""
    """RECURRENCE-ID in UTC (or a date): names one of a series together with `uid`. Of ADD, which names none, the start."""
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
    conference: str = ""
    """The address of the room of a video call (CONFERENCE of RFC 7986, or what Google and Microsoft write instead)."""
    defects: tuple[str, ...] = ()

    @property
    def states(self) -> bool:
        """Return True if the organizer fixes, moves or cancels by it; COUNTER and REPLY of attendees do neither (D25)."""
        return self.method not in OF_ATTENDEES

    @property
    def cancelled(self) -> bool:
        """Return True if it says that the event does not take place."""
        return self.states and (self.method == "CANCEL" or self.status == "CANCELLED")

    @property
    def key(self) -> str:
        """Return what names this event over all its updates: UID, with `/RECURRENCE-ID` where there is one."""
        return f"{self.uid}/{self.recurrence_id}" if self.recurrence_id else self.uid
