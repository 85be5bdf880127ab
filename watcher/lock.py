"""One daemon on one state directory: a lock that dies with its process, and a way to wake the one who holds it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["AlreadyRunning", "Lock", "wake_daemon"]


class AlreadyRunning(Exception):
    """Another process works on the same state."""

    def __init__(self, pid: int) -> None:
        """Take the other's process id, 0 when it has not said."""
        who = f"process {pid}" if pid else "another process"
        super().__init__(
            f"Hearback is already running on this state directory ({who}). Stop it first, or give this one a "
            "daemon.state_dir of its own."
        )
        self.pid = pid


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        os.lseek(descriptor, 1 << 20, os.SEEK_SET)  # beyond the text, which others must be able to read
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(descriptor: int) -> int:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 32)
    return int(text) if text.strip().isdigit() else 0


def _outlive_waking() -> None:
    """Let `wake_daemon` not end a holder that has no handler (yet): the signal's default is to end the process."""
    if not hasattr(signal, "SIGUSR1") or threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL:
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)


class Lock:
    """Held from `__enter__` to `__exit__`, or until the process dies."""

    def __init__(self, path: Path) -> None:
        """Take the path of the lock file, which holds the process id in decimal digits."""
        self.path = path
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock. Raises AlreadyRunning."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(descriptor):
            pid = _pid(descriptor)
            os.close(descriptor)
            raise AlreadyRunning(pid)
        _outlive_waking()
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give it back."""
        os.close(self._descriptor)
        self._descriptor = -1


def wake_daemon(path: Path) -> bool:
    """Tell the daemon that holds the lock to look now; return whether there is one.

    The signal goes out only while the lock is held: then the process id in the file is the holder's, and no other's.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        if _try_lock(descriptor):
            return False
        pid = _pid(descriptor)
        if not pid:
            return False
        if hasattr(signal, "SIGUSR1"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGUSR1)
        return True
    finally:
        os.close(descriptor)
