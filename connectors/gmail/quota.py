"""What each call costs: the table of https://developers.google.com/workspace/gmail/api/reference/quota (as of May 2026).

A project made since then has 6,000 units a minute for each user, an older one 15,000.
"""

from __future__ import annotations

from typing import Final

__all__ = ["UNITS", "units_of"]

UNITS: Final = {
    "gmail.users.drafts.create": 10,
    "gmail.users.drafts.delete": 10,
    "gmail.users.drafts.get": 20,
    "gmail.users.drafts.list": 5,
    "gmail.users.drafts.update": 15,
    "gmail.users.getProfile": 1,
    "gmail.users.history.list": 2,
    "gmail.users.labels.create": 5,
    "gmail.users.labels.delete": 5,
    "gmail.users.labels.list": 1,
    "gmail.users.messages.attachments.get": 20,
    "gmail.users.messages.batchModify": 50,
    "gmail.users.messages.get": 20,
    "gmail.users.messages.list": 5,
    "gmail.users.messages.modify": 5,
}
"""Units by method, of those that are called here and no others: what is not in it cannot be called."""


def units_of(method: str) -> int:
    """Return what a call costs. Raises ValueError for a method that is not to be called."""
    try:
        return UNITS[method]
    except KeyError:
        raise ValueError(f"{method} is not among the methods that this program calls") from None
