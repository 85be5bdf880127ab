"""Mail kept, listed, filtered, answered and moved by an emulator of others, behind a front that judges as the fake does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from connectors.base import Connector, FoundState, Mark, Withdrawal
from connectors.errors import NotFound
from connectors.outlook import OutlookConnector, OutlookSettings
from rules.drafts.types import Draft, DraftKey
from rules.mail import Address, Role
from tests.connectors.asking import pull
from tests.connectors.letters import draft_bytes
from tests.servers.gmail.emulator import Emulator
from tests.servers.graph.answers import Json
from tests.servers.graph.emulated import EmulatedGraph, World
from tests.servers.graph.judging import SCOPES

THEIRS = "Can you share your availability tomorrow?"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Run the emulator; each test takes a fresh user, whose mailbox has mail in it from the start."""
    with Emulator(service="microsoft", scope="Mail.ReadWrite", users=20) as server:
        yield server


class Stage:
    """One user, the world around, and a connector that is open."""

    def __init__(self, server: EmulatedGraph, address: str, *, colors: bool = False) -> None:
        """Open the mailbox of an address."""
        self.server = server
        self.address = address
        self.world: World = server.world(address)
        scopes = SCOPES | {"MailboxSettings.ReadWrite"} if colors else SCOPES
        settings = OutlookSettings(
            address=address,
            token=lambda force: server.token(address, scopes),  # noqa: ARG005 - a fresh one either way
            endpoint=server.url,
            page_size=2,
            category_colors=colors,
            pause=lambda seconds: None,  # noqa: ARG005 - the shape of a pause
        )
        self.connector: Connector = OutlookConnector(settings)
        self.connector.open()

    def letter(self) -> Json:
        """Return the letter that waits for an answer."""
        return next(one for one in self.world.messages("inbox") if one["subject"] == THEIRS)

    def answer(self, text: str = "I am free at one.") -> Draft:
        """Return a draft that answers it."""
        theirs = self.letter()
        sender = theirs["from"]["emailAddress"]
        name = str(theirs["internetMessageId"]).strip("<>")
        return Draft(
            key=DraftKey("orchard", sender["address"], "status-1.1"),
            message_id="00000000000000000000000000000001@example.com",
            sender=Address("Sam Reed", self.address),
            to=Address(sender["name"], sender["address"]),
            subject=f"Re: {THEIRS}",
            text=text,
            date=datetime.now(UTC),
            in_reply_to=name,
            references=(name,),
        )


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    with EmulatedGraph(emulator) as server:
        made = Stage(server, emulator.user())
        yield made
        made.connector.close()
        assert server.violations == []


def test_folders_and_mail_are_read_page_by_page(stage: Stage) -> None:
    folders = dict(stage.connector.open().folders)
    pulled = pull(stage.connector)
    again = pull(stage.connector, pulled.cursor)

    assert (folders[Role.INBOX], folders[Role.SENT], folders[Role.DRAFTS]) == ("Inbox", "Sent Items", "Drafts")
    theirs = {one["internetMessageId"].strip("<>") for one in stage.world.messages() if not one["isDraft"]}
    assert {one.message_id for one in pulled.envelopes} == theirs
    assert "1pm or 4pm UTC" in next(one.text for one in pulled.messages if one.envelope.subject == THEIRS)
    assert {one.role for one in pulled.envelopes if one.subject == THEIRS} == {Role.INBOX}
    assert (again.envelopes, again.touched) == ([], frozenset())
    assert stage.letter()["isRead"] is False


def test_an_answer_is_made_where_the_letter_stands_completed_and_the_letter_left_unread(stage: Stage) -> None:
    one = stage.answer()
    ref = stage.connector.put_draft(one, draft_bytes(one))
    again = stage.connector.put_draft(one, draft_bytes(one))
    made = stage.world.message(ref.ref)

    assert again.ref == ref.ref
    assert (made["isDraft"], made["conversationId"]) == (True, stage.letter()["conversationId"])
    assert [person["emailAddress"]["address"] for person in made["toRecipients"]] == [one.to.address]
    assert "I am free at one." in made["body"]["content"]
    assert "1pm or 4pm UTC" in made["body"]["content"], "what is answered is quoted below"
    assert made["internetMessageId"] == f"<{one.message_id}>"
    assert stage.letter()["isRead"] is False
    assert stage.connector.find_draft(one, ref).state is FoundState.UNTOUCHED
    assert stage.server.calls["messages.createReply"] == 1


def test_a_draft_that_the_user_worked_on_is_known_and_left_alone(stage: Stage) -> None:
    one = stage.answer()
    ref = stage.connector.put_draft(one, draft_bytes(one))
    content = stage.world.message(ref.ref)["body"]["content"].replace("at one", "at two")
    stage.world.ask("PATCH", f"messages/{ref.ref}", body={"body": {"contentType": "html", "content": content}})

    assert stage.connector.find_draft(one, ref).state is FoundState.EDITED
    assert stage.connector.withdraw_draft(one, ref) is Withdrawal.EDITED
    assert stage.world.message(ref.ref)["parentFolderId"] == stage.world.messages("drafts")[0]["parentFolderId"]


def test_an_untouched_draft_is_taken_back_to_deleted_items(stage: Stage) -> None:
    one = stage.answer()
    ref = stage.connector.put_draft(one, draft_bytes(one))

    assert stage.connector.withdraw_draft(one, ref) is Withdrawal.WITHDRAWN
    assert ref.ref in {each["id"] for each in stage.world.messages("deleteditems")}
    assert stage.connector.find_draft(one, ref).state is FoundState.ABSENT
    with pytest.raises(NotFound):
        stage.connector.read_draft(ref)


def test_a_draft_that_the_user_sends_is_found_in_sent(stage: Stage) -> None:
    one = stage.answer()
    ref = stage.connector.put_draft(one, draft_bytes(one))
    stage.world.ask("POST", f"messages/{ref.ref}/send")
    found = stage.connector.find_draft(one, ref)

    assert found.state is FoundState.SENT
    assert found.sent is not None
    assert found.sent.message_id == one.message_id


@pytest.mark.parametrize("colors", [False, True])
def test_categories_stand_beside_the_users_own_and_leave_no_trace(emulator: Emulator, colors: bool) -> None:
    with EmulatedGraph(emulator) as server:
        stage = Stage(server, emulator.user(), colors=colors)
        envelope = next(one for one in pull(stage.connector).envelopes if one.subject == THEIRS)
        own = list(stage.letter()["categories"])
        listed = stage.world.ask("GET", "outlook/masterCategories")["value"]
        stage.connector.mark([envelope.ref], Mark.WAITING)
        waiting = stage.letter()["categories"]
        stage.connector.mark([envelope.ref], Mark.DONE)
        done = stage.letter()["categories"]
        colored = {one["displayName"]: one["color"] for one in stage.world.ask("GET", "outlook/masterCategories")["value"]}
        stage.connector.remove_marks()
        stage.connector.close()

        assert own == ["Follow Up"]
        assert (waiting, done) == ([*own, "Hearback: waiting"], [*own, "Hearback: done"])
        assert (colored.get("Hearback: waiting") == "preset7") is colors
        assert stage.letter()["categories"] == own
        assert stage.letter()["isRead"] is False
        assert stage.world.ask("GET", "outlook/masterCategories")["value"] == listed
        assert server.violations == []
