"""The values a mailbox is read into: `Envelope` for every message, `Message` for those that may matter.

Every quiet clock runs on `received_at`, the server's clock (RFC 9051 INTERNALDATE); `date` is the sender's claim (RFC 5322).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

__all__ = ["HEADERS", "LATE_HEADERS", "Address", "CalendarPart", "Envelope", "Message", "Role", "Wants"]


class Role(StrEnum):
    """What a folder is for: RFC 6154 special-use names, and the inbox."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    ARCHIVE = "archive"
    ALL = "all"
    JUNK = "junk"
    TRASH = "trash"
    OTHER = "other"


HEADERS: tuple[str, ...] = (
    "Date",
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Precedence",
    "List-Id",
    "List-Unsubscribe",
    "Return-Path",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "X-MS-Exchange-Inbox-Rules-Loop",
    "X-Failed-Recipients",
    "Feedback-ID",
    "Content-Type",
)
"""The header fields that connectors fetch of every message, in the case they are asked for in."""
LATE_HEADERS: tuple[str, ...] = ("Authentication-Results",)
"""Those that they fetch together with the text: long, and of no use before."""


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: display name and addr-spec.

    `address` is lower-cased, without angle brackets; it is empty when the field held none.
    `name` is decoded (RFC 2047), white space collapsed, without quotes; it may be empty.
    """

    name: str
    address: str

    @property
    def domain(self) -> str:
        """Return the part behind the last `@`, or an empty string."""
        return self.address.rpartition("@")[2]


class Envelope(NamedTuple):
    """What is known of every message after the first look; one row of the store's `message` table.

    Values are decoded text (RFC 2047, RFC 6532), never None: a missing field is an empty string.
    """

    identity: str
    """Stable across folders and UIDVALIDITY: made by `rules.mail.identity` of Message-ID, From and Date."""
    ref: str
    """The connector's own handle, opaque above it (IMAP: folder, UIDVALIDITY, UID)."""
    role: Role
    message_id: str
    """Without angle brackets (RFC 5322 `msg-id`)."""
    in_reply_to: str
    """First msg-id of the field, without angle brackets."""
    references: str
    """All msg-ids of the field, without angle brackets, joined by one blank, oldest first."""
    from_address: str
    from_name: str
    recipients: str
    """Addresses of To and Cc, lower-case, joined by one blank."""
    subject: str
    received_at: datetime
    size: int
    """Octets (RFC822.SIZE)."""
    bulk: bool
    """True if List-Id, List-Unsubscribe or Precedence: bulk, list or junk stands in the header."""
    calendar: bool
    """True if a part is text/calendar or application/ics (known from BODYSTRUCTURE, no body read)."""
    thread_id: str = ""
    """The provider's thread (X-GM-THRID, threadId, conversationId), else empty."""


Wants = Callable[[Envelope], bool]
"""Says of an envelope whether the text of its message is worth fetching. Pure and fast: it is asked of every message."""


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """One text/calendar part as it stood in the mail: decoded text, at most 64 KB, and the `method` parameter, upper-case."""

    text: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose text was fetched. Everything the rules see of a mail is in here."""

    envelope: Envelope
    sender: Address
    """First address of From; an empty Address when the field is missing or broken."""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    """The Date field, aware (an unknown zone, `-0000`, counts as UTC); None when missing or unreadable."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The fields of HEADERS and LATE_HEADERS that were present: lower-case name to decoded, unfolded value."""
    text: str = ""
    """Visible text, at most 16 KB: HTML rendered to text, without the quoted tail."""
    quoted: str = ""
    """The quoted tail that was cut off `text`, at most 4 KB."""
    calendars: tuple[CalendarPart, ...] = ()
    delivery_status: str = ""
    """The message/delivery-status part (RFC 3464), or an empty string."""
    markup: str = ""
    """Structured data of the HTML part: its JSON-LD blocks, and its items of microdata and RDFa Lite in that shape, with a record
    separator (RFC 7464) between them; at most 16 KB. `rules.extract.markup` reads it."""
    defects: tuple[str, ...] = ()
    """What was too big or too broken to read, in words."""
    links: tuple[tuple[str, str], ...] = ()
    """(words, address) of the links of the HTML part, outside of what it quotes: http and https only, at most 50. Empty when the
    text part was read and names its links itself."""
