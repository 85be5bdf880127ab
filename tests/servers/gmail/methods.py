"""What each method of the service does, on one mailbox.

Each function's docstring names the page that it follows, below https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.
Requests have been checked against the discovery document before.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.servers.gmail.answers import ApiError, Json
from tests.servers.gmail.checking import Checked
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.paging import history_page, history_start, message_page
from tests.servers.gmail.resources import Shape, attachment, message_resource, profile, thread_resource
from tests.servers.gmail.store import FIXED, Label, Stored, StoredDraft

__all__ = ["METHODS", "Asked"]

_LABEL_NAME: Final = 225
_BATCH: Final = 1000
"""Most identifiers of one batchModify (discovery: BatchModifyMessagesRequest.ids)."""


@dataclass(frozen=True)
class Asked:
    """A request that was checked: who asks, what stands in path, query and body."""

    mailbox: Mailbox
    places: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    body: Json
    media: bytes | None
    scopes: frozenset[str]
    shape: Shape

    @classmethod
    def of(cls, checked: Checked, mailbox: Mailbox, scopes: frozenset[str], serial: int) -> Asked:
        """Return what a request asks of a mailbox; `serial` is the number of the request, so that answers can differ."""
        query: dict[str, list[str]] = {}
        for name, text in checked.query:
            query.setdefault(name, []).append(text)
        shape = Shape.of(query, scopes, mailbox.quirks.look, serial)
        return cls(mailbox, checked.route.places, query, checked.body, checked.media, scopes, shape)

    def one(self, name: str, default: str = "") -> str:
        """Return a parameter that stands once."""
        return self.query.get(name, [default])[0]

    def many(self, name: str) -> Sequence[str]:
        """Return a repeated parameter."""
        return self.query.get(name, ())


def _get_profile(asked: Asked) -> Json:
    """Follow `getProfile`."""
    return profile(asked.mailbox)


# -- messages and threads


def _messages_list(asked: Asked) -> Json:
    """Follow `messages/list`: identifiers only, newest first, 100 unless told (at most 500)."""
    found, rest = message_page(asked, list(asked.many("labelIds")))
    answer: Json = {"resultSizeEstimate": len(found) + (1 if rest else 0)}
    if found:
        answer["messages"] = [{"id": one.id, "threadId": one.thread_id} for one in found]
    if rest:
        answer["nextPageToken"] = rest
    return answer


def _messages_get(asked: Asked) -> Json:
    """Follow `messages/get` and https://developers.google.com/workspace/gmail/api/reference/rest/v1/Format."""
    return message_resource(asked.shape, _message(asked, asked.places["id"]))


def _attachments_get(asked: Asked) -> Json:
    """Follow `messages.attachments/get`; identifiers of attachments are those of any answer so far."""
    stored = _message(asked, asked.places["messageId"])
    return attachment(asked.mailbox.quirks.look, stored, asked.places["id"])


def _messages_modify(asked: Asked) -> Json:
    """Follow `messages/modify`."""
    stored = _message(asked, asked.places["id"])
    add, remove = _label_change(asked)
    _refuse_draft(stored, add)
    asked.mailbox.relabel(stored.id, add, remove)
    return {"id": stored.id, "threadId": stored.thread_id, "labelIds": sorted(stored.labels)}


def _messages_batch_modify(asked: Asked) -> None:
    """Follow `messages/batchModify`: no answer, at most 1,000 identifiers.

    What becomes of an identifier that is gone is not told; it is passed over, or refused with `Quirks.missing_ids`.
    """
    ids = asked.body.get("ids", [])
    if not ids:
        raise ApiError(400, "No message ids specified")
    if len(ids) > _BATCH:
        raise ApiError(400, "Too many message ids")
    add, remove = _label_change(asked)
    found = [asked.mailbox.get(_hex(key)) for key in ids]
    if None in found and asked.mailbox.quirks.missing_ids:
        raise ApiError(asked.mailbox.quirks.missing_ids)
    for stored in found:
        if stored is not None:
            _refuse_draft(stored, add)
    for stored in found:
        if stored is not None:
            asked.mailbox.relabel(stored.id, add, remove)


def _threads_list(asked: Asked) -> Json:
    """Follow `threads/list`: one entry for a conversation with any message that matches."""
    found, rest = message_page(asked, list(asked.many("labelIds")), threads=True)
    answer: Json = {"resultSizeEstimate": len(found)}
    if found:
        answer["threads"] = [{"id": one.thread_id, "historyId": str(one.history_id), "snippet": ""} for one in found]
    if rest:
        answer["nextPageToken"] = rest
    return answer


def _threads_get(asked: Asked) -> Json:
    """Follow `threads/get`."""
    return thread_resource(asked.shape, _thread(asked))


def _threads_modify(asked: Asked) -> Json:
    """Follow `threads/modify`: every message of the conversation, its drafts left out, for a draft has no other label."""
    thread = _thread(asked)
    add, remove = _label_change(asked)
    for stored in thread:
        if "DRAFT" not in stored.labels:
            asked.mailbox.relabel(stored.id, add, remove)
    return {"id": asked.places["id"], "messages": [{"id": one.id, "threadId": one.thread_id} for one in thread]}


