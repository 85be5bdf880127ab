"""`hearback lint FILE`."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.watcher.clidesk import INTERVIEW, CliDesk
from watcher.cli.exits import Exit

TEXT = """Dear Rita,

Thank you for the talk about the Backend Engineer position at Acme. How you moved the billing ledger off its nightly batch
has stayed with me, and I would like to help your team with the next half of it.

I ran such a move for a railway once, and I look forward to your news.

Best regards,
Sam Rivers
+49 30 5550100
sam@example.com
"""


@pytest.fixture
def desk(tmp_path: Path) -> CliDesk:
    return CliDesk(tmp_path)


def saved(path: Path, text: str, to: str = "Rita Chen <rita@acme.test>", subject: str = "Thank You - Sam Rivers") -> Path:
    message = EmailMessage()
    message["From"] = "Sam Rivers <sam@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    path.write_bytes(bytes(message))
    return path


def test_a_good_draft_ends_with_nothing_said(desk: CliDesk, tmp_path: Path) -> None:
    told = desk.run("lint", str(saved(tmp_path / "note.eml", TEXT)))
    assert "no fault found" in told.stdout


def test_a_fault_is_told_with_its_line_and_ends_with_a_code_of_its_own(desk: CliDesk, tmp_path: Path) -> None:
    path = saved(tmp_path / "note.eml", TEXT.replace("talk about", "talk about about"))
    told = desk.run("lint", str(path), code=Exit.FINDINGS).stdout
    assert "line 3" in told
    assert "about about" in told
    assert "1 to put right before you send it" in told


def test_json_gives_every_finding_with_its_rules(desk: CliDesk, tmp_path: Path) -> None:
    path = saved(tmp_path / "note.eml", "Dear Rita,\n\nI am just checking in.\n\nBest regards,\nSam Rivers\n")
    told = json.loads(desk.run("lint", str(path), "--json", code=Exit.FINDINGS).stdout)
    assert told["kind"] == "thank_you"
    assert told["blocks"] is True
    by_id = {finding["id"]: finding for finding in told["findings"]}
    assert by_id["banned.check-in"]["rules"] == ["C8"]
    assert by_id["banned.check-in"]["place"] == "line 3"
    assert by_id["banned.check-in"]["words"] == "just checking in"
    assert by_id["signature.phone"]["remedy"] == "Add +49 30 5550100 below your name."


def test_plain_text_and_standard_input_are_drafts_too(desk: CliDesk, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text(TEXT + "\nOn Mon, 7 Sep 2026 at 10:00, Rita Chen <rita@acme.test> wrote:\n> teh quoted words\n")
    assert desk.run("lint", str(path), "--kind", "thank-you").stdout.startswith("note.txt: no fault")
    told = desk.run("lint", "-", "--kind", "thank_you", given=TEXT.replace("Thank you", "Thankyou"), code=Exit.FINDINGS).stdout
    assert "thankyou" in told.lower()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Thank you for the interview for the Analyst position. I liked it.", "thank_you"),
        ("The interview on 5 May was good. I would be glad to know where the selection stands.", "status"),
        ("The parcel is at the depot.", None),
    ],
)
def test_the_kind_is_told_by_the_words_where_nothing_else_tells(desk: CliDesk, text: str, kind: str | None) -> None:
    told = json.loads(desk.run("lint", "-", "--json", given=text, code=Exit.FINDINGS if kind else Exit.OK).stdout)
    assert told["kind"] == kind


def test_a_file_that_is_no_draft_is_told(desk: CliDesk, tmp_path: Path) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"%PDF-1.7 ...")
    assert "is no mail and no text" in desk.run("lint", str(tmp_path / "cv.pdf"), code=Exit.USAGE).stderr


def test_without_a_configuration_it_checks_what_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("HEARBACK_CONFIG", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    path = tmp_path / "note.txt"
    path.write_text("Dear Rita,\n\nI recieved your note.\n\nBest regards,\nSam\n")
    assert "received" in CliDesk.run_bare("lint", str(path), code=Exit.FINDINGS).stdout


def test_against_a_process_the_names_and_the_person_are_checked(desk: CliDesk, tmp_path: Path) -> None:
    desk.apart = True  # what is known goes to the process of the checks
    desk.invite()
    desk.run("once", "--now", INTERVIEW.isoformat())
    good = saved(tmp_path / "good.eml", TEXT)
    assert "no fault" in desk.run("lint", str(good), "--process", "acme").stdout
    wrong = saved(tmp_path / "wrong.eml", TEXT.replace("Dear Rita", "Dear Rta"))
    told = json.loads(desk.run("lint", str(wrong), "--process", "acme", "--json", code=Exit.FINDINGS).stdout)
    assert [finding["id"] for finding in told["findings"] if finding["severity"] == "block"] == ["name.misspelled"]


def test_what_the_configuration_says_is_heeded(desk: CliDesk, tmp_path: Path) -> None:
    desk.apart = True  # what is known goes to the process of the checks
    desk.configure(rest='[lint]\nconfidential = ["billing ledger"]\noff = ["part"]\n')
    path = saved(tmp_path / "note.eml", TEXT)
    told = json.loads(desk.run("lint", str(path), "--json", code=Exit.FINDINGS).stdout)
    assert [finding["id"] for finding in told["findings"]] == ["confidential.text"]


def test_what_cannot_be_read_is_said(desk: CliDesk, tmp_path: Path) -> None:
    assert "no-such.eml" in desk.run("lint", str(tmp_path / "no-such.eml"), code=Exit.USAGE).stderr
    path = saved(tmp_path / "note.eml", TEXT)
    assert "There are: thank_you" in desk.run("lint", str(path), "--kind", "postcard", code=Exit.USAGE).stderr
    assert "no hiring process" in desk.run("lint", str(path), "--process", "acme", code=Exit.USAGE).stderr


@pytest.mark.parametrize(
    "octets",
    [
        TEXT.encode("utf-16"),
        TEXT.replace("railway", "na\u00efve railway").encode("cp1252"),
        b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
        f"<html><body><p>{TEXT.replace(chr(10) * 2, '</p><p>').replace(chr(10), '<br>')}</p></body></html>".encode(),
    ],
    ids=["UTF-16", "Windows-1252", "UTF-8 with a mark", "page"],
)
def test_a_text_is_read_however_an_editor_saved_it(desk: CliDesk, tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "note"
    path.write_bytes(octets)
    assert "no fault found" in desk.run("lint", str(path)).stdout
    path.write_bytes(octets.replace(b"has stayed", b"haz stayed").replace("has".encode("utf-16-le"), "haz".encode("utf-16-le")))
    assert "haz" in desk.run("lint", str(path)).stdout


def test_of_a_mail_whose_html_says_something_else_that_is_checked(desk: CliDesk, tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Thank You - Sam Rivers"
    message["To"] = "Rita Chen <rita@acme.test>"
    message.set_content(TEXT)
    page = TEXT.replace("\n\n", "<p>").replace("\n", "<br>")
    message.add_alternative(f"<p>{page}", subtype="html")
    path = tmp_path / "note.eml"
    path.write_bytes(bytes(message))
    assert "no fault found" in desk.run("lint", str(path)).stdout
    path.write_bytes(bytes(message).replace(b"<p>Thank you", b"<p>I am just checking in. Thank you"))
    assert "just checking in" in desk.run("lint", str(path), code=Exit.FINDINGS).stdout


@pytest.mark.parametrize(
    "first", ["Content-Type: text/plain", "Thread-Topic: x", "Bcc: a@example.com", "X-Unsent: 1", "From me@x Mon"]
)
def test_a_mail_is_known_by_its_fields_whichever_comes_first(desk: CliDesk, tmp_path: Path, first: str) -> None:
    path = tmp_path / "note"
    path.write_text(f"{first}\nSubject: Thank You - Sam Rivers\nTo: rita@acme.test\n\n{TEXT}", encoding="utf-8")
    assert "no fault found" in desk.run("lint", str(path)).stdout
