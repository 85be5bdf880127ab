"""The fake as a process of its own, with a large mailbox in it, for measurements and for programs that are killed.

    python -m tests.servers.graph --messages 100000 --newest 2025-03-04T00:00:00+00:00

One line of JSON tells where it is and what lets one in; each line that is written to it is answered by one with what was asked of
it so far; it ends with its input.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, timedelta

from tests.servers.graph.bulk import Bulk
from tests.servers.graph.server import FakeGraph

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description="Microsoft Graph's mail, in memory")
    parser.add_argument("--address", default="sam@example.com")
    parser.add_argument("--messages", type=int, default=0)
    parser.add_argument("--newest", type=datetime.fromisoformat, default=datetime.fromisoformat("2025-03-04T00:00:00+00:00"))
    parser.add_argument("--days", type=int, default=365, help="over which the messages spread")
    told = parser.parse_args(arguments)
    with FakeGraph() as server:
        server.checks_answers = False
        mailbox = server.mailbox(told.address)
        mailbox.fill(iter(Bulk(told.messages, told.newest, timedelta(days=told.days), told.address)))
        _say({"url": server.url, "address": told.address, "token": server.token(told.address)})
        for _ in sys.stdin:
            _say({"requests": server.requests, "calls": server.calls, "units": server.units, "violations": server.violations})


def _say(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
