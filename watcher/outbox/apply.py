"""Doing what a row of the outbox says, and writing down the outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from connectors.base import Connector, FoundState, Withdrawal
from connectors.errors import Conflict, NoRoom, NotFound, Refused
from watcher.outbox.ledger import Ledger, title
from watcher.outbox.reconcile import look_after
from watcher.store.drafts import Op, OutboxRow, RowState, put_row
from watcher.store.journal import add_log
from watcher.together import leave

__all__ = ["apply", "pending"]

_TRIES = 3
_ORDER = {Op.WITHDRAW: 0, Op.REPLACE: 1, Op.PUT: 2}


def pending(ledger: Ledger) -> list[OutboxRow]:
    """Return the rows with something left to do: withdrawals first, nothing stale outlives a failing write. New ones last."""
    return sorted((row for row in ledger.rows() if row.op is not Op.NONE), key=lambda row: _ORDER[row.op])


def apply(ledger: Ledger, connector: Connector, row: OutboxRow, now: datetime) -> None:
    """Carry out one row. Raises Unavailable and AuthNeeded: then the row stays as it is, for the next pass."""
    try:
        if row.op is Op.WITHDRAW:
            _withdraw(ledger, connector, row, now)
        elif row.op is Op.REPLACE:
            _replace(ledger, connector, row, now)
        elif row.op is Op.PUT:
            _put(ledger, connector, row, now)
    except NoRoom as error:
        _no_room(ledger, row, str(error), now)
    except Refused as error:
        _refused(ledger, row, str(error), now)


def _put(ledger: Ledger, connector: Connector, row: OutboxRow, now: datetime) -> None:
    found = connector.find_draft(row.draft, None, ledger.besides(row))
    if found.state is FoundState.EDITED and found.ref is not None:
        ledger.edited(row, found.ref, now)
    elif found.state is FoundState.SENT:
        with ledger.store.write() as connection:
            ledger.sent(connection, row, now)
    else:
        try:
            ref = connector.put_draft(row.draft, row.raw)
        except Conflict:
            if found.ref is None:
                raise
            ref = found.ref  # the same words, written at another time by a store that was lost
        ledger.placed(row, ref, now)


def _replace(ledger: Ledger, connector: Connector, row: OutboxRow, now: datetime) -> None:
    if row.next_draft is None or row.next_raw is None:
        raise ValueError(f"{row.key}: a rewrite without a new wording")
    try:
        ref = connector.put_draft(row.next_draft, row.next_raw, row.reference)
    except (Conflict, NotFound):
        kept = replace(row, op=Op.NONE, next_draft=None, next_raw=None)
        ledger.save(kept)
        look_after(ledger, connector, kept, now)
    else:
        ledger.rewritten(row, ref, now)


def _withdraw(ledger: Ledger, connector: Connector, row: OutboxRow, now: datetime) -> None:
    if row.state is not RowState.PLACED:  # never confirmed; a whole one that was written after all is swept by its Message-ID
        connector.withdraw_begun(row.draft)
        ledger.save(replace(row, state=RowState.WITHDRAWN, op=Op.NONE, error=""))
        return
    if connector.withdraw_draft(row.draft, row.reference) is Withdrawal.WITHDRAWN:
        ledger.withdrawn(row, now)
    else:
        look_after(ledger, connector, replace(row, op=Op.NONE), now, gone=RowState.WITHDRAWN)


def _no_room(ledger: Ledger, row: OutboxRow, why: str, now: datetime) -> None:
    """Leave the row as it is for the next pass, and tell it once."""
    if row.error == why:
        return
    with ledger.store.write() as connection:
        put_row(connection, replace(row, error=why))
        add_log(connection, [ledger.line(row, "refused", f"{title(row)} has to wait: {why}", now)])


def _refused(ledger: Ledger, row: OutboxRow, why: str, now: datetime) -> None:
    """Count the refusals of one item; the third is told. What was to be put there is then left alone.

    A draft that has to go is never given up: a stale note must not stand because the mailbox said no for a while.
    """
    attempts = row.attempts + 1
    counted = replace(row, attempts=attempts, error=why)
    if attempts != _TRIES:
        ledger.save(counted)
        return
    if row.op is not Op.WITHDRAW:
        counted = replace(counted, state=RowState.REFUSED if row.op is Op.PUT else row.state, op=Op.NONE)
    with ledger.store.write() as connection:
        put_row(connection, counted)
        leave(connection, ledger.account)
        add_log(connection, [ledger.line(row, "refused", f"{title(row)}: the mailbox refuses it: {why}", now)])
