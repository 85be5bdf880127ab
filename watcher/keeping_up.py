"""What follows a linking: mail that only now turns out to matter, drafts and words whose process is another now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from rules.classify import Known, wants
from rules.mail import Envelope
from watcher.account import Account
from watcher.following import follow_said
from watcher.linking import Linked
from watcher.outbox import follow
from watcher.store import Connection
from watcher.store.drafts import Op, RowState, load_outbox
from watcher.store.journal import LogRow, told
from watcher.store.mail import envelopes_unread
from watcher.together import leave

__all__ = ["all_follow", "late_mail", "missed_something", "not_told_since"]

_AT_ONCE = 500


def late_mail(connection: Connection, account: str, known: Known, before: Known) -> list[Envelope]:
    """Return the stored envelopes of an account that are worth reading by what is `known`, and were not by what was `before`."""
    domains = known.domains - before.domains
    ids = known.message_ids - before.message_ids
    if not domains and not ids:
        return []
    found = envelopes_unread(connection, account, domains, ids)
    return [envelope for envelope in found if envelope.ref and wants(envelope, known)][:_AT_ONCE]


def not_told_since(
    connection: Connection, account: Account, process: str, rows: Sequence[LogRow], already: Collection[tuple[str, datetime]]
) -> list[LogRow]:
    """Return those lines about a process that no other account has written since it was seen what is told `already`.

    To be asked in the transaction that writes them: what is due wakes every account that has a part in it at the same moment.
    """
    if not account.beside:
        return [*rows]
    since = told(connection, account.names, process) - frozenset(already)
    return [row for row in rows if (row.action, row.at) not in since]


def missed_something(connection: Connection, account: Account, linked: Linked) -> bool:
    """Say whether a start may find more to be done than the last pass of this account knew of.

    Other accounts may have made mail of this one matter since, or have gone: then a draft of ours stands, or is about to, for a
    process that is no more.
    """
    if account.beside:
        return True
    there = {row.id for row in linked.processes}
    rows = load_outbox(connection, account.name)
    return any(row.process not in there and (row.state is RowState.PLACED or row.op is not Op.NONE) for row in rows)


def all_follow(connection: Connection, account: Account, linked: Linked) -> frozenset[str]:
    """Let the drafts of an account, and what the user said in any, follow their processes; return those that changed by it."""
    moved = follow(connection, account.name, linked, account.names) | follow_said(connection, account.names, linked)
    if moved:
        leave(connection, account)
    return moved
