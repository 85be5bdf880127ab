"""Accounts and their cursors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from connectors.base import Spent
from watcher.store.dialect import upsert
from watcher.store.tables import account, cursor

__all__ = [
    "SIGN_IN",
    "AccountRow",
    "all_accounts",
    "ensure_account",
    "forget_cursor",
    "last_pass",
    "load_cursor",
    "note_pass",
    "note_trouble",
    "save_cursor",
]

SIGN_IN = "sign_in"
"""The kind of trouble that a new sign-in ends."""
_FOR_THE_USER = frozenset({SIGN_IN, "misconfigured"})
_NOTHING = Spent()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What is known of an account between passes."""

    name: str
    kind: str
    address: str
    last_now: datetime | None
    assumed: bool
    trouble: str
    trouble_kind: str
    trouble_at: datetime | None
    labels: str = ""
    """What the user wants of marks on mail (`watcher.store.marked.Wish`)."""
    calls: int = 0
    """What the last pass that was written down asked the provider for, with the quiet ones since the one before."""
    units: int = 0
    word: int = 0
    """Grows with what other accounts go by (`watcher.store.word`)."""


def ensure_account(connection: Connection, name: str, kind: str, address: str) -> AccountRow:
    """Return the row of an account, making it at its first pass."""
    row = connection.execute(select(account).where(account.c.name == name)).one_or_none()
    if row is None:
        upsert(
            connection,
            account,
            {
                "name": name,
                "kind": kind,
                "address": address,
                "assumed": False,
                "trouble": "",
                "trouble_kind": "",
            },
            key=["name"],
        )
        row = connection.execute(select(account).where(account.c.name == name)).one()
    elif (row.kind, row.address) != (kind, address):
        connection.execute(update(account).where(account.c.name == name).values(kind=kind, address=address))
        if row.kind != kind:
            forget_cursor(connection, name)
        row = connection.execute(select(account).where(account.c.name == name)).one()
    return AccountRow(*row)


def all_accounts(connection: Connection) -> list[AccountRow]:
    """Return the accounts that have been looked at, by name."""
    return [AccountRow(*row) for row in connection.execute(select(account).order_by(account.c.name))]


def last_pass(connection: Connection, name: str) -> datetime | None:
    """Return `now` of the last pass that was written down, or None."""
    found: datetime | None = connection.execute(select(account.c.last_now).where(account.c.name == name)).scalar_one_or_none()
    return found


def note_pass(connection: Connection, name: str, now: datetime, *, assumed: bool, spent: Spent = _NOTHING) -> str:
    """Write down that a pass went through, and what was spent since one was written down; return what kind of trouble is over."""
    same = account.c.name == name
    over: str | None = connection.execute(select(account.c.trouble_kind).where(same)).scalar_one_or_none()
    connection.execute(
        update(account)
        .where(same)
        .values(
            last_now=now,
            assumed=assumed,
            trouble="",
            trouble_kind="",
            trouble_at=None,
            calls=spent.calls,
            units=spent.units,
        )
    )
    return over or ""


def note_trouble(connection: Connection, name: str, kind: str, text: str, now: datetime) -> bool:
    """Write down what keeps an account from being watched; return whether that is news.

    Trouble that only the user can end stands until a pass goes through: a line that is down in between does not hide it, and is
    no reason to tell it once more. A sign-in that is wanted is the same news in whatever words.
    """
    known = select(account.c.trouble, account.c.trouble_kind).where(account.c.name == name)
    row = connection.execute(known).one_or_none()
    if row is None or (row.trouble, row.trouble_kind) == (text, kind):
        return False
    if row.trouble_kind in _FOR_THE_USER and kind not in _FOR_THE_USER:
        return False
    news = not kind == row.trouble_kind == SIGN_IN
    change = update(account).where(account.c.name == name).values(trouble=text, trouble_kind=kind)
    connection.execute(change.values(trouble_at=now) if news else change)
    return news


def load_cursor(connection: Connection, name: str) -> str | None:
    """Return how far the account was read, or None before the first page."""
    value: str | None = connection.execute(select(cursor.c.value).where(cursor.c.account == name)).scalar_one_or_none()
    return value


def save_cursor(connection: Connection, name: str, value: str) -> None:
    """Set how far the account was read; in the transaction that stores what was read."""
    upsert(connection, cursor, {"account": name, "value": value}, key=["account"])


def forget_cursor(connection: Connection, name: str) -> None:
    """Let the next pass read the account from the start of the look-back window."""
    connection.execute(delete(cursor).where(cursor.c.account == name))
