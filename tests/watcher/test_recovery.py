"""What was once lost, doubled or taken by mistake: each case that the crash suite and the state machine found, told by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rules.process import State, Verb
from tests.crash.scenarios import ENDS, INTERVIEW, INVITED
from tests.letters import invitation, letter
from tests.watcher.machine import Faults, Office
from watcher.store import Store
from watcher.store.drafts import RowState
from watcher.store.journal import add_mark, load_log

HOUR = timedelta(hours=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    template = tmp_path / "template.sqlite3"
    Store(template).close()
    office = Office(tmp_path / "office", template, INVITED)
    office.deliver(invitation(INVITED, INTERVIEW), INVITED)
    office.tries(Faults())
    office.now = ENDS
    yield office
    office.close()


@pytest.fixture
def placed(office: Office) -> Office:
    """With the note to Rita in Drafts."""
    office.tries(Faults())
    assert len(office.ours()) == 1
    return office


def states(office: Office) -> list[RowState]:
    return [row.state for row in office.rows()]


def says(office: Office, verb: Verb) -> None:
    (process,) = office.processes(office.now)
    with office.store.write() as connection:
        add_mark(connection, "main", process.process.id, verb, office.now)


def test_a_draft_taken_back_before_the_end_may_come_again(placed: Office) -> None:
    """The process died, or lost the mailbox, when the draft was gone and that was not written down: the user deleted nothing."""
    says(placed, Verb.PAUSE)
    assert placed.tries(Faults(verb="withdraw_draft", after=True)) is None
    assert placed.ours() == []

    placed.tries(Faults())
    assert states(placed) == [RowState.WITHDRAWN]

    placed.now += HOUR
    says(placed, Verb.RESUME)
    placed.tries(Faults())
    assert len(placed.ours()) == 1


def test_a_draft_that_arrives_late_is_swept_when_another_took_its_place(office: Office) -> None:
    office.tries(Faults(late=True))
    office.tries(Faults())
    assert len(office.ours()) == 1

    office.lands(0, ())
    assert len(office.ours()) == 2
    office.tries(Faults())
    assert len(office.ours()) == 1


def test_a_draft_that_arrives_late_is_swept_when_they_have_replied_meanwhile(office: Office) -> None:
    office.tries(Faults(late=True))
    says(office, Verb.PAUSE)
    office.tries(Faults())
    office.lands(0, ())
    office.tries(Faults())

    assert office.ours() == []


def test_a_draft_that_arrives_late_with_other_words_is_left_alone(office: Office) -> None:
    """The user was faster than the sweep: byte for byte or not at all."""
    office.tries(Faults(late=True))
    office.tries(Faults())
    office.lands(0, ())
    (late,) = [path for path, _ in office.ours() if ".L" in path.name]
    late.write_bytes(late.read_bytes().replace(b"Dear Rita", b"Dear Dr. Chen"))
    office.tries(Faults())

    assert late.exists()


def test_a_draft_out_of_the_bin_is_the_users(placed: Office) -> None:
    placed.deletes(placed.ours()[0][0])
    placed.now += HOUR
    placed.tries(Faults())
    assert states(placed) == [RowState.DISCARDED]

    placed.restores()
    for _ in range(3):
        placed.now += HOUR
        placed.tries(Faults())
    assert states(placed) == [RowState.EDITED]
    (path,) = placed.draft_files()
    assert path.read_bytes() == placed.mine[path]


def test_a_clock_set_back_leaves_the_order_of_what_happened(placed: Office) -> None:
    """Taken back at an earlier hour than it was placed at, a draft is not held for standing."""
    placed.now -= 2 * HOUR
    says(placed, Verb.PAUSE)
    placed.tries(Faults())
    assert states(placed) == [RowState.WITHDRAWN]
    (found,) = placed.processes(placed.now)
    assert found.process.drafts == ()

    says(placed, Verb.RESUME)
    (found,) = placed.processes(placed.now)
    assert found.process.state is not State.PAUSED


def test_each_mail_is_told_once_whenever_the_program_dies(tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite3"
    Store(template).close()
    died = 0
    for point in range(1, 30):
        office = Office(tmp_path / f"office-{point}", template, INVITED)
        office.deliver(invitation(INVITED, INTERVIEW), INVITED)
        died += office.tries(Faults(die_at=point)) is None
        office.tries(Faults())
        office.tries(Faults())
        with office.store.read() as connection:
            told = [row.action for row in load_log(connection, "main")]
        office.close()
        assert told == ["found"], point
    assert died > 8


def test_what_matters_only_by_what_came_after_is_read_whenever_the_program_dies(tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite3"
    Store(template).close()
    early = INVITED - HOUR
    for point in range(1, 30):
        office = Office(tmp_path / f"office-{point}", template, INVITED)
        text = "Hi Sam,\n\nthere is room for your car behind the house.\n\nOmar\n"
        office.deliver(letter("Parking", text, early, message_id="p@acme.test", sender="Omar <omar@acme.test>"), early)
        office.deliver(invitation(INVITED, INTERVIEW), INVITED)
        office.tries(Faults(die_at=point))
        office.tries(Faults())
        unread = office.unread()
        office.close()
        assert unread == [], point


def test_an_answer_that_the_user_has_begun_is_not_doubled(office: Office) -> None:
    mine = letter(
        "Re: Interview confirmation: Backend Engineer at Acme",
        "Dear Rita, thank",
        ENDS,
        message_id="own@example.com",
        sender="Sam Rivers <sam@example.com>",
        to="rita@acme.test",
        parents=["invite-1@acme.test"],
    )
    office.arrives(mine, ".Drafts")
    office.tries(Faults())

    assert office.ours() == []
    assert states(office) == [RowState.EDITED]


def test_a_draft_that_is_refused_three_times_is_told_and_left(office: Office) -> None:
    for _ in range(4):
        assert office.tries(Faults(verb="put_draft", refused=True)) is not None
    with office.store.read() as connection:
        told = [row.action for row in load_log(connection, "main")]

    assert states(office) == [RowState.REFUSED]
    assert told.count("refused") == 1
