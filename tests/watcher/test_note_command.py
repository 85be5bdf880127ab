"""`hearback note`: the form in an editor or on standard input, one point at a time, and what is said of it."""

from __future__ import annotations

import json
import os
import stat
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.watcher.clidesk import INTERVIEW, CliDesk
from watcher.cli import noting

AFTER = (INTERVIEW + timedelta(hours=2)).isoformat()


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    desk = CliDesk(tmp_path)
    desk.invite()
    desk.run("once", "--now", AFTER)
    return desk


def note_to_rita(desk: CliDesk) -> str:
    raw = desk.drafts()[0].read_bytes()
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_n2_one_point_is_noted_told_and_used_by_the_next_pass(desk: CliDesk) -> None:
    told = desk.run("note", "acme", "her team left the monolith in a year", "--about", "rita").stdout
    assert "Rita Chen: her team left the monolith in a year" in " ".join(told.split())
    assert "No daemon is running" in told

    desk.run("once", "--now", AFTER)
    assert "left the monolith" in note_to_rita(desk)


@pytest.mark.parametrize(
    ("words", "heading", "about", "topic"),
    [
        (("Rita: personal: runs marathons",), "well", "rita@acme.test", "personal"),
        (("they publish postmortems", "--topic", "company"), "stood_out", None, "company"),
        (("index locks", "--under", "badly"), "badly", None, None),
        (("the migration", "--under", "forgot", "--about", "Chen"), "forgot", "rita@acme.test", None),
        (("we ship weekly", "--topic", "Culture", "--under", "stood-out"), "stood_out", None, "culture"),
    ],
)
def test_n2_a_point_goes_where_its_options_say(
    desk: CliDesk, words: tuple[str, ...], heading: str, about: str | None, topic: str | None
) -> None:
    told = desk.json("note", "acme", *words)
    (point,) = told["notes"]["points"]
    assert (point["heading"], point["about"], point["topic"]) == (heading, about, topic)
    assert (told["round"], told["stored"], told["daemon"]) == (1, True, False)
    assert point["id"] == f"1.{heading}.1"


def test_b5_a_word_on_when_they_answer_is_a_promise(desk: CliDesk) -> None:
    told = desk.json("note", "acme", "hear by Thu 12th")
    assert told["notes"]["points"] == []
    promise = told["notes"]["answers"]["promise"]
    assert (promise["date"], promise["made_on"], promise["sentence"]) == ("2026-03-12", "2026-03-04", "hear by Thu 12th")


def test_points_add_up_and_the_same_one_twice_is_one(desk: CliDesk) -> None:
    desk.run("note", "acme", "the demo")
    desk.run("note", "acme", "the loader")
    again = desk.json("note", "acme", "The  demo")
    assert again["stored"] is False
    assert [point["text"] for point in again["notes"]["points"]] == ["the demo", "the loader"]


def test_n1_the_form_on_standard_input_is_read_whole(desk: CliDesk) -> None:
    form = desk.run("note", "acme", "--show").stdout
    assert "What went well" in form
    filled = form.replace("let you know?", "let you know? by Friday 13 March").replace("are there?", "are there? 3", 1)
    filled = filled.replace("Rita Chen:", "Rita Chen: her team left the monolith")
    told = json.loads(desk.run("note", "acme", "--json", given=filled).stdout)

    assert told["notes"]["answers"]["promise"]["date"] == "2026-03-13"
    assert told["notes"]["answers"]["rounds_expected"] == "3"
    assert [point["about"] for point in told["notes"]["points"]] == ["rita@acme.test"]

    shown = desk.run("note", "acme", "--show").stdout
    assert "her team left the monolith" in shown
    assert "by Friday 13 March" in shown
    emptied = shown.replace("- Rita Chen: her team left the monolith", "")
    told = json.loads(desk.run("note", "acme", "--json", given=emptied).stdout)
    assert told["notes"]["points"] == []


