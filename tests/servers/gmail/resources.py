"""Messages, conversations and profiles as JSON."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.servers.gmail.answers import ApiError, Json
from tests.servers.gmail.mailbox import Mailbox
from tests.servers.gmail.mime import Look, base64url, payload, picked
from tests.servers.gmail.store import Stored

__all__ = ["Shape", "attachment", "message_resource", "only_metadata", "profile", "thread_resource"]

METADATA: Final = "https://www.googleapis.com/auth/gmail.metadata"


@dataclass(frozen=True)
class Shape:
    """In what form messages are wanted."""

    form: str
    """`format`: full unless told."""
    names: Sequence[str]
    """`metadataHeaders`."""
    look: Look
    serial: int
    """Of the request: identifiers of attachments differ with each."""
    header_only: bool = False
    """The scopes give neither full nor raw."""

    @classmethod
    def of(cls, query: Mapping[str, Sequence[str]], scopes: frozenset[str], look: Look, serial: int) -> Shape:
        """Return what the parameters say, for who has those scopes."""
        return cls(query.get("format", ["full"])[0], query.get("metadataHeaders", ()), look, serial, only_metadata(scopes))


def profile(mailbox: Mailbox) -> Json:
    """Return https://developers.google.com/workspace/gmail/api/reference/rest/v1/users/getProfile."""
    return {
        "emailAddress": mailbox.address,
        "messagesTotal": mailbox.size,
        "threadsTotal": mailbox.threads,
        "historyId": str(mailbox.history_id),
    }


def message_resource(shape: Shape, stored: Stored) -> Json:
    """Return a message in the form that `format` says (https://developers.google.com/workspace/gmail/api/reference/rest/v1/Format).

    minimal: identifiers and labels; metadata: with the header; full: with the parts; raw: the bytes instead of the parts. Raises
    ApiError 403: the scope gmail.metadata alone gives neither full nor raw.
    """
    if shape.form in {"full", "raw"} and shape.header_only:
        raise ApiError(403, f"Metadata scope doesn't allow format {shape.form.upper()}", reason="forbidden")
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
    if shape.form == "raw":
        return answer | {"raw": base64url(raw), "snippet": ""}
    if shape.form == "minimal":
        return answer | {"snippet": ""}
    tree, _, snippet = payload(raw, shape.look, f"{stored.id}/{shape.serial}")
    answer["snippet"] = snippet
    answer["payload"] = tree if shape.form == "full" else picked(tree, shape.names)
    return answer


def thread_resource(shape: Shape, messages: Sequence[Stored]) -> Json:
    """Return a conversation with all its messages, drafts included."""
    return {
        "id": messages[0].thread_id,
        "historyId": str(max(one.history_id for one in messages)),
        "messages": [message_resource(shape, one) for one in messages],
    }


def attachment(look: Look, stored: Stored, key: str) -> Json:
    """Return the body of an attachment; its identifier names message, answer and part."""
    sealed = key.removeprefix("ANGjdJ")
    try:
        text = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)).decode("ascii")
    except ValueError:
        raise ApiError(400, "Invalid attachment token") from None
    message, _, rest = text.partition("/")
    found = payload(stored.raw, look, f"{message}/{rest.partition('/')[0]}")[1].get(key)
    if message != stored.id or found is None:
        raise ApiError(400, "Invalid attachment token")
    return {"size": len(found), "data": base64url(found)}


def only_metadata(scopes: frozenset[str]) -> bool:
    """Say whether the scopes that were granted give the header only."""
    return METADATA in scopes and not any(("gmail." in one and one != METADATA) or "mail.google" in one for one in scopes)
