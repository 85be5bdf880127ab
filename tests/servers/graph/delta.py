"""What changed in a folder, and among the folders: rounds of pages, and the tokens that go on from them.

https://learn.microsoft.com/en-us/graph/delta-query-messages, https://learn.microsoft.com/en-us/graph/delta-query-overview
(`@removed` and its reasons, 410 for state that is gone), https://learn.microsoft.com/en-us/graph/api/mailfolder-delta.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tests.servers.graph.answers import GraphError, Json
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.resources import Shown, folder_resource, message

__all__ = ["DEFAULT_PAGE", "Page", "Round", "begin", "folders_page", "messages_page", "resumed"]

DEFAULT_PAGE: Final = 10


@dataclass(frozen=True)
class Round:
    """What a state token stands for."""

    folder: str
    """Empty: the folders themselves."""
    epoch: int
    since: int
    """Number of the last change that earlier rounds told of."""
    until: int
    """... that this round tells of."""
    keys: Sequence[str] = ()
    """What it tells of, in order."""
    at: int = 0
    """How far it has come."""
    done: bool = False
    """It has ended: a deltatoken."""
    first: bool = True
    empty: int = 0
    """Pages without messages that still come before."""
    select: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    received: datetime | None = None
    """`$filter`: received then or later."""
    strict: bool = False
    """... later only."""
    newest_first: bool = False


@dataclass(frozen=True)
class Page:
    """One answer."""

    value: list[Json]
    token: str
    done: bool
    """The token is a deltatoken."""


def begin(box: Mailbox, asked: Round) -> Round:
    """Begin the first round: all that is there, found at once, what comes meanwhile being told in the next round."""
    if not asked.folder:
        # The tree is told from its root down, so that no folder comes before the one it lies in.
        keys = [one.id for one in box.folders.values() if one.known != "msgfolderroot" and not one.hidden and one.parent]
        return replace(asked, epoch=box.epoch, until=box.number, keys=keys)
    rows = [row for row in box.order(asked.folder) if _fits(asked, row[0])]
    if asked.received is not None:
        rows = rows[-box.quirks.delta_limit :]
    if asked.newest_first:
        rows = rows[::-1]
    return replace(asked, epoch=box.epoch, until=box.number, keys=[key for *_, key in rows], empty=box.quirks.delta_empty_pages)


def _fits(asked: Round, moment: datetime) -> bool:
    if asked.received is None:
        return True
    return moment > asked.received if asked.strict else moment >= asked.received


def resumed(box: Mailbox, token: str, folder: str, *, deltatoken: bool) -> Round:
    """Return the round that a token goes on with; raises GraphError 400 or 410."""
    state = box.rounds.get(token)
    if not isinstance(state, Round) or state.folder != folder or state.done is not deltatoken:
        raise GraphError(400, "Badly formed token.", code="SyncStateInvalid")
    if state.epoch != box.epoch:
        raise GraphError(410)
    if not deltatoken:
        return state
    changes = box.changes if folder else box.folder_changes
    late: dict[str, str] = {}
    for change in changes[_first_after(changes, state.until) :]:
        if change.folder == folder:
            late.pop(change.key, None)
            late[change.key] = change.reason
    keys = list(late)
    gone = [key for key in keys if late[key]]
    there = [key for key in keys if not late[key]]
    ordered = [*there, *gone] if box.quirks.tombstones_late else [*gone, *there]
    empty = box.quirks.delta_empty_pages if folder and ordered else 0
    return replace(state, since=state.until, until=box.number, keys=ordered, at=0, done=False, first=False, empty=empty)


def _first_after(changes: Sequence[object], number: int) -> int:
    low, high = 0, len(changes)
    while low < high:
        middle = (low + high) // 2
        if changes[middle].number <= number:  # type: ignore[attr-defined]  # both lists hold changes
            low = middle + 1
        else:
            high = middle
    return low


def messages_page(box: Mailbox, state: Round, size: int, shown: Shown) -> Page:
    """Return a page of what changed in a folder."""
    if state.empty:
        return _went(box, replace(state, empty=state.empty - 1), [])
    begin_at = max(0, state.at - size // 2) if box.quirks.delta_repeats else state.at
    keys = list(state.keys[begin_at : state.at + size])
    if box.quirks.delta_repeats:
        keys.reverse()
    shown = replace(shown, select=state.select, properties=state.properties)
    if not box.quirks.delta_headers:
        shown = replace(shown, select=tuple(name for name in shown.select if name != "internetMessageHeaders"))
    rows = [row for key in keys if (row := _row(box, state, key, shown)) is not None]
    return _went(box, replace(state, at=state.at + size), rows)


def _row(box: Mailbox, state: Round, key: str, shown: Shown) -> Json | None:
    """Return what is told of one message; None: nothing."""
    one = box.get(key)
    if one is None or one.folder != state.folder:
        if state.first:  # it has gone since the round began; the next one tells of it
            return None
        reason, name = _last(box, state, key)
        shown_as = key if shown.immutable else name
        return {"@odata.type": "#microsoft.graph.message", "id": shown_as, "@removed": {"reason": reason}}
    if not _fits(state, one.received):
        return None
    flags = not state.first and box.quirks.bare_changes and _only_flags(box, state, key)
    return {"@odata.type": f"#microsoft.graph.{one.kind}", **message(box, one, shown, bare=flags)}


def _last(box: Mailbox, state: Round, key: str) -> tuple[str, str]:
    for change in reversed(box.changes):
        if change.key == key and change.folder == state.folder and change.reason:
            return change.reason, change.plain
    return "deleted", key


def _only_flags(box: Mailbox, state: Round, key: str) -> bool:
    told = box.changes[_first_after(box.changes, state.since) :]
    return all(change.flags for change in told if change.key == key and change.folder == state.folder)


def folders_page(box: Mailbox, state: Round, size: int) -> Page:
    """Return a page of folders that are there, were changed, or are gone."""
    rows: list[Json] = []
    for key in state.keys[state.at : state.at + size]:
        one = box.folders.get(key)
        if one is not None:
            rows.append(folder_resource(box, one, state.select))
        elif not state.first:
            rows.append({"id": key, "@removed": {"reason": "deleted"}})
    return _went(box, replace(state, at=state.at + size), rows)


def _went(box: Mailbox, state: Round, rows: list[Json]) -> Page:
    token = secrets.token_urlsafe(48)
    done = state.at >= len(state.keys) and not state.empty
    box.rounds[token] = replace(state, done=True, keys=()) if done else state
    return Page(rows, token, done)