def test_n1_a_few_lines_without_a_form_add_to_what_is_known(desk: CliDesk) -> None:
    desk.run("note", "acme", "the demo")
    told = json.loads(desk.run("note", "acme", "--json", given="Rita: runs\nWhat went badly\nlocks\n").stdout)
    assert [point["text"] for point in told["notes"]["points"]] == ["the demo", "runs", "locks"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_n1_a_file_of_any_encoding_can_be_given(desk: CliDesk, encoding: str) -> None:
    octets = "What went well\r\nRita: caf\u00e9s in Besan\u00e7on \u2013 all of them\r\n".encode(encoding)
    found = desk.run_bare("note", "acme", "--json", "--config", str(desk.config), given=octets)
    (point,) = json.loads(found.stdout)["notes"]["points"]
    assert (point["about"], point["text"]) == ("rita@acme.test", "caf\u00e9s in Besan\u00e7on \u2013 all of them")


def test_n1_a_draft_or_a_page_that_was_saved_as_a_file_can_be_given(desk: CliDesk) -> None:
    form = desk.run("note", "acme", "--show").stdout.replace("Rita Chen:", "Rita Chen: her marathon")
    page = "".join(f"<div>{line or '<br>'}</div>\n" for line in form.split("\n"))
    mail = f"From: Sam <sam@example.com>\nX-Long: a\n b\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n{page}"
    for given in (f"<!DOCTYPE html>\n<html><body>{page}</body></html>", mail, mail.replace("\n", "\r\n")):
        told = json.loads(desk.run("note", "acme", "--json", given=given).stdout)
        assert [(point["about"], point["text"]) for point in told["notes"]["points"]] == [("rita@acme.test", "her marathon")]
        assert told["notes"]["unclear"] == []


def test_n1_the_form_is_printed_with_its_lines_whole_and_given_back_empty_it_notes_nothing(desk: CliDesk) -> None:
    form = desk.run("note", "acme", "--show").stdout
    assert "Whom did you talk with about what? Begin a line with a name to say whom it concerns." in form.split("\n")
    assert json.loads(desk.run("note", "acme", "--json", given=form).stdout)["stored"] is False


def test_b3_what_was_not_understood_is_told(desk: CliDesk) -> None:
    form = desk.run("note", "acme", "--show").stdout.replace("ideally begin?", "ideally begin? asap")
    told = " ".join(desk.run("note", "acme", given=form).stdout.split())
    assert "not clear: \u201casap\u201d is no start date" in told
    status = desk.json("why", "acme")
    assert "asap" in json.dumps(status)


def test_n1_at_a_terminal_the_form_opens_in_the_users_editor(
    desk: CliDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^Rita Chen:/Rita Chen: showed me the loader/" "$1"\ntouch -d "+5 seconds" "$1"\n')
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", str(editor))
    monkeypatch.setattr(noting, "_at_terminal", lambda: True)
    told = desk.run("note", "acme").stdout
    assert "Rita Chen: showed me the loader" in " ".join(told.split())

    editor.write_text("#!/bin/sh\nexit 0\n")
    refused = desk.run("note", "acme", code=2).stderr
    assert "nothing was noted" in refused
    monkeypatch.setenv("EDITOR", os.fspath(tmp_path / "no-such-editor"))
    assert "EDITOR" in desk.run("note", "acme", code=2).stderr


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("the move", "--about", "Dana"), "", "nobody of that name"),
        (("x", "--topic", "weather"), "", "one of company"),
        (("x", "--under", "sideways"), "", "one of well"),
        (("x", "--round", "7"), "", "no interview 7"),
        (("...",), "", "no words"),
        ((" ",), "", "empty"),
        (("--about", "Rita"), "", "belong to a TEXT"),
        (("x", "--show"), "", "belong to a TEXT"),
        ((), "", "standard input is empty"),
        ((), "\n-- \n", "nothing in that text"),
    ],
)
def test_what_cannot_be_noted_is_told_with_what_to_do(desk: CliDesk, words: tuple[str, ...], given: str, said: str) -> None:
    assert said in " ".join(desk.run("note", "acme", *words, code=2, given=given).stderr.split())


def test_what_belongs_to_no_interview_is_round_nought(desk: CliDesk) -> None:
    told = desk.json("note", "acme", "I have finished a course on Rust", "--round", "0", "--topic", "since")
    assert (told["round"], told["notes"]["points"][0]["topic"]) == (0, "since")


def test_help_names_the_command(desk: CliDesk) -> None:
    assert "--about" in desk.run_bare("note", "--help").stdout
