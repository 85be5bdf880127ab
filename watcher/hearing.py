"""What the user has said since it was last asked: marks of processes, and notes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from watcher.store import Connection
from watcher.store.among import Accounts
from watcher.store.journal import concerns_all, last_mark, marks_of
from watcher.store.notes import last_note, notes_of

__all__ = ["Ear"]


@dataclass(slots=True)
class Ear:
    """Remembers the newest mark and note that were heard; those of all the user's accounts are listened to."""

    accounts: Accounts
    _mark: int = 0
    _note: int = 0

    def heard(self, connection: Connection, processes: Iterable[str]) -> set[str]:
        """Return the processes that the user has said something of since; what concerns all jobs is of all `processes`."""
        named: set[str] = set()
        newest = last_mark(connection)
        if newest != self._mark:
            named.update(row.process for row in marks_of(connection, self.accounts, after=self._mark))
            if concerns_all(connection, after=self._mark):
                named.update(processes)
            self._mark = newest
        noted = last_note(connection)
        if noted != self._note:
            named.update(row.process for row in notes_of(connection, self.accounts, after=self._note))
            self._note = noted
        return named
