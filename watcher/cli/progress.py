"""A bar on a terminal's standard error while something takes its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

__all__ = ["ProgressBar", "bar"]


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
def bar() -> Iterator[ProgressBar]:
    """Draw below what is printed, and leave nothing of it in the end."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    # What goes to a terminal is moved above the bar; what goes into a file or a pipe is left alone.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty(), redirect_stderr=True
    ) as progress:
        yield ProgressBar(progress)
