"""From the configuration to what commands look at: the store, and every process as of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.accounts import build_account, read_policy
from watcher.cli.exits import UsageError
from watcher.clock import SystemClock
from watcher.config import Config, load_config
from watcher.history import Assessment, assess_all
from watcher.paths import StatePaths
from watcher.report.away import with_away
from watcher.report.twice import with_twice
from watcher.report.words import plain
from watcher.store import Connection, Store
from watcher.store.accounts import AccountRow, all_accounts

__all__ = ["View", "choose", "open_config", "open_store", "view"]


@dataclass(frozen=True, slots=True)
class View:
    """Everything that is known, as of one moment."""

    config: Config
    now: datetime
    assumed: bool
    """`now` is not the machine's time: it was given, or the last pass was told its own."""
    accounts: tuple[AccountRow, ...]
    processes: tuple[Assessment, ...]

    @property
    def zone(self) -> ZoneInfo:
        """Return the user's time zone."""
        return ZoneInfo(self.config.user.timezone)


def open_config(path: Path) -> Config:
    """Read the configuration. Raises ConfigError."""
    return load_config(path)


@contextmanager
def open_store(config: Config) -> Iterator[Store]:
    """Open the store, making it where there is none. Raises StoreError, OSError."""
    store = Store(StatePaths(config.state_dir).prepare().database)
    try:
        yield store
    finally:
        store.close()


def view(config: Config, connection: Connection, now: datetime | None = None) -> View:
    """Fold and decide every process of the configured accounts.

    As of `now`, which must not lie before the last pass (UsageError); else as of the last pass where that was told its time
    (`once --now`); else as of the machine's time.
    """
    names = {account.name: account for account in config.accounts}
    rows = tuple(row for row in all_accounts(connection) if row.name in names)
    told = [row.last_now for row in rows if row.assumed and row.last_now is not None]
    moment = now or max(told, default=None) or SystemClock().now()
    last = max((row.last_now for row in rows if row.last_now is not None), default=None)
    if now is not None and last is not None and now < last:
        raise UsageError(
            f"--now looks ahead only: what is known is as of {last.isoformat(timespec='seconds')}. Give a later time."
        )
    policy = read_policy(config)
    found = [one for row in rows for one in assess_all(connection, build_account(config, names[row.name], policy), moment)]
    return View(config, moment, now is not None or bool(told), rows, tuple(with_twice(with_away(one, rows)) for one in found))


def choose(found: Sequence[Assessment], word: str) -> Assessment:
    """Return the process that is meant: by id, the beginning of an id, or the company. Raises UsageError with the choices."""
    folded = word.strip().casefold()
    tests = (
        lambda one: one.process.id.casefold() == folded,
        lambda one: one.process.company.casefold() == folded,
        lambda one: one.process.id.casefold().startswith(folded),
        lambda one: one.process.company.casefold().startswith(folded),
        lambda one: folded in one.process.company.casefold(),
    )
    for test in tests if folded else ():
        matches = [one for one in found if test(one)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise UsageError(f"{word!r} may be any of these; name one by its id:\n{_listed(matches)}")
    if not found:
        raise UsageError("no hiring process has been found so far. Run `hearback once`, or let `hearback run` watch.")
    raise UsageError(f"there is no process {word!r}. These are there:\n{_listed(found)}")


def _listed(found: Sequence[Assessment]) -> str:
    return "\n".join(
        f"  {one.process.id}  {plain(one.process.company) or 'company unknown'}"
        f"{f', {plain(one.process.role)}' if one.process.role else ''} ({one.account.name})"
        for one in found
    )
