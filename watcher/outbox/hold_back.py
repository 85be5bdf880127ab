"""A slot moves and the words stay: then the draft stays too, and only the time at which it leaves moves along."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from connectors.base import Connector
from connectors.errors import Conflict, NotFound, Refused
from watcher.outbox.ledger import Ledger
from watcher.store.drafts import Op, OutboxRow, RowState

__all__ = ["hold_back"]


def hold_back(ledger: Ledger, connector: Connector, now: datetime) -> None:
    """Let each draft of ours that stands leave no sooner than its slot opens; asks the mailbox only where that has moved.

    Raises Unavailable and AuthNeeded: what is left is done by the next pass, for a row keeps the time that its draft carries.
    """
    for row in ledger.rows():
        if not _has_moved(row, now):
            continue
        draft = replace(row.draft, not_before=row.slot_opens)
        ref = row.reference
        try:
            ref = connector.hold_back_draft(draft, ref)
        except (Conflict, NotFound):
            continue  # what became of it is found out when Drafts is looked at
        except Refused:
            pass  # it leaves when it is sent, as in any other mailbox
        ledger.save(replace(row, draft=draft, ref=ref.ref, revision=ref.revision, digest=ref.digest or row.digest))


def _has_moved(row: OutboxRow, now: datetime) -> bool:
    """Say whether a draft carries another time than its slot has; a slot that is open needs none."""
    if row.state is not RowState.PLACED or row.op is not Op.NONE or row.key.kind.to_self or row.slot_opens is None:
        return False
    held = row.draft.not_before
    return held != row.slot_opens and (row.slot_opens > now or (held is not None and held > now))
