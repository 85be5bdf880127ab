"""When a message came, for mail that no server is asked about any more."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from rules.mail.headers import date_of, split_fields

__all__ = ["LATEST", "is_plausible", "received_at", "topmost_received"]

_RECEIVED: Final = re.compile(rb"^received:([^\n]*(?:\n[ \t][^\n]*){0,20})", re.IGNORECASE | re.MULTILINE)
_EARLIEST: Final = datetime(1982, 1, 1, tzinfo=UTC)
"""RFC 822 is of that year."""
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_DATE: Final = {"Date": "date", "date": "date"}


def is_plausible(at: datetime) -> bool:
    """Say whether mail can have come then: a broken clock tells 1970 or 1904."""
    return _EARLIEST <= at < LATEST


def topmost_received(header: bytes) -> datetime | None:
    """Return the time of the topmost Received field, which the user's own provider wrote (RFC 5321 section 4.4); aware."""
    match = _RECEIVED.search(header)
    if match is None:
        return None
    at = date_of(match[1].decode("ascii", "replace").replace("\r", " ").replace("\n", " ").rpartition(";")[2])
    return at if at is not None and is_plausible(at) else None


def received_at(header: bytes, filed: datetime | None = None) -> datetime | None:
    """Return when a message came: the topmost Received field, else the Date field, else `filed`; None when nothing says it.

    `filed` is when it was put where it lies, as a file name or a From_ line has it. It may have been copied since, but it cannot
    have come later: a Date field that claims so is wrong.
    """
    at = topmost_received(header)
    if at is not None:
        return at
    claim = date_of(split_fields(header, _DATE).get("date", ""))
    if claim is None or not is_plausible(claim):
        return filed
    return claim if filed is None or claim <= filed else filed
