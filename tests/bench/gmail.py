"""The first look at a large mailbox at Gmail, and a look when nothing has come: calls, units of quota, time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.bench.online import Looks, Window, look
from tests.bench.report import Figure

__all__ = ["measure"]

MINUTE: Final = 6_000
"""Units that a new project may use in a minute for one user (https://developers.google.com/workspace/gmail/api/reference/quota)."""
FIFTY, FEW = 2.2, 20
"""Calls: for fifty messages a batch for their headers, one for the texts that matter, a tenth of a listing; few for the rest."""
RATIO = 4.0
"""Times the floor."""


def measure(windows: list[Window], scratch: Path, *, quiet: int) -> list[Figure]:
    """Measure first looks and quiet passes, a service for each window."""
    figures: list[Figure] = []
    for number, window in enumerate(windows):
        figures += _figures(window, look("gmail", window, scratch / f"gmail{number}", quiet))
    return figures


def _figures(window: Window, looks: Looks) -> list[Figure]:
    one = looks.one
    most = round(FEW + FIFTY * one["new"] / 50)
    return [
        *looks.first(f"Gmail, {window}", RATIO),
        Figure("  calls", f"{one['calls']:,}", budget=f"<= {FEW} + {FIFTY:g} for 50: {most:,}", kept=one["calls"] <= most),
        Figure("  units of quota", f"{one['units']:,}", f"{one['units'] / MINUTE:.0f} min at {MINUTE:,} a minute"),
        looks.memory,
        Figure(f"Gmail, {window}: quiet poll", f"{one['quiet_calls']} call, {one['quiet_units']} units", budget="1 call, 2 units",
               kept=(one["quiet_calls"], one["quiet_units"]) == (1, 2)),
        looks.quiet,
    ]  # fmt: skip
