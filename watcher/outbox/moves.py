"""Drafts follow their process: when it turns out to be part of another one, or is taken apart, what was drafted counts there.

Only the store changes. Whether a draft is still called for is decided as for any other: one that is not is taken back by the same
pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rules.drafts.types import Draft, DraftKey
from watcher.linking import Linked
from watcher.store import Connection
from watcher.store.adopt import began_elsewhere
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState, copy_history, load_outbox, put_row, rename_row
from watcher.store.mail import rename_step

__all__ = ["follow"]

_MERGED = "Its process turned out to be part of another one."
_NO_PROCESS = "Its process is none: the message that opened it turned out to be something else."
_AWAY = "Its process began in a mailbox that is in the configuration no more."
_THE_USERS = frozenset({RowState.SENT, RowState.DISCARDED, RowState.EDITED})
"""What the user did with a draft holds for the interview, whichever process that is in."""


def follow(connection: Connection, account: str, linked: Linked, names: Sequence[str] = ()) -> frozenset[str]:
    """Put every draft of an account under a process that there is; return the processes whose drafts changed.

    `names` are those of all accounts, where there are several: what stands in another is not to stand here under the same key.

    One whose process began in an account that is none of them any more is taken back.

    One whose process is no more goes with the message that opened it, or that it answers; where there is none, or that process
    has such a draft already, it is to be taken back. Of a process that the user took apart, or that what they said of a message
    took apart, what they sent, edited or deleted counts in both parts: else the part that got the interview would write the same
    note again.
    """
    rows = load_outbox(connection, account)
    if not rows:
        return frozenset()
    openers = {row.id: row.opener for row in linked.processes}
    of_message = {row.identity: row.process for row in linked.links if not row.ambiguous}
    of_msg_id = {linked.messages[identity].message_id: process for identity, process in of_message.items()}
    accounts = names or (account,)
    keys = {row.key for row in rows}
    elsewhere = load_outbox(connection, [name for name in accounts if name != account]) if len(accounts) > 1 else []
    standing = {row.key for row in elsewhere if row.state in LIVE or row.op is not Op.NONE}
    changed: set[str] = set()
    lost = [row for row in rows if row.process not in openers and row.opener not in linked.messages]
    away = began_elsewhere(connection, accounts, {row.opener for row in lost}) if lost else frozenset()
    for row in rows:
        if row.process in openers or (row.opener not in linked.messages and row.opener not in away):
            continue
        home = of_message.get(row.opener) or of_msg_id.get(row.draft.in_reply_to, "")
        key = replace(row.key, process=home)
        if home and key not in keys and (key not in standing or row.state in _THE_USERS):
            _move(connection, row, key, openers[home], accounts)
            keys.add(key)
            changed.add(home)
        else:
            _take_back(connection, row, _AWAY if row.opener in away else _MERGED if home else _NO_PROCESS)
    for row in rows:
        home = of_msg_id.get(row.draft.in_reply_to) or of_message.get(row.opener, "")
        if row.state in _THE_USERS and row.process in openers and home in openers and home != row.process:
            changed |= _share(connection, [row], home, openers, keys)
    for whole, part in linked.splits:
        if whole in openers and part in openers:
            known = _addresses(linked, part, of_message)
            mine = [row for row in rows if row.process == whole and row.state in _THE_USERS and row.key.recipient in known]
            changed |= _share(connection, mine, part, openers, keys)
    return frozenset(changed)


def _addresses(linked: Linked, process: str, of_message: Mapping[str, str]) -> set[str]:
    """Return whom the messages of a process name."""
    return {
        address for identity, home in of_message.items() if home == process for address in linked.messages[identity].addresses
    }


def _move(connection: Connection, row: OutboxRow, key: DraftKey, opener: str, accounts: Sequence[str]) -> None:
    following = None if row.next_draft is None else _under(row.next_draft, key)
    moved = replace(row, key=key, process=key.process, opener=opener, draft=_under(row.draft, key), next_draft=following)
    rename_row(connection, row, moved)
    rename_step(connection, accounts, str(row.key), str(key))


def _share(
    connection: Connection, rows: Iterable[OutboxRow], part: str, openers: Mapping[str, str], keys: set[DraftKey]
) -> set[str]:
    """Let what the user did with drafts count in another process too; return it if anything is new there."""
    changed: set[str] = set()
    for row in rows:
        key = replace(row.key, process=part)
        if key not in keys:
            # A copy stands for nothing in Drafts: it has no Message-ID, and what was edited is only not to be written again.
            state = RowState.SENT if row.state is RowState.SENT else RowState.DISCARDED
            draft = replace(_under(row.draft, key), message_id="")
            copy = replace(
                row,
                key=key,
                process=part,
                opener=openers[part],
                state=state,
                op=Op.NONE,
                draft=draft,
                ref="",
                revision="",
                digest="",
            )
            put_row(connection, replace(copy, next_draft=None, next_raw=None))
            copy_history(connection, row, copy)
            keys.add(key)
            changed.add(part)
    return changed


def _under(draft: Draft, key: DraftKey) -> Draft:
    return replace(draft, key=key)


def _take_back(connection: Connection, row: OutboxRow, reason: str) -> None:
    if row.state is RowState.PLACED and row.op is not Op.WITHDRAW:
        put_row(connection, replace(row, op=Op.WITHDRAW, next_draft=None, next_raw=None, error=reason))
    elif row.op is Op.PUT:  # a dead process may have begun it, or written it after all
        put_row(connection, replace(row, op=Op.WITHDRAW, error=""))
