"""What the user said follows its process through merging, splitting and late linking, and its interview through renumbering."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from rules.process import State, Verb
from tests.letters import calendar, letter
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.cli.opening import open_config, view
from watcher.store import Store
from watcher.store.journal import MarkRow, marks_of

AFTER = INTERVIEW + timedelta(hours=2)


def once(desk: CliDesk, now: datetime) -> Any:
    return desk.json("once", "--now", now.isoformat())


def invite(desk: CliDesk, name: str, at: datetime, role: str = "Account Manager") -> None:
    """Deliver an invitation, of somebody of that name, to an interview in person for another position."""
    who, address = f"{name.title()} Haddad", f"{name}@acme.test"
    subject = f"Interview confirmation: {role} at Acme"
    words = f"Hi Sam,\n\nyour interview for the {role} role at Acme is confirmed, at our office, 12 Station Road.\n\n{who}\n"
    mail = letter(subject, words, INVITED, message_id=f"{name}-1@acme.test", sender=f"{who} <{address}>")
    ics = calendar(
        at,
        uid=f"{name}@acme.test",
        summary=f"Interview: {role} at Acme",
        attendees=[(who, address)],
        organizer=(who, address),
    ).replace("STATUS:", "LOCATION:12 Station Road\\, Berlin\r\nSTATUS:")
    mail.add_alternative(ics, subtype="calendar", params={"method": "REQUEST"})
    desk.deliver(bytes(mail), INVITED, name)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a desk with two processes of one company, to be copied: Rita's, and Omar's an hour later."""
    desk = CliDesk(tmp_path_factory.mktemp("two"))
    desk.invite()
    invite(desk, "omar", INTERVIEW + timedelta(hours=1))
    once(desk, INVITED)
    once(desk, AFTER + timedelta(hours=1))
    return desk.path


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory, two: Path) -> Path:
    """Return the folder of a desk where the two were made one, to be copied."""
    desk = copied(two, tmp_path_factory.mktemp("merged"))
    desk.run("merge", of(desk, "rita"), of(desk, "omar"))
    once(desk, AFTER + timedelta(hours=2))
    return desk.path


def copied(template: Path, path: Path) -> CliDesk:
    desk = CliDesk(path)
    shutil.copytree(template, path, dirs_exist_ok=True)
    return desk


@pytest.fixture
def desk(two: Path, tmp_path: Path) -> CliDesk:
    return copied(two, tmp_path)


@pytest.fixture
def whole(merged: Path, tmp_path: Path) -> CliDesk:
    return copied(merged, tmp_path)


def of(desk: CliDesk, name: str) -> str:
    """Return the only process whose interview has somebody of that name."""
    (found,) = [row["id"] for row in processes(desk) if name in str(row["interviews"])]
    assert isinstance(found, str)
    return found


def processes(desk: CliDesk) -> list[dict[str, Any]]:
    found = desk.json("status")["processes"]
    assert isinstance(found, list)
    return found


def state(desk: CliDesk, process: str) -> str:
    return next(str(row["state"]) for row in processes(desk) if row["id"] == process)


def tasks(desk: CliDesk, process: str) -> list[str]:
    return next([task["id"] for task in row["tasks"]] for row in processes(desk) if row["id"] == process)


def marks(desk: CliDesk, process: str) -> list[MarkRow]:
    store = Store(desk.state / "hearback.sqlite3")
    with store.read() as connection:
        found = marks_of(connection, "main", process)
    store.close()
    return found


def card(name: str, number: int) -> str:
    return f"handwritten-{number}.{name}@acme.test"


# ------------------------------------------------------------------------------------------------------------------- merge


def test_a_task_that_is_done_stays_done_when_its_process_is_merged_into_another(desk: CliDesk) -> None:
    rita, omar = of(desk, "rita"), of(desk, "omar")
    assert tasks(desk, omar) == [card("omar", 1)]
    desk.run("done", omar, card("omar", 1))

    desk.run("merge", rita, omar)
    once(desk, AFTER + timedelta(hours=2))

    # Omar's interview is the second of the two by now: its task is done under its new number.
    assert [row.item for row in marks(desk, rita)] == [card("omar", 1)]
    assert [each for each in tasks(desk, rita) if "omar" in each] == []
    assert [each["round"] for row in processes(desk) for each in row["interviews"]] == [1, 2]


