"""`hearback classify`: files, and records line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.letters import invitation, letter, out_of_office
from tests.watcher.clidesk import CliDesk
from watcher.cli.exits import Exit

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)
CONFIRMED = "Hi Sam,\n\nyour interview for the Backend Engineer role is confirmed for tomorrow at 14:00.\n\nBest,\nRita Chen\n"
RECORD = {"id": 7, "from": "Rita Chen <rita@acme.test>", "subject": "Your interview", "body": CONFIRMED}


@pytest.fixture(autouse=True)
def _nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test a user without a configuration."""
    monkeypatch.delenv("HEARBACK_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))


def _mail(text: str = CONFIRMED, *, at: datetime = AT, headers: dict[str, str] | None = None) -> bytes:
    return letter("Your interview", text, at, message_id="a@acme.prod.outlook.com", headers=headers).as_bytes()


def _file(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    return str(path)


def _values(*words: str, code: int = 0) -> Any:
    return json.loads(CliDesk.run_bare("classify", *words, "--json", code=code).stdout)


def _lines(*records: object, code: int = 0, words: tuple[str, ...] = ("--zone", "Europe/Berlin")) -> list[Any]:
    given = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records)
    return [
        json.loads(line) for line in CliDesk.run_bare("classify", "--jsonl", *words, code=code, given=given).stdout.splitlines()
    ]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_told_with_its_kind_its_fields_and_the_evidence(tmp_path: Path) -> None:
    (told,) = _values(_file(tmp_path / "a.eml", invitation(AT, START)))

    assert told["label"] == "interview_confirmation"
    assert 0 < told["confidence"] <= 1
    assert "runner_up" in told
    assert told["fields"] == {
        "company": "Acme",
        "role": "Backend Engineer",
        "interviewers": [{"name": "Rita Chen", "title": None, "address": "rita@acme.test"}],
        "interview_at": "2026-03-04T14:00:00+00:00",
        "interview_end": "2026-03-04T15:00:00+00:00",
        "deadline": None,
        "return_date": None,
    }
    assert {sign["source"] for sign in told["evidence"]} >= {"calendar"}
    assert told["id"].endswith("a.eml")


def test_people_are_told_the_same_in_words(tmp_path: Path) -> None:
    told = CliDesk.run_bare("classify", _file(tmp_path / "a.eml", invitation(AT, START))).stdout

    for word in ("interview_confirmation", "sure", "Acme", "Backend Engineer", "Rita Chen <rita@acme.test>", "because"):
        assert word in told
    assert "2026-03-04T14:00" in told


def test_an_answer_of_a_machine_tells_the_day_of_return(tmp_path: Path) -> None:
    (told,) = _values(_file(tmp_path / "a.eml", out_of_office(AT, parents=["x@example.com"], until="16 March 2026")))

    assert (told["label"], told["fields"]["return_date"]) == ("auto_reply", "2026-03-16")


@pytest.mark.parametrize("change", ["plain", "crlf", "postmark", "crlf postmark"])
def test_line_ends_and_a_from_line_make_no_difference(tmp_path: Path, change: str) -> None:
    raw = _mail()
    if "postmark" in change:
        raw = b"From rita@acme.test Mon Mar  2 10:00:00 2026\n" + raw
    if "crlf" in change:
        raw = raw.replace(b"\n", b"\r\n")
    (told,) = _values(_file(tmp_path / "a.eml", raw), "--zone", "Europe/Berlin")

    assert told["fields"]["interview_at"] == "2026-03-03T14:00:00+01:00"
    assert told["notes"] == []


def test_tomorrow_is_the_day_after_the_mail_came_whatever_its_date_field_says(tmp_path: Path) -> None:
    raw = b"Received: from mx.acme.test by mx.example.com; Tue, 10 Mar 2026 09:00:00 +0100\n" + _mail()
    (told,) = _values(_file(tmp_path / "a.eml", raw), "--zone", "Europe/Berlin")

    assert told["fields"]["interview_at"] == "2026-03-11T14:00:00+01:00"


@pytest.mark.parametrize("named", ["option", "recipient"])
def test_the_user_is_no_interviewer(tmp_path: Path, named: str) -> None:
    raw = invitation(AT, START, attendees=[("Rita Chen", "rita@acme.test"), ("Sam R.", "sam@example.com")])
    words = ("--own", "Sam@Example.com") if named == "option" else ()
    (told,) = _values(_file(tmp_path / "a.eml", raw), *words)

    assert [person["address"] for person in told["fields"]["interviewers"]] == ["rita@acme.test"]


def test_the_configuration_says_who_the_user_is_where_there_is_one(tmp_path: Path) -> None:
    desk = CliDesk(tmp_path)
    path = _file(tmp_path / "a.eml", _mail(at=datetime(2026, 3, 2, 9, tzinfo=UTC)))
    (told,) = json.loads(desk.run("classify", path, "--json").stdout)

    assert told["fields"]["interview_at"] == "2026-03-03T14:00:00+01:00"  # Berlin, as configured


def test_what_is_no_mail_is_told_by_name_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "folder.eml").mkdir()
    os.mkfifo(tmp_path / "pipe.eml")
    paths = [
        _file(tmp_path / "good.eml", _mail()),
        str(tmp_path / "folder.eml"),
        str(tmp_path / "pipe.eml"),
        str(tmp_path / "missing.eml"),
        _file(tmp_path / "empty.eml", b"\n\n"),
        _file(tmp_path / "packed.eml", b"\x1f\x8b\x08\x00"),
        _file(tmp_path / "picture.eml", bytes(range(256)) * 20),
        _file(tmp_path / "last.eml", _mail()),
    ]
    result = CliDesk.run_bare("classify", *paths, "--json", code=Exit.DATA)
    told = json.loads(result.stdout)

    assert [one["id"] for one in told] == paths
    assert ["error" in one for one in told] == [False, True, True, True, True, True, True, False]
    lines = result.stderr.splitlines()
    assert len(lines) == 6
    for path, line, words in zip(
        paths[1:7],
        lines,
        ("is a folder", "no regular file", "No such file", "is empty", "compressed (gzip)", "is no mail"),
        strict=True,
    ):
        assert line.startswith(f"hearback: {path}: ")
        assert words in line


