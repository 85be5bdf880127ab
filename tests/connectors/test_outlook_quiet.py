"""Looks at an Outlook mailbox in which nothing happened leave nothing to be stored, and what came since is still found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from connectors.outlook import OutlookConnector
from rules.mail import Role
from tests.connectors.asking import pull
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.graph import Quirks


@pytest.fixture(params=[Quirks, OTHERWISE], ids=["as documented", "otherwise"])
def world(request: pytest.FixtureRequest) -> Iterator[OutlookHarness]:
    mailbox = OutlookHarness(request.param())
    for number in range(9):
        mailbox.deliver(letter(f"mail{number}"), received_at=NOW - timedelta(days=number))
    yield mailbox
    mailbox.close()


@pytest.fixture
def connector(world: OutlookHarness) -> Iterator[OutlookConnector]:
    connector = world.connector()
    connector.open()
    yield connector
    connector.close()


def test_quiet_looks_give_back_the_cursor_that_they_were_given(connector: OutlookConnector) -> None:
    first = pull(connector)
    again = [pull(connector, first.cursor) for _ in range(5)]

    assert {one.cursor for one in again} == {first.cursor}
    assert all(len(one.pages) == 1 and not one.envelopes for one in again)


def test_links_are_handed_on_now_and_then_though_nothing_comes(connector: OutlookConnector) -> None:
    """The service keeps only so many of them."""
    cursors = [pull(connector).cursor]
    for _ in range(65):
        cursors.append(pull(connector, cursors[-1]).cursor)

    changes = [place for place, (one, then) in enumerate(pairwise(cursors)) if one != then]
    assert changes == [30, 61]


def test_the_newest_links_are_followed_and_not_the_stored_ones(world: OutlookHarness, connector: OutlookConnector) -> None:
    stored = pull(connector).cursor
    rounds = world.mailbox.rounds
    before = set(rounds)
    pull(connector, stored)
    newer = {token for token in rounds.keys() - before if rounds[token].folder}
    asked: list[str] = []
    ask = connector._service._once  # type: ignore[union-attr]  # what goes over the wire

    def watched(method: str, url: str, headers: object, content: bytes | None, **more: object) -> object:
        asked.append((content or b"").decode())
        return ask(method, url, headers, content, **more)  # type: ignore[arg-type]

    connector._service._once = watched  # type: ignore[method-assign, union-attr]
    pull(connector, stored)

    assert newer
    assert all(any(token in one for one in asked) for token in newer)


def test_mail_that_comes_after_quiet_looks_is_found_and_moves_the_cursor(
    world: OutlookHarness, connector: OutlookConnector
) -> None:
    stored = pull(connector).cursor
    pull(connector, stored)
    world.deliver(letter("fresh"))
    found = pull(connector, stored)

    assert found.ids == {"fresh"}
    assert found.cursor != stored
    assert pull(connector, found.cursor).ids == set()
    assert pull(connector, stored).ids == {"fresh"}, "who did not store it hears it again"


def test_a_program_that_starts_anew_goes_on_from_what_is_stored(world: OutlookHarness, connector: OutlookConnector) -> None:
    stored = pull(connector).cursor
    pull(connector, stored)
    world.deliver(letter("fresh"))
    connector.close()
    other = world.connector()
    other.open()

    assert pull(other, stored).ids == {"fresh"}
    other.close()


def test_links_that_died_meanwhile_start_over_with_a_reset(world: OutlookHarness, connector: OutlookConnector) -> None:
    stored = pull(connector).cursor
    pull(connector, stored)
    world.expire_cursor()
    found = pull(connector, stored)

    assert any(page.reset for page in found.pages)
    assert len(found.ids) == 9
    assert pull(connector, found.cursor).ids == set()


def test_a_draft_that_is_touched_is_told_once(world: OutlookHarness, connector: OutlookConnector) -> None:
    stored = pull(connector).cursor
    pull(connector, stored)
    world.deliver(draft_bytes(draft()), Role.DRAFTS, NOW)
    found = pull(connector, stored)

    assert Role.DRAFTS in found.touched
    assert found.cursor != stored
    assert pull(connector, found.cursor).touched == frozenset()


def test_a_new_folder_is_stored_at_once(world: OutlookHarness, connector: OutlookConnector) -> None:
    stored = pull(connector).cursor
    pull(connector, stored)
    world.mailbox.add_folder("Applications")

    assert pull(connector, stored).cursor != stored
