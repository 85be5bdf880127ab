"""Writing down what became of a draft: the row, the event for the fold, and the line in the log, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.base import DraftRef
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft, DraftKind
from rules.process import DraftChange
from watcher.account import Account
from watcher.history import assess
from watcher.store import Connection, Store, StoreError
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState, VersionRow, add_draft_event, load_outbox, put_row, read_back
from watcher.store.journal import LogRow, add_log
from watcher.store.mail import sent_otherwise
from watcher.together import leave

__all__ = ["Ledger", "content_of", "sha256", "title"]

_TITLES = {
    DraftKind.THANK_YOU: "Thank-you note",
    DraftKind.STATUS: "Follow-up",
    DraftKind.GRACIOUS: "Gracious note",
    DraftKind.NO_SHOW: "Request for another time",
    DraftKind.KEEP_WARM: "Keep-in-touch note",
    DraftKind.PREP: "List of questions to ask",
    DraftKind.NOTES: "Form for your notes",
    DraftKind.LINKEDIN: "LinkedIn note",
}


def sha256(raw: bytes) -> str:
    """Return the digest by which bytes are compared."""
    return hashlib.sha256(raw).hexdigest()


def content_of(draft: Draft) -> str:
    """Return a digest of what the recipient would read: a change of it is worth a rewrite, a change of headers is not."""
    return sha256(f"{draft.to.address}\0{draft.subject}\0{draft.text}".encode())


def title(row: OutboxRow) -> str:
    """Return what a draft is called in the log."""
    if row.key.kind is DraftKind.LINKEDIN:
        return row.draft.subject  # it says for whom it is
    if row.key.kind.to_self:
        return _TITLES[row.key.kind]
    return f"{_TITLES[row.key.kind]} to {row.draft.to.name or row.draft.to.address}"


@dataclass(slots=True)
class Ledger:
    """The outbox of one account. `companies` names the company of a process, for the log."""

    account: Account
    store: Store
    companies: dict[str, str] = field(default_factory=dict)
    compared: set[tuple[str, ...]] = field(default_factory=set)
    """Which drafts of the user's were compared with what was written before: see `watcher.outbox.offshoots`."""

    def rows(self) -> list[OutboxRow]:
        """Return every row, in the order in which they were planned."""
        with self.store.read() as connection:
            return load_outbox(connection, self.account.name)

    def besides(self, row: OutboxRow) -> frozenset[str]:
        """Return what must not be taken for this draft: what stands in Drafts for other steps, and what was sent before it."""
        with self.store.read() as connection:
            rows = load_outbox(connection, self.account.name)
            sent = sent_otherwise(connection, self.account.name, str(row.key), row.planned_at)
        others = [other for other in rows if other.key != row.key and other.state in LIVE]
        return sent | {handle for other in others for handle in (other.ref, other.beside) if handle}

    def name_companies(self, processes: Collection[str], now: datetime) -> None:
        """Find out how processes with drafts are called: what becomes of those is told before they are decided."""
        for process in {row.process for row in self.rows()}.intersection(processes) - set(self.companies):
            try:
                with self.store.read() as connection:
                    self.companies[process] = assess(connection, self.account, process, now).process.company
            except StoreError:
                raise
            except Exception:  # noqa: BLE001 - told when it is decided; here only its name is missing
                self.companies[process] = ""

    def save(self, row: OutboxRow) -> None:
        """Store a row without a word about it."""
        with self.store.write() as connection:
            put_row(connection, row)
            leave(connection, self.account)

    def line(self, row: OutboxRow, action: str, text: str, at: datetime) -> LogRow:
        """Return a line of the log about a draft."""
        return LogRow(at, self.account.name, row.process, self.companies.get(row.process, ""), action, text)

    def record(self, row: OutboxRow, change: DraftChange, text: str, at: datetime) -> None:
        """Store a row, what happened to its draft, and a line about it."""
        with self.store.write() as connection:
            self.record_in(connection, row, change, text, at)

    def record_in(self, connection: Connection, row: OutboxRow, change: DraftChange, text: str, at: datetime) -> None:
        """Do the same in the caller's transaction."""
        put_row(connection, row)
        leave(connection, self.account)
        add_draft_event(connection, row, change, at)
        add_log(connection, [self.line(row, change.value, text, at)])

    def placed(self, row: OutboxRow, ref: DraftRef, now: datetime) -> None:
        """Record that the draft of the row stands at `ref`, untouched."""
        done = replace(_standing(row, row.draft, row.raw, ref), placed_at=now)
        with self.store.write() as connection:
            read_back(connection, self.account.name, row.draft.message_id, ref.digest)
            self.record_in(connection, done, DraftChange.PLACED, f"{title(done)} is in Drafts{self._slot(done, now)}", now)

    def _slot(self, row: OutboxRow, now: datetime) -> str:
        """Return for when a draft is meant, in the user's zone; nothing when that is at once."""
        if row.slot_opens is None or row.slot_opens <= now:
            return ""
        local = row.slot_opens.astimezone(ZoneInfo(self.account.profile.zone))
        return f" for {local:%a} {local.day} {local:%b, %H:%M}"

    def rewritten(self, row: OutboxRow, ref: DraftRef, now: datetime) -> None:
        """Record that the new wording of the row has taken the place of the old one."""
        if row.next_draft is None or row.next_raw is None:
            raise ValueError(f"{row.key}: a rewrite without a new wording")
        done = _standing(row, row.next_draft, row.next_raw, ref)
        with self.store.write() as connection:
            read_back(connection, self.account.name, done.draft.message_id, ref.digest)
            put_row(connection, done)
            leave(connection, self.account)
            add_draft_event(connection, done, DraftChange.PLACED, now)
            add_log(connection, [self.line(done, "rewritten", f"{title(done)} was brought up to date", now)])

    def withdrawn(self, row: OutboxRow, now: datetime) -> None:
        """Record that we took the draft back; `row.error` holds the reason."""
        why = f". {row.error.rstrip('.')}" if row.error else ""
        done = replace(row, state=RowState.WITHDRAWN, op=Op.NONE, ref="", revision="", error="")
        self.record(done, DraftChange.WITHDRAWN, f"{title(row)} was taken back{why}", now)

    def went_on(self, row: OutboxRow, wording: VersionRow, ref: DraftRef, now: datetime) -> OutboxRow:
        """Record that the user went on with what had been written before; return the row as it is then.

        What was written since belongs to no row from here on: the sweep takes it back, if nobody has touched it.
        """
        if wording.draft is None:
            raise ValueError(f"{row.key}: a wording of which nothing is known")
        older = replace(
            row,
            draft=wording.draft,
            raw=draft_bytes(wording.draft),
            content=content_of(wording.draft),
            digest=wording.digest or wording.raw_digest,
        )
        return self.edited(older, ref, now, "you are working on an earlier wording of it, so that one is yours now")

    def edited(
        self, row: OutboxRow, ref: DraftRef, now: datetime, how: str = "you are working on it, so it is yours now"
    ) -> OutboxRow:
        """Record that the draft is the user's now; return the row as it is then."""
        placed = row.placed_at or now
        done = replace(row, state=RowState.EDITED, op=Op.NONE, ref=ref.ref, revision=ref.revision, placed_at=placed, error="")
        done = replace(done, next_draft=None, next_raw=None)
        self.record(done, DraftChange.EDITED, f"{title(row)}: {how}", now)
        return done

    def sent(self, connection: Connection, row: OutboxRow, at: datetime) -> None:
        """Record that the user sent the draft, in the caller's transaction: a mail in Sent was recognised as it."""
        if row.state is RowState.SENT:
            return
        at = max(at, row.placed_at or at)
        done = replace(row, state=RowState.SENT, op=Op.NONE, error="", next_draft=None, next_raw=None)
        self.record_in(connection, done, DraftChange.SENT, f"{title(row)}: sent by you", at)


def _standing(row: OutboxRow, draft: Draft, raw: bytes, ref: DraftRef) -> OutboxRow:
    return replace(
        row,
        state=RowState.PLACED,
        op=Op.NONE,
        draft=draft,
        raw=raw,
        content=content_of(draft),
        next_draft=None,
        next_raw=None,
        ref=ref.ref,
        revision=ref.revision,
        digest=ref.digest,
        attempts=0,
        error="",
    )
