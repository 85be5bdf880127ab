"""A Drafts folder that nobody sees: what would have stood in the user's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from connectors.base import DraftRef, Withdrawal
from connectors.errors import Conflict, NotFound
from rules.drafts.types import Draft
from rules.mail import Envelope, Role, envelope_from_header
from rules.mail.mime import header_of

__all__ = ["Scratch", "Standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One message in it."""

    envelope: Envelope
    raw: bytes

    @property
    def ref(self) -> DraftRef:
        """Return where it stands, with the proof of its content."""
        digest = sha256(self.raw).hexdigest()
        return DraftRef(self.envelope.ref, digest, digest)


@dataclass(slots=True)
class Scratch:
    """Drafts in memory."""

    changes: int = 0
    """Grows with every change."""
    _serial: int = 0
    _standing: dict[str, Standing] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Standing]:
        """Yield what stands there, oldest first."""
        return iter(tuple(self._standing.values()))

    def add(self, raw: bytes, at: datetime) -> Standing:
        """Put a message there."""
        self._serial += 1
        self.changes += 1
        ref = f"draft:{self._serial}"
        envelope = envelope_from_header(header_of(raw), ref=ref, role=Role.DRAFTS, received_at=at, size=len(raw), calendar=False)
        self._standing[ref] = Standing(envelope, raw)
        return self._standing[ref]

    def remove(self, ref: str) -> None:
        """Take a message away, if it is there."""
        if self._standing.pop(ref, None) is not None:
            self.changes += 1

    def at(self, ref: DraftRef, message_id: str = "") -> Standing | None:
        """Return what stands at a reference; else what has the same content; else what has the Message-ID, if one is given."""
        return (
            self._standing.get(ref.ref)
            or next((one for one in self if one.ref.digest == (ref.revision or ref.digest)), None)
            or next((one for one in self if message_id and one.envelope.message_id == message_id), None)
        )

    def named(self, message_id: str) -> list[Standing]:
        """Return what stands there under a Message-ID, oldest first."""
        return [one for one in self if one.envelope.message_id == message_id]

    def data(self, ref: DraftRef) -> bytes:
        """Return the bytes at a reference. Raises NotFound."""
        found = self.at(ref)
        if found is None:
            raise NotFound("The draft is not there any more.")
        return found.raw

    def put(self, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef:
        """Write a draft, or find it standing. Raises Conflict."""
        old = self.at(replacing) if replacing is not None else None
        same = self.named(draft.message_id)
        present = next((one for one in same if one.raw == raw), None)
        if present is None and any(old is None or one.envelope.ref != old.envelope.ref for one in same):
            raise Conflict("A draft with this Message-ID stands there with another text.")
        if replacing is None:
            return (present or self.add(raw, draft.date)).ref
        if old is None:
            if present is None:
                raise Conflict("The draft that was to be replaced is not there any more; nothing was written.")
            return present.ref
        if present is not None and present.envelope.ref == old.envelope.ref:
            return present.ref
        if old.ref.revision != (replacing.revision or replacing.digest):
            raise Conflict("The draft that was to be replaced has been edited; nothing was written.")
        new = present or self.add(raw, draft.date)
        self.remove(old.envelope.ref)
        return new.ref

    def withdraw(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove a draft that is what was written; leave any other alone."""
        found = self.at(ref, draft.message_id)
        if found is None:
            return Withdrawal.GONE
        if found.ref.revision != (ref.revision or ref.digest) or found.envelope.message_id != draft.message_id:
            return Withdrawal.EDITED
        self.remove(found.envelope.ref)
        return Withdrawal.WITHDRAWN

    def listed(self) -> list[tuple[str, DraftRef]]:
        """Return (Message-ID, reference) of all, oldest first; digests are left empty."""
        return [(one.envelope.message_id, replace(one.ref, digest="")) for one in self]
