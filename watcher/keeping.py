"""How sign-ins are kept, in the keyring or in a file: written whole, forgotten, and renewed by one process at a time."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from connectors.errors import Unavailable
from watcher.paths import default_state_dir
from watcher.secrets import (
    FileSecret,
    KeyringSecret,
    SecretError,
    SecretSource,
    find_keyring,
    forget_secret,
    open_at_once,
    store_secret,
)

__all__ = ["alone", "check_room", "forget", "is_kept_here", "keep", "renewal"]

_LARGEST = 100_000
_LOOK_AGAIN = 0.05
_RANDOM = 8
"""Characters that `tempfile` makes up."""


def is_kept_here(source: SecretSource) -> bool:
    """Say whether what stands there is ours to write."""
    return isinstance(source, (KeyringSecret, FileSecret))


def renewal(source: SecretSource) -> str:
    """Return how to sign in anew, as the end of a sentence."""
    if is_kept_here(source):
        return f"sign in again with `hearback login {source.account}`"
    return f"sign in again where its token is made, which comes from {source}"


def check_room(source: SecretSource, known: Collection[str], instead: str) -> None:
    """Raise SecretError where no sign-in can be kept: better said before the user goes to a provider's page than after.

    `known` are keys of which a sign-in of this kind has at least one; `instead` is what the user may put where it is only read.
    """
    match source:
        case KeyringSecret():
            find_keyring(source)
        case FileSecret():
            try:
                path = _target(source)
                _beside(path).unlink()
                _check_free(source, path, known)
            except OSError as error:
                raise _unwritable(source, error) from None
        case _:
            raise SecretError(
                f"accounts.{source.account}: its sign-in comes from {source}, which is only read: put {instead} there, or "
                f"remove that line and keep it in the keyring, or in a file: {source.key}.file = "
                f'"~/.config/hearback/{source.account}.secret"'
            )


def _check_free(source: FileSecret, path: Path, known: Collection[str]) -> None:
    """Raise SecretError where another document stands than a sign-in, such as a client's file, perhaps behind a link."""
    try:
        with open(path, "rb", opener=open_at_once) as file:
            held = json.loads(file.read(_LARGEST))
    except (FileNotFoundError, PermissionError, ValueError, RecursionError):
        return
    if isinstance(held, dict) and held and not held.keys() & set(known):
        raise SecretError(
            f"accounts.{source.account}: in {source} stands something else than a sign-in, which would be written over. Name "
            "another file, or move that one away"
        )


def keep(source: SecretSource, text: str, *, interactive: bool = True) -> None:
    """Keep one line in place of what was there. A file is of mode 0600, and is the old one or the new one at any moment.

    `interactive` lets the desktop ask for the keyring's password. Raises SecretError.
    """
    if not isinstance(source, FileSecret):
        store_secret(source, text, interactive=interactive)
        return
    try:
        path = _target(source)
        _sweep(path)
        beside = _beside(path)
        try:
            with beside.open("wb") as file:
                file.write(text.encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _settle(path.parent)
    except OSError as error:
        raise _unwritable(source, error) from None


def forget(source: SecretSource) -> None:
    """Remove what is kept; nothing there is forgotten already. Raises SecretError."""
    match source:
        case KeyringSecret():
            forget_secret(source)
        case FileSecret():
            try:
                path = _target(source)
                path.unlink(missing_ok=True)
                _sweep(path)
            except OSError as error:
                raise _unwritable(source, error) from None
        case _:
            raise SecretError(f"accounts.{source.account}: its sign-in comes from {source}: remove it there")


@contextlib.contextmanager
def alone(source: SecretSource, seconds: float) -> Iterator[None]:
    """Be the only one of this user's processes and threads that reads, renews and writes what is kept there.

    Waits for the others, up to so many seconds; then raises Unavailable. What is only read needs nobody to wait. Raises
    SecretError where the file of the lock cannot be made.
    """
    if not is_kept_here(source):
        yield
        return
    try:
        path = _lock_file(source)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SecretError(
            f"accounts.{source.account}: the file of a lock beside {source} cannot be written ({error.strerror}). See to the "
            "rights of its folder"
        ) from None
    try:
        _wait_for(descriptor, source, seconds)
        yield
    finally:
        os.close(descriptor)  # which gives the lock back


def _wait_for(descriptor: int, source: SecretSource, seconds: float) -> None:
    """Take the lock. Raises Unavailable when it is not free in time, and SecretError where nothing can be locked."""
    waited, pause = 0.0, threading.Event()
    try:
        while not _try_lock(descriptor):
            if waited >= seconds:
                raise Unavailable(
                    f"Another process of Hearback has been renewing the sign-in of {source.account} for {seconds:.0f} s. Trying "
                    "again later."
                )
            pause.wait(_LOOK_AGAIN)
            waited += _LOOK_AGAIN
    except OSError as error:
        raise SecretError(
            f"accounts.{source.account}: files beside {source} cannot be locked there ({error.strerror}), as on some network "
            "drives. Name a file on a disk of this machine"
        ) from None


def _lock_file(source: SecretSource) -> Path:
    """Return a file of its own: what is kept is replaced each time, and a lock on it would be lost with it."""
    if isinstance(source, FileSecret):
        path = _target(source)
        return path.with_name(f".{path.name}.lock")
    assert isinstance(source, KeyringSecret)
    # The keyring is the user's, whatever the configuration in use: so is the lock.
    name = hashlib.sha256(f"{source.service}\0{source.username}".encode()).hexdigest()[:16]
    folder = default_state_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"sign-in-{name}.lock"


def _try_lock(descriptor: int) -> bool:
    """Take the lock if it is free. `flock` binds it to the descriptor, so that threads of one process wait for each other too."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - there is no other one

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _target(source: FileSecret) -> Path:
    """Return the file itself where a link is named: the link stays."""
    path = Path(os.path.realpath(source.path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _beside(path: Path) -> Path:
    """Make an empty file in the same folder, of mode 0600."""
    if path.is_dir():
        raise IsADirectoryError(0, "is a folder", str(path))
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(descriptor)
    return Path(name)


def _sweep(path: Path) -> None:
    """Remove what a process left beside a file that was killed while it wrote: a sign-in stands in it."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{'[a-z0-9_]' * _RANDOM}"):
        left.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Let the new name survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(source: FileSecret, error: OSError) -> SecretError:
    return SecretError(
        f"accounts.{source.account}: {source} cannot be written ({error.strerror}). See to the rights of its folder, or name "
        "another file"
    )
