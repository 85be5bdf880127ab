"""A stopwatch for waiting: counts seconds on the monotonic clock, says nothing about the time of day."""

from __future__ import annotations

import time

__all__ = ["Deadline"]


class Deadline:
    """A moment `seconds` from now on the monotonic clock."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        """Start counting."""
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Return the seconds that are left, never below zero."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Say whether none are left."""
        return time.monotonic() >= self._end
