"""What each method that writes does, to drafts and to the flags and categories of mail."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final

from tests.servers.graph import facts
from tests.servers.graph.answers import Answer, GraphError, Json, json_answer
from tests.servers.graph.bodies import kept_html, quoted
from tests.servers.graph.methods import Asked, Method
from tests.servers.graph.migrating import take_flags
from tests.servers.graph.mime import instant, recipient, taken
from tests.servers.graph.store import Item, Mail, identifier

__all__ = ["WRITES"]

_PEOPLE: Final = ("toRecipients", "ccRecipients", "bccRecipients", "replyTo")
_NAME: Final = re.compile(r"<[^<>\s]{1,900}>\Z")
_HEADERS: Final = 5
"""Custom headers: at most five, with names that begin with `x-` (message resource, internetMessageHeaders)."""


def _create(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/user-post-messages: into Drafts, or the folder of the path."""
    box = asked.box
    folder = asked.folder().id if asked.ids else box.folder_id("drafts")
    if asked.checked.media is not None:
        one = _of_mime(asked, folder)
    else:
        one = _new_draft(asked, folder)
        _write(asked, one, asked.body, taking=frozenset(asked.body))
        take_flags(one, asked.body.get("attachments") or [])
        one.conversation = identifier("AAQkAD", "conversation", one.key)
    one.settled = not box.quirks.settles
    box.add(one)
    return asked.one(one, 201)


def _new_draft(asked: Asked, folder: str) -> Item:
    box = asked.box
    one = box.make(folder)
    one.draft = one.read = one.written_here = True
    me = recipient(box.name, box.address)
    one.set |= {"from": me, "sender": me, "categories": [], "subject": "", "body": {"contentType": "html", "content": ""}}
    one.set["internetMessageId"] = box.own_message_id(one)
    one.set["sentDateTime"] = instant(one.created)
    return one


def _of_mime(asked: Asked, folder: str) -> Item:
    raw = _decoded(asked.checked.media or b"")
    one = _new_draft(asked, folder)
    read = taken(raw)
    one.content = Mail(raw, read)
    one.set = {"categories": [], "from": one.set["from"], "sender": one.set["sender"]}
    if not read.message_id:
        one.set["internetMessageId"] = asked.box.own_message_id(one)
    for field, key in (("In-Reply-To", "String 0x1042"), ("References", "String 0x1039")):
        if read.header(field):
            one.extended[key] = read.header(field)
    one.conversation = asked.box.conversation(read) or identifier("AAQkAD", "conversation", one.key)
    return one


def _decoded(media: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(media.split()), validate=True)
    except (binascii.Error, ValueError):
        text = "Invalid base64 string for MIME content."
        raise GraphError(400, text, code="ErrorMimeContentInvalidBase64String") from None


def _write(asked: Asked, one: Item, told: Json, *, taking: frozenset[str]) -> None:
    """Put what a request says into a message; `taking` is what the service heeds of it."""
    heeded = {name: value for name, value in told.items() if name in taking and not name.startswith("@odata.")}
    for name, value in heeded.items():
        if name == "body":
            _set_body(asked, one, value)
        elif name == "singleValueExtendedProperties":
            one.extended |= {facts.normal_id(each["id"]): str(each.get("value") or "") for each in value or []}
        elif name == "internetMessageHeaders":
            one.fields = _fields(value)
        elif name == "isRead":
            one.read = bool(value)
        elif name != "internetMessageId" or asked.box.quirks.takes_message_id:
            one.set[name] = _kept(name, value)
    if not heeded.keys() <= {"isRead", "categories", "flag", "inferenceClassification"}:
        one.source_stands = False


def _kept(name: str, value: Any) -> Any:
    """Return a property as the service keeps it."""
    if name in _PEOPLE:
        return [_person(person) for person in value or []]
    if name in {"from", "sender"}:
        return _person(value)
    if name == "internetMessageId" and not _NAME.match(str(value or "")):
        raise GraphError(400, "The Internet message identifier is not valid.", code="ErrorInvalidRequest")
    return str(value).lower() if name in {"importance", "inferenceClassification"} else value


def _person(told: Json | None) -> Json:
    """Return a recipient; one without a name goes by its address (Create message, example 1)."""
    inside = (told or {}).get("emailAddress") or {}
    return recipient(str(inside.get("name") or ""), str(inside.get("address") or ""))


def _fields(value: Any) -> list[tuple[str, str]]:
    fields = [(str(one.get("name")), str(one.get("value"))) for one in value or []]
    if len(fields) > _HEADERS or not all(name.lower().startswith("x-") for name, _ in fields):
        raise GraphError(400, "The header name should start with 'x-' or 'X-'.", code="InvalidInternetMessageHeader")
    return fields


def _set_body(asked: Asked, one: Item, body: Json | None) -> None:
    told = body or {}
    kind, content = str(told.get("contentType") or "text").lower(), str(told.get("content") or "")
    if kind == "html" and asked.box.quirks.rewrites_html:
        content = kept_html(content)
    one.set["body"] = {"contentType": kind, "content": content}
    one.set["bodyPreview"] = " ".join(taken(_as_mail(kind, content)).properties["bodyPreview"].split())[:255]


def _as_mail(kind: str, content: str) -> bytes:
    return f"Content-Type: text/{'html' if kind == 'html' else 'plain'}; charset=utf-8\r\n\r\n{content}".encode(
        "utf-8", "replace"
    )


