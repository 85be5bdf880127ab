"""Whether a mail of the user's own was one of our drafts, however the mail client rewrote it."""

from __future__ import annotations

from collections.abc import Iterable

from rules.drafts.recognise import SENT, score
from rules.drafts.types import Draft
from rules.mail import Message, Role
from rules.process import DraftChange
from watcher.outbox.ledger import Ledger, title
from watcher.store import Connection
from watcher.store.drafts import OutboxRow, RowState, load_outbox, wordings_of
from watcher.store.journal import add_log
from watcher.store.mail import EventRow, set_step, step_taken

__all__ = ["recognise"]

_NEVER_WRITTEN = frozenset({RowState.PLANNED, RowState.REFUSED})


def _is_forgeable(item: OutboxRow, drafts: Iterable[Draft], message: Message) -> bool:
    """Say whether a mail to the user that bears their own address may be anybody's: none but a sent one is their form."""
    ours = message.envelope.message_id in {draft.message_id for draft in drafts}
    return item.key.kind.to_self and message.envelope.role is not Role.SENT and not ours


def recognise(ledger: Ledger, connection: Connection, row: EventRow, message: Message) -> None:
    """Find the draft that a mail was, if it was one, and write down that it was sent; in the caller's transaction.

    A draft that stands in another account may have been sent from this one. What becomes of it there is that account's to see: it
    is taken back, for its step is done.
    """
    names = ledger.account.names
    outbox = load_outbox(connection, names)
    here = [item for item in outbox if item.account == ledger.account.name]
    best = _likeliest(connection, here, row, message) or _likeliest(
        connection, [item for item in outbox if item.account != ledger.account.name], row, message
    )
    if best is None or step_taken(connection, names, str(best.key)):
        return
    set_step(connection, ledger.account.name, row.identity, str(best.key))
    if best.account == ledger.account.name:
        ledger.sent(connection, best, row.at)
    else:
        add_log(connection, [ledger.line(best, DraftChange.SENT.value, f"{title(best)}: sent by you", row.at)])


def _likeliest(connection: Connection, items: Iterable[OutboxRow], row: EventRow, message: Message) -> OutboxRow | None:
    """Return the draft that a mail was, most likely: as it is now, or as it was when the user opened it."""
    best: OutboxRow | None = None
    highest = 0.0
    for item in items:
        if item.state in _NEVER_WRITTEN or item.draft.to.address not in row.recipients:
            continue
        before = (each.draft for each in wordings_of(connection, item.account, item.key))
        drafts = [item.draft, *filter(None, before)]
        if _is_forgeable(item, drafts, message):
            continue
        if (found := max(score(message, draft) for draft in drafts)) > highest:
            best, highest = item, found
    return best if highest >= SENT else None
