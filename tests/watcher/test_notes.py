"""Forms to oneself over a real Maildir: placed, filled in by the user, read back, and what they change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rules.extract.types import PromiseClass
from tests.letters import invitation
from tests.watcher.desk import Desk
from tests.watcher.machine import Faults, Office
from watcher.store import Store
from watcher.store.journal import load_log

BERLIN = ZoneInfo("Europe/Berlin")
INVITED = datetime(2026, 9, 3, 10, 0, tzinfo=BERLIN)
INTERVIEW = datetime(2026, 9, 8, 14, 0, tzinfo=BERLIN)
ENDS = INTERVIEW + timedelta(hours=1)
EVE = datetime(2026, 9, 7, 18, 0, tzinfo=BERLIN)
TWO = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"))
ME = "sam@example.com"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, rules="tasks.linkedin = false\n")
    yield desk
    desk.close()


@pytest.fixture
def held(desk: Desk) -> Desk:
    """After an interview with Rita and Omar, the form and two notes in Drafts."""
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=TWO), INVITED)
    desk.look(INVITED)
    desk.look(EVE)
    desk.look(ENDS)
    return desk


def own(desk: Desk) -> list[EmailMessage]:
    return [draft for draft in desk.drafts() if ME in str(draft["To"])]


def form(desk: Desk) -> str:
    (draft,) = own(desk)
    return " ".join(draft.get_content().split())


def filled(desk: Desk, **lines: str) -> str:
    """Return the text of the form with something behind the lines that begin so."""
    (draft,) = own(desk)
    text = _unflowed(draft.get_content())
    for begin, said in lines.items():
        old = next(line for line in text.split("\n") if line.lower().startswith(begin.replace("_", " ")))
        text = text.replace(old, f"{old} {said}", 1)
    return text


def _unflowed(text: str) -> str:
    return text.replace(" \r\n", " ").replace(" \n", " ").replace("\r\n", "\n")


def test_b1_one_prep_draft_appears_on_the_eve_with_all_the_prompts(desk: Desk) -> None:
    desk.deliver(invitation(INVITED, INTERVIEW, attendees=TWO), INVITED)
    desk.look(INVITED)
    report = desk.look(EVE - timedelta(seconds=1))
    assert own(desk) == []
    assert report.next_check == EVE

    desk.look(EVE)

    (draft,) = own(desk)
    assert "Acme" in draft["Subject"]
    assert draft["From"].addresses[0].addr_spec == draft["To"].addresses[0].addr_spec == ME
    text = form(desk)
    for prompt in ("How many rounds", "How long", "other steps", "begin?", "What comes next?", "let you know?"):
        assert prompt in text


def test_n1_exactly_one_form_appears_when_the_interview_ends_and_the_questions_go(held: Desk) -> None:
    text = form(held)
    for heading in ("What went well", "What went badly", "What stood out", "What you forgot to say"):
        assert heading in text
    held.look(ENDS + timedelta(minutes=5))
    assert len(own(held)) == 1


def test_n1_a_form_is_read_once_and_used_whenever_the_program_dies(tmp_path: Path) -> None:
    template = tmp_path / "template.sqlite3"
    Store(template).close()
    died = 0
    for point in range(1, 36, 3):
        office = Office(tmp_path / f"office-{point}", template, INVITED, "tasks.linkedin = false\n")
        office.deliver(invitation(INVITED, INTERVIEW), INVITED)
        office.look(INVITED)
        office.look(ENDS)
        (written,) = own(office)
        said = _unflowed(written.get_content()).replace("Rita Chen:", "Rita Chen: her team left the monolith")
        office.edits(office.draft_file(ME), said)
        office.now = ENDS + timedelta(minutes=20)
        died += office.tries(Faults(die_at=point)) is None
        for _ in range(2):
            office.now += timedelta(minutes=5)
            assert office.tries(Faults()) is not None
        (notes,) = office.process(office.now).process.noted
        with office.store.read() as connection:
            told = [row.action for row in load_log(connection, "main")]
        bodies = [draft.get_body(("plain",)) for draft in office.drafts() if ME not in str(draft["To"])]
        office.close()
        assert [item.text for item in notes.points] == ["her team left the monolith"], point
        assert told.count("noted") == 1, point
        assert len(bodies) == 1, point
        assert bodies[0] is not None
        assert "left the monolith" in " ".join(bodies[0].get_content().split()), point
    assert died > 4


def test_n1_a_form_is_about_the_interview_that_it_names_whatever_number_that_has_by_then(held: Desk) -> None:
    """The mail of an older interview arrives late, in the pass that finds the form filled in."""
    held.user_edits(ME, filled(held, rita_chen="loved the story about the warehouse"))
    older = invitation(
        INVITED - timedelta(days=3),
        INTERVIEW - timedelta(days=4),
        attendees=TWO,
        uid="older@acme.test",
        message_id="older@acme.test",
    )
    held.deliver(older, INVITED - timedelta(days=3))
    now = ENDS + timedelta(minutes=20)
    held.look(now)

    process = held.process(now).process
    assert [(item.number, item.interview.start) for item in process.rounds][-1] == (2, INTERVIEW)
    (notes,) = process.noted
    assert notes.round == 2


def test_n2_what_is_written_into_the_form_is_read_back_once_and_for_each_state_of_it(held: Desk) -> None:
    held.user_edits(ME, filled(held, rita_chen="loved the story about the warehouse", by_when="by 18 September"))
    now = ENDS + timedelta(minutes=20)
    report = held.look(now)

    (notes,) = held.process(now).process.noted
    assert [(point.about, point.text) for point in notes.points] == [("rita@acme.test", "loved the story about the warehouse")]
    assert notes.answers.promise is not None
    assert notes.answers.promise.kind is PromiseClass.HARD_DATE
    assert any("Your notes on interview 1 were read: 1 point and 1 answer" in row.text for row in report.log)

    quiet = held.look(now + timedelta(minutes=5))
    assert not quiet.log
