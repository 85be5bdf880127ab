"""The tree of a message's parts (RFC 2045, RFC 9051 BODYSTRUCTURE), and which of them are worth reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["CALENDAR_OCTETS", "MAX_DEPTH", "MAX_PARTS", "TEXT_OCTETS", "Choice", "Part", "choose_parts", "has_calendar"]

MAX_DEPTH = 20
MAX_PARTS = 200
TEXT_OCTETS = 16 * 1024
"""How much is fetched of a text/plain part."""
HTML_OCTETS = 64 * 1024
"""How much is fetched of a text/html part: style sheets come before the words."""
CALENDAR_OCTETS = 64 * 1024
STATUS_OCTETS = 16 * 1024
MAX_CALENDARS = 10
_STUB_OCTETS = 400
_CALENDAR_TYPES = frozenset(
    {
        "text/calendar", "text/x-vcalendar", "text/ical", "text/ics", "application/ics", "application/x-ics", "application/ical",
        "application/icalendar", "application/calendar", "application/x-calendar",
    }
)  # fmt: skip
_CALENDAR_SUFFIXES = (".ics", ".ical", ".icalendar", ".ifb", ".vcs")
_OTHER_TYPES = ("multipart/", "message/", "image/", "text/html")
"""What is no calendar under any name; every other type may be a mailer's guess."""


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree, as BODYSTRUCTURE tells it.

    `path` is the IMAP section (`1.2`; a message of one part has `1`; the root of a multipart has an empty path). `type` is
    `type/subtype`, lower-case. `params` has lower-case names. `encoding` and `disposition` are lower-case, without parameters.
    `size` is in octets as they stand in the mail. The parts inside a message/rfc822 may be left out: they are not looked at.
    """

    path: str
    type: str
    params: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    size: int = 0
    disposition: str = ""
    filename: str = ""
    children: tuple[Part, ...] = ()

    @property
    def charset(self) -> str:
        """Return the charset parameter, or an empty string."""
        return self.params.get("charset", "")

    @property
    def method(self) -> str:
        """Return the method parameter of a calendar part (RFC 6047), upper-case, or an empty string."""
        return self.params.get("method", "").upper()

    @property
    def octets(self) -> int:
        """Return how many octets of this part are read at most."""
        if is_calendar(self):
            return CALENDAR_OCTETS
        return HTML_OCTETS if self.type == "text/html" else TEXT_OCTETS


@dataclass(frozen=True, slots=True)
class Choice:
    """The parts to read: fetch `BODY.PEEK[path]<0.octets>` of each, `octets` being the part's own property."""

    text: Part | None = None
    calendars: tuple[Part, ...] = ()
    delivery_status: Part | None = None
    html: Part | None = None
    """The HTML alternative, when `text` is plain: only read where it costs nothing."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """Return what to fetch."""
        return tuple(part for part in (self.text, *self.calendars, self.delivery_status) if part is not None)


def is_calendar(part: Part) -> bool:
    """Say whether a part is an iCalendar object, inline or attached, whatever type its sender gave it."""
    named = part.filename.lower().rstrip(" .").endswith(_CALENDAR_SUFFIXES)
    return part.type in _CALENDAR_TYPES or (named and not part.type.startswith(_OTHER_TYPES))


def walk(root: Part) -> Iterator[Part]:
    """Yield the parts in reading order, bounded in depth and number, not descending into a message/rfc822."""
    stack = [(root, 0)]
    seen = 0
    while stack and seen < MAX_PARTS:
        part, depth = stack.pop()
        seen += 1
        yield part
        if depth < MAX_DEPTH and not part.type.startswith("message/"):
            stack.extend((child, depth + 1) for child in reversed(part.children))


def has_calendar(root: Part) -> bool:
    """Say whether a calendar part stands anywhere in the message (`Envelope.calendar`)."""
    return any(is_calendar(part) for part in walk(root))


def choose_parts(root: Part) -> Choice:
    """Choose the text part, the calendar parts and the delivery report.

    text/plain comes first, unless it is so small beside an HTML alternative that it may be a mere pointer to it; then, and
    without any text/plain, text/html. Attached text files are taken only when there is nothing else.
    """
    plain = html = attached = status = None
    calendars: list[Part] = []
    for part in walk(root):
        if is_calendar(part):
            if len(calendars) < MAX_CALENDARS:
                calendars.append(part)
        elif part.type in {"message/delivery-status", "message/global-delivery-status"}:
            status = status or part
        elif part.type.startswith("text/"):
            if part.disposition == "attachment" or part.type not in {"text/plain", "text/html", "text/enriched"}:
                attached = attached or part
            elif part.type == "text/html":
                html = html or part
            elif plain is None or not plain.size:
                plain = part
    text = plain or html or attached
    if plain is not None and html is not None and plain.size < _STUB_OCTETS:
        text = html
    return Choice(text, tuple(calendars), status, html if text is not html else None)
