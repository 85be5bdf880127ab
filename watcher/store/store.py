"""Opening the store, and its transactions."""

from __future__ import annotations

import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from watcher.store.dialect import open_engine

__all__ = ["HEAD", "Store", "StoreDamaged", "StoreError", "StoreFull"]

HEAD = "0009"
"""The newest migration; a test holds it to `migrations/versions`."""

_FULL = ("disk is full", "disk I/O error")
_DAMAGED = ("malformed", "not a database", "corrupt")


class StoreError(Exception):
    """The store cannot be used; `str()` says what to do."""

    migration_status = 1
    """What a migration in a process of its own ends with."""


class StoreFull(StoreError):
    """Nothing can be written: the disk is full or failing."""

    migration_status = 2


class StoreDamaged(StoreError):
    """The file is no database any more, or one with holes."""

    migration_status = 3


class Store:
    """The file with its connections; safe to use from several threads, each in its own transaction."""

    def __init__(self, path: Path, *, apart: bool = False, lasting: bool = True) -> None:
        """Open the store at `path`, making or migrating it. Raises StoreError.

        `apart`: a migration runs in a process of its own, so that the 20 MB of its library do not stay with a daemon.
        Without `lasting` nothing is forced to the disk: for a store that is thrown away at the end.
        """
        self.path = path
        self._apart = apart
        try:
            with self._explained():
                self.engine = open_engine(path, lasting=lasting)
                self._migrate()
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}. Set daemon.state_dir to a folder you can write to.") from error

    def _migrate(self) -> None:
        with self.engine.connect() as connection:
            found = None
            if inspect(connection).has_table("alembic_version"):
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found == HEAD:
            return
        if self._apart:
            command = [sys.executable, "-m", "watcher.store.migrate", str(self.path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
            if done.returncode:
                kind = next((kind for kind in (StoreFull, StoreDamaged) if kind.migration_status == done.returncode), StoreError)
                raise kind(done.stderr.strip().rpartition("\n")[2] or f"{self.path}: could not be migrated.")
            return
        from watcher.store.migrate import upgrade  # noqa: PLC0415 - a quarter of a second to import, needed once

        upgrade(self.engine, found)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            why = str(error.orig)
            if any(word in why for word in _FULL):
                raise StoreFull(
                    f"{self.path}: cannot be written ({why}). Nothing was lost and nothing more is drafted until there is "
                    "room again: free some disk space, then start once more."
                ) from error
            if any(word in why for word in _DAMAGED):
                folder = shlex.quote(str(self.path.parent))  # whole: the journal beside the file belongs to it
                raise StoreDamaged(
                    f"{self.path}: is damaged ({why}). Move its folder away (mv {folder} {folder}.damaged) and start again: "
                    "all but your own pauses, closings and deleted drafts is read anew from the mailbox."
                ) from error
            if isinstance(error.orig, sqlite3.OperationalError):
                raise StoreError(
                    f"{self.path}: {why}. See that no other program holds the file and that you may write it."
                ) from error
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the store."""
        with self._explained(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in a transaction that is on disk when the block ends, and undone when it raises."""
        with self._explained(), self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()
