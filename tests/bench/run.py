"""Measures Hearback against the floor of the same run and prints how it stands against its budgets: `make bench`.

    python -m tests.bench.run [--quick] [--only looks,gmail,outlook,...] [--scale 1.0] [--json FILE]

Everything runs on this machine: a Dovecot of its own in a temporary directory, mail made up from a seed. Absolute times mean
little beyond it; the ratios do. Medians of interleaved repetitions; exit code 1 when a budget was missed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rules.policy import load_playbook
from tests.bench import deciding, firstlook, gmail, outlook, resident, stalls, takeback
from tests.bench.online import Window
from tests.bench.report import Figure, machine, table
from tests.servers.dovecot import Dovecot

__all__ = ["main"]

PARTS = ("looks", "gmail", "outlook", "takeback", "stalls", "deciding", "resident")
OCTETS_A_MESSAGE = 60_000
"""With some to spare."""


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is a report


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure against the floor of the same run.")
    parser.add_argument(
        "--quick", action="store_true", help="smaller mailboxes, fewer repetitions: four minutes instead of twenty"
    )
    parser.add_argument("--only", default=",".join(PARTS), help="some of: " + ", ".join(PARTS))
    parser.add_argument("--scale", type=float, default=1.0, help="factor for the size of newsletters and attachments")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--keep-going", action="store_true", help="go on with the next part when one cannot be measured")
    asked = parser.parse_args()
    asked.parts = asked.only.split(",")
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"unknown part {sorted(unknown)}; there are {', '.join(PARTS)}")
    return asked


def main() -> int:
    """Measure and print; return the exit code."""
    asked = _arguments()
    quick = asked.quick
    counts = [1_000, 5_000] if quick else [5_000, 50_000]
    with tempfile.TemporaryDirectory(prefix="hearback-bench-") as name:
        root = Path(name)
        root.chmod(0o755)
        needed = int(sum(counts) * OCTETS_A_MESSAGE * max(asked.scale, 0.2)) + (1 << 30)
        if shutil.disk_usage(root).free < needed:
            _say(f"{root}: {needed / 1e9:.1f} GB are needed. Set TMPDIR to a roomier place, or give --quick or --scale 0.1.")
            return 2
        _say(f"Measured on {machine()}.")
        _say("Loopback, page cache warm, mail made up from a seed; medians of interleaved repetitions.\n")
        begun = time.perf_counter()
        figures: list[Figure] = []
        windows = [
            Window(100_000, 3_650, 120, rounds=1 if quick else 3),
            Window(10_000 if quick else 100_000, 365, 400),
        ]
        with Dovecot(root / "dovecot") as server:

            def looks() -> list[Figure]:
                boxes = firstlook.fill(server, counts, asked.scale)
                return firstlook.measure(server, boxes, root / "looks", rounds=3 if quick else 5, quiet=20 if quick else 50)

            works: dict[str, Callable[[], list[Figure]]] = {
                "looks": looks,
                "gmail": lambda: gmail.measure(windows, root, quiet=20 if quick else 100),
                "outlook": lambda: outlook.measure(windows, root, quiet=20 if quick else 100),
                "takeback": lambda: takeback.measure(server, root / "takeback", trials=10 if quick else 40),
                "stalls": lambda: stalls.measure(server, trials=16 if quick else 100),
                "deciding": lambda: deciding.measure(
                    load_playbook("default"), many=2_000 if quick else 10_000, rounds=3 if quick else 5
                ),
                "resident": lambda: resident.measure(
                    server,
                    root / "resident",
                    before=1_000,
                    delivered=2_000 if quick else 10_000,
                    idle_seconds=10 if quick else 30,
                    rounds=7 if quick else 15,
                ),
            }
            for part in asked.parts:
                try:
                    figures += works[part]()
                except Exception as error:  # one part that cannot be measured is told as such
                    if not asked.keep_going:
                        raise
                    figures.append(Figure(part, f"not measured: {error!s:.80}", kept=False))
        _say(table(figures))
        missed = sum(figure.kept is False for figure in figures)
        budgets = sum(figure.kept is not None for figure in figures)
        _say(f"\n{budgets - missed} of {budgets} budgets kept; {time.perf_counter() - begun:.0f} s.")
        if asked.json:
            asked.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", encoding="utf-8")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
