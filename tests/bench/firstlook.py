"""The first look at a mailbox, and a look when nothing has come."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.imap import ImapConnector, ImapSettings, Security
from tests.bench import mailbox
from tests.bench.floor import Floor, header_scan
from tests.bench.report import Figure, p95
from tests.servers.chaosproxy import Act, ChaosProxy
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["Boxes", "fill", "learn_items", "measure"]

FOLDERS = ["INBOX", "Sent"]
LISTING = rb"UID FETCH \S+ \(UID [^\r\n]*HEADER\.FIELDS[^\r\n]*\r\n"
RATIO, GROWTH, BODIES, QUIET = 4.0, 11.0, 0.01, 0.005
BODY_COUNT = re.compile(r"imap\((?P<user>[^)]*)\).*body_count=(?P<count>\d+) body_bytes=(?P<octets>\d+)")


@dataclass(frozen=True, slots=True)
class Boxes:
    """The mailboxes that were filled, by size."""

    users: dict[int, str]
    octets: dict[int, int]


def fill(server: Dovecot, counts: list[int], scale: float) -> Boxes:
    """Write a mailbox of each size into the server's mail directory."""
    users: dict[int, str] = {}
    octets: dict[int, int] = {}
    for count in counts:
        user = f"u{count}"
        root = server.maildir(user)
        found = root.parent.stat()
        summary = mailbox.write(root, count, scale=scale, owner=(found.st_uid, found.st_gid) if server.root else None)
        users[count], octets[count] = user, summary.octets
    return Boxes(users, octets)


def learn_items(server: Dovecot) -> bytes:
    """Return the item list of the FETCH that the first look sends, as it was heard on the wire."""
    user = "listen"
    root = server.maildir(user)
    found = root.parent.stat()
    mailbox.write(root, 3, scale=0.05, owner=(found.st_uid, found.st_gid) if server.root else None)
    with ChaosProxy(("127.0.0.1", server.imap)) as proxy:
        trap = proxy.trap(Act.COUNT, marker=LISTING)
        settings = ImapSettings(
            host="127.0.0.1", port=proxy.port, username=user, secret=lambda: PASSWORD, security=Security.PLAIN
        )
        connector = ImapConnector(settings)
        connector.open()
        listed = [len(page.envelopes) for page in connector.changes(None, datetime(1990, 1, 1, tzinfo=UTC), lambda _: False)]
        connector.close()
    assert sum(listed) == 3
    return trap.matched.rstrip()[trap.matched.index(b" (") + 1 :]


def _look(server: Dovecot, user: str, directory: Path, quiet: int) -> dict[str, Any]:
    """Do a first look in a process of its own, with a store of its own."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.bench.child", str(server.imap), user, PASSWORD, str(directory), "--quiet", str(quiet)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the first look ended with {done.returncode}: {done.stderr[-1500:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _body_octets(server: Dovecot, user: str) -> int:
    """Return the octets of bodies in the last session of `user` that read any, as the server logged it."""
    log = (server.folder / "dovecot.log").read_text(encoding="utf-8", errors="replace")
    sizes = [int(found["octets"]) for found in BODY_COUNT.finditer(log) if found["user"] == user and int(found["count"])]
    return sizes[-1] if sizes else 0


def measure(server: Dovecot, boxes: Boxes, scratch: Path, *, rounds: int, quiet: int) -> list[Figure]:
    """Measure floor and first look in turn, for each size, and quiet passes on the connection that stays open."""
    items = learn_items(server)
    figures: list[Figure] = []
    middle: dict[int, float] = {}
    for count, user in boxes.users.items():
        header_scan(server.imap, user, PASSWORD, FOLDERS, items)  # once unmeasured: the server makes its index
        floors: list[Floor] = []
        looks: list[dict[str, Any]] = []
        for _ in range(rounds):
            floors.append(header_scan(server.imap, user, PASSWORD, FOLDERS, items))
            looks.append(_look(server, user, scratch / user, quiet))
        floor = statistics.median(one.seconds for one in floors)
        middle[count] = statistics.median(one["first"] for one in looks)
        ratio = middle[count] / floor
        assert all(one["new"] == count for one in looks), [one["new"] for one in looks]
        figures.append(
            Figure(
                f"first look, {count:,} messages",
                f"{middle[count]:.2f} s ({count / middle[count]:,.0f}/s)",
                f"{floor:.3f} s ({count / floor:,.0f}/s)",
                f"{ratio:.1f}",
                f"<= {RATIO:.0f} x the bare FETCH",
                ratio <= RATIO,
            )
        )
        share = _body_octets(server, user) / boxes.octets[count]
        figures.append(
            Figure(
                f"octets read as bodies, {count:,} messages",
                f"{_body_octets(server, user) / 1e6:.1f} MB",
                f"{boxes.octets[count] / 1e6:,.0f} MB mailbox",
                f"{share:.2%}",
                f"<= {BODIES:.0%}",
                share <= BODIES,
            )
        )
        figures.append(
            Figure(f"memory at its highest, {count:,} messages", f"{max(one['peak_kb'] for one in looks) / 1024:.0f} MB")
        )
        spent = [seconds for one in looks for seconds in one["quiet"]]
        trips = [seconds for one in looks for seconds in one["round_trips"]]
        over = statistics.median(spent) - statistics.median(trips)
        figures.append(
            Figure(
                f"quiet pass, {count:,} messages",
                f"{statistics.median(spent) * 1000:.2f} ms (p95 {p95(spent) * 1000:.2f})",
                f"{statistics.median(trips) * 1000:.2f} ms (NOOP)",
                f"+{over * 1000:.2f} ms",
                f"<= {QUIET * 1000:.0f} ms + round trip",
                over <= QUIET,
            )
        )
    if len(middle) > 1:
        small, large = min(middle), max(middle)
        growth = middle[large] / middle[small]
        figures.append(
            Figure(
                f"growth from {small:,} to {large:,}",
                f"{growth:.1f}-fold",
                f"{large // small}-fold messages",
                "",
                f"<= {GROWTH * large / small / 10:.0f}-fold",
                growth <= GROWTH * large / small / 10,
            )
        )
    return figures
