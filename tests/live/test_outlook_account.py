"""What stands for the rest of the world on a real account at Outlook does what it says, on the fake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.outlook import OutlookConnector, OutlookSettings
from tests.connectors.asking import pull
from tests.connectors.letters import NOW, draft, draft_bytes, invitation, letter
from tests.live.outlook_account import LiveOutlook, LiveOutlookHarness, NotEmptyError
from tests.servers.graph import FakeGraph

ADDRESS = "robin@outlook.example"


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    with FakeGraph() as server:
        yield server


@pytest.fixture
def mailbox(graph: FakeGraph) -> Iterator[LiveOutlook]:
    found = LiveOutlook(lambda _force: graph.token(ADDRESS), graph.url)
    yield found
    found.hang_up()


def test_mail_comes_into_a_folder_as_if_it_had_been_received_there(graph: FakeGraph, mailbox: LiveOutlook) -> None:
    more = {"In-Reply-To": "<asked@example.com>", "List-Id": "Jobs <jobs.orchard.example>"}
    mailbox.deliver(letter("old", more=more), at=NOW - timedelta(days=3))
    mailbox.deliver(invitation("invite"), at=NOW)
    mailbox.deliver(letter("own", sender="sam@example.com", more={"In-Reply-To": "<old@orchard.example>"}), "sentitems", NOW)

    settings = OutlookSettings(address=ADDRESS, token=lambda _force: graph.token(ADDRESS), endpoint=graph.url)
    connector = OutlookConnector(settings)
    connector.open()
    found = pull(connector)
    connector.close()
    assert found.ids == {"old", "invite", "own"}
    old = found.envelope("old")
    assert (old.received_at, old.in_reply_to, old.bulk) == (NOW - timedelta(days=3), "asked@example.com", True)
    assert found.envelope("invite").calendar
    assert found.envelope("own").in_reply_to == "old@orchard.example"
    assert [one.read for one in graph.mailbox(ADDRESS).items()] == [False, False, True]
    assert not any(one.draft for one in graph.mailbox(ADDRESS).items())


def test_a_draft_is_saved_edited_sent_to_nobody_and_discarded(graph: FakeGraph, mailbox: LiveOutlook) -> None:
    mailbox.save_draft(draft_bytes(draft(1)))
    mailbox.save_draft(draft_bytes(draft(2)))
    mailbox.edit_draft(mailbox.draft_of(draft(1).message_id), draft_bytes(draft(1), text="Other words."))
    mailbox.send_draft(mailbox.draft_of(draft(2).message_id))

    (left,) = mailbox.messages("drafts")
    assert b"Other words." in mailbox.raw(left["id"])
    assert [one["internetMessageId"] for one in mailbox.messages("sentitems")] == [f"<{draft(2).message_id}>"]
    mailbox.edit_draft(left["id"], draft_bytes(draft(1), message_id="typed@client.example"))
    assert mailbox.draft_of("typed@client.example") != left["id"]
    mailbox.remove(mailbox.draft_of("typed@client.example"))
    with pytest.raises(LookupError):
        mailbox.draft_of("typed@client.example")
    sends = [name for name in graph.calls if "send" in name.lower() or "reply" in name.lower() or "forward" in name.lower()]
    assert sends == []


def test_what_was_made_goes_away_and_what_came_by_itself_stays(graph: FakeGraph, mailbox: LiveOutlook) -> None:
    box = graph.mailbox(ADDRESS)
    box.deliver(letter("a-notice-of-the-provider"))
    users = b"From: Sam <sam@home.invalid>\r\nSubject: Note\r\n\r\nOf the user's own.\r\n"
    box.save_draft(users)
    mailbox.deliver(letter("made"))
    mailbox.save_draft(draft_bytes(draft()))
    box.save_draft(draft_bytes(draft(2)))  # as the connector does
    mailbox.close()

    assert [one.message_id for one in box.items("inbox")] == ["<a-notice-of-the-provider@orchard.example>"]
    assert [one.raw() for one in box.items("drafts")] == [users]


@pytest.mark.parametrize("folder", ["inbox", "sentitems", "archive"])
def test_a_mailbox_with_mail_in_it_is_not_touched(graph: FakeGraph, folder: str) -> None:
    graph.mailbox(ADDRESS).deliver(letter("there-before"), folder, datetime(2025, 1, 1, tzinfo=UTC))
    with pytest.raises(NotEmptyError, match="1 messages lie in this mailbox"):
        LiveOutlook(lambda _force: graph.token(ADDRESS), graph.url)
    assert not {"messages.create", "messages.delete", "messages.move", "messages.update"} & graph.calls.keys()


def test_what_lies_in_the_bin_is_nobodys_concern(graph: FakeGraph) -> None:
    graph.mailbox(ADDRESS).deliver(letter("thrown-away"), "deleteditems")
    graph.mailbox(ADDRESS).deliver(letter("spam"), "junkemail")
    graph.expire_tokens(ADDRESS)
    first = graph.token(ADDRESS)
    graph.expire_tokens(ADDRESS)
    harness = LiveOutlookHarness(ADDRESS, lambda force: graph.token(ADDRESS) if force else first, graph.url)
    harness.close()
    assert [one.message_id for one in graph.mailbox(ADDRESS).items()] == [
        "<thrown-away@orchard.example>",
        "<spam@orchard.example>",
    ]
