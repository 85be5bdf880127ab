"""What a message is: the values, and reading raw RFC 5322 bytes into them."""

from rules.mail.envelope import envelope_from_header, identity
from rules.mail.message import message_from_bytes, message_from_parts
from rules.mail.structure import CALENDAR_OCTETS, HTML_OCTETS, TEXT_OCTETS, Choice, Part, choose_parts, has_calendar
from rules.mail.types import HEADERS, Address, CalendarPart, Envelope, Message, Role, Wants
from rules.mail.visible import visible

__all__ = [
    "CALENDAR_OCTETS",
    "HEADERS",
    "HTML_OCTETS",
    "TEXT_OCTETS",
    "Address",
    "CalendarPart",
    "Choice",
    "Envelope",
    "Message",
    "Part",
    "Role",
    "Wants",
    "choose_parts",
    "envelope_from_header",
    "has_calendar",
    "identity",
    "message_from_bytes",
    "message_from_parts",
    "visible",
]
