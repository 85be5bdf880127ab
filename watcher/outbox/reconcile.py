"""Comparing Drafts with the outbox: what the user did, what a dead process left behind, and twins of our own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.base import Connector, DraftRef, FoundState
from rules.process import DraftChange
from watcher.outbox.ledger import Ledger, sha256, title
from watcher.outbox.offshoots import take_up, unchanged
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState, VersionRow, versions
from watcher.store.journal import LogRow, add_log

__all__ = ["look_after", "reconcile"]

Standing = dict[str, list[DraftRef]]
"""What stands in Drafts under a Message-ID of ours, oldest first."""


def reconcile(ledger: Ledger, connector: Connector, now: datetime, *, reset: bool) -> frozenset[str]:
    """Bring the outbox in step with Drafts and remove twins; return the processes whose drafts changed.

    After a `reset` of the mailbox in which every draft of ours seems gone nothing is concluded: an empty listing is more
    likely a fault than that many decisions of the user's (invariant 9).
    """
    rows = ledger.rows()
    if not rows:
        return frozenset()
    with ledger.store.read() as connection:
        known = versions(connection, ledger.account.name)
    standing: Standing = defaultdict(list)
    listed = connector.list_drafts()
    for message_id, ref in listed:
        if message_id in known:
            standing[message_id].append(ref)
    live = [row for row in rows if row.state is RowState.PLACED]
    if reset and live and not standing:
        _alarm(ledger, live, now)
        return frozenset()
    changed = {row.process for row in rows if _settle(ledger, connector, row, standing, now)}
    changed |= take_up(ledger, connector, listed, known, now)
    _sweep(ledger, connector, standing, known, {ref.ref for _, ref in listed})
    return frozenset(changed)


def _alarm(ledger: Ledger, live: Sequence[OutboxRow], now: datetime) -> None:
    drafts = "the draft of ours is not" if len(live) == 1 else f"none of the {len(live)} drafts of ours is"
    text = (
        f"The mailbox was renumbered, and {drafts} in Drafts any more. Nothing was concluded from that. "
        "If you deleted them, close the processes or let them be; if not, look for them in the bin."
    )
    with ledger.store.write() as connection:
        add_log(connection, [LogRow(now, ledger.account.name, "", "", "notice:mailbox_reset", text)])


def _settle(ledger: Ledger, connector: Connector, row: OutboxRow, standing: Standing, now: datetime) -> bool:
    """Bring one row in step with what stands in Drafts; say whether anything changed for the fold."""
    refs = standing.get(row.draft.message_id, [])
    if row.op is Op.REPLACE and _finished(ledger, connector, row, standing, now):
        return False
    if row.op is Op.PUT:
        if refs:  # written by a process that died before it could say so
            return _adopt(ledger, connector, row, refs, now)
        return False
    if row.state is RowState.DISCARDED:
        if refs:  # taken out of the bin again: the user wants it, so it is theirs, word for word as it may be ours
            ledger.edited(row, refs[0], now)
        return bool(refs)
    if row.state is RowState.PLACED:
        exact = any((ref.ref, ref.revision) == (row.ref, row.revision) for ref in refs)
        # Where it was to be taken back, a process that died before it could say so has done that, not the user.
        gone = RowState.WITHDRAWN if row.op is Op.WITHDRAW else RowState.DISCARDED
        return not exact and look_after(ledger, connector, row, now, gone)
    return row.state is RowState.EDITED and look_after(ledger, connector, row, now)


def _finished(ledger: Ledger, connector: Connector, row: OutboxRow, standing: Standing, now: datetime) -> bool:
    """See whether a rewrite was carried out by a process that died before it could say so."""
    if row.next_draft is None or row.next_raw is None:
        return False
    for ref in standing.get(row.next_draft.message_id, []):
        if (mine := unchanged(connector, ref, {sha256(row.next_raw)})) is not None:
            connector.tidy_up(row.next_draft, mine)
            ledger.rewritten(row, mine, now)
            return True
    return False


def _adopt(ledger: Ledger, connector: Connector, row: OutboxRow, refs: Sequence[DraftRef], now: datetime) -> bool:
    """Take what stands under our Message-ID as ours if it is what we wrote, byte for byte; else it is the user's.

    What was begun and not finished, where that takes several requests, is neither: it is finished, or taken back, by `apply`.
    Returns whether anything was found out.
    """
    for ref in refs:
        if (mine := unchanged(connector, ref, {sha256(row.raw), row.digest})) is not None:
            connector.tidy_up(row.draft, mine)
            ledger.placed(row, mine, now)
            return True
    found = connector.find_draft(row.draft, None, ledger.besides(row))
    if found.state in {FoundState.ABSENT, FoundState.SENT}:
        return False
    ledger.edited(row, found.ref or refs[0], now)
    return True


def look_after(ledger: Ledger, connector: Connector, row: OutboxRow, now: datetime, gone: RowState = RowState.DISCARDED) -> bool:
    """Find out what has become of a draft that is not where we left it, and write it down; say whether the fold cares.

    `gone` is what it means if it is nowhere: that the user deleted it, or that we did.
    """
    theirs = row.state is RowState.EDITED
    # The reference of an edited draft is the user's own wording; what we wrote is known by its digest alone.
    where = DraftRef("", "", row.digest) if theirs else row.reference
    found = connector.find_draft(row.draft, where, ledger.besides(row))
    if found.state is FoundState.UNTOUCHED:
        if theirs or found.ref is None:
            return False
        ref = found.ref
        ledger.save(replace(row, ref=ref.ref, revision=ref.revision, digest=ref.digest or row.digest))
        return False
    if found.state is FoundState.EDITED and found.ref is not None:
        if theirs:
            ledger.save(replace(row, ref=found.ref.ref, revision=found.ref.revision))
        else:
            ledger.edited(row, found.ref, now)
        return not theirs
    if found.state is FoundState.SENT:
        at = min(found.sent.received_at, now) if found.sent is not None else now
        with ledger.store.write() as connection:
            ledger.sent(connection, row, at)
    elif gone is RowState.WITHDRAWN:
        ledger.withdrawn(row, now)
    else:
        done = replace(row, state=RowState.DISCARDED, op=Op.NONE, error="", next_draft=None, next_raw=None)
        ledger.record(done, DraftChange.DISCARDED, f"{title(row)}: you deleted it, so it will not come back", now)
    return True


def _sweep(
    ledger: Ledger, connector: Connector, standing: Standing, known: Mapping[str, VersionRow], places: Collection[str]
) -> None:
    """Remove what stands under a Message-ID of ours beside its live row, or without one; only if byte-equal to what we wrote.

    `places` are the handles of all that stands in Drafts.
    """
    rows = ledger.rows()
    owners = {row.draft.message_id: row for row in rows}
    by_key = {str(row.key): row for row in rows}
    live = {row.ref for row in rows if row.state in LIVE}
    expected = {row.next_draft.message_id for row in rows if row.next_draft is not None}
    for message_id, refs in standing.items():
        row = owners.get(message_id)
        if message_id in expected or (row is not None and row.op is Op.PUT):
            continue  # still to be written or to be found: `apply` looks for it first
        spare = list(refs)
        if row is not None and row.state in LIVE:
            spare = [ref for ref in refs if ref.ref != row.ref]
            if len(spare) == len(refs) and (row.state is RowState.PLACED or row.ref not in places):
                continue  # the one that counts is not among them: leave all alone, and look again next time
        owner = row or by_key.get(known[message_id].key)
        for ref in spare:
            if ref.ref in live:
                continue  # in a mailbox where drafts change in their place, another wording stands where the live one did
            mine = unchanged(connector, ref, known[message_id].digests)
            if owner is not None and mine is not None:
                connector.withdraw_draft(replace(owner.draft, message_id=message_id), mine)
