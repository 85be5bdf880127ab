"""A FETCH reply into a row: the values, and the slow way that reads items in any order."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from connectors.imap.structure import part_tree
from connectors.imap.tokens import Token, Unreadable, parse
from connectors.imap.wire import Reply
from rules.mail import HEADERS, Envelope, Part, Role, envelope_from_header, has_calendar
from rules.mail.headers import date_of, fields_of

__all__ = [
    "EPOCH",
    "HEADER_ITEM",
    "Place",
    "Row",
    "Unread",
    "fetched",
    "hidden",
    "number",
    "received_at",
    "row_of",
    "section",
    "structure_of",
    "when",
]

HEADER_ITEM = b"BODY.PEEK[HEADER.FIELDS (" + " ".join(HEADERS).upper().encode() + b")]"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HIDDEN = frozenset({rb"\draft", rb"\deleted"})
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d)(?: ?([+-])(\d\d)(\d\d))?")
_MONTHS = {name: n for n, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_REPLY_FIELDS = 4


class Place(NamedTuple):
    """Where messages stand."""

    role: Role
    prefix: str
    """What goes before the UID in a handle: folder and UIDVALIDITY."""


class Row(NamedTuple):
    """A message that was looked at."""

    uid: int
    envelope: Envelope
    header: bytes
    structure: bytes | Token
    """BODYSTRUCTURE as it came, or taken apart already."""


class Unread(NamedTuple):
    """A message that could not be read, and why, in words."""

    uid: int
    envelope: Envelope
    reason: str


def fetched(reply: Reply) -> dict[bytes, Token]:
    """Return the items of a FETCH reply by name, upper-case. Raises Unreadable."""
    items = parse(reply)
    if len(items) < _REPLY_FIELDS or items[0] != b"*" or not isinstance(items[2], bytes) or items[2].upper() != b"FETCH":
        raise Unreadable("no FETCH reply")
    values = items[3]
    if not isinstance(values, list):
        raise Unreadable("a FETCH reply without a list")
    return {name.upper(): values[i + 1] for i in range(0, len(values) - 1, 2) if isinstance(name := values[i], bytes)}


def hidden(row: dict[bytes, Token]) -> bool:
    """Say whether a message is a draft or marked as deleted."""
    flags = row.get(b"FLAGS")
    return isinstance(flags, list) and any(isinstance(flag, bytes) and flag.lower() in _HIDDEN for flag in flags)


def number(token: Token) -> int:
    """Return a number token, zero for anything else."""
    return int(token) if isinstance(token, bytes) and token.isdigit() and len(token) < 20 else 0  # noqa: PLR2004 - 64 bits


def section(row: dict[bytes, Token], name: bytes) -> bytes | None:
    """Return the octets of the first section whose item begins with `name`; None when there are none."""
    found = next((value for item, value in row.items() if item.startswith(name)), None)
    return found if isinstance(found, bytes) else None


def row_of(row: dict[bytes, Token], place: Place) -> Row:
    """Make a row of the items of a FETCH reply. Never raises."""
    uid = number(row.get(b"UID"))
    header = section(row, b"BODY[HEADER") or b""
    structure, thread = row.get(b"BODYSTRUCTURE"), row.get(b"X-GM-THRID")
    envelope = envelope_from_header(
        header,
        ref=f"{place.prefix}{uid}",
        role=place.role,
        received_at=when(row.get(b"INTERNALDATE"), header),
        size=number(row.get(b"RFC822.SIZE")),
        calendar=structure is not None and has_calendar(structure_of(structure)),
        thread_id=thread.decode("ascii", "replace") if isinstance(thread, bytes) else "",
    )
    return Row(uid, envelope, header, structure)


def structure_of(structure: bytes | Token) -> Part:
    """Return the tree of parts of a BODYSTRUCTURE as it came. Never raises."""
    if not isinstance(structure, bytes):
        return part_tree(structure)
    with suppress(Unreadable):
        parsed = parse([structure])
        return part_tree(parsed[0] if parsed else None)
    return part_tree(None)


def when(date: Token, header: bytes) -> datetime:
    """Return when the server received a message; where it does not say, what the Date field claims; else the epoch."""
    at = received_at(date) if isinstance(date, bytes) else EPOCH
    if at is EPOCH and header:
        claim = fields_of(header).get("date")
        return (date_of(claim) if claim else None) or EPOCH
    return at


@lru_cache(maxsize=64)
def _zone(sign: bytes, hours: bytes, minutes: bytes) -> timezone:
    offset = timedelta(hours=min(int(hours), 23), minutes=min(int(minutes), 59))
    return timezone(-offset if sign == b"-" else offset)


def received_at(text: bytes) -> datetime:
    """Read an INTERNALDATE (RFC 9051 `date-time`) as a time in UTC; EPOCH itself when it keeps to no grammar."""
    found = _DATE.match(text)
    if found is None:
        return EPOCH
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    try:
        zone = UTC if sign is None or zone_hours == zone_minutes == b"00" else _zone(sign, zone_hours, zone_minutes)
        at = datetime(int(year), _MONTHS[month.lower()], int(day), int(hour), int(minute), min(int(second), 59), tzinfo=zone)
        return at if zone is UTC else at.astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        return EPOCH
