"""Messages and folders as the service tells them.

https://learn.microsoft.com/en-us/graph/api/resources/message, .../eventmessage, .../mailfolder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from tests.servers.graph import facts
from tests.servers.graph.answers import GraphError, Json
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.meetings import zoned
from tests.servers.graph.mime import html_of_text, instant, text_of_html
from tests.servers.graph.store import Folder, Item

__all__ = ["Shown", "expanded", "folder_resource", "message", "preferences", "selected", "value_of"]

_PREFER: Final = re.compile(r'\s*([A-Za-z.-]+)\s*(?:=\s*(?:"([^"]*)"|([^,;"]*)))?\s*(?:[,;]|\Z)')
_EXPAND: Final = re.compile(r"singleValueExtendedProperties\(\$filter=(.*)\)\Z", re.DOTALL)
_EXPANDED_ID: Final = re.compile(r"id eq '((?:[^']|'')*)'\Z")
_CAST: Final = re.compile(r"microsoft\.graph\.(eventMessage|eventMessageRequest|eventMessageResponse)/(\w+)\Z")
_HIDDEN: Final = frozenset({"internetMessageHeaders", "uniqueBody"})
"""Told only where they are selected (https://learn.microsoft.com/en-us/graph/api/message-get)."""
_FLAGS: Final = frozenset({"isRead", "categories", "flag", "parentFolderId"})


@dataclass(frozen=True)
class Shown:
    """What an answer is to show."""

    select: tuple[str, ...] = ()
    """Empty: all."""
    properties: tuple[str, ...] = ()
    """Extended properties, by their identifiers."""
    immutable: bool = False
    zone: str = ""
    content: str = ""
    """`text` or `html`, where one was preferred."""


def preferences(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a request prefers, by lower-case name (RFC 7240)."""
    found = {}
    for name, quoted, bare in _PREFER.findall(headers.get("prefer", "")):
        if name:
            found[name.lower()] = quoted or bare.strip()
    return found


def selected(text: str, kind: str = "message") -> tuple[str, ...]:
    """Return the properties of `$select`; raises GraphError 400 for one that is not there."""
    names = tuple(one.strip() for one in text.split(",") if one.strip())
    for name in names:
        cast = _CAST.match(name)
        fits = cast[2] in facts.properties(cast[1]) if cast and kind == "message" else name in facts.properties(kind)
        if not fits or name in {"singleValueExtendedProperties", "multiValueExtendedProperties"}:
            raise GraphError(
                400,
                f"Parsing OData Select and Expand failed: no property named '{name}' on type 'microsoft.graph.{kind}'.",
                code="BadRequest",
            )
    return names


def expanded(text: str) -> tuple[str, ...]:
    """Return the extended properties of `$expand`.

    https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get: one or several `id eq '…'`.
    """
    found = _EXPAND.match(text.strip())
    pieces = [_EXPANDED_ID.match(one.strip()) for one in found[1].split(" or ")] if found else [None]
    if not all(pieces):
        raise GraphError(400, f"Parsing OData Select and Expand failed: {text}", code="BadRequest")
    found_ids = tuple(one[1].replace("''", "'") for one in pieces if one)
    if any(facts.problems({"id": one}, "singleValueLegacyExtendedProperty") for one in found_ids):
        raise GraphError(400, "The property identifier is not valid.", code="ErrorInvalidPropertyRequest")
    return tuple(facts.normal_id(one) for one in found_ids)


def value_of(box: Mailbox, one: Item, name: str) -> Any:
    """Return a property of a message by its path, as filters see it."""
    head, _, rest = name.partition("/")
    value: Any = _single(box, one, head, Shown(immutable=True))
    for step in rest.split("/") if rest else ():
        value = value.get(step) if isinstance(value, dict) else None
    return value


def message(box: Mailbox, one: Item, shown: Shown, *, bare: bool = False) -> Json:
    """Return a message; `bare`: its identifier and its flags alone."""
    told: Json = {}
    if one.kind != "message":
        told["@odata.type"] = f"#microsoft.graph.{one.kind}"
    if not bare:
        told["@odata.etag"] = one.etag
    told["id"] = one.key if shown.immutable else one.id
    names = shown.select or tuple(
        name for name, kind in facts.properties("message").items() if name not in _HIDDEN and not _relation(kind)
    )
    if not shown.select:
        names = ("createdDateTime", "lastModifiedDateTime", "changeKey", *names)
    for name in names:
        if name != "id" and not (bare and name not in _FLAGS):
            value = _single(box, one, name, shown)
            if value is not None or name != "internetMessageHeaders":
                told[name] = value
    if one.kind != "message" and not shown.select:
        told |= {name: _meeting(one, name, shown) for name in one.meeting}
    found = [{"id": key, "value": _extended(one, key)} for key in shown.properties if _extended(one, key) is not None]
    if found:
        told["singleValueExtendedProperties"] = found
    return told


def _relation(kind: str) -> bool:
    return kind in {"Collection(attachment)", "Collection(extension)"} or "ExtendedProperty" in kind


def _single(box: Mailbox, one: Item, name: str, shown: Shown) -> Any:
    cast = _CAST.match(name)
    if cast:
        return _meeting(one, cast[2], shown)
    if name in _MADE:
        return _MADE[name](one)
    if name in {"body", "uniqueBody"}:
        return _body(box, one, shown)
    if name == "id":
        return one.key if shown.immutable else one.id
    value = one.get(name)
    return _DEFAULTS.get(name) if value is None else value


_DEFAULTS: Final[dict[str, Any]] = {
    "categories": [],
    "toRecipients": [],
    "ccRecipients": [],
    "bccRecipients": [],
    "replyTo": [],
    "bodyPreview": "",
    "hasAttachments": False,
    "importance": "normal",
    "inferenceClassification": "focused",
    "isDeliveryReceiptRequested": False,
    "isReadReceiptRequested": False,
    "flag": {"flagStatus": "notFlagged"},
    "subject": "",
}


def _body(box: Mailbox, one: Item, shown: Shown) -> Json:
    body = one.get("body") or {"contentType": "html", "content": ""}
    kind, content = str(body["contentType"]).lower(), str(body["content"] or "")
    wanted = shown.content.lower() or ("html" if box.quirks.plain_as_html else kind)
    if wanted == "html" and kind == "text":
        content = html_of_text(content)
    elif wanted == "text" and kind == "html":
        content = text_of_html(content)
    return {"contentType": wanted, "content": content}


def _headers(one: Item) -> list[Json] | None:
    """Return the header; there is none of what was written here (it never came over SMTP)."""
    if one.written_here:
        return [{"name": name, "value": value} for name, value in one.fields] or None
    return [{"name": name, "value": value} for name, value in (one.content.headers() if one.content else ())] or None


_MADE: Final[dict[str, Callable[[Item], Any]]] = {
    "changeKey": lambda one: one.change_key,
    "isDraft": lambda one: one.draft,
    "isRead": lambda one: one.read,
    "conversationId": lambda one: one.conversation,
    "parentFolderId": lambda one: one.folder,
    "createdDateTime": lambda one: instant(one.created),
    "lastModifiedDateTime": lambda one: instant(one.modified),
    "receivedDateTime": lambda one: instant(one.received),
    "internetMessageHeaders": _headers,
    "webLink": lambda one: (
        f"https://outlook.office365.com/owa/?ItemID={quote(one.id, safe='')}&exvsurl=1&viewmodel=ReadMessageItem"
    ),
}


def _meeting(one: Item, name: str, shown: Shown) -> Any:
    value = one.meeting.get(name)
    return zoned(value, shown.zone) if isinstance(value, datetime) else value


def _extended(one: Item, key: str) -> str | None:
    """Return an extended property: those of the service's own (MS-OXPROPS) are made of what the message is."""
    if key in one.extended:
        return one.extended[key]
    if key == "String 0x7d" and not one.written_here and one.content is not None:
        return one.content.raw().replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace") or None
    if key == "String 0x1a":
        return one.item_class
    if key in {"Integer 0xe08", "Long 0xe08"}:
        return str(len(one.raw()))
    return None


def folder_resource(box: Mailbox, one: Folder, select: tuple[str, ...] = ()) -> Json:
    """Return a mail folder."""
    items = box.order(one.id)
    told: Json = {
        "displayName": one.name,
        "parentFolderId": one.parent or None,
        "childFolderCount": sum(other.parent == one.id for other in box.folders.values()),
        "unreadItemCount": 0 if select and "unreadItemCount" not in select else sum(not box.item(key).read for *_, key in items),
        "totalItemCount": len(items),
        "isHidden": one.hidden,
    }
    if select:
        told = {name: value for name, value in told.items() if name in select}
    if one.kind:
        told["@odata.type"] = f"#microsoft.graph.{one.kind}"
    return {"id": one.id, **told}
