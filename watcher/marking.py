"""Marks on received mail, in step with where its process stands: labels, categories or keywords, as the mailbox has them.

state of the process                      mark
a draft to them stands                    DRAFT_READY   what the user can do now comes first
SCHEDULED, THEIR_TURN, DRAFTED            WAITING       for the interview, or for their answer
OUR_TURN, PAUSED                          PAUSED        nothing happens until the user does something
DORMANT, CLOSED                           DONE
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Connector, Mark
from connectors.errors import ConnectorError, Throttled
from rules.drafts.types import DraftKind
from rules.process import State
from watcher.history import Assessment
from watcher.passes import Interrupted
from watcher.store import Store, StoreError
from watcher.store.drafts import Op, OutboxRow, RowState
from watcher.store.marked import (
    MarkedRow,
    Wish,
    forget_marked,
    markable,
    marked_rows,
    note_removed,
    put_marked,
    refs_of,
    set_wish,
    wish_of,
)

__all__ = ["Marking", "mark_of", "take_away"]

log = logging.getLogger(__name__)

_BY_STATE = {
    State.SCHEDULED: Mark.WAITING,
    State.THEIR_TURN: Mark.WAITING,
    State.DRAFTED: Mark.WAITING,
    State.OUR_TURN: Mark.PAUSED,
    State.PAUSED: Mark.PAUSED,
    State.DORMANT: Mark.DONE,
    State.CLOSED: Mark.DONE,
}
_URGENCY = (Mark.DRAFT_READY, Mark.PAUSED, Mark.WAITING, Mark.DONE)
"""Which mark a mail gets that may belong to two processes: what asks most of the user."""
_LATER_LANES = frozenset({DraftKind.GRACIOUS, DraftKind.KEEP_WARM})
_GROUP = 250
_PER_PASS = 2000
"""Messages that one pass marks at most: the first look at a mailbox must not keep the next one waiting."""
_FIRST_RETRY = timedelta(minutes=5)
_LAST_RETRY = timedelta(hours=6)
_LONGEST_WAIT = timedelta(days=1)
"""Even where the mailbox asks for more."""

_Place = tuple[str, str]
"""Identity of a message, and where it lies."""


def mark_of(found: Assessment) -> Mark:
    """Return which mark the mail of a process carries."""
    state = found.process.state
    if any(_is_ready(row, state) for row in found.outbox):
        return Mark.DRAFT_READY
    if found.process.on_hold and state is State.OUR_TURN:
        return Mark.WAITING  # they put it on hold: neither side has anything to do until they are heard of
    return _BY_STATE[state]


def _is_ready(row: OutboxRow, state: State) -> bool:
    """Say whether a draft is there for the user to send to them.

    One of the user's own making is left standing whatever comes; when they have answered since, or it is over, sending it is not
    what is to be done.
    """
    if row.key.kind.to_self or row.op is Op.WITHDRAW:
        return False
    if row.state is RowState.EDITED:
        if state is State.CLOSED:
            return row.key.kind in _LATER_LANES
        return state not in {State.OUR_TURN, State.PAUSED}
    return row.state is RowState.PLACED


@dataclass(slots=True)
class Marking:
    """The marks of one account. What the mailbox was told is in the store, so that only differences are sent."""

    account: str
    able: bool
    """The mailbox can carry marks."""
    changed: bool = True
    """Something may have to be marked otherwise."""
    _marks: dict[str, Mark] = field(default_factory=dict)
    _wish: Wish = Wish.KEEP
    """What the user had said when it was last asked for."""
    _not_before: datetime | None = None
    _delay: timedelta = _FIRST_RETRY

    def decided(self, found: Assessment) -> None:
        """Take note of where a process stands."""
        self._marks[found.process.id] = mark_of(found)
        self.changed = True

    def bring_up(self, store: Store, connector: Connector, now: datetime, stopping: Callable[[], bool]) -> None:
        """Let all mail carry what it should. Raises StoreError and Interrupted: marks are a courtesy, and hold up no draft.

        What fails is tried again later, at ever longer intervals, by whatever pass comes then.
        """
        if not self.able:
            return
        with store.read() as connection:
            wish = wish_of(connection, self.account)
        if wish is Wish.RESTORE:
            with store.write() as connection:
                forget_marked(connection, self.account)
                set_wish(connection, self.account, Wish.KEEP)
        if wish is Wish.RESTORE or wish is not self._wish:
            self._wish, self.changed, self._not_before = wish, True, None
        if self._not_before is not None and timedelta(0) < self._not_before - now <= _LONGEST_WAIT:
            return  # one that is further away was reckoned before the clock was put back
        try:
            self._bring_up(wish, store, connector, stopping)
        except (StoreError, Interrupted):
            raise
        except Exception as error:
            asked = timedelta(seconds=error.retry_after if isinstance(error, Throttled) else 0)
            wait = min(max(self._delay, asked), _LONGEST_WAIT)
            self._not_before, self._delay = now + wait, min(self._delay * 2, _LAST_RETRY)
            self.changed = True
            log.warning("%s: mail could not be marked; drafts are not affected: %s", self.account, error, exc_info=_bug(error))
        else:
            self._not_before, self._delay = None, _FIRST_RETRY

    def _bring_up(self, wish: Wish, store: Store, connector: Connector, stopping: Callable[[], bool]) -> None:
        if wish is Wish.REMOVE:
            take_away(self.account, store, connector)
            log.info("%s: the marks on its mail were taken away, as you said.", self.account)
        elif wish is not Wish.NONE and self.changed:
            done = 0
            for mark, group in self._steps(store):
                if stopping() or done >= _PER_PASS:
                    return
                done += len(group)
                connector.mark([ref for _, ref in group], mark)
                with store.write() as connection:
                    if mark is None:
                        forget_marked(connection, self.account, [identity for identity, _ in group])
                    else:
                        put_marked(connection, self.account, group, mark)
        self.changed = False

    def _steps(self, store: Store) -> Iterator[tuple[Mark | None, list[_Place]]]:
        """Yield what is to be marked otherwise than it is, in groups; what is not in the mailbox any more is forgotten."""
        with store.read() as connection:
            rows = markable(connection, self.account)
            before = marked_rows(connection, self.account)
            wanted = self._wanted(rows)
            leaving = before.keys() - {identity for identity, _, _ in rows}
            refs = refs_of(connection, self.account, leaving)
        if gone := [identity for identity, ref in refs.items() if not ref]:
            with store.write() as connection:
                forget_marked(connection, self.account, gone)
        steps: dict[Mark | None, list[_Place]] = defaultdict(list)
        steps[None] = [(each, refs.get(each) or before[each].ref) for each in sorted(leaving.difference(gone))]
        for identity, (ref, mark) in wanted.items():
            if before.get(identity) != MarkedRow(ref, mark):
                steps[mark].append((identity, ref))
        for mark_now in (None, *_URGENCY):
            places = steps[mark_now]
            for start in range(0, len(places), _GROUP):
                yield mark_now, places[start : start + _GROUP]

    def _wanted(self, rows: Sequence[tuple[str, str, str]]) -> dict[str, tuple[str, Mark]]:
        """Return place and mark of each message by identity; mail of a process that could not be decided is left as it is."""
        found: dict[str, tuple[str, Mark]] = {}
        for identity, ref, process in rows:
            mark = self._marks.get(process)
            if mark is not None:
                others = (mark, found[identity][1]) if identity in found else (mark,)
                found[identity] = ref, min(others, key=_URGENCY.index)
        return found


def take_away(account: str, store: Store, connector: Connector) -> int:
    """Remove all marks of ours, as the user said, and remember that it is done; return how many kinds there were.

    Raises the connector's errors; then it is still to be done.
    """
    kinds = connector.remove_marks()
    with store.write() as connection:
        note_removed(connection, account)
    return kinds


def _bug(error: Exception) -> Exception | None:
    """Return what a traceback is wanted of: errors of the mailbox say in their text what to do."""
    return None if isinstance(error, ConnectorError) else error
