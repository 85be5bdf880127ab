"""One account's thread: connect, pass, wait, and again; what fails here never touches another account.

connect ──► pass ──► wait ──┐      Unavailable: let go of everything, wait 1 s to 5 min, connect
▲          ▲─────────────┘      AuthNeeded, Misconfigured: parked, told once, tried again now and then
└───────── any error
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.base import Connector
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from watcher.account import Account
from watcher.clock import Clock
from watcher.cycle import Cycle
from watcher.secrets import SecretError
from watcher.store import Store, StoreError, StoreFull
from watcher.store.accounts import ensure_account, note_trouble
from watcher.store.journal import LogRow, add_log
from watcher.wake import SocketWake
from watcher.warm import warm_up

__all__ = ["Worker"]

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 300.0
_PARKED = 3600.0
"""An account whose sign-in was refused is tried again this often: more would get it locked."""
_DOUBTFUL = 300.0
"""One that looks misconfigured, this often: a captive portal's certificate goes away again."""
_SLEPT = 30.0
"""The wall clock ran this much further than the other one: the machine slept, and its connections are dead."""

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Watches one account until told to stop."""

    def __init__(  # noqa: PLR0917 - each is another part of the world
        self,
        account: Account,
        connect: Callable[[], Connector],
        store: Store,
        clock: Clock,
        poll: float,
        on_check: Callable[[str, datetime | None], None],
        on_fatal: Callable[[StoreError], None],
    ) -> None:
        """Take the account, how to make its connector, and `poll`, the longest wait in seconds.

        `on_check` is told after each pass when something is due next; `on_fatal` that nothing can be stored any more.
        """
        super().__init__(name=f"account-{account.name}", daemon=True)
        self.account = account
        self.wake = SocketWake()
        self._connect = connect
        self._store = store
        self._clock = clock
        self._poll = poll
        self._on_check = on_check
        self._on_fatal = on_fatal
        self._stopping = threading.Event()
        self._random = random.Random(account.name)  # noqa: S311 - jitter

    def stop(self) -> None:
        """Ask the thread to end; it does so at the next turn of its loop."""
        self._stopping.set()
        self.wake.set()

    def run(self) -> None:
        """Watch until `stop`."""
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            connector = self._connect()
            try:
                connector.open()
                delay = _FIRST_DELAY
                self._watch(connector)
            except (AuthNeeded, Misconfigured, SecretError) as error:
                wrong = isinstance(error, Misconfigured)
                self._trouble("misconfigured" if wrong else "sign_in", str(error))
                self._sleep(_DOUBTFUL if wrong else _PARKED)
            except Unavailable as error:
                wait = max(delay, error.retry_after) if isinstance(error, Throttled) else delay
                log.info("%s: %s Trying again in %.0f s.", self.account.name, error, wait)
                if delay >= _LONGEST_DELAY / 10:  # not for a hiccup
                    self._trouble("unavailable", str(error))
                self._sleep(wait * self._random.uniform(0.5, 1.0))
                delay = min(delay * 2, _LONGEST_DELAY)
            except StoreFull as error:
                self._on_fatal(error)
                return
            except (ConnectorError, StoreError) as error:
                log.warning("%s: %s", self.account.name, error)
                self._sleep(_LONGEST_DELAY)
            except Exception:
                # A bug in here must not end the watching; the pass is taken up again where the store says it stands.
                log.exception("%s: something unforeseen went wrong; trying again in %.0f s", self.account.name, _LONGEST_DELAY)
                self._sleep(_LONGEST_DELAY)
            finally:
                connector.close()

    def _watch(self, connector: Connector) -> None:
        cycle = Cycle(self.account, connector, self._store)
        warm_up(self.account, self._clock.now())
        while not self._stopping.is_set():
            self.wake.clear()
            report = cycle.run_pass(self._clock.now())
            for row in report.log:
                log.info("%s: %s%s", self.account.name, f"{row.company}: " if row.company else "", row.text)
            self._on_check(self.account.name, report.next_check)
            if self._stopping.is_set():
                return
            before = self._clock.now(), self._clock.monotonic()
            connector.wait(self._timeout(report.next_check), self.wake)
            self._see_whether_slept(*before)

    def _timeout(self, next_check: datetime | None) -> float:
        """Return seconds until the next pass at the latest."""
        if next_check is None:
            return self._poll
        due = (next_check - self._clock.now()).total_seconds()
        return min(max(due, 0.05), self._poll)

    def _see_whether_slept(self, wall: datetime, monotonic: float) -> None:
        passed = self._clock.monotonic() - monotonic
        if self._clock.now() - wall > timedelta(seconds=passed + _SLEPT):
            raise Unavailable("The machine slept, or its clock was put forward: connecting anew.")

    def _sleep(self, seconds: float) -> None:
        """Wait, but not through a stop or a wake-up."""
        self.wake.clear()
        if not self._stopping.is_set():
            wait_for(self.wake, seconds)

    def _trouble(self, kind: str, text: str) -> None:
        now = self._clock.now()
        try:
            with self._store.write() as connection:
                ensure_account(connection, self.account.name, self.account.kind, self.account.address)
                if note_trouble(connection, self.account.name, kind, text, now):
                    log.warning("%s: %s", self.account.name, text)
                    add_log(connection, [LogRow(now, self.account.name, "", "", f"notice:{kind}", text)])
        except StoreError as error:
            self._on_fatal(error)


def wait_for(wake: SocketWake, seconds: float) -> None:
    """Return when woken, or after `seconds`."""
    import selectors  # noqa: PLC0415

    with selectors.DefaultSelector() as selector:
        selector.register(wake.fileno(), selectors.EVENT_READ)
        selector.select(seconds)
