"""A draft of ours is open in a mail program while it is written anew, and then it is saved: whose it is, what becomes of ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from rules.mail import Role
from rules.process import State
from tests.connectors.gmail_harness import FakeGmailHarness
from tests.connectors.outlook_harness import OutlookHarness
from tests.letters import invitation, letter
from tests.rules.notes_clients import gmail_web, thunderbird_plain
from tests.servers.dovecot import Dovecot
from tests.watcher.clidesk import INTERVIEW as CLI_INTERVIEW
from tests.watcher.clidesk import CliDesk
from tests.watcher.machine import Faults, Office
from tests.watcher.seeker import TWO, Seeker
from watcher.history import assess_all
from watcher.report.twice import with_twice
from watcher.store import Store
from watcher.store.drafts import OutboxRow, RowState, load_outbox

HEARD = ("Rita Chen", "how her team left the monolith in a year")
OWN = "I still think about your question on index locks."
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


def notes_to(held: Seeker, name: str) -> list[EmailMessage]:
    return [draft for draft in held.drafts(own=False) if name in str(draft["To"])]


def name_of(draft: EmailMessage) -> str:
    return str(draft["Message-ID"]).strip("<> ")


def words(draft: EmailMessage) -> str:
    body = draft.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def saved(draft: EmailMessage, *, name: str = "", more: str = OWN) -> bytes:
    """Return what a program saves of a draft that it has open, with a sentence more, under a name of its own if one is given."""
    made = EmailMessage()
    for field in ("From", "To", "Subject", "Date", "In-Reply-To", "References"):
        if draft[field]:
            made[field] = str(draft[field])
    made["Message-ID"] = f"<{name or name_of(draft)}>"
    made["User-Agent"] = "A Mail Program"
    greeting, blank, rest = words(draft).partition("\n\n")
    made.set_content(f"{greeting}{blank}{more}\n\n{rest}")
    return made.as_bytes(policy=policy.SMTP)


def rows(held: Seeker, name: str) -> list[OutboxRow]:
    with held.store.read() as connection:
        return [row for row in load_outbox(connection, "main") if name in row.key.recipient]


def told(held: Seeker) -> list[str]:
    """Return what `status` says of two drafts."""
    with held.store.read() as connection:
        found = assess_all(connection, held.account, held.now)
    return [notice.text for one in found for notice in with_twice(one).decision.notices if notice.kind == "two_drafts"]


@pytest.fixture
def rewritten(held: Seeker) -> tuple[Seeker, EmailMessage]:
    """Return the note to Rita as it was when the user opened it; the form was filled in elsewhere, and another one stands."""
    (opened,) = notes_to(held, "rita")
    held.edits(gmail_web, HEARD)
    held.look()
    (newer,) = notes_to(held, "rita")
    assert name_of(newer) != name_of(opened)
    assert "monolith" in words(newer)
    return held, opened


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_what_the_user_went_on_with_is_theirs_and_the_newer_wording_goes(
    rewritten: tuple[Seeker, EmailMessage], name: str
) -> None:
    held, opened = rewritten
    mine = saved(opened, name=name)
    held.mailbox.deliver(mine, Role.DRAFTS)
    report = held.look()

    assert [bytes(one) for one in notes_to(held, "rita")] == [bytes(message_from_bytes(mine, policy=policy.default))]
    assert len(notes_to(held, "omar")) == 1
    (row,) = rows(held, "rita")
    assert row.state is RowState.EDITED
    assert [line.text for line in report.log if "Rita" in line.text] == [
        "Thank-you note to Rita Chen: you are working on an earlier wording of it, so that one is yours now"
    ]
    assert told(held) == []

    again = saved(opened, name=name and "124@program.example", more=f"{OWN} And more of it.")
    held.mailbox.user_edits(name or name_of(opened), again)
    held.edits(thunderbird_plain, ("What you forgot", "the migration"))
    held.look()
    assert not any("Rita" in line.text for line in held.look().log)
    assert [name_of(one) for one in notes_to(held, "rita")] == [(name and "124@program.example") or name_of(opened)]
    assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]

    held.mailbox.user_sends(name_of(notes_to(held, "rita")[0]))
    held.look()
    assert [row.state for row in rows(held, "rita")] == [RowState.SENT]
    assert [address for address, _ in held.process().thanked] == ["rita@acme.test"]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
@pytest.mark.parametrize("newer", ["", "125@program.example"], ids=["edited under our Message-ID", "under one of its own"])
def test_where_the_newer_one_was_touched_too_both_stay_and_status_says_so(
    rewritten: tuple[Seeker, EmailMessage], name: str, newer: str
) -> None:
    held, opened = rewritten
    (standing,) = notes_to(held, "rita")
    held.mailbox.user_edits(name_of(standing), saved(standing, name=newer, more="Another thought."))
    held.look()
    assert told(held) == []

    held.mailbox.deliver(saved(opened, name=name), Role.DRAFTS)
    before = sorted(held.mailbox.raws(Role.DRAFTS))
    for _ in range(3):
        held.look()
        assert sorted(held.mailbox.raws(Role.DRAFTS)) == before
        (text,) = told(held)
        assert "Rita Chen" in text
        assert len(rows(held, "rita")) == 1

    held.mailbox.user_deletes(newer or name_of(standing))
    held.look()
    assert told(held) == []
    assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]
    assert [name_of(one) for one in notes_to(held, "rita")] == [name or name_of(opened)]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_both_saved_between_two_looks_stay_and_status_says_so(rewritten: tuple[Seeker, EmailMessage], name: str) -> None:
    held, opened = rewritten
    (standing,) = notes_to(held, "rita")
    held.mailbox.user_edits(name_of(standing), saved(standing, more="Another thought."))
    held.mailbox.deliver(saved(opened, name=name), Role.DRAFTS)
    before = sorted(held.mailbox.raws(Role.DRAFTS))
    held.look()

    assert sorted(held.mailbox.raws(Role.DRAFTS)) == before
    assert len(told(held)) == 1


def test_a_letter_of_the_users_own_beside_ours_is_no_wording_of_ours(rewritten: tuple[Seeker, EmailMessage]) -> None:
    held, opened = rewritten
    (standing,) = notes_to(held, "rita")
    other = EmailMessage()
    for field in ("From", "To", "Subject", "Date", "In-Reply-To", "References"):
        other[field] = str(opened[field])
    other["Message-ID"] = "<own@program.example>"
    other.set_content("Dear Rita,\n\nhere are the two references that you asked me for on the phone today.\n\nSam\n")
    held.mailbox.deliver(bytes(other), Role.DRAFTS)
    held.look()
    assert sorted(name_of(one) for one in notes_to(held, "rita")) == sorted([name_of(standing), "own@program.example"])
    assert [row.state for row in rows(held, "rita")] == [RowState.PLACED]

    held.mailbox.deliver(saved(opened, name="126@program.example"), Role.DRAFTS)
    held.mailbox.deliver(bytes(other).replace(b"own@program", b"own-2@program"), Role.DRAFTS)
    held.look()
    assert sorted(name_of(one) for one in notes_to(held, "rita")) == [
        "126@program.example",
        "own-2@program.example",
        "own@program.example",
    ]
    assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]


def test_a_draft_that_was_compared_once_is_not_asked_for_again(rewritten: tuple[Seeker, EmailMessage]) -> None:
    held, opened = rewritten
    held.mailbox.deliver(bytes(letter("A list", "Milk.\n", held.now, message_id="list@program.example")), Role.DRAFTS)
    held.look()
    before = held.connector.calls["find_draft"], held.reads
    held.mailbox.user_edits(name_of(notes_to(held, "omar")[0]), saved(notes_to(held, "omar")[0]))
    held.look()
    after = held.connector.calls["find_draft"], held.reads
    assert after[0] - before[0] <= 3, "one for what the user has just edited, one for the form, and one for what moved"
    assert opened["Message-ID"]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
@pytest.mark.parametrize(
    "more", [OWN, "All in words of my own, for what had been said there did not please me at all, and so I said it anew."]
)
def test_what_is_sent_from_the_open_window_counts_and_the_newer_wording_goes(
    rewritten: tuple[Seeker, EmailMessage], name: str, more: str
) -> None:
    held, opened = rewritten
    held.mailbox.deliver(saved(opened, name=name, more=more), Role.SENT)
    held.look()

    assert notes_to(held, "rita") == []
    assert [row.state for row in rows(held, "rita")] == [RowState.SENT]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_a_note_that_was_open_when_it_was_taken_back_is_the_users_once_it_is_saved(held: Seeker, name: str) -> None:
    (opened,) = notes_to(held, "rita")
    text = "Hi Sam,\n\nthank you for your patience. Could you send us two references?\n\nBest wishes\nRita\n"
    asks = letter("References", text, held.now, message_id="ask@acme.test", sender="Rita Chen <rita@acme.test>")
    held.mailbox.deliver(bytes(asks))
    held.look()
    assert notes_to(held, "rita") == []
    assert held.process().state is State.OUR_TURN

    mine = saved(opened, name=name)
    held.mailbox.deliver(mine, Role.DRAFTS)
    for _ in range(2):
        held.look()
        assert [name_of(one) for one in notes_to(held, "rita")] == [name or name_of(opened)]
        assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]
        assert held.process().state is State.OUR_TURN


@pytest.mark.parametrize("kept", [True, False], ids=["our Message-ID", "one of its own"])
def test_n1_a_form_that_was_open_while_it_was_written_anew_is_read(held: Seeker, kept: bool) -> None:
    (opened,) = held.drafts(own=True)
    filled = held.rewrites(thunderbird_plain, HEARD)
    if kept:
        filled = filled.replace(message_from_bytes(filled)["Message-ID"].encode(), opened["Message-ID"].encode())
    three = (*TWO, ("Ines Vogel", "ines@acme.test"))
    more = invitation(held.now, held.now - timedelta(minutes=62), attendees=three, sequence=1, message_id="more@acme.test")
    held.mailbox.deliver(more)
    held.look()
    (newer,) = held.drafts(own=True)
    assert name_of(newer) != name_of(opened)

    held.mailbox.deliver(filled, Role.DRAFTS)
    held.look()

    assert [name_of(one) for one in held.drafts(own=True)] == [name_of(message_from_bytes(filled, policy=policy.default))]
    assert [point.text for point in held.process().noted[0].points] == [HEARD[1]]
    assert "monolith" in words(notes_to(held, "rita")[0])


@pytest.mark.parametrize("kept", [True, False], ids=["our Message-ID", "one of its own"])
def test_b1_questions_that_were_open_when_the_interview_ended_are_read(seeker: Seeker, kept: bool) -> None:
    seeker.mailbox.deliver(invitation(seeker.now, seeker.now + 3 * HOUR, attendees=TWO))
    seeker.look()
    (opened,) = seeker.drafts(own=True)
    filled = seeker.rewrites(thunderbird_plain, ("By when", "by the end of next week"))
    if kept:
        filled = filled.replace(message_from_bytes(filled)["Message-ID"].encode(), opened["Message-ID"].encode())
    seeker.look(5 * HOUR)
    (form,) = seeker.drafts(own=True)
    assert form["Subject"] != opened["Subject"], "the questions are gone, and the form has come"

    seeker.mailbox.deliver(filled, Role.DRAFTS)
    seeker.look()

    assert len(seeker.drafts(own=True)) == 2
    assert any(notes.answers.promise is not None for notes in seeker.process().noted)


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_what_is_saved_after_the_newer_wording_was_deleted_is_the_users(
    rewritten: tuple[Seeker, EmailMessage], name: str
) -> None:
    held, opened = rewritten
    held.mailbox.user_deletes(name_of(notes_to(held, "rita")[0]))
    held.look()
    assert [row.state for row in rows(held, "rita")] == [RowState.DISCARDED]

    held.mailbox.deliver(saved(opened, name=name), Role.DRAFTS)
    held.look()
    assert [name_of(one) for one in notes_to(held, "rita")] == [name or name_of(opened)]
    assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]


def test_a_draft_taken_out_of_the_bin_outlives_a_renumbering_of_the_mailbox(held: Seeker) -> None:
    """It is the user's, though it says what we wrote, word for word: no late twin."""
    (note,) = [raw for raw in held.mailbox.raws(Role.DRAFTS) if b"rita@acme.test" in raw.partition(b"Subject")[0]]
    held.mailbox.user_deletes(name_of(notes_to(held, "rita")[0]))
    held.look()
    held.mailbox.deliver(note, Role.DRAFTS)
    held.look()
    assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]

    held.mailbox.expire_cursor()
    held.connector.open()
    for _ in range(2):
        held.look()
        assert len(notes_to(held, "rita")) == 1
        assert [row.state for row in rows(held, "rita")] == [RowState.EDITED]


