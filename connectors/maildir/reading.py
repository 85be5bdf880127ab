"""From one message file to an `Envelope`, and to a `Message` where its text is wanted."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.arrival import topmost_received
from connectors.maildir.files import LIMIT, File
from connectors.maildir.names import arrival, is_synchronised
from rules.mail import Envelope, Message, Role, Wants, envelope_from_header, has_calendar, message_from_bytes
from rules.mail.headers import date_of, split_fields
from rules.mail.mime import header_of, read_tree

__all__ = ["envelope_of", "message_of", "received_at"]

_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CALENDAR: Final = re.compile(rb"text/calendar|application/ics", re.IGNORECASE)
_MOST_HEADER: Final = 262_144
_DATE: Final = {"Date": "date", "date": "date"}


def received_at(name: str, header: bytes, modified: float, role: Role) -> datetime:
    """Return when the message came to the user's server, aware.

    The file name has it, to the second. But a client that copies a message, and a synchroniser on its first run, name the file
    by when they ran. The topmost Received field was written by the user's own provider (RFC 5321, section 4.4), so where the two
    are more than a day apart, the field is right. Where a synchroniser's file has no such field, it is the earlier of its name
    and of the file's time, which synchronisers can be told to set, and for sent mail of the Date field: that clock is the
    user's own. A file without any such name: the field, else the file's time.
    """
    stamp = arrival(name)
    received = topmost_received(header)
    synchronised = is_synchronised(name)
    if stamp is not None and not synchronised:
        return stamp if received is None or abs(stamp - received) <= _DAY else received
    if received is not None:
        return received
    candidates = [moment for moment in (stamp, _moment(modified)) if moment is not None]
    if synchronised and role is Role.SENT and (date := date_of(split_fields(header, _DATE).get("date", ""))) is not None:
        candidates.append(date)
    return min((moment for moment in candidates if moment > _EPOCH), default=_EPOCH)


def envelope_of(file: File, name: str, *, ref: str, role: Role) -> Envelope:
    """Read the header of a message file. Never raises."""
    header = header_of(file.data)[:_MOST_HEADER]
    return envelope_from_header(
        header,
        ref=ref,
        role=role,
        received_at=received_at(name, header, file.modified, role),
        size=file.size,
        calendar=_has_calendar(file.data),
    )


def message_of(file: File, envelope: Envelope, wants: Wants) -> Message | None:
    """Read the whole of a message file if its text is wanted. Never raises of its own."""
    if not wants(envelope):
        return None
    message = message_from_bytes(
        file.data, ref=envelope.ref, role=envelope.role, received_at=envelope.received_at, size=envelope.size
    )
    if file.size <= len(file.data):
        return message
    return replace(message, defects=(*message.defects, f"only the first {LIMIT} of {file.size} octets were read"))


def _has_calendar(data: bytes) -> bool:
    return _CALENDAR.search(data) is not None and has_calendar(read_tree(data).root)


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
