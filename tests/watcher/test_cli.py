"""The commands from outside, over a real Maildir and the real store."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.watcher.clidesk import INTERVIEW, CliDesk
from watcher.cli.exits import Exit
from watcher.history import assess_all

BEFORE = "2026-03-03T09:00+01:00"
AFTER = "2026-03-04T17:00+01:00"
LATER = "2026-03-20T09:00+01:00"


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    return CliDesk(tmp_path)


@pytest.fixture
def invited(desk: CliDesk) -> CliDesk:
    """Return a desk whose invitation was found by a pass before the interview."""
    desk.invite()
    desk.run("once", "--now", BEFORE)
    return desk


@pytest.fixture
def thanked(invited: CliDesk) -> CliDesk:
    """Return a desk on the evening of the interview."""
    invited.run("once", "--now", AFTER)
    return invited


# --------------------------------------------------------------------------------------------------------- once and status


def test_a_pass_finds_the_process_and_status_tells_it(desk: CliDesk) -> None:
    desk.invite()

    done = desk.json("once", "--now", BEFORE)
    told = desk.json("status")

    assert [(each["account"], each["error"], each["new"]) for each in done] == [("main", None, 1)]
    assert [row["action"] for row in done[0]["log"]] == ["found"]
    process = told["processes"][0]
    assert (process["company"], process["role"], process["state"]) == ("Acme", "Backend Engineer", "SCHEDULED")
    interview = process["interviews"][0]
    assert datetime.fromisoformat(interview["start"]) == INTERVIEW
    assert interview["round"] == 1
    assert [each["address"] for each in interview["interviewers"]] == ["rita@acme.test"]
    assert told["now"] == "2026-03-03T09:00:00+01:00"
    assert told["accounts"][0]["last_pass"] is not None


def test_after_the_interview_the_note_stands_in_drafts(thanked: CliDesk) -> None:
    told = thanked.json("drafts")

    assert [(draft["kind"], draft["recipient"], draft["state"]) for draft in told["drafts"]] == [
        ("thank_you", "rita@acme.test", "placed")
    ]
    assert len(thanked.drafts()) == 1
    assert "Thank-you note to Rita Chen" in thanked.run("drafts").stdout
    assert "draft ready" in thanked.run("status").stdout


def test_what_was_told_its_time_says_that_it_is_not_the_real_one(invited: CliDesk) -> None:
    assert "not the real time" in invited.run("status").stdout
    assert invited.json("status", "--now", LATER)["now"] == "2026-03-20T09:00:00+01:00"


def test_going_back_in_time_is_refused_unless_asked_for(invited: CliDesk) -> None:
    back = "2026-03-03T08:00+01:00"

    refused = invited.run("once", "--now", back, code=Exit.USAGE)

    assert "--replay" in refused.stderr
    invited.run("once", "--now", back, "--replay")


def test_a_pass_without_a_time_after_one_with_a_later_time_warns(desk: CliDesk) -> None:
    desk.invite()
    desk.run("once", "--now", "2999-01-01T00:00Z")

    assert "later time than it is now" in desk.run("once").stderr


@pytest.mark.parametrize(
    ("time", "told"),
    [("2026-03-03T09:00", "no time zone"), ("2026-03-03", "no time zone"), ("noon", "not a time"), ("", "not a time")],
)
def test_a_time_without_a_zone_is_refused(desk: CliDesk, time: str, told: str) -> None:
    assert told in desk.run("once", "--now", time, code=Exit.USAGE).stderr


def test_replay_without_a_time_is_refused(desk: CliDesk) -> None:
    assert "--now" in desk.run("once", "--replay", code=Exit.USAGE).stderr


def test_an_empty_state_is_told_as_such(desk: CliDesk) -> None:
    told = desk.json("status")

    assert (told["processes"], told["accounts"]) == ([], [])
    assert "No hiring process" in desk.run("status").stdout
    assert "Nothing is planned" in desk.run("plan").stdout
    assert "none is planned" in desk.run("drafts").stdout
    assert "hearback once" in desk.run("why", "acme", code=Exit.USAGE).stderr


# ------------------------------------------------------------------------------------------------------------ why and plan


def test_why_tells_evidence_rules_and_what_would_change_it(thanked: CliDesk) -> None:
    text = thanked.run("why", "acme").stdout
    told = thanked.json("why", "acme")

    assert "fixes an interview" in text
    assert "What would change it" in text
    assert re.search(r"\[[A-Z]\d+.*\]", text)
    assert told["process"]["company"] == "Acme"
    assert told["messages"][0]["kind"] == "interview_confirmation"
    assert told["messages"][0]["evidence"]
    assert any(reason["rules"] for reason in told["reasons"] + told["next_reasons"])
    assert any("hearback pause" in sentence for sentence in told["changes"])
    assert [row["action"] for row in told["log"]] == ["found", "placed"]


def test_the_plan_names_interview_and_drafts_by_time(invited: CliDesk) -> None:
    told = invited.json("plan")

    kinds = [step["kind"] for step in told["steps"]]
    assert kinds[:2] == ["interview", "thank_you"]
    opens = [datetime.fromisoformat(step["opens"]) for step in told["steps"]]
    assert opens == sorted(opens)
    assert "Interview, round 1" in invited.run("plan").stdout


def test_the_plan_goes_on_as_if_each_draft_were_sent(invited: CliDesk) -> None:
    steps = invited.json("plan")["steps"]

    follow_ups = [(step["opens"][:10], step["assumes_sent"]) for step in steps if step["kind"] == "status"]
    assert follow_ups == [("2026-03-18", True), ("2026-04-01", True), ("2026-04-15", True)]
    assert "if the drafts before it are sent" in invited.run("plan").stdout
    assert invited.json("plan") == invited.json("plan")


def test_looking_back_is_refused(invited: CliDesk) -> None:
    assert "looks ahead only" in invited.run("status", "--now", "2026-03-01T09:00Z", code=Exit.USAGE).stderr


# --------------------------------------------------------------------------------------------- which process, and its marks


def test_a_process_is_named_by_id_its_beginning_or_the_company(thanked: CliDesk) -> None:
    name = thanked.json("status")["processes"][0]["id"]

    for word in (name, name.upper(), name[:5], "Acme", "acm", "cme"):
        assert thanked.json("why", word)["process"]["id"] == name


def test_an_unknown_process_names_those_that_are_there(thanked: CliDesk) -> None:
    assert "Acme" in thanked.run("why", "nobody", code=Exit.USAGE).stderr
    assert "Acme" in thanked.run("why", " ", code=Exit.USAGE).stderr


def test_an_ambiguous_name_lists_the_choices(thanked: CliDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.cli.opening.assess_all", lambda *given: assess_all(*given) * 2)

    told = thanked.run("why", "acme", code=Exit.USAGE).stderr

    assert "any of these" in told
    assert told.count("Backend Engineer") == 2


def test_pause_takes_the_draft_back_and_resume_brings_it_again(thanked: CliDesk) -> None:
    assert "paused" in thanked.run("pause", "acme").stdout
    thanked.run("once", "--now", "2026-03-04T17:10+01:00")
    assert thanked.drafts() == []

    assert thanked.json("resume", "acme")["process"]["state"] == "THEIR_TURN"
    thanked.run("once", "--now", "2026-03-04T17:20+01:00")
    assert len(thanked.drafts()) == 1


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("2026-03-10", "2026-03-10T00:00:00+01:00"),
        ("2026-03-10T08:00Z", "2026-03-10T09:00:00+01:00"),
        ("3d", "2026-03-07T17:00:00+01:00"),
        ("2 weeks", "2026-03-18T17:00:00+01:00"),
        ("12h", "2026-03-05T05:00:00+01:00"),
    ],
)
def test_snooze_ends_by_itself(thanked: CliDesk, until: str, ends: str) -> None:
    thanked.run("snooze", "acme", until)

    told = thanked.json("why", "acme")
    assert told["process"]["state"] == "PAUSED"
    assert [mark["until"] for mark in told["marks"]] == [ends]
    after = datetime.fromisoformat(ends).replace(minute=1).isoformat()
    assert thanked.json("status", "--now", after)["processes"][0]["state"] != "PAUSED"


def test_pause_until_is_a_snooze(thanked: CliDesk) -> None:
    thanked.run("pause", "acme", "--until", "1w")

    assert "until Wed 11 Mar" in thanked.run("status").stdout


@pytest.mark.parametrize("until", ["2026-03-01", "2026-13-01", "soon", "0d", "-1d", "2026-03-10T08:00", "9999w", "9999-12-31"])
def test_an_end_that_is_not_ahead_is_refused(thanked: CliDesk, until: str) -> None:
    thanked.run("snooze", "acme", until, code=Exit.USAGE)

    assert thanked.json("status")["processes"][0]["state"] != "PAUSED"


def test_close_and_reopen(thanked: CliDesk) -> None:
    assert thanked.json("close", "acme")["process"]["state"] == "CLOSED"
    thanked.run("once", "--now", "2026-03-04T17:10+01:00")
    assert thanked.drafts() == []
    assert thanked.json("reopen", "acme")["process"]["state"] != "CLOSED"


@pytest.mark.parametrize("verb", ["resume", "reopen"])
def test_a_word_that_does_nothing_is_refused(thanked: CliDesk, verb: str) -> None:
    assert f"`{verb}` does nothing here" in thanked.run(verb, "acme", code=Exit.USAGE).stderr


def test_without_a_daemon_a_mark_says_who_will_act_on_it(thanked: CliDesk) -> None:
    assert "`hearback once`" in " ".join(thanked.run("pause", "acme").stdout.split())
    assert thanked.json("resume", "acme")["daemon"] is False


# ------------------------------------------------------------------------------------------------------- check and config


def test_check_tries_everything_out(desk: CliDesk) -> None:
    told = desk.json("check")

    assert [(one["check"], one["ok"]) for one in told] == [
        ("configuration", True),
        ("playbook", True),
        ("state", True),
        ("main: mailbox", True),
    ]
    assert "drafts = Drafts" in " ".join(desk.run("check").stdout.split())


def test_check_tells_a_mailbox_that_is_not_there_and_goes_on(desk: CliDesk) -> None:
    desk.configure(
        '[accounts.gone]\nkind = "maildir"\npath = "nowhere"\n[accounts.main]\nkind = "maildir"\npath = "mail"\n',
    )

    text = desk.run("check", code=Exit.USAGE).stdout

    assert re.search(r"no +gone: mailbox", text)
    assert re.search(r"ok +main: mailbox", text)


def test_check_tells_a_secret_that_cannot_be_had(desk: CliDesk) -> None:
    desk.configure('[accounts.main]\nkind = "imap"\nhost = "localhost"\npassword.env = "HEARBACK_NO_SUCH_VARIABLE"\n')

    told = desk.run("check", code=Exit.SIGN_IN).stdout

    assert "HEARBACK_NO_SUCH_VARIABLE" in told
    assert "main: mailbox" not in told


def test_config_show_prints_a_configuration_that_reads_the_same(desk: CliDesk, tmp_path: Path) -> None:
    desk.configure(
        '[accounts.main]\nkind = "imap"\nhost = "imap.example.com"\nsecurity = "starttls"\n'
        'folders.drafts = "Entwürfe"\npassword.command = ["vault", "--token=hunter2"]\n',
        'log_file = "x.log"\n',
    )
    shown = desk.run("config", "show").stdout
    assert "hunter2" not in shown
    (tmp_path / "again").mkdir()
    again = CliDesk(tmp_path / "again")
    again.config.write_text(shown)

    first, second = desk.json("config", "show"), again.json("config", "show")

    assert first == second
    assert first["accounts"]["main"]["port"] == 143
    assert first["accounts"]["main"]["password"] == {"command": ["vault", "…"]}


def test_config_check_tells_every_fault(desk: CliDesk) -> None:
    assert "no fault found" in desk.run("config", "check").stdout
    desk.configure('[accounts.main]\nkind = "maildir"\npth = "mail"\n', 'log_level = "loud"\n')

    told = desk.run("config", "check", code=Exit.USAGE).stderr

    assert f"{desk.config}:8: daemon.log_level" in told
    assert f"{desk.config}:11: accounts.main.pth: unknown key. Did you mean path?" in told


def test_config_check_reads_the_playbook_too(desk: CliDesk) -> None:
    desk.configure('[accounts.main]\nkind = "maildir"\npath = "mail"\n[rules]\nplaybook = "no-such"\n')

    assert "no-such" in desk.run("config", "check", code=Exit.USAGE).stderr


def test_a_configuration_without_an_enabled_account_cannot_be_watched(desk: CliDesk) -> None:
    desk.configure('[accounts.main]\nkind = "maildir"\npath = "mail"\nenabled = false\n')

    assert "switched off" in desk.run("once", code=Exit.USAGE).stderr
    assert "switched off" in desk.run("run", code=Exit.USAGE).stderr


# ------------------------------------------------------------------------------------------------------------------- login


def test_login_puts_what_is_given_into_the_keyring(desk: CliDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[tuple[str, str]] = []
    monkeypatch.setattr("watcher.cli.setting_up.store_secret", lambda source, secret: stored.append((str(source), secret)))
    desk.configure('[accounts.main]\nkind = "imap"\nhost = "imap.example.com"\n')

    said = desk.run("login", "main", given="hunter2\n")

    assert stored == [('keyring entry "hearback" of sam@example.com', "hunter2")]
    assert "hunter2" not in said.output


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ('kind = "maildir"\npath = "mail"\n', "needs no password"),
        ('kind = "imap"\nhost = "imap.example.com"\npassword.env = "X"\n', "comes from environment variable X"),
        ('kind = "imap"\nhost = "imap.example.com"\n', "no password was given"),
    ],
)
def test_login_says_where_it_has_no_use(desk: CliDesk, account: str, told: str) -> None:
    desk.configure(f"[accounts.main]\n{account}")

    assert told in desk.run("login", "main", code=Exit.USAGE, given="\n").stderr


def test_login_names_the_accounts_there_are(desk: CliDesk) -> None:
    assert "Known accounts: main" in desk.run("login", "other", code=Exit.USAGE).stderr


def test_every_json_is_ascii(thanked: CliDesk) -> None:
    for words in (["status"], ["why", "acme"], ["plan"], ["drafts"], ["check"], ["config", "show"], ["once", "--now", LATER]):
        out = thanked.run(*words, "--json").stdout
        assert out.isascii()
        json.loads(out)


def test_why_draft_tells_where_each_sentence_comes_from(thanked: CliDesk) -> None:
    told = thanked.json("why", "acme", "--draft")
    (draft,) = told["drafts"]
    assert [one["template"].split()[0] for one in draft["sentences"]] == ["thank_you.toml"] * len(draft["sentences"])
    facts = [fact for one in draft["sentences"] for fact in one["facts"]]
    invitation = thanked.json("why", "acme")["messages"][0]
    assert {fact["id"] for fact in facts} == {f"mail:{invitation['id']}"}
    assert {fact["words"] for fact in facts} == {invitation["subject"]}
    assert all("Rita Chen" in fact["source"] for fact in facts)
    shown = " ".join(thanked.run("why", "acme", "--draft", "thank_you-1").stdout.split())
    assert "thank_you.toml thanks.first" in shown
    assert "There are" in thanked.run("why", "acme", "nothing-9", "--draft", code=Exit.USAGE).stderr
