"""What is written down of passes: that they went through, what they spent, and which mail was read and not told of yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Spent
from watcher.passes import NOTHING_SPENT
from watcher.store import Connection, Store
from watcher.store.accounts import SIGN_IN, last_pass, note_pass
from watcher.store.corrections import newest
from watcher.store.journal import LogRow, add_log, add_untold, forget_untold, load_log, load_untold

__all__ = ["Diary"]

_NOTE_EVERY = timedelta(minutes=10)


@dataclass(slots=True)
class Diary:
    """Of one account; a quiet pass is written down now and then only."""

    account: str
    store: Store
    untold: set[str] = field(default_factory=set)
    """Messages that were read and not told of so far."""
    _unnoted: Spent = NOTHING_SPENT
    """What was spent and is not written down yet."""
    _noted_at: datetime | None = None

    def open(self, connection: Connection) -> bool:
        """Take up what the last pass left; say whether that did not come to its end."""
        self.untold = set(load_untold(connection, self.account))
        return bool(self.untold)

    def begin(self) -> tuple[int, int]:
        """Return the numbers of the newest line of the log and of the newest correction."""
        with self.store.read() as connection:
            return newest(connection)

    def before(self) -> datetime | None:
        """Return the time of the pass before."""
        with self.store.read() as connection:
            return last_pass(connection, self.account)

    def lines_after(self, number: int) -> tuple[LogRow, ...]:
        """Return what was logged since."""
        with self.store.read() as connection:
            return tuple(load_log(connection, self.account, after=number))

    def read(self, connection: Connection, identities: Iterable[str]) -> None:
        """Note that messages were read and are still to be told of; in the transaction that stores them."""
        named = list(identities)
        add_untold(connection, self.account, named)
        self.untold.update(named)

    def tell(self, connection: Connection, rows: Iterable[LogRow], told: Iterable[str]) -> None:
        """Write lines into the log, which tell of these messages."""
        add_log(connection, rows)
        forget_untold(connection, self.account, told)

    def end(self, now: datetime, spent: Spent, *, assumed: bool, changed: bool) -> None:
        """Write down that a pass went through; a quiet one only after a while. `assumed`: it was told its time."""
        self._unnoted += spent
        recent = self._noted_at is not None and abs(now - self._noted_at) < _NOTE_EVERY
        if recent and not (changed or self.untold or assumed):
            return
        with self.store.write() as connection:
            over = note_pass(connection, self.account, now, assumed=assumed, spent=self._unnoted)
            if over == SIGN_IN:
                back = LogRow(now, self.account, "", "", "signed_in", "Signed in again: the mailbox is watched.")
                add_log(connection, [back])
            forget_untold(connection, self.account)
        self._unnoted = NOTHING_SPENT
        self.untold.clear()
        self._noted_at = now
