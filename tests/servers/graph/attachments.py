"""What is attached to a message: https://learn.microsoft.com/en-us/graph/api/message-list-attachments."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import Message

from tests.servers.graph.answers import Json
from tests.servers.graph.store import Item, identifier

__all__ = ["attachments_of"]


def attachments_of(item: Item) -> list[Json]:
    """Return the parts that are files; those of a meeting message that say when it is are no attachments of it."""
    found: list[Json] = []
    try:
        parts = list(message_from_bytes(item.raw(), policy=policy.compat32).walk())
    except RecursionError:
        return []
    for number, part in enumerate(parts):
        if part.is_multipart() or not _is_file(part, item):
            continue
        octets = part.get_payload(decode=True)
        octets = octets if isinstance(octets, bytes) else b""
        found.append(
            {
                "@odata.type": "#microsoft.graph.fileAttachment",
                "id": identifier("AAMkAG", "attachment", item.key, number),
                "name": part.get_filename() or "part",
                "contentType": part.get_content_type(),
                "size": len(octets),
                "isInline": part.get_content_disposition() == "inline",
                "contentBytes": base64.b64encode(octets).decode(),
            }
        )
    return found


def _is_file(part: Message, item: Item) -> bool:
    if part.get_content_type() == "text/calendar":
        return item.kind == "message"
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())
