"""A message whose text is read: one core for single parts (IMAP) and for whole messages (Maildir, API)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from rules.mail import html
from rules.mail.encoding import clean, decode_transfer, to_text
from rules.mail.envelope import envelope_from_header
from rules.mail.headers import addresses, date_of, fields_of, split_fields
from rules.mail.mime import Tree, header_of, read_tree
from rules.mail.structure import CALENDAR_OCTETS, HTML_OCTETS, STATUS_OCTETS, TEXT_OCTETS, Part, choose_parts, has_calendar
from rules.mail.types import Address, CalendarPart, Envelope, Message, Role
from rules.mail.visible import visible

__all__ = ["message_from_bytes", "message_from_parts", "message_of", "message_without_text"]

_MAX_QUOTED = 4096
_STUB = re.compile(r"html|browser|display|mail (?:client|program|reader)", re.IGNORECASE)
_STUB_CHARS = 300
_NOBODY = Address("", "")
_MARKUP_SIGNS = (b"schema", b"json")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MULTIBYTE = re.compile(r"utf-?(?:16|32)|iso-2022|jis|jp|gb|big5|hz|euc|ks_|949", re.IGNORECASE)
_UTF8_LETTER = re.compile(rb"[\xc3-\xf4][\x80-\xbf]")


class _Shown(NamedTuple):
    """What a text part says: `markup` and `links` are those of HTML."""

    text: str = ""
    quoted: str = ""
    markup: str = ""
    links: tuple[tuple[str, str], ...] = ()


def message_from_parts(
    envelope: Envelope,
    header: bytes,
    *,
    text: bytes | None,
    text_type: str,
    text_charset: str,
    text_encoding: str,
    text_truncated: bool,
    calendars: Sequence[tuple[bytes, str, str, str]],
    delivery_status: bytes | None,
) -> Message:
    """Put a message together from the parts that `choose_parts` named. Never raises.

    `text` is the part as it stands in the mail, perhaps cut anywhere; `calendars` are (octets, method, charset,
    transfer encoding). A part that was not fetched is None.
    """
    shown = _Shown()
    if text is not None:
        shown = _text_of(text, text_type, text_charset, text_encoding, truncated=text_truncated)
    defects: tuple[str, ...] = ()
    parts = []
    for octets, method, charset, encoding in calendars:
        part, defect = _calendar_of(octets, method, charset, encoding)
        parts.append(part)
        defects += defect
    return _build(
        envelope,
        header,
        shown=shown,
        calendars=tuple(parts),
        delivery_status=clean(to_text(delivery_status[:STATUS_OCTETS]), lines=True) if delivery_status else "",
        defects=defects,
    )


def message_from_bytes(raw: bytes, *, ref: str, role: Role, received_at: datetime, size: int, thread_id: str = "") -> Message:
    """Read a whole RFC 5322 message, bounded: depth 20, 200 parts, 16 KB of text, 64 KB of each calendar. Never raises."""
    header = header_of(raw)
    tree = read_tree(raw)
    root = tree.root
    envelope = envelope_from_header(
        header, ref=ref, role=role, received_at=received_at, size=size, calendar=has_calendar(root), thread_id=thread_id
    )
    choice = choose_parts(root)
    defects = list(tree.defects)
    shown = _part_text(raw, tree, choice.text)
    if choice.html is not None:
        shown = _with_html(shown, raw, tree, choice.html)
    calendars = []
    for part in choice.calendars:
        octets = tree.octets(raw, part, 2 * CALENDAR_OCTETS)
        calendar, defect = _calendar_of(octets, part.method, part.charset, part.encoding)
        calendars.append(calendar)
        defects.extend(defect)
    status = ""
    if choice.delivery_status is not None:
        octets = tree.octets(raw, choice.delivery_status, STATUS_OCTETS)
        status = clean(to_text(decode_transfer(octets, choice.delivery_status.encoding)), lines=True)
    return _build(
        envelope,
        header,
        shown=shown,
        calendars=tuple(calendars),
        delivery_status=status,
        defects=tuple(defects),
    )


def message_of(envelope: Envelope, raw: bytes) -> Message:
    """Read a whole message whose first look was had: as `message_from_bytes`, but that envelope stays. Never raises."""
    message = message_from_bytes(
        raw,
        ref=envelope.ref,
        role=envelope.role,
        received_at=envelope.received_at,
        size=envelope.size,
        thread_id=envelope.thread_id,
    )
    return replace(message, envelope=envelope)


def message_without_text(envelope: Envelope, defect: str) -> Message:
    """Return what stands for a message of which only the first look can be had; `defect` says why."""
    return replace(_build(envelope, b"", shown=_Shown(), calendars=(), delivery_status="", defects=()), defects=(defect,))


def _part_text(raw: bytes, tree: Tree, part: Part | None) -> _Shown:
    if part is None:
        return _Shown()
    limit = 2 * part.octets  # as it stands in the mail, encoded
    octets = tree.octets(raw, part, limit)
    return _text_of(octets, part.type, part.charset, part.encoding, truncated=len(octets) == limit)


def _with_html(shown: _Shown, raw: bytes, tree: Tree, part: Part) -> _Shown:
    """Add what only the HTML beside a text/plain says: everything where that is a stub, else its markup and its links."""
    if _is_stub(shown.text):
        return _part_text(raw, tree, part)
    octets = tree.octets(raw, part, 2 * HTML_OCTETS)
    if "://" in shown.text and part.encoding != "base64" and not any(sign in octets for sign in _MARKUP_SIGNS):
        return shown  # a soft line break may split one of them, hardly all
    page = to_text(decode_transfer(octets, part.encoding, truncated=True)[:HTML_OCTETS], part.charset, truncated=True)
    if html.has_markup(page):
        rendered = html.render(clean(page, lines=True))
        return shown._replace(markup=rendered.markup, links=rendered.links)
    if "://" not in shown.text and "href" in page:
        return shown._replace(links=html.links_of(page))
    return shown


def _text_of(octets: bytes, kind: str, charset: str, encoding: str, *, truncated: bool) -> _Shown:
    """Return what a text part says: visible text and quoted tail; of HTML also markup and links."""
    limit = HTML_OCTETS if kind.lower() == "text/html" else TEXT_OCTETS
    decoded = decode_transfer(octets, encoding, truncated=truncated)
    text = clean(to_text(decoded[:limit], charset, truncated=truncated or len(decoded) > limit), lines=True)
    rendered = html.Rendered(text, "", "")
    if kind.lower() == "text/html":
        rendered = html.render(text)
    shown, quoted = visible(rendered.text)
    tail = f"{quoted}\n{rendered.quoted}".strip()[:_MAX_QUOTED]
    return _Shown(shown[:TEXT_OCTETS], tail, rendered.markup, rendered.links)


def _is_stub(text: str) -> bool:
    """Say whether a text part only points to the HTML beside it."""
    return not text.strip() or (len(text) < _STUB_CHARS and _STUB.search(text) is not None)


def _calendar_of(octets: bytes, method: str, charset: str, encoding: str) -> tuple[CalendarPart, tuple[str, ...]]:
    data = decode_transfer(octets, encoding)
    defects = ("a calendar part is larger than 64 KB; only its beginning was read",) if len(data) > CALENDAR_OCTETS else ()
    text = clean(_calendar_text(data[:CALENDAR_OCTETS], charset, truncated=bool(defects)), lines=True)
    return CalendarPart(text, clean(method).upper()[:32]), defects


def _calendar_text(data: bytes, charset: str, *, truncated: bool) -> str:
    """Decode a calendar: as UTF-8 (RFC 5545 section 3.1.4) wherever that can be, for single-byte labels are often wrong."""
    if data.startswith(_UTF16):
        return to_text(data, "utf-16", truncated=truncated)
    if not charset or _MULTIBYTE.search(charset) is None:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if not truncated and charset.lower() in {"utf-8", "utf8"} and _UTF8_LETTER.search(data) is None:
                charset = "cp1252"  # nothing in it is UTF-8, whatever the label says
    return to_text(data, charset, truncated=truncated)


def _build(
    envelope: Envelope,
    header: bytes,
    *,
    shown: _Shown,
    calendars: tuple[CalendarPart, ...],
    delivery_status: str,
    defects: tuple[str, ...],
) -> Message:
    fields = fields_of(header)
    if "date" in fields and date_of(fields["date"]) is None:
        defects += ("the Date field cannot be read",)
    if not envelope.from_address:
        defects += ("no address in From",)
    return Message(
        envelope=envelope,
        sender=Address(envelope.from_name, envelope.from_address) if envelope.from_address else _NOBODY,
        reply_to=_list(header, "reply-to"),
        to=_list(header, "to"),
        cc=_list(header, "cc"),
        date=date_of(fields["date"]) if "date" in fields else None,
        headers=fields,
        text=shown.text,
        quoted=shown.quoted,
        calendars=calendars,
        delivery_status=delivery_status,
        markup=shown.markup,
        defects=defects,
        links=shown.links,
    )


@lru_cache(maxsize=2)
def _raw_fields(header: bytes) -> dict[str, str]:
    return split_fields(header)


def _list(header: bytes, name: str) -> tuple[Address, ...]:
    """Return the addresses of a field, split before its encoded words are decoded: those may hold commas."""
    value = _raw_fields(header).get(name)
    return tuple(item for item in addresses(value) if item.address) if value else ()
