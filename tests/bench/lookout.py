"""Sees a file go away at the moment it goes: inotify(7), for drafts that are taken back."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import select
import struct
import time
from pathlib import Path
from types import TracebackType
from typing import Self

__all__ = ["Lookout"]

IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE = 0x40, 0x80, 0x100, 0x200
HEAD = struct.Struct("iIII")


class Lookout:
    """What comes into and goes from one directory, with the moment it was seen."""

    def __init__(self, directory: Path) -> None:
        """Watch `directory`. Raises OSError."""
        self._libc = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
        self._handle = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        mask = IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE
        if self._handle < 0 or self._libc.inotify_add_watch(self._handle, os.fsencode(directory), mask) < 0:
            raise OSError(ctypes.get_errno(), f"cannot watch {directory}")

    def __enter__(self) -> Self:
        """Return the lookout."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop watching."""
        os.close(self._handle)

    def gone(self, name: str, timeout: float) -> float | None:
        """Wait until the file whose name begins with `name` has left; return the moment (perf_counter), None if it stays.

        A rename within the directory (Maildir flags) is not leaving.
        """
        end = time.perf_counter() + timeout
        left_at: float | None = None
        while (left := end - time.perf_counter()) > 0:
            if not select.select([self._handle], [], [], left if left_at is None else 0.0)[0]:
                if left_at is not None:
                    return left_at
                continue
            at = time.perf_counter()
            for mask, found in self._events():
                if not found.startswith(name):
                    continue
                left_at = at if mask & (IN_DELETE | IN_MOVED_FROM) else None
        return left_at

    def _events(self) -> list[tuple[int, str]]:
        data = os.read(self._handle, 65_536)
        events, position = [], 0
        while position < len(data):
            _, mask, _, size = HEAD.unpack_from(data, position)
            position += HEAD.size
            events.append((mask, os.fsdecode(data[position : position + size].rstrip(b"\0"))))
            position += size
        return events