@pytest.mark.parametrize(("verb", "expected"), [("pause", State.PAUSED), ("close", State.CLOSED), ("accepted", State.CLOSED)])
def test_what_was_silenced_stays_silent_when_it_is_merged(desk: CliDesk, verb: str, expected: State) -> None:
    rita, omar = of(desk, "rita"), of(desk, "omar")
    desk.run(verb, omar)
    told = desk.json("merge", rita, omar)
    assert told["processes"][0]["state"] == expected  # told at once, not only by the next pass
    once(desk, AFTER + timedelta(hours=2))
    assert state(desk, rita) == expected


def test_a_no_show_follows_the_interview_through_merging_and_back(desk: CliDesk) -> None:
    rita, omar = of(desk, "rita"), of(desk, "omar")
    desk.run("no-show", omar)
    desk.run("merge", rita, omar)
    once(desk, AFTER + timedelta(hours=2))
    assert [row.verb for row in marks(desk, rita)] == [Verb.NO_SHOW]

    desk.run("split", rita)
    once(desk, AFTER + timedelta(hours=3))
    assert marks(desk, of(desk, "rita")) == []
    assert [row.interview for row in marks(desk, of(desk, "omar"))] == ["omar@acme.test"]


def test_taking_a_merging_back_gives_each_what_was_said_of_it_before(desk: CliDesk) -> None:
    rita, omar = of(desk, "rita"), of(desk, "omar")
    desk.run("pause", omar)
    desk.run("merge", rita, omar)
    once(desk, AFTER + timedelta(hours=2))
    desk.run("split", rita)
    once(desk, AFTER + timedelta(hours=3))
    assert (state(desk, of(desk, "rita")), state(desk, of(desk, "omar"))) == (State.DRAFTED, State.PAUSED)


# ------------------------------------------------------------------------------------------------------------------- split


@pytest.mark.parametrize(("verb", "expected"), [("pause", State.PAUSED), ("close", State.CLOSED)])
def test_what_was_silent_as_a_whole_is_silent_in_both_parts(whole: CliDesk, verb: str, expected: State) -> None:
    whole.run(verb, of(whole, "omar"))
    whole.run("split", of(whole, "omar"), "omar-1@acme.test")
    for hours in (3, 4, 5):  # however often it is linked anew
        once(whole, AFTER + timedelta(hours=hours))
        assert {row["state"] for row in processes(whole)} == {expected}
        assert [len(marks(whole, row["id"])) for row in processes(whole)] == [1, 1]


def test_one_part_can_be_taken_up_again_alone(whole: CliDesk) -> None:
    whole.run("close", of(whole, "omar"))
    whole.run("split", of(whole, "omar"), "omar-1@acme.test")
    once(whole, AFTER + timedelta(hours=3))
    whole.run("reopen", of(whole, "omar"))
    once(whole, AFTER + timedelta(hours=4))
    assert (state(whole, of(whole, "rita")), state(whole, of(whole, "omar"))) == (State.CLOSED, State.DRAFTED)


def test_what_is_said_of_the_whole_after_the_split_does_not_reach_the_other_part(whole: CliDesk) -> None:
    rita = of(whole, "rita")
    whole.run("split", rita, "omar-1@acme.test")
    once(whole, AFTER + timedelta(hours=3))
    whole.run("pause", rita)
    once(whole, AFTER + timedelta(hours=4))
    assert (state(whole, rita), state(whole, of(whole, "omar"))) == (State.PAUSED, State.DRAFTED)


def test_a_job_is_taken_once_and_the_part_that_leaves_it_is_closed(whole: CliDesk) -> None:
    whole.run("accepted", of(whole, "rita"), "--starts", "2026-06-01")
    whole.run("split", of(whole, "rita"), "omar-1@acme.test")
    once(whole, AFTER + timedelta(hours=3))
    assert [row.verb for row in marks(whole, of(whole, "rita"))] == [Verb.ACCEPTED]
    assert [(row.verb, row.until) for row in marks(whole, of(whole, "omar"))] == [(Verb.CLOSE, None)]


