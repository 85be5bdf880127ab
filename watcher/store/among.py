"""One account, or several that are read as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

__all__ = ["Accounts", "among", "named"]

Accounts = str | Sequence[str]
"""The name of an account, or the names of several."""


def named(accounts: Accounts) -> tuple[str, ...]:
    """Return the names."""
    return (accounts,) if isinstance(accounts, str) else tuple(accounts)


def among(column: ColumnElement[Any], accounts: Accounts) -> ColumnElement[bool]:
    """Return the test that a column names one of the accounts."""
    names = named(accounts)
    return column == names[0] if len(names) == 1 else column.in_(names)
