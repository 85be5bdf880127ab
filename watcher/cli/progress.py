"""A bar on a terminal's standard error while something takes its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

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


@contextmanager
def reading_bar(name: str) -> Iterator[Callable[[Reading], None]]:
    """Draw how far reading a mailbox has come, by time: how much mail there is few tell. Leave nothing of it in the end."""
    with _progress() as progress:
        task = progress.add_task(f"{name}: reading mail", total=1.0)

        def tell(reading: Reading) -> None:
            words = f"{name}: {reading.count:,} messages, back to {reading.reached:%d %b %Y}"
            progress.update(task, description=words, completed=reading.share)

        yield tell


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
