"""Drafts follow their process: when messages turn out to belong to another one, what was drafted about them goes with them.

Only the names in the store change. Whether the draft is still called for is decided as for any other: one that is not is taken
back by the same pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rules.drafts.types import Draft, DraftKey
from watcher.linking import Linked
from watcher.store import Connection
from watcher.store.drafts import Op, OutboxRow, RowState, load_outbox, put_row, rename_row
from watcher.store.mail import rename_step

__all__ = ["follow"]

_MERGED = "Its process turned out to be part of another one."
_NO_PROCESS = "Its process is none: the message that opened it turned out to be something else."


@dataclass(frozen=True, slots=True)
class _Homes:
    """Where messages are at home: in one process, for certain."""

    openers: Mapping[str, str]
    of_message: Mapping[str, str]
    of_msg_id: Mapping[str, str]

    @classmethod
    def of(cls, linked: Linked) -> _Homes:
        of_message = {row.identity: row.process for row in linked.links if not row.ambiguous}
        return cls(
            openers={row.id: row.opener for row in linked.processes},
            of_message=of_message,
            of_msg_id={linked.messages[identity].message_id: process for identity, process in of_message.items()},
        )

    def home(self, row: OutboxRow) -> str:
        """Return the process of the message that the draft answers, else its own, else that of the message which opened it."""
        for msg_id in filter(None, (row.draft.in_reply_to, *reversed(row.draft.references))):
            if msg_id in self.of_msg_id:
                return self.of_msg_id[msg_id]
        return row.process if row.process in self.openers else self.of_message.get(row.opener, "")


def follow(connection: Connection, account: str, linked: Linked) -> frozenset[str]:
    """Put every draft under the process it is about; return the processes whose drafts changed.

    One whose process is no more, and that cannot go with its messages, is to be taken back.
    """
    rows = load_outbox(connection, account)
    if not rows:
        return frozenset()
    homes = _Homes.of(linked)
    keys = {row.key for row in rows}
    changed: set[str] = set()
    for row in rows:
        home = homes.home(row)
        if home == row.process:
            continue
        key = replace(row.key, process=home)
        if home and key not in keys:
            _move(connection, row, key, homes.openers[home])
            keys = keys - {row.key} | {key}
            changed |= {home, row.process}
        elif row.process not in homes.openers and row.opener in linked.messages:
            _take_back(connection, row, _MERGED if home else _NO_PROCESS)
    return frozenset(changed & homes.openers.keys())


def _move(connection: Connection, row: OutboxRow, key: DraftKey, opener: str) -> None:
    following = None if row.next_draft is None else _under(row.next_draft, key)
    moved = replace(row, key=key, process=key.process, opener=opener, draft=_under(row.draft, key), next_draft=following)
    rename_row(connection, row, moved)
    rename_step(connection, row.account, str(row.key), str(key))


def _under(draft: Draft, key: DraftKey) -> Draft:
    return replace(draft, key=key)


def _take_back(connection: Connection, row: OutboxRow, reason: str) -> None:
    if row.state is RowState.PLACED and row.op is not Op.WITHDRAW:
        put_row(connection, replace(row, op=Op.WITHDRAW, next_draft=None, next_raw=None, error=reason))
    elif row.op is Op.PUT:  # if a dead process wrote it after all, the sweep knows its Message-ID
        put_row(connection, replace(row, op=Op.NONE, state=RowState.WITHDRAWN, error=""))
