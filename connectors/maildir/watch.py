"""Waiting for a change in directories, or for a wake, whichever comes first.

The watcher of watchfiles sleeps in steps of STEP_MS and asks in between whether its stop event is set; a `Wake` is such an event,
so one thread waits for both, a wake is seen within a step, and no descriptor has to be shared with it. Every few seconds the
times of the directories are compared too: network drives report no events.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from connectors.base import WaitResult, Wake

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

__all__ = ["Watch"]

STEP_MS: Final = 100
_SLICE: Final = 5.0
_SLICE_WITHOUT_EVENTS: Final = 0.5


class Watch:
    """Looks at directories from now on; what happens between two waits is kept for the next one."""

    def __init__(self, directories: Sequence[str]) -> None:
        """Start to watch; where the system gives no events (none left, none supported), the times alone are compared."""
        self._notify = _start(directories)

    def wait(self, timeout: float, wake: Wake, changed: Callable[[], bool]) -> WaitResult:
        """Wait `timeout` seconds for an event, a wake, or for `changed` to say so."""
        left = timeout
        while True:
            if wake.is_set():
                return WaitResult.WOKEN
            if changed():
                return WaitResult.CHANGED
            if left <= 0:
                return WaitResult.TIMEOUT
            piece = min(left, _SLICE if self._notify is not None else _SLICE_WITHOUT_EVENTS)
            left -= piece
            if self._notify is None:
                select.select([wake.fileno()], [], [], piece)
                continue
            milliseconds = max(1, round(piece * 1000))
            outcome = self._notify.watch(STEP_MS, min(STEP_MS, milliseconds), milliseconds, wake)
            if outcome == "signal":
                raise KeyboardInterrupt
            if outcome == "stop":
                return WaitResult.WOKEN
            if outcome != "timeout":
                return WaitResult.CHANGED

    def drain(self) -> None:
        """Forget the events up to now: what they tell of is about to be listed."""
        if self._notify is not None and self._notify.watch(1, 1, 1, None) == "signal":
            raise KeyboardInterrupt

    def close(self) -> None:
        """Stop watching; may be called twice."""
        notify, self._notify = self._notify, None
        if notify is not None:
            with suppress(RuntimeError):
                notify.close()


def _start(directories: Sequence[str]) -> RustNotify | None:
    try:
        from watchfiles._rust_notify import RustNotify  # noqa: PLC0415 - 60 ms that a single pass need not pay

        return RustNotify(list(directories), False, False, 300, False, True)
    except (ImportError, OSError, RuntimeError):
        return None
