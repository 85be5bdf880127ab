"""`hearback run`: one worker an account, woken by push and by what is due, and looking by itself now and then; an orderly end.

What is due stands in the store and is decided by `rules.decide`; APScheduler only wakes passes. Its jobs are held in memory,
in UTC, and may run late or together: a pass asks what is due, not why it was woken.
"""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from watcher.accounts import build_account, build_connector, pace_of, read_policy
from watcher.clock import Clock
from watcher.config import Config
from watcher.loading import load_libraries
from watcher.lock import Lock
from watcher.memory import collect_often, share_heap
from watcher.paths import StatePaths
from watcher.secrets import end_running
from watcher.store import Store, StoreError
from watcher.wake import SocketWake
from watcher.wording import check_templates
from watcher.worker import Worker, wait_for

__all__ = ["Daemon", "run_daemon"]

_STOP_SECONDS = 5.0
"""What a pass under way gets, all accounts together. What it has not done by then is finished after the next start, as after
any other end of the process."""

log = logging.getLogger(__name__)


class Daemon:
    """All workers and the scheduler that wakes them."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        """Make the workers; nothing is started. Raises ConfigError."""
        policy = read_policy(config)
        check_templates(config)
        self._clock = clock
        self._done = SocketWake()  # no Event: a signal handler that sets one can meet its lock held by the thread it interrupted
        self._fatal: StoreError | None = None
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._accounts = config.enabled
        self._workers: dict[str, Worker] = {}
        for settings in self._accounts:
            account = build_account(config, settings, policy)
            self._workers[account.name] = Worker(
                account,
                partial(build_connector, settings),
                store,
                clock,
                pace_of(settings),
                self._arm,
                self._fail,
                self._pass_on,
            )

    def _arm(self, account: str, at: datetime | None) -> None:
        """Wake the account when something is due."""
        name = f"due-{account}"
        if at is None:
            if self._scheduler.get_job(name) is not None:
                self._scheduler.remove_job(name)
            return
        self._scheduler.add_job(self._workers[account].nudge, "date", run_date=at, id=name, replace_existing=True)

    def _pass_on(self, accounts: frozenset[str]) -> None:
        """Wake accounts for which another one has left word; those that have to leave their server alone hear of it later."""
        for name in accounts & self._workers.keys():
            self._workers[name].nudge()

    def _fail(self, error: StoreError) -> None:
        self._fatal = error
        self._done.set()

    def wake_all(self) -> None:
        """Let every account look now."""
        for worker in self._workers.values():
            worker.wake.set()

    def stop(self) -> None:
        """Ask for the end; may be called from a signal handler."""
        self._done.set()

    def run(self) -> None:
        """Watch until `stop`. Raises StoreError when nothing can be stored any more."""
        load_libraries(self._accounts)
        self._scheduler.start()
        for worker in self._workers.values():
            worker.start()
        try:
            wait_for(self._done)
        finally:
            for worker in self._workers.values():
                worker.stop()
            last = self._clock.monotonic() + _STOP_SECONDS
            while any(worker.is_alive() for worker in self._workers.values()) and self._clock.monotonic() < last:
                end_running()  # again and again: one may be starting just now
                for worker in self._workers.values():
                    worker.join(0.1)
            self._scheduler.shutdown(wait=False)
        if self._fatal is not None:
            raise self._fatal


@contextmanager
def _signals(daemon: Daemon) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the daemon, and SIGUSR1 wake it."""

    def end(_number: int, _frame: FrameType | None) -> None:
        daemon.stop()

    def look(_number: int, _frame: FrameType | None) -> None:
        daemon.wake_all()

    handlers = {signal.SIGTERM: end, signal.SIGINT: end}
    if hasattr(signal, "SIGUSR1"):
        handlers[signal.SIGUSR1] = look
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_daemon(config: Config, clock: Clock) -> None:
    """Watch all accounts until SIGTERM or SIGINT. Raises AlreadyRunning, ConfigError, StoreError, OSError."""
    collect_often()
    share_heap()
    paths = StatePaths(config.state_dir).prepare()
    with Lock(paths.lock):
        store = Store(paths.database, apart=True)
        try:
            daemon = Daemon(config, store, clock)
            with _signals(daemon):
                log.info("Watching %s. Ctrl-C ends it.", ", ".join(each.name for each in config.enabled) or "no account")
                daemon.run()
        finally:
            store.close()
