"""What was said and done under accounts that are configured no more stays with the processes that go on without them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select, update

from watcher.store.tables import correction, draft_event, event, mark, note

__all__ = ["adopt", "began_elsewhere"]

_GROUP = 500


def adopt(connection: Connection, account: str, names: Sequence[str], processes: Collection[str]) -> None:
    """Let an account have the user's words, and what became of drafts, that other accounts than `names` hold of its processes.

    Nothing is changed where there are none; the names of processes are unique over all accounts.
    """
    wanted = sorted(processes)
    for table in (mark, note, correction, draft_event):
        if connection.execute(select(table.c.id).where(table.c.account.not_in(names)).limit(1)).first() is None:
            continue
        for start in range(0, len(wanted), _GROUP):
            some = table.c.process.in_(wanted[start : start + _GROUP])
            connection.execute(update(table).where(table.c.account.not_in(names), some).values(account=account))


def began_elsewhere(connection: Connection, names: Sequence[str], identities: Collection[str]) -> frozenset[str]:
    """Return those messages that lie in other accounts than `names` alone."""
    wanted = sorted(identities)
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for start in range(0, len(wanted), _GROUP):
        query = select(event.c.identity, event.c.account).where(event.c.identity.in_(wanted[start : start + _GROUP]))
        for identity, account in connection.execute(query):
            found[account in names].add(identity)
    return frozenset(found[False] - found[True])
