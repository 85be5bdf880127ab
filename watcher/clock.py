"""The only module that reads time: everything else is given a clock, or an instant."""

from __future__ import annotations

import time
import warnings
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

__all__ = ["Clock", "FixedClock", "SystemClock", "system_zone"]


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never run backwards, from an unknown start; they may stand still while the machine sleeps."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never run backwards, from an unknown start."""
        return time.monotonic()


class FixedClock:
    """A clock that stands still until it is told to go on: for `--now`, the demo and tests."""

    def __init__(self, now: datetime) -> None:
        """Take the first instant. Raises ValueError when it is naive."""
        self._now = _utc(now)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the instant it stands at, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was advanced by so far."""
        return self._monotonic

    def advance(self, span: timedelta) -> None:
        """Go on by `span`. Raises ValueError when it is negative: use `set` to jump like a clock that was put right."""
        if span < timedelta(0):
            raise ValueError("time does not run backwards")
        self._now += span
        self._monotonic += span.total_seconds()

    def set(self, now: datetime) -> None:
        """Jump to `now`, backwards too, as when the machine's clock is set; `monotonic` does not move."""
        self._now = _utc(now)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC)


def system_zone() -> str:
    """Return the IANA name of the machine's time zone, or an empty string when it does not say one."""
    import tzlocal  # noqa: PLC0415 -- only where the configuration names no zone

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tzlocal warns when it falls back to UTC
        try:
            return ZoneInfo(str(tzlocal.get_localzone_name() or "")).key
        except (LookupError, OSError, ValueError):  # conflicting or broken settings; ZoneInfoNotFoundError is a LookupError
            return ""