def test_status_tells_of_two_drafts_that_began_as_one(tmp_path: Path) -> None:
    desk = CliDesk(tmp_path)
    desk.invite()
    after = (CLI_INTERVIEW + 2 * HOUR).isoformat()
    desk.run("once", "--now", after)
    (path,) = desk.drafts()
    opened = message_from_bytes(path.read_bytes(), policy=policy.default)
    (desk.mailbox / ".Drafts" / "cur" / "1.first.program:2,DS").write_bytes(saved(opened, name="1@program.example"))
    path.unlink()
    desk.run("once", "--now", after)
    assert "began as one" not in desk.run("status").stdout

    (desk.mailbox / ".Drafts" / "cur" / "2.second.program:2,DS").write_bytes(saved(opened, name="2@program.example"))
    desk.run("once", "--now", after)
    assert "Two drafts to Rita Chen stand in Drafts" in " ".join(desk.run("status").stdout.split())
    (process,) = desk.json("status")["processes"]
    assert [(one["kind"], one["at"][:10]) for one in process["notices"]] == [("two_drafts", after[:10])]
    assert len(desk.drafts()) == 2

    desk.drafts()[0].unlink()
    desk.run("once", "--now", after)
    assert "began as one" not in desk.run("status").stdout
    assert [draft["state"] for draft in desk.json("drafts")["drafts"]] == ["edited"]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_one_draft_is_left_whenever_the_program_dies(tmp_path: Path, name: str) -> None:
    template = tmp_path / "template.sqlite3"
    Store(template).close()
    from tests.watcher.test_notes import ENDS, INTERVIEW, INVITED, ME, _unflowed, own  # noqa: PLC0415 - the same interview

    died = 0
    for point in range(1, 40, 2):
        office = Office(tmp_path / f"office-{point}", template, INVITED, "tasks.linkedin = false\n")
        office.deliver(invitation(INVITED, INTERVIEW), INVITED)
        office.look(INVITED)
        office.look(ENDS)
        opened = message_from_bytes(office.draft_file("rita@acme.test").read_bytes(), policy=policy.default)
        (form,) = own(office)
        said = _unflowed(form.get_content()).replace("Rita Chen:", "Rita Chen: her team left the monolith")
        office.edits(office.draft_file(ME), said)
        office.look(ENDS + timedelta(minutes=5))
        office.now = ENDS + timedelta(minutes=20)
        mine = office.arrives(saved(opened, name=name), ".Drafts")
        died += office.tries(Faults(die_at=point)) is None
        for _ in range(2):
            office.now += timedelta(minutes=5)
            assert office.tries(Faults()) is not None
        states = {row.key.kind.value: row.state for row in office.rows()}
        standing = [path for path in office.draft_files() if "rita@acme.test" in path.read_text().split("Subject")[0]]
        unchanged = mine.read_bytes() == office.mine[mine]
        office.close()
        assert standing == [mine], point
        assert unchanged, point
        assert states["thank_you"] is RowState.EDITED, point
    assert died > 4


