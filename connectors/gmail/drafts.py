"""Our own drafts: put, find, take back. Nothing else is ever written, and nothing is removed that was not just read.

A draft is a container with an id of its own that stays; the message inside is never changed but replaced, under a new id
(https://developers.google.com/workspace/gmail/api/guides/drafts). So the id of the draft is the handle and that of the message
the revision, and what a message id was once read to hold it holds for ever.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from connectors.base import DraftRef, Found, FoundState, Withdrawal
from connectors.errors import Conflict, NotFound, Refused, Unavailable
from connectors.gmail.answers import labels_of, record, records, text
from connectors.gmail.batches import AT_ONCE, chunks
from connectors.gmail.looking import headers_of, raw_of
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Request, Service
from connectors.matching import is_later, is_same_errand, is_sent_copy, says_the_same
from rules.drafts.types import Draft
from rules.mail import Envelope, Role
from rules.mail.headers import message_ids, split_fields
from rules.mail.mime import header_of

__all__ = ["DraftBox"]

_LISTED: Final = 500
_PAGES: Final = 100
_HEADERS_AT_ONCE: Final = 1000
"""Drafts whose header is asked for in one listing, the newest first; of very many, the others come with later listings."""
_SENT_PAGE: Final = 100
_SENT_MOST: Final = 500
_SENT_KEPT: Final = 2000
_DAY: Final = timedelta(days=1)
_HELD: Final = "id,message(id,threadId,labelIds,raw)"


@dataclass(frozen=True, slots=True)
class _Standing:
    """A draft in the listing."""

    ref: str
    envelope: Envelope

    @property
    def place(self) -> DraftRef:
        return DraftRef(self.ref, self.envelope.ref)


@dataclass(frozen=True, slots=True)
class _Held:
    """A draft as it was just read."""

    ref: str
    revision: str
    thread: str
    raw: bytes

    @property
    def digest(self) -> str:
        return sha256(self.raw).hexdigest()

    @property
    def place(self) -> DraftRef:
        return DraftRef(self.ref, self.revision, self.digest)

    @property
    def message_id(self) -> str:
        return next(iter(message_ids(split_fields(header_of(self.raw)).get("message-id", ""))), "")

    def is_as_in(self, ref: DraftRef) -> bool:
        """Say whether this is what `ref` stands for: by its content where that is known, else by the message's id."""
        return self.digest == ref.digest if ref.digest else bool(ref.revision) and self.revision == ref.revision


