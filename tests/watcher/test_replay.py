"""The past of a mailbox, played: what would have been drafted and taken back, day by day, and nothing touched."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rules.mail import Message
from tests.bench.mailbox import Mailbox
from tests.letters import invitation, letter
from tests.watcher.archives import INTERVIEW, INVITED, REPLIED, Past, as_eml, as_maildir, as_mbox, state_of, story
from tests.watcher.clidesk import CliDesk
from watcher.cli.exits import Exit
from watcher.cycle import Cycle
from watcher.demo.run import run_demo
from watcher.replay.play import PATIENCE

Layout = Callable[[Path, Iterable[Past]], Path]
LAYOUTS = pytest.mark.parametrize("layout", [as_mbox, as_maildir, as_eml])
ZONE = ("--zone", "Europe/Berlin")


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test a user without a configuration, and a place for what must be gone afterwards."""
    monkeypatch.delenv("HEARBACK_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))


def _played(run: Any, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("replay", *words, "--json").stdout.splitlines()]


@pytest.fixture
def run() -> Any:
    """Return what runs a command without any configuration."""
    return CliDesk.run_bare


def _steps(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["event"], event["at"][:16]) for event in events if event["event"] != "summary"]


# --- the story --------------------------------------------------------------------------------------------------------


@LAYOUTS
def test_a_past_is_played_from_each_kind_of_place(tmp_path: Path, run: Any, layout: Layout) -> None:
    *events, summary = _played(run, str(layout(tmp_path / "mail", story())), *ZONE)

    assert [step for step in _steps(events) if not step[0].startswith("notice:")] == [
        ("found", "2026-03-02T11:00"),
        ("placed", "2026-03-04T16:00"),
        ("rewritten", "2026-03-06T16:00"),
        ("placed", "2026-03-17T20:00"),
        ("replied", "2026-03-26T10:30"),
        ("withdrawn", "2026-03-26T10:30"),
        ("withdrawn", "2026-03-26T10:30"),
        ("paused", "2026-03-26T10:30"),
    ]
    assert (summary["drafted"], summary["withdrawn"], summary["paused"]) == ({"thank_you": 1, "status": 1}, 2, 1)
    assert [(one["company"], one["state"]) for one in summary["processes"]] == [("Acme", "OUR_TURN")]
    assert (summary["own"], summary["messages"], summary["timezone"]) == (["sam@example.com"], 4, "Europe/Berlin")
    assert (summary["from"], summary["until"]) == ("2026-03-02T11:00:00+01:00", "2026-03-26T23:59:59+01:00")


def test_an_event_tells_the_draft_its_slot_and_why(tmp_path: Path, run: Any) -> None:
    events = _played(run, str(as_mbox(tmp_path / "m.mbox", story())), *ZONE)
    thanks, follow_up = (event for event in events if event["event"] == "placed")

    assert (thanks["company"], thanks["role"], thanks["state"]) == ("Acme", "Backend Engineer", "DRAFTED")
    assert thanks["draft"]["kind"] == "thank_you"
    assert thanks["draft"]["recipient"] == follow_up["draft"]["recipient"] == "rita@acme.test"
    assert follow_up["draft"]["kind"] == "status"
    assert follow_up["draft"]["slot_opens"] == "2026-03-18T08:00:00+01:00"
    assert follow_up["draft"]["subject"].startswith("Re: Interview confirmation")
    assert "14 days after" in follow_up["why"][0]["text"]
    assert follow_up["why"][0]["rules"]
    gone = next(event for event in events if event["event"] == "withdrawn")
    assert gone["draft"]["key"] in {thanks["draft"]["key"], follow_up["draft"]["key"]}
    assert "They wrote" in gone["text"]


@LAYOUTS
def test_a_follow_up_written_by_hand_takes_the_place_of_ours(tmp_path: Path, run: Any, layout: Layout) -> None:
    by_hand = INTERVIEW + timedelta(days=12, hours=2)
    *events, summary = _played(run, str(layout(tmp_path / "mail", story(by_hand=by_hand))), *ZONE)

    assert [event["draft"]["kind"] for event in events if event["event"] == "placed"] == ["thank_you"]
    assert [event["text"].partition(". ")[2] for event in events if event["event"] == "withdrawn"] == [
        "You wrote to them yourself after the interview"
    ]
    assert summary["drafted"] == {"thank_you": 1}


