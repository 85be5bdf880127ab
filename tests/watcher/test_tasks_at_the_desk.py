"""Tasks, no-shows, an accepted job, plan and simulation from outside: a real Maildir, the real store, the real commands."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from rules.drafts.wording import load_wording
from rules.extract.types import Person
from rules.intents import Decision
from tests.letters import calendar, invitation, letter
from tests.watcher.clidesk import CliDesk
from tests.watcher.reporting import assessment, task
from watcher.cli.exits import Exit, UsageError
from watcher.cli.telling import chosen_task
from watcher.store import Store

INVITED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
BEFORE, AFTER, NEXT_DAY = "2026-03-03T09:00+01:00", "2026-03-04T17:00+01:00", "2026-03-05T09:00+01:00"
CARD = "handwritten-1.rita@acme.test"


def visit(company: str = "Acme", address: str = "rita@acme.test", start: datetime = INTERVIEW) -> bytes:
    """Return an invitation to an interview at the office."""
    text = (
        f"Hi Sam,\n\nyour interview for the Backend Engineer role at {company} is confirmed, see the invitation. It takes place "
        "in person at our office, 12 Station Road, Berlin.\n\nBest wishes\nRita Chen\n"
    )
    domain = address.partition("@")[2]
    message = letter(
        f"Interview confirmation: Backend Engineer at {company}",
        text,
        INVITED,
        message_id=f"invite-1@{domain}",
        sender=f"Rita Chen <{address}>",
    )
    ics = calendar(
        start,
        uid=f"u1@{domain}",
        summary=f"Interview: Backend Engineer at {company}",
        attendees=[("Rita Chen", address)],
        organizer=("Rita Chen", address),
    ).replace("STATUS:", "LOCATION:12 Station Road\\, Berlin\r\nSTATUS:")
    message.add_alternative(ics, subtype="calendar", params={"method": "REQUEST"})
    return bytes(message)


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    return CliDesk(tmp_path)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a desk after an interview in person, to be copied."""
    desk = CliDesk(tmp_path_factory.mktemp("desk"))
    desk.deliver(visit(), INVITED, "invite")
    desk.run("once", "--now", BEFORE)
    desk.run("once", "--now", AFTER)
    return desk.path


@pytest.fixture
def visited(desk: CliDesk, template: Path) -> CliDesk:
    """Return a desk after an interview in person."""
    shutil.copytree(template, desk.path, dirs_exist_ok=True)
    return desk


def process(desk: CliDesk) -> dict[str, Any]:
    (only,) = desk.json("status")["processes"]
    found: dict[str, Any] = only
    return found


# --- tasks ------------------------------------------------------------------------------------------------------------


def test_a_card_stands_in_status_until_done_says_so(visited: CliDesk) -> None:
    (shown,) = process(visited)["tasks"]
    assert (shown["id"], shown["kind"], shown["due"]) == (CARD, "handwritten", "2026-03-06T17:00:00+01:00")
    assert shown["recipient"]["address"] == "rita@acme.test"
    text = " ".join(visited.run("status").stdout.split())
    assert "by hand" in text
    assert f"hearback done {process(visited)['id']} {CARD}" in text

    told = visited.json("done", "acme", "handwritten")
    assert told["process"]["tasks"] == []
    visited.run("once", "--now", NEXT_DAY)
    assert process(visited)["tasks"] == []
    assert f"you said done {CARD}" in " ".join(visited.run("why", "acme").stdout.split())


def test_h5_the_mail_says_that_a_card_is_on_its_way_as_long_as_one_is_to_be_written_or_was(visited: CliDesk) -> None:
    def note() -> str:
        (found,) = visited.drafts()
        text = message_from_bytes(found.read_bytes(), policy=policy.default).get_body(("plain",))
        assert text is not None
        return " ".join(text.get_content().split())

    announced = load_wording().variants("thank_you", "card", ["any"])
    assert any(sentence in note() for sentence in announced), note()
    visited.run("done", "acme", CARD)
    visited.run("once", "--now", "2026-03-04T18:00+01:00")
    assert any(sentence in note() for sentence in announced)


