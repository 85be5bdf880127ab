"""What one account leaves for the others to notice: a number that grows with all they go by."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from watcher.store.among import Accounts, among
from watcher.store.tables import account as account_table

__all__ = ["leave_word", "words_left"]


def leave_word(connection: Connection, account: str) -> None:
    """Let the other accounts look anew; in the transaction that changes what they go by. The account has to be known."""
    same = account_table.c.name == account
    connection.execute(update(account_table).where(same).values(word=account_table.c.word + 1))


def words_left(connection: Connection, accounts: Accounts) -> dict[str, int]:
    """Return the number of each account that has been looked at."""
    query = select(account_table.c.name, account_table.c.word).where(among(account_table.c.name, accounts))
    return {row.name: row.word for row in connection.execute(query)}
