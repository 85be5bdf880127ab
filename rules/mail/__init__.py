"""What a message is: the values, and reading raw RFC 5322 bytes into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.deferred import deferred
from rules.mail.types import HEADERS, LATE_HEADERS, Address, CalendarPart, Envelope, Message, Role, Wants

if TYPE_CHECKING:
    from rules.mail.envelope import envelope_from_header, identity
    from rules.mail.message import message_from_bytes, message_from_parts, message_of, message_without_text
    from rules.mail.structure import CALENDAR_OCTETS, HTML_OCTETS, TEXT_OCTETS, Choice, Part, choose_parts, has_calendar

__all__ = [
    "CALENDAR_OCTETS",
    "HEADERS",
    "HTML_OCTETS",
    "LATE_HEADERS",
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
    "message_of",
    "message_without_text",
]

__getattr__ = deferred(
    __name__,
    {
        **dict.fromkeys(("envelope_from_header", "identity"), "envelope"),
        **dict.fromkeys(("message_from_bytes", "message_from_parts", "message_of", "message_without_text"), "message"),
        **dict.fromkeys(
            ("CALENDAR_OCTETS", "HTML_OCTETS", "TEXT_OCTETS", "Choice", "Part", "choose_parts", "has_calendar"), "structure"
        ),
    },
)
