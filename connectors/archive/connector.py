"""The connector to an archive of mail: what had come by a moment that it is told, and a Drafts folder that nobody sees.

Its time is told by `advance`: the mailbox is as it was then. Nothing is written to the archive; drafts live in memory and are
gone with the connector. Drafts and deleted mail of the archive are left out: when they were written or deleted, nothing tells.
"""

from __future__ import annotations

import re
import select
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Protocol

from connectors.archive.drafts import Scratch
from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, FoundState, WaitResult, Wake, Withdrawal
from connectors.errors import NotFound, Unavailable
from connectors.matching import is_later, is_same_errand, is_sent_copy, says_the_same
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["ArchiveConnector", "Mail"]

_LIMIT: Final = 1_000_000
_CURSOR: Final = re.compile(r"archive1:([0-9a-f]{1,32}):(\d{1,12}):(\d{1,12})")
_DIGITS: Final = 12
_REMEMBERED: Final = 2048
_DAY: Final = timedelta(days=1)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Mail(Protocol):
    """Messages in the order in which they came, by number."""

    own: frozenset[str]

    def count(self, now: datetime) -> int:
        """Return how many had come by then: those with a lower number."""

    def at(self, number: int) -> datetime:
        """Return when a message came."""

    def envelope(self, number: int) -> Envelope:
        """Return the first look at a message; `ref` is its number. Raises NotFound."""

    def message(self, number: int, envelope: Envelope) -> Message:
        """Return a message with its text. Raises NotFound."""

    def raw(self, number: int, most: int) -> bytes:
        """Return its bytes. Raises NotFound."""

    def close(self) -> None:
        """Let go of the files."""


