"""Exit codes, and what is said of each foreseeable error. The codes are documented in watcher/README.md."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from enum import IntEnum

__all__ = ["Exit", "UsageError", "explain", "worst"]


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    BUG = 1
    """Something unforeseen."""
    USAGE = 2
    """The command or the configuration is wrong."""
    SIGN_IN = 3
    """A mailbox wants the user to sign in."""
    UNREACHABLE = 4
    """A server cannot be reached now."""
    DATA = 5
    """The state or one item of a mailbox cannot be used as it is."""
    CANNOT_WRITE = 6
    """The disk is full, or a file or folder cannot be written."""
    RUNNING = 7
    """Another process works on the same state."""
    FINDINGS = 8
    """A draft that was checked should not be sent as it is."""


class UsageError(Exception):
    """The command cannot be carried out as it was given; `str()` says what to give instead."""


_GRAVITY = (
    Exit.CANNOT_WRITE,
    Exit.BUG,
    Exit.RUNNING,
    Exit.SIGN_IN,
    Exit.USAGE,
    Exit.UNREACHABLE,
    Exit.DATA,
    Exit.FINDINGS,
    Exit.OK,
)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return the code that counts where several things were tried: what the user must see to first."""
    return min(codes, key=_GRAVITY.index, default=Exit.OK)


_MINUTES = 120
"""Seconds from which on minutes are told."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def explain(error: BaseException) -> tuple[Exit, str] | None:
    """Return exit code and message of a foreseeable error, None for a bug."""
    from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable  # noqa: PLC0415 -- on errors
    from watcher.config.problems import ConfigError  # noqa: PLC0415
    from watcher.secrets import SecretError  # noqa: PLC0415

    if isinstance(error, (UsageError, ConfigError, Misconfigured)):
        return Exit.USAGE, str(error)
    if isinstance(error, (AuthNeeded, SecretError)):
        return Exit.SIGN_IN, str(error)
    if isinstance(error, Throttled):
        wait = f"{error.retry_after:.0f} s" if error.retry_after < _MINUTES else f"{error.retry_after / 60:.0f} minutes"
        return Exit.UNREACHABLE, f"{error} Try again in {wait}: it goes on where it stopped."
    if isinstance(error, Unavailable):
        return Exit.UNREACHABLE, str(error)
    if isinstance(error, ConnectorError):
        return Exit.DATA, str(error)
    return _explain_state(error) or _explain_system(error)


def _explain_state(error: BaseException) -> tuple[Exit, str] | None:
    """Explain what the store, the lock, the demonstration and the replay raise."""
    from watcher.lock import AlreadyRunning  # noqa: PLC0415

    if isinstance(error, AlreadyRunning):
        return Exit.RUNNING, str(error)
    # By name: these modules cost a quarter of a second, and where they were never imported they raised nothing.
    names = {f"{kind.__module__}.{kind.__name__}" for kind in type(error).__mro__}
    if "watcher.store.store.StoreFull" in names:
        return Exit.CANNOT_WRITE, str(error)
    if "watcher.store.store.StoreError" in names:
        return Exit.DATA, str(error)
    if names & {"watcher.demo.run.DemoError", "watcher.replay.play.ReplayError"}:
        return Exit.USAGE, str(error)
    return None


def _explain_system(error: BaseException) -> tuple[Exit, str] | None:
    """Explain what the operating system raises."""
    if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
        return None
    what = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    if error.errno in _NO_ROOM:
        return Exit.CANNOT_WRITE, f"{what}. Nothing was lost: make room, or make it writable, and start again."
    if isinstance(error, PermissionError):
        return Exit.CANNOT_WRITE, f"{what}. See to the rights of that file or folder, or name another one in the configuration."
    if isinstance(error, (FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError)):
        return Exit.USAGE, f"{what}. Correct the path."
    return None
