"""The protocol every mailbox kind fulfils; `tests/connectors/contract.py` holds each clause of it.

Blocking: one thread owns one connector. The constructor does no I/O. No verb sends, moves or changes anything but our own
drafts; reads never mark a message as seen.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from connectors.errors import NotFound
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = [
    "Capabilities",
    "Changes",
    "Connector",
    "DraftRef",
    "Found",
    "FoundState",
    "Mark",
    "Spent",
    "WaitResult",
    "Wake",
    "Withdrawal",
]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this mailbox can do; known after `open()`. Tests gate on these, never on a server's name."""

    push: bool = False
    """`wait` is woken by the server itself."""
    server_threads: bool = False
    """Envelopes carry a `thread_id`."""
    marks: bool = False
    """Received mail can carry our keyword, label or category."""
    atomic_ids: bool = False
    """A write tells the new message's handle (UIDPLUS and its like)."""
    keeps_message_id: bool = True
    """A draft keeps the Message-ID it was written with."""
    keeps_bytes: bool = True
    """A draft is read back byte for byte as it was written; false: it says the same in bytes of the mailbox's own making."""
    least_poll: float = 0.0
    """Seconds that have to lie between two looks where there is no `push`, by the provider's rules; 0: it states none."""
    folders: tuple[tuple[Role, str], ...] = ()
    """The folders in use, as the user would see their names."""


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of what is new. At-least-once: duplicates are allowed, nothing is skipped."""

    cursor: str
    """Where to go on after this page is stored: opaque, versioned, tagged by provider."""
    envelopes: Sequence[Envelope] = ()
    """Every new message of inbox, archive and sent (drafts are not messages).

    A mailbox that tells of spam yields what lies there, too, with `Role.JUNK`; when it is moved elsewhere it comes again with the
    role that it has there, and when it is deleted its ref is among `removed`.
    """
    messages: Sequence[Message] = ()
    """Those of `envelopes` that `wants` asked for, with their text."""
    removed: Sequence[str] = ()
    """Refs that are gone, where the provider tells."""
    touched: frozenset[Role] = frozenset()
    """Folders in which anything changed since the cursor, flags and removals included."""
    reset: bool = False
    """The cursor was dead (UIDVALIDITY, history 404, delta 410): all is listed anew from here on."""
    more: bool = False
    """Another page follows."""


@dataclass(frozen=True, slots=True)
class DraftRef:
    """Where a draft of ours stands, and what proves that nobody has edited it since."""

    ref: str
    """The provider's handle, opaque above the connector."""
    revision: str
    """IMAP: UIDVALIDITY and UID; Maildir: content digest; Gmail: message id inside the draft; Graph: changeKey."""
    digest: str = ""
    """What proves its content, as `digest_of` tells it; empty where it was not read back."""