def test_done_takes_the_only_task(visited: CliDesk) -> None:
    visited.run("done", "acme")
    assert process(visited)["tasks"] == []


def test_done_asks_which_of_several_and_takes_a_beginning_or_a_name() -> None:
    kim = task("handwritten-1.kim@acme.example", recipient=Person("Kim Lee", "kim@acme.example"))
    found = assessment(None, Decision(tasks=(task(), kim)))

    with pytest.raises(UsageError, match="which one"):
        chosen_task(found, None)
    with pytest.raises(UsageError, match="may be any of these"):
        chosen_task(found, "handwritten")
    assert chosen_task(found, "handwritten-1.k") == chosen_task(found, "Kim") == kim


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("done", "acme", "nothing-of-it"), "there is no task 'nothing-of-it'. These are there:"),
        (("done", "acme", ""), "there is no task ''"),
        (("done", "umbrella", CARD), "there is no process 'umbrella'"),
    ],
)
def test_a_task_that_is_not_there_is_refused_with_those_that_are(visited: CliDesk, words: tuple[str, ...], reason: str) -> None:
    said = visited.run(*words, code=Exit.USAGE).stderr
    assert reason in said


def test_done_without_anything_to_do_says_so(desk: CliDesk) -> None:
    desk.invite()
    desk.run("once", "--now", BEFORE)

    assert "there is nothing for you to do" in desk.run("done", "acme", code=Exit.USAGE).stderr
    assert "there is nothing for you to do" in desk.run("done", "acme", "card", code=Exit.USAGE).stderr


def test_why_shows_the_words_of_the_card_and_what_is_usual(visited: CliDesk) -> None:
    told = visited.json("why", "acme")

    (shown,) = told["tasks"]
    assert shown["words"].startswith("Dear Rita,\n\n")
    assert {"H1", "H3"} <= {rule for reason in shown["reasons"] for rule in reason["rules"]}
    assert [reason["rules"] for reason in told["card"]] == [["B9", "T8"]]
    assert "Dear Rita," in visited.run("why", "acme").stdout


# --- no-shows ---------------------------------------------------------------------------------------------------------


def test_a_no_show_takes_the_thanks_back_and_writes_to_whoever_arranged_it(visited: CliDesk) -> None:
    visited.run("no-show", "acme")
    visited.run("once", "--now", "2026-03-04T17:30+01:00")
    assert [draft["kind"] for draft in process(visited)["drafts"] if draft["kind"] not in {"notes", "prep"}] == []
    assert process(visited)["tasks"] == []

    visited.run("once", "--now", "2026-03-05T08:00+01:00")
    (draft,) = [draft for draft in process(visited)["drafts"] if draft["kind"] == "no_show"]
    assert (draft["recipient"], draft["slot_opens"]) == ("rita@acme.test", "2026-03-05T08:00:00+01:00")


def test_a_no_show_can_be_taken_back(visited: CliDesk) -> None:
    assert "nothing to take back" in visited.run("no-show", "acme", "--undo", code=Exit.USAGE).stderr
    visited.run("no-show", "acme")
    assert process(visited)["tasks"] == []
    visited.run("no-show", "acme", "--undo")
    visited.run("once", "--now", "2026-03-04T18:00+01:00")
    assert [draft["kind"] for draft in process(visited)["drafts"]] == ["thank_you"]
    assert [shown["id"] for shown in process(visited)["tasks"]] == [CARD]


def test_a_no_show_before_the_interview_is_refused(desk: CliDesk) -> None:
    desk.invite()
    desk.run("once", "--now", BEFORE)

    assert "no interview of it is over" in desk.run("no-show", "acme", code=Exit.USAGE).stderr


# --- an accepted job --------------------------------------------------------------------------------------------------