@dataclass(slots=True)
class DraftBox:
    """Drafts, and what was sent, as far as one connection has seen them."""

    service: Service
    _known: dict[str, Envelope] = field(default_factory=dict)
    """Headers of drafts by the id of the message inside."""
    _sent: dict[str, Envelope] = field(default_factory=dict)

    # -- looking

    def listed(self) -> list[tuple[str, DraftRef]]:
        """Return Message-ID and reference of what stands in Drafts, oldest first."""
        return [(one.envelope.message_id, one.place) for one in self._standing()]

    def raw(self, ref: DraftRef) -> bytes:
        """Return the bytes of a draft. Raises NotFound."""
        held = self._read(ref.ref)
        if held is None:
            raise NotFound("The draft does not stand in Drafts any more.")
        return held.raw

    def _standing(self) -> list[_Standing]:
        """Return all drafts whose header is known by now, oldest first."""
        places = dict(self._places())
        unknown = [message for message in places.values() if message not in self._known]
        known = {message: self._known[message] for message in places.values() if message in self._known}
        self._known = known | headers_of(self.service, unknown[:_HEADERS_AT_ONCE], Role.DRAFTS)
        found = [_Standing(ref, self._known[message]) for ref, message in places.items() if message in self._known]
        found.reverse()  # listed newest first
        return sorted(found, key=lambda one: one.envelope.received_at)

    def _places(self) -> Iterator[tuple[str, str]]:
        """Yield the ids of each draft and of the message inside."""
        token, seen = "", {""}
        for _ in range(_PAGES):
            asked: dict[str, Any] = {"userId": "me", "maxResults": _LISTED, "fields": "drafts(id,message(id)),nextPageToken"}
            if token:
                asked["pageToken"] = token
            answer = self.service.call(self.service.drafts.list(**asked), "listing drafts")
            for item in records(answer, "drafts"):
                ref, message = text(item, "id"), text(record(item, "message"), "id")
                if is_reference(ref) and is_reference(message):
                    yield ref, message
            token = text(answer, "nextPageToken")
            if token in seen:
                return
            seen.add(token)

    def _under(self, message_id: str) -> list[_Held]:
        """Return the drafts that carry a Message-ID, oldest first, as they are now."""
        refs = [one.ref for one in self._standing() if one.envelope.message_id == message_id]
        return [held for ref in refs if (held := self._read(ref)) is not None and held.message_id == message_id]

    def _read(self, ref: str) -> _Held | None:
        """Return a draft as it stands; None when it is gone, or when what is inside is a draft no more (it was sent)."""
        if not is_reference(ref):
            return None
        request = self.service.drafts.get(userId="me", id=ref, format="raw", fields=_HELD)
        try:
            answer = self.service.call(request, "reading a draft")
        except (NotFound, Refused):
            return None
        message = record(answer, "message")
        raw = raw_of(message)
        if raw is None or "DRAFT" not in (labels_of(message) or ()):
            return None
        return _Held(ref, text(message, "id"), text(message, "threadId"), raw)

    # -- putting

    def put(self, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef:
        """Write a draft as `Connector.put_draft` promises."""
        standing = self._under(draft.message_id)
        for held in standing:
            if _same(raw, held.raw) or says_the_same(held.raw, draft):
                self._remove_replaced(replacing, keep=held.ref)
                return held.place
        if standing:
            raise Conflict(
                f"A draft to {draft.to.address} with this Message-ID stands in Drafts with other words: you have worked on it, "
                "so it is left alone."
            )
        if replacing is None:
            return self._create(draft, raw)
        held_before = self._read(replacing.ref)
        if held_before is None or not held_before.is_as_in(replacing):
            raise Conflict(f"The draft to {draft.to.address} that was to be replaced is not what it was; it is left alone.")
        return self._update(draft, raw, held_before)

    def _create(self, draft: Draft, raw: bytes) -> DraftRef:
        drafts = self.service.drafts
        answer = self._write(lambda body: drafts.create(userId="me", body=body, fields="id"), raw, draft.thread_id)
        return self._written(text(answer, "id"))

    def _update(self, draft: Draft, raw: bytes, held: _Held) -> DraftRef:
        """Put other words into the container: at no moment are there two drafts, or none."""
        drafts = self.service.drafts
        try:
            self._write(
                lambda body: drafts.update(userId="me", id=held.ref, body=body, fields="id"), raw, draft.thread_id or held.thread
            )
        except NotFound as error:
            raise Conflict(f"The draft to {draft.to.address} that was to be replaced is gone.") from error
        return self._written(held.ref)

    def _write(self, request: Any, raw: bytes, thread: str) -> Any:
        """Write into the thread; where the service does not know it (any more), without. Raises Refused, NotFound."""
        message = {"raw": base64.urlsafe_b64encode(raw).decode("ascii")}
        if is_reference(thread):
            try:
                return self._ask(request({"message": {**message, "threadId": thread}}))
            except (NotFound, Refused):
                pass  # the thread was thrown away; In-Reply-To and References still say where it belongs
        return self._ask(request({"message": message}))

    def _ask(self, request: Request) -> Any:
        return self.service.call(request, "saving a draft")

    def _written(self, ref: str) -> DraftRef:
        held = self._read(ref)
        if held is None:
            raise Unavailable("Gmail took the draft and does not show it yet; it is looked for again.")
        return held.place

    def _remove_replaced(self, ref: DraftRef | None, *, keep: str) -> None:
        if ref is None or ref.ref == keep:
            return
        held = self._read(ref.ref)
        if held is not None and held.is_as_in(ref):
            self._remove(ref.ref)

    # -- finding

    def find(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str]) -> Found:
        """Say what has become of a draft as `Connector.find_draft` promises."""
        there = self._read(ref.ref) if ref is not None and ref.ref else None
        if there is not None and ref is not None and there.is_as_in(ref) and there.message_id == draft.message_id:
            return Found(FoundState.UNTOUCHED, there.place)
        standing = self._standing()
        edited: _Standing | None = None
        for one in standing:
            if one.envelope.message_id != draft.message_id:
                continue
            held = there if there is not None and there.ref == one.ref else self._read(one.ref)
            if held is None:
                continue
            if held.is_as_in(ref) if ref is not None and (ref.digest or ref.revision) else says_the_same(held.raw, draft):
                return Found(FoundState.UNTOUCHED, held.place)
            edited = one
        if edited is None:
            edited = next((one for one in reversed(standing) if _is_the_users(one, draft, ref, besides)), None)
        if edited is not None:
            return Found(FoundState.EDITED, edited.place)
        sent = self._sent_copy(draft, besides)
        return Found(FoundState.ABSENT) if sent is None else Found(FoundState.SENT, sent=sent)

    def _sent_copy(self, draft: Draft, besides: frozenset[str]) -> Envelope | None:
        """Look in Sent, newest first, until what is older than the draft; without the search index, which lags behind."""
        copies: list[Envelope] = []
        for envelopes in self._newest_sent():
            for one in envelopes:
                if one.message_id == draft.message_id:
                    return one
                if one.identity not in besides and _is_sent(one, draft):
                    copies.append(one)
            if all(one.received_at < draft.date - _DAY for one in envelopes):
                break
        return max(copies, key=lambda one: one.received_at, default=None)

    def _newest_sent(self) -> Iterator[list[Envelope]]:
        token, looked = "", 0
        if len(self._sent) > _SENT_KEPT:
            self._sent.clear()
        while looked < _SENT_MOST:
            asked: dict[str, Any] = {"userId": "me", "labelIds": ["SENT"], "maxResults": _SENT_PAGE}
            if token:
                asked["pageToken"] = token
            request = self.service.messages.list(**asked, fields="messages(id),nextPageToken")
            answer = self.service.call(request, "looking at what was sent")
            refs = [ref for item in records(answer, "messages") if is_reference(ref := text(item, "id"))]
            for chunk in chunks(refs, AT_ONCE):
                unknown = [ref for ref in chunk if ref not in self._sent]
                self._sent |= headers_of(self.service, unknown, Role.SENT)
                yield [self._sent[ref] for ref in chunk if ref in self._sent]
            looked += _SENT_PAGE
            token = text(answer, "nextPageToken")
            if not token:
                return

    # -- taking back

    def withdraw(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove a draft as `Connector.withdraw_draft` promises."""
        held = self._read(ref.ref)
        if held is None:
            standing = self._under(draft.message_id)
            if not standing:
                return Withdrawal.GONE
            held = next((one for one in standing if one.is_as_in(ref)), standing[0])
        if held.message_id != draft.message_id or not held.is_as_in(ref):
            return Withdrawal.EDITED
        return Withdrawal.WITHDRAWN if self._remove(held.ref) else Withdrawal.GONE

    def _remove(self, ref: str) -> bool:
        """Remove a draft that was just read; say whether it was still there."""
        try:
            self.service.call(self.service.drafts.delete(userId="me", id=ref), "taking a draft back")
        except NotFound:
            return False
        return True


def _same(written: bytes, stored: bytes) -> bool:
    return _plain(written) == _plain(stored)


def _plain(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").rstrip()


def _is_the_users(one: _Standing, draft: Draft, ref: DraftRef | None, besides: frozenset[str]) -> bool:
    """Say whether a draft is what the user has made of ours, or writes in its stead."""
    envelope = one.envelope
    recipients: Sequence[str] = envelope.recipients.split()
    if ref is not None and ref.ref and one.ref == ref.ref:
        return not recipients or draft.to.address.lower() in recipients  # to somebody else alone: it is another letter now
    if one.ref in besides or not is_later(envelope, draft):
        return False
    return is_same_errand(envelope, draft) or _is_in_thread(envelope, draft)


def _is_sent(envelope: Envelope, draft: Draft) -> bool:
    return is_sent_copy(envelope, draft) or (_is_in_thread(envelope, draft) and is_later(envelope, draft))


def _is_in_thread(envelope: Envelope, draft: Draft) -> bool:
    """Say whether a message goes to the draft's recipient in the conversation that the draft belongs to, as Gmail sees it."""
    same = bool(draft.thread_id) and envelope.thread_id == draft.thread_id
    return same and draft.to.address.lower() in envelope.recipients.split()
