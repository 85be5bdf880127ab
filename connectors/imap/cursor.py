"""Where reading stands, folder by folder: the text that `Changes.cursor` carries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from connectors.imap.state import FolderState

__all__ = ["Mark", "dump_cursor", "load_cursor"]

_TAG = "imap1"


class Mark(NamedTuple):
    """How far a folder was read."""

    uidvalidity: int
    next: int
    """Every message below this UID was delivered."""
    state: FolderState
    """What the server said when all below `next` had been read; empty while a listing is under way."""
    listing: bool = False
    """The first listing is not finished: what is left is still to be limited to the time asked for."""


def dump_cursor(marks: Mapping[str, Mark]) -> str:
    """Write marks as a cursor."""
    folders = {
        name: [mark.uidvalidity, mark.next, mark.state.uidnext, mark.state.modseq, mark.state.messages, int(mark.listing)]
        for name, mark in sorted(marks.items())
    }
    return json.dumps({"v": _TAG, "folders": folders}, separators=(",", ":"), ensure_ascii=False)


def load_cursor(text: str) -> dict[str, Mark] | None:
    """Read a cursor; None when it is not one of ours, or of another version."""
    try:
        data = json.loads(text)
        if data["v"] != _TAG:
            return None
        marks = {}
        for name, values in data["folders"].items():
            uidvalidity, after, uidnext, modseq, messages, listing = values
            numbers = (uidvalidity, after, listing)
            if not all(isinstance(number, int) for number in numbers):
                return None
            state = FolderState(None if uidnext is None else uidvalidity, uidnext, modseq, messages)
            if messages is not None:
                state = state._replace(uidvalidity=uidvalidity)
            marks[str(name)] = Mark(uidvalidity, after, state, bool(listing))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return marks
