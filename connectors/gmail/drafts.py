"""Our own drafts: put, find, take back. Nothing else is ever written, and nothing is removed that was not just read.

A draft is a container with an id of its own that stays; the message inside is never changed but replaced, under a new id
(https://developers.google.com/workspace/gmail/api/guides/drafts). So the id of the draft is the handle and that of the message
the revision, and what a message id was once read to hold it holds for ever.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from connectors.base import DraftRef, Found, FoundState, Withdrawal
from connectors.errors import Conflict, NotFound, Refused, Unavailable
from connectors.gmail.answers import labels_of, record, records, text
from connectors.gmail.looking import headers_of, raw_of
from connectors.gmail.reading import is_reference, role_of
from connectors.gmail.sent import Sent, is_in_thread
from connectors.gmail.service import Request, Service
from connectors.matching import is_later, is_same_errand, says_the_same
from rules.drafts.types import Draft
from rules.mail import Envelope, Role
from rules.mail.headers import addresses, message_ids, split_fields
from rules.mail.mime import header_of

__all__ = ["DraftBox"]

_LISTED: Final = 500
_PAGES: Final = 100
_HEADERS_AT_ONCE: Final = 1000
"""Drafts whose header is asked for in one listing, the newest first; of very many, the others come with later listings."""
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
    _sent: Sent = field(init=False)

    def __post_init__(self) -> None:
        """Look at Sent over the same connection."""
        self._sent = Sent(self.service)

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
        """Return all drafts whose header is known by now, oldest first: of more than a thousand, the others with later calls."""
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
        """Return a draft as it stands; None when it is gone or in the bin, or what is inside is a draft no more (it was sent)."""
        if not is_reference(ref):
            return None
        request = self.service.drafts.get(userId="me", id=ref, format="raw", fields=_HELD)
        try:
            answer = self.service.call(request, "reading a draft")
        except (NotFound, Refused):
            return None
        message = record(answer, "message")
        raw = raw_of(message)
        if raw is None or (labels_of(message) is not None and role_of(message) is not Role.DRAFTS):
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
        self._known.pop(held.revision, None)  # in case that the message keeps its id
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
        edited: DraftRef | None = None
        for one in standing:
            if one.envelope.message_id != draft.message_id:
                continue
            held = there if there is not None and there.ref == one.ref else self._read(one.ref)
            if held is None:
                continue
            if held.is_as_in(ref) if ref is not None and (ref.digest or ref.revision) else says_the_same(held.raw, draft):
                return Found(FoundState.UNTOUCHED, held.place)
            edited = held.place
        if edited is None and there is not None and _is_edited(there, draft):
            edited = there.place
        if edited is None:
            others = besides if there is None else besides | {there.ref}
            edited = next((one.place for one in reversed(standing) if _is_the_users(one, draft, others)), None)
        if edited is not None:
            return Found(FoundState.EDITED, edited)
        sent = self._sent.copy_of(draft, besides)
        return Found(FoundState.ABSENT) if sent is None else Found(FoundState.SENT, sent=sent)

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


def _is_edited(held: _Held, draft: Draft) -> bool:
    """Say whether what stands in our container is still the letter that it was; to somebody else alone, it is another."""
    fields = split_fields(header_of(held.raw))
    recipients = {one.address for name in ("to", "cc") for one in addresses(fields.get(name, ""))} - {""}
    return held.message_id == draft.message_id or not recipients or draft.to.address.lower() in recipients


def _is_the_users(one: _Standing, draft: Draft, besides: frozenset[str]) -> bool:
    """Say whether a draft is what the user writes in the stead of ours."""
    envelope = one.envelope
    if one.ref in besides or not is_later(envelope, draft):
        return False
    return is_same_errand(envelope, draft) or is_in_thread(envelope, draft)
