"""What lies in a mailbox: folders, messages, and the record of what changed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from tests.servers.graph.answers import Json
from tests.servers.graph.mime import Taken, instant, raw_of, taken

__all__ = ["WELL_KNOWN", "Change", "Content", "Folder", "Item", "Mail", "identifier"]

WELL_KNOWN: Final[Mapping[str, str]] = {
    "archive": "Archive",
    "clutter": "Clutter",
    "conflicts": "Conflicts",
    "conversationhistory": "Conversation History",
    "deleteditems": "Deleted Items",
    "drafts": "Drafts",
    "inbox": "Inbox",
    "junkemail": "Junk Email",
    "localfailures": "Local Failures",
    "msgfolderroot": "Top of Information Store",
    "outbox": "Outbox",
    "recoverableitemsdeletions": "Deletions",
    "scheduled": "Scheduled",
    "searchfolders": "Search Folders",
    "sentitems": "Sent Items",
    "serverfailures": "Server Failures",
    "syncissues": "Sync Issues",
}
"""https://learn.microsoft.com/en-us/graph/api/resources/mailfolder, with what English users see."""


def identifier(prefix: str, *seed: object) -> str:
    """Return an identifier as the service makes them: long, case-sensitive, with `-`, `_` and `=` in it."""
    digest = hashlib.sha512(repr(seed).encode()).digest()
    return f"{prefix}{base64.urlsafe_b64encode(digest[:57]).decode()}-_AAA="


class Content(Protocol):
    """What a message was when it came, or was made."""

    def properties(self) -> Json:
        """Return its properties as `mime.taken` has them."""

    def headers(self) -> Sequence[tuple[str, str]]:
        """Return the fields that it came with."""

    def raw(self) -> bytes:
        """Return it as RFC 5322 bytes."""

    def message_id(self) -> str:
        """Return its Message-ID with brackets; empty where there is none."""


class Mail:
    """A message that came as raw bytes."""

    def __init__(self, raw: bytes, read: Taken | None = None) -> None:
        """Take the bytes, and what was read from them where that is done."""
        self._raw = raw
        self._read = read or taken(raw)

    def properties(self) -> Json:
        """Return its properties."""
        return dict(self._read.properties)

    def headers(self) -> Sequence[tuple[str, str]]:
        """Return the fields that it came with."""
        return self._read.headers

    def raw(self) -> bytes:
        """Return the bytes."""
        return self._raw

    def message_id(self) -> str:
        """Return its Message-ID."""
        return self._read.message_id


@dataclass(slots=True)
class Folder:
    """A mail folder."""

    id: str
    name: str
    """As the user sees it."""
    parent: str
    known: str = ""
    """Well-known name."""
    hidden: bool = False
    kind: str = ""
    """`mailSearchFolder`, or empty for a plain one."""


@dataclass(slots=True)
class Item:
    """One message, whatever folder it is in."""

    key: str
    """Its immutable identifier."""
    serial: int
    folder: str
    received: datetime
    created: datetime
    modified: datetime
    content: Content | None
    """What it came as; None once nothing of that is left."""
    conversation: str
    set: dict[str, Any] = field(default_factory=dict)
    """Properties that were written since, or that it was made of."""
    extended: dict[str, str] = field(default_factory=dict)
    draft: bool = False
    read: bool = False
    written_here: bool = False
    """It was sent from here, or is a draft: it has no header of transport."""
    users: bool = False
    """A draft that the user wrote or worked on."""
    kind: str = "message"
    """`message`, `eventMessage`, `eventMessageRequest`, `eventMessageResponse`."""
    meeting: dict[str, Any] = field(default_factory=dict)
    item_class: str = "IPM.Note"
    version: int = 1
    moves: int = 0
    source_stands: bool = True
    """`$value` is what it came as."""
    fields: list[tuple[str, str]] = field(default_factory=list)
    """Header fields that were given at its making."""
    settled: bool = True
    """The service has saved it for the last time by itself."""
    original: tuple[str, str] | None = None
    """What In-Reply-To and References are to be when it is sent."""

    @property
    def id(self) -> str:
        """Return its ordinary identifier, which changes when it is moved."""
        return identifier("AAMkAG", "item", self.key, self.moves)

    @property
    def change_key(self) -> str:
        """Return its version."""
        digest = hashlib.sha256(f"{self.key} {self.version}".encode()).digest()
        return "CQAAABYAAA" + base64.b64encode(digest[:24]).decode()

    @property
    def etag(self) -> str:
        """Return its version as an entity tag."""
        return f'W/"{self.change_key}"'

    @property
    def message_id(self) -> str:
        """Return its Message-ID with brackets; empty where there is none."""
        return str(self.get("internetMessageId") or "")

    @property
    def subject(self) -> str:
        """Return its subject."""
        return str(self.get("subject") or "")

    @property
    def html(self) -> str:
        """Return the content of its body."""
        return str((self.get("body") or {}).get("content") or "")

    @property
    def order(self) -> tuple[datetime, int]:
        """Return what puts it in its place by time, oldest first."""
        return (self.received, self.serial)

    def get(self, name: str) -> Any:
        """Return a property of the message itself."""
        if name in self.set:
            return self.set[name]
        return None if self.content is None else self.content.properties().get(name)

    def properties(self) -> Json:
        """Return all that it says, as `mime.taken` has it."""
        return (self.content.properties() if self.content is not None else {}) | self.set

    def raw(self) -> bytes:
        """Return it as RFC 5322 bytes."""
        if self.source_stands and self.content is not None:
            return self.content.raw()
        told = self.properties()
        told.setdefault("sentDateTime", instant(self.modified))
        return raw_of(told, self.extended, self.fields)

    def header(self, name: str) -> str:
        """Return the first field of a name that it came with; empty where there is none."""
        found = self.content.headers() if self.content is not None else ()
        return next((value for key, value in found if key.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Change:
    """Something happened to a message, or to a folder, in a folder."""

    number: int
    folder: str
    key: str
    reason: str = ""
    """Why it is gone from there; empty: it is there."""
    flags: bool = False
    """Nothing but its flags or categories changed."""
    plain: str = ""
    """The ordinary identifier of a message that is gone."""


Clock = Callable[[], datetime]
