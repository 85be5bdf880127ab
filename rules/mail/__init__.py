"""What a message is: the values, and reading raw RFC 5322 bytes into them."""

from rules.mail.types import HEADERS, Address, CalendarPart, Envelope, Message, Role, Wants

__all__ = ["HEADERS", "Address", "CalendarPart", "Envelope", "Message", "Role", "Wants"]
