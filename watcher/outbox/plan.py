"""From a decision to rows of the outbox: what has to be done so that Drafts holds what was decided. Nothing remote happens."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from rules.drafts.message_ids import message_id
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft, DraftKey, DraftKind
from rules.intents import Place
from rules.process import DraftChange
from watcher.history import Assessment
from watcher.outbox.ledger import Ledger, content_of, sha256
from watcher.store.drafts import Op, OutboxRow, RowState, VersionRow, add_draft_event, put_row, put_version, versions
from watcher.together import home_of, leave, standing_elsewhere
from watcher.wording import wording_of

__all__ = ["plan"]

_THE_USERS = frozenset({RowState.SENT, RowState.DISCARDED, RowState.EDITED, RowState.REFUSED})
"""States in which nothing is planned any more."""
_MOVED = "They write to another address of yours now: it is drafted there."
_YOURS = "You are working on it in another mailbox."


def plan(ledger: Ledger, found: Assessment, opener: str, now: datetime) -> None:
    """Write down what has to be done in one account for one process; `opener` is the identity of the message that opened it.

    What stands in other accounts is theirs to take back. Until it is gone nothing is written here in its place: a note that is
    late is better than two.
    """
    here = ledger.account.name
    rows = {row.key: row for row in found.outbox if row.account == here}
    homes = [home_of(found.account, place, found.seat, found.messages, found.outbox) for place in found.decision.place]
    places, reasons = _for_here(found, here, homes)
    planned: list[OutboxRow | None] = [_to_stand(ledger, rows.get(place.key), place, found, opener, now) for place in places]
    slots = {key: row.slot_opens for key, row in rows.items()}
    wanted = {place.key for place in places}
    planned.extend(
        _to_go(row, reasons.get(key, "it is not called for any more")) for key, row in rows.items() if key not in wanted
    )
    changed = [row for row in planned if row is not None]
    if not changed:
        return
    with ledger.store.write() as connection:
        elsewhere = standing_elsewhere(connection, ledger.account, found.process.id)
        there = {(home, place.key) for home, place in homes}
        free = [row for row in changed if row.op is not Op.PUT or not any(_bars(other, row, there) for other in elsewhere)]
        for row in free:
            draft, raw = (row.next_draft, row.next_raw) if row.op is Op.REPLACE else (row.draft, row.raw)
            if draft is not None and raw is not None:
                version = VersionRow(row.account, draft.message_id, str(row.key), row.version, sha256(raw), draft=draft)
                put_version(connection, version)
            put_row(connection, row)
            if row.state is RowState.PLACED and row.op is Op.NONE and row.slot_opens != slots.get(row.key):
                add_draft_event(connection, row, DraftChange.PLACED, now)  # the same words, for another slot (D15, D16)
        if free:
            leave(connection, ledger.account)


def _bars(other: OutboxRow, row: OutboxRow, there: Collection[tuple[str, DraftKey]]) -> bool:
    """Say whether a draft in another account keeps one from being written: the same one, or one to the same person that goes."""
    goes = other.state is not RowState.EDITED and (other.account, other.key) not in there
    return other.key == row.key or (goes and other.key.recipient == row.key.recipient)


def _for_here(found: Assessment, here: str, homes: Iterable[tuple[str, Place]]) -> tuple[list[Place], dict[DraftKey, str]]:
    """Return what is to stand in this account, and why what is not to stand here goes; `homes` are the accounts of each draft."""
    reasons = {item.key: item.reason.text for item in found.decision.withdraw}
    places = []
    yours = {row.key for row in found.outbox if row.account != here and row.state is RowState.EDITED}
    for home, place in homes:
        if home == here and place.key not in yours:
            places.append(place)
        else:
            reasons[place.key] = _YOURS if place.key in yours else _MOVED
    return places, reasons


def _message_id(ledger: Ledger, key: DraftKey, version: int) -> str:
    # From the address and not from chance: a store that was lost gives the same Message-IDs again, and finds its drafts by them.
    address = ledger.account.address
    return message_id(key, version, sha256(address.lower().encode()), address.rpartition("@")[2] or "localhost")


def _unused(ledger: Ledger, key: DraftKey) -> int:
    """Return the first version of a new draft: 1, unless one that goes by another key now was written under this one."""
    with ledger.store.read() as connection:
        given = versions(connection, ledger.account.names)
    return next(version for version in itertools.count(1) if _message_id(ledger, key, version) not in given)


def _compose(ledger: Ledger, place: Place, found: Assessment, version: int, now: datetime) -> tuple[Draft, bytes]:
    from rules.drafts.compose import compose  # noqa: PLC0415 - the templates' engine, not needed before there is a draft

    account = ledger.account
    draft = compose(
        place,
        found.process,
        account.profile,
        now=now,
        message_id=_message_id(ledger, place.key, version),
        rules=account.policy.draft,
        tasks=frozenset(task.id for task in found.decision.tasks) | found.process.done,  # a card that is posted is on its way
        sent=_sent_before(found, place),
        wording=wording_of(account.templates),
    )
    draft = replace(draft, not_before=None if place.kind.to_self else place.slot.opens)
    return draft, draft_bytes(draft)


def _sent_before(found: Assessment, place: Place) -> tuple[str, ...]:
    """Return the notes of thanks that went out for earlier rounds of the process, oldest first (T3)."""
    if place.kind is not DraftKind.THANK_YOU:
        return ()
    return tuple(
        row.draft.text
        for row in found.outbox
        if row.state is RowState.SENT and row.key.kind is DraftKind.THANK_YOU and _round_of(row.key) < place.attempt
    )


def _round_of(key: DraftKey) -> int:
    number = key.step.partition("-")[2]
    return int(number) if number.isdecimal() else 0


def _to_stand(  # noqa: PLR0917 - one place, called once
    ledger: Ledger, row: OutboxRow | None, place: Place, found: Assessment, opener: str, now: datetime
) -> OutboxRow | None:
    """Return the row as it has to be so that `place` stands in Drafts; None when nothing has to change."""
    opens, closes = place.slot.opens, place.slot.closes
    if row is None:
        version = _unused(ledger, place.key)
        draft, raw = _compose(ledger, place, found, version, now)
        return OutboxRow(
            account=ledger.account.name,
            key=place.key,
            process=found.process.id,
            opener=opener,
            state=RowState.PLANNED,
            op=Op.PUT,
            version=version,
            draft=draft,
            raw=raw,
            content=content_of(draft),
            planned_at=now,
            slot_opens=opens,
            slot_closes=closes,
        )
    to_be_cleared = row.op is Op.WITHDRAW and row.state is not RowState.PLACED
    if row.state in _THE_USERS or row.op is Op.PUT or to_be_cleared:
        # A PUT that is still open may have been written by a process that died: it keeps its Message-ID, so that it is found.
        return None
    draft, raw = _compose(ledger, place, found, row.version + 1, now)
    moved = replace(row, slot_opens=opens, slot_closes=closes)
    if row.state is RowState.WITHDRAWN or row.state is RowState.PLANNED:
        return replace(
            moved,
            op=Op.PUT,
            version=row.version + 1,
            draft=draft,
            raw=raw,
            content=content_of(draft),
            planned_at=now,
            attempts=0,
            error="",
        )
    if content_of(draft) == row.content:
        kept = replace(moved, op=Op.NONE, next_draft=None, next_raw=None, error="")
        return None if kept == row else kept
    if row.op is Op.REPLACE and row.next_draft is not None and content_of(row.next_draft) == content_of(draft):
        return None
    return replace(moved, op=Op.REPLACE, version=row.version + 1, next_draft=draft, next_raw=raw, attempts=0, error="")


def _to_go(row: OutboxRow, reason: str) -> OutboxRow | None:
    """Return the row as it has to be so that its draft goes; None when nothing has to change."""
    if row.state in _THE_USERS:
        return None
    if row.state is RowState.PLACED:
        return None if row.op is Op.WITHDRAW else replace(row, op=Op.WITHDRAW, next_draft=None, next_raw=None, error=reason)
    # Planned and never confirmed: a dead process may have begun it, or written it after all.
    return replace(row, op=Op.WITHDRAW, error="") if row.op is Op.PUT else None