def test_d20_the_country_that_is_said_counts_and_can_be_taken_back(visited: CliDesk) -> None:
    (process,) = [one["id"] for one in visited.json("status")["processes"]]
    visited.run("country", process, "se")
    assert "you said country SE" in visited.run("why", process).stdout
    visited.run("country", process, "auto")
    refused = visited.run("country", process, "UK", code=Exit.USAGE)
    assert "GB" in refused.stderr
    assert "auto" in visited.run("country", process, " ", code=Exit.USAGE).stderr


@pytest.fixture
def two(visited: CliDesk) -> CliDesk:
    """Return a desk with a second process, whose follow-up is due on Tuesday 17 March."""
    visited.deliver(
        invitation(
            INVITED,
            datetime(2026, 3, 3, 14, tzinfo=UTC),
            message_id="i2@umbrella.example",
            subject="Interview confirmation: Data Engineer at Umbrella",
            role="Data Engineer",
            sender="Ada Voss <ada@umbrella.example>",
            uid="u2@umbrella.example",
            summary="Interview: Data Engineer at Umbrella",
            attendees=[("Ada Voss", "ada@umbrella.example")],
            organizer=("Ada Voss", "ada@umbrella.example"),
        ),
        INVITED,
        "other",
    )
    visited.run("once", "--now", "2026-03-12T09:00+01:00")
    assert len(visited.json("status")["processes"]) == 2
    return visited


def states(desk: CliDesk) -> dict[str, str]:
    return {each["id"].partition("-")[0]: each["state"] for each in desk.json("status")["processes"]}


def test_f21_a_job_that_is_taken_mutes_no_other_process_until_its_first_day(two: CliDesk) -> None:
    two.run("accepted", "acme", "--starts", "2026-04-01")
    two.run("once", "--now", "2026-03-17T09:00+01:00")
    assert states(two)["acme"] == "CLOSED"
    assert [
        draft["kind"] for each in two.json("status")["processes"] for draft in each["drafts"] if draft["kind"] == "status"
    ] == ["status"]

    two.run("once", "--now", "2026-04-01T00:00+02:00")
    assert all(not each["drafts"] and each["next"] is None for each in two.json("status")["processes"])
    assert [step for step in two.json("plan")["steps"] if step["kind"] != "interview"] == []


def test_f21_without_a_first_day_everything_else_goes_on_and_reopening_takes_the_word_back(two: CliDesk) -> None:
    two.run("accepted", "acme")
    two.run("once", "--now", "2026-03-17T09:00+01:00")
    assert [step["kind"] for step in two.json("plan")["steps"] if step["kind"] == "status"] != []
    two.run("accepted", "acme", "--starts", "2026-03-18")
    two.run("once", "--now", "2026-03-18T09:00+01:00")
    assert [step for step in two.json("plan")["steps"] if step["kind"] == "status"] == []
    two.run("reopen", "acme")
    two.run("once", "--now", "2026-03-18T10:00+01:00")
    assert [step for step in two.json("plan")["steps"] if step["kind"] == "status"] != []


def test_a_first_day_that_is_none_is_refused(visited: CliDesk) -> None:
    assert "2026-03-10" in visited.run("accepted", "acme", "--starts", "soon", code=Exit.USAGE).stderr
    assert process(visited)["state"] != "CLOSED"


def test_f21_closing_one_process_leaves_the_other_as_it_is(two: CliDesk) -> None:
    before = {each["id"]: each for each in two.json("status")["processes"]}
    two.run("close", "acme")
    after = {each["id"]: each for each in two.json("status")["processes"]}

    (other,) = [name for name in before if name.startswith("umbrella")]
    assert before[other] == after[other]


# --- keeping in touch -------------------------------------------------------------------------------------------------


