"""An archive that grows, and a Drafts folder that a user reaches into: what the contract asks of a mailbox that lies still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from connectors.archive import ArchiveConnector
from connectors.archive.drafts import Scratch
from connectors.errors import NotFound
from rules.mail import Envelope, Message, Role, envelope_from_header, message_from_bytes
from rules.mail.mime import header_of
from tests.connectors.harness import Harness
from tests.connectors.letters import NOW

__all__ = ["ArchiveHarness"]

LATE = datetime(2099, 1, 1, tzinfo=UTC)
PAGE = 7
_DELIVERED = NOW.replace(year=NOW.year + 1)
"""When mail comes of which a clause does not say it: after all else."""


class _Growing:
    """Mail in the order in which it was delivered; the numbers of a generation are good for that generation only."""

    def __init__(self) -> None:
        self.own: frozenset[str] = frozenset()
        self.rows: list[tuple[bytes, Role, datetime]] = []

    def count(self, now: datetime) -> int:
        del now
        return len(self.rows)

    def at(self, number: int) -> datetime:
        return self.rows[number][2]

    def envelope(self, number: int) -> Envelope:
        raw, role, at = self.rows[number]
        message = message_from_bytes(raw, ref=str(number), role=role, received_at=at, size=len(raw))
        header = header_of(raw)
        return envelope_from_header(
            header,
            ref=str(number),
            role=role,
            received_at=at,
            size=len(raw),
            calendar=message.envelope.calendar,
        )

    def message(self, number: int, envelope: Envelope) -> Message:
        found = message_from_bytes(
            self.raw(number, 10**9), ref=envelope.ref, role=envelope.role, received_at=envelope.received_at, size=envelope.size
        )
        return replace(found, envelope=envelope)

    def raw(self, number: int, most: int) -> bytes:
        if number >= len(self.rows):
            raise NotFound("no such message")
        return self.rows[number][0][:most]

    def close(self) -> None:
        pass


class ArchiveHarness(Harness):
    """The rest of the world, by reaching into what the connector stands on."""

    def __init__(self) -> None:
        """Make an empty archive."""
        self._mail = _Growing()
        self._drafts = Scratch()
        self._generation = 0

    def connector(self) -> ArchiveConnector:
        return ArchiveConnector(self._mail, self._drafts, now=LATE, page_size=PAGE, generation=f"{self._generation:x}")

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        if role is Role.DRAFTS:
            self._drafts.add(raw, received_at or _DELIVERED)
        else:
            self._mail.rows.append((raw, role, received_at or _DELIVERED))

    def raws(self, role: Role) -> Sequence[bytes]:
        if role is Role.DRAFTS:
            return [one.raw for one in self._drafts]
        return [raw for raw, place, _ in self._mail.rows if place is role]

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        del message_id
        return frozenset({"\\draft", "\\seen"} if role is Role.DRAFTS else ())

    def user_edits(self, message_id: str, raw: bytes) -> None:
        old = self._standing(message_id)
        self._drafts.add(raw, _DELIVERED)
        self._drafts.remove(old)

    def user_deletes(self, message_id: str) -> None:
        self._drafts.remove(self._standing(message_id))

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        ref = self._standing(message_id)
        own = next(one.raw for one in self._drafts if one.envelope.ref == ref)
        self._drafts.remove(ref)
        self.deliver(raw or own, Role.SENT)

    def expire_cursor(self) -> None:
        self._generation += 1

    def cut(self) -> None:
        """Nothing can be cut: there is no line."""

    def close(self) -> None:
        self._mail.rows.clear()

    def _standing(self, message_id: str) -> str:
        (found,) = self._drafts.named(message_id)
        return found.envelope.ref
