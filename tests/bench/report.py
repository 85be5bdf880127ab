"""Figures, how they stand against their floor and their budget, and the plain table that tells it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.servers.dovecot import dovecot_binary

__all__ = ["Figure", "machine", "p95", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    measured: str
    floor: str = ""
    """What it is compared with, measured in the same run."""
    ratio: str = ""
    budget: str = ""
    """As it was promised; empty for a figure that is told for context."""
    kept: bool | None = None
    """Whether the budget was kept; None where there is none."""


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """Lay figures out in columns."""
    heads = ("figure", "measured", "floor, same run", "ratio", "budget", "")
    verdicts = {True: "kept", False: "MISSED", None: ""}
    rows = [(f.what, f.measured, f.floor, f.ratio, f.budget, verdicts[f.kept]) for f in figures]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [heads, *rows]]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def machine() -> str:
    """Return what the figures were measured on."""
    processor = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    told = subprocess.run([dovecot_binary(), "--version"], capture_output=True, text=True, check=False)
    dovecot = told.stdout.split(" ")[0].strip()
    return (
        f"{os.cpu_count()} x {processor}, {memory:.0f} GB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; Dovecot {dovecot or 'not found'}; imapclient {version('imapclient')}; "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )
