"""What `hearback run` takes while it rests, and whether ten thousand mails make it grow."""

from __future__ import annotations

import itertools
import smtplib
import time
from pathlib import Path
from threading import Event

from tests.bench import mailbox
from tests.bench.daemon import Running, write_config
from tests.bench.report import Figure
from tests.bench.startup import measure as measure_startup
from tests.servers.dovecot import Dovecot

__all__ = ["measure"]

ACCOUNTS = 3
REST, GROWTH, IDLE = 75.0, 2.0, 0.001
"""MB; MB; share of one processor."""
_PAUSE = Event()


def _deliver(server: Dovecot, users: list[str], mails: list[mailbox.Mail]) -> None:
    with smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp:
        for mail, user in zip(mails, itertools.cycle(users), strict=False):
            lmtp.sendmail("world@birch.example", [user], mail.raw)


def measure(server: Dovecot, home: Path, *, before: int, delivered: int, idle_seconds: float, rounds: int) -> list[Figure]:
    """Watch three accounts with `before` messages each at rest, then while `delivered` more come in, then time the start-up."""
    users = [f"rest{number}" for number in range(ACCOUNTS)]
    for seed, user in enumerate(users):
        root = server.maildir(user)
        found = root.parent.stat()
        owner = (found.st_uid, found.st_gid) if server.root else None
        mailbox.write(root, before, seed=seed, scale=0.1, newest=int(time.time()) - 3_600, owner=owner)
    config = write_config(home, server, users)
    figures: list[Figure] = []
    with Running(config) as daemon:
        daemon.settle()
        rest = daemon.usage()
        figures.append(
            Figure(
                f"run at rest, {ACCOUNTS} IMAP accounts over TLS, {before:,} messages each",
                f"{rest.rss_mb:.0f} MB",
                budget=f"<= {REST:.0f} MB",
                kept=rest.rss_mb <= REST,
            )
        )
        _PAUSE.wait(idle_seconds)
        idle = daemon.usage().cpu_seconds - rest.cpu_seconds
        figures.append(
            Figure(
                f"processor time while idle, {idle_seconds:.0f} s",
                f"{idle * 1000:.0f} ms ({idle / idle_seconds:.2%})",
                budget="none measurable (<= 0.1 %)",
                kept=idle / idle_seconds <= IDLE,
            )
        )
        # With as many processes as somebody has who looks for work, before the flood makes hundreds of them.
        startup = measure_startup(config, home, rounds=rounds)
        steps = 5
        mails = list(mailbox.Mailbox(delivered // steps, seed=99, scale=0.1))
        sizes = []
        for _ in range(steps):
            _deliver(server, users, mails)
            daemon.settle()
            sizes.append(daemon.usage().rss_mb)
        growth = sizes[-1] - sizes[0]
        figures.append(
            Figure(
                f"growth over {delivered:,} delivered messages",
                f"{growth:+.1f} MB (" + ", ".join(f"{size:.0f}" for size in sizes) + ")",
                f"{sizes[0]:.0f} MB after {delivered // steps:,}",
                budget=f"none (<= {GROWTH:.0f} MB)",
                kept=growth <= GROWTH,
            )
        )
    return [*figures, *startup]
