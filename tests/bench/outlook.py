"""The first look at a large mailbox at Outlook, and a look when nothing has come: calls, requests within them, time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.bench.online import Looks, Window, look
from tests.bench.report import Figure

__all__ = ["measure"]

TEN_MINUTES: Final = 10_000
"""Requests of one app to one mailbox in ten minutes, those within batches counted one by one.

https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits
"""
FIFTY, FEW = 2.0, 20
"""Calls: for fifty messages a quarter of a page, a batch or less for texts that matter, half a one for what has no header or has
attachments; few for the rest."""
RATIO = 4.0
"""Times the floor."""


def measure(windows: list[Window], scratch: Path, *, quiet: int) -> list[Figure]:
    """Measure first looks and quiet passes, a service for each window."""
    figures: list[Figure] = []
    for number, window in enumerate(windows):
        figures += _figures(window, look("graph", window, scratch / f"outlook{number}", quiet))
    return figures


def _figures(window: Window, looks: Looks) -> list[Figure]:
    one = looks.one
    most = round(FEW + FIFTY * one["new"] / 50)
    return [
        *looks.first(f"Outlook, {window}", RATIO),
        Figure("  calls", f"{one['calls']:,}", budget=f"<= {FEW} + {FIFTY:g} for 50: {most:,}", kept=one["calls"] <= most),
        Figure("  requests as the service counts", f"{one['units']:,}", f"{one['units'] / TEN_MINUTES:.1f} x ten minutes' share"),
        looks.memory,
        Figure(
            f"Outlook, {window}: quiet poll",
            f"{one['quiet_calls']} call, {one['quiet_units']} requests",
            budget="1 call",
            kept=one["quiet_calls"] == 1,
        ),
        looks.quiet,
    ]
