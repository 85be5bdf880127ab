"""The first look at a message: made of its header fields alone, fifty thousand times in one scan."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b

from rules.mail.encoding import clean, decode_words
from rules.mail.headers import address_of, addresses, message_ids, split_fields
from rules.mail.types import Envelope, Role

__all__ = ["envelope_from_fields", "envelope_from_header", "identity"]

_BULK = frozenset({"bulk", "list", "junk"})
_MAX_SUBJECT = 1000


def identity(message_id: str, from_address: str, date_field: str) -> str:
    """Return a short name for a message that is the same in every folder and after every UIDVALIDITY change: 24 hex digits.

    Message-ID alone is not enough: broken senders use one for many messages, and some mail has none.
    """
    date_field = " ".join(date_field.split()) if "  " in date_field or "\t" in date_field else date_field.strip()
    text = f"{message_id.strip().strip('<>')}\n{from_address.lower()}\n{date_field}"
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def envelope_from_header(
    header: bytes, *, ref: str, role: Role, received_at: datetime, size: int, calendar: bool, thread_id: str = ""
) -> Envelope:
    """Read a header block (all of it, or the fields of HEADERS) into an Envelope. Never raises.

    `received_at` is the server's clock, aware; `calendar` is what the body structure says.
    """
    return envelope_from_fields(
        split_fields(header), ref=ref, role=role, received_at=received_at, size=size, calendar=calendar, thread_id=thread_id
    )


def envelope_from_fields(
    fields: dict[str, str], *, ref: str, role: Role, received_at: datetime, size: int, calendar: bool, thread_id: str = ""
) -> Envelope:
    """Make an Envelope of fields that `split_fields` found."""
    get = fields.get
    sender = address_of(get("from") or get("sender") or "")
    message_id = get("message-id") or ""
    if message_id.startswith("<") and message_id.endswith(">") and " " not in message_id and message_id.isprintable():
        message_id = message_id[1:-1]
    else:
        message_id = next(iter(message_ids(message_id)), "") if "<" in message_id else clean(message_id)[:996]
    in_reply_to = get("in-reply-to")
    references = get("references")
    subject = get("subject") or ""
    if "=?" in subject:
        subject = decode_words(subject[: 8 * _MAX_SUBJECT])
    precedence = get("precedence")
    return Envelope(
        identity(message_id, sender.address, get("date") or ""),
        ref,
        role,
        message_id,
        (next(iter(message_ids(in_reply_to)), "")) if in_reply_to else "",
        " ".join(message_ids(references)) if references else "",
        sender.address,
        sender.name,
        _recipients(get("to") or "", get("cc") or ""),
        clean(subject)[:_MAX_SUBJECT],
        received_at,
        size,
        "list-id" in fields or "list-unsubscribe" in fields or (precedence is not None and precedence.lower() in _BULK),
        calendar,
        thread_id,
    )


def _recipients(to: str, cc: str) -> str:
    if not cc and "," not in to and ";" not in to:
        return address_of(to).address
    found = dict.fromkeys(item.address for item in (*addresses(to), *addresses(cc)) if item.address)
    return " ".join(found)
