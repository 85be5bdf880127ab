"""What follows a linking: mail that only now turns out to matter, and drafts and words whose process is another now."""

from __future__ import annotations

from rules.classify import Known, wants
from rules.mail import Envelope
from watcher.account import Account
from watcher.following import follow_said
from watcher.linking import Linked
from watcher.outbox import follow
from watcher.store import Connection
from watcher.store.mail import envelopes_unread
from watcher.together import leave

__all__ = ["all_follow", "late_mail"]

_AT_ONCE = 500


def late_mail(connection: Connection, account: str, known: Known, before: Known) -> list[Envelope]:
    """Return the stored envelopes of an account that are worth reading by what is `known`, and were not by what was `before`."""
    domains = known.domains - before.domains
    ids = known.message_ids - before.message_ids
    if not domains and not ids:
        return []
    found = envelopes_unread(connection, account, domains, ids)
    return [envelope for envelope in found if envelope.ref and wants(envelope, known)][:_AT_ONCE]


def all_follow(connection: Connection, account: Account, linked: Linked) -> frozenset[str]:
    """Let the drafts of an account, and what the user said in any, follow their processes; return those that changed by it."""
    moved = follow(connection, account.name, linked, account.names) | follow_said(connection, account.names, linked)
    if moved:
        leave(connection, account)
    return moved
