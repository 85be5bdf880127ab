"""What is measured at Gmail in a process of its own, so that nothing else is in its memory: the passes of one account.

    python -m tests.bench.gmail_child FAKE DIRECTORY --lookback 120 --quiet 50

FAKE is the line that `python -m tests.servers.gmail` prints. What is printed here is one JSON object: `first` and `quiet`
(seconds), `busy` (seconds of this process's own at the first look), `round_trips` (seconds of a quiet pass's request by a bare
client, in turn with them), `new`, `calls`, `units`, `quiet_calls`, `quiet_units`, `peak_kb`. The requests of the first look are
written to `requests` in DIRECTORY as they go out, a line of JSON each.
"""

from __future__ import annotations

import argparse
import http.client
import json
import resource
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from io import TextIOBase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google.oauth2.credentials import Credentials

from connectors.gmail import GmailConnector, GmailSettings
from connectors.gmail.transport import Transport
from rules.policy import load_playbook
from rules.profile import Profile
from watcher.account import Account
from watcher.cycle import Cycle
from watcher.store import Store
from watcher.warm import warm_up

__all__ = ["BareClient", "main"]

_SEND = Transport.request


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


def recording(out: TextIOBase) -> Callable[..., Any]:
    """Return `Transport.request`, but that it writes down what it is given. It takes some microseconds a request."""

    def request(self: Transport, uri: str, method: str = "GET", *args: Any, **kwargs: Any) -> Any:
        body, headers = kwargs.get("body"), kwargs.get("headers")
        if "/gmail/v1" in uri:
            out.write(json.dumps([method, uri, headers, body.decode() if isinstance(body, bytes) else body]) + "\n")
        return _SEND(self, uri, method, *args, **kwargs)

    return request


def main() -> None:
    """Read a mailbox for the first time, then look again and again though nothing has come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("fake", type=json.loads)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--lookback", type=int, default=120, metavar="DAYS")
    parser.add_argument("--quiet", type=int, default=0, metavar="TIMES")
    asked = parser.parse_args()
    address, url, given = asked.fake["address"], asked.fake["url"], asked.fake["credentials"]
    profile = Profile("Sam Rivers", address, addresses=frozenset({address}))
    account = Account("bench", "gmail", address, profile, load_playbook("default"), timedelta(days=asked.lookback))
    connector = GmailConnector(GmailSettings(address=address, credentials=lambda: Credentials(token=None, **given), endpoint=url))  # type: ignore[no-untyped-call]
    store = Store(asked.directory / "state.sqlite")
    cycle = Cycle(account, connector, store)
    warm_up(account, asked.now)  # as a worker does before its first pass
    with (asked.directory / "requests").open("w") as out:
        Transport.request = recording(out)  # type: ignore[method-assign]  # the client library is not told of it
        begun, busy = time.perf_counter(), time.process_time()
        connector.open()
        report = cycle.run_pass(asked.now)
        first, busy = time.perf_counter() - begun, time.process_time() - busy
    told: dict[str, Any] = {"first": first, "busy": busy, "new": report.new}
    told |= {"calls": connector.spent.calls, "units": connector.spent.units, "quiet": [], "round_trips": []}
    with (asked.directory / "poll").open("w+") as out:
        Transport.request = recording(out)  # type: ignore[method-assign]
        report = cycle.run_pass(asked.now)
        told |= {"quiet_calls": report.spent.calls, "quiet_units": report.spent.units}
        Transport.request = _SEND  # type: ignore[method-assign]
        out.seek(0)
        polls = out.readlines()
    bare = BareClient(url)
    for _ in range(asked.quiet):
        begun = time.perf_counter()
        again = cycle.run_pass(asked.now)
        told["quiet"].append(time.perf_counter() - begun)
        assert again.new == 0
        begun = time.perf_counter()
        for line in polls:
            bare.ask(line)
        told["round_trips"].append(time.perf_counter() - begun)
    bare.close()
    told["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connector.close()
    store.close()
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
