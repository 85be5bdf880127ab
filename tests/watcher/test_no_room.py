"""A mailbox that is full: what is to be written waits, is told of once, and comes when there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Connector, DraftRef, Withdrawal
from connectors.errors import NoRoom, Refused
from connectors.maildir import MaildirConnector, MaildirSettings
from rules.drafts.types import Draft
from tests.letters import invitation, letter
from tests.watcher.desk import Desk
from watcher.store.journal import load_log

INVITED = datetime(2026, 9, 3, 10, 0, tzinfo=UTC)
INTERVIEW = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)
REJECTION = "Dear Sam,\n\nwe have decided to move forward with another candidate for the role.\n\nRita Chen\n"
ENDED = INTERVIEW + timedelta(hours=1)


class Moody(MaildirConnector):
    """A mailbox that takes no draft while it has a reason not to."""

    reason: Refused | None = None
    keeping: Refused | None = None

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write, or raise the reason."""
        if self.reason is not None:
            raise self.reason
        return super().put_draft(draft, raw, replacing)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take it back, or raise why it is kept."""
        if self.keeping is not None:
            raise self.keeping
        return super().withdraw_draft(draft, ref)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    def moody(_: Connector) -> Connector:
        return Moody(MaildirSettings(tmp_path / "mail"))

    made = Desk(tmp_path, wrap=moody)
    made.deliver(invitation(INVITED, INTERVIEW), INVITED)
    made.look(INVITED)
    yield made
    made.close()


def mailbox(desk: Desk) -> Moody:
    assert isinstance(desk.connector, Moody)
    return desk.connector


def refusals(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        return [row.text for row in load_log(connection, "main") if row.action == "refused"]


def test_a_draft_for_which_there_is_no_room_waits_until_there_is(desk: Desk) -> None:
    mailbox(desk).reason = NoRoom("There is no room.")
    for hours in range(6):
        desk.look(ENDED + timedelta(hours=hours))
    assert desk.drafts() == []
    assert len(refusals(desk)) == 1

    mailbox(desk).reason = None
    desk.look(ENDED + timedelta(hours=7))
    assert len(desk.drafts()) == 1


def test_a_draft_that_is_refused_for_itself_is_given_up_after_three_times(desk: Desk) -> None:
    mailbox(desk).reason = Refused("Not this one.")
    for hours in range(6):
        desk.look(ENDED + timedelta(hours=hours))
    assert len(refusals(desk)) == 1

    mailbox(desk).reason = None
    desk.look(ENDED + timedelta(hours=7))
    assert desk.drafts() == []


def test_a_draft_that_has_to_go_is_never_given_up(desk: Desk) -> None:
    desk.look(ENDED)
    (note,) = (draft["Message-ID"] for draft in desk.drafts())
    mailbox(desk).keeping = Refused("Not now.")
    told = ENDED + timedelta(hours=1)
    desk.deliver(letter("Backend Engineer", REJECTION, told, message_id="no@acme.test").as_bytes(), told)
    for hours in range(1, 8):
        desk.look(ENDED + timedelta(hours=hours))
    assert len(refusals(desk)) == 1

    mailbox(desk).keeping = None
    desk.look(ENDED + timedelta(hours=9))
    assert all(draft["Message-ID"] != note for draft in desk.drafts())
