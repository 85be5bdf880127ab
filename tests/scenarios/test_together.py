"""One process over two mailboxes of one person: over Maildirs, over Dovecot, and one at Outlook beside one at Gmail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from rules.mail import Role
from rules.process import State, Verb
from tests.connectors.harness import Harness
from tests.connectors.imap_harness import DovecotHarness
from tests.connectors.maildir_harness import MaildirHarness
from tests.letters import invitation, letter
from tests.scenarios.at_gmail import StoryGmail
from tests.scenarios.at_outlook import StoryOutlook
from tests.scenarios.household import Household
from tests.servers.dovecot import Dovecot
from watcher.store import Store
from watcher.store.drafts import LIVE

RITA, OMAR = "rita@acme.test", "omar@acme.test"
PANEL = (("Rita Chen", RITA), ("Omar Haddad", OMAR))
ADDRESSES = {"work": "sam@example.com", "home": "sam.rivers@example.org"}
START = datetime.fromisoformat("2026-09-03T10:00+02:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hearback.sqlite3"
    Store(path).close()
    return path


@pytest.fixture(params=["maildir", "dovecot", "outlook and gmail"])
def house(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[Household]:
    """Two mailboxes, with a confirmation of an interview in the first one, and its time over."""
    mailboxes: dict[str, Harness]
    if request.param == "maildir":
        mailboxes = {name: MaildirHarness(tmp_path / name) for name in ADDRESSES}
    elif request.param == "dovecot":
        mailboxes = {name: DovecotHarness(request.getfixturevalue("server")) for name in ADDRESSES}
    else:
        outlook = StoryOutlook(request.getfixturevalue("microsoft"), tmp_path, ADDRESSES["work"])
        mailboxes = {"work": outlook, "home": StoryGmail()}
    made = Household(tmp_path, mailboxes, ADDRESSES, START, template=template)
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


def sent(house: Household, name: str, recipient: str = RITA) -> None:
    """Let the user send a draft from the account where it stands."""
    house.mailboxes[name].user_sends(str(house.drafts(name)[recipient]["Message-ID"]).strip("<>"))
    house.look()


def test_an_account_that_is_down_leaves_the_other_on_time(house: Household) -> None:
    house.down.add("home")
    fix(house)

    assert house.standing()["work"] == [RITA]


def test_a_draft_waits_for_the_account_it_belongs_to(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.look()
    house.down.add("home")
    house.until(house.now + timedelta(days=30))
    assert house.standing() == {"work": [], "home": []}

    house.comes_back("home")
    house.look()

    assert house.standing() == {"work": [], "home": [RITA]}


def test_late_mail_of_an_account_that_was_down_is_heeded(house: Household) -> None:
    """A follow-up stands where they wrote to last, as far as was known. They had written elsewhere since."""
    fix(house)
    sent(house, "work")
    house.down.add("home")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.until(house.now + timedelta(days=30))
    assert house.standing() == {"work": [RITA], "home": []}

    house.comes_back("home")
    house.look("home")

    assert house.standing() == {"work": [], "home": [RITA]}


def test_a_draft_that_cannot_be_taken_back_keeps_the_other_from_being_written(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.down.add("home")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.until(house.now + timedelta(days=30))
    house.comes_back("home")
    house.down.add("work")

    house.look("home")
    assert house.standing() == {"work": [RITA], "home": []}

    house.comes_back("work")
    house.look("work")
    assert house.standing() == {"work": [], "home": [RITA]}


def test_a_draft_moves_to_where_they_had_written_and_is_written_there_only_when_it_is_gone(house: Household) -> None:
    """A mail of before the interview turns up in the other account: the note of thanks is an answer to it."""
    house.down.add("home")
    now = house.now
    start = fix(house)
    house.now = now + timedelta(days=2)
    ahead = reply(house, "home", "we look forward to meeting you.")
    house.arrives("home", ahead)
    house.now = start + timedelta(hours=2)
    house.comes_back("home")
    house.down.add("work")
    house.look("home")
    assert house.standing() == {"work": [RITA], "home": []}

    house.comes_back("work")
    house.look("work")
    assert house.standing() == {"work": [], "home": [RITA]}
    assert house.drafts("home")[RITA]["In-Reply-To"] == ahead["Message-ID"]
    assert "They write to another address of yours now" in " ".join(row.text for row in house.log)


def test_an_edited_draft_stays_where_it_is_and_counts(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.down.add("home")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.until(house.now + timedelta(days=30))
    draft = house.drafts("work")[RITA]
    edited = draft.as_bytes().replace(b"Dear Rita,", b"Good morning Rita,")
    assert edited != draft.as_bytes()
    house.mailboxes["work"].user_edits(str(draft["Message-ID"]).strip("<>"), edited)
    house.look("work")

    house.comes_back("home")
    house.look()
    house.until(house.now + timedelta(days=3))

    assert house.standing() == {"work": [RITA], "home": []}
    assert [row.text for row in house.log if "taken back" in row.text] == []


def test_a_mail_that_comes_to_both_is_one(house: Household) -> None:
    fix(house)
    both = reply(house, "home", QUESTION)
    house.arrives("work", both)
    house.arrives("home", both)
    house.look()

    found = house.process()
    assert [row.account for row in found.messages] == ["work", "home"]
    assert sum(row.action == "replied" for row in house.log) == 1


@pytest.mark.parametrize("anew", [False, True], ids=["at once", "after a start"])
def test_mail_that_meant_nothing_is_read_when_another_account_learns_who_they_are(house: Household, anew: bool) -> None:
    hello = letter(
        "Hello",
        "Hi Sam,\n\na short word ahead.\n\nRita\n",
        house.now,
        message_id="a@acme.test",
        to="Sam <sam.rivers@example.org>",
    )
    house.arrives("home", hello)
    house.look()
    assert house.processes() == []

    house.now += timedelta(hours=1)
    house.arrives("work", invitation(house.now, house.now + timedelta(days=4)))
    if anew:
        house.down.add("home")
        house.look()
        house.down.clear()
        house.restart()
    house.look()

    assert [row.account for row in house.process().messages] == ["home", "work"]


def test_an_answer_from_the_other_address_is_the_users(house: Household) -> None:
    fix(house)
    house.arrives("work", reply(house, "work", QUESTION))
    house.look()
    assert house.process().process.state is State.OUR_TURN
    house.now += timedelta(hours=1)
    answer = letter(
        "Re: Interview confirmation: Backend Engineer at Acme",
        "Hi Rita,\n\nhere they are.\n\nSam\n",
        house.now,
        message_id="own-1@example.org",
        sender="Sam Rivers <sam.rivers@example.org>",
        to="Rita Chen <rita@acme.test>",
    )
    house.arrives("home", answer, Role.SENT)
    to_oneself = letter(
        "Interview at Acme",
        "The notes of yesterday.\n",
        house.now,
        message_id="own-2@example.org",
        sender="Sam Rivers <sam.rivers@example.org>",
        parents=["invite-1@acme.test"],
    )
    house.arrives("work", to_oneself)
    house.look()

    assert house.process().process.state is State.THEIR_TURN


def test_a_draft_that_was_sent_through_the_other_account_counts(house: Household) -> None:
    fix(house)
    draft = house.drafts("work")[RITA]
    draft.replace_header("From", "Sam Rivers <sam.rivers@example.org>")
    draft.replace_header("Message-ID", "<sent-1@phone.example>")
    house.arrives("home", draft, Role.SENT)
    house.look("home")

    assert house.standing() == {"work": [], "home": []}
    found = house.process()
    assert [row.step for row in found.messages if row.own] == [str(found.outbox[0].key)]


def test_a_word_of_the_users_holds_for_both(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.look()
    house.says(Verb.PAUSE)
    house.until(house.now + timedelta(days=30))
    assert house.standing() == {"work": [], "home": []}

    house.says(Verb.RESUME)
    house.until(house.now + timedelta(days=20))
    assert house.standing() == {"work": [], "home": [RITA]}


def test_a_quiet_pass_asks_the_same_of_a_mailbox_and_wakes_nobody(house: Household) -> None:
    fix(house)
    house.look()
    before = dict(house.passes)
    house.now += timedelta(minutes=2)
    house.look()

    assert {name: count - before[name] for name, count in house.passes.items()} == {"work": 1, "home": 1}


def test_a_program_that_is_started_anew_changes_nothing(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.until(house.now + timedelta(days=30))
    before, told = house.standing(), len(house.log)
    house.restart()
    house.look()

    assert (house.standing(), len(house.log)) == (before, told)


def test_an_account_that_is_configured_no_more_leaves_the_rest_working(house: Household) -> None:
    """What the user had said holds on; a note whose interview nobody knows of any more is taken back."""
    fix(house)
    house.now += timedelta(minutes=5)
    again = invitation(house.now, house.now + timedelta(days=3), message_id="invite-2@acme.test", uid="second@acme.test")
    house.arrives("home", again.replace(b"sam@example.com", b"sam.rivers@example.org"))
    house.look()
    (name,) = [one.process.id for one in house.processes()]
    house.says(Verb.PAUSE)

    house.leaves("work")
    house.look("home")

    found = house.process()
    assert (found.process.id, found.process.state) == (name, State.PAUSED)
    assert [row.account for row in found.messages] == ["home"]


def test_a_note_whose_interview_was_known_by_an_account_that_is_gone_is_taken_back(house: Household) -> None:
    fix(house)
    sent(house, "work")
    house.now += timedelta(days=1)
    house.arrives("home", reply(house, "home", PROMISE))
    house.look()
    house.until(house.now + timedelta(days=30))
    assert house.standing() == {"work": [], "home": [RITA]}

    house.leaves("work")
    house.look("home")

    assert house.standing()["home"] == []
    assert house.processes() == []


def test_drafts_to_oneself_stand_once_whichever_address_they_write_to(template: Path, tmp_path: Path) -> None:
    """The form of an interview stays where it is, and a later one comes where they write to by then."""
    boxes: dict[str, Harness] = {name: MaildirHarness(tmp_path / name) for name in ADDRESSES}
    house = Household(tmp_path, boxes, ADDRESSES, START, rules="", template=template)
    start = fix(house)
    house.now += timedelta(days=1)
    second = invitation(house.now, start + timedelta(days=5), message_id="invite-2@acme.test", uid="second@acme.test")
    house.arrives("home", second.replace(b"sam@example.com", b"sam.rivers@example.org"))
    house.look()
    house.until(start + timedelta(days=5, hours=3))

    forms = [(row.key.step, row.account) for row in house.process().outbox if row.key.kind.to_self and row.state in LIVE]
    assert ("notes-1", "work") in forms
    assert ("notes-2", "home") in forms
    assert len({step for step, _ in forms}) == len(forms)
    house.close()


def test_labels_of_both_mailboxes_tell_the_state_of_the_one_process(template: Path, tmp_path: Path) -> None:
    house = Household(tmp_path, {name: StoryGmail() for name in ADDRESSES}, ADDRESSES, START, template=template)
    fix(house)
    assert labels(house) == {"work": {"draft ready"}, "home": set()}

    house.arrives("home", reply(house, "home", QUESTION))
    house.look("home")
    assert labels(house) == {"work": {"paused"}, "home": {"paused"}}

    house.says(Verb.CLOSE)
    assert labels(house) == {"work": {"done"}, "home": {"done"}}
    house.close()


def labels(house: Household) -> dict[str, set[str]]:
    """Return the labels of ours on the mail of each account."""
    return {name: {label for _, some in mailbox.marks() for label in some} for name, mailbox in house.mailboxes.items()}
