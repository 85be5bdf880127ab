"""What a server says of a folder without listing it, by STATUS, SELECT or EXAMINE (RFC 9051 section 6.3.11, RFC 7162)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from connectors.imap.wire import Reply

__all__ = ["FolderState", "state_from_select", "state_from_status"]

_ITEM = re.compile(rb"\b(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ|MESSAGES)\s+\(?(\d{1,20})", re.IGNORECASE)
_CODE = re.compile(rb"\* OK \[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ)\s+(\d{1,20})", re.IGNORECASE)
_EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS", re.IGNORECASE)


class FolderState(NamedTuple):
    """None stands for "the server does not say", which is never the same as "nothing has changed"."""

    uidvalidity: int | None = None
    uidnext: int | None = None
    modseq: int | None = None
    """HIGHESTMODSEQ; a zero and NOMODSEQ count as not said."""
    messages: int | None = None

    def differs(self, other: FolderState) -> bool:
        """Say whether anything may have changed between two states; True when that cannot be told."""
        if self.uidvalidity != other.uidvalidity or self.messages != other.messages or self.uidnext != other.uidnext:
            return True
        if self.modseq != other.modseq:
            return True
        return self.modseq is None and self.uidnext is None


def state_from_status(text: bytes) -> FolderState:
    """Read the list of a STATUS reply."""
    return _state((name.upper(), int(value)) for name, value in _ITEM.findall(text))


def state_from_select(replies: Iterable[Reply]) -> FolderState:
    """Read the untagged replies of SELECT or EXAMINE."""
    found: list[tuple[bytes, int]] = []
    for reply in replies:
        if code := _CODE.match(reply[0]):
            found.append((code[1].upper(), int(code[2])))
        elif exists := _EXISTS.match(reply[0]):
            found.append((b"MESSAGES", int(exists[1])))
    return _state(found)


def _state(items: Iterable[tuple[bytes, int]]) -> FolderState:
    get = dict(items).get
    return FolderState(get(b"UIDVALIDITY") or None, get(b"UIDNEXT") or None, get(b"HIGHESTMODSEQ") or None, get(b"MESSAGES"))
