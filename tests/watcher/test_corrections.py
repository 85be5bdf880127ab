"""What the user corrects from the command line: it is remembered, wins over all that comes later, and is acted on."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from connectors.maildir import create_maildir
from rules.process import State
from tests.letters import invitation, letter
from tests.watcher.clidesk import INTERVIEW, INVITED, CliDesk
from watcher.store import Store

AFTER = INTERVIEW + timedelta(hours=2)
OMAR = "Omar Haddad <omar@acme.test>"


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    return CliDesk(tmp_path)


def once(desk: CliDesk, now: datetime) -> Any:
    return desk.json("once", "--now", now.isoformat())


def write(desk: CliDesk, name: str, text: str, at: datetime, **about: Any) -> None:
    desk.deliver(
        bytes(letter(about.pop("subject", "Your interview"), text, at, message_id=f"{name}@acme.test", **about)), at, name
    )


@pytest.fixture
def thanked(desk: CliDesk) -> CliDesk:
    """After an interview with Rita: a note of thanks stands in Drafts."""
    desk.invite()
    once(desk, INVITED)
    once(desk, AFTER)
    assert recipients(desk) == ["rita@acme.test"]
    return desk


@pytest.fixture
def two(thanked: CliDesk) -> CliDesk:
    """And one with Omar for another position, with a note to him."""
    thanked.deliver(
        invitation(
            INVITED,
            INTERVIEW,
            message_id="omar-1@acme.test",
            subject="Interview confirmation: Account Manager at Acme",
            role="Account Manager",
            sender=OMAR,
            uid="omar@acme.test",
            summary="Interview: Account Manager at Acme",
            attendees=(("Omar Haddad", "omar@acme.test"),),
            organizer=("Omar Haddad", "omar@acme.test"),
        ),
        INVITED,
        "omar",
    )
    once(thanked, AFTER + timedelta(minutes=10))
    assert recipients(thanked) == ["omar@acme.test", "rita@acme.test"]
    return thanked


def recipients(desk: CliDesk) -> list[str]:
    drafts = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in desk.drafts()]
    return sorted(str(draft["To"].addresses[0].addr_spec) for draft in drafts)


def states(desk: CliDesk) -> dict[str, str]:
    return {one["id"]: one["state"] for one in desk.json("status")["processes"]}


def messages(desk: CliDesk, process: str) -> dict[str, dict[str, Any]]:
    """Return what `why` tells of the messages of a process, by the first part of their Message-ID."""
    return {row["message_id"].partition("@")[0]: row for row in desk.json("why", process)["messages"]}


def with_message(desk: CliDesk, name: str) -> str:
    (found,) = [process for process in states(desk) if name in messages(desk, process)]
    return found


# ---------------------------------------------------------------------------------------------------------------- relabel


def test_a_mail_that_is_relabelled_is_read_anew_as_what_it_is(thanked: CliDesk) -> None:
    text = "Hi Sam,\n\nit was good to meet you. You will hear from us by 20 March.\n\nRita\n"
    write(thanked, "reply", text, AFTER + timedelta(hours=1))
    once(thanked, AFTER + timedelta(hours=2))
    (process,) = states(thanked)
    reply = messages(thanked, process)["reply"]
    assert reply["kind"] == "human_reply"

    told = thanked.json("relabel", reply["short"], "rejection")
    assert told["processes"][0]["state"] == State.CLOSED
    once(thanked, AFTER + timedelta(hours=3))

    row = messages(thanked, process)["reply"]
    assert (row["kind"], row["confidence"], row["runner_up"]) == ("rejection", 1.0, "human_reply")
    assert row["evidence"][0] == {"source": "user", "detail": "you said so; read as human_reply"}
    assert states(thanked) == {process: State.CLOSED}
    assert recipients(thanked) == []

    thanked.run("relabel", reply["short"], "auto")
    once(thanked, AFTER + timedelta(hours=4))
    assert messages(thanked, process)["reply"]["kind"] == "human_reply"
    assert thanked.json("status")["processes"][0]["promised_by"] == "2026-03-20"


def test_a_reply_that_is_none_gives_the_draft_back(thanked: CliDesk) -> None:
    write(thanked, "survey", "Hi Sam,\n\nplease rate our canteen.\n\nRita\n", AFTER + timedelta(hours=1))
    once(thanked, AFTER + timedelta(hours=2))
    (process,) = states(thanked)
    assert (states(thanked)[process], recipients(thanked)) == (State.OUR_TURN, [])

    thanked.run("relabel", "<survey@acme.test>", "noise")
    once(thanked, AFTER + timedelta(hours=3))

    assert (states(thanked)[process], recipients(thanked)) == (State.DRAFTED, ["rita@acme.test"])
    assert messages(thanked, process)["survey"]["kind"] == "noise"


def test_a_mail_that_is_gone_is_relabelled_by_what_was_kept_of_it(thanked: CliDesk) -> None:
    write(thanked, "reply", "Hi Sam,\n\nyou will hear from us by 20 March.\n\nRita\n", AFTER + timedelta(hours=1))
    once(thanked, AFTER + timedelta(hours=2))
    next(path for path in (thanked.mailbox / "new").iterdir() if "reply" in path.name).unlink()
    once(thanked, AFTER + timedelta(hours=3))
    (process,) = states(thanked)

    thanked.run("relabel", "<reply@acme.test>", "noise")
    once(thanked, AFTER + timedelta(hours=4))
    assert messages(thanked, process)["reply"]["kind"] == "noise"
    assert thanked.json("status")["processes"][0]["promised_by"] is None

    thanked.run("relabel", "<reply@acme.test>", "auto")
    once(thanked, AFTER + timedelta(hours=5))
    assert messages(thanked, process)["reply"]["kind"] == "human_reply"
    assert thanked.json("status")["processes"][0]["promised_by"] == "2026-03-20"


def test_a_mail_that_was_never_looked_into_can_be_named_by_its_message_id(desk: CliDesk) -> None:
    write(desk, "lunch", "Hi Sam,\n\nTuesday at 2 pm?\n\nMax\n", INVITED, subject="Lunch", sender="Max <max@zeta.test>")
    once(desk, INVITED)
    assert states(desk) == {}

    desk.run("relabel", "lunch@acme.test", "interview_invite")
    assert states(desk) == {}
    once(desk, INVITED + timedelta(hours=1))

    (process,) = states(desk)
    assert messages(desk, process)["lunch"]["kind"] == "interview_invite"
    lose_what_can_be_rebuilt(desk)
    once(desk, INVITED + timedelta(hours=2))
    assert set(states(desk)) == {process}


def test_what_opened_a_process_and_is_nothing_of_the_kind_takes_it_away_with_its_draft(thanked: CliDesk) -> None:
    thanked.run("relabel", "invite-1@acme.test", "noise")
    once(thanked, AFTER + timedelta(hours=1))

    assert states(thanked) == {}
    assert recipients(thanked) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("relabel", "invite-1@acme.test", "spam"), "is no kind of message"),
        (("relabel", "nobody@acme.test", "noise"), "there is no message"),
        (("relabel", "ab", "noise"), "too short"),
        (("relabel", "invite-1@acme.test", "auto"), "nothing was said"),
        (("split", "acme"), "was not merged out of two"),
        (("split", "acme", "ffff0000"), "is no message of"),
        (("split", "acme", "invite-1@acme.test"), "Nothing would be left"),
        (("split", "acme", "a", "b", "--from-here"), "takes one MESSAGE"),
        (("split", "acme", "--to", "acme"), "needs the MESSAGE"),
        (("merge", "acme", "acme"), "is one process already"),
        (("merge", "acme", "zeta"), "there is no process"),
    ],
)
def test_what_cannot_be_corrected_is_told(thanked: CliDesk, words: tuple[str, ...], told: str) -> None:
    done = thanked.run(*words, code=2)

    assert told in done.stderr
    with Store(thanked.state / "hearback.sqlite3").read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM correction").scalar() == 0


def test_the_users_own_mail_has_no_kind(thanked: CliDesk) -> None:
    write(
        thanked,
        "mine",
        "Hi Rita,\n\nthanks!\n",
        AFTER,
        sender="Sam Rivers <sam@example.com>",
        to="rita@acme.test",
        parents=("invite-1@acme.test",),
    )
    once(thanked, AFTER + timedelta(hours=1))

    assert "your own" in thanked.run("relabel", "mine@acme.test", "noise", code=2).stderr


# -------------------------------------------------------------------------------------------------------- split and merge


def test_messages_are_split_off_and_put_back(thanked: CliDesk) -> None:
    write(thanked, "other", "Hi Sam,\n\nabout the other position: can you call me?\n\nRita\n", AFTER + timedelta(hours=1))
    once(thanked, AFTER + timedelta(hours=2))
    (process,) = states(thanked)
    assert states(thanked)[process] is not State.DRAFTED
    other = messages(thanked, process)["other"]

    told = thanked.json("split", process, other["short"])
    assert told["processes"][0]["id"] == process
    once(thanked, AFTER + timedelta(hours=3))

    assert states(thanked) == {process: State.DRAFTED, told["processes"][1]["id"]: State.OUR_TURN}
    assert recipients(thanked) == ["rita@acme.test"]
    row = messages(thanked, told["processes"][1]["id"])["other"]
    assert row["link"] == {"weight": 1.0, "why": ["your word 1.00: you said that it belongs here"], "ambiguous": False}

    thanked.run("merge", process, told["processes"][1]["id"])
    once(thanked, AFTER + timedelta(hours=4))
    assert states(thanked) == {process: State.OUR_TURN}
    assert recipients(thanked) == []


def test_an_answer_follows_what_it_answers_and_all_from_here_leaves(thanked: CliDesk) -> None:
    for number, parents in enumerate(((), ("r0@acme.test",), ("r0@acme.test", "r1@acme.test"))):
        at = AFTER + timedelta(hours=number)
        write(thanked, f"r{number}", "Hi Sam,\n\ncan you call me?\n\nRita\n", at, parents=("invite-1@acme.test", *parents))
    once(thanked, AFTER + timedelta(hours=3))
    (process,) = states(thanked)

    told = thanked.json("split", process, messages(thanked, process)["r1"]["short"], "--from-here")
    other = told["processes"][1]["id"]
    write(thanked, "r3", "Hi Sam,\n\nhello?\n", AFTER + timedelta(hours=4), parents=("invite-1@acme.test", "r2@acme.test"))
    write(thanked, "r4", "Hi Sam,\n\nhello?\n", AFTER + timedelta(hours=4), parents=("invite-1@acme.test", "r0@acme.test"))
    once(thanked, AFTER + timedelta(hours=5))

    assert set(messages(thanked, process)) == {"invite-1", "r0", "r4"}
    assert set(messages(thanked, other)) == {"r1", "r2", "r3"}


def test_corrections_survive_the_loss_of_all_that_can_be_rebuilt(two: CliDesk) -> None:
    write(two, "note", "Hi Sam,\n\ncan you call me?\n\nRita\n", AFTER + timedelta(hours=1))
    once(two, AFTER + timedelta(hours=2))
    rita, omar = with_message(two, "invite-1"), with_message(two, "omar-1")
    two.run("split", rita, "note@acme.test", "--to", omar)
    two.run("relabel", "note@acme.test", "rejection")
    once(two, AFTER + timedelta(hours=3))
    before = {process: set(messages(two, process)) for process in states(two)}
    assert before == {rita: {"invite-1"}, omar: {"omar-1", "note"}}

    lose_what_can_be_rebuilt(two)
    once(two, AFTER + timedelta(hours=4))

    assert {process: set(messages(two, process)) for process in states(two)} == before
    assert messages(two, omar)["note"]["kind"] == "rejection"


def test_the_drafts_of_a_process_that_was_merged_away_follow_it_and_none_doubles(two: CliDesk) -> None:
    rita, omar = with_message(two, "invite-1"), with_message(two, "omar-1")

    two.run("merge", rita, omar)
    once(two, AFTER + timedelta(minutes=20))
    assert set(states(two)) == {rita}
    assert recipients(two) == ["omar@acme.test", "rita@acme.test"]
    assert {draft["key"].partition("/")[0] for draft in two.json("drafts")["drafts"]} == {rita}

    two.run("split", rita)
    once(two, AFTER + timedelta(minutes=30))
    assert set(states(two)) == {rita, omar}
    assert recipients(two) == ["omar@acme.test", "rita@acme.test"]
    owners = {draft["recipient"]: draft["key"].partition("/")[0] for draft in two.json("drafts")["drafts"]}
    assert owners == {"rita@acme.test": rita, "omar@acme.test": omar}


def test_a_note_that_was_deleted_does_not_come_back_by_merging_or_splitting(two: CliDesk) -> None:
    rita, omar = with_message(two, "invite-1"), with_message(two, "omar-1")
    next(path for path in two.drafts() if b"omar@acme.test" in path.read_bytes()).unlink()
    once(two, AFTER + timedelta(minutes=20))
    assert recipients(two) == ["rita@acme.test"]

    for number, words in enumerate((("merge", rita, omar), ("split", rita), ("merge", omar, rita))):
        two.run(*words)
        once(two, AFTER + timedelta(minutes=30 + number))
        assert recipients(two) == ["rita@acme.test"], words


def test_a_note_that_was_sent_is_not_written_again_after_a_merge(two: CliDesk) -> None:
    rita, omar = with_message(two, "invite-1"), with_message(two, "omar-1")
    path = next(path for path in two.drafts() if b"omar@acme.test" in path.read_bytes())
    path.rename(two.mailbox / ".Sent" / "cur" / "1772640000.sent.world:2,S")
    once(two, AFTER + timedelta(minutes=20))

    two.run("merge", rita, omar)
    once(two, AFTER + timedelta(minutes=30))

    assert recipients(two) == ["rita@acme.test"]


def test_what_came_to_two_mailboxes_is_merged_and_taken_apart_as_in_one(desk: CliDesk, tmp_path: Path) -> None:
    create_maildir(tmp_path / "second")
    desk.configure('[accounts.main]\nkind = "maildir"\npath = "mail"\n[accounts.more]\nkind = "maildir"\npath = "second"\n')
    desk.invite()
    raw = invitation(
        INVITED,
        INTERVIEW + timedelta(hours=1),
        message_id="b@zeta.test",
        subject="Interview confirmation: Chef at Zeta",
        sender="Bo Lind <bo@zeta.test>",
        uid="b",
        role="Chef",
        summary="Interview: Chef at Zeta",
        attendees=[("Bo Lind", "bo@zeta.test")],
        organizer=("Bo Lind", "bo@zeta.test"),
    ).replace(b"Chef role at Acme", b"Chef role at Zeta")
    (tmp_path / "second" / "new" / "1.b.world").write_bytes(raw)
    once(desk, INVITED)
    one, other = sorted(states(desk))

    desk.run("merge", one, other)
    once(desk, INVITED + timedelta(hours=1))
    assert {row["account"] for row in desk.json("why", one)["messages"]} == {"main", "more"}
    assert list(states(desk)) == [one]

    desk.run("split", one)
    once(desk, INVITED + timedelta(hours=2))
    assert sorted(states(desk)) == [one, other]


def test_a_correction_wakes_the_daemon_which_acts_on_it(thanked: CliDesk) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "watcher.cli", "run", "--config", str(thanked.config)],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        assert any("up to date" in line for line in running.stderr)
        assert thanked.json("relabel", "invite-1@acme.test", "noise")["daemon"] is True
        assert any("was taken back" in line for line in running.stderr)
        assert recipients(thanked) == []
    finally:
        running.terminate()
        running.communicate(timeout=20)


def lose_what_can_be_rebuilt(desk: CliDesk) -> None:
    with Store(desk.state / "hearback.sqlite3").write() as connection:
        for table in ("process_link", "process", "event", "message"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
