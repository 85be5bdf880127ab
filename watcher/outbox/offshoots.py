"""Drafts of the user's that began as ours: one was open in a mail program while it was written anew, or taken back.

The program knows nothing of that. What it saves stands beside the newer wording, under the Message-ID that it was opened with or
under one of the program's own (Thunderbird makes a new one at each save), in the same conversation, with most of its words. It
is the user's, and counts. Where drafts change in their place, as at Gmail and at Outlook, it stands where ours stood, and is
seen there as any other edit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.base import Connector, DraftRef, FoundState
from connectors.errors import NotFound
from rules.drafts.recognise import BEGAN, score
from rules.mail import Message, Role, message_from_bytes
from watcher.outbox.ledger import Ledger
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState, VersionRow, last_changes, wordings_of

__all__ = ["take_up", "unchanged"]

_OPEN = timedelta(days=14)
"""How long after the last change of ours a draft may stand open and be saved under a Message-ID of the program's own."""
_NOBODYS = f"{0:032x}@example.invalid"
"""A Message-ID that nothing has: then a draft is looked for by its conversation and recipient."""
_LOOKS = 5
"""How many drafts of the user's to one person in one conversation are compared with what was written to that person."""

Listed = Sequence[tuple[str, DraftRef]]
"""Message-ID and reference of all that stands in Drafts."""


def unchanged(connector: Connector, ref: DraftRef, digests: Collection[str]) -> DraftRef | None:
    """Return `ref` with its digest if what stands there has one of `digests`."""
    try:
        digest = connector.digest_of(ref)
    except NotFound:
        return None
    return replace(ref, digest=digest) if digest in digests else None


def take_up(
    ledger: Ledger, connector: Connector, listed: Listed, known: Mapping[str, VersionRow], now: datetime
) -> frozenset[str]:
    """Let what the user went on with be their draft of its step; return the processes in which that is news.

    Where another of theirs is that already, both stay, and the row tells of it. Changes nothing in the mailbox.
    """
    search = _Search(ledger, connector, listed, known, now)
    found = [*search.by_name()]
    found += search.by_words({str(one.row.key) for one in found})
    rows = {row.key: row for row in search.rows}
    changed: set[str] = set()
    for one in found:
        row = rows[one.row.key]
        if row.state is not RowState.EDITED:
            rows[row.key] = ledger.went_on(row, one.wording, one.ref, now)
            changed.add(row.process)
        elif one.ref.ref not in {row.ref, row.beside}:
            rows[row.key] = replace(row, beside=one.ref.ref)
            ledger.save(rows[row.key])
    for row in rows.values():
        if row.beside and (row.state is not RowState.EDITED or row.beside == row.ref or row.beside not in search.places):
            ledger.save(replace(row, beside=""))
    return frozenset(changed)


@dataclass(frozen=True, slots=True)
class _Offshoot:
    """A draft of the user's, and what it began as."""

    row: OutboxRow
    wording: VersionRow
    ref: DraftRef
    score: float = 1.0


