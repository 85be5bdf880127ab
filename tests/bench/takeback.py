"""From the delivery of a company's reply to the moment the draft is gone from Drafts, beside the server's own notification."""

from __future__ import annotations

import os
import random
import smtplib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from threading import Event

from tests.bench.bodies import Bodies
from tests.bench.daemon import Running, write_config
from tests.bench.floor import RawClient
from tests.bench.headers import Headers
from tests.bench.hiring import Hiring
from tests.bench.lookout import Lookout
from tests.bench.report import Figure, p95
from tests.bench.words import Words
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["measure", "plant", "processes"]

BUDGET = 0.100
PATIENCE = 30.0
_PAUSE = Event()


def processes(count: int, seed: int = 1) -> list[Hiring]:
    """Return so many hiring processes, each at another company."""
    rng = random.Random(seed)
    words = Words(rng)
    headers = Headers(rng)
    bodies = Bodies(rng, words, headers)
    return [Hiring.new(words, headers, bodies, company) for company in rng.sample(words.employers, count)]


def plant(server: Dovecot, user: str, found: list[Hiring]) -> None:
    """Let the inbox hold a confirmation of each process, whose interview is over."""
    now = int(time.time())
    start = now - now % 3_600 - 3 * 3_600
    inbox = server.maildir(user)
    owner = inbox.parent.stat()
    for folder in (inbox, *(inbox / name for name in ("cur", "new", "tmp"))):
        folder.mkdir(mode=0o700, exist_ok=True)
        if server.root:
            os.chown(folder, owner.st_uid, owner.st_gid)
    for index, process in enumerate(found):
        told = start - 86_400 * 2
        file = inbox / "cur" / f"{told}.M{index:06d}P1.bench:2,S"
        file.write_bytes(process.confirmation(told, start))
        os.utime(file, (told, told))
        if server.root:
            os.chown(file, owner.st_uid, owner.st_gid)


def _standing(drafts: Path) -> dict[str, str]:
    """Return the base name of the file of each draft, by its recipient."""
    found = {}
    for file in drafts.iterdir():
        recipient = parseaddr(str(message_from_bytes(file.read_bytes())["To"]))[1].lower()
        found[recipient] = file.name.partition(":")[0]
    return found


def measure(server: Dovecot, home: Path, *, trials: int) -> list[Figure]:
    """Let `run` place a thank-you draft for each of `trials` processes, then let one company after the other reply."""
    user = "takeback"
    found = processes(trials)
    plant(server, user, found)
    drafts = server.maildir(user) / ".Drafts" / "cur"
    notices: list[float] = []
    removals: list[float] = []
    with Running(write_config(home, server, [user])) as daemon:
        daemon.settle()
        standing = _standing(drafts)
        missing = [process.contact.address for process in found if process.contact.address not in standing]
        if missing:
            raise RuntimeError(f"no draft stands for {missing}; see {daemon.log}")
        with (
            RawClient(server.imap, user, PASSWORD) as raw,
            Lookout(drafts) as lookout,
            ThreadPoolExecutor(1) as pool,
            smtplib.LMTP("127.0.0.1", server.lmtp) as lmtp,
        ):
            raw.command(b"EXAMINE INBOX")
            for process in found:
                raw.idle()
                mail = process.reply(int(time.time()))
                gone = pool.submit(lookout.gone, standing[process.contact.address], PATIENCE)
                lmtp.sendmail(process.contact.address, [user], mail)
                delivered = time.perf_counter()
                noticed = raw.notified(b"EXISTS", PATIENCE)
                removed = gone.result(PATIENCE + 5)
                raw.done()
                if noticed is None or removed is None:
                    raise RuntimeError(f"{process.contact.address}: noticed {noticed}, removed {removed}; see {daemon.log}")
                notices.append(noticed - delivered)
                removals.append(removed - delivered)
                _PAUSE.wait(0.7)  # past the server's own delay, so that the next delivery is announced by itself
    over = p95([removed - noticed for removed, noticed in zip(removals, notices, strict=True)])
    return [
        Figure(
            f"reply delivered -> draft taken back ({trials} times)",
            f"{statistics.median(removals) * 1000:.0f} ms, p95 {p95(removals) * 1000:.0f} ms",
            f"{statistics.median(notices) * 1000:.0f} ms, p95 {p95(notices) * 1000:.0f} ms (server's notice)",
            f"p95 +{over * 1000:.0f} ms",
            f"<= notice + {BUDGET * 1000:.0f} ms (p95)",
            over <= BUDGET,
        )
    ]
