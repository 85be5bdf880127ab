"""Forms on a real Dovecot and a real Maildir, filled in as mail programs do it: a new message, a new Message-ID, HTML alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from rules.drafts.types import DraftKind
from rules.process import State
from tests.connectors.imap_harness import DovecotHarness
from tests.letters import invitation, letter
from tests.rules.notes_clients import CLIENTS, Client, gmail_web, outlook_desktop, quoting_phone, thunderbird_plain
from tests.servers.dovecot import Dovecot
from tests.watcher.seeker import TWO, Seeker, message_id_of, text_of
from watcher.cycle import Cycle
from watcher.store import Store


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


def test_b1_an_interview_that_is_known_late_gets_its_questions_at_once_and_never_twice(seeker: Seeker) -> None:
    start = seeker.now + timedelta(hours=3)
    seeker.mailbox.deliver(invitation(seeker.now, start, attendees=TWO, uid="one"))
    seeker.look()
    (draft,) = seeker.drafts(own=True)
    assert "How many rounds" in text_of(draft)

    moved = invitation(seeker.now, start + timedelta(days=9), attendees=TWO, uid="one", sequence=1, message_id="moved@acme.test")
    seeker.mailbox.deliver(moved)
    seeker.look()
    seeker.look()

    (after,) = seeker.drafts(own=True)
    assert after["Subject"] != draft["Subject"], "it names the new day"


@pytest.mark.parametrize("client", [outlook_desktop, thunderbird_plain, gmail_web, quoting_phone], ids=lambda one: one.__name__)
def test_n1_a_form_is_read_back_and_read_once_for_each_state(held: Seeker, client: Client) -> None:
    before = held.reads
    held.edits(client, ("Rita Chen", "her team left the monolith in a year"), ("By when", "by the end of next week"))
    report = held.look()

    (notes,) = held.process().noted
    assert [(point.about, point.text) for point in notes.points] == [("rita@acme.test", "her team left the monolith in a year")]
    assert notes.answers.promise is not None
    assert any("were read: 1 point and 1 answer" in row.text for row in report.log)
    once = held.reads
    assert once > before

    for _ in range(3):
        assert not held.look().log
    assert held.reads == once, "a quiet pass reads nothing"

    held.edits(thunderbird_plain, ("What you forgot", "the migration"))
    held.look()
    assert [point.text for point in held.process().noted[0].points][-1:] == ["the migration"]
    assert held.process().state is State.DRAFTED
    assert held.process().wrote_to == ()


def test_n2_the_untouched_notes_are_written_anew_in_the_same_pass_and_the_touched_ones_are_left(held: Seeker) -> None:
    def note_to(name: str) -> EmailMessage:
        return next(draft for draft in held.drafts(own=False) if name in str(draft["To"]))

    mine = note_to("omar")
    held.mailbox.user_edits(
        message_id_of(mine), bytes(mine).replace(b"Omar", b"Mr Omar", 1).replace(b"\r\n\r\n", b"\r\n\r\nMine. ", 1)
    )
    held.look()
    rita, omar = note_to("rita"), note_to("omar")

    held.edits(gmail_web, ("Rita Chen", "how her team left the monolith in a year"), ("Omar Haddad", "the on-call rota"))
    held.look()

    body = note_to("rita").get_body(("plain",))
    assert body is not None
    assert "left the monolith" in " ".join(body.get_content().split())
    assert message_id_of(note_to("rita")) != message_id_of(rita)
    assert bytes(note_to("omar")) == bytes(omar)


def test_a_form_that_is_gone_keeps_what_was_noted_and_does_not_come_back(held: Seeker) -> None:
    held.edits(gmail_web, ("Rita Chen", "her team left the monolith"))
    held.look()
    held.mailbox.user_deletes(message_id_of(held.drafts(own=True)[0]))
    held.look()
    held.look(timedelta(hours=3))

    assert held.drafts(own=True) == []
    assert [point.text for point in held.process().noted[0].points] == ["her team left the monolith"]


@pytest.mark.parametrize("both", [True, False], ids=["sent and received", "sent alone"])
def test_n1_a_form_that_the_user_sends_to_themselves_is_read_and_is_no_mail_to_the_company(held: Seeker, both: bool) -> None:
    raw = held.rewrites(gmail_web, ("Omar Haddad", "the on-call rota"))
    held.mailbox.user_sends(message_id_of(held.drafts(own=True)[0]), raw)
    if both:
        held.mailbox.deliver(raw)
    held.look()
    held.look()

    process = held.process()
    assert [(point.about, point.text) for point in process.noted[0].points] == [("omar@acme.test", "the on-call rota")]
    assert (process.wrote_to, process.thanked, process.status_sent, process.last_out) == ((), (), (), None)
    assert process.state is State.DRAFTED
    assert held.drafts(own=True) == []
    assert len(held.drafts(own=False)) == 2
    assert {key.kind for key in process.spent} == {DraftKind.NOTES}


def test_a_mail_that_only_claims_to_be_from_the_user_is_no_form_of_theirs(held: Seeker) -> None:
    raw = held.rewrites(gmail_web, ("Omar Haddad", "was rude, said everybody"))
    held.mailbox.deliver(raw)
    held.look()
    held.look()

    assert held.process().noted == ()
    assert len(held.drafts(own=True)) == 1


def test_a_form_goes_when_the_process_closes_unless_the_user_has_written_on_it(held: Seeker) -> None:
    text = "Dear Sam,\n\nunfortunately we have decided to go on with other candidates.\n\nBest wishes\nRita"
    no = letter("Your application", text, held.now, message_id="no@acme.test", sender="Rita Chen <rita@acme.test>")
    held.mailbox.deliver(bytes(no))
    held.look()
    assert held.process().state is State.CLOSED
    assert held.drafts(own=True) == []


def test_an_edited_form_stays_when_the_process_closes(held: Seeker) -> None:
    held.edits(gmail_web, ("Omar Haddad", "the on-call rota"))
    held.look()
    text = "Dear Sam,\n\nunfortunately we have decided to go on with other candidates.\n\nBest wishes\nRita"
    no = letter("Your application", text, held.now, message_id="no@acme.test", sender="Rita Chen <rita@acme.test>")
    held.mailbox.deliver(bytes(no))
    held.look()
    held.look(timedelta(days=20))
    assert held.process().state is State.CLOSED
    assert len(held.drafts(own=True)) == 1


def test_n1_an_untouched_form_goes_after_two_weeks(held: Seeker) -> None:
    held.look(timedelta(days=13))
    assert len(held.drafts(own=True)) == 1
    held.look(timedelta(days=2))
    assert held.drafts(own=True) == []


def test_every_mail_program_leaves_a_draft_that_is_found_again() -> None:
    """The form is found by recipient and subject, for the Message-ID is the program's own."""
    for client in CLIENTS:
        made = message_from_bytes(client("What went well\nthe demo\n"), policy=policy.default)
        assert re.fullmatch(r"<[^<>@]+@client\.example>", made["Message-ID"])


def test_notes_outlive_all_that_can_be_rebuilt(held: Seeker) -> None:
    held.edits(gmail_web, ("Rita Chen", "her team left the monolith"))
    held.look()
    noted = held.process().noted
    with held.store.write() as connection:
        for table in ("process_link", "process", "event", "message"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    held.cycle = Cycle(held.account, held.connector, held.store)
    reads = held.reads
    held.look()

    assert held.process().noted == noted
    assert held.reads == reads
    assert len(held.drafts(own=True)) == 1


def test_a_store_that_is_lost_altogether_reads_the_form_anew(server: Dovecot, tmp_path: Path) -> None:
    """On a server; of files under a Message-ID of the user's program, those that are older than the new store are left alone."""
    held = Seeker(DovecotHarness(server), tmp_path)
    held.interviewed()
    held.edits(gmail_web, ("Rita Chen", "her team left the monolith"))
    held.look()
    held.store.close()
    held.store = Store(tmp_path / "another.sqlite3")
    held.cycle = Cycle(held.account, held.connector, held.store)
    held.look()
    held.look()

    assert [point.text for point in held.process().noted[0].points] == ["her team left the monolith"]
    assert len(held.drafts(own=True)) == 1
    held.close()
