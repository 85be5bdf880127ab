"""The second look: the text, calendar and report parts of the candidates of a page, asked for in few round trips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress

from connectors.imap.rows import Row, fetched, number, structure_of
from connectors.imap.session import Session, uid_ranges
from connectors.imap.tokens import Unreadable
from rules.mail import Choice, Message, Part, choose_parts, message_from_parts

__all__ = ["read_messages"]

_WINDOW = 16
"""Commands under way at once: few enough that the server's answers cannot block our questions."""
_UIDS_AT_ONCE = 50
_ENCODED = 4 / 3
"""Base64 makes octets this much more; an end that is cut does not matter."""


def read_messages(session: Session, rows: Sequence[Row]) -> list[Message]:
    """Return the messages of these rows, which stand in the open folder, in their order. Raises Unavailable.

    A message whose parts cannot be had comes without them, with the reason among its defects; one that was expunged
    meanwhile too.
    """
    choices = {row.uid: choose_parts(structure_of(row.structure)) for row in rows}
    bodies: dict[int, dict[str, bytes]] = defaultdict(dict)
    groups: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    for uid, choice in choices.items():
        sections = tuple((part.path, _wanted(part)) for part in choice.parts)
        if sections:
            groups[sections].append(uid)
    commands = [
        b"UID FETCH %s %s" % (uid_set, _items(sections))
        for sections, uids in groups.items()
        for start in range(0, len(uids), _UIDS_AT_ONCE)
        for uid_set in uid_ranges(uids[start : start + _UIDS_AT_ONCE])
    ]
    for start in range(0, len(commands), _WINDOW):
        for answer in session.wire.pipeline(commands[start : start + _WINDOW]):
            _take(answer.replies, bodies)
    for uid, choice in choices.items():
        if choice.parts and uid not in bodies:  # a command that failed for one of its messages: ask for this one alone
            items = _items([(part.path, _wanted(part)) for part in choice.parts])
            _take(session.wire.ask(b"UID", b"FETCH", b"%d" % uid, items).replies, bodies)
    return [_message(row, choices[row.uid], bodies.get(row.uid)) for row in rows]


def _items(sections: Iterable[tuple[str, int]]) -> bytes:
    return b"(UID " + b" ".join(b"BODY.PEEK[%s]<0.%d>" % (path.encode(), size) for path, size in sections) + b")"


def _wanted(part: Part) -> int:
    return int(part.octets * _ENCODED) if part.encoding == "base64" else part.octets


def _take(replies: Iterable[list[bytes]], bodies: dict[int, dict[str, bytes]]) -> None:
    for reply in replies:
        with suppress(Unreadable):
            row = fetched(reply)
            uid = number(row.get(b"UID"))
            for name, value in row.items():
                if uid and name.startswith(b"BODY[") and isinstance(value, bytes):
                    bodies[uid][name[5:].partition(b"]")[0].decode("ascii", "replace")] = value


def _message(row: Row, choice: Choice, got: dict[str, bytes] | None) -> Message:
    bodies = got or {}
    text, truncated = choice.text, False
    body = bodies.get(text.path) if text is not None else None
    if text is not None and body is not None:
        truncated = len(body) >= _wanted(text)
    status = choice.delivery_status
    return message_from_parts(
        row.envelope,
        row.header,
        text=body,
        text_type=text.type if text is not None else "",
        text_charset=text.charset if text is not None else "",
        text_encoding=text.encoding if text is not None else "",
        text_truncated=truncated,
        calendars=[
            (bodies[part.path], part.method, part.charset, part.encoding) for part in choice.calendars if part.path in bodies
        ],
        delivery_status=bodies.get(status.path) if status is not None else None,
    )
