"""File names of Maildir: `unique[,key=value...][:2,FLAGS]` (cr.yp.to/proto/maildir.html).

The part before the first comma or colon stays with a message while clients change its flags, move it from `new` to `cur`,
or note a size (`,S=`) or a UID (`,U=`) behind it: it is the key of the message in its folder. The separator is a colon, as
everywhere but on Windows, whose variants (`!`, `;`) are not read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

__all__ = ["arrival", "flags", "is_message", "is_synchronised", "key"]

_STAMP = re.compile(r"\A(\d{8,11})(?!\d)")
_EARLIEST: Final = 631_152_000
"""1990-01-01: there was no Maildir before 1995, a lower number is not a time."""
_LATEST: Final = 4_102_444_800
"""2100-01-01."""


def is_message(name: str) -> bool:
    """Say whether a directory entry counts as a message: hidden files do not."""
    return not name.startswith(".")


def key(name: str) -> str:
    """Return the part of a file name that stays with the message; octets that are no UTF-8 are written out."""
    part = name.partition(":")[0].partition(",")[0]
    return part if part.isascii() else part.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def flags(name: str) -> str:
    """Return the flag letters: D draft, F flagged, P passed, R replied, S seen, T trashed."""
    _, found, letters = name.partition(":2,")
    return letters if found else ""


def arrival(name: str) -> datetime | None:
    """Return the delivery time with which the name begins, in UTC, to the second; None when it is no plausible time."""
    match = _STAMP.match(name)
    if match is None or not _EARLIEST <= (seconds := int(match[1])) < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def is_synchronised(name: str) -> bool:
    """Say whether the name carries a server's UID: a synchroniser wrote it, and its stamp is when that ran."""
    return ",U=" in name.partition(":")[0]
