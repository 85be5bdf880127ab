"""Reading on when the server closes the connection in the middle.

It may have been the network; or the server has stumbled over one message, and will again. So the rest is asked for over a new
connection, in halves where that fails as well, until the message is alone: it costs itself only, not the account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from connectors.errors import Unavailable
from connectors.imap.bodies import read_messages
from connectors.imap.fetch import Look
from connectors.imap.folders import Folder
from connectors.imap.rows import Place, Row, Unread
from connectors.imap.session import Session, uid_ranges
from connectors.imap.wire import ClosedError
from rules.mail import Address, Message

__all__ = ["Line", "rows_of", "texts_of"]

_AGAIN_CAP = 40
"""New connections spent on one page; a line that breaks more often is no line."""
_STUMBLED = "the server closes the connection when it is asked for this message"


class Line(Protocol):
    """The connection of one account, which can be made anew."""

    def session(self) -> Session:
        """Return the open session. Raises Unavailable when there is none."""

    def again(self) -> Session:
        """Connect anew. Raises Unavailable, AuthNeeded or Misconfigured."""


def rows_of(line: Line, folder: Folder, place: Place, uid_set: bytes) -> Iterator[Row | Unread]:
    """Yield the messages of a UID set in the open folder, whatever becomes of the connection. Raises Unavailable."""
    seen: set[int] = set()
    try:
        yield from Look(line.session(), place, seen).rows(uid_set)
    except ClosedError:
        yield from _rest(line, folder, place, uid_set, seen)


def _rest(line: Line, folder: Folder, place: Place, uid_set: bytes, seen: set[int]) -> Iterator[Row | Unread]:
    session = _reopened(line, folder, place)
    present = session.search(b"UID", uid_set)
    if present is None:
        present = sorted(session.fetch(uid_set, b"(UID)"))
    stack = [[uid for uid in present if uid not in seen]]
    for _ in range(_AGAIN_CAP):
        try:
            while stack:
                for part in uid_ranges(stack[-1]):
                    yield from Look(session, place, seen).rows(part)
                stack.pop()
        except ClosedError:
            asked = stack.pop()
            missing = [uid for uid in asked if uid not in seen]
            if len(missing) == 1:
                seen.update(missing)
                yield Look(session, place).unread(missing[0], _STUMBLED)
            elif len(missing) < len(asked):
                stack.append(missing)  # it got on: perhaps it was the network
            else:
                half = len(missing) // 2
                stack += [missing[half:], missing[:half]]
            session = _reopened(line, folder, place)
        else:
            return
    raise Unavailable(f"{session.wire.where} closes the connection again and again while {folder.name} is read; trying later.")


def _reopened(line: Line, folder: Folder, place: Place) -> Session:
    session = line.again()
    state = session.examine(folder)
    if not place.prefix.endswith(f"/{state.uidvalidity or 0}/"):
        raise Unavailable(f"{folder.name} was renumbered while it was read; it is read again.")
    return session


def texts_of(line: Line, folder: Folder, rows: Sequence[Row]) -> list[Message]:
    """Return the messages of rows with their text; one over which the server closes the connection comes without."""
    try:
        return read_messages(line.session(), rows)
    except ClosedError:
        session = line.again()
        session.examine(folder)
    messages: list[Message] = []
    stumbles = 0
    for row in rows:
        try:
            messages += read_messages(session, [row])
        except ClosedError:
            envelope = row.envelope
            messages.append(Message(envelope, Address(envelope.from_name, envelope.from_address), defects=(_STUMBLED,)))
            stumbles += 1
            if stumbles > _AGAIN_CAP:
                raise
            session = line.again()
            session.examine(folder)
    return messages
