"""What lies in a mailbox: messages, drafts, labels, and the record of what changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tests.servers.gmail.answers import Json
from tests.servers.gmail.mime import header, headers, normal_subject, tags

__all__ = ["SYSTEM", "Change", "Label", "Stored", "StoredDraft"]

SYSTEM: Final = (
    "INBOX",
    "SENT",
    "DRAFT",
    "SPAM",
    "TRASH",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "CHAT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
)
"""https://developers.google.com/workspace/gmail/api/guides/labels#types_of_labels"""
FIXED: Final = frozenset({"SENT", "DRAFT", "CHAT"})
"""Those that nobody can put on or take off (same page: manual application)."""


@dataclass(slots=True)
class Stored:
    """One message. Nothing but its labels ever changes: `Message.id` is immutable, and so is what it holds."""

    id: str
    thread_id: str
    labels: frozenset[str]
    at: int
    """internalDate, milliseconds since the epoch."""
    serial: int
    """Order of coming, where two came at the same time."""
    history_id: int
    source: bytes | Callable[[], bytes]
    """The raw message, or what makes it (a large mailbox is not kept)."""
    size: int = 0
    """Octets; 0: not known before it is made."""
    message_id: str = ""
    """The Message-ID without brackets; empty in what is made on demand, unless told."""
    subject: str = ""
    """As conversations compare it."""
    late: int = 0
    """Milliseconds by which listings take it for older than it is."""

    @property
    def raw(self) -> bytes:
        """Return the raw message."""
        return self.source if isinstance(self.source, bytes) else self.source()

    @property
    def order(self) -> tuple[int, int]:
        """Return what puts it in its place in listings, oldest first."""
        return (self.at - self.late, self.serial)

    @property
    def age(self) -> tuple[int, int]:
        """Return what puts it in its place by time, oldest first."""
        return (self.at, self.serial)

    def index(self) -> None:
        """Read from the raw message what conversations go by."""
        raw = self.raw
        found = tags(header(raw, "Message-ID"))
        self.message_id = found[0] if found else ""
        self.subject = normal_subject(header(raw, "Subject"))
        self.size = len(raw)

    def answers(self) -> frozenset[str]:
        """Return the Message-IDs that In-Reply-To and References name."""
        return frozenset(
            tag for name, value in headers(self.raw) if name.lower() in {"in-reply-to", "references"} for tag in tags(value)
        )


@dataclass(slots=True)
class StoredDraft:
    """A draft: a stable identifier around messages that follow one another.

    https://developers.google.com/workspace/gmail/api/guides/drafts
    """

    id: str
    message: Stored
    users: bool = False
    """The user wrote it, or worked on it."""


@dataclass(slots=True)
class Label:
    """A label as the Label resource has it (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels)."""

    id: str
    name: str
    type: str = "user"
    shown: Json = field(default_factory=dict)
    """labelListVisibility, messageListVisibility, color."""

    def resource(self) -> Json:
        """Return it as JSON."""
        return {"id": self.id, "name": self.name, "type": self.type, **self.shown}


@dataclass(frozen=True, slots=True)
class Change:
    """One record of the history."""

    id: int
    kind: str
    """messageAdded, messageDeleted, labelAdded or labelRemoved."""
    message: str
    thread: str
    labels: tuple[str, ...]
    """Of the message after the change."""
    changed: tuple[str, ...] = ()
    """The labels that were added or removed."""

    def resource(self) -> Json:
        """Return it as a History resource (https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list)."""
        plain: Json = {"id": self.message, "threadId": self.thread}
        full = plain | ({"labelIds": list(self.labels)} if self.labels else {})
        name = {
            "messageAdded": "messagesAdded",
            "messageDeleted": "messagesDeleted",
            "labelAdded": "labelsAdded",
            "labelRemoved": "labelsRemoved",
        }[self.kind]
        item: Json = {"message": full}
        if self.changed:
            item["labelIds"] = list(self.changed)
        return {"id": str(self.id), "messages": [plain], name: [item]}
