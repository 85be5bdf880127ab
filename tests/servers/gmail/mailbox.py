"""One mailbox, and the world around it: who delivers mail, and what the user does on the web page.

Nothing of this goes over HTTP. What the service does with each step is read from
https://developers.google.com/workspace/gmail/api/guides/drafts (a draft keeps its identifier, the message in it is replaced by
another one; sending destroys the draft and makes a new message with the label SENT), /guides/threads (what makes a conversation),
/guides/labels and /guides/sync (the history).
"""

from __future__ import annotations

import copy
import functools
import random
import re
import threading
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from tests.servers.gmail.mime import Look, normal_subject
from tests.servers.gmail.store import SYSTEM, Change, Label, Stored, StoredDraft

__all__ = ["HISTORY_BASE", "Mailbox", "Quirks"]

P = ParamSpec("P")
R = TypeVar("R")

HISTORY_BASE: Final = 2**64 + 4096
"""Where history begins: beyond what 64 bits hold, so that an identifier has to be kept as text."""
RECEIVED: Final = ("INBOX", "UNREAD")
_MESSAGE_ID: Final = re.compile(rb"(?im)^Message-ID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*")
_KEPT: Final = 50_000
"""Records of history."""


@dataclass(slots=True)
class Quirks:
    """What has been seen of the service, or is allowed to it, and is switched on by a test."""

    look: Look = field(default_factory=Look)
    disorder: timedelta = timedelta()
    """Listings take a message for older than it is, by up to this: clients have seen listings that are not newest first."""
    index_lags: bool = False
    """New mail is not found by `q` until `Mailbox.index` is called."""
    empty_pages: int = 0
    """So many pages of history come without `history`, but with `nextPageToken`, before any other."""
    endless_pages: bool = False
    """Every page of history says that another one follows."""
    stuck_history: bool = False
    """history.list tells the identifier that it was asked with as the current one."""
    repeats_history: bool = False
    """Every record of history comes twice."""
    bare_history: bool = False
    """Records of history name the messages, and not what happened to them."""
    rewrites: Callable[[bytes], bytes] | None = None
    """What becomes of a draft's bytes when it is saved."""
    renames_sent: bool = False
    """What is sent goes under a Message-ID of the service's own; the one that the draft had stands in another field."""
    missing_ids: int = 0
    """The status with which batchModify answers an identifier that is gone; 0: it is passed over."""


