"""Whether a mail of the user's own was one of our drafts, however the mail client rewrote it."""

from __future__ import annotations

from rules.drafts.recognise import SENT, score
from rules.mail import Message, Role
from watcher.outbox.ledger import Ledger
from watcher.store import Connection
from watcher.store.drafts import OutboxRow, RowState, load_outbox
from watcher.store.mail import EventRow, set_step, step_taken

__all__ = ["recognise"]

_NEVER_WRITTEN = frozenset({RowState.PLANNED, RowState.REFUSED})


def _is_forgeable(item: OutboxRow, message: Message) -> bool:
    """Say whether a mail to the user that bears their own address may be anybody's: none but a sent one is their form."""
    ours = message.envelope.message_id == item.draft.message_id
    return item.key.kind.to_self and message.envelope.role is not Role.SENT and not ours


def recognise(ledger: Ledger, connection: Connection, row: EventRow, message: Message) -> None:
    """Find the draft that a mail was, if it was one, and write down that it was sent; in the caller's transaction."""
    best: OutboxRow | None = None
    highest = 0.0
    for item in load_outbox(connection, ledger.account.name):
        if item.state in _NEVER_WRITTEN or item.draft.to.address not in row.recipients or _is_forgeable(item, message):
            continue
        if (found := score(message, item.draft)) > highest:
            best, highest = item, found
    if best is None or highest < SENT or step_taken(connection, ledger.account.name, str(best.key)):
        return
    set_step(connection, ledger.account.name, row.identity, str(best.key))
    ledger.sent(connection, best, row.at)
