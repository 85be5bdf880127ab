"""How long a command takes before it has said anything, over an interpreter that does nothing."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.daemon import hearback
from tests.bench.report import Figure

__all__ = ["measure"]


def _timed(command: list[str], environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begun


def measure(config: Path, home: Path, *, rounds: int) -> list[Figure]:
    """Start each command `rounds` times in turn; `config` names a state that has processes in it."""
    environment = {**os.environ, "HOME": str(home), "COLUMNS": "120"}
    told = subprocess.run(
        [*hearback(), "status", "--json", "--config", str(config)], env=environment, check=True, capture_output=True, text=True
    )
    processes = len(json.loads(told.stdout)["processes"])
    commands = {
        "nothing": [sys.executable, "-c", "pass"],
        "--help": [*hearback(), "--help"],
        "status": [*hearback(), "status", "--config", str(config)],
    }
    for command in commands.values():
        _timed(command, environment)  # once unmeasured: byte code, page cache
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            spent[name].append(_timed(command, environment))
    middle = {name: statistics.median(times) for name, times in spent.items()}
    figures = []
    for name, budget in (("--help", 0.250), ("status", 0.400)):
        over = middle[name] - middle["nothing"]
        figures.append(
            Figure(
                f"hearback {name}, over python -c pass" + (f", {processes} processes" if name == "status" else ""),
                f"+{over * 1000:.0f} ms",
                f"{middle['nothing'] * 1000:.0f} ms",
                f"{middle[name] / middle['nothing']:.1f}",
                f"<= {budget * 1000:.0f} ms",
                over <= budget,
            )
        )
    return figures