def test_the_past_of_the_demonstration_gives_the_same_processes(tmp_path: Path, run: Any) -> None:
    """The demonstration's user sent some drafts, from one client and another: in Sent they are known for what they are."""
    from rich.console import Console  # noqa: PLC0415 - for this test alone

    with (tmp_path / "demo.txt").open("w") as told:
        run_demo(tmp_path / "demo", console=Console(file=told))
    summary = _played(run, str(tmp_path / "demo" / "Maildir"), *ZONE)[-1]

    watched = json.loads(run("status", "--config", str(tmp_path / "demo" / "config.toml"), "--json").stdout)["processes"]

    assert summary["own"] == ["orla@brannick.example"]
    assert summary["sent"] >= 10
    assert {(one["company"], one["role"]) for one in summary["processes"]} == {(one["company"], one["role"]) for one in watched}
    closed = [{one["company"] for one in seen if one["state"] == "CLOSED"} for seen in (summary["processes"], watched)]
    assert closed[0] == closed[1] != set()


# --- time -------------------------------------------------------------------------------------------------------------


def test_what_is_due_between_two_mails_happens_when_it_is_due(tmp_path: Path, run: Any) -> None:
    events = _played(run, str(as_mbox(tmp_path / "m.mbox", story(replied=False))), "--until", "2026-04-10", *ZONE)
    placed = [event["at"] for event in events if event["event"] == "placed"]

    assert placed == ["2026-03-04T16:00:00+01:00", "2026-03-17T20:00:00+01:00"]
    assert events[-1]["until"] == "2026-04-10T23:59:59+02:00"


def test_a_replay_may_begin_and_end_on_a_day(tmp_path: Path, run: Any) -> None:
    """It begins as if started on that day: what came before is read, and what is due is done at once."""
    mailbox = str(as_mbox(tmp_path / "m.mbox", story()))
    events = _played(run, mailbox, "--since", "2026-03-05", "--until", "2026-03-17", *ZONE)

    assert _steps(events)[:2] == [("found", "2026-03-05T00:00"), ("placed", "2026-03-05T00:00")]
    assert max(event["at"] for event in events[:-1]) < "2026-03-18"
    assert events[-1]["processes"][0]["state"] == "DRAFTED"
    assert events[-1]["messages"] == 3


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--since", "yesterday"], Exit.USAGE, "is not a day"),
        (["--until", "2026-02-30"], Exit.USAGE, "is not a day"),
        (["--since", "2026-04-01", "--until", "2026-03-01"], Exit.USAGE, "lies before"),
        (["--since", "2027-01-01"], Exit.USAGE, "there is no mail after"),
        (["--until", "2020-01-01"], Exit.USAGE, "there is no mail before"),
        (["--zone", "Mars/Olympus"], Exit.USAGE, "is no time zone"),
        (["--own", "sam"], Exit.USAGE, "is no mail address"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, run: Any, words: list[str], code: Exit, told: str) -> None:
    mailbox = as_mbox(tmp_path / "m.mbox", story())

    assert told in run("replay", str(mailbox), *words, code=code).stderr


def test_a_draft_that_nobody_sends_lapses_and_the_process_goes_quiet(tmp_path: Path, run: Any) -> None:
    at = INVITED + 3 * PATIENCE
    later = Past(bytes(letter("Lunch", "Again?", at, message_id="x@y.test", sender="k@y.test")), at)
    events = _played(run, str(as_mbox(tmp_path / "m.mbox", [*story(replied=False), later])), *ZONE)
    lapsed = [event for event in events if event["event"] == "discarded"]

    assert lapsed
    assert all("did not want" in event["text"] for event in lapsed)
    assert datetime.fromisoformat(lapsed[0]["at"]) >= INTERVIEW + PATIENCE
    assert events[-1]["processes"][0]["state"] == "DORMANT"
    assert events[-1]["processes"][0]["drafts"] == []


