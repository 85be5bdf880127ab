"""Kill the program in every way that this folder knows, and count; `make crash`.

    python -m tests.crash [--seconds 120] [--seed N] [--only calls|bytes|kills]

Three parts: SIGKILL at every system call that writes, sends or syncs, over files and over Dovecot; the connection broken at every
byte of putting a draft; random kills for so many seconds while the server is slow to take drafts, beside the two naive orders.
Exit code 1 when anything was lost, doubled, stale or touched, or when a naive order came away unharmed: then nothing was shown.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.crash.every_byte import every_byte
from tests.crash.kills import kill_at_random
from tests.crash.points import benches, fail_each, kill_each
from tests.crash.scenarios import SCENARIOS
from tests.crash.world import Server
from tests.servers.dovecot import Dovecot

__all__ = ["main"]

_ENOUGH = 30
"""Kills after which a naive order must have done harm."""
_SHOWN = 10
NOTES = SCENARIOS[1]


def tell(line: str) -> None:
    """Print a line now."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def every_call(folder: Path, server: Server) -> int:
    """Kill at every call of every scenario, and let every write and sync of the store fail; return how many points went wrong."""
    wrong: list[str] = []
    points = 0
    for where, at in (("files", None), ("Dovecot", server)):
        with benches(folder / where, at) as workers:
            for scenario in SCENARIOS:
                started = time.monotonic()
                results = kill_each(workers, [(scenario, call) for call in workers[0].prepare(scenario).calls])
                bad = [f"{where}, {scenario.name}: {result}" for result in results if result.problems]
                points += len(results)
                wrong += bad
                tell(
                    f"{where:8} {scenario.name:34} {len(results):4} of {len(results):4} system calls, {len(bad)} wrong "
                    f"({time.monotonic() - started:.0f} s)"
                )
            if at is None:
                for name, error, on in (("pwrite64", "ENOSPC", True), ("fdatasync", "EIO", False)):
                    calls = [call for call in workers[0].prepare(NOTES).calls if call.name == name]
                    results = fail_each(workers, [(NOTES, call) for call in calls], error, on=on)
                    bad = [f"{error}: {result}" for result in results if result.problems]
                    wrong += bad
                    tell(f"{where:8} {error} from {name:22} {len(results):4} of {len(results):4} system calls, {len(bad)} wrong")
    tell(f"killed at {points} system calls: {len(wrong)} wrong")
    for line in wrong[:_SHOWN]:
        tell(f"  {line}")
    return len(wrong)


def _bytes(dovecot: Dovecot) -> int:
    wrong = [line for result in every_byte(dovecot, lambda line: tell(f"broken: {line}")) for line in result.wrong]
    for line in wrong[:_SHOWN]:
        tell(f"  {line}")
    return len(wrong)


def _kills(folder: Path, server: Server, seconds: float, seed: int) -> int:
    tell(f"random kills for {seconds:.0f} s, seed {seed}")
    found = kill_at_random(folder, server, seconds, seed=seed, tell=tell)
    program = found["program"]
    for line in program.told[:_SHOWN]:
        tell(f"  {line}")
    unharmed = [
        order
        for order, count in (("append", found["append"].duplicate), ("commit", found["commit"].lost))
        if not count and found[order].kills >= _ENOUGH
    ]
    for order in unharmed:
        tell(f"  {order} first came away unharmed: the kills do not hit where they should")
    return program.wrong + len(unharmed)


def main() -> int:
    """Do what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Kill the program in every way, and count.")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long to kill at random (default 120)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="of the random kills")
    parser.add_argument("--only", choices=["calls", "bytes", "kills"], help="one part instead of all three")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hearback-crash-") as name, Dovecot(Path(name) / "dovecot") as dovecot:
        folder = Path(name)
        server = Server(dovecot.imap, dovecot.maildir("x").parent)
        parts: dict[str, Callable[[], int]] = {
            "calls": lambda: every_call(folder, server),
            "bytes": lambda: _bytes(dovecot),
            "kills": lambda: _kills(folder, server, chosen.seconds, chosen.seed),
        }
        wrong = sum(part() for each, part in parts.items() if chosen.only in {None, each})
    tell("nothing lost, doubled or stale" if not wrong else f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
