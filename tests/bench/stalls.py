"""How long a dead connection stays unnoticed while the connector waits for mail."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Timer

from connectors.base import WaitResult
from connectors.errors import Unavailable
from connectors.imap import ImapConnector, ImapSettings, Security
from tests.bench.report import Figure, p95
from tests.servers.chaosproxy import ChaosProxy
from tests.servers.dovecot import PASSWORD, Dovecot
from watcher.wake import SocketWake

__all__ = ["measure"]

REFRESH, DEADLINE = 1.0, 0.5
SLACK = 0.25
"""Seconds that scheduling may add on a busy machine."""


def _one(server: Dovecot, fault: str, number: int) -> float:
    """Return the seconds from the fault, at a random moment, to Unavailable; infinity when it was not noticed."""
    rng = random.Random(number)
    with ChaosProxy(("127.0.0.1", server.imap)) as proxy:
        connector = ImapConnector(
            ImapSettings(
                host="127.0.0.1",
                port=proxy.port,
                username=f"stall{number % 8}",
                secret=lambda: PASSWORD,
                security=Security.PLAIN,
                timeout=DEADLINE,
                idle_refresh=REFRESH,
            )
        )
        connector.open()
        for _ in connector.changes(None, datetime(2020, 1, 1, tzinfo=UTC), lambda _: False):
            pass
        begun = 0.0

        def strike() -> None:
            nonlocal begun
            begun = time.perf_counter()
            (proxy.stall if fault == "stall" else proxy.half_open)()

        timer = Timer(rng.uniform(0.2, 2 * REFRESH), strike)
        timer.start()
        wake = SocketWake()
        try:
            while connector.wait(10 * (REFRESH + DEADLINE), wake) is WaitResult.CHANGED:
                pass
        except Unavailable:
            return time.perf_counter() - begun
        finally:
            timer.join()
            wake.close()
            connector.close()
    return float("inf")


def measure(server: Dovecot, *, trials: int) -> list[Figure]:
    """Stall connections, and half-open them, `trials` times each, at random moments of the wait."""
    bound = REFRESH + DEADLINE
    figures = []
    for fault in ("stall", "half-open"):
        with ThreadPoolExecutor(8) as pool:
            spent = list(pool.map(partial(_one, server, fault), range(trials)))
        noticed = sum(seconds <= bound + SLACK for seconds in spent)
        figures.append(
            Figure(
                f"dead connection noticed ({fault}, {trials} times)",
                f"{noticed} of {trials}, at most {max(spent):.2f} s (p95 {p95(spent):.2f})",
                f"refresh {REFRESH:g} s + deadline {DEADLINE:g} s",
                f"{max(spent) / bound:.2f}",
                "every time within refresh + deadline",
                noticed == trials,
            )
        )
    return figures
