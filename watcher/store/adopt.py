"""What is stored under accounts that are configured no more: it stays with the processes that go on without them.

One that has another name in the configuration now is no other account: all that is stored of it goes by the new name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select, update

from watcher.store.dialect import check_references_at_the_end
from watcher.store.tables import account as account_table
from watcher.store.tables import correction, draft_event, event, mark, metadata, note

__all__ = ["adopt", "began_elsewhere", "rename"]

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


def rename(connection: Connection, new: str, kind: str, address: str, names: Collection[str]) -> None:
    """Let all that is stored of a mailbox go by the `new` name that the configuration has for it; `names` are all that it has.

    It is the same mailbox where one alone is of this kind and address, was looked at, and has a name that is none any more, and
    the new one was not looked at yet. Else its drafts would be strangers, and written once more.
    """
    known = account_table.c.last_now.is_not(None).label("known")
    same = (account_table.c.kind == kind) & (account_table.c.address == address)
    rows = connection.execute(select(account_table.c.name, known).where(same | (account_table.c.name == new))).all()
    old = [row.name for row in rows if row.known and row.name not in names]
    kept = [row.name for row in rows if row.name in names and (row.known or row.name != new)]
    if len(old) != 1 or kept:
        return
    check_references_at_the_end(connection)
    for table in metadata.sorted_tables:
        column = table.c.name if table is account_table else table.c.get("account")
        if column is not None:
            connection.execute(delete(table).where(column == new))
            connection.execute(update(table).where(column == old[0]).values({column: new}))
