"""Our categories on received mail at Outlook: one at a time beside the user's own, and gone without a trace on request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from connectors.base import Mark
from connectors.errors import ConnectorError, Throttled
from connectors.outlook import OutlookConnector
from connectors.outlook.categories import CATEGORIES, COLORS
from rules.mail import Role
from tests.connectors.asking import settle
from tests.connectors.contract_changes import opened
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.graph import SCOPES, Quirks

COLORFUL = frozenset({*SCOPES, "MailboxSettings.ReadWrite"})


@pytest.fixture(params=[Quirks, OTHERWISE], ids=["one way", "other way"])
def harness(request: pytest.FixtureRequest) -> Iterator[OutlookHarness]:
    world = OutlookHarness(request.param())
    yield world
    world.close()


@pytest.fixture
def connector(harness: OutlookHarness) -> Iterator[OutlookConnector]:
    with opened(harness) as one:
        assert isinstance(one, OutlookConnector)
        yield one


@pytest.fixture
def colorful(harness: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> OutlookHarness:
    """Return a world whose user allows colours."""
    told = harness.settings()
    monkeypatch.setattr(harness, "settings", lambda: replace(told, category_colors=True))
    monkeypatch.setattr(harness, "scopes", COLORFUL)
    return harness


def deliver(harness: OutlookHarness, count: int, role: str = "inbox") -> list[str]:
    return [harness.mailbox.deliver(letter(f"m{number}"), role, NOW) for number in range(count)]


def on(harness: OutlookHarness, key: str) -> list[str]:
    return list(harness.mailbox.item(key).get("categories") or [])


def master(harness: OutlookHarness) -> dict[str, str]:
    return {str(one["displayName"]): str(one["color"]).lower() for one in harness.mailbox.master.values()}


@pytest.mark.parametrize("count", [1, 3, 45])
def test_mail_carries_one_of_our_categories_and_then_another(
    harness: OutlookHarness, connector: OutlookConnector, count: int
) -> None:
    keys = deliver(harness, count)
    before = harness.server.calls["batch"]
    for mark in Mark:
        connector.mark(keys, mark)
        assert [on(harness, key) for key in keys] == [[CATEGORIES[mark]]] * count
    connector.mark(keys, None)

    assert [on(harness, key) for key in keys] == [[]] * count
    assert harness.server.calls["batch"] - before <= 1 + 10 * (1 + count // 20), "twenty in a round trip, read and written"
    assert [harness.mailbox.item(key).read for key in keys] == [False] * count


def test_a_mark_that_stands_already_changes_nothing(harness: OutlookHarness, connector: OutlookConnector) -> None:
    keys = deliver(harness, 3)
    connector.mark(keys, Mark.WAITING)
    before = harness.server.calls["messages.update"]
    connector.mark(keys, Mark.WAITING)

    assert harness.server.calls["messages.update"] == before == 3


def test_the_users_own_categories_stay(harness: OutlookHarness, connector: OutlookConnector) -> None:
    (key,) = deliver(harness, 1)
    harness.mailbox.categorize(key, ["Blue category", "Hearback: mine", "HEARBACK: DONE"])
    connector.mark([key], Mark.WAITING)
    assert on(harness, key) == ["Blue category", "Hearback: mine", CATEGORIES[Mark.WAITING]]

    connector.mark([key], None)
    assert on(harness, key) == ["Blue category", "Hearback: mine"]


@pytest.mark.parametrize("role", ["sentitems", "deleteditems"])
def test_only_received_mail_is_marked(harness: OutlookHarness, connector: OutlookConnector, role: str) -> None:
    (key,) = deliver(harness, 1, role)
    mine = harness.mailbox.save_draft(draft_bytes(draft()), NOW)
    connector.mark([key, mine], Mark.WAITING)

    assert on(harness, key) == on(harness, mine) == []


def test_what_is_gone_or_no_reference_is_passed_over(harness: OutlookHarness, connector: OutlookConnector) -> None:
    first, second, third = deliver(harness, 3)
    harness.mailbox.delete(second)
    connector.mark([first, second, "no id at all", "", "AAkALgUnknown", third, first], Mark.PAUSED)

    assert on(harness, first) == on(harness, third) == [CATEGORIES[Mark.PAUSED]]


def test_a_category_that_the_user_gives_in_that_moment_is_not_lost(harness: OutlookHarness, connector: OutlookConnector) -> None:
    (key,) = deliver(harness, 1)
    held = harness.server.hold("messages.update")
    thread = threading.Thread(target=lambda: connector.mark([key], Mark.WAITING))
    thread.start()
    assert held.reached.wait(10)
    harness.mailbox.categorize(key, ["Travel"])
    held.released.set()
    thread.join(20)

    assert on(harness, key) == ["Travel", CATEGORIES[Mark.WAITING]]


def test_a_mailbox_that_is_busy_says_so_and_the_rest_is_done_later(harness: OutlookHarness, connector: OutlookConnector) -> None:
    keys = deliver(harness, 3)
    harness.server.fail("messages.update", 429, times=None, skip=1, retry_after=60)
    with pytest.raises(Throttled):
        connector.mark(keys, Mark.WAITING)
    harness.server.heal()
    connector.mark(keys, Mark.WAITING)

    assert [on(harness, key) for key in keys] == [[CATEGORIES[Mark.WAITING]]] * 3


def test_our_marks_are_taken_off_all_mail_and_told_by_their_kinds(harness: OutlookHarness, connector: OutlookConnector) -> None:
    keys = [*deliver(harness, 30), *deliver(harness, 2, "archive")]
    harness.mailbox.categorize(keys[0], ["Travel"])
    connector.mark(keys, Mark.WAITING)
    connector.mark(keys[:2], Mark.DONE)

    assert connector.remove_marks() == 2
    assert [on(harness, key) for key in keys] == [["Travel"], *[[]] * 31]
    assert connector.remove_marks() == 0


def test_marking_is_no_news_that_makes_a_pass_busy(harness: OutlookHarness, connector: OutlookConnector) -> None:
    (key,) = deliver(harness, 1)
    cursor = settle(connector)
    connector.mark([key], Mark.WAITING)
    pages = list(connector.changes(cursor, NOW.replace(year=2024), lambda envelope: True))  # noqa: ARG005 - all are wanted

    assert {envelope.message_id for page in pages for envelope in page.envelopes} <= {"m0@orchard.example"}
    assert not any(page.touched & {Role.DRAFTS, Role.SENT} for page in pages)


def test_without_leave_no_category_is_put_on_mail(harness: OutlookHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    (key,) = deliver(harness, 1)
    told = harness.settings()
    monkeypatch.setattr(harness, "settings", lambda: replace(told, categories=False))
    with opened(harness) as connector:
        connector.mark([key], Mark.WAITING)

    assert on(harness, key) == []


# -- colours


def test_without_the_wish_for_colours_the_master_list_is_left_alone(harness: OutlookHarness, connector: OutlookConnector) -> None:
    connector.mark(deliver(harness, 1), Mark.WAITING)
    connector.remove_marks()

    assert not [name for name in harness.server.calls if name.startswith("masterCategories")]


def test_each_category_gets_its_colour_once(colorful: OutlookHarness) -> None:
    keys = deliver(colorful, 2)
    with opened(colorful) as connector:
        for mark in (*Mark, *Mark):
            connector.mark(keys, mark)

    assert master(colorful) == {CATEGORIES[mark]: COLORS[mark] for mark in Mark}
    assert colorful.server.calls["masterCategories.create"] == 4
    with opened(colorful) as connector:
        connector.mark(keys, Mark.WAITING)
        assert connector.remove_marks() == 4
    assert master(colorful) == {}


def test_a_colour_that_the_user_chose_stays(colorful: OutlookHarness) -> None:
    keys = deliver(colorful, 1)
    with opened(colorful) as connector:
        connector.mark(keys, Mark.WAITING)
        for one in colorful.mailbox.master.values():
            one["color"] = "preset20"
        connector.mark(keys, Mark.DONE)
        connector.mark(keys, Mark.WAITING)
    with opened(colorful) as connector:
        connector.mark(keys, Mark.DONE)
        connector.mark(keys, Mark.WAITING)

    assert master(colorful)[CATEGORIES[Mark.WAITING]] == "preset20"


@pytest.mark.parametrize("status", [403, 404, 501])
def test_where_colours_are_not_ours_to_choose_mail_is_marked_all_the_same(colorful: OutlookHarness, status: int) -> None:
    keys = deliver(colorful, 1)
    colorful.server.fail("masterCategories.list", status, times=None)
    with opened(colorful) as connector:
        for mark in Mark:
            connector.mark(keys, mark)
            assert on(colorful, keys[0]) == [CATEGORIES[mark]]
        assert connector.remove_marks() == 1
    assert colorful.server.calls["masterCategories.list"] == 1, "it is asked once"


def test_a_category_that_another_program_made_in_that_moment_is_there(colorful: OutlookHarness) -> None:
    keys = deliver(colorful, 1)
    colorful.server.fail("masterCategories.create", 409)
    with opened(colorful) as connector:
        connector.mark(keys, Mark.WAITING)

    assert on(colorful, keys[0]) == [CATEGORIES[Mark.WAITING]]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("skip", range(7))
def test_wherever_marking_ends_the_next_process_finishes_it(colorful: OutlookHarness, skip: int, done: bool) -> None:
    keys = deliver(colorful, 2)
    with opened(colorful) as connector:
        colorful.server.break_off("*", done=done, skip=skip)
        with suppress(ConnectorError):
            connector.mark(keys, Mark.DRAFT_READY)
    colorful.server.heal()
    with opened(colorful) as connector:
        connector.mark(keys, Mark.DRAFT_READY)

    assert [on(colorful, key) for key in keys] == [[CATEGORIES[Mark.DRAFT_READY]]] * 2
    assert master(colorful) == {CATEGORIES[Mark.DRAFT_READY]: "preset4"}
