"""What can go wrong with a mailbox, typed by what the caller must do.

ConnectorError
├── Unavailable      back off and try again
│   └── Throttled    ... not before `retry_after`
├── AuthNeeded       only the user can help: the account parks, the others go on
├── Misconfigured    only the user can help: the account does not start
├── NotFound         the thing asked for is not there
├── Conflict         it changed under us: read again, decide again
└── Refused          the server says no to this one item: quarantine it after three tries, go on
    └── NoRoom       ... until the user makes room: keep it and try again at each pass, go on

The text of each says what happened and what to do next. A bug is not in the tree.
"""

from __future__ import annotations

__all__ = [
    "AuthNeeded",
    "Conflict",
    "ConnectorError",
    "Misconfigured",
    "NoRoom",
    "NotFound",
    "Refused",
    "Throttled",
    "Unavailable",
]


class ConnectorError(Exception):
    """Base of all; `str()` is meant for the user."""


class Unavailable(ConnectorError):
    """The server cannot be reached, or went away: back off and try again."""


class Throttled(Unavailable):
    """The server asks for patience."""

    def __init__(self, message: str, retry_after: float, *, named: bool = True) -> None:
        """Take the delay in seconds; `named` says whether it is the server's own."""
        super().__init__(message)
        self.retry_after = retry_after
        self.named = named


class AuthNeeded(ConnectorError):
    """Sign-in was refused or has run out; only the user can help."""


class Misconfigured(ConnectorError):
    """What is asked for cannot work as configured; only the user can help."""


class NotFound(ConnectorError):
    """The message, folder or draft is not there (any more)."""


class Conflict(ConnectorError):
    """What was to be changed is not what it was when it was read."""


class Refused(ConnectorError):
    """The server refuses this one item, and will again."""


class NoRoom(Refused):
    """The mailbox is full: what is to be written has to wait until the user has made room."""