def test_o4_long_after_a_rejection_something_new_is_asked_for_and_then_told(visited: CliDesk) -> None:
    said_no = datetime(2026, 3, 10, 9, tzinfo=UTC)
    visited.deliver(
        bytes(
            letter(
                "Re: Interview confirmation: Backend Engineer at Acme",
                "Hi Sam,\n\nthank you for your time. We are sorry to tell you that we have decided to move forward with another "
                "candidate.\n\nBest wishes\nRita Chen\n",
                said_no,
                message_id="no@acme.test",
                parents=["invite-1@acme.test"],
            )
        ),
        said_no,
        "no",
    )
    visited.run("once", "--now", "2026-03-10T12:00+01:00")
    assert process(visited)["state"] == "CLOSED"
    done = visited.json("once", "--now", "2026-06-08T09:00+02:00")
    assert "notice:keep_warm" in [row["action"] for row in done[0]["log"]]
    assert "would be in place now" in " ".join(visited.run("status").stdout.split())


# --- plan and simulation ----------------------------------------------------------------------------------------------


def test_the_plan_is_written_as_a_calendar_file_whole_or_not_at_all(visited: CliDesk) -> None:
    path = visited.path / "plan.ics"
    path.write_text("old")
    visited.run("plan", "--ics", str(path))
    calendar_read = Calendar.from_ical(path.read_bytes())
    titles = [str(event["summary"]) for event in calendar_read.walk("VEVENT")]

    assert any("A card by hand to Rita Chen" in title for title in titles)
    assert any("Follow-up 1 of 3" in title for title in titles)
    assert [each.name for each in visited.path.iterdir() if "plan" in each.name] == ["plan.ics"]
    printed = visited.run("plan", "--ics", "-").stdout_bytes
    assert printed == path.read_bytes()


def test_a_calendar_file_that_cannot_be_written_is_told(visited: CliDesk) -> None:
    assert "is a folder" in visited.run("plan", "--ics", str(visited.path), code=Exit.USAGE).stderr
    assert "there is no folder" in visited.run("plan", "--ics", str(visited.path / "none" / "x.ics"), code=Exit.USAGE).stderr
    assert "one of them" in visited.run("plan", "--ics", "x.ics", "--json", code=Exit.USAGE).stderr


def test_simulate_shows_both_plans_and_stores_nothing(visited: CliDesk) -> None:
    def rows() -> list[Any]:
        with Store(visited.state / "hearback.sqlite3").read() as connection:
            return [
                connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
                for table in ("event", "mark", "note", "outbox", "draft_event", "log", "process", "process_link")
            ]

    before = rows()
    told = visited.json("simulate", "acme", "--if", "reply day 9")
    text = visited.run("simulate", "acme", "--if", "reply day 9", "--if", "rejection day 20").stdout

    assert rows() == before
    assert told["if"] == [{"text": "reply day 9", "what": "reply", "at": "2026-03-13T10:00:00+01:00", "until": None}]
    kinds = {side: [step["kind"] for step in told[side]["steps"]] for side in ("before", "after")}
    assert kinds["before"].count("status") == 3
    assert kinds["after"].count("status") == 0
    assert "They reply" in text
    assert "They say no" in text


def test_simulating_nothing_gives_the_plan(visited: CliDesk) -> None:
    told = visited.json("simulate", "acme", "--if", "nothing")
    plan = visited.json("plan")

    assert told["before"]["steps"] == told["after"]["steps"] == plan["steps"]
    assert (told["gone"], told["new"], told["moved"]) == ([], [], [])


def test_a_supposition_that_is_not_understood_names_what_is(visited: CliDesk) -> None:
    said = visited.run("simulate", "acme", "--if", "reply someday", code=Exit.USAGE).stderr

    assert "'reply someday': is not understood. These are understood:" in said
    assert "auto-reply until" in said
    visited.run("simulate", "acme", code=Exit.USAGE)


def test_the_plan_of_the_command_foretells_the_draft_of_the_daemon(visited: CliDesk) -> None:
    steps = visited.json("plan")["steps"]
    (first, *_) = [step for step in steps if step["kind"] == "status"]
    visited.run("once", "--now", first["appears_at"])
    (draft,) = [draft for draft in process(visited)["drafts"] if draft["kind"] == "status"]

    assert (draft["key"], draft["slot_opens"]) == (first["id"], first["opens"])
