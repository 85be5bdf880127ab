"""Kill the program in every way that this folder knows, and count; `make crash`.

    python -m tests.crash [--seconds 120] [--seed N] [--only calls|bytes|kills] [--where files|dovecot|gmail|outlook]

Three parts: SIGKILL at every system call that writes, sends or syncs, over files, Dovecot, Gmail and Outlook; the connection
broken at every byte of putting a draft over IMAP, and at many of each errand at Gmail and Outlook;
random kills for so many seconds while the server is slow to take drafts, beside the naive orders.
Exit code 1 when anything was lost, doubled, stale or touched, or when a naive order came away unharmed: then nothing was shown.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.crash.every_byte import OUTLOOK, every_byte, every_errand, every_refusal
from tests.crash.files import Files, Server
from tests.crash.gmail import Gmail
from tests.crash.gmail_post import GmailPost
from tests.crash.grounds import MakeGround, at_gmail, at_outlook, on_dovecot
from tests.crash.kills import kill_at_random
from tests.crash.outlook import Outlook, bare
from tests.crash.points import Bench, benches, fail_each, kill_each
from tests.crash.scenarios import SCENARIOS
from tests.crash.world import Place
from tests.servers.dovecot import Dovecot

__all__ = ["main"]

_ENOUGH = {"append": 30, "commit": 300}
"""Kills after which a naive order must have done harm: over IMAP, committing first loses a draft in one of fifty kills."""
_SHOWN = 10
WORKERS = 2
WHERE = ("files", "dovecot", "gmail", "outlook")
BARE = "outlook, bare"
"""An Outlook that takes nothing with a reply: what is to stand in it is written by a second request."""
NOTES = SCENARIOS[1]


def tell(line: str) -> None:
    """Print a line now."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def every_call(folder: Path, server: Server, where: Sequence[str]) -> int:
    """Kill at every call of every scenario, and let every write and sync of the store fail; return how many points went wrong."""
    wrong: list[str] = []
    points = 0
    for name in [*where, *([BARE] if "outlook" in where else [])]:
        with ExitStack() as stack:
            kinds: dict[str, Callable[[], Place]] = {
                "files": Files,
                "dovecot": lambda: server,
                "gmail": lambda: stack.enter_context(Gmail()),
                "outlook": lambda: stack.enter_context(Outlook()),
                BARE: lambda: stack.enter_context(Outlook(bare)),
            }
            places = [kinds[name]() for _ in range(WORKERS)]
            workers = stack.enter_context(benches(folder / name, places))
            for scenario in [one for one in SCENARIOS if name != BARE or one.answers]:
                started = time.monotonic()
                results = kill_each(workers, [(scenario, call) for call in workers[0].prepare(scenario).calls])
                bad = [f"{name}, {scenario.name}: {result}" for result in results if result.problems]
                points += len(results)
                wrong += bad
                tell(
                    f"{name:13} {scenario.name:34} {len(results):4} of {len(results):4} system calls, {len(bad)} wrong "
                    f"({time.monotonic() - started:.0f} s)"
                )
            if name == "files":
                wrong += _failing_disk(workers)
    tell(f"killed at {points} system calls: {len(wrong)} wrong")
    for line in wrong[:_SHOWN]:
        tell(f"  {line}")
    return len(wrong)


def _failing_disk(workers: list[Bench]) -> list[str]:
    wrong = []
    for name, error, on in (("pwrite64", "ENOSPC", True), ("fdatasync", "EIO", False)):
        calls = [call for call in workers[0].prepare(NOTES).calls if call.name == name]
        results = fail_each(workers, [(NOTES, call) for call in calls], error, on=on)
        bad = [f"{error}: {result}" for result in results if result.problems]
        wrong += bad
        tell(f"{'files':13} {error} from {name:22} {len(results):4} of {len(results):4} system calls, {len(bad)} wrong")
    return wrong


def _bytes(dovecot: Dovecot, where: Sequence[str]) -> int:
    def say(line: str) -> None:
        tell(f"broken: {line}")

    results = every_byte(dovecot, say) if "dovecot" in where else []
    results += every_errand([GmailPost], say) if "gmail" in where else []
    if "outlook" in where:
        results += [*every_errand(OUTLOOK, say), *every_refusal(OUTLOOK, say)]
    wrong = [line for result in results for line in result.wrong]
    for line in wrong[:_SHOWN]:
        tell(f"  {line}")
    return len(wrong)


def _kills(folder: Path, name: str, make: MakeGround, seconds: float, seed: int) -> int:
    tell(f"random kills on {name} for {seconds:.0f} s, seed {seed}")
    found = kill_at_random(folder / f"kills-{name}", make, seconds, seed=seed, tell=tell)
    program = found["program"]
    for line in program.told[:_SHOWN]:
        tell(f"  {line}")
    unharmed = [
        order
        for order, count in (("append", found["append"].duplicate), ("commit", found["commit"].lost))
        if not count and found[order].kills >= _ENOUGH[order]
    ]
    for order in unharmed:
        tell(f"  {order} first came away unharmed: the kills do not hit where they should")
    return program.wrong + len(unharmed)


def main() -> int:
    """Do what was asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description="Kill the program in every way, and count.")
    parser.add_argument(
        "--seconds", type=float, default=120.0, help="how long to kill at random, shared by the servers (default 120)"
    )
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="of the random kills")
    parser.add_argument("--where", choices=WHERE, help="one kind of mailbox instead of all four")
    parser.add_argument("--only", choices=["calls", "bytes", "kills"], help="one part instead of all three")
    chosen = parser.parse_args()
    where = [chosen.where] if chosen.where else WHERE
    with tempfile.TemporaryDirectory(prefix="hearback-crash-") as name, Dovecot(Path(name) / "dovecot") as dovecot:
        folder = Path(name)
        server = Server(dovecot.imap, dovecot.maildir("x").parent)
        grounds = {"dovecot": on_dovecot(server), "gmail": at_gmail, "outlook": at_outlook}
        wanted = {name: make for name, make in grounds.items() if name in where}
        parts: dict[str, Callable[[], int]] = {
            "calls": lambda: every_call(folder, server, where),
            "bytes": lambda: _bytes(dovecot, where),
            "kills": lambda: sum(
                _kills(folder, name, make, chosen.seconds / len(wanted), chosen.seed) for name, make in wanted.items()
            ),
        }
        wrong = sum(part() for each, part in parts.items() if chosen.only in {None, each})
    tell("nothing lost, doubled or stale" if not wrong else f"{wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
