"""Raw mail as properties, and properties as raw mail.

https://learn.microsoft.com/en-us/graph/api/resources/message for the properties, and
https://learn.microsoft.com/en-us/graph/outlook-get-mime-message for what `$value` is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import Header, decode_header
from email.message import Message
from email.utils import format_datetime, formataddr, getaddresses, parsedate_to_datetime
from typing import Final

from tests.servers.gmail.mime import headers, normal_subject, tags
from tests.servers.graph.answers import Json

__all__ = ["Taken", "html_of_text", "instant", "normal_subject", "raw_of", "recipient", "tags", "taken", "text_of_html"]

_BLOCK: Final = re.compile(r"(?i)<(?:br|/p|/div|/li|/tr|/h\d|hr)\b[^>]{0,400}>")
_DROP: Final = re.compile(r"(?is)<(script|style|head)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->")
_TAG: Final = re.compile(r"<[^>]{0,4000}>")
_SCRIPT: Final = re.compile(r"(?is)<script\b.{0,200000}?</script\s*>")


@dataclass(frozen=True)
class Taken:
    """What the service reads from a raw message."""

    properties: Json
    headers: Sequence[tuple[str, str]]
    attachments: Sequence[Json] = field(default=())
    calendar: str = ""
    """Text of its first text/calendar part."""

    @property
    def message_id(self) -> str:
        """Return the Message-ID with its brackets; empty where there is none."""
        return str(self.properties["internetMessageId"] or "")

    def header(self, name: str) -> str:
        """Return the first field of a name; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


def instant(moment: datetime) -> str:
    """Return an Edm.DateTimeOffset in UTC, to the second, as the service tells times of mail."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def recipient(name: str, address: str) -> Json:
    """Return a recipient."""
    return {"emailAddress": {"name": name or address, "address": address}}


def taken(raw: bytes) -> Taken:
    """Read a raw message, whatever it is."""
    found = headers(raw)
    whole = message_from_bytes(raw, policy=policy.compat32)
    texts: list[tuple[str, str]] = []
    attachments: list[Json] = []
    calendar = ""
    try:
        for part in _leaves(whole):
            kind = part.get_content_type()
            attached = part.get_content_disposition() == "attachment" or bool(part.get_filename())
            if kind == "text/calendar" and not calendar:
                calendar = _text(part)
            if kind in {"text/plain", "text/html"} and not attached:
                texts.append((kind, _text(part)))
            elif kind != "text/calendar" or attached:
                attachments.append({"name": part.get_filename() or "part", "contentType": kind, "size": len(_octets(part))})
    except RecursionError:  # hundreds of levels
        texts, attachments = [], []
    formatted = [text for kind, text in texts if kind == "text/html"]
    plain = [text for kind, text in texts if kind == "text/plain"]
    body = {"contentType": "html", "content": _SCRIPT.sub("", formatted[0])} if formatted else _plain_body(plain)

    def first(name: str) -> str:
        return next((value for key, value in found if key.lower() == name), "")

    sender = _recipients([first("from")])
    properties: Json = {
        "subject": _decoded(first("subject")),
        "body": body,
        "bodyPreview": _preview(body),
        "from": next(iter(sender), None),
        "sender": next(iter(_recipients([first("sender")]) or sender), None),
        "toRecipients": _recipients(value for key, value in found if key.lower() == "to"),
        "ccRecipients": _recipients(value for key, value in found if key.lower() == "cc"),
        "bccRecipients": _recipients(value for key, value in found if key.lower() == "bcc"),
        "replyTo": _recipients([first("reply-to")]),
        "sentDateTime": _date(first("date")),
        "internetMessageId": first("message-id") or None,
        "hasAttachments": bool(attachments),
        "importance": "normal",
    }
    return Taken(properties, found, attachments, calendar)


def raw_of(properties: Mapping[str, object], extended: Mapping[str, str], besides: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return a message as RFC 5322 bytes, as the service makes them of a draft or of what was written here."""
    told = Json(properties)
    fields: list[tuple[str, str]] = []
    for name, key in (("From", "from"), ("To", "toRecipients"), ("Cc", "ccRecipients"), ("Bcc", "bccRecipients")):
        value = told.get(key)
        people = [value] if isinstance(value, dict) else (value or [])
        if people:
            fields.append((name, ",\r\n ".join(_address(one) for one in people)))
    fields.append(("Subject", _encoded(str(told.get("subject") or ""))))
    sent = str(told.get("sentDateTime") or "")
    if sent:
        fields.append(("Date", format_datetime(datetime.fromisoformat(sent).astimezone(UTC))))
    if told.get("internetMessageId"):
        fields.append(("Message-ID", str(told["internetMessageId"])))
    if extended.get("String 0x1042"):
        fields.append(("In-Reply-To", extended["String 0x1042"]))
    if extended.get("String 0x1039"):
        fields.append(("References", "\r\n ".join(extended["String 0x1039"].split())))
    fields += besides
    head = "".join(f"{name}: {value}\r\n" for name, value in [*fields, ("MIME-Version", "1.0")])
    body = told.get("body") or {"contentType": "text", "content": ""}
    content = str(body["content"] or "")
    if str(body["contentType"]).lower() != "html":
        return (
            head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + _lines(content)
        ).encode("utf-8", "replace")
    parts = (("text/plain", text_of_html(content)), ("text/html", content))
    pieces = "".join(
        f"--_000_edge_\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{_lines(text)}\r\n"
        for kind, text in parts
    )
    return (head + 'Content-Type: multipart/alternative; boundary="_000_edge_"\r\n\r\n' + pieces + "--_000_edge_--\r\n").encode(
        "utf-8", "replace"
    )


