"""A bar on a terminal's standard error while something takes its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from watcher.passes import Reading

__all__ = ["ProgressBar", "bar", "reading_bar"]


class ProgressBar:
    """Looking through the mailbox, then playing it."""

    def __init__(self, progress: Progress) -> None:
        """Take what draws."""
        self._progress = progress
        self._task = progress.add_task("Looking through the mailbox", total=None)

    def octets(self, done: int, total: int) -> None:
        """Tell how much of the mailbox was looked through."""
        self._progress.update(self._task, completed=done, total=max(total, 1))

    def messages(self, total: int) -> Callable[[int], None]:
        """Return what is told how many messages have come."""
        self._progress.reset(self._task, description=f"Playing {total:,} messages", total=max(total, 1))
        return lambda done: self._progress.update(self._task, completed=done)


class _ReadingBar:
    """How far the first look at a mailbox has come; drawn once it takes more than a page."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def tell(self, reading: Reading) -> None:
        """Draw how far it has come: by time, for how much mail there is few mailboxes tell."""
        if self._progress is None:
            self._progress = _progress()
            self._progress.start()
        if self._task is None:
            self._task = self._progress.add_task("", total=1.0)
        back = f"{reading.reached:%d %b %Y}"
        words = f"{self._name}: {reading.count:,} messages, back to {back}"
        self._progress.update(self._task, description=words, completed=reading.share)

    def close(self) -> None:
        """Leave nothing of it."""
        if self._progress is not None:
            self._progress.stop()


@contextmanager
def reading_bar(name: str) -> Iterator[Callable[[Reading], None]]:
    """Draw how far reading a mailbox has come, from its second page on, and leave nothing of it in the end."""
    drawn = _ReadingBar(name)
    try:
        yield drawn.tell
    finally:
        drawn.close()


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    # What goes to a terminal is moved above the bar; what goes into a file or a pipe is left alone.
    return Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty(), redirect_stderr=True
    )


@contextmanager
def bar() -> Iterator[ProgressBar]:
    """Draw below what is printed, and leave nothing of it in the end."""
    with _progress() as progress:
        yield ProgressBar(progress)
