"""From the service's JSON (users.messages, `Message` and `MessagePart`) to envelopes and parts. Nothing in here raises.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.gmail.answers import Json, labels_of, number, record, records, text
from rules.mail import HEADERS, LATE_HEADERS, Envelope, Part, Role, envelope_from_header, has_calendar
from rules.mail.encoding import decode_transfer
from rules.mail.headers import date_of, split_fields
from rules.mail.mime import parameters
from rules.mail.structure import MAX_DEPTH, MAX_PARTS

__all__ = [
    "ENVELOPE_FIELDS",
    "HEADER_FIELDS",
    "decoded",
    "envelope_of",
    "header_bytes",
    "is_reference",
    "part_tree",
    "received",
    "role_of",
    "walk_parts",
]

HEADER_FIELDS: Final = "id,threadId,labelIds,internalDate,sizeEstimate,payload(mimeType,filename,headers)"
"""The partial response (https://developers.google.com/workspace/gmail/api/guides/performance) that holds a message's header."""
_NESTED: Final = 5


def _nested(fields: str, depth: int) -> str:
    return f"{fields},parts({_nested(fields, depth - 1)})" if depth else fields


ENVELOPE_FIELDS: Final = HEADER_FIELDS[:-1] + f",parts({_nested('mimeType,filename', _NESTED - 1)}))"
"""The same, and what parts there are, without a word of them."""
_WANTED: Final = frozenset(name.lower() for name in (*HEADERS, *LATE_HEADERS))
_OF_A_PART: Final = frozenset({"content-type", "content-disposition"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = 4_102_444_800_000
_PLAIN: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"\s*|[^"<>,;:@()\\]*)<[^<>]*>')
_BREAKS: Final = re.compile(r"[\r\n\x00]+[ \t]*")
_NAME: Final = re.compile(r"[!-9;-~]{1,76}")
_REFERENCE: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_HEADERS: Final = 2000
_MOST_VALUE: Final = 32_768
_MOST_BLOCK: Final = 65_000
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def is_reference(ref: str) -> bool:
    """Say whether a text can be the id of a message or of a draft at all."""
    return _REFERENCE.fullmatch(ref) is not None


def role_of(message: Json) -> Role | None:
    """Return the role of the folder in which a message stands by its labels; None for what is no message: thrown away, or a chat.

    https://developers.google.com/workspace/gmail/api/guides/labels. What has neither label was archived, or kept out of the inbox
    by a filter.
    """
    labels = labels_of(message) or frozenset()
    if labels & {"TRASH", "CHAT"}:
        return None
    for label, role in (("SPAM", Role.JUNK), ("DRAFT", Role.DRAFTS), ("SENT", Role.SENT), ("INBOX", Role.INBOX)):
        if label in labels:
            return role
    return Role.ARCHIVE


def received(message: Json) -> datetime | None:
    """Return when the service accepted a message (`internalDate`, milliseconds since 1970); None when it does not say."""
    at = number(message, "internalDate")
    return None if at is None or not 0 <= at <= _LATEST_MS else _EPOCH + timedelta(milliseconds=at)


def envelope_of(message: Json, ref: str, role: Role) -> Envelope:
    """Read a message without its text into an envelope."""
    header = header_bytes(record(message, "payload"))
    return envelope_from_header(
        header,
        ref=ref,
        role=role,
        received_at=received(message) or date_of(split_fields(header).get("date", "")) or _EPOCH,
        size=max(0, number(message, "sizeEstimate") or 0),
        calendar=has_calendar(part_tree(record(message, "payload"))),
        thread_id=text(message, "threadId"),
    )


def header_bytes(payload: Json) -> bytes:
    """Return the header fields that the rules know, as they would stand in the mail, unfolded; at most 64 KB."""
    lines: list[bytes] = []
    room = _MOST_BLOCK
    for item in records(payload, "headers")[:_MOST_HEADERS]:
        name, value = text(item, "name").strip(), text(item, "value")
        if name.lower() not in _WANTED or not _NAME.fullmatch(name):
            continue
        value = _BREAKS.sub(" ", value[:_MOST_VALUE]).strip()
        if name.lower() in {"from", "sender"}:
            value = _author(value)
        line = f"{name}: {value}\r\n".encode("utf-8", "replace")
        room -= len(line)
        if room >= 0:
            lines.append(line)
    return b"".join(lines)


def _author(value: str) -> str:
    """Return a From field as one address behind one name.

    The service may take encoded words (RFC 2047) off: what was a comma or an address within a name would count as another author
    then, before the real one. What stands in the last angle brackets is where the mail says that it is from.
    """
    if "=?" in value or not value.endswith(">") or _PLAIN.fullmatch(value):
        return value
    name, _, spec = value[:-1].rpartition("<")
    quoted = name.strip().removeprefix('"').removesuffix('"').replace("\\", "").replace('"', "")
    return f'"{quoted}" <{spec}>'


def walk_parts(payload: Json) -> Iterator[tuple[str, Json]]:
    """Yield every part with its path as IMAP counts (`1.2`), bounded in depth and number."""
    stack: list[tuple[str, Json, int]] = [("", payload, 0)]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        path, part, depth = stack.pop()
        yield path, part
        if depth < MAX_DEPTH:
            inner = records(part, "parts")[:MAX_PARTS]
            below = [(f"{path}.{place}" if path else str(place), one, depth + 1) for place, one in enumerate(inner, 1)]
            stack.extend(reversed(below))


def part_tree(payload: Json) -> Part:
    """Return the tree of parts. Their octets come with the transfer encoding taken off, so no part names one."""
    children: dict[str, list[Part]] = {}
    for path, part in reversed(list(walk_parts(payload))):
        made = _part(path, part, tuple(reversed(children.pop(path, []))))
        if not path:
            return made
        children.setdefault(path.rpartition(".")[0], []).append(made)
    return Part("1", "text/plain")


def _part(path: str, part: Json, children: tuple[Part, ...]) -> Part:
    fields = {
        name: text(item, "value")
        for item in records(part, "headers")[:_MOST_HEADERS]
        if (name := text(item, "name").lower()) in _OF_A_PART
    }
    stated, params = parameters(fields.get("content-type", ""))
    disposition, extra = parameters(fields.get("content-disposition", ""))
    kind = text(part, "mimeType").lower().strip() or stated
    if "/" not in kind or (kind.startswith("multipart/") and not children):
        kind = "text/plain"
    return Part(
        path=path or ("" if children else "1"),
        type=kind,
        params=params,
        size=max(0, number(record(part, "body"), "size") or 0),
        disposition=disposition,
        filename=text(part, "filename") or extra.get("filename") or params.get("name", ""),
        children=children,
    )


def decoded(data: str) -> bytes:
    """Undo base64url (RFC 4648 section 5); what does not belong there is passed over."""
    return decode_transfer(data.encode("ascii", "ignore").translate(_URL_SAFE), "base64")