# -- history


def _history_list(asked: Asked) -> Json:
    """Follow `history/list`: after `startHistoryId`, in order; out of date or invalid: 404; 100 records unless told."""
    mailbox, quirks = asked.mailbox, asked.mailbox.quirks
    start = history_start(asked)
    if quirks.empty_pages:
        quirks.empty_pages -= 1
        return {"historyId": _current(mailbox, start), "nextPageToken": history_page(asked, start, empty=True)[1]}
    found, rest = history_page(asked, start)
    answer: Json = {"historyId": _current(mailbox, start)}
    if found:
        records = [one.resource() for one in found]
        if quirks.bare_history:
            records = [{"id": one["id"], "messages": one["messages"]} for one in records]
        answer["history"] = [one for one in records for _ in range(2)] if quirks.repeats_history else records
    if rest:
        answer["nextPageToken"] = rest
    return answer


def _current(mailbox: Mailbox, start: int) -> str:
    return str(start if mailbox.quirks.stuck_history else mailbox.history_id)


# -- drafts


def _drafts_create(asked: Asked) -> Json:
    """Follow `drafts/create`: raw in JSON, or as media."""
    raw, thread = _content(asked)
    return _draft_resource(asked.mailbox.save_draft(raw, thread, users=False))


def _drafts_list(asked: Asked) -> Json:
    """Follow `drafts/list`: identifiers only; newest first, as the page of drafts shows them."""
    found, rest = message_page(asked, ["DRAFT"])
    drafts = {one.message.id: one for one in asked.mailbox.drafts()}
    answer: Json = {"resultSizeEstimate": len(found)}
    if found:
        answer["drafts"] = [_brief(drafts[one.id]) for one in found if one.id in drafts]
    if rest:
        answer["nextPageToken"] = rest
    return answer


def _drafts_get(asked: Asked) -> Json:
    """Follow `drafts/get`; the message has the form that `format` says."""
    draft = _draft(asked)
    return {"id": draft.id, "message": message_resource(asked.shape, draft.message)}


def _drafts_update(asked: Asked) -> Json:
    """Follow `drafts/update`: the draft keeps its identifier, the message in it is another one."""
    draft = _draft(asked, changing=True)
    raw, thread = _content(asked)
    asked.mailbox.replace_draft(draft, raw, thread)
    return _draft_resource(draft)


def _drafts_delete(asked: Asked) -> None:
    """Follow `drafts/delete`: for good, not to the bin."""
    asked.mailbox.discard_draft(_draft(asked, changing=True))


# -- labels and settings


def _labels_list(asked: Asked) -> Json:
    """Follow `labels/list`: without the counts."""
    return {"labels": [one.resource() for one in asked.mailbox.labels.values()]}


def _labels_get(asked: Asked) -> Json:
    """Follow `labels/get`: with the counts."""
    label = _label(asked)
    found = asked.mailbox.messages(label.id)
    unread = [one for one in found if "UNREAD" in one.labels]
    return label.resource() | {
        "messagesTotal": len(found),
        "messagesUnread": len(unread),
        "threadsTotal": len({one.thread_id for one in found}),
        "threadsUnread": len({one.thread_id for one in unread}),
    }


def _labels_create(asked: Asked) -> Json:
    """Follow `labels/create`; a name that is taken is 409 (`Label name exists or conflicts`), one of the system's 400."""
    shown = _shown(asked)
    name = str(asked.body["name"])
    _check_name(asked.mailbox, name)
    return asked.mailbox.make_label(name, shown).resource()


def _labels_update(asked: Asked) -> Json:
    """Follow `labels/update` and `labels/patch`."""
    label = _label(asked)
    if label.type == "system":
        raise ApiError(400, "Cannot modify system labels")
    name = str(asked.body.get("name", label.name))
    if name != label.name:
        _check_name(asked.mailbox, name, besides=label)
    label.name = name
    label.shown |= _shown(asked)
    return label.resource()


def _labels_delete(asked: Asked) -> None:
    """Follow `labels/delete`: taken off every message."""
    label = _label(asked)
    if label.type == "system":
        raise ApiError(400, "Cannot delete system labels")
    asked.mailbox.remove_label(label)


def _send_as_list(asked: Asked) -> Json:
    """Follow `settings.sendAs/list`: the address of the account and its aliases."""
    mailbox = asked.mailbox
    own = {"sendAsEmail": mailbox.address, "displayName": mailbox.name, "isPrimary": True, "isDefault": True}
    others = [
        {"sendAsEmail": one, "displayName": mailbox.name, "treatAsAlias": True, "verificationStatus": "accepted"}
        for one in mailbox.aliases
    ]
    return {"sendAs": [own, *others]}


