"""What one pass over one account did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from watcher.store.journal import LogRow

__all__ = ["PassReport"]


@dataclass(frozen=True, slots=True)
class PassReport:
    """What one pass did."""

    account: str
    now: datetime
    log: tuple[LogRow, ...] = ()
    """What was told, in order."""
    next_check: datetime | None = None
    """When something is due next if no mail comes."""
    new: int = 0
    """How many messages were new."""
    first: bool = False
    """The account had never been read before."""