def test_a_mail_that_its_provider_could_not_confirm_is_told_as_doubtful(tmp_path: Path) -> None:
    raw = _mail(headers={"Authentication-Results": "mx.example.com; dmarc=fail header.from=acme.test"})
    (told,) = _values(_file(tmp_path / "a.eml", raw))

    assert told["label"] == "interview_confirmation"
    assert any("acme.test" in note for note in told["notes"])


@pytest.mark.parametrize("words", [(), ("a.eml", "--jsonl")])
def test_either_files_or_lines_are_asked_for(words: tuple[str, ...]) -> None:
    assert "one of the two" in CliDesk.run_bare("classify", *words, code=Exit.USAGE).stderr


def test_a_wrong_zone_or_address_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path / "a.eml", _mail())

    assert "is no time zone" in CliDesk.run_bare("classify", path, "--zone", "Nowhere", code=Exit.USAGE).stderr
    assert "is no mail address" in CliDesk.run_bare("classify", path, "--own", "sam", code=Exit.USAGE).stderr


# --- records ----------------------------------------------------------------------------------------------------------


def test_each_record_gives_one_line_in_the_same_order() -> None:
    records = [{**RECORD, "id": name, "date": "2026-03-02T09:00:00+01:00"} for name in ("c", "a", "b")]
    told = _lines(*records)

    assert [one["id"] for one in told] == ["c", "a", "b"]
    assert {one["fields"]["interview_at"] for one in told} == {"2026-03-03T14:00:00+01:00"}
    assert set(told[0]) == {"id", "label", "confidence", "runner_up", "fields", "evidence", "notes"}


def test_a_bad_line_is_told_with_its_number_and_gone_past() -> None:
    dated = {**RECORD, "date": "2026-03-02T09:00:00+01:00"}
    bad = ["{broken", "[1, 2]", json.dumps({"id": "x", "body": 5}), json.dumps({"id": "y", "date": "soon"}), '{"id": {}}']
    told = _lines(dated, *bad, "", dated, code=Exit.DATA)

    assert [one.get("id") for one in told] == [7, None, None, "x", "y", None, 7]
    assert ["error" in one for one in told] == [False, True, True, True, True, True, False]
    assert [one["error"].partition(":")[0] for one in told if "error" in one] == [f"line {n}" for n in range(2, 7)]
    assert "body" in told[3]["error"]
    assert "date" in told[4]["error"]


def test_octets_that_are_no_utf8_and_depth_without_end_are_bad_lines() -> None:
    given = b'{"id": 1, "body": "\xff"}\n' + b"[" * 100_000 + b"\n" + json.dumps(RECORD).encode() + b"\n"
    result = CliDesk.run_bare("classify", "--jsonl", code=Exit.DATA, given=given)
    told = [json.loads(line) for line in result.stdout.splitlines()]

    assert ["error" in one for one in told] == [True, True, False]


def test_without_a_time_of_receipt_relative_days_stay_unresolved() -> None:
    (told,) = _lines(RECORD)

    assert told["label"] == "interview_confirmation"
    assert (told["fields"]["interview_at"], told["fields"]["interview_end"]) == (None, None)
    assert any("when it was received" in note for note in told["notes"])


def test_without_a_time_of_receipt_a_day_with_its_year_is_told() -> None:
    body = CONFIRMED.replace("tomorrow at 14:00", "12 March 2026 at 14:00 CET")
    (told,) = _lines({**RECORD, "body": body})

    assert told["fields"]["interview_at"] == "2026-03-12T14:00:00+01:00"


def test_without_a_time_of_receipt_a_calendar_part_is_told() -> None:
    ics = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@acme.test\r\nDTSTAMP:20260301T090000Z\r\n"
        "DTSTART:20260304T140000Z\r\nDTEND:20260304T150000Z\r\nSUMMARY:Interview\r\n"
        "ORGANIZER;CN=Rita Chen:mailto:rita@acme.test\r\n"
        "ATTENDEE;CN=Sam:mailto:sam@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    (told,) = _lines({**RECORD, "ics": ics})

    assert told["fields"]["interview_at"] == "2026-03-04T14:00:00+00:00"
    assert [person["address"] for person in told["fields"]["interviewers"]] == ["rita@acme.test"]


def test_the_date_header_counts_where_there_is_no_date() -> None:
    (told,) = _lines({**RECORD, "headers": {"Date": "Mon, 2 Mar 2026 09:00:00 +0100"}})

    assert told["fields"]["interview_at"] == "2026-03-03T14:00:00+01:00"


def test_each_answer_comes_before_the_next_record_is_read() -> None:
    """Another program may wait for an answer before it asks on."""
    command = [sys.executable, "-m", "watcher.cli", "classify", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("one", "two"):
            process.stdin.write(json.dumps({**RECORD, "id": name}) + "\n")
            process.stdin.flush()

            assert json.loads(process.stdout.readline())["id"] == name
        process.stdin.close()

    assert process.returncode == 0
