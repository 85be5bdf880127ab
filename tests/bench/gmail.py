"""The first look at a large mailbox at Gmail, and a look when nothing has come: calls, units of quota, time.

On the fake, which is a process of its own; the floor is the same requests, one after the other, by a bare `http.client`.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.bench.gmail_child import BareClient
from tests.bench.report import Figure, p95

__all__ = ["Window", "measure"]

NEWEST: Final = datetime(2025, 3, 4, tzinfo=UTC)
MINUTE: Final = 6_000
"""Units that a new project may use in a minute for one user (https://developers.google.com/workspace/gmail/api/reference/quota)."""
FIFTY, FEW = 2.2, 20
"""Calls: for fifty messages a batch for their headers, one for the texts that matter, a tenth of a listing; few for the rest."""
RATIO, QUIET = 4.0, 0.005
"""Times the floor; seconds beside the round trip."""


@dataclass(frozen=True, slots=True)
class Window:
    """A mailbox, and how much of it is looked at."""

    messages: int
    days: int
    """Over which the messages are spread, the last of them before `NEWEST`."""
    lookback: int
    """Days."""
    rounds: int = 1
    """How often it is measured."""

    def __str__(self) -> str:
        """Return how it is told."""
        if self.lookback < self.days:
            return f"{self.messages:,} messages of {self.days // 365} years, {self.lookback} days looked at"
        return f"all of {self.messages:,} messages"


@contextmanager
def _service(window: Window) -> Iterator[tuple[dict[str, Any], subprocess.Popen[str]]]:
    """Start the fake with such a mailbox; give what it says of itself."""
    command = [sys.executable, "-m", "tests.servers.gmail", "--messages", str(window.messages), "--days", str(window.days)]
    with subprocess.Popen(
        [*command, "--newest", NEWEST.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        yield json.loads(running.stdout.readline()), running
        running.stdin.write("\n")
        running.stdin.flush()
        if wrong := json.loads(running.stdout.readline())["violations"]:
            raise RuntimeError(f"the service was asked for what it does not have: {wrong[:3]}")
        running.stdin.close()


def _looked(fake: dict[str, Any], window: Window, directory: Path, quiet: int) -> dict[str, Any]:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.bench.gmail_child", json.dumps(fake), str(directory)]
    command += ["--now", (NEWEST + timedelta(hours=1)).isoformat(), "--lookback", str(window.lookback), "--quiet", str(quiet)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the first look ended with {done.returncode}: {done.stderr[-1500:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _floor(url: str, requests: Path) -> float:
    """Carry out the requests of a first look again; return the seconds."""
    bare = BareClient(url)
    begun = time.perf_counter()
    with requests.open() as lines:
        for line in lines:
            bare.ask(line)
    bare.close()
    return time.perf_counter() - begun


def measure(windows: list[Window], scratch: Path, *, quiet: int) -> list[Figure]:
    """Measure first looks and floors in turn, a service for each window; and quiet passes."""
    figures: list[Figure] = []
    for number, window in enumerate(windows):
        looks, floors = [], []
        with _service(window) as (fake, _):
            for _ in range(window.rounds):
                looks.append(_looked(fake, window, scratch / f"gmail{number}", quiet))
                floors.append(_floor(fake["url"], scratch / f"gmail{number}" / "requests"))
        figures += _figures(window, looks, floors)
    return figures


def _figures(window: Window, looks: list[dict[str, Any]], floors: list[float]) -> list[Figure]:
    one = looks[0]
    assert all(look["new"] == one["new"] and look["calls"] == one["calls"] for look in looks), looks
    seconds, busy = (statistics.median(look[name] for look in looks) for name in ("first", "busy"))
    floor, new = statistics.median(floors), one["new"]
    most = round(FEW + FIFTY * new / 50)
    peak = max(look["peak_kb"] for look in looks) / 1024
    trips = [spent for look in looks for spent in look["round_trips"]]
    waits = [spent for look in looks for spent in look["quiet"]]
    over = statistics.median(waits) - statistics.median(trips)
    return [
        Figure(f"Gmail, {window}: first look", f"{seconds:.1f} s for {new:,}", f"{floor:.1f} s", f"{seconds / floor:.2f}",
               f"<= {RATIO:g} x the requests", seconds / floor <= RATIO),
        Figure("  processor time of its own", f"{busy:.1f} s ({new / busy:,.0f}/s)"),
        Figure("  calls", f"{one['calls']:,}", budget=f"<= {FEW} + {FIFTY:g} for 50: {most:,}", kept=one["calls"] <= most),
        Figure("  units of quota", f"{one['units']:,}", f"{one['units'] / MINUTE:.0f} min at {MINUTE:,} a minute"),
        Figure("  memory at its highest", f"{peak:.0f} MB"),
        Figure(f"Gmail, {window}: quiet poll", f"{one['quiet_calls']} call, {one['quiet_units']} units", budget="1 call, 2 units",
               kept=(one["quiet_calls"], one["quiet_units"]) == (1, 2)),
        Figure("  its time", f"{statistics.median(waits) * 1000:.2f} ms (p95 {p95(waits) * 1000:.2f})",
               f"{statistics.median(trips) * 1000:.2f} ms", f"+{over * 1000:.2f} ms", f"<= {QUIET * 1000:.0f} ms + round trip",
               over <= QUIET),
    ]  # fmt: skip
