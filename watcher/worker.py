"""One account's thread: connect, pass, wait, and again; what fails here never touches another account.

connect ──► pass ──► wait ──┐      Unavailable: let go of everything, wait 1 s to 5 min, connect
▲          ▲─────────────┘      AuthNeeded, Misconfigured: parked, told once, tried again now and then
└───────── any error            a damaged or full store: the end, told by the daemon
"""

from __future__ import annotations

import logging
import math
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.base import Capabilities, Connector, WaitResult
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from watcher.account import Account
from watcher.clock import Clock
from watcher.cycle import Cycle
from watcher.memory import give_back
from watcher.pacing import Pace, next_look
from watcher.passes import Interrupted, PassReport, Reading
from watcher.proofread import apart
from watcher.report.words import spent_words
from watcher.secrets import SecretError
from watcher.store import Store, StoreDamaged, StoreError, StoreFull
from watcher.store.accounts import SIGN_IN, ensure_account, note_trouble
from watcher.store.journal import LogRow, add_log
from watcher.wake import SocketWake
from watcher.warm import warm_up

__all__ = ["Worker", "wait_for"]

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 300.0
_SETTLED = 10.0
"""A connection that held this long was a good one. One that breaks sooner makes the next delay longer: some servers let in
and then hang up, and signing in every second would get the account locked."""
_WORTH_TELLING = 30.0
"""A server that is away for shorter than this has had a hiccup."""
_PARKED = 3600.0
"""An account whose sign-in was refused is tried again this often: more would get it locked."""
_DOUBTFUL = 300.0
"""One that looks misconfigured, this often: a captive portal's certificate goes away again."""
_MANY = 500
"""After so many new messages memory is given back again: what was looked up for them fills caches that nobody asks any more."""
_PROGRESS = 15.0
"""A listing that goes on and on says so this often."""
_PIECE = 300.0
"""A long wait is cut into pieces of this length."""
_SLEPT = 30.0
"""The wall clock ran this much further than the other one: the machine slept, and its connections are dead."""

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Watches one account until told to stop."""

    def __init__(  # noqa: PLR0917 - each is another part of the world
        self,
        account: Account,
        connect: Callable[[Callable[[float], None]], Connector],
        store: Store,
        clock: Clock,
        pace: Pace,
        on_check: Callable[[str, datetime | None], None],
        on_fatal: Callable[[StoreError], None],
        on_word: Callable[[frozenset[str]], None] = lambda _accounts: None,
    ) -> None:
        """Take the account, how to make its connector, and how often to look where the mailbox does not notify.

        One that does is looked at every `pace.usual` seconds as well.

        `on_check` is told after each pass when something is due next; `on_fatal` that nothing can be stored any more; `on_word`
        which other accounts are to look now.
        """
        super().__init__(name=f"account-{account.name}", daemon=True)
        self.account = account
        self.wake = SocketWake()
        self._connect = connect
        self._store = store
        self._clock = clock
        self._pace = pace
        self._on_check = on_check
        self._on_fatal = on_fatal
        self._on_word = on_word
        self._stopping = threading.Event()
        self._resting = False
        self._delay = _FIRST_DELAY
        self._told: dict[str, str] = {}
        self._active: datetime | None = None
        self._progress_at = 0.0
        self._random = random.Random(account.name)  # noqa: S311 - jitter

    def nudge(self) -> None:
        """Let it look now, unless it has to leave the server alone for a while: for timers. The user's word is `wake.set`."""
        if not self._resting:
            self.wake.set()

    def stop(self) -> None:
        """Ask the thread to end; it does so at the next turn of its loop."""
        self._stopping.set()
        self.wake.set()

    def run(self) -> None:
        """Watch until `stop`."""
        while not self._stopping.is_set():
            begun = self._clock.monotonic()
            try:
                self._connect_and_watch()
            except Interrupted:
                return
            except (AuthNeeded, Misconfigured, SecretError) as error:
                wrong = isinstance(error, Misconfigured)
                self._trouble("misconfigured" if wrong else SIGN_IN, str(error))
                self._sleep(_DOUBTFUL if wrong else _PARKED)
            except Unavailable as error:
                if self._clock.monotonic() - begun >= _SETTLED:
                    self._delay = _FIRST_DELAY
                self._back_off(error)
            except (StoreFull, StoreDamaged) as error:
                self._on_fatal(error)
                return
            except (ConnectorError, StoreError) as error:
                log.warning("%s: %s", self.account.name, error)
                self._sleep(_LONGEST_DELAY)
            except Exception:
                # A bug in here must not end the watching; the pass is taken up again where the store says it stands.
                log.exception("%s: something unforeseen went wrong; trying again in %.0f s", self.account.name, _LONGEST_DELAY)
                self._sleep(_LONGEST_DELAY)

    def _connect_and_watch(self) -> None:
        connector = self._connect(self._pause)
        try:
            self._watch(connector, connector.open())
        finally:
            connector.close()

    def _pause(self, seconds: float) -> None:
        """Wait in the middle of a pass, but not through a stop. Raises Interrupted."""
        if self._stopping.wait(seconds):
            raise Interrupted

    def _back_off(self, error: Unavailable) -> None:
        """Leave the server alone: longer each time, never shorter than it asks for."""
        wait = self._delay * self._random.uniform(0.5, 1.0)
        if isinstance(error, Throttled):
            wait = max(wait, error.retry_after)
        log.info("%s: %s Trying again in %.0f s.", self.account.name, error, wait)
        if max(wait, self._delay) >= _WORTH_TELLING:
            self._trouble("unavailable", str(error))
        self._delay = min(self._delay * 2, _LONGEST_DELAY)
        self._sleep(wait)

    def _watch(self, connector: Connector, able: Capabilities) -> None:
        cycle = Cycle(
            self.account,
            connector,
            self._store,
            self._stopping.is_set,
            proofread=apart,
            marks=able.marks,
            on_page=self._tell_progress,
        )
        warm_up(self.account, self._clock.now())
        said = False
        read = 0
        while not self._stopping.is_set():
            self.wake.clear()
            self._progress_at = self._clock.monotonic()
            report = cycle.run_pass(self._clock.now())
            self._told.clear()
            self._tell(report, said=said)
            # What a connection stored before it broke, nobody was woken for.
            wake = report.wake if said else frozenset(other.name for other in self.account.beside)
            read += report.new
            if not said or read >= _MANY:
                give_back()
                read = 0
            said = True
            self._on_check(self.account.name, report.next_check)
            if wake:
                self._on_word(wake)
            if self._stopping.is_set():
                return
            before = self._clock.now(), self._clock.monotonic()
            self._wait(connector, able, report)
            self._see_whether_slept(*before)

    def _tell(self, report: PassReport, *, said: bool) -> None:
        """Log what a pass did; what it asked of the provider is told after a sign-in, and of later passes to who debugs."""
        for row in report.log:
            log.info("%s: %s%s", self.account.name, f"{row.company}: " if row.company else "", row.text)
        asked = spent_words(report.spent)
        if not said:
            log.info("%s: signed in and up to date, %d new%s.", self.account.name, report.new, asked)
        elif asked:
            log.debug("%s: looked, %d new%s.", self.account.name, report.new, asked)

    def _tell_progress(self, reading: Reading) -> None:
        now = self._clock.monotonic()
        if now - self._progress_at >= _PROGRESS:
            self._progress_at = now
            name, back = self.account.name, reading.reached.astimezone(ZoneInfo(self.account.profile.zone))
            log.info("%s: reading mail: %d so far, back to %s.", name, reading.count, f"{back:%d %b %Y}")

    def _wait(self, connector: Connector, able: Capabilities, report: PassReport) -> None:
        """Wait for news, for what is due, and for the next look."""
        due = self._due(report.next_check)
        if able.push:
            connector.wait(min(due, self._pace.usual), self.wake)
            return
        now = self._clock.now()
        if report.active:
            self._active = now
        look = next_look(
            now,
            self._pace.slowed(able.least_poll),
            ZoneInfo(self.account.profile.zone),
            active=self._active,
            moments=report.moments,
            chance=self._random.random(),
        )
        left, begun = min(due, look), self._clock.monotonic()
        while left > 0:
            # In pieces: a machine that slept through the night is to look when it wakes, not when the night's wait is over.
            piece = min(left, _PIECE)
            if connector.wait(piece, self.wake) is not WaitResult.TIMEOUT or self.wake.is_set():
                return
            self._see_whether_slept(now, begun)
            left -= piece

    def _due(self, next_check: datetime | None) -> float:
        """Return the seconds until something is due."""
        if next_check is None:
            return math.inf
        return max((next_check - self._clock.now()).total_seconds(), 0.05)

    def _see_whether_slept(self, wall: datetime, monotonic: float) -> None:
        passed = self._clock.monotonic() - monotonic
        if self._clock.now() - wall > timedelta(seconds=passed + _SLEPT):
            raise Unavailable("The machine slept, or its clock was put forward: connecting anew.")

    def _sleep(self, seconds: float) -> None:
        """Wait, but not through a stop or a word of the user's."""
        self._resting = True
        try:
            self.wake.clear()
            if not self._stopping.is_set():
                wait_for(self.wake, seconds)
        finally:
            self._resting = False

    def _trouble(self, kind: str, text: str) -> None:
        """Write down what keeps the account from being watched, and tell it: once, and once more by each new process."""
        if self._stopping.is_set():
            return  # what went wrong on the way out is no trouble of the account
        now = self._clock.now()
        try:
            with self._store.write() as connection:
                ensure_account(connection, self.account.name, self.account.kind, self.account.address)
                if note_trouble(connection, self.account.name, kind, text, now):
                    add_log(connection, [LogRow(now, self.account.name, "", "", f"notice:{kind}", text)])
        except StoreError as error:
            self._on_fatal(error)
        said = kind if kind == SIGN_IN else text  # the hourly tries say the same in other words
        if self._told.get(kind) != said:
            log.warning("%s: %s", self.account.name, text)
            self._told[kind] = said


def wait_for(wake: SocketWake, seconds: float | None = None) -> None:
    """Return when woken, or after `seconds`; None: whenever that is."""
    import selectors  # noqa: PLC0415

    with selectors.DefaultSelector() as selector:
        selector.register(wake.fileno(), selectors.EVENT_READ)
        selector.select(seconds)
