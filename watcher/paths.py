"""Where configuration and state lie, and that nobody else can read the state."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

__all__ = ["StatePaths", "default_config_path", "default_state_dir", "private_dir", "private_file"]

_APP = "hearback"


@dataclass(frozen=True, slots=True)
class StatePaths:
    """The files of one state directory; exactly one daemon works on it at a time."""

    root: Path

    @property
    def database(self) -> Path:
        """Return the SQLite database."""
        return self.root / "hearback.sqlite3"

    @property
    def lock(self) -> Path:
        """Return the file that the daemon holds locked (flock); it holds the process id in decimal digits."""
        return self.root / "lock"

    def prepare(self) -> StatePaths:
        """Make the directory (0700) and an empty database file (0600) where they are missing. Raises OSError."""
        private_dir(self.root)
        private_file(self.database)
        return self


def default_config_path() -> Path:
    """Return where the configuration is looked for when none is named."""
    from platformdirs import user_config_path  # noqa: PLC0415 -- only where it is needed

    return user_config_path(_APP, appauthor=False) / "config.toml"


def default_state_dir() -> Path:
    """Return where the state lies when the configuration does not say."""
    from platformdirs import user_state_path  # noqa: PLC0415 -- only where it is needed

    return user_state_path(_APP, appauthor=False)


def private_dir(path: Path) -> None:
    """Make a directory that only this user can enter (0700), and take rights of others away where it is there already.

    Raises PermissionError when it belongs to somebody else, and other OSErrors as the system gives them.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name != "posix":
        return
    facts = path.stat()
    if facts.st_uid != os.geteuid():
        raise PermissionError(f"{path} belongs to another user; name a folder of your own with daemon.state_dir")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        path.chmod(0o700)


def private_file(path: Path) -> None:
    """Make an empty file that only this user can read (0600), and take rights of others away where it is there already.

    SQLite gives its journal and shared-memory files the mode of the database. Raises OSError.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        mode = os.fstat(descriptor).st_mode
        if os.name == "posix" and stat.S_ISREG(mode) and stat.S_IMODE(mode) & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
