"""What a mailbox at Outlook tells of what is new, in whatever order and however often it tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base import Mark
from connectors.errors import Unavailable
from connectors.outlook import OutlookConnector, delta
from connectors.outlook.cursor import Cursor, Place
from connectors.outlook.service import Service
from rules.mail import Role
from tests.connectors.asking import EARLY, nothing, pull
from tests.connectors.letters import NOW, calendar, draft, draft_bytes, letter, with_attachment
from tests.connectors.outlook_harness import OutlookHarness
from tests.servers.graph import Mailbox, Quirks

FILTERED = pytest.mark.parametrize("reason", ["deleted", "changed"])


@pytest.fixture
def harness() -> Iterator[OutlookHarness]:
    world = OutlookHarness()
    yield world
    world.close()


@pytest.fixture
def box(harness: OutlookHarness) -> Mailbox:
    return harness.mailbox


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    made = harness.connector()
    made.open()
    yield made
    made.close()


def fill(
    box: Mailbox, count: int, *, folder: str = "inbox", apart: timedelta = timedelta(minutes=1), name: str = "mail"
) -> set[str]:
    names = [f"{name}{number:03}" for number in range(count)]
    for number, one in enumerate(names):
        box.deliver(letter(one), folder, NOW - apart * (count - number))
    return set(names)


def page(rows: list[dict[str, Any]], **links: str) -> bytes:
    """Return a page as the service words it."""
    return json.dumps({"value": rows, **{f"@odata.{name}": link for name, link in links.items()}}).encode()


# -- what it costs


def test_a_quiet_pass_is_one_request_however_many_folders_there_are(connector: OutlookConnector, box: Mailbox) -> None:
    for number in range(8):
        box.add_folder(f"Firm {number}")
    cursor = pull(connector).cursor
    before = connector.spent
    quiet = pull(connector, cursor)
    spent = connector.spent - before

    assert (quiet.envelopes, quiet.touched) == ([], frozenset())
    assert (spent.calls, spent.units) == (1, 5 + 8 + 1)


def test_more_folders_than_a_batch_holds_cost_one_more_request(connector: OutlookConnector, box: Mailbox) -> None:
    for number in range(25):
        box.add_folder(f"Firm {number}")
    cursor = pull(connector).cursor
    before = connector.spent
    pull(connector, cursor)

    assert (connector.spent - before).calls == 2


def test_opening_is_one_request(harness: OutlookHarness) -> None:
    connector = harness.connector()
    connector.open()
    calls = connector.spent.calls
    connector.close()

    assert calls == 1
    assert connector.spent.calls == 1


def test_a_first_look_costs_a_request_for_each_page(harness: OutlookHarness) -> None:
    fill(harness.mailbox, 330)
    connector = OutlookConnector(
        harness.settings().__class__(address=harness.address, token=harness.token, endpoint=harness.server.url, page_size=100)
    )
    connector.open()
    before = connector.spent
    pulled = pull(connector, wants=nothing)
    connector.close()

    assert len(pulled.envelopes) == 330
    assert (connector.spent - before).calls == 1 + 3  # fifty in the batch with all folders, then a hundred each


# -- where mail stands


def test_mail_that_a_rule_files_into_a_folder_comes_with_the_role_of_the_archive(
    connector: OutlookConnector, box: Mailbox
) -> None:
    jobs = box.add_folder("Jobs", "inbox")
    deeper = box.add_folder("Orchard", jobs)
    cursor = pull(connector).cursor
    box.deliver(letter("one"), jobs)
    box.deliver(letter("two"), deeper)
    pulled = pull(connector, cursor)

    assert {one.message_id.partition("@")[0]: one.role for one in pulled.envelopes} == {"one": Role.ARCHIVE, "two": Role.ARCHIVE}


@FILTERED
def test_a_message_that_is_moved_comes_again_with_the_role_it_has_there(
    connector: OutlookConnector, box: Mailbox, reason: str
) -> None:
    box.quirks.removed_reason = reason
    key = box.deliver(letter("one"), at=NOW)
    first = pull(connector)
    box.move(key, "archive")
    second = pull(connector, first.cursor)

    assert [(one.ref, one.role) for one in second.envelopes] == [(key, Role.ARCHIVE)]
    assert [one.identity for one in second.envelopes] == [one.identity for one in first.envelopes]
    assert [ref for page in second.pages for ref in page.removed] == []


@FILTERED
@pytest.mark.parametrize("where", ["deleteditems", "below"])
def test_a_message_that_is_thrown_away_is_told_as_removed(
    connector: OutlookConnector, box: Mailbox, where: str, reason: str
) -> None:
    box.quirks.removed_reason = reason
    bin_folder = box.add_folder("Old firms", "deleteditems") if where == "below" else where
    key = box.deliver(letter("one"), at=NOW)
    cursor = pull(connector).cursor
    box.move(key, bin_folder)
    pulled = pull(connector, cursor)

    assert [ref for page in pulled.pages for ref in page.removed] == [key]
    assert pulled.envelopes == []


def test_a_message_that_is_gone_for_good_is_told_as_removed(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.deliver(letter("one"), at=NOW)
    cursor = pull(connector).cursor
    box.delete(key)
    pulled = pull(connector, cursor)

    assert [ref for page in pulled.pages for ref in page.removed] == [key]
    assert pulled.touched == {Role.INBOX}


def test_what_is_thrown_away_and_taken_back_comes_again(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.deliver(letter("one"), at=NOW)
    cursor = pull(connector).cursor
    box.move(key, "deleteditems")
    cursor = pull(connector, cursor).cursor
    box.move(key, "inbox")

    assert [(one.ref, one.role) for one in pull(connector, cursor).envelopes] == [(key, Role.INBOX)]


def test_spam_is_told_as_spam_and_told_again_when_it_is_none(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.deliver(letter("one"), "junkemail", NOW)
    first = pull(connector)
    box.move(key, "inbox")
    second = pull(connector, first.cursor)

    assert [one.role for one in first.envelopes] == [Role.JUNK]
    assert [(one.ref, one.role) for one in second.envelopes] == [(key, Role.INBOX)]


def test_focused_and_other_are_one_inbox(connector: OutlookConnector, box: Mailbox) -> None:
    box.deliver(letter("one"), at=NOW, focused=True)
    box.deliver(letter("two"), at=NOW, focused=False)

    assert {(one.message_id.partition("@")[0], one.role) for one in pull(connector).envelopes} == {
        ("one", Role.INBOX),
        ("two", Role.INBOX),
    }


def test_a_draft_that_lies_in_another_folder_is_no_message(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.save_draft(draft_bytes(draft()))
    cursor = pull(connector).cursor
    box.move(key, "inbox")
    pulled = pull(connector, cursor)

    assert pulled.envelopes == []
    assert Role.DRAFTS in pulled.touched


def test_a_draft_is_told_of_by_its_folder_alone(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.save_draft(draft_bytes(draft()), NOW - timedelta(days=4000))
    cursor = pull(connector, since=NOW).cursor
    box.look_at(key)
    changed = pull(connector, cursor, since=NOW)
    box.delete(key)
    removed = pull(connector, changed.cursor, since=NOW)

    for pulled in (changed, removed):
        assert pulled.touched == {Role.DRAFTS}
        assert pulled.envelopes == []
        assert [ref for page in pulled.pages for ref in page.removed] == []


# -- in whatever order and however often


@pytest.mark.parametrize(
    "quirks",
    [
        Quirks(delta_repeats=True),
        Quirks(delta_empty_pages=5),
        Quirks(delta_repeats=True, delta_empty_pages=3, tombstones_late=False, bare_changes=True),
        Quirks(delta_headers=False, links_name_users=True),
    ],
)
def test_however_pages_come_nothing_is_lost_and_a_second_pass_is_quiet(
    connector: OutlookConnector, box: Mailbox, quirks: Quirks
) -> None:
    box.quirks = quirks
    names = fill(box, 40) | fill(box, 5, folder="sentitems", name="sent")
    first = pull(connector)
    later = fill(box, 60, name="late")
    second = pull(connector, first.cursor)

    assert first.ids == names
    assert second.ids == later
    assert pull(connector, second.cursor).envelopes == []


@pytest.mark.parametrize("bare", [False, True])
def test_a_message_that_was_read_may_come_again_but_as_the_same_and_is_not_removed(
    connector: OutlookConnector, box: Mailbox, bare: bool
) -> None:
    box.quirks.bare_changes = bare
    key = box.deliver(letter("one"), at=NOW)
    first = pull(connector)
    box.set_read(key)
    second = pull(connector, first.cursor)

    assert set(second.envelopes) <= set(first.envelopes)
    assert [ref for page in second.pages for ref in page.removed] == []
    assert pull(connector, second.cursor).envelopes == []


def test_a_message_with_a_calendar_file_stays_one_when_only_its_flags_are_told(connector: OutlookConnector, box: Mailbox) -> None:
    box.quirks.bare_changes = True
    published = calendar().replace("METHOD:REQUEST\r\n", "")
    key = box.deliver(with_attachment("file", 100, ('text/calendar; name="interview.ics"', published)), at=NOW)
    first = pull(connector, wants=nothing)
    box.set_read(key)
    second = pull(connector, first.cursor, wants=nothing)

    assert [one.calendar for one in first.envelopes] == [True]
    assert second.envelopes == first.envelopes


def test_our_own_categories_wake_nobody(connector: OutlookConnector, box: Mailbox) -> None:
    key = box.deliver(letter("one"), at=NOW)
    cursor = pull(connector).cursor
    connector.mark([key], Mark.WAITING)
    pulled = pull(connector, cursor)

    assert box.item(key).get("categories") == ["Hearback: waiting"]
    assert (pulled.envelopes, pulled.touched) == ([], frozenset())


def test_a_message_that_was_moved_before_it_got_our_category_is_told_with_its_new_role(
    connector: OutlookConnector, box: Mailbox
) -> None:
    key = box.deliver(letter("one"), at=NOW)
    cursor = pull(connector).cursor
    box.move(key, "archive")
    connector.mark([key], Mark.WAITING)
    pulled = pull(connector, cursor)

    assert [(one.ref, one.role) for one in pulled.envelopes] == [(key, Role.ARCHIVE)]
    assert [ref for page in pulled.pages for ref in page.removed] == []


# -- more than the service tells of at once


@pytest.mark.parametrize("apart", [timedelta(minutes=1), timedelta(milliseconds=100), timedelta(0)])
def test_what_a_first_round_leaves_out_is_listed_besides(
    connector: OutlookConnector, box: Mailbox, monkeypatch: pytest.MonkeyPatch, apart: timedelta
) -> None:
    monkeypatch.setattr(delta, "_CUT_SHORT", 18)
    box.quirks.delta_limit = 20
    names = fill(box, 75, apart=apart)
    old = fill(box, 3, apart=timedelta(days=50), name="old")
    pulled = pull(connector, since=NOW - timedelta(days=30), wants=nothing)

    assert old.isdisjoint(pulled.ids)
    assert pulled.ids == names
    assert pull(connector, pulled.cursor, since=NOW - timedelta(days=30)).envelopes == []


def test_that_listing_can_be_taken_up_again_on_each_of_its_pages(
    harness: OutlookHarness, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "_CUT_SHORT", 18)
    box.quirks.delta_limit = 20
    names = fill(box, 50)
    connector = harness.connector()
    connector.open()
    pages = list(connector.changes(None, EARLY, nothing))
    seen: set[str] = set()
    for one in pages:
        seen |= {envelope.message_id.partition("@")[0] for envelope in one.envelopes}
        rest = pull(connector, one.cursor, wants=nothing)
        assert seen | rest.ids == names
        assert not any(page.reset for page in rest.pages)
    connector.close()

    assert len(pages) > 6


def test_mail_that_is_deleted_while_it_is_listed_hides_no_other(
    harness: OutlookHarness, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "_CUT_SHORT", 10)
    box.quirks.delta_limit = 10
    names = fill(box, 40)
    connector = harness.connector()
    connector.open()
    seen: set[str] = set()
    for number, one in enumerate(connector.changes(None, EARLY, nothing)):
        seen |= {envelope.message_id.partition("@")[0] for envelope in one.envelopes}
        if number == 2:
            for item in box.items("inbox")[-6:]:
                box.delete(item.key)
    connector.close()

    assert seen == names


def test_a_round_without_that_many_messages_is_not_listed_twice(connector: OutlookConnector, box: Mailbox) -> None:
    fill(box, 30)
    pulled = pull(connector)

    assert len(pulled.envelopes) == 30


# -- links


def test_a_place_in_a_folder_that_was_stored_elsewhere_is_asked_of_nobody(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    names = fill(box, 3)
    good = Cursor.parse(pull(connector).cursor, connector._mailbox)
    assert good is not None
    inbox = box.folder_id("inbox")
    for link in (
        "https://graph.example.net/v1.0/me/mailFolders/x/messages/delta?$deltatoken=a",
        harness.server.url.replace("http://", "http://sam@") + "/v1.0/me/mailFolders/x/messages/delta",
        harness.server.url + "0/v1.0/me/mailFolders/x/messages/delta?$deltatoken=a",
        "//graph.example.net/v1.0/me",
        harness.server.url + "/v1.0/groups/x/delta",
        "http://[::1",
    ):
        stored = good.at(inbox, Place(link, first=False))
        pulled = pull(connector, str(stored))

        assert pulled.ids == names
        assert pulled.pages[0].reset


def test_a_next_page_at_another_place_is_not_asked_for(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    cursor = pull(connector).cursor
    box.deliver(letter("one"))
    harness.server.replies("messages.delta", page([], nextLink="https://graph.example.net/v1.0/me/x?$skiptoken=a"))

    with pytest.raises(Unavailable, match="another place"):
        pull(connector, cursor)
    assert pull(connector, cursor).ids == {"one"}


def test_a_page_that_names_itself_as_the_next_ends_the_pass_and_loses_nothing(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    cursor = pull(connector).cursor
    box.deliver(letter("one"))
    again = f"{harness.server.url}/v1.0/me/mailFolders/inbox/messages/delta?$skiptoken=round"
    row = {"id": "AAkALgself", "receivedDateTime": "2025-03-04T09:00:00Z", "isDraft": False, "subject": "Round and round"}
    fault = harness.server.replies("messages.delta", page([row], nextLink=again), times=50)
    pulled = pull(connector, cursor)
    harness.server.heal()

    assert fault.struck < 50
    assert "one" in pull(connector, pulled.cursor).ids


def test_pages_without_end_and_without_a_row_end_the_pass(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox
) -> None:
    cursor = pull(connector).cursor
    before = harness.server.calls["messages.delta"]
    box.quirks.delta_empty_pages = 500
    box.deliver(letter("one"))
    pulled = pull(connector, cursor)
    asked = harness.server.calls["messages.delta"] - before
    for _ in range(40):
        if pulled.ids:
            break
        pulled = pull(connector, pulled.cursor)

    assert asked < 60
    assert pulled.ids == {"one"}


def test_pages_without_end_that_tell_the_same_again_end_the_pass(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = fill(box, 9)
    asked: list[str] = []
    real = Service.page

    def again(self: Service, link: str, **options: Any) -> Mapping[str, Any]:
        told = dict(real(self, link if "?again=" not in link else asked[0], **options))
        asked.append(link)
        if len(asked) > 200:
            raise AssertionError("it goes on for ever")
        told.pop("@odata.deltaLink", None)
        return told | {"@odata.nextLink": f"{harness.server.url}/v1.0/me/messages/delta?again={len(asked)}"}

    monkeypatch.setattr(Service, "page", again)
    pulled = pull(connector, wants=nothing)

    assert pulled.ids == names
    assert len(asked) < 30


def test_a_page_that_names_no_other_is_asked_again(harness: OutlookHarness, connector: OutlookConnector, box: Mailbox) -> None:
    cursor = pull(connector).cursor
    box.deliver(letter("one"))
    harness.server.replies("messages.delta", page([]), times=5)
    pulled = pull(connector, cursor)

    assert pulled.envelopes == []
    assert pull(connector, pulled.cursor).ids == {"one"}


@pytest.mark.parametrize("body", [b"[]", b'{"value": 3, "@odata.deltaLink": []}', b'{"value": [null, 1, {"id": 7}, {"id": ""}]}'])
def test_rows_that_are_none_are_passed_over(
    harness: OutlookHarness, connector: OutlookConnector, box: Mailbox, body: bytes
) -> None:
    cursor = pull(connector).cursor
    box.deliver(letter("one"))
    harness.server.replies("messages.delta", body, times=5)
    with suppress(Unavailable):
        cursor = pull(connector, cursor).cursor

    assert pull(connector, cursor).ids == {"one"}


# -- the cursor


@pytest.mark.parametrize(
    "text",
    [
        "graph1 ",
        "graph1 []",
        "graph1 7",
        'graph1 {"mailbox":"m"}',
        'graph1 {"mailbox":"m","places":[]}',
        'graph1 {"mailbox":"m","places":{"a":{"link":7}}}',
        'graph1 {"mailbox":"m","places":{"a":{"first":true}}}',
        'graph1 {"mailbox":"m","places":{"a":{"older":"never"}}}',
        'graph1 {"mailbox":"m","places":{"a":{"oldest":"2025-03-04T09:00:00"}}}',
        'graph1 {"mailbox":"other","places":{}}',
        'graph2 {"mailbox":"m","places":{}}',
        "graph1 " + "[" * 100_000,
    ],
)
def test_a_text_that_is_no_cursor_of_this_mailbox_is_none(text: str) -> None:
    assert Cursor.parse(text, "m") is None
    assert Cursor.parse(None, "m") is None


def test_a_cursor_is_read_back_as_it_was() -> None:
    places = {
        "a": Place("https://graph.example/v1.0/me/x?$deltatoken=%2Fü", first=False),
        "b": Place("n", first=True, count=51, oldest=NOW.isoformat()),
        "c": Place("d", first=False, older=NOW.isoformat(), page="p"),
        "d": Place(),
    }
    cursor = Cursor("m", places)

    assert Cursor.parse(str(cursor), "m") == cursor
    assert datetime.fromisoformat(places["b"].oldest) == NOW
