"""A raw message as the service shows it: its header, its parts, what can be fetched as an attachment.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages (Message, MessagePart, MessagePartHeader) and
https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages.attachments (MessagePartBody).
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import Final

from tests.servers.gmail.answers import Json

__all__ = ["Look", "base64url", "header", "headers", "normal_subject", "payload", "picked", "tags"]

_FOLD: Final = re.compile(r"\r?\n[ \t]*")
_PREFIX: Final = re.compile(r"\A(?:\s*(?:re|fwd?|aw|sv|antw|wg)\s*(?:\[\d{1,3}\])?\s*:)+", re.IGNORECASE)
_TAG: Final = re.compile(r"<([^<>\s]+)>")
_SNIPPET: Final = 200


@dataclass(frozen=True)
class Look:
    """How the service shows what its documents leave open. Each has to be right for a client."""

    decoded: bool = True
    """Header values come with encoded words decoded."""
    inline: int = 1 << 30
    """Text parts without a file name, up to so many octets, come within the message; longer ones as attachments."""
    calendars_inline: bool = False
    """A text/calendar part without a file name comes within the message."""


def base64url(raw: bytes) -> str:
    """Return RFC 4648 section 5, with its padding."""
    return urlsafe_b64encode(raw).decode("ascii")


def headers(raw: bytes) -> list[tuple[str, str]]:
    """Return the fields of a message in their order, unfolded, not decoded; undecodable octets as Latin-1."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0] if not raw.startswith((b"\r\n", b"\n")) else b""
    fields: list[tuple[str, str]] = []
    for line in head.split(b"\n"):
        text = _text(line)
        if text[:1] in {" ", "\t"} and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {text.strip()}")
        elif ":" in text:
            name, _, value = text.partition(":")
            if name.strip() and not name.strip().count(" "):
                fields.append((name.strip(), value.strip()))
    return fields


def header(raw: bytes, name: str) -> str:
    """Return the first field of that name, unfolded; empty when there is none."""
    return next((value for key, value in headers(raw) if key.lower() == name.lower()), "")


def tags(text: str) -> list[str]:
    """Return the Message-IDs in a field, without their brackets."""
    return _TAG.findall(text)


def normal_subject(text: str) -> str:
    """Return a subject as conversations compare it: decoded, without prefixes of replies, case or spaces that vary.

    https://developers.google.com/workspace/gmail/api/guides/threads: the Subject headers must match.
    """
    return " ".join(_PREFIX.sub("", _decoded(text)).split()).casefold()


def payload(raw: bytes, look: Look, stamp: str) -> tuple[Json, dict[str, bytes], str]:
    """Return the tree of parts, the attachments in it by identifier, and a snippet.

    `stamp` goes into the identifiers: the service gives new ones with every answer, so that a client that keeps them fails.
    """
    attachments: dict[str, bytes] = {}
    snippets: list[str] = []
    shown = _Shown(look, stamp, attachments, snippets)
    try:
        tree = _part(message_from_bytes(raw, policy=policy.compat32), "", headers(raw), shown)
    except RecursionError:  # hundreds of levels: the header, and nothing below
        tree = _part(message_from_bytes(b"\r\n"), "", headers(raw), shown)
    return tree, attachments, " ".join(" ".join(snippets).split())[:_SNIPPET]


def picked(tree: Json, names: Collection[str]) -> Json:
    """Return what `format=metadata` shows: the header, of it only `names` when there are any, whatever their case."""
    wanted = {name.lower() for name in names}
    fields = [field for field in tree["headers"] if not wanted or field["name"].lower() in wanted]
    return {"mimeType": tree["mimeType"], "headers": fields}


@dataclass(frozen=True)
class _Shown:
    look: Look
    stamp: str
    attachments: dict[str, bytes]
    snippets: list[str]


def _part(part: Message[str, str], place: str, fields: Iterable[tuple[str, str]], shown: _Shown) -> Json:
    kind = part.get_content_type()
    file = part.get_filename() or ""
    tree: Json = {
        "partId": place,
        "mimeType": kind,
        "filename": _shown(file, shown.look),
        "headers": [{"name": name, "value": _shown(value, shown.look)} for name, value in fields],
        "body": {"size": 0},
    }
    below = part.get_payload()
    if isinstance(below, list):
        tree["parts"] = [
            _part(one, f"{place}.{number}" if place else str(number), _items(one), shown)
            for number, one in enumerate(below)
            if isinstance(one, Message)
        ]
        return tree
    octets = _octets(part)
    tree["body"] = _body(octets, kind, file, place, shown)
    if kind == "text/plain" and not file and not shown.snippets:
        shown.snippets.append(octets[:1000].decode("utf-8", "replace"))
    return tree


def _octets(part: Message[str, str]) -> bytes:
    """Return the octets of a part; Base64 is read as far as it goes, whatever stands between."""
    data = part.get_payload(decode=True)
    octets = data if isinstance(data, bytes) else b""
    if str(part.get("Content-Transfer-Encoding", "")).strip().lower() != "base64" or not part.defects:
        return octets
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", str(part.get_payload()).encode("ascii", "ignore"))
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    return b64decode(kept + b"=" * (-len(kept) % 4))


def _body(octets: bytes, kind: str, name: str, place: str, shown: _Shown) -> Json:
    """Return the body: text within the message, all else by its identifier (MessagePartBody: `attachmentId` or `data`)."""
    inline = not name and kind.startswith("text/") and len(octets) <= shown.look.inline
    if inline and (kind != "text/calendar" or shown.look.calendars_inline):
        return {"size": len(octets), "data": base64url(octets)} if octets else {"size": 0}
    identifier = "ANGjdJ" + base64url(f"{shown.stamp}/{place}".encode()).rstrip("=")
    shown.attachments[identifier] = octets
    return {"size": len(octets), "attachmentId": identifier}


def _items(part: Message[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a part, unfolded, whatever octets stand in them."""
    for key, value in part.raw_items():
        yield key, _FOLD.sub(" ", _text(str(value).encode("utf-8", "surrogateescape")))


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _shown(value: str, look: Look) -> str:
    return _decoded(value) if look.decoded else value


def _decoded(value: str) -> str:
    """Decode encoded words (RFC 2047); what cannot be decoded stays."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "ascii", "replace") for piece, charset in pieces
        )
    except (HeaderParseError, LookupError, ValueError):
        return value
