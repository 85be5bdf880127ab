"""What is measured over HTTP in a process of its own, so that nothing else is in its memory: the passes of one account.

    python -m tests.bench.gmail_child FAKE DIRECTORY --now TIME --lookback 120 --quiet 50

FAKE is the line that `python -m tests.servers.gmail` prints; `graph_child` and `tests.servers.graph` likewise. What is printed
here is one JSON object: `first` and `quiet` (seconds), `busy` (seconds of this process's own at the first look), `round_trips`
(seconds of a quiet pass's requests by a bare client, in turn with them, and of keeping what came), `new`, `calls`, `units`,
`quiet_calls`, `quiet_units`, `peak_kb`. The requests of the first look are written to `requests` in DIRECTORY as they go out, a
line of JSON each.
"""

from __future__ import annotations

import argparse
import http.client
import json
import resource
import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from io import TextIOBase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors.base import Connector
from rules.policy import load_playbook
from rules.profile import Profile
from watcher.account import Account
from watcher.cycle import Cycle
from watcher.store import Store
from watcher.store.accounts import load_cursor
from watcher.warm import warm_up

__all__ = ["BareClient", "Record", "Recording", "asked_of", "run"]

Record = Callable[[str, str, Mapping[str, str] | None, bytes | str | None], None]
"""Takes a request: method, address, headers, body."""
Recording = Callable[[Record | None], None]
"""Lets each request be recorded from now on; None: no more."""


class BareClient:
    """The floor: requests as they were, by `http.client` on one connection; answers are thrown away."""

    def __init__(self, url: str) -> None:
        """Connect."""
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
        self._connection.connect()

    def ask(self, line: str) -> int:
        """Carry out one request, a line of JSON, and return the octets of the answer. Raises RuntimeError for a refusal."""
        verb, uri, headers, body = json.loads(line)
        place = urlsplit(uri)
        self._connection.request(verb, f"{place.path}?{place.query}", None if body is None else body.encode(), headers)
        answer = self._connection.getresponse()
        size = len(answer.read())
        if answer.status != http.client.OK:
            raise RuntimeError(f"the service refuses what it took before: {answer.status}")
        return size

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class BareKeeper:
    """The floor of keeping something: one row of SQLite, committed as the store commits."""

    def __init__(self, path: Path, text: str) -> None:
        """Make a database that holds that text."""
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE kept (text TEXT)")
        self._connection.execute("INSERT INTO kept VALUES (?)", (text,))

    def keep(self, text: str) -> None:
        """Exchange the text."""
        self._connection.execute("UPDATE kept SET text = ?", (text,))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def asked_of() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("fake", type=json.loads)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--lookback", type=int, default=120, metavar="DAYS")
    parser.add_argument("--quiet", type=int, default=0, metavar="TIMES")
    return parser.parse_args()


def _writing(out: TextIOBase) -> Record:
    """Return what writes requests down; that takes some microseconds each."""

    def record(method: str, uri: str, headers: Mapping[str, str] | None, body: bytes | str | None) -> None:
        out.write(json.dumps([method, uri, headers, body.decode() if isinstance(body, bytes) else body]) + "\n")

    return record


def _place(store: Store) -> str:
    """Return how far reading has come, as it is kept."""
    with store.read() as connection:
        return load_cursor(connection, "bench") or ""


def run(asked: argparse.Namespace, connector: Connector, recording: Recording) -> None:
    """Read a mailbox for the first time, then look again and again though nothing has come; print what it took."""
    address, url = asked.fake["address"], asked.fake["url"]
    profile = Profile("Sam Rivers", address, addresses=frozenset({address}))
    account = Account("bench", connector.kind, address, profile, load_playbook("default"), timedelta(days=asked.lookback))
    store = Store(asked.directory / "state.sqlite")
    cycle = Cycle(account, connector, store)
    warm_up(account, asked.now)  # as a worker does before its first pass
    with (asked.directory / "requests").open("w") as out:
        recording(_writing(out))
        begun, busy = time.perf_counter(), time.process_time()
        connector.open()
        report = cycle.run_pass(asked.now)
        first, busy = time.perf_counter() - begun, time.process_time() - busy
    told: dict[str, Any] = {"first": first, "busy": busy, "new": report.new}
    told |= {"calls": connector.spent.calls, "units": connector.spent.units, "quiet": [], "round_trips": []}
    with (asked.directory / "poll").open("w+") as out:
        recording(_writing(out))
        report = cycle.run_pass(asked.now)
        told |= {"quiet_calls": report.spent.calls, "quiet_units": report.spent.units}
        recording(None)
        out.seek(0)
        polls = out.readlines()
    bare = BareClient(url)
    place = _place(store)
    keeper = BareKeeper(asked.directory / "bare.sqlite", place)
    for number in range(asked.quiet):
        begun = time.perf_counter()
        again = cycle.run_pass(asked.now)
        told["quiet"].append(time.perf_counter() - begun)
        assert again.new == 0
        kept, place = place, _place(store)
        begun = time.perf_counter()
        for line in polls:
            bare.ask(line)
        if place != kept:
            keeper.keep(f"{place} {number}")
        told["round_trips"].append(time.perf_counter() - begun)
    keeper.close()
    bare.close()
    told["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connector.close()
    store.close()
    print(json.dumps(told))  # noqa: T201
