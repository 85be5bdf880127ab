"""Drafts are checked as they stand: what is found is told, and nothing in them is changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console, RenderableType

from rules.lint.context import Attachment, Context
from rules.lint.settings import Settings
from rules.lint.types import Finding, Severity
from tests.letters import invitation
from tests.watcher.desk import Desk
from watcher.account import Account
from watcher.proofread import Job, Proof, apart, here
from watcher.report.proofs import findings_of, needs_you, summary
from watcher.report.status import process_status
from watcher.report.table import status_view
from watcher.report.why import why_view
from watcher.store.drafts import RowState

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 9, 3, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 9, 8, 14, 0, tzinfo=BERLIN)
ENDS = INTERVIEW + timedelta(hours=1)
LATER = ENDS + timedelta(minutes=30)
GOOD = """Dear Rita,

Thank you for the talk about the Backend Engineer position at Acme. How you moved the billing ledger off its nightly batch \
has stayed with me, and I would like to help your team with the next half of it.

I ran such a move for a railway once, and I look forward to your news.

Best regards,
Sam Rivers
+49 30 5550100
sam@example.com
"""


def drawn(what: RenderableType) -> str:
    console = Console(width=200, no_color=True)
    with console.capture() as told:
        console.print(what)
    return told.get()


class Reader:
    """Checks in this process, and counts."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.jobs: list[Job] = []

    def __call__(self, jobs: Sequence[Job]) -> list[Proof]:
        self.jobs += jobs
        return here(jobs)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def desk(tmp_path: Path, reader: Reader) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    desk.cycle.proofread = reader
    desk.deliver(invitation(INVITED, INTERVIEW), INVITED)
    desk.look(INVITED)
    desk.look(ENDS)
    yield desk
    desk.close()


def found(desk: Desk, now: datetime) -> list[Finding]:
    one = desk.process(now)
    return [finding for row in one.outbox for finding in findings_of(one, row)]


def test_a_place_to_fill_in_marks_the_process_and_is_told_where_it_stands(desk: Desk) -> None:
    one = desk.process(ENDS)
    (row,) = one.outbox

    assert needs_you(one)
    assert {finding.id for finding in findings_of(one, row) if finding.severity is Severity.BLOCK} == {"place.open"}
    told = process_status(one, ENDS)
    assert told["needs_you"] is True
    assert told["drafts"][0]["findings"][0]["id"] == "place.open"
    assert told["drafts"][0]["findings"][0]["place"].startswith("line ")
    assert "needs you" in drawn(status_view(ENDS, BERLIN, [], [one]))
    assert "is still to be filled in" in drawn(why_view(one, ENDS, [], []))


def test_a_draft_that_the_user_edited_is_read_once_and_never_changed(desk: Desk, reader: Reader) -> None:
    path = desk.user_edits("rita@acme.test", GOOD.replace("Dear Rita", "Dear Rtia"))
    before = path.read_bytes()
    report = desk.look(LATER)
    read = len(reader.jobs)

    assert [finding.id for finding in found(desk, LATER) if finding.severity is Severity.BLOCK] == ["name.misspelled"]
    assert [row.text for row in report.log if row.action == "checked"] == [
        "Thank-you note to Rita Chen: one thing to put right before you send it"
    ]
    for minutes in (1, 2, 3):
        desk.look(LATER + timedelta(minutes=minutes))
    desk.restart()
    desk.cycle.proofread = reader
    desk.look(LATER + timedelta(minutes=4))
    assert len(reader.jobs) == read
    assert path.read_bytes() == before


def test_what_was_put_right_is_not_told_any_more(desk: Desk) -> None:
    desk.user_edits("rita@acme.test", GOOD.replace("Dear Rita", "Dear Rtia"))
    desk.look(LATER)
    desk.user_edits("rita@acme.test", GOOD)
    desk.look(LATER + timedelta(minutes=5))

    assert [finding for finding in found(desk, LATER) if finding.severity is Severity.BLOCK] == []
    assert not needs_you(desk.process(LATER))