METHODS: Final[Mapping[str, Callable[[Asked], Json | None]]] = {
    "gmail.users.getProfile": _get_profile,
    "gmail.users.messages.list": _messages_list,
    "gmail.users.messages.get": _messages_get,
    "gmail.users.messages.attachments.get": _attachments_get,
    "gmail.users.messages.modify": _messages_modify,
    "gmail.users.messages.batchModify": _messages_batch_modify,
    "gmail.users.threads.list": _threads_list,
    "gmail.users.threads.get": _threads_get,
    "gmail.users.threads.modify": _threads_modify,
    "gmail.users.history.list": _history_list,
    "gmail.users.drafts.create": _drafts_create,
    "gmail.users.drafts.list": _drafts_list,
    "gmail.users.drafts.get": _drafts_get,
    "gmail.users.drafts.update": _drafts_update,
    "gmail.users.drafts.delete": _drafts_delete,
    "gmail.users.labels.list": _labels_list,
    "gmail.users.labels.get": _labels_get,
    "gmail.users.labels.create": _labels_create,
    "gmail.users.labels.update": _labels_update,
    "gmail.users.labels.patch": _labels_update,
    "gmail.users.labels.delete": _labels_delete,
    "gmail.users.settings.sendAs.list": _send_as_list,
}


def _message(asked: Asked, key: str) -> Stored:
    stored = asked.mailbox.get(_hex(key))
    if stored is None:
        raise ApiError(404)
    return stored


def _hex(key: str) -> str:
    """Return an identifier of a message or conversation; what cannot be one is 400 (`Invalid id value`)."""
    if not 1 <= len(key) <= 16 or set(key) - set("0123456789abcdef"):
        raise ApiError(400, "Invalid id value")
    return key


def _thread(asked: Asked) -> list[Stored]:
    found = asked.mailbox.thread(_hex(asked.places["id"]))
    if not found:
        raise ApiError(404)
    return found


def _draft(asked: Asked, *, changing: bool = False) -> StoredDraft:
    draft = asked.mailbox.draft(asked.places["id"])
    if draft is None:
        raise ApiError(404)
    if changing and draft.users:
        asked.mailbox.trespasses.append(f"a draft of the user's is changed or removed: {draft.message.raw[:1000]!r}")
    return draft


def _content(asked: Asked) -> tuple[bytes, str | None]:
    """Return the bytes of a draft, and the conversation that is asked for; an unknown conversation is 404, no bytes are 400."""
    message: Mapping[str, Any] = asked.body.get("message", {})
    if asked.media is None and "raw" not in message:
        raise ApiError(400, "'raw' RFC822 payload message string or uploading message via /upload/* URL required")
    raw = asked.media if asked.media is not None else urlsafe_b64decode(message["raw"] + "=" * (-len(message["raw"]) % 4))
    thread = message.get("threadId")
    if thread and not asked.mailbox.thread(_hex(thread)):
        raise ApiError(404)
    return raw, thread or None


def _brief(draft: StoredDraft) -> Json:
    return {"id": draft.id, "message": {"id": draft.message.id, "threadId": draft.message.thread_id}}


def _draft_resource(draft: StoredDraft) -> Json:
    message = {"id": draft.message.id, "threadId": draft.message.thread_id, "labelIds": sorted(draft.message.labels)}
    return {"id": draft.id, "message": message}


def _refuse_draft(stored: Stored, add: Sequence[str]) -> None:
    """Keep to it that a draft has no label but DRAFT (https://developers.google.com/workspace/gmail/api/guides/drafts)."""
    if "DRAFT" in stored.labels and add:
        raise ApiError(400, "Invalid label on a draft")


def _label_change(asked: Asked) -> tuple[list[str], list[str]]:
    add, remove = list(asked.body.get("addLabelIds", [])), list(asked.body.get("removeLabelIds", []))
    if not add and not remove:
        raise ApiError(400, "No label add or removes specified")
    if len(add) > 100 or len(remove) > 100:
        raise ApiError(400, "Too many labels")
    if set(add) & set(remove):
        raise ApiError(400, "Cannot both add and remove the same label")
    for key in (*add, *remove):
        if key not in asked.mailbox.labels:
            raise ApiError(400, f"Invalid label: {key}")
        if key in FIXED:
            raise ApiError(400, f"Cannot add or remove the label {key}")
    return add, remove


def _label(asked: Asked) -> Label:
    label = asked.mailbox.labels.get(asked.places["id"])
    if label is None:
        raise ApiError(404)
    return label


def _shown(asked: Asked) -> dict[str, Any]:
    return {name: asked.body[name] for name in ("labelListVisibility", "messageListVisibility", "color") if name in asked.body}


def _check_name(mailbox: Mailbox, name: str, besides: Label | None = None) -> None:
    if not name.strip() or len(name) > _LABEL_NAME or name.startswith("/") or name.endswith("/") or "//" in name:
        raise ApiError(400, "Invalid label name")
    for one in mailbox.labels.values():
        if one is not besides and one.name.casefold() == name.casefold():
            if one.type == "system":
                raise ApiError(400, "Invalid label name")
            raise ApiError(409, "Label name exists or conflicts")
