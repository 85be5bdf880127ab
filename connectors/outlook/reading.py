"""From the JSON of https://learn.microsoft.com/en-us/graph/api/resources/message to envelopes. Nothing in here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from connectors.outlook.answers import Json, instant, record, records, text
from rules.mail import HEADERS, LATE_HEADERS, Envelope, Part, Role, envelope_from_header, has_calendar
from rules.mail.encoding import clean
from rules.mail.headers import split_fields
from rules.mail.mime import parameters

__all__ = [
    "EXPAND",
    "IN_REPLY_TO",
    "REFERENCES",
    "SELECT",
    "change_key",
    "envelope_of",
    "extended",
    "header_bytes",
    "is_automatic",
    "is_calendar",
    "is_complete",
    "is_event",
    "is_reference",
    "property_id",
]

SELECT: Final = (
    "internetMessageId,conversationId,receivedDateTime,sentDateTime,from,sender,replyTo,toRecipients,ccRecipients,subject,"
    "isDraft,parentFolderId,hasAttachments,internetMessageHeaders"
)
"""What is asked of every message; `internetMessageHeaders` comes only where it is named."""
IN_REPLY_TO: Final = "String 0x1042"
"""PidTagInReplyToId, as an extended property.

https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview
"""
REFERENCES: Final = "String 0x1039"
"""PidTagInternetReferences."""
_TRANSPORT: Final = "String 0x007D"
"""PidTagTransportMessageHeaders: the header as it came."""
_CLASS: Final = "String 0x001A"
"""PidTagMessageClass."""
EXPAND: Final = "singleValueExtendedProperties($filter={})".format(
    " or ".join(f"id eq '{one}'" for one in (IN_REPLY_TO, REFERENCES, _TRANSPORT, _CLASS))
)
"""What is asked besides of messages whose header is not told: sent mail has none."""
_MEETING: Final = "ipm.schedule.meeting."
"""The class of all that meetings are asked for and answered with (MS-OXOCAL 2.2.10)."""
_AUTOMATIC: Final = ("ipm.note.rules.ooftemplate", "ipm.note.rules.replytemplate")
"""Classes of what Exchange answers by itself (MS-OXOMSG, MS-OXORULE)."""
_WANTED: Final = {name.lower(): name for name in (*HEADERS, *LATE_HEADERS)}
_STRUCTURED: Final = {"From": "from", "Sender": "sender"}
_LISTS: Final = {"Reply-To": "replyTo", "To": "toRecipients", "Cc": "ccRecipients"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BREAKS: Final = re.compile(r"[\r\n\x00]+[ \t]*")
_REFERENCE: Final = re.compile(r"(?!.{0,1022}\.\.)[0-9A-Za-z_+=~!$*({@:;,-][0-9A-Za-z_+=~!$*(){}@:;,./-]{0,1023}")
"""Exchange takes letters, digits and `-_=+/`; whatever else stands for itself in a path is as good."""
_ZEROS: Final = re.compile(r"0x0+(?=[0-9a-f])")
_ETAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_MOST_HEADERS: Final = 2000
_MOST_VALUE: Final = 32_768
_MOST_BLOCK: Final = 65_000
_MOST_PEOPLE: Final = 100
_MOST_THREAD: Final = 1000


def is_reference(ref: str) -> bool:
    """Say whether a text can be the id of a message at all."""
    return _REFERENCE.fullmatch(ref) is not None


def change_key(message: Json) -> str:
    """Return which state of a message this is: its changeKey, or the one within its etag; empty where neither is told."""
    found = _ETAG.fullmatch(text(message, "@odata.etag").strip())
    return text(message, "changeKey") or (found[1] if found else "")


def is_event(message: Json) -> bool:
    """Say whether it is a meeting request, its cancellation, or an answer to one.

    https://learn.microsoft.com/en-us/graph/api/resources/eventmessage
    """
    kind = text(message, "@odata.type").rpartition("#")[2].lower()  # with "#", after the address of the schema, or bare
    return (
        kind.startswith("microsoft.graph.eventmessage")
        or text(message, "meetingMessageType").lower() not in {"", "none"}
        or extended(message).get(property_id(_CLASS), "").lower().startswith(_MEETING)
    )


def is_automatic(message: Json) -> bool:
    """Say whether its class tells an automatic answer of Exchange: within a company its header may not."""
    return extended(message).get(property_id(_CLASS), "").lower().startswith(_AUTOMATIC)


def is_complete(message: Json) -> bool:
    """Say whether a row tells a message, and not only what changed of one.

    Of a message of which only the read state changed, some rows hold little more than its id.
    """
    return instant(message, "receivedDateTime") is not None and "isDraft" in message


def extended(message: Json) -> Mapping[str, str]:
    """Return the extended properties that came along, by their ids as `property_id` makes them."""
    items = records(message, "singleValueExtendedProperties")
    return {property_id(text(item, "id")): text(item, "value") for item in items if text(item, "id")}


def property_id(known: str) -> str:
    """Return the id of an extended property as it is compared: what is asked as `String 0x007D` comes as `String 0x7d`."""
    return _ZEROS.sub("0x", known.lower())


def envelope_of(
    message: Json, ref: str, role: Role, *, attached: Sequence[Json] = (), size: int = 0, header: bytes | None = None
) -> Envelope:
    """Read a message without its text into an envelope. `attached` are the attachments as far as they are known."""
    header = header_bytes(message) if header is None else header
    return envelope_from_header(
        header,
        ref=ref,
        role=role,
        received_at=instant(message, "receivedDateTime") or instant(message, "sentDateTime") or _EPOCH,
        size=max(0, size),
        calendar=is_event(message) or _is_calendar(header) or any(is_calendar(one) for one in attached),
        thread_id=clean(text(message, "conversationId"))[:_MOST_THREAD],
    )


def is_calendar(attachment: Json) -> bool:
    """Say whether an attachment is an iCalendar object, by its type or its name."""
    kind, name = text(attachment, "contentType").partition(";")[0].strip().lower(), text(attachment, "name")
    return has_calendar(Part("1", kind or "application/octet-stream", filename=name))


def _is_calendar(header: bytes) -> bool:
    return has_calendar(Part("1", parameters(split_fields(header).get("content-type", ""))[0] or "text/plain"))


def header_bytes(message: Json) -> bytes:
    """Return the header fields that the rules know, as they would stand in the mail, unfolded; at most 64 KB.

    From, To, Cc, Subject and Message-ID are told apart by the service, which nothing in a name can upset. All else is the mail's
    own; so is the Date, by which a mail is known again that came to another account as well, and which only what was sent from
    here does not tell: there it is what the service says.
    """
    given = _given(message)
    more = extended(message)
    if transport := more.get(property_id(_TRANSPORT)):
        came = split_fields(transport[:_MOST_BLOCK].encode("utf-8", "replace"))
        given = {_WANTED[name]: value for name, value in came.items()} | given
    for name, key in (("In-Reply-To", IN_REPLY_TO), ("References", REFERENCES)):
        if value := more.get(property_id(key)):
            given.setdefault(name, value)
    fields = _sent(message) | given | _told(message)
    room = _MOST_BLOCK
    lines: list[bytes] = []
    for name, value in fields.items():
        line = f"{name}: {_BREAKS.sub(' ', value[:_MOST_VALUE]).strip()}\r\n".encode("utf-8", "replace")
        room -= len(line)
        if room >= 0:
            lines.append(line)
    return b"".join(lines)


def _given(message: Json) -> dict[str, str]:
    """Return the first of each wanted field of the header, as the service tells it."""
    found: dict[str, str] = {}
    for item in records(message, "internetMessageHeaders")[:_MOST_HEADERS]:
        name = _WANTED.get(text(item, "name").strip().lower())
        if name is not None and name not in found:
            found[name] = text(item, "value")
    return found


def _told(message: Json) -> dict[str, str]:
    """Return the fields that are properties of the message."""
    found: dict[str, str] = {}
    for field, name in _STRUCTURED.items():
        if value := _mailbox(record(message, name)):
            found[field] = value
    for field, name in _LISTS.items():
        people = [_mailbox(one) for one in records(message, name)[:_MOST_PEOPLE]]
        if people and all(people):
            found[field] = ", ".join(people)
    for field, name in (("Subject", "subject"), ("Message-ID", "internetMessageId")):
        if value := clean(text(message, name)):
            found[field] = value
    return found


def _sent(message: Json) -> dict[str, str]:
    """Return the Date field as the service would write it."""
    sent = instant(message, "sentDateTime")
    return {"Date": format_datetime(sent)} if sent is not None else {}


def _mailbox(recipient: Json) -> str:
    """Return a recipient as it stands in a header; empty where the address is none of the Internet's."""
    address = record(recipient, "emailAddress")
    spec, name = clean(text(address, "address")).strip(), clean(text(address, "name")).strip()
    if "@" not in spec or any(char in spec for char in '<>,;:" '):
        return ""
    if not name or name.lower() == spec.lower():
        return spec
    quoted = name[:200].replace("\\", "").replace('"', "'")
    return f'"{quoted}" <{spec}>'
