"""What changed in a folder, and among the folders: rounds of pages, and the tokens that go on from them.

https://learn.microsoft.com/en-us/graph/delta-query-messages, https://learn.microsoft.com/en-us/graph/delta-query-overview
(`@removed` and its reasons, 410 for state that is gone), https://learn.microsoft.com/en-us/graph/api/mailfolder-delta.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.servers.graph.answers import GraphError, Json
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.resources import Shown, folder_resource, message
from tests.servers.graph.store import Change

__all__ = ["Page", "Round", "begin", "folders_page", "messages_page", "resumed"]


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
    gone: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Of `keys` those that had left when it began: why, and the ordinary identifier that they had."""
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
    keys = [key for *_, key in rows]
    gone = _gone(_since(box.changes, 0), asked.folder) if box.quirks.tells_gone_at_once else {}
    gone = {key: how for key, how in gone.items() if key not in set(keys)}
    empty = box.quirks.delta_empty_pages
    return replace(asked, epoch=box.epoch, until=box.number, keys=[*gone, *keys], gone=gone, empty=empty)


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
    late = _since(box.changes if folder else box.folder_changes, state.until)
    keys = list(dict.fromkeys(change.key for change in reversed(late) if change.folder == folder))[::-1]
    gone = _gone(late, folder)
    there = [key for key in keys if key not in gone]
    ordered = [*there, *gone] if box.quirks.tombstones_late else [*gone, *there]
    empty = box.quirks.delta_empty_pages if folder and ordered else 0
    return replace(
        state, since=state.until, until=box.number, keys=ordered, gone=gone, at=0, done=False, first=False, empty=empty
    )


def _gone(changes: Sequence[Change], folder: str) -> dict[str, tuple[str, str]]:
    """Return what had left a folder in the end."""
    last = {change.key: change for change in changes if change.folder == folder}
    return {key: (change.reason, change.plain) for key, change in last.items() if change.reason}


def _since(changes: Sequence[Change], number: int) -> Sequence[Change]:
    """Return the changes after the one of that number."""
    return changes[bisect_right(changes, number, key=lambda change: change.number) :]


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
    if key in state.gone:
        reason, plain = state.gone[key]
        return {
            "@odata.type": "#microsoft.graph.message",
            "id": key if shown.immutable else plain,
            "@removed": {"reason": reason},
        }
    one = box.get(key)
    if one is None or one.folder != state.folder or not _fits(state, one.received):
        return None  # it has gone since the round began; the next one tells of it
    flags = not state.first and box.quirks.bare_changes and _only_flags(box, state, key)
    return {"@odata.type": f"#microsoft.graph.{one.kind}", **message(box, one, shown, bare=flags)}


def _only_flags(box: Mailbox, state: Round, key: str) -> bool:
    told = _since(box.changes, state.since)
    return all(change.flags for change in told if change.key == key and change.folder == state.folder)


def folders_page(box: Mailbox, state: Round, size: int) -> Page:
    """Return a page of folders that are there, were changed, or are gone."""
    rows: list[Json] = []
    for key in state.keys[state.at : state.at + size]:
        one = box.folders.get(key)
        if one is not None:
            rows.append(folder_resource(box, one, state.select))
        elif key in state.gone:
            rows.append({"id": key, "@removed": {"reason": "deleted"}})
    return _went(box, replace(state, at=state.at + size), rows)


def _went(box: Mailbox, state: Round, rows: list[Json]) -> Page:
    token = secrets.token_urlsafe(48)
    done = state.at >= len(state.keys) and not state.empty
    box.rounds[token] = replace(state, done=True, keys=(), gone={}) if done else state
    return Page(rows, token, done)
