"""Calendar parts of mails (RFC 5545, RFC 5546, RFC 6047), read into events."""

from rules.calendar.read import Calendars, defects, read, read_all
from rules.calendar.types import OF_ATTENDEES, Attendee, CalendarEvent
from rules.calendar.zones import named_zone, zone_name

__all__ = ["OF_ATTENDEES", "Attendee", "CalendarEvent", "Calendars", "defects", "named_zone", "read", "read_all", "zone_name"]
