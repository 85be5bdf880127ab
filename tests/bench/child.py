"""What is measured in a process of its own, so that nothing else is in its memory: the passes of one account over IMAP.

    python -m tests.bench.child PORT USER PASSWORD DIRECTORY --quiet 50

prints one JSON object: `first` and `quiet` (seconds), `round_trips` (seconds of a bare NOOP, in turn with the quiet passes),
`new`, `peak_kb`.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.imap import ImapConnector
from connectors.imap.settings import ImapSettings, Security
from rules.policy import load_playbook
from rules.profile import Profile
from tests.bench.floor import RawClient, round_trip
from tests.bench.headers import OWNER
from tests.bench.mailbox import NEWEST, SPAN
from watcher.account import Account
from watcher.cycle import Cycle
from watcher.store import Store
from watcher.warm import warm_up

__all__ = ["main"]

NOW = datetime.fromtimestamp(NEWEST, UTC) + timedelta(days=400)
"""Long after the last mail: nothing is due any more, so that reading is measured and nothing else."""


def main() -> None:
    """Read a mailbox for the first time, then look again and again though nothing has come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("user")
    parser.add_argument("password")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--quiet", type=int, default=0, metavar="TIMES")
    asked = parser.parse_args()
    profile = Profile(OWNER.name, OWNER.address, addresses=frozenset({OWNER.address}))
    lookback = NOW - datetime.fromtimestamp(NEWEST - SPAN, UTC) + timedelta(days=1)
    account = Account("bench", "imap", OWNER.address, profile, load_playbook("default"), lookback)
    settings = ImapSettings(
        host="127.0.0.1", port=asked.port, username=asked.user, secret=lambda: asked.password, security=Security.PLAIN
    )
    store = Store(asked.directory / "state.sqlite")
    connector = ImapConnector(settings)
    cycle = Cycle(account, connector, store)
    warm_up(account, NOW)  # as a worker does before its first pass
    begun = time.perf_counter()
    connector.open()
    report = cycle.run_pass(NOW)
    first = time.perf_counter() - begun
    quiet: list[float] = []
    trips: list[float] = []
    if asked.quiet:
        with RawClient(asked.port, asked.user, asked.password) as raw:
            raw.command(b"EXAMINE INBOX")
            for _ in range(asked.quiet):
                begun = time.perf_counter()
                again = cycle.run_pass(NOW)
                quiet.append(time.perf_counter() - begun)
                assert again.new == 0
                trips += round_trip(raw, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connector.close()
    store.close()
    print(json.dumps({"first": first, "new": report.new, "quiet": quiet, "round_trips": trips, "peak_kb": peak}))  # noqa: T201


if __name__ == "__main__":
    main()
