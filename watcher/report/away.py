"""What is not known of a process because one of its mailboxes cannot be looked at, while the others can."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rules.intents import Notice
from watcher.history import Assessment
from watcher.store.accounts import AccountRow
from watcher.store.drafts import OutboxRow, RowState
from watcher.together import home_of

__all__ = ["KIND", "with_away"]

KIND = "mailbox_away"
"""Of the notice."""


def with_away(found: Assessment, accounts: Iterable[AccountRow]) -> Assessment:
    """Return a process with a notice for each mailbox of it that cannot be looked at; where there is one account, as it is.

    That an account is in trouble stands above all processes. Here stands what it means for one that others have a part in, too.
    """
    if not found.account.beside:
        return found
    unwatched = {other.name for other in found.account.beside if not other.watched}
    notices = []
    for row in accounts:
        if row.name not in found.accounts or not (row.trouble or row.name in unwatched):
            continue
        held = _held(found, row.name)
        if row.trouble and found.accounts != {row.name}:
            text = f"The mailbox {row.name} cannot be looked at: mail of theirs may be waiting there.{_until_gone(held)}"
            notices.append(Notice(KIND, text, row.trouble_at or row.last_now or found.messages[-1].at))
        elif held:
            text = f"The mailbox {row.name} is switched off.{_until_gone(held)}"
            notices.append(Notice(KIND, text, found.messages[-1].at))
    if not notices:
        return found
    return replace(found, decision=replace(found.decision, notices=(*found.decision.notices, *notices)))


def _held(found: Assessment, account: str) -> list[OutboxRow]:
    """Return our drafts in an account that are not called for there any more."""
    homes = {
        place.key: home_of(found.account, place, found.seat, found.messages, found.outbox)[0] for place in found.decision.place
    }
    rows = [row for row in found.outbox if row.account == account and row.state is RowState.PLACED]
    return [row for row in rows if homes.get(row.key) != account]


def _until_gone(held: list[OutboxRow]) -> str:
    if not held:
        return ""
    who = ", ".join(dict.fromkeys(row.key.recipient for row in held))
    return (
        f" A draft of ours to {who} stands there that is not called for any more: do not send it. It is taken back as soon as "
        "that is possible; until then no other is written to the same person."
    )