def test_a_confidential_word_in_an_attachment_is_told(desk: Desk) -> None:
    desk.cycle.account = desk.account = with_words(desk, ("Blue Heron",))
    path = desk.draft_file("rita@acme.test")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    message.clear_content()
    message.set_content(GOOD)
    message.add_attachment(b"the plan of Blue-Heron", maintype="application", subtype="octet-stream", filename="plan.txt")
    path.with_name(path.name.replace("1", "2", 1)).write_bytes(bytes(message))
    path.unlink()
    desk.look(LATER)

    assert "confidential.attachment" in {finding.id for finding in found(desk, LATER)}


def with_words(desk: Desk, words: tuple[str, ...]) -> Account:
    return replace(desk.account, lint=Settings(words))


def test_what_was_found_goes_with_its_draft(desk: Desk) -> None:
    desk.user_edits("rita@acme.test", GOOD.replace("Dear Rita", "Dear Rtia"))
    desk.look(LATER)
    desk.user_sends("rita@acme.test", LATER)
    desk.look(LATER + timedelta(minutes=5))

    assert found(desk, LATER + timedelta(minutes=5)) == []
    assert not needs_you(desk.process(LATER + timedelta(minutes=5)))
    assert [row.state for row in desk.process(LATER).outbox] == [RowState.SENT]


def test_a_changed_rule_book_is_a_reason_to_check_again(desk: Desk, reader: Reader) -> None:
    desk.user_edits("rita@acme.test", GOOD)
    desk.look(LATER)
    read = len(reader.jobs)
    desk.account = with_words(desk, ("railway",))
    desk.restart()
    desk.cycle.proofread = reader
    desk.look(LATER + timedelta(minutes=1))

    assert len(reader.jobs) == read + 1
    assert "confidential.text" in {finding.id for finding in found(desk, LATER)}


def test_a_process_of_its_own_gives_the_same_answers() -> None:
    message = EmailMessage()
    message["To"] = "Rita Chen <rita@acme.test>"
    message["Subject"] = "Thank you"
    message.set_content(GOOD.replace("the talk", "the the talk"))
    context = Context(settings=Settings(("railway",)), attachments=(Attachment("a.txt", b"\xff\x00\x01"),))
    jobs = [Job(context, raw=bytes(message)), Job(context, text=GOOD)]

    assert apart(jobs) == here(jobs)
    assert {finding.id for finding in apart(jobs)[0].findings} >= {"doubled", "confidential.text"}
    assert apart([]) == []


def test_a_check_that_comes_to_no_end_is_told_and_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def never(jobs: Sequence[Job], seconds: float) -> list[Proof] | None:
        asked.append(len(jobs))
        assert seconds > 0
        return None if any("stuck" in job.text for job in jobs) else here(jobs)

    monkeypatch.setattr("watcher.proofread._asked", never)
    stuck, fine = apart([Job(Context(), text="stuck"), Job(Context(), text=GOOD)])

    assert [finding.id for finding in stuck.findings] == ["unchecked"]
    assert "unchecked" not in {finding.id for finding in fine.findings}
    assert asked == [2, 1, 1]


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ((), None),
        (("warn:spelling",), "1 remark"),
        (("block:place.open", "block:place.open"), "needs you: 2 places to fill in"),
        (("block:place.open", "block:doubled", "block:spelling"), "needs you: 1 place to fill in, about doubled, 1 more"),
        (("info:source.unknown",), None),
    ],
)
def test_a_draft_is_summed_up_in_a_few_words(ids: tuple[str, ...], words: str | None) -> None:
    findings = [
        Finding(name, Severity(severity), f"About {name}.".lower(), "") for severity, name in (each.split(":") for each in ids)
    ]
    told = summary(findings)
    assert (told[0] if told is not None else None) == words


def test_status_and_the_daemon_at_rest_load_neither_dictionary_nor_reader_of_files() -> None:
    code = (
        "import sys, watcher.report.status, watcher.report.table, watcher.cycle, watcher.worker, watcher.config;"
        "heavy = ('spellchecker', 'pypdf', 'rules.lint.check', 'xml.parsers.expat');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
