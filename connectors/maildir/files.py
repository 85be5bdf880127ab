"""Reading and writing of one Maildir folder's files.

Other programs work in the same directories without a lock: a name that was listed a moment ago may be gone or may have other
flags. Whatever is read here is read as found; whatever is written appears whole or not at all.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from connectors.maildir.layout import Folder
from connectors.maildir.names import flags, is_message, key

__all__ = [
    "LIMIT",
    "OWN",
    "Entry",
    "File",
    "as_message",
    "as_stored",
    "digest",
    "entries",
    "file_system_time",
    "find",
    "inode",
    "is_trashed",
    "place",
    "read",
    "sweep_tmp",
    "sync",
]

LIMIT: Final = 1_000_000
"""Octets of one message that are read."""
OWN: Final = ".hearback"
"""How the names of our own files end, where other programs put the host."""
_STALE: Final = 36 * 3600
"""Seconds after which a file in `tmp` was given up by its writer (cr.yp.to/proto/maildir.html)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message file as listed."""

    directory: str
    name: str

    @property
    def path(self) -> str:
        """Return the path it had when it was listed."""
        return f"{self.directory}/{self.name}"


@dataclass(frozen=True, slots=True)
class File:
    """What was read of one message file."""

    data: bytes
    """At most LIMIT octets."""
    size: int
    modified: float
    """Seconds since 1970."""
    changed_ns: int
    """Inode change, nanoseconds since 1970."""


def entries(folder: Folder) -> Iterator[Entry]:
    """Yield each message of a folder, `cur` before `new`; one that is in both for a moment comes twice.

    A missing directory is empty. Raises OSError for one that cannot be read.
    """
    for directory in (folder.cur, folder.new):
        try:
            names = os.listdir(directory)  # noqa: PTH208 - fifty thousand names; a Path of each costs more than the look
        except FileNotFoundError:
            continue
        for name in names:
            if is_message(name):
                yield Entry(directory, name)


def find(folder: Folder, wanted: str) -> Entry | None:
    """Return the message with this key, under whatever flags it has now."""
    return next((entry for entry in entries(folder) if key(entry.name) == wanted), None)


def read(path: str, limit: int = LIMIT) -> File | None:
    """Read a message; None when it is not there (any more) or is no regular file. Raises OSError."""
    try:
        # A pipe that somebody put among the mail would block an open without O_NONBLOCK for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            return None
        chunks = []
        left = limit
        while left > 0 and (chunk := stream.read(left)):
            chunks.append(chunk)
            left -= len(chunk)
        return File(b"".join(chunks), state.st_size, state.st_mtime, state.st_ctime_ns)


def as_stored(message: bytes) -> bytes:
    """Return a message with the line ends that Maildir files have: line feeds alone."""
    return message.replace(b"\r\n", b"\n")


def as_message(stored: bytes) -> bytes:
    """Return a file's bytes with the line ends that a message has everywhere else (RFC 5322, section 2.1)."""
    return stored.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def digest(stored: bytes) -> str:
    """Return what proves that a file is as it was: SHA-256, hex, of the message that it holds."""
    return sha256(as_message(stored)).hexdigest()


def place(folder: Folder, unique: str, letters: str, data: bytes) -> str:
    """Write a message under `unique` into `cur` and return its path; it appears whole or not at all, and lasts.

    Raises FileExistsError when a message of that name stands there, and other OSErrors as they come; nothing is left then.
    """
    Path(folder.tmp).mkdir(mode=0o700, exist_ok=True)
    temporary = f"{folder.tmp}/{unique.removesuffix(OWN)}.{secrets.token_hex(8)}{OWN}"
    path = f"{folder.cur}/{unique}:2,{letters}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        _link(temporary, path)
        sync(folder.cur)
    finally:
        _unlink_quietly(temporary)
    return path


def _link(temporary: str, path: str) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links. The name holds a digest of the content: what stands there can only be the same.
        if os.path.lexists(path):
            raise FileExistsError(path) from None
        Path(temporary).rename(path)


def _unlink_quietly(path: str) -> None:
    try:
        Path(path).unlink()
    except OSError:
        return


def sync(directory: str) -> None:
    """Make the names in a directory last (fsync of the directory)."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems know no such thing
            raise
    finally:
        os.close(descriptor)


def sweep_tmp(folder: Folder, now: float) -> None:
    """Remove files that a dead process of ours left in `tmp`; `now` is in seconds, by the clock of the file system."""
    try:
        names = [path.name for path in Path(folder.tmp).iterdir()]
    except OSError:
        return
    for name in names:
        path = f"{folder.tmp}/{name}"
        if name.endswith(OWN):
            try:
                if Path(path).stat().st_mtime < now - _STALE:
                    Path(path).unlink()
            except OSError:
                continue


def inode(directory: str) -> int:
    """Return the inode of a directory, 0 when it cannot be asked."""
    try:
        return Path(directory).stat().st_ino
    except OSError:
        return 0


def file_system_time(folder: Folder) -> int | None:
    """Return what the file system takes for now, in nanoseconds since 1970; None when it cannot be asked.

    Directory times are compared with it: on a network drive it is the server's clock, and no clock of this machine will do.
    """
    if hasattr(os, "O_TMPFILE"):
        with suppress(OSError):  # not every file system has files without a name
            return _modified(os.open(folder.tmp, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    path = f"{folder.tmp}/now.{secrets.token_hex(8)}{OWN}"
    try:
        return _modified(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError:
        return None
    finally:
        _unlink_quietly(path)


def _modified(descriptor: int) -> int:
    try:
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)


def is_trashed(entry: Entry) -> bool:
    """Say whether a client has marked the message for removal."""
    return "T" in flags(entry.name)
