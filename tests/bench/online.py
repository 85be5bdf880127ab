"""A mailbox that is asked over HTTP: the service as a process of its own, first looks at it, and the floor beneath them.

The floor is the same requests, one after the other, by a bare `http.client`.
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

from tests.bench.online_child import BareClient
from tests.bench.report import Figure, p95

__all__ = ["Looks", "Window", "look"]

NEWEST: Final = datetime(2025, 3, 4, tzinfo=UTC)
QUIET: Final = 0.005
"""Seconds that a quiet pass may take beside its round trip."""


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


@dataclass(frozen=True, slots=True)
class Looks:
    """What came of some first looks at the same mailbox, and of the quiet passes behind them."""

    each: list[dict[str, Any]]
    """As `online_child` prints it."""
    floors: list[float]
    """Seconds."""

    @property
    def one(self) -> dict[str, Any]:
        """Return one of them: they asked for the same."""
        one = self.each[0]
        assert all(look["new"] == one["new"] and look["calls"] == one["calls"] for look in self.each), self.each
        return one

    def first(self, name: str, ratio: float) -> list[Figure]:
        """Return how long a first look took, with how many times the floor it may."""
        seconds, busy = (statistics.median(look[key] for look in self.each) for key in ("first", "busy"))
        floor, new = statistics.median(self.floors), self.one["new"]
        kept = seconds / floor <= ratio
        budget = f"<= {ratio:g} x the requests"
        return [
            Figure(
                f"{name}: first look", f"{seconds:.1f} s for {new:,}", f"{floor:.1f} s", f"{seconds / floor:.2f}", budget, kept
            ),
            Figure("  processor time of its own", f"{busy:.1f} s ({new / busy:,.0f}/s)"),
        ]

    @property
    def memory(self) -> Figure:
        """Return the most that any of them held."""
        return Figure("  memory at its highest", f"{max(look['peak_kb'] for look in self.each) / 1024:.0f} MB")

    @property
    def quiet(self) -> Figure:
        """Return how long a quiet pass takes beside its round trip."""
        trips = [spent for look in self.each for spent in look["round_trips"]]
        waits = [spent for look in self.each for spent in look["quiet"]]
        over = statistics.median(waits) - statistics.median(trips)
        return Figure(
            "  its time",
            f"{statistics.median(waits) * 1000:.2f} ms (p95 {p95(waits) * 1000:.2f})",
            f"{statistics.median(trips) * 1000:.2f} ms",
            f"+{over * 1000:.2f} ms",
            f"<= {QUIET * 1000:.0f} ms + round trip",
            over <= QUIET,
        )


def look(kind: str, window: Window, directory: Path, quiet: int) -> Looks:
    """Measure first looks and floors in turn at the fake of a kind, `gmail` or `graph`; and so many quiet passes each time."""
    looks, floors = [], []
    with _service(kind, window) as fake:
        for _ in range(window.rounds):
            looks.append(_looked(kind, fake, window, directory, quiet))
            floors.append(_floor(fake["url"], directory / "requests"))
    return Looks(looks, floors)


@contextmanager
def _service(kind: str, window: Window) -> Iterator[dict[str, Any]]:
    """Start the fake with such a mailbox; give what it says of itself."""
    command = [sys.executable, "-m", f"tests.servers.{kind}", "--messages", str(window.messages), "--days", str(window.days)]
    with subprocess.Popen(
        [*command, "--newest", NEWEST.isoformat()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        yield json.loads(running.stdout.readline())
        running.stdin.write("\n")
        running.stdin.flush()
        if wrong := json.loads(running.stdout.readline())["violations"]:
            raise RuntimeError(f"the service was asked for what it does not have: {wrong[:3]}")
        running.stdin.close()


def _looked(kind: str, fake: dict[str, Any], window: Window, directory: Path, quiet: int) -> dict[str, Any]:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    command = [sys.executable, "-m", f"tests.bench.{kind}_child", json.dumps(fake), str(directory)]
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