def text_of_html(content: str) -> str:
    """Return the words of HTML, a line for each block."""
    bare = _TAG.sub("", _BLOCK.sub("\n", _DROP.sub("", content)))
    return html.unescape(bare).replace("\xa0", " ")


def html_of_text(text: str) -> str:
    """Return text as the service shows it as HTML."""
    inside = html.escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\r\n")
    return (
        '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f'</head><body>\r\n<div class="PlainText">{inside}</div>\r\n</body></html>\r\n'
    )


def _plain_body(plain: Sequence[str]) -> Json:
    return {"contentType": "text", "content": plain[0] if plain else ""}


def _preview(body: Json) -> str:
    content = str(body["content"])
    words = content if body["contentType"] == "text" else text_of_html(content[:20000])
    return " ".join(words.split())[:255]


def _leaves(part: Message) -> Iterator[Message]:
    inside = part.get_payload()
    if part.is_multipart() and isinstance(inside, list) and part.get_content_maintype() == "multipart":
        for one in inside:
            if isinstance(one, Message):
                yield from _leaves(one)
    else:
        yield part


def _octets(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, AssertionError):
        return b""
    return found if isinstance(found, bytes) else b""


def _text(part: Message) -> str:
    octets = _octets(part)
    try:
        return octets.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except (LookupError, ValueError):
        return octets.decode("utf-8", "replace")


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(value)
        return "".join(
            one if isinstance(one, str) else one.decode(charset if charset and charset != "unknown-8bit" else "utf-8", "replace")
            for one, charset in pieces
        )
    except (HeaderParseError, LookupError, ValueError):
        return value


def _recipients(values: Iterable[str]) -> list[Json]:
    try:
        found = getaddresses([value for value in values if value])
    except (TypeError, IndexError, ValueError):
        return []
    return [recipient(_decoded(name), address) for name, address in found if address]


def _date(value: str) -> str | None:
    try:
        moment = parsedate_to_datetime(value)
        return instant(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def _encoded(text: str) -> str:
    clean = " ".join(text.split("\r\n")).replace("\n", " ").replace("\r", " ")
    return clean if clean.isascii() else Header(clean, "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _address(one: Json) -> str:
    told = one["emailAddress"]
    name, address = str(told.get("name") or ""), str(told.get("address") or "")
    return formataddr(("" if name == address else name, address), "utf-8") if address.isascii() else address


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
