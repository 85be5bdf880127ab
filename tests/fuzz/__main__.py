"""Fuzz the reader for a while; `make fuzz`.

    python -m tests.fuzz [--seconds 120] [--only mails|octets]

Half the time Hypothesis puts mails together from what the reader looks for, half the time atheris changes octets, guided by the
ways they take through the rules. Exit code 1 when anything was raised, ran away, or took too much memory; what did it is told.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings

from tests.fuzz.chain import bounded, read_all
from tests.fuzz.mails import mails

__all__ = ["main"]

_ROUND = 2000
_TIMEOUT = 5
_MEGABYTES = 1024
_SHOWN = 6000


def fuzz_mails(seconds: float) -> int:
    """Read made-up mails for so long. Raises what reading raises, after Hypothesis has made the mail small and shown it."""
    end = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < end:

        @seed(rounds)
        @settings(max_examples=_ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        @given(mails())
        def read(raw: bytes) -> None:
            with bounded(_TIMEOUT):
                read_all(raw)

        read()
        rounds += 1
    return rounds * _ROUND


def fuzz_octets(seconds: float, folder: Path) -> int:
    """Let atheris run for so long in a process of its own; return its exit code. Its report is shown when it found something."""
    command = [sys.executable, "-m", "tests.fuzz.octets", str(folder / "found"), f"-max_total_time={seconds:.0f}"]
    limits = [
        f"-timeout={_TIMEOUT}",
        f"-rss_limit_mb={_MEGABYTES}",
        "-max_len=16384",
        f"-artifact_prefix={folder}/",
    ]
    done = subprocess.run([*command, *limits], check=False, capture_output=True, text=True, errors="replace")
    if done.returncode:
        sys.stdout.write(done.stderr[-_SHOWN:])
    for path in sorted(folder.glob("[clot]*-*")):
        sys.stdout.write(f"{path.name}: {path.read_bytes()[:2000]!r}\n")
    return done.returncode


def main() -> int:
    """Do what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Read hostile mail for a while.")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long altogether (default 120)")
    parser.add_argument("--only", choices=["mails", "octets"], help="one half instead of both")
    chosen = parser.parse_args()
    share = chosen.seconds if chosen.only else chosen.seconds / 2
    code = 0
    if chosen.only in {None, "mails"}:
        sys.stdout.write(f"mails put together: {fuzz_mails(share):,} read, nothing raised\n")
        sys.stdout.flush()
    if chosen.only in {None, "octets"}:
        with tempfile.TemporaryDirectory(prefix="hearback-fuzz-") as name:
            code = fuzz_octets(share, Path(name))
        sys.stdout.write("octets changed: " + ("nothing raised\n" if not code else f"atheris ended with {code}\n"))
    return 1 if code else 0


if __name__ == "__main__":
    sys.exit(main())
