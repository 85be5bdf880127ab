"""Messages, conversations and profiles as JSON."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.servers.gmail.answers import ApiError, Json
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.mime import base64url, payload, picked
from tests.servers.gmail.store import Stored

if TYPE_CHECKING:
    from tests.servers.gmail.methods import Asked

__all__ = ["attachment", "message_resource", "profile", "thread_resource"]

METADATA = "https://www.googleapis.com/auth/gmail.metadata"


def profile(mailbox: Mailbox) -> Json:
    """Return https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile."""
    return {
        "emailAddress": mailbox.address,
        "messagesTotal": mailbox.size,
        "threadsTotal": mailbox.threads,
        "historyId": str(mailbox.history_id),
    }


def message_resource(asked: Asked, stored: Stored) -> Json:
    """Return a message in the form that `format` says (https://developers.google.com/workspace/gmail/api/reference/rest/v1/Format).

    minimal: identifiers and labels; metadata: with the header; full: with the parts; raw: the bytes instead of the parts. The
    scope gmail.metadata alone gives neither full nor raw.
    """
    form = asked.one("format", "full")
    if form in {"full", "raw"} and only_metadata(asked):
        raise ApiError(403, f"Metadata scope doesn't allow format {form.upper()}", reason="forbidden")
    raw = stored.raw
    answer: Json = {
        "id": stored.id,
        "threadId": stored.thread_id,
        "labelIds": sorted(stored.labels),
        "historyId": str(stored.history_id),
        "internalDate": str(stored.at),
        "sizeEstimate": len(raw),
    }
    if not stored.labels:
        del answer["labelIds"]
    if form == "raw":
        return answer | {"raw": base64url(raw), "snippet": ""}
    if form == "minimal":
        return answer | {"snippet": ""}
    tree, _, snippet = payload(raw, asked.mailbox.quirks.look, f"{stored.id}/{asked.serial}")
    answer["snippet"] = snippet
    answer["payload"] = tree if form == "full" else picked(tree, asked.many("metadataHeaders"))
    return answer


def thread_resource(asked: Asked, messages: Sequence[Stored]) -> Json:
    """Return a conversation with all its messages, drafts included."""
    return {
        "id": messages[0].thread_id,
        "historyId": str(max(one.history_id for one in messages)),
        "messages": [message_resource(asked, one) for one in messages],
    }


def attachment(mailbox: Mailbox, stored: Stored, key: str) -> Json:
    """Return the body of an attachment; its identifier names message, answer and part."""
    try:
        text = urlsafe_b64decode(key.removeprefix("ANGjdJ") + "=" * (-len(key.removeprefix("ANGjdJ")) % 4)).decode("ascii")
    except ValueError:
        raise ApiError(400, "Invalid attachment token") from None
    message, _, rest = text.partition("/")
    stamp = f"{message}/{rest.partition('/')[0]}"
    found = payload(stored.raw, mailbox.quirks.look, stamp)[1].get(key)
    if message != stored.id or found is None:
        raise ApiError(400, "Invalid attachment token")
    return {"size": len(found), "data": base64url(found)}


def only_metadata(asked: Asked) -> bool:
    """Say whether the scopes that were granted give the header only."""
    return METADATA in asked.scopes and not any(
        ("gmail." in one and one != METADATA) or "mail.google" in one for one in asked.scopes
    )
