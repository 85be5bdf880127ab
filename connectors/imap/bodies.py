"""The second look: the text, calendar and report parts of the candidates of a page, asked for in few round trips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.imap.rows import Row, fetched, number, structure_of
from connectors.imap.session import Session, uid_ranges
from connectors.imap.tokens import Unreadable
from rules.mail import LATE_HEADERS, Choice, Message, Part, choose_parts, message_from_parts

__all__ = ["read_messages"]

_WINDOW = 8
"""Commands under way at once: the server reads while we parse, and its answers cannot block our questions."""
_UIDS_AT_ONCE = 20
_LATE = b"BODY.PEEK[HEADER.FIELDS (" + " ".join(LATE_HEADERS).upper().encode() + b")]<0.4096>"
_ENCODED = 4 / 3
"""Base64 makes octets this much more; an end that is cut does not matter."""


def read_messages(session: Session, rows: Sequence[Row]) -> list[Message]:
    """Return the messages of these rows, which stand in the open folder, in their order. Raises Unavailable.

    A message whose parts cannot be had comes without them, with the reason among its defects; one that was expunged
    meanwhile too.
    """
    choices = {row.uid: choose_parts(structure_of(row.structure)) for row in rows}
    by_uid = {row.uid: row for row in rows}
    groups: dict[tuple[tuple[str, int], ...], list[int]] = defaultdict(list)
    for uid, choice in choices.items():
        groups[tuple((part.path, _wanted(part)) for part in choice.parts)].append(uid)
    groups.pop((), None)
    batches = [
        (sections, uids[start : start + _UIDS_AT_ONCE])
        for sections, uids in groups.items()
        for start in range(0, len(uids), _UIDS_AT_ONCE)
    ]
    messages: dict[int, Message] = {}
    commands = [b"UID FETCH %s %s" % (uid_ranges(uids)[0], _items(sections)) for sections, uids in batches]
    for _, answer in session.wire.flow(commands, _WINDOW):
        for uid, bodies in _bodies(answer.replies).items():
            if uid in by_uid:
                messages[uid] = _message(by_uid[uid], choices[uid], bodies)
    for uid, row in by_uid.items():
        if uid not in messages:
            messages[uid] = _alone(session, row, choices[uid])
    return [messages[row.uid] for row in rows]


def _alone(session: Session, row: Row, choice: Choice) -> Message:
    """Read a message that has nothing to fetch, or whose part in a command for many failed."""
    if not choice.parts:
        return _message(row, choice, {})
    items = _items([(part.path, _wanted(part)) for part in choice.parts])
    bodies = _bodies(session.wire.ask(b"UID", b"FETCH", b"%d" % row.uid, items).replies).get(row.uid)
    message = _message(row, choice, bodies or {})
    if bodies is None:
        return replace(message, defects=(*message.defects, "its text could not be read from the server"))
    return message


def _items(sections: Iterable[tuple[str, int]]) -> bytes:
    return b"(UID " + _LATE + b" " + b" ".join(b"BODY.PEEK[%s]<0.%d>" % (path.encode(), size) for path, size in sections) + b")"


def _wanted(part: Part) -> int:
    return int(part.octets * _ENCODED) if part.encoding == "base64" else part.octets


def _bodies(replies: Iterable[list[bytes]]) -> dict[int, dict[str, bytes]]:
    found: dict[int, dict[str, bytes]] = {}
    for reply in replies:
        with suppress(Unreadable):
            row = fetched(reply)
            uid = number(row.get(b"UID"))
            for name, value in row.items():
                if uid and name.startswith(b"BODY[") and isinstance(value, bytes):
                    found.setdefault(uid, {})[name[5:].partition(b"]")[0].decode("ascii", "replace")] = value
    return found


def _message(row: Row, choice: Choice, bodies: dict[str, bytes]) -> Message:
    text, truncated = choice.text, False
    body = bodies.get(text.path) if text is not None else None
    if text is not None and body is not None:
        truncated = len(body) >= _wanted(text)
    status = choice.delivery_status
    late = next((value for path, value in bodies.items() if path.startswith("HEADER")), b"")
    return message_from_parts(
        row.envelope,
        row.header.rstrip(b"\r\n") + b"\r\n" + late,
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