def _held(method: Callable[Concatenate[Mailbox, P], R]) -> Callable[Concatenate[Mailbox, P], R]:
    """Let a method run under the server's lock: the world acts while requests come."""

    @functools.wraps(method)
    def inside(self: Mailbox, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self.lock:
            return method(self, *args, **kwargs)

    return inside


class Mailbox:
    """Messages by identifier and by time, with labels, drafts and history."""

    def __init__(
        self, address: str, clock: Callable[[], datetime], lock: threading.RLock | None = None, *, name: str = ""
    ) -> None:
        """Make an empty one; `clock` (aware) stamps what comes without a time, `lock` is the server's."""
        self.lock = lock or threading.RLock()
        self.address = address
        self.name = name
        self.quirks = Quirks()
        self.clock = clock
        self.history: list[Change] = []
        self.history_id = HISTORY_BASE
        self.horizon = HISTORY_BASE
        """Oldest identifier that history.list still answers."""
        self.page_epoch = 0
        """Page tokens of an earlier one are refused."""
        self.labels: dict[str, Label] = {name: Label(name, name, "system") for name in SYSTEM}
        self.aliases: list[str] = []
        self.trespasses: list[str] = []
        """Drafts that the user wrote or worked on, and that were changed or removed over HTTP."""
        self._random = random.Random(f"mailbox of {address}")  # repeatable
        self._messages: dict[str, Stored] = {}
        self._drafts: dict[str, StoredDraft] = {}
        self._threads: dict[str, list[Stored]] = {}
        self._known: dict[str, list[Stored]] = {}
        """By Message-ID."""
        self._order: list[tuple[int, int, str]] = []
        self._serial = 0
        self._last_id = 0x1800_0000_0000_0000
        self.unindexed: set[str] = set()

    # -- looking

    @_held
    def messages(self, label: str | None = None) -> list[Stored]:
        """Return all messages, or those with a label, drafts included, oldest first."""
        found = [one for one in self._messages.values() if label is None or label in one.labels]
        return sorted(found, key=lambda one: one.age)

    def order(self) -> Sequence[tuple[int, int, str]]:
        """Return (internalDate or a little before it, serial, identifier), as listings go, last first."""
        return self._order

    def get(self, key: str) -> Stored | None:
        """Return a message."""
        return self._messages.get(key)

    def message(self, key: str) -> Stored:
        """Return a message that is there."""
        return self._messages[key]

    @_held
    def drafts(self) -> list[StoredDraft]:
        """Return the drafts, oldest first."""
        return sorted(self._drafts.values(), key=lambda one: one.message.age)

    def draft(self, key: str) -> StoredDraft | None:
        """Return a draft."""
        return self._drafts.get(key)

    @_held
    def draft_of(self, message_id: str) -> StoredDraft:
        """Return the draft with that Message-ID in its header; raises LookupError."""
        for one in self.drafts():
            if one.message.message_id == message_id:
                return one
        raise LookupError(message_id)

    @_held
    def thread(self, key: str) -> list[Stored]:
        """Return the messages of a conversation, oldest first; empty when there is none."""
        return sorted(self._threads.get(key, ()), key=lambda one: one.age)

    @property
    def threads(self) -> int:
        """Return how many conversations there are."""
        return len(self._threads)

    @property
    def size(self) -> int:
        """Return how many messages there are."""
        return len(self._messages)

    @_held
    def label_id(self, name: str) -> str:
        """Return the identifier of a label by its name; raises LookupError."""
        for one in self.labels.values():
            if one.name == name:
                return one.id
        raise LookupError(name)

    # -- what others do

    @_held
    def deliver(
        self, raw: bytes, labels: Iterable[str] = RECEIVED, at: datetime | None = None, *, thread_id: str | None = None
    ) -> str:
        """Let a message come; `at` (aware) is its internalDate, None: now. Returns its identifier."""
        stored = self._new(raw, frozenset(labels), at)
        stored.thread_id = thread_id or self._conversation(stored) or stored.id
        self.add(stored)
        return stored.id

    def send(self, raw: bytes, at: datetime | None = None) -> str:
        """Let the user send a message that was no draft here."""
        return self.deliver(raw, ("SENT",), at)

    @_held
    def save_draft(
        self, raw: bytes, thread_id: str | None = None, at: datetime | None = None, *, users: bool = True
    ) -> StoredDraft:
        """Make a draft, of the user's unless told; it goes into `thread_id` only if it belongs there.

        https://developers.google.com/workspace/gmail/api/guides/threads#adding_drafts_and_messages_to_threads: the identifier is
        given, In-Reply-To and References comply with RFC 2822, and the subjects match. Else it opens a conversation of its own.
        """
        stored = self._new(self._saved(raw), frozenset({"DRAFT"}), at)
        stored.thread_id = thread_id if thread_id and self.belongs(stored, thread_id) else stored.id
        self.add(stored)
        draft = StoredDraft(f"r{self._random.randrange(10**18, 10**19)}", stored, users)
        self._drafts[draft.id] = draft
        return draft

    @_held
    def replace_draft(self, draft: StoredDraft, raw: bytes, thread_id: str | None = None, at: datetime | None = None) -> str:
        """Put other bytes into a draft, as drafts.update does; returns the identifier of the message that is in it now.

        The message in it is destroyed and another one takes its place. Without a `threadId` in the request the draft leaves its
        conversation, by the same rule as at its making; other programs tell of drafts that lost theirs so.
        """
        stored = self._new(self._saved(raw), frozenset({"DRAFT"}), at)
        fits = thread_id and self.belongs(stored, thread_id, besides=draft.message)
        stored.thread_id = thread_id if thread_id and fits else stored.id
        return self._swap(draft, stored)

    @_held
    def edit_draft(self, draft: StoredDraft, raw: bytes, at: datetime | None = None) -> str:
        """Let the user edit a draft on the web page: it stays in its conversation, whatever is written."""
        stored = self._new(self._saved(raw), frozenset({"DRAFT"}), at)
        stored.thread_id = draft.message.thread_id
        draft.users = True
        return self._swap(draft, stored)

    def _swap(self, draft: StoredDraft, stored: Stored) -> str:
        self._forget(draft.message)
        draft.message = stored
        self.add(stored)
        return stored.id

    @_held
    def discard_draft(self, draft: StoredDraft) -> None:
        """Remove a draft for good, as the service and the web page do."""
        del self._drafts[draft.id]
        self._forget(draft.message)

    @_held
    def send_draft(self, draft: StoredDraft, raw: bytes | None = None, at: datetime | None = None) -> str:
        """Let the user press Send; with `raw` that text is sent instead. Returns the identifier of the message that was sent."""
        thread = draft.message.thread_id
        text = draft.message.raw if raw is None else raw
        if self.quirks.renames_sent:
            name = f"<CA{self._random.getrandbits(160):040x}@mail.gmail.com>".encode()
            text = _MESSAGE_ID.sub(lambda found: b"Message-ID: " + name + b"\r\nX-Google-Original-" + found[0], text, count=1)
        stored = self._new(text, frozenset({"SENT"}), at)
        stored.thread_id = thread if thread != draft.message.id else stored.id
        self.discard_draft(draft)
        if stored.thread_id != stored.id and not self._threads.get(stored.thread_id):
            stored.thread_id = stored.id
        self.add(stored)
        return stored.id

    @_held
    def relabel(self, key: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Change the labels of a message; each side that changes something is a record of the history."""
        one = self._messages[key]
        gone = tuple(sorted(one.labels & set(remove)))
        new = tuple(sorted(set(add) - (one.labels - set(gone))))
        if gone:
            one.labels -= set(gone)
            self._record("labelRemoved", one, gone)
        if new:
            one.labels |= set(new)
            self._record("labelAdded", one, new)

    def trash(self, key: str) -> None:
        """Move a message to the bin, as the web page does."""
        self.relabel(key, add=("TRASH",), remove=("INBOX", "SPAM"))

    def spam(self, key: str) -> None:
        """Move a message to spam."""
        self.relabel(key, add=("SPAM",), remove=("INBOX",))

    def archive(self, key: str) -> None:
        """Take a message out of the inbox."""
        self.relabel(key, remove=("INBOX",))

    @_held
    def delete(self, key: str) -> None:
        """Remove a message for good."""
        self._forget(self._messages[key])

    @_held
    def make_label(self, name: str, shown: Mapping[str, str] | None = None) -> Label:
        """Make a label."""
        label = Label(f"Label_{self._random.randrange(10**18, 10**19)}", name, "user", dict(shown or {}))
        self.labels[label.id] = label
        return label

    @_held
    def remove_label(self, label: Label) -> None:
        """Remove a label, from all messages too."""
        for one in self.messages(label.id):
            self.relabel(one.id, remove=(label.id,))
        del self.labels[label.id]

    @_held
    def index(self) -> None:
        """Let the search index catch up."""
        self.unindexed.clear()

    @_held
    def expire_history(self) -> None:
        """Forget the history: identifiers handed out so far are answered 404."""
        self.history.clear()
        self.history_id += self._random.randrange(2, 9)
        self.horizon = self.history_id

    @_held
    def refuse_page_tokens(self) -> None:
        """Let no page token that was handed out so far be good any more."""
        self.page_epoch += 1

    @_held
    def fill(self, mails: Iterable[Stored]) -> None:
        """Take in many messages that were there before anybody looked: no history, identifiers and times as they have them."""
        for one in mails:
            self._serial += 1
            one.serial = self._serial
            one.history_id = one.history_id or HISTORY_BASE
            self._messages[one.id] = one
            self._threads.setdefault(one.thread_id, []).append(one)
            if one.message_id:
                self._known.setdefault(one.message_id, []).append(one)
            self._order.append((*one.order, one.id))
        self._order.sort()

    # -- as it was

    @_held
    def snapshot(self) -> dict[str, Any]:
        """Return all that it holds, for `restore`."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in {"lock", "clock"}})

    @_held
    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Hold again what it held then, the next identifiers included."""
        vars(self).update(copy.deepcopy(dict(snapshot)))

    # -- what it takes

    def belongs(self, stored: Stored, thread_id: str, besides: Stored | None = None) -> bool:
        """Say whether a draft may stand in a conversation: it answers a message there, and the subjects match."""
        others = [one for one in self._threads.get(thread_id, ()) if one is not besides]
        names = stored.answers()
        return any(one.message_id in names for one in others if one.message_id) and any(
            one.subject == stored.subject for one in others
        )

    def add(self, stored: Stored) -> None:
        """Put a message in its place and write it into the history."""
        self._messages[stored.id] = stored
        self._threads.setdefault(stored.thread_id, []).append(stored)
        if stored.message_id:
            self._known.setdefault(stored.message_id, []).append(stored)
        if self.quirks.disorder:
            stored.late = self._random.randrange(int(self.quirks.disorder.total_seconds() * 1000))
        insort(self._order, (*stored.order, stored.id))
        if self.quirks.index_lags:
            self.unindexed.add(stored.id)
        self._record("messageAdded", stored)

    def _forget(self, stored: Stored) -> None:
        del self._messages[stored.id]
        del self._order[bisect_left(self._order, (*stored.order, stored.id))]
        rest = self._threads[stored.thread_id]
        rest.remove(stored)
        if not rest:
            del self._threads[stored.thread_id]
        if stored.message_id:
            self._known[stored.message_id].remove(stored)
        self.unindexed.discard(stored.id)
        self._record("messageDeleted", stored)

    def _new(self, raw: bytes, labels: frozenset[str], at: datetime | None) -> Stored:
        moment = self.clock() if at is None else at
        self._serial += 1
        self._last_id += self._random.randrange(1, 1 << 24)
        stored = Stored(
            id=f"{self._last_id:016x}",
            thread_id="",
            labels=labels,
            at=int(moment.timestamp() * 1000),
            serial=self._serial,
            history_id=0,
            source=raw,
        )
        stored.index()
        return stored

    def _saved(self, raw: bytes) -> bytes:
        return raw if self.quirks.rewrites is None else self.quirks.rewrites(raw)

    def _conversation(self, stored: Stored) -> str | None:
        """Return the conversation that a message which comes goes to: of one that it answers, with the same subject."""
        for name in sorted(stored.answers()):
            for one in self._known.get(name, ()):
                if one.subject == stored.subject:
                    return one.thread_id
        return None

    def _record(self, kind: str, one: Stored, changed: tuple[str, ...] = ()) -> None:
        """Write into the history: identifiers grow, with gaps (reference of users.history.list)."""
        self.history_id += self._random.randrange(1, 40)
        one.history_id = self.history_id
        labels = () if kind == "messageDeleted" else tuple(sorted(one.labels))
        self.history.append(Change(self.history_id, kind, one.id, one.thread_id, labels, changed))
        if len(self.history) > _KEPT:
            self.horizon = self.history[_KEPT // 2].id
            del self.history[: _KEPT // 2 + 1]

    def same_subject(self, thread_id: str, subject: str) -> bool:
        """Say whether a conversation has a message of that subject."""
        wanted = normal_subject(subject)
        return any(one.subject == wanted for one in self._threads.get(thread_id, ()))
