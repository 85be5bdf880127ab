"""Playing an archive: the daemon's passes, with the time of the mail as their argument.

The clock goes from one moment at which something happens to the next: a message that the daemon would read, or the instant at
which it has said that something will be due. Mail that it would not read comes with the pass after it, as it changes nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.archive import Archive, ArchiveConnector
from connectors.guard import Guarded
from watcher.account import Account
from watcher.cycle import Cycle, PassReport
from watcher.history import Assessment, assess_all
from watcher.paths import StatePaths
from watcher.replay.events import Event, Recorder, Totals
from watcher.store import Store

__all__ = ["PATIENCE", "Replay", "ReplayError", "Window", "opened", "window_of"]

_SECOND = timedelta(seconds=1)
_POLL = timedelta(minutes=2)
"""After how long a daemon looks again when one pass could not do all that was due."""
PATIENCE = timedelta(days=120)
"""After how long a draft that nobody sent counts as one that the user did not want. Nothing tells what they would have done."""
_AHEAD = 1000
"""How many messages are looked at before a pass takes them in, though none of them would be read."""


class ReplayError(Exception):
    """The mailbox cannot be played; `str()` says what to do."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when is played; both aware."""

    begin: datetime
    end: datetime


def window_of(archive: Archive, zone: ZoneInfo, since: date | None, until: date | None) -> Window:
    """Return what is to be played: from the beginning of `since` to the end of `until`, days in `zone`.

    Without them from the first message to the end of the day of the last one. Raises ReplayError where nothing is left.
    """
    if not len(archive):
        raise ReplayError(f"{archive.path}: no mail in it could be used.")
    last = until or archive.at(len(archive) - 1).astimezone(zone).date()
    begin = archive.at(0).astimezone(zone) if since is None else datetime.combine(since, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone) - _SECOND
    if end >= begin:
        return Window(begin, end)
    if since is not None and until is not None:
        raise ReplayError(f"--until {until} lies before --since {since}.")
    raise ReplayError(f"there is no mail after {since}: the last is of {last}." if since else f"there is no mail before {until}.")


@contextmanager
def opened(archive: Archive, account: Account, window: Window) -> Iterator[Replay]:
    """Give what plays an archive that has been looked through. It works in a folder of its own, which is removed afterwards."""
    root = Path(tempfile.mkdtemp(prefix="hearback-replay-"))
    try:
        store = Store(StatePaths(root).prepare().database, lasting=False)
        connector = ArchiveConnector(archive)
        try:
            connector.open()
            yield Replay(archive, connector, Cycle(account, Guarded(connector), store, alone=True), window)
        finally:
            connector.close()
            store.close()
    finally:
        shutil.rmtree(root, ignore_errors=True)


class Replay:
    """One account on one archive, from the first moment to the last."""

    def __init__(self, archive: Archive, connector: ArchiveConnector, cycle: Cycle, window: Window) -> None:
        """Take what was opened."""
        self._archive = archive
        self._connector = connector
        self._cycle = cycle
        self._window = window
        self._recorder = Recorder(cycle.account, cycle.store)

    @property
    def total(self) -> int:
        """Return how many messages there are up to the end."""
        return self._archive.count(self._window.end)

    @property
    def totals(self) -> Totals:
        """Return what happened so far, counted."""
        return self._recorder.totals

    def play(self, progress: Callable[[int], None] | None = None) -> Iterator[Event]:
        """Yield what happens, in its order. `progress` is told how many messages have come."""
        now = self._window.begin
        while True:
            self._connector.advance(now)
            self._forget_drafts(now)
            report = self._cycle.run_pass(now)
            yield from self._recorder.events(report)
            if progress is not None:
                progress(self._archive.count(now))
            if now >= self._window.end:
                return
            now = self._next(now, report)

    def processes(self) -> list[Assessment]:
        """Return where everything stands at the end."""
        with self._cycle.store.read() as connection:
            return assess_all(connection, self._cycle.account, self._window.end)

    def _next(self, now: datetime, report: PassReport) -> datetime:
        """Return the next moment at which something happens."""
        due = report.next_check
        placed = sum(row.action == "placed" for row in report.log)
        if placed >= self._cycle.account.max_drafts or (due is not None and due <= now):
            due = now + _POLL
        moments = [at + PATIENCE for at in self._written()]
        limit = min([*moments, *([] if due is None else [due]), self._window.end])
        first = self._archive.count(now)
        for number in range(first, self._archive.count(limit)):
            if number - first >= _AHEAD or self._is_news(number):
                return self._archive.at(number)
        return limit

    def _is_news(self, number: int) -> bool:
        """Say whether a message is worth a pass of its own: the daemon would read it, and not in vain."""
        envelope = self._connector.look(number)
        if envelope is None or not self._cycle.wants(envelope):
            return False
        message = self._connector.read_ahead(number)
        return message is not None and self._cycle.concerns(message)

    def _written(self) -> Iterator[datetime]:
        return (draft.envelope.received_at for draft in self._connector.drafts)

    def _forget_drafts(self, now: datetime) -> None:
        """Throw away, as the user would some day, what has been lying in Drafts for too long."""
        for draft in self._connector.drafts:
            if now - draft.envelope.received_at >= PATIENCE:
                self._connector.drafts.remove(draft.envelope.ref)
