"""One process over two mailboxes of one person: played over Maildirs and over Dovecot, with the daemon's own cycles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from rules.process import State
from tests.connectors.harness import Harness
from tests.connectors.imap_harness import DovecotHarness
from tests.connectors.maildir_harness import MaildirHarness
from tests.letters import invitation, letter
from tests.scenarios.household import Household
from tests.servers.dovecot import Dovecot

RITA, OMAR = "rita@acme.test", "omar@acme.test"
PANEL = (("Rita Chen", RITA), ("Omar Haddad", OMAR))
ADDRESSES = {"work": "sam@example.com", "home": "sam.rivers@example.org"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture(params=["maildir", "dovecot"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Household]:
    """Two mailboxes, with a confirmation of an interview in the first one, and its time over."""
    mailboxes: dict[str, Harness]
    if request.param == "maildir":
        mailboxes = {name: MaildirHarness(tmp_path / name) for name in ADDRESSES}
    else:
        mailboxes = {name: DovecotHarness(request.getfixturevalue("server")) for name in ADDRESSES}
    made = Household(tmp_path, mailboxes, ADDRESSES, datetime.fromisoformat("2026-09-03T10:00+02:00"))
    yield made
    made.close()


def fix(house: Household, *, attendees: tuple[tuple[str, str], ...] = PANEL[:1]) -> datetime:
    """Let the company confirm an interview to the address at work, and let it be over; return when it was."""
    start = house.now + timedelta(days=4, hours=4)
    house.arrives("work", invitation(house.now, start, attendees=attendees))
    house.look()
    house.until(start + timedelta(hours=1, minutes=1))
    return start


def reply(house: Household, name: str, text: str, *, parents: tuple[str, ...] = ("invite-1@acme.test",)) -> EmailMessage:
    """Return a mail of Rita's, to the address of an account."""
    return letter(
        "Re: Interview confirmation: Backend Engineer at Acme",
        f"Hi Sam,\n\n{text}\n\nBest wishes\nRita\n",
        house.now,
        message_id=f"rita-{house.now:%Y%m%d%H%M}@acme.test",
        to=f"Sam Rivers <{ADDRESSES[name]}>",
        parents=parents,
    )


PROMISE = "thank you for the conversation. We will decide within the next two weeks and then write to you."
QUESTION = "thank you for your patience. Could you send us two references?"


def test_a_reply_to_the_other_address_takes_the_draft_back_at_once(house: Household) -> None:
    fix(house)
    assert house.standing() == {"work": [RITA], "home": []}

    house.arrives("home", reply(house, "home", QUESTION))
    house.look("home")

    assert house.standing() == {"work": [], "home": []}
    found = house.process()
    assert found.process.state is State.OUR_TURN
    assert [row.account for row in found.messages] == ["work", "home"]


def test_a_follow_up_goes_to_the_address_they_wrote_to_last(house: Household) -> None:
    fix(house)
    house.mailboxes["work"].user_sends(str(house.drafts("work")[RITA]["Message-ID"]).strip("<>"))
    house.look()
    house.now += timedelta(days=1)
    asked = reply(house, "home", PROMISE)
    house.arrives("home", asked)
    house.look()
    house.until(house.now + timedelta(days=30))

    assert house.standing()["work"] == []
    draft = house.drafts("home")[RITA]
    assert draft["From"] == "Sam Rivers <sam.rivers@example.org>"
    assert draft["In-Reply-To"] == asked["Message-ID"]
    assert len(house.processes()) == 1
