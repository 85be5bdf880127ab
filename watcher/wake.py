"""A signal between threads that can be waited for together with a socket."""

from __future__ import annotations

import contextlib
import socket

from connectors.base import Wake

__all__ = ["SocketWake"]


class SocketWake(Wake):
    """A pair of connected sockets: one byte in it means `set` (a pipe would not do for select on Windows)."""

    def __init__(self) -> None:
        """Make the pair."""
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._flag = False

    def fileno(self) -> int:
        """Return the reading end."""
        return self._reader.fileno()

    def is_set(self) -> bool:
        """Say whether somebody called `set`."""
        return self._flag

    def set(self) -> None:
        """Wake the waiter."""
        self._flag = True
        with contextlib.suppress(OSError):  # full: it is set already
            self._writer.send(b"!")

    def clear(self) -> None:
        """Forget earlier calls."""
        self._flag = False
        with contextlib.suppress(OSError):
            while self._reader.recv(4096):
                pass

    def close(self) -> None:
        """Let go of the sockets."""
        self._reader.close()
        self._writer.close()
