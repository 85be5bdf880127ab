"""A whole message as a draft to be checked: what the user wrote, without what is quoted below it, and what goes along."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from rules.lint.context import Attachment
from rules.mail import Address, Part, Role, message_from_bytes
from rules.mail.encoding import clean, decode_transfer, to_text
from rules.mail.html import render
from rules.mail.mime import read_tree
from rules.mail.visible import visible

__all__ = ["Mail", "is_mail", "read_mail", "text_of", "versions_of"]

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_ATTACHMENT = 48 * 1024 * 1024
"""Octets of one file as it stands in the mail; encoded it is a third longer than the file."""
_MOST_ATTACHMENTS = 50
_MAX_BEHIND = 1024 * 1024
_MOST_PIECES = 60
_PIECE, _OVERLAP = 60_000, 300
_HEAD = 64 * 1024
_FIELDS = re.compile(rb"(?:[!-9;-~]{1,80}:[^\n]{0,4000}(?:\n[ \t][^\n]{0,4000}){0,100}(?:\n|\Z)){1,200}")
_OF_MAIL = re.compile(
    rb"^(?:content-type|date|from|message-id|mime-version|received|return-path|subject|to):", re.IGNORECASE | re.MULTILINE
)
_CODECS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))
_PAGE = re.compile(r"\s{0,200}(?:<!doctype html|<html|<head|<body|<div|<p>|<p )", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
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
        text=_shown(raw, message.text),
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


def is_mail(octets: bytes) -> bool:
    """Say whether a file is a message: it begins with header fields (RFC 5322 section 2.2), perhaps below a line of mbox."""
    head = octets[:_HEAD].removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    if head.startswith(b"From "):
        head = head.partition(b"\n")[2]
    fields = _FIELDS.match(head)
    return fields is not None and _OF_MAIL.search(fields[0]) is not None


def text_of(octets: bytes) -> str:
    """Return what a file of plain text or HTML says, without the mails that are quoted in it.

    It is decoded by the mark at its beginning, else as UTF-8, else as Windows-1252. Never raises.
    """
    codec = next((name for mark, name in _CODECS if octets.startswith(mark)), "")
    text = octets.decode(codec, "replace").lstrip("\ufeff") if codec else to_text(octets)
    if _PAGE.match(text):
        text = render(clean(text, lines=True)).text
    return visible(clean(text.replace("\r\n", "\n"), lines=True))[0]


def _shown(raw: bytes, plain: str) -> str:
    """Return the text that most readers see: that of the HTML part where it says something else than the plain one."""
    tree = read_tree(raw)
    parts = [part for part in _leaves(tree.root) if part.type == "text/html" and not _is_attached(part)]
    if len(parts) != 1 or not plain.strip():
        return plain
    octets = decode_transfer(tree.octets(raw, parts[0], _MAX_BEHIND), parts[0].encoding)
    page = visible(render(clean(to_text(octets, parts[0].charset, truncated=True), lines=True)).text)[0]
    said = {*_WORD.findall(plain.casefold())}
    return page if page.strip() and not {*_WORD.findall(page.casefold())} <= said else plain


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
