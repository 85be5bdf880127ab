"""A whole message as a draft to be checked: what the user wrote, without what is quoted below it, and what goes along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from rules.lint.context import Attachment
from rules.mail import Address, Part, Role, message_from_bytes
from rules.mail.encoding import clean, decode_transfer, to_text
from rules.mail.mime import read_tree

__all__ = ["Mail", "read_mail", "versions_of"]

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_ATTACHMENT = 48 * 1024 * 1024
"""Octets of one file as it stands in the mail; encoded it is a third longer than the file."""
_MOST_ATTACHMENTS = 50
_MAX_BEHIND = 1024 * 1024
_MOST_PIECES = 60
_PIECE, _OVERLAP = 60_000, 300
_TAG = re.compile(r"<[^<>]{0,4000}>")
_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/x-amp-html", "text/calendar"})


@dataclass(frozen=True, slots=True)
class Mail:
    """What of a message matters for the checks."""

    text: str
    """What its reader sees, whatever the client made of it (plain, flowed, HTML), without quoted mails."""
    subject: str
    to: tuple[Address, ...]
    """To, then Cc."""
    sender: Address
    date: datetime | None
    """The Date field, aware."""
    in_reply_to: str
    attachments: tuple[Attachment, ...]
    behind: tuple[str, ...] = ()
    """All texts of the message, quoted mails and the source of HTML included, in pieces of at most 60,000 characters."""


def read_mail(raw: bytes) -> Mail:
    """Take a message apart (RFC 5322, RFC 2045). Never raises, whatever the octets."""
    message = message_from_bytes(raw, ref="", role=Role.DRAFTS, received_at=_NO_TIME, size=len(raw))
    return Mail(
        text=message.text,
        subject=message.envelope.subject,
        to=(*message.to, *message.cc),
        sender=message.sender,
        date=message.date,
        in_reply_to=message.envelope.in_reply_to,
        attachments=tuple(_attachments(raw)),
        behind=tuple(_behind(raw)),
    )


def _behind(raw: bytes) -> Iterator[str]:
    tree = read_tree(raw)
    left = _MOST_PIECES
    for part in _leaves(tree.root):
        if part.type not in _TEXTS or _is_attached(part):
            continue
        text = to_text(decode_transfer(tree.octets(raw, part, _MAX_BEHIND), part.encoding), part.charset, truncated=True)
        for version in versions_of(text) if part.type == "text/html" else (text,):
            for begin in range(0, len(version), _PIECE - _OVERLAP):
                if left:
                    left -= 1
                    yield version[begin : begin + _PIECE]


def versions_of(html: str) -> tuple[str, ...]:
    """Return the source of a page, its characters resolved, and what is left of it when the tags are taken out, and parted."""
    source = unescape(html)
    return source, _TAG.sub("", source), _TAG.sub(" ", source)


def _leaves(part: Part) -> Iterator[Part]:
    if not part.children:
        yield part
    for child in part.children:
        yield from _leaves(child)


def _is_attached(part: Part) -> bool:
    """Say whether a part is a file of the user's: not the text itself, and not the picture in a signature."""
    if part.disposition == "attachment":
        return True
    if part.type in _TEXTS or part.type.startswith("image/"):
        return bool(part.filename) and part.type.startswith("text/") and part.type != "text/calendar"
    return not part.type.startswith("multipart/")


def _attachments(raw: bytes) -> Iterator[Attachment]:
    tree = read_tree(raw)
    count = 0
    for part in _leaves(tree.root):
        if _is_attached(part) and count < _MOST_ATTACHMENTS:
            count += 1
            data = decode_transfer(tree.octets(raw, part, _MAX_ATTACHMENT), part.encoding)
            yield Attachment(clean(part.filename)[:200], data, part.type)