class ArchiveConnector(Connector):
    """A mailbox as it was at a moment."""

    kind: ClassVar[str] = "archive"

    def __init__(
        self, mail: Mail, drafts: Scratch | None = None, *, now: datetime = _START, page_size: int = 200, generation: str = "0"
    ) -> None:
        """Take the mail, which has been looked through, and the Drafts. `generation` (hex) dies with the numbers of the mail."""
        self._mail = mail
        self._drafts = Scratch() if drafts is None else drafts
        self._now = now
        self._page_size = page_size
        self._generation = generation
        self._is_open = False
        self._looks: dict[int, Envelope | None] = {}
        self._listed = range(0)
        """Which numbers were listed without a gap, and which of those were sent."""
        self._sent: list[int] = []

    @property
    def drafts(self) -> Scratch:
        """Return what stands in Drafts."""
        return self._drafts

    def advance(self, now: datetime) -> None:
        """Let everything come that came up to and with `now` (aware)."""
        self._now = now

    def look(self, number: int) -> Envelope | None:
        """Return the first look at a message that came or will come; None when it cannot be read."""
        if number not in self._looks:
            if len(self._looks) >= _REMEMBERED:
                self._looks.clear()
            try:
                self._looks[number] = self._mail.envelope(number)
            except NotFound:
                self._looks[number] = None
        return self._looks[number]

    def read_ahead(self, number: int) -> Message | None:
        """Return a message that came or will come, with its text; None when it cannot be read."""
        envelope = self.look(number)
        return None if envelope is None else self._message(number, envelope)

    # --- the protocol -------------------------------------------------------------------------------------------------

    def open(self) -> Capabilities:
        """Return what there is."""
        self._is_open = True
        folders = tuple((role, role.value) for role in (Role.INBOX, Role.SENT, Role.ARCHIVE, Role.DRAFTS))
        return Capabilities(server_threads=True, atomic_ids=True, folders=folders)

    def close(self) -> None:
        """Let go of the files."""
        self._is_open = False
        self._mail.close()

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what came behind `cursor`. Raises Unavailable when not open."""
        self._check()
        end, drafts = self._mail.count(self._now), self._drafts.changes
        match = _CURSOR.fullmatch(cursor) if cursor is not None else None
        known = match is not None and match[1] == self._generation and int(match[2]) <= end
        first = not known
        reset = cursor is not None and first
        done = int(match[2]) if match is not None and known else 0
        touched = frozenset({Role.DRAFTS} if match is None or not known or int(match[3]) != drafts else ())
        touched = touched if cursor is not None or drafts else frozenset()
        envelopes: list[Envelope] = []
        messages: list[Message] = []
        for number in range(done, end):
            if first and self._mail.at(number) < since:
                continue
            envelope = self.look(number)
            if envelope is None:
                continue
            envelopes.append(envelope)
            touched |= {envelope.role}
            self._note(number, envelope)
            if wants(envelope) and (message := self._message(number, envelope)) is not None:
                messages.append(message)
            if len(envelopes) >= self._page_size and number + 1 < end:
                yield Changes(self._cursor(number + 1, drafts), envelopes, messages, touched=touched, reset=reset, more=True)
                envelopes, messages, touched, reset = [], [], frozenset(), False
        yield Changes(self._cursor(end, drafts), envelopes, messages, touched=touched, reset=reset)

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait to be woken: nothing changes by itself. Raises Unavailable when not open."""
        self._check()
        if wake.is_set():
            return WaitResult.WOKEN
        if timeout > 0:
            select.select([wake.fileno()], [], [], timeout)
        return WaitResult.WOKEN if wake.is_set() else WaitResult.TIMEOUT

    def fetch(self, ref: str) -> bytes:
        """Return the raw message. Raises NotFound."""
        return self._mail.raw(self._number(ref), _LIMIT)

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Return the messages of these envelopes with their text; one that cannot be read any more is left out."""
        found = []
        for envelope in envelopes:
            with suppress(NotFound):
                found.append(self._mail.message(self._number(envelope.ref), envelope))
        return found

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Keep a draft. Raises Conflict."""
        self._check()
        return self._drafts.put(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft. Raises Unavailable when not open."""
        self._check()
        own = self._drafts.named(draft.message_id)
        proof = (ref.revision or ref.digest) if ref is not None else ""
        own.sort(key=lambda one: (ref is None or one.envelope.ref != ref.ref, one.ref.digest != proof))
        for one in own:
            same = one.ref.digest == proof if ref is not None else says_the_same(one.raw, draft)
            return Found(FoundState.UNTOUCHED if same else FoundState.EDITED, one.ref)
        sent = self._sent_copy(draft, besides)
        if sent is not None and sent.message_id == draft.message_id:
            return Found(FoundState.SENT, sent=sent)
        for one in self._drafts:
            if one.envelope.ref in besides:
                continue
            at_its_place = ref is not None and one.envelope.ref == ref.ref
            if at_its_place or (is_same_errand(one.envelope, draft) and is_later(one.envelope, draft)):
                return Found(FoundState.EDITED, one.ref)
        return Found(FoundState.ABSENT) if sent is None else Found(FoundState.SENT, sent=sent)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Let go of an untouched draft of ours."""
        self._check()
        return self._drafts.withdraw(draft, ref)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return what stands in Drafts. Raises Unavailable when not open."""
        self._check()
        return self._drafts.listed()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return the bytes of a draft. Raises NotFound."""
        return self._drafts.data(ref)

    # --- what it stands on --------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if not self._is_open:
            raise Unavailable("The mailbox is not open.")

    def _cursor(self, number: int, drafts: int) -> str:
        return f"archive1:{self._generation}:{number}:{drafts}"

    def _number(self, ref: str) -> int:
        if not ref.isascii() or not ref.isdigit() or len(ref) > _DIGITS or int(ref) >= self._mail.count(self._now):
            raise NotFound("There is no such message.")
        return int(ref)

    def _message(self, number: int, envelope: Envelope) -> Message | None:
        try:
            return self._mail.message(number, envelope)
        except NotFound:
            return None

    def _note(self, number: int, envelope: Envelope) -> None:
        """Remember what was sent, so that it need not be looked for again."""
        if number in self._listed:
            return
        if number != self._listed.stop:
            self._listed, self._sent = range(number, number), []
        self._listed = range(self._listed.start, number + 1)
        if envelope.role is Role.SENT:
            self._sent.append(number)

    def _sent_copy(self, draft: Draft, besides: frozenset[str]) -> Envelope | None:
        """Return what the draft has become in Sent; a copy with its Message-ID comes first, then the latest of the others."""
        copies = [one for one in self._sent_since(draft) if is_sent_copy(one, draft)]
        copies = [one for one in copies if one.identity not in besides or one.message_id == draft.message_id]
        return max(copies, key=lambda one: (one.message_id == draft.message_id, one.received_at), default=None)

    def _sent_since(self, draft: Draft) -> Iterator[Envelope]:
        """Yield what was sent about when the draft was made, and later."""
        first = end = self._mail.count(self._now)
        while first > 0 and self._mail.at(first - 1) >= draft.date - _DAY:
            first -= 1
        known = self._sent[bisect_left(self._sent, first) :]
        for one in sorted({*known, *(number for number in range(first, end) if number not in self._listed)}):
            envelope = self.look(one)
            if envelope is not None and envelope.role is Role.SENT:
                yield envelope
