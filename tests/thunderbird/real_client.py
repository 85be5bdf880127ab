"""Forms and notes in a real Thunderbird on a real Dovecot: opened with Edit, typed into by keys, saved, and looked at by a pass.

Not collected by `make test`, for it needs Thunderbird: `make thunderbird`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import pytest

from rules.mail import Role
from tests.connectors.imap_harness import DovecotHarness
from tests.letters import invitation
from tests.rules.notes_clients import gmail_web
from tests.servers.dovecot import Dovecot
from tests.thunderbird.program import Thunderbird
from tests.watcher.seeker import ME, TWO, Seeker

FORM = "Notes on Acme"
_PAUSE = Event()
_TRIES = 200


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture
def mailbox(server: Dovecot) -> DovecotHarness:
    return DovecotHarness(server)


@pytest.fixture
def held(mailbox: DovecotHarness, tmp_path: Path) -> Iterator[Seeker]:
    """After an interview, with the form and two notes in Drafts."""
    made = Seeker(mailbox, tmp_path)
    made.interviewed()
    assert [len(made.drafts(own=own)) for own in (True, False)] == [1, 2]
    yield made
    made.close()


@pytest.fixture
def thunderbird(held: Seeker, mailbox: DovecotHarness, server: Dovecot, tmp_path: Path) -> Iterator[Thunderbird]:
    assert held.account.profile.email == ME
    with Thunderbird(tmp_path / "thunderbird", server, mailbox.user, "Sam Rivers", ME) as running:
        yield running


def save(held: Seeker, thunderbird: Thunderbird) -> None:
    """Save, and wait until the draft that was opened is gone: Thunderbird removes it once the new one is there."""
    number = len(held.mailbox.raws(Role.DRAFTS))
    thunderbird.save()
    for _ in range(_TRIES):
        if len(held.mailbox.raws(Role.DRAFTS)) == number:
            return
        _PAUSE.wait(0.05)
    raise AssertionError("the draft that was opened is still there")


def note_to(held: Seeker, name: str) -> EmailMessage:
    return next(draft for draft in held.drafts(own=False) if name in str(draft["To"]))


def said(draft: EmailMessage) -> str:
    body = draft.get_body(("plain", "html"))
    assert body is not None
    return " ".join(body.get_content().split())


@pytest.mark.parametrize("other", [False, True], ids=["plain", "html"])
def test_n1_what_is_typed_into_the_form_is_read_and_every_note_is_written_anew(
    held: Seeker, thunderbird: Thunderbird, *, other: bool
) -> None:
    before = {name: str(note_to(held, name)["Message-ID"]) for name in ("rita", "omar")}

    assert thunderbird.edit(FORM, other=other) is other
    thunderbird.type("Rita Chen:", " how her team left the monolith in a year")
    thunderbird.type("Omar Haddad:", "\nthe on-call rota")
    thunderbird.type("without an excuse.", "\nI was vague about index locks\nand never got to the advisory ones")
    thunderbird.type("What comes next?", "\na talk with\nthe whole team")
    thunderbird.type("By when will they let you know?", " by the end of next week")
    save(held, thunderbird)
    held.look()

    (form,) = held.drafts(own=True)
    assert form.get_content_type() == ("text/html" if other else "text/plain")
    assert "Thunderbird" in str(form["User-Agent"])
    (notes,) = held.process().noted
    assert [(point.heading.value, point.about, point.text) for point in notes.points] == [
        ("well", "rita@acme.test", "how her team left the monolith in a year"),
        ("well", "omar@acme.test", "the on-call rota"),
        ("badly", "", "I was vague about index locks and never got to the advisory ones"),
    ]
    assert notes.answers.next_step == "a talk with the whole team"
    assert notes.answers.promise is not None
    assert notes.unclear == ()
    assert "monolith" in said(note_to(held, "rita"))
    assert "on-call rota" in said(note_to(held, "omar"))
    assert all(str(note_to(held, name)["Message-ID"]) != old for name, old in before.items())


def test_n2_a_note_that_was_edited_is_the_users_and_the_other_is_written_anew(held: Seeker, thunderbird: Thunderbird) -> None:
    assert thunderbird.edit("omar@acme.test") is True
    thunderbird.type("Omar", " and hello again")
    save(held, thunderbird)
    held.look()
    mine = bytes(note_to(held, "omar"))

    thunderbird.edit(FORM)
    thunderbird.type("Rita Chen:", " how her team left the monolith in a year")
    thunderbird.type("Omar Haddad:", " the on-call rota")
    save(held, thunderbird)
    held.look()

    assert bytes(note_to(held, "omar")) == mine
    assert "hello again" in said(note_to(held, "omar"))
    assert "monolith" in said(note_to(held, "rita"))


@pytest.mark.parametrize("other", [False, True], ids=["plain", "html"])
def test_n2_a_form_that_was_opened_and_saved_says_nothing(held: Seeker, thunderbird: Thunderbird, *, other: bool) -> None:
    before = [bytes(draft) for draft in held.drafts(own=False)]
    thunderbird.edit(FORM, other=other)
    save(held, thunderbird)
    held.look()

    assert len(held.drafts(own=True)) == 1
    assert all(not notes.points and not notes.unclear for notes in held.process().noted)
    assert [bytes(draft) for draft in held.drafts(own=False)] == before


def meanwhile(held: Seeker, thunderbird: Thunderbird) -> None:
    """Save a draft whose place on the server is empty by now, and wait until it is there."""
    before = held.mailbox.raws(Role.DRAFTS)
    thunderbird.save()
    for _ in range(_TRIES):
        if set(held.mailbox.raws(Role.DRAFTS)) > set(before):
            return
        _PAUSE.wait(0.05)
    raise AssertionError("what was saved is not there, or something is gone")


@pytest.mark.parametrize("other", [False, True], ids=["html", "plain"])
def test_a_note_that_was_open_while_it_was_written_anew_is_the_users_alone(
    held: Seeker, thunderbird: Thunderbird, *, other: bool
) -> None:
    name = str(note_to(held, "rita")["Message-ID"])
    thunderbird.edit("rita@acme.test", other=other)
    thunderbird.type("Rita", " and hello again")
    held.edits(gmail_web, ("Rita Chen", "how her team left the monolith in a year"))
    held.look()
    assert str(note_to(held, "rita")["Message-ID"]) != name
    meanwhile(held, thunderbird)
    held.look()

    (mine,) = [draft for draft in held.drafts(own=False) if "rita" in str(draft["To"])]
    assert "hello again" in said(mine)
    assert "Thunderbird" in str(mine["User-Agent"])
    assert len(held.drafts(own=False)) == 2


def test_n1_a_form_that_was_open_while_it_was_written_anew_is_read(held: Seeker, thunderbird: Thunderbird) -> None:
    thunderbird.edit(FORM)
    thunderbird.type("Rita Chen:", " how her team left the monolith in a year")
    three = (*TWO, ("Ines Vogel", "ines@acme.test"))
    more = invitation(held.now, held.now - timedelta(minutes=62), attendees=three, sequence=1, message_id="more@acme.test")
    held.mailbox.deliver(more)
    held.look()
    assert "Ines Vogel" in said(held.drafts(own=True)[0])
    meanwhile(held, thunderbird)
    held.look()

    (form,) = held.drafts(own=True)
    assert "Thunderbird" in str(form["User-Agent"])
    assert [point.text for point in held.process().noted[0].points] == ["how her team left the monolith in a year"]
    assert "monolith" in said(note_to(held, "rita"))