def test_mail_that_changes_nothing_needs_no_pass_of_its_own(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three years of all sorts of mail give the same, to the letter, as with a pass for each that is read."""
    mails = [Past(mail.raw, datetime.fromtimestamp(mail.received, UTC), mail.sent) for mail in Mailbox(300, scale=0.02)]
    mailbox = str(as_mbox(tmp_path / "m.mbox", mails))
    batched = run("replay", mailbox, *ZONE, "--json").stdout
    passes: list[Message] = []

    def each(cycle: Cycle, message: Message) -> bool:
        del cycle
        passes.append(message)
        return True

    monkeypatch.setattr(Cycle, "concerns", each)

    assert run("replay", mailbox, *ZONE, "--json").stdout == batched
    assert len(passes) > 10
    assert json.loads(batched.splitlines()[-1])["processes"]


# --- whose mailbox ----------------------------------------------------------------------------------------------------


def test_the_user_s_own_addresses_may_be_named(tmp_path: Path, run: Any) -> None:
    mailbox = str(as_eml(tmp_path / "mail", story(by_hand=INTERVIEW + timedelta(days=12))))
    summary = _played(run, mailbox, "--own", "SAM@example.com", "--own", "old@example.com", *ZONE)[-1]

    assert summary["own"] == ["old@example.com", "sam@example.com"]
    assert summary["drafted"] == {"thank_you": 1}


def test_the_configuration_says_who_the_user_is_and_is_left_alone(tmp_path: Path, run: Any) -> None:
    (tmp_path / "desk").mkdir()
    desk = CliDesk(tmp_path / "desk")
    before = state_of(desk.path)
    result = run("replay", str(as_mbox(tmp_path / "m.mbox", story())), "--config", str(desk.config), "--json")
    summary = json.loads(result.stdout.splitlines()[-1])

    assert summary["own"] == ["sam@example.com"]
    assert summary["timezone"] == "Europe/Berlin"
    assert str(desk.config) in summary["notes"][0]
    assert state_of(desk.path) == before


def test_a_configuration_of_somebody_else_is_told_and_does_not_spoil_it(tmp_path: Path, run: Any) -> None:
    (tmp_path / "desk").mkdir()
    desk = CliDesk(tmp_path / "desk")
    desk.config.write_text(desk.config.read_text().replace("sam@example.com", "other@example.com"))
    result = run("replay", str(as_mbox(tmp_path / "m.mbox", story())), "--config", str(desk.config), "--json")
    summary = json.loads(result.stdout.splitlines()[-1])

    assert summary["own"] == ["other@example.com", "sam@example.com"]
    assert any("None of your addresses" in note for note in summary["notes"])
    assert summary["drafted"] == {"thank_you": 1, "status": 1}


def test_a_mailbox_of_nobody_asks_for_the_address(tmp_path: Path, run: Any) -> None:
    (tmp_path / "one.eml").write_bytes(b"From: a@acme.test\nDate: Mon, 2 Mar 2026 12:00:00 +0000\nSubject: x\n\nhi\n")

    assert "--own ADDRESS" in run("replay", str(tmp_path / "one.eml"), code=Exit.USAGE).stderr


# --- nothing is touched, nothing is left ------------------------------------------------------------------------------


@LAYOUTS
def test_the_mailbox_is_not_written_to_and_nothing_is_left_behind(tmp_path: Path, run: Any, layout: Layout) -> None:
    place = tmp_path / "place"
    place.mkdir()
    mailbox = layout(place / "mail", story(by_hand=INTERVIEW + timedelta(days=12)))
    before = state_of(place)
    run("replay", str(mailbox), *ZONE)

    assert state_of(place) == before
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_mailbox_that_may_not_be_written_to_is_played(tmp_path: Path, run: Any) -> None:
    mailbox = as_maildir(tmp_path / "mail", story())
    for path in [*mailbox.rglob("*"), mailbox]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert _played(run, str(mailbox), *ZONE)[-1]["drafted"] == {"thank_you": 1, "status": 1}
    finally:
        for path in [mailbox, *mailbox.rglob("*")]:
            path.chmod(0o700)


def test_broken_mail_is_told_and_passed_over(tmp_path: Path, run: Any) -> None:
    mailbox = as_mbox(tmp_path / "m.mbox", story())
    with mailbox.open("ab") as file:
        file.write(b"From 1@xxx Mon Mar 02 10:00:00 +0000 2026\n\x00\x01 no header at all\n\n")
    summary = _played(run, str(mailbox), *ZONE)[-1]

    assert summary["passed_over"] == {"broken": 1}
    assert "this is no mail" in summary["broken"][0]
    assert summary["drafted"] == {"thank_you": 1, "status": 1}
    told = run("replay", str(mailbox), *ZONE)
    assert "this is no mail" in told.stderr
    assert "1 no mail at all" in told.stdout


def _many(count: int) -> list[Past]:
    mails = []
    for number in range(count):
        at = INVITED + timedelta(hours=number)
        raw = invitation(
            at,
            INTERVIEW + timedelta(days=7, hours=number),
            message_id=f"invite@firm{number}.test",
            subject=f"Interview confirmation: Backend Engineer at Firm{number}",
            sender=f"Rita Chen <rita@firm{number}.test>",
            uid=f"u{number}@firm{number}.test",
            organizer=("Rita Chen", f"rita@firm{number}.test"),
            attendees=(("Rita Chen", f"rita@firm{number}.test"),),
        )
        mails.append(Past(raw, at))
    return mails


_PAGE = 4096
"""As little as a pipe can hold: what is not read stops the writer."""


@pytest.fixture
def attentive() -> Iterator[None]:
    """Let what is started here heed SIGINT, though these tests may run in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("attentive")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """The pipe is not read, so that the command still has lines to write when the signal comes."""
    mailbox = as_mbox(tmp_path / "m.mbox", _many(70))
    scratch = tmp_path / "scratch"
    environment = {**os.environ, "TMPDIR": str(scratch)}
    command = [sys.executable, "-m", "watcher.cli", "replay", str(mailbox), "--json", "--until", "2026-05-30", *ZONE]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True, pipesize=_PAGE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "found"
        assert list(scratch.iterdir())
        process.send_signal(number)
        rest, told = process.communicate(timeout=30)

    assert process.returncode == code
    assert "summary" not in rest
    assert "Traceback" not in told
    assert list(scratch.iterdir()) == []


def test_no_bar_is_drawn_where_nobody_looks(tmp_path: Path, run: Any) -> None:
    result = run("replay", str(as_mbox(tmp_path / "m.mbox", story())), *ZONE)

    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert "Where it all stood on 26 March 2026" in result.stdout


def test_people_are_told_day_by_day(tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    told = " ".join(run("replay", str(as_mbox(tmp_path / "m.mbox", story())), *ZONE).stdout.split())

    assert "week 10, from 2 March 2026" in told
    assert "Wed 4 March" in told
    assert "Thank-you note to Rita Chen is in Drafts to rita@acme.test" in told
    assert "Follow-up to Rita Chen is in Drafts for Wed 18 Mar, 08:00" in told
    assert "best sent Wed 18 Mar, 08:00" in told
    assert "Rita Chen replied: paused, your turn" in told
    assert "They wrote last: paused" not in told  # it was just said
    assert "Drafted: 1 thank-you note, 1 follow-up. Taken back: 2. Paused: 1 time." in told


def test_many_drafts_due_at_once_all_come(tmp_path: Path, run: Any) -> None:
    """No pass places more than twenty; those left over come with the next passes."""
    events = _played(run, str(as_mbox(tmp_path / "m.mbox", _many(25))), "--since", "2026-03-13", "--until", "2026-03-13", *ZONE)
    placed = [event["at"] for event in events if event["event"] == "placed"]

    assert len(placed) == 25
    assert len(set(placed)) > 1
    assert REPLIED.astimezone(UTC) > datetime.fromisoformat(max(placed))


def test_a_bar_is_drawn_on_a_terminal_and_the_answer_is_clean(tmp_path: Path) -> None:
    mailbox = as_mbox(tmp_path / "m.mbox", story())
    terminal, inner = os.openpty()
    command = [sys.executable, "-m", "watcher.cli", "replay", str(mailbox), "--json", *ZONE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=inner, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(inner)
        drawn = b""
        with contextlib.suppress(OSError):  # how a terminal tells that nobody writes to it any more
            while more := os.read(terminal, 4096):
                drawn += more
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    os.close(terminal)

    assert process.returncode == 0
    assert b"Playing 4 messages" in drawn
    assert json.loads(lines[-1])["event"] == "summary"
    assert b"Playing" not in b"".join(lines)