def _update(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/message-update: some properties of drafts only."""
    one = asked.item()
    asked.match(one)
    fixed = facts.writable("message.draft_only") & asked.body.keys()
    if fixed and not one.draft:
        raise GraphError(400, f"{sorted(fixed)}: only a draft can be changed so.", code="ErrorInvalidPropertySet")
    if one.draft and one.users:
        asked.box.trespasses.append(f"PATCH of a draft of the user's: {one.subject}")
    before, name = _state(one), one.message_id
    if asked.body.get("isRead") and not one.read:
        asked.box.trespasses.append(f"mail was marked as read: {one.subject}")
    _write(asked, one, asked.body, taking=frozenset(asked.body))
    asked.box.renamed(one, name)
    if _state(one) != before or asked.box.quirks.patch_always_changes:
        flags = asked.body.keys() <= {"isRead", "categories", "flag"}
        asked.box.touched(one, flags=flags)
    return asked.one(one)


def _state(one: Item) -> tuple[str, dict[str, str], bool]:
    return (repr(sorted(one.set.items())), dict(one.extended), one.read)


def _move(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/message-move: 201, and the message as it is in its new folder."""
    one = asked.item()
    asked.match(one)
    told = {name.lower(): value for name, value in asked.body.items()}
    try:
        target = asked.box.folder_id(str(told["destinationid"]))
    except LookupError:
        raise GraphError(404) from None
    _taken_away(asked, one)
    asked.box.move(one.key, target)
    return asked.one(one, 201)


def _delete(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/message-delete: to Deleted Items, from there to Recoverable Items."""
    one = asked.item()
    asked.match(one)
    _taken_away(asked, one)
    there = asked.box.folders[one.folder].known
    asked.box.move(
        one.key, "recoverableitemsdeletions" if there in {"deleteditems", "recoverableitemsdeletions"} else "deleteditems"
    )
    return json_answer(None)


def _taken_away(asked: Asked, one: Item) -> None:
    if not one.draft:
        asked.box.trespasses.append(f"mail that is no draft was moved: {one.subject}")
    elif one.users:
        asked.box.trespasses.append(f"a draft of the user's was moved: {one.subject}")


def _reply(asked: Asked) -> Answer:
    return _replied(asked, everybody=False)


def _reply_all(asked: Asked) -> Answer:
    return _replied(asked, everybody=True)


def _replied(asked: Asked, *, everybody: bool) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/message-createreply: a comment or a body; to `replyTo` if there is one."""
    box, original, quirks = asked.box, asked.item(), asked.box.quirks
    told = {name.lower(): value for name, value in asked.body.items()}
    said: Json = told.get("message") or {}
    comment = told.get("comment")
    if comment and "body" in said:
        raise GraphError(400, "A comment or a body, not both.", code="ErrorInvalidArgument")
    if original.draft or not original.get("from"):
        raise GraphError(400, "The item cannot be replied to.", code="ErrorInvalidReferenceItem")
    one = _new_draft(asked, box.folder_id("drafts"))
    if asked.checked.media is not None:
        one = _of_mime(asked, box.folder_id("drafts"))
    else:
        _addressed(asked, one, original, everybody=everybody)
        subject = original.subject
        one.set["subject"] = subject if subject.lower().startswith("re:") else f"RE: {subject}"
        one.set["body"] = {"contentType": "html", "content": quoted(original, str(comment or ""))}
        _write(asked, one, said, taking=_taken_of_a_reply(asked, said))
    one.conversation = original.conversation if quirks.keeps_conversation else identifier("AAQkAD", "conversation", one.key)
    _answers(asked, one, original)
    if quirks.reply_reads and not original.read:
        original.read = True
        box.touched(original, flags=True)
    one.settled = not quirks.settles
    box.add(one)
    return asked.one(one, 201)


def _taken_of_a_reply(asked: Asked, said: Json) -> frozenset[str]:
    quirks = asked.box.quirks
    heeded = {
        "body": quirks.reply_takes_body,
        **dict.fromkeys(_PEOPLE, quirks.reply_takes_recipients),
        "subject": quirks.reply_takes_subject,
        "internetMessageId": quirks.reply_takes_message_id,
        "singleValueExtendedProperties": quirks.reply_takes_properties,
    }
    return frozenset(name for name in said if heeded.get(name, True))


def _addressed(asked: Asked, one: Item, original: Item, *, everybody: bool) -> None:
    mine = {asked.box.address.lower(), *(name.lower() for name in asked.box.aliases)}
    one.set["toRecipients"] = [dict(person) for person in original.get("replyTo") or [original.get("from")]]
    if everybody:
        others = [*(original.get("toRecipients") or []), *(original.get("ccRecipients") or [])]
        one.set["ccRecipients"] = [dict(each) for each in others if each["emailAddress"]["address"].lower() not in mine]


def _answers(asked: Asked, one: Item, original: Item) -> None:
    """Name the original as mail does (RFC 5322, section 3.6.4), now or when it is sent."""
    references = " ".join([*original.header("References").split(), original.message_id]).strip()
    if asked.box.quirks.reply_names_original:
        one.extended.setdefault("String 0x1042", original.message_id)
        one.extended.setdefault("String 0x1039", references)
    else:
        one.original = (original.message_id, references)


WRITES: Final[dict[str, Method]] = {
    "messages.create": _create,
    "messages.update": _update,
    "messages.move": _move,
    "messages.delete": _delete,
    "messages.createReply": _reply,
    "messages.createReplyAll": _reply_all,
}