def test_a_task_that_is_done_is_done_in_the_part_that_has_its_interview_under_the_number_it_has_there(whole: CliDesk) -> None:
    process = of(whole, "omar")
    assert card("omar", 2) in tasks(whole, process)
    whole.run("done", process, card("omar", 2))
    whole.run("split", process, "omar-1@acme.test")
    once(whole, AFTER + timedelta(hours=3))
    assert tasks(whole, of(whole, "omar")) == []
    whole.run("merge", of(whole, "rita"), of(whole, "omar"))
    once(whole, AFTER + timedelta(hours=4))
    assert len(marks(whole, of(whole, "omar"))) == 1
    assert [each for each in tasks(whole, of(whole, "omar")) if "omar" in each] == []


def test_notes_go_with_their_interview_and_come_back_with_it(whole: CliDesk) -> None:
    process = of(whole, "omar")
    whole.run("note", process, "the move to Kafka", "--round", "2")
    whole.run("note", process, "the garden", "--round", "1")
    whole.run("split", process, "omar-1@acme.test")
    once(whole, AFTER + timedelta(hours=3))
    assert _noted(whole, of(whole, "omar"), 1) == ["the move to Kafka"]
    assert _noted(whole, of(whole, "rita"), 1) == ["the garden"]
    whole.run("merge", of(whole, "rita"), of(whole, "omar"))
    once(whole, AFTER + timedelta(hours=4))
    assert (_noted(whole, process, 1), _noted(whole, process, 2)) == (["the garden"], ["the move to Kafka"])


def _noted(desk: CliDesk, process: str, number: int) -> list[str]:
    store = Store(desk.state / "hearback.sqlite3")
    with store.read() as connection:
        found = view(open_config(desk.config), connection).processes
    store.close()
    (one,) = [each.process for each in found if each.process.id == process]
    return [point.text for notes in one.noted if notes.round == number for point in notes.points]


# --------------------------------------------------------------------------------------------------------------- late, lost


def test_marks_outlive_all_that_can_be_rebuilt(desk: CliDesk) -> None:
    omar = of(desk, "omar")
    desk.run("pause", omar)
    store = Store(desk.state / "hearback.sqlite3")
    with store.write() as connection:
        for table in ("process_link", "process", "event", "message", "cursor"):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text("UPDATE mark SET process = 'another-name'"))
    store.close()
    once(desk, AFTER + timedelta(hours=4))
    assert state(desk, of(desk, "omar")) == State.PAUSED


def test_an_older_interview_that_is_found_late_takes_the_number_and_leaves_notes_and_tasks_where_they_were(
    tmp_path: Path,
) -> None:
    desk = CliDesk(tmp_path)
    invite(desk, "omar", INTERVIEW)
    once(desk, INVITED)
    once(desk, AFTER + timedelta(hours=1))
    process = of(desk, "omar")
    desk.run("note", process, "the move to Kafka")
    desk.run("done", process, card("omar", 1))
    assert _noted(desk, process, 1) == ["the move to Kafka"]

    invite(desk, "lena", INTERVIEW - timedelta(days=1))
    once(desk, AFTER + timedelta(hours=2))
    if of(desk, "lena") != process:
        desk.run("merge", process, of(desk, "lena"))
        once(desk, AFTER + timedelta(hours=3))

    assert [person["name"] for row in processes(desk) for each in row["interviews"] for person in each["interviewers"]] == [
        "Lena Haddad",
        "Omar Haddad",
    ]
    assert (_noted(desk, process, 1), _noted(desk, process, 2)) == ([], ["the move to Kafka"])
    assert [each for each in tasks(desk, process) if "omar" in each] == []
    desk.run("note", process, "the garden", "--round", "2")
    assert _noted(desk, process, 2) == ["the move to Kafka", "the garden"]