class FoundState(StrEnum):
    """What has become of a draft of ours."""

    ABSENT = "absent"
    """In neither Drafts nor Sent: the user removed it."""
    UNTOUCHED = "untouched"
    EDITED = "edited"
    """The user works on it, perhaps under another Message-ID: it is the user's now."""
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of `find_draft`."""

    state: FoundState
    ref: DraftRef | None = None
    """Where it stands; None when absent or sent."""
    sent: Envelope | None = None
    """The copy in Sent, when sent."""


class Withdrawal(StrEnum):
    """What `withdraw_draft` did."""

    WITHDRAWN = "withdrawn"
    GONE = "gone"
    """It was not there any more; nothing was done."""
    EDITED = "edited"
    """It is not what we wrote; it was left alone."""


class Mark(StrEnum):
    """What received mail of a process can carry for the user to see, as label, category or keyword; one at a time."""

    WAITING = "waiting"
    """It is their turn."""
    DRAFT_READY = "draft ready"
    """A draft of ours stands in Drafts."""
    PAUSED = "paused"
    """It is the user's turn, or the user put it on hold."""
    DONE = "done"
    """Closed, or given up."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a mailbox was asked for, where the provider counts it."""

    calls: int = 0
    """Requests over HTTP; a batch is one."""
    units: int = 0
    """Of the provider's quota; 0 where it has none."""

    def __add__(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(self.calls + other.calls, self.units + other.units)

    def __sub__(self, other: Spent) -> Spent:
        """Return what was spent since `other`."""
        return Spent(self.calls - other.calls, self.units - other.units)


class WaitResult(StrEnum):
    """Why `wait` came back."""

    CHANGED = "changed"
    """Something may have changed: ask `changes`."""
    TIMEOUT = "timeout"
    WOKEN = "woken"
    """Another thread called `Wake.set`."""


class Wake(ABC):
    """A thread-safe signal that can be waited for together with a socket."""

    @abstractmethod
    def fileno(self) -> int:
        """Return a descriptor that is readable while the signal is set."""

    @abstractmethod
    def is_set(self) -> bool:
        """Say whether `set` was called since the last `clear`."""

    @abstractmethod
    def set(self) -> None:
        """Wake the waiter; may be called from any thread and from a signal handler."""

    @abstractmethod
    def clear(self) -> None:
        """Forget earlier calls of `set`."""


class Connector(ABC):
    """One mailbox of one kind."""

    kind: ClassVar[str]

    @abstractmethod
    def open(self) -> Capabilities:
        """Connect, sign in and find the folders; safe to call again after `close` or an error.

        Raises Unavailable, AuthNeeded or Misconfigured.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; never raises, may be called twice."""

    @abstractmethod
    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new behind `cursor` in inbox, sent, archive and drafts, in pages of bounded size.

        With no cursor: everything received at or after `since` (aware), newest folders' state noted before the listing, so
        that what arrives meanwhile is in a later page. A dead cursor starts over from `since` with `reset=True` on the
        first page. A cursor is to be stored in one transaction with its page.

        Always yields at least one page. A message that cannot be read costs that message only: it comes with `defects`.
        """

    @abstractmethod
    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Return when something may have changed, after `timeout` seconds, or when woken.

        A wait of zero seconds returns at once. A dead connection raises Unavailable within the connector's own deadline.
        """

    @abstractmethod
    def fetch(self, ref: str) -> bytes:
        """Return the raw message, at most 1 MB of it. Raises NotFound."""

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Return the messages of these envelopes with their text; one that is not there any more is left out.

        For what only later turns out to matter. A back-end that can fetch single parts does better than this.
        """
        from rules.mail import message_of  # noqa: PLC0415 - `status` needs the protocol, and reads no mail

        messages = []
        for envelope in envelopes:
            with suppress(NotFound):
                messages.append(message_of(envelope, self.fetch(envelope.ref)))
        return messages

    @abstractmethod
    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write `raw` (RFC 5322 bytes of `draft`) into Drafts, flagged a draft and seen, and return where it stands.

        Idempotent: looks for `draft.message_id` in Drafts first and returns that one when it is there with the same bytes.
        `replacing` is removed after the new one stands, if it is still what we wrote, else Conflict is raised and nothing
        is written. Raises Refused when the server will not take it.
        """

    @abstractmethod
    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of `draft`, which was written with reference `ref` (None: not known to have been written).

        A `ref` whose handle is empty carries the digest alone. `besides` holds the handles (`DraftRef.ref`) of drafts and the
        identities of sent messages that are known to be another step to the same recipient: they are never taken for this
        one. Looks by handle, by Message-ID, then for a draft of the user's to the same recipient in the same thread. ABSENT is
        said only after looking in Sent, by Message-ID, then by In-Reply-To or References plus recipient.
        """

    @abstractmethod
    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove the draft if it is in Drafts, carries our Message-ID and is what we wrote; else leave it alone.

        Reads again before it removes. Never touches another message.
        """

    def tidy_up(self, draft: Draft, ref: DraftRef) -> None:
        """Do what a process that died may have left undone beside a draft that it had written: the read state of the original.

        Changes nothing of the draft itself, and nothing at all where everything is as it should be.
        """
        del draft, ref

    def withdraw_begun(self, draft: Draft) -> None:
        """Remove what a process that died has left in Drafts of `draft`, which is not to be written any more.

        Only where a mailbox takes several requests for one draft, and only what nobody has worked on. A whole one is none such:
        it is listed under its Message-ID.
        """
        del draft

    @abstractmethod
    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return (Message-ID, reference) of all that stands in Drafts, oldest first; digests are left empty."""

    @abstractmethod
    def read_draft(self, ref: DraftRef) -> bytes:
        """Return the raw bytes of what stands at `ref` in Drafts. Raises NotFound."""

    def digest_of(self, ref: DraftRef) -> str:
        """Return what proves the content of a draft: SHA-256, hex, of its bytes. Raises NotFound.

        A mailbox that keeps properties in place of bytes (`keeps_bytes` false) tells that of the bytes which were given to
        `put_draft` as long as nothing of what they say has changed, and another one once it has.
        """
        return hashlib.sha256(self.read_draft(ref)).hexdigest()

    @property
    def holds_back(self) -> bool:
        """Say whether drafts that are sent early are to leave when their slot opens: the mailbox can, and the user wants it."""
        return False

    def hold_back_draft(self, draft: Draft, ref: DraftRef) -> DraftRef:
        """Let a draft of ours leave no sooner than `draft.not_before`, where `holds_back` is true; return where it stands then.

        Raises NotFound when it is gone, Conflict when it is not what we wrote; then nothing is changed.
        """
        del draft
        return ref

    @property
    def spent(self) -> Spent:
        """Return what was spent since the connector was made; never less than before."""
        return Spent()

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Let received mail carry `mark` and no other of ours, or with None no mark at all; where `capabilities.marks` is true.

        References of messages that are gone are passed over. Never marks a draft, and never changes whether mail is read.
        """
        del refs, mark

    def remove_marks(self) -> int:
        """Remove our marks from all mail, and what the mailbox has made for them; return how many kinds there were."""
        return 0
