"""Drafts that are sent early leave when their slot opens, and follow it when it moves: where a mailbox can do that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Connector, DraftRef
from connectors.errors import Conflict, NotFound, Refused, Unavailable
from connectors.guard import Guarded
from rules.drafts.types import Draft
from tests.letters import invitation
from tests.watcher.desk import Desk
from tests.watcher.test_cycle import ENDS, INTERVIEW, INVITED
from watcher.outbox import Ledger, hold_back
from watcher.store.drafts import Op, OutboxRow, RowState, put_row

DAY = timedelta(days=1)


class Holding(Guarded):
    """A Maildir that could hold drafts back, and writes down what it is asked for."""

    def __init__(self, connector: Connector) -> None:
        """Take the connector inside."""
        super().__init__(connector)
        self.asked: list[datetime | None] = []
        self.error: Exception | None = None
        self.able = True

    @property
    def holds_back(self) -> bool:
        return self.able

    def hold_back_draft(self, draft: Draft, ref: DraftRef) -> DraftRef:
        if self.error is not None:
            raise self.error
        self.asked.append(draft.not_before)
        return replace(ref, revision=f"{ref.revision}.{len(self.asked)}")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, wrap=Holding)
    yield desk
    desk.close()


@pytest.fixture
def row(desk: Desk) -> OutboxRow:
    """Return the row of a note of thanks that stands."""
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.look(ENDS)
    return one_row(desk)


def one_row(desk: Desk) -> OutboxRow:
    (row,) = ledger(desk).rows()
    return row


def ledger(desk: Desk) -> Ledger:
    return Ledger(desk.account, desk.store)


def holding(desk: Desk) -> Holding:
    assert isinstance(desk.connector, Holding)
    return desk.connector


def move(desk: Desk, row: OutboxRow, opens: datetime, **values: object) -> None:
    changed: Callable[..., OutboxRow] = replace
    with desk.store.write() as connection:
        put_row(connection, changed(row, slot_opens=opens, **values))


def test_a_draft_says_when_its_slot_opens_and_the_store_keeps_it(desk: Desk, row: OutboxRow) -> None:
    assert row.slot_opens is not None
    assert row.draft.not_before == row.slot_opens
    assert row.draft.not_before.tzinfo is not None
    assert holding(desk).asked == [], "it was written with it"


def test_a_slot_that_moves_takes_the_time_along_and_not_the_draft(desk: Desk, row: OutboxRow) -> None:
    later = ENDS + 3 * DAY
    move(desk, row, later)
    hold_back(ledger(desk), desk.connector, ENDS)
    after = one_row(desk)

    assert holding(desk).asked == [later]
    assert after.draft.not_before == later
    assert (after.draft.message_id, after.raw, after.version, after.ref) == (
        row.draft.message_id,
        row.raw,
        row.version,
        row.ref,
    )
    assert after.revision != row.revision

    hold_back(ledger(desk), desk.connector, ENDS)
    assert holding(desk).asked == [later], "nothing is asked twice"


def test_a_slot_that_has_opened_meanwhile_lets_a_draft_go_that_was_to_wait(desk: Desk, row: OutboxRow) -> None:
    move(desk, row, ENDS + 3 * DAY)
    hold_back(ledger(desk), desk.connector, ENDS)
    move(desk, one_row(desk), ENDS - DAY)
    hold_back(ledger(desk), desk.connector, ENDS)

    assert holding(desk).asked == [ENDS + 3 * DAY, ENDS - DAY]


def test_a_draft_from_before_this_was_known_is_held_back_only_if_its_slot_lies_ahead(desk: Desk, row: OutboxRow) -> None:
    move(desk, row, ENDS - DAY, draft=replace(row.draft, not_before=None))
    hold_back(ledger(desk), desk.connector, ENDS)
    assert holding(desk).asked == []

    move(desk, row, ENDS + DAY, draft=replace(row.draft, not_before=None))
    hold_back(ledger(desk), desk.connector, ENDS)
    assert holding(desk).asked == [ENDS + DAY]


@pytest.mark.parametrize(
    "values",
    [{"state": RowState.EDITED}, {"state": RowState.SENT}, {"op": Op.WITHDRAW}, {"op": Op.PUT, "state": RowState.PLANNED}],
)
def test_what_is_not_ours_any_more_or_not_there_yet_is_left_alone(desk: Desk, row: OutboxRow, values: dict[str, object]) -> None:
    move(desk, row, ENDS + 3 * DAY, **values)
    hold_back(ledger(desk), desk.connector, ENDS)

    assert holding(desk).asked == []


@pytest.mark.parametrize(("error", "again"), [(Conflict("x"), True), (NotFound("x"), True), (Refused("x"), False)])
def test_what_cannot_be_held_back_costs_nobody_else(desk: Desk, row: OutboxRow, error: Exception, again: bool) -> None:
    move(desk, row, ENDS + 3 * DAY)
    holding(desk).error = error
    hold_back(ledger(desk), desk.connector, ENDS)
    holding(desk).error = None
    hold_back(ledger(desk), desk.connector, ENDS)

    assert bool(holding(desk).asked) is again


def test_a_mailbox_that_is_away_is_asked_by_the_next_pass(desk: Desk, row: OutboxRow) -> None:
    move(desk, row, ENDS + 3 * DAY)
    holding(desk).error = Unavailable("x")
    with pytest.raises(Unavailable):
        hold_back(ledger(desk), desk.connector, ENDS)
    holding(desk).error = None
    hold_back(ledger(desk), desk.connector, ENDS)

    assert holding(desk).asked == [ENDS + 3 * DAY]


def test_a_pass_holds_back_only_where_that_is_wanted(desk: Desk, row: OutboxRow) -> None:
    draft = replace(row.draft, not_before=ENDS + 9 * DAY)
    assert row.slot_opens is not None
    holding(desk).able = False
    move(desk, row, row.slot_opens, draft=draft)
    desk.look(ENDS + timedelta(minutes=1))
    assert holding(desk).asked == []

    holding(desk).able = True
    desk.look(ENDS + timedelta(minutes=2))
    assert holding(desk).asked == [row.slot_opens]


def test_nothing_is_held_back_in_a_dry_run(desk: Desk, row: OutboxRow) -> None:
    dry = Guarded(desk.connector, dry_run=True)

    assert dry.hold_back_draft(row.draft, row.reference) == row.reference
    assert holding(desk).asked == []
    assert dry.holds_back