@pytest.fixture(params=["gmail", "outlook"])
def in_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Seeker]:
    made = Seeker(FakeGmailHarness() if request.param == "gmail" else OutlookHarness(), tmp_path)
    made.interviewed()
    yield made
    made.close()


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_where_drafts_change_in_their_place_the_last_one_to_save_is_the_user(in_place: Seeker, name: str) -> None:
    """The window still knows the draft, whose words have changed beneath it: what is saved stands where ours stood."""
    (opened,) = notes_to(in_place, "rita")
    in_place.edits(gmail_web, HEARD)
    in_place.look()
    (newer,) = notes_to(in_place, "rita")
    assert name_of(newer) != name_of(opened)
    in_place.mailbox.user_edits(name_of(newer), saved(opened, name=name))
    for _ in range(2):
        in_place.look()
        (mine,) = notes_to(in_place, "rita")
        assert OWN in words(mine)
        assert [row.state for row in rows(in_place, "rita")] == [RowState.EDITED]


@pytest.mark.parametrize("name", ["", "123@program.example"], ids=["our Message-ID", "one of its own"])
def test_a_copy_that_another_program_saves_beside_ours_is_the_users_there_too(in_place: Seeker, name: str) -> None:
    """Over IMAP, or where two clients did not agree."""
    (opened,) = notes_to(in_place, "rita")
    in_place.edits(gmail_web, HEARD)
    in_place.look()
    in_place.mailbox.deliver(saved(opened, name=name), Role.DRAFTS)
    in_place.look()
    in_place.look()

    (mine,) = notes_to(in_place, "rita")
    assert OWN in words(mine)
    assert [row.state for row in rows(in_place, "rita")] == [RowState.EDITED]