class _Search:
    """Drafts compared with all that was ever written."""

    def __init__(
        self, ledger: Ledger, connector: Connector, listed: Listed, known: Mapping[str, VersionRow], now: datetime
    ) -> None:
        """Look at the outbox; no question to the mailbox."""
        self._ledger, self._connector, self._now = ledger, connector, now
        self.rows = ledger.rows()
        taken = {row.ref for row in self.rows if row.state in LIVE}
        free = [(message_id, ref) for message_id, ref in listed if ref.ref not in taken]
        self.places = {ref.ref for _, ref in listed}
        """Handles of all that stands in Drafts."""
        self._taken = frozenset(taken)
        self._ours = [(known[message_id], ref) for message_id, ref in free if message_id in known]
        self._strange = {ref.ref: ref for message_id, ref in free if message_id not in known}

    def by_name(self) -> Iterator[_Offshoot]:
        """Yield those under a Message-ID of ours that are not as we wrote them."""
        rows = {str(row.key): row for row in self.rows if row.state is not RowState.SENT}
        for version, ref in self._ours:
            row = rows.get(version.key)
            if row is None or not _is_past(row, version.message_id):
                continue
            wording = next((one for one in self._wordings(row) if one.message_id == version.message_id), None)
            if wording is None or wording.draft is None or unchanged(self._connector, ref, version.digests) is not None:
                continue
            # What a dead process had begun, or a server wrote in another way, is nobody's work: the mailbox knows it.
            besides = self._ledger.besides(row) | self._taken
            if self._connector.find_draft(wording.draft, None, besides).state is FoundState.EDITED:
                yield _Offshoot(row, wording, ref)

    def by_words(self, but: Collection[str]) -> list[_Offshoot]:
        """Return those under a Message-ID that is not ours, each for the step whose words it holds; none for keys in `but`."""
        best: dict[str, _Offshoot] = {}
        compared = {known for known in self._ledger.compared if known[-2] in self.places}
        for row in self._recent(but):
            wordings = self._wordings(row)
            asked = {(str(row.key), str(len(wordings)), ref.ref, ref.revision) for ref in self._strange.values()}
            if not wordings or asked <= compared:
                continue
            found = self._like(row, wordings)
            compared |= asked
            if found is not None and (found.ref.ref not in best or best[found.ref.ref].score < found.score):
                best[found.ref.ref] = found
        self._ledger.compared.clear()
        self._ledger.compared.update(compared)
        return [*best.values()]

    def _recent(self, but: Collection[str]) -> list[OutboxRow]:
        """Return what may stand open somewhere as it was before."""
        if not self._strange:
            return []
        with self._ledger.store.read() as connection:
            changes = last_changes(connection, self._ledger.account.name)
        return [
            row
            for row in self.rows
            if row.state is not RowState.SENT
            and str(row.key) not in but
            and row.key in changes
            and changes[row.key] >= self._now - _OPEN
        ]

    def _wordings(self, row: OutboxRow) -> list[VersionRow]:
        """Return what was written for a row and does not count any more, oldest first."""
        with self._ledger.store.read() as connection:
            wordings = wordings_of(connection, row.account, row.key)
        return [one for one in wordings if _is_past(row, one.message_id)]

    def _like(self, row: OutboxRow, wordings: Sequence[VersionRow]) -> _Offshoot | None:
        """Return the newest draft of the user's that began as one of `wordings`, of those that are nobody's yet."""
        drafts = [one.draft for one in wordings if one.draft is not None]
        # The words tell that it is later than ours. By the clocks of machine and server it may not be.
        sought = replace(drafts[-1], message_id=_NOBODYS, date=min(draft.date for draft in drafts) - _OPEN)
        besides = self._ledger.besides(row) | self._taken | {ref.ref for _, ref in self._ours}
        for _ in range(_LOOKS):
            found = self._connector.find_draft(sought, None, besides)
            if found.state is not FoundState.EDITED or found.ref is None:
                break
            ref = self._strange.get(found.ref.ref)
            if ref is not None and (message := self._read(ref)) is not None:
                highest, wording = max(
                    ((score(message, draft), one) for draft, one in zip(drafts, wordings, strict=True)), key=lambda each: each[0]
                )
                if highest >= BEGAN:
                    return _Offshoot(row, wording, ref, highest)
            besides |= {found.ref.ref}
        return None

    def _read(self, ref: DraftRef) -> Message | None:
        try:
            raw = self._connector.read_draft(ref)
        except NotFound:
            return None
        return message_from_bytes(raw, ref=ref.ref, role=Role.DRAFTS, received_at=self._now, size=len(raw))


def _is_past(row: OutboxRow, message_id: str) -> bool:
    """Say whether what was written under a Message-ID does not count, nor is about to; of an edited draft nothing does."""
    if row.state is RowState.EDITED:
        return True
    if row.next_draft is not None and message_id == row.next_draft.message_id:
        return False
    return message_id != row.draft.message_id or (row.state is RowState.WITHDRAWN and row.op is Op.NONE)
