"""A mailbox on the emulator, and the world around it: what others and the user do, by the emulator's own API."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.servers.gmail.answers import Json
from tests.servers.gmail.back import Back, stored
from tests.servers.gmail.emulator import world_token
from tests.servers.gmail.mailbox import RECEIVED
from tests.servers.gmail.mime import base64url
from tests.servers.gmail.store import Stored, StoredDraft

__all__ = ["EmulatedMailbox"]


class EmulatedMailbox:
    """One mailbox; the same verbs as a mailbox of the fake.

    The emulator keeps the identifier of a message when its draft is edited. Gmail gives a new one, so an edit here makes a new
    draft and removes the old one; `outer` is the identifier that a client knows, `inner` the one of the emulator.
    """

    def __init__(self, address: str, back: Back, lock: threading.RLock) -> None:
        """Take the address of a user whom the emulator knows; `lock` is the front's."""
        self.address = address
        self.horizon = 0
        """Oldest history identifier that is still good."""
        self._back = back
        self._token = world_token(address)
        self._lock = lock
        self._inner: dict[str, str] = {}
        self._stir()

    # -- looking

    def messages(self, label: str | None = None) -> list[Stored]:
        """Return all messages, or those with a label, drafts included, oldest first."""
        query = [("includeSpamTrash", "true"), ("maxResults", "500"), *([("labelIds", label)] if label else [])]
        told = self._back.ask(self._token, "GET", "messages", query)
        found = [self._back.message(self._token, one["id"]) for one in told["messages"]]
        return sorted(found, key=lambda one: (one.at, one.history_id))

    def drafts(self) -> list[StoredDraft]:
        """Return the drafts, oldest first."""
        told = self._back.ask(self._token, "GET", "drafts", [("maxResults", "500")])
        found = [
            StoredDraft(self.outer(one["id"]), self._back.message(self._token, one["message"]["id"])) for one in told["drafts"]
        ]
        return sorted(found, key=lambda one: (one.message.at, one.message.history_id))

    def draft_of(self, message_id: str) -> StoredDraft:
        """Return the draft with that Message-ID in its header; raises LookupError."""
        for one in self.drafts():
            if one.message.message_id == message_id:
                return one
        raise LookupError(message_id)

    def current(self) -> str:
        """Return where history stands."""
        body: Json = {"topicName": "projects/tests/topics/mail", "labelIds": ["INBOX"]}
        return str(self._back.ask(self._token, "POST", "watch", body=body)["historyId"])

    def outer(self, inner: str) -> str:
        """Return the identifier by which a client knows a draft."""
        return next((outer for outer, one in self._inner.items() if one == inner), inner)

    def inner(self, outer: str) -> str:
        """Return the emulator's identifier of a draft."""
        return self._inner.get(outer, outer)

    # -- what others do

    def deliver(self, raw: bytes, labels: Iterable[str] = RECEIVED, at: datetime | None = None) -> str:
        """Let a message come; `at` (aware) is its internalDate, None: now. Returns its identifier."""
        body: Json = {"raw": base64url(raw), "labelIds": list(labels), "internalDate": _instant(at)}
        return str(self._back.ask(self._token, "POST", "messages", body=body)["id"])

    def save_draft(self, raw: bytes, thread_id: str | None = None, at: datetime | None = None) -> StoredDraft:
        """Let the user write a draft."""
        return StoredDraft(*self.put_draft(raw, thread_id, at))

    def edit_draft(self, draft: StoredDraft, raw: bytes) -> str:
        """Let the user edit a draft: it stays in its conversation, under the same identifier, with another message in it."""
        with self._lock:
            return self._swap(draft.id, raw, draft.message.thread_id)[1].id

    def discard_draft(self, draft: StoredDraft) -> None:
        """Let the user discard a draft."""
        self._back.ask(self._token, "DELETE", f"drafts/{self.inner(draft.id)}")

    def send_draft(self, draft: StoredDraft, raw: bytes | None = None) -> str:
        """Let the user press Send: the draft is destroyed, and another message is in Sent."""
        with self._lock:
            self.discard_draft(draft)
            body: Json = {
                "raw": base64url(draft.message.raw if raw is None else raw),
                "labelIds": ["SENT"],
                "internalDate": _instant(None),
                "threadId": draft.message.thread_id,
            }
            return str(self._back.ask(self._token, "POST", "messages", body=body)["id"])

    def relabel(self, key: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Change the labels of a message."""
        body: Json = {"addLabelIds": list(add), "removeLabelIds": list(remove)}
        self._back.ask(self._token, "POST", f"messages/{key}/modify", body=body)

    def delete(self, key: str) -> None:
        """Remove a message for good."""
        self._back.ask(self._token, "DELETE", f"messages/{key}")

    def expire_history(self) -> None:
        """Let every history identifier that was handed out so far be answered 404."""
        with self._lock:
            self._stir()
            self.horizon = int(self.current())

    # -- for the front

    def put_draft(self, raw: bytes, thread: str | None, at: datetime | None = None) -> tuple[str, Stored]:
        """Make a draft, in `thread` only if it belongs there; return its identifier and the message in it."""
        with self._lock:
            wanted = thread if thread and self._belongs(raw, thread) else None
            return self._made(raw, wanted, at)

    def replace(self, outer: str, raw: bytes, thread: str | None) -> tuple[str, Stored]:
        """Put other bytes into a draft; raises ApiError 404 when there is none."""
        with self._lock:
            wanted = thread if thread and self._belongs(raw, thread) else None
            return self._swap(outer, raw, wanted)

    def _swap(self, outer: str, raw: bytes, thread: str | None) -> tuple[str, Stored]:
        self._back.ask(self._token, "DELETE", f"drafts/{self.inner(outer)}")
        inner, message = self._made(raw, thread, None)
        self._inner[outer] = inner
        return outer, message

    def _made(self, raw: bytes, thread: str | None, at: datetime | None) -> tuple[str, Stored]:
        """Make a draft of the emulator's; without a conversation it gets one of its own, for else it would go by References."""
        message: Json = {
            "raw": base64url(raw),
            "internalDate": _instant(at),
            "threadId": thread or f"own_{secrets.token_urlsafe(12)}",
        }
        told = self._back.ask(self._token, "POST", "drafts", body={"message": message})
        return str(told["id"]), self._back.message(self._token, told["message"]["id"])

    def _belongs(self, raw: bytes, thread: str) -> bool:
        """Say whether a draft may stand in a conversation, by the rules that the fake has. Raises ApiError 404."""
        told = self._back.ask(self._token, "GET", f"threads/{thread}", [("format", "raw")])
        others = [stored(one) for one in told["messages"] if "DRAFT" not in one["labelIds"]]
        own = Stored("", "", frozenset(), 0, 0, 0, raw)
        own.index()
        names = own.answers()
        return any(one.message_id in names for one in others if one.message_id) and any(
            one.subject == own.subject for one in others
        )

    def _stir(self) -> None:
        """Let history move on, by a message that comes and goes."""
        key = self.deliver(b"Subject: stir\r\n\r\n", ("INBOX",))
        self.delete(key)


def _instant(at: datetime | None) -> str:
    return str(int((at or datetime.now(UTC)).timestamp() * 1000))
