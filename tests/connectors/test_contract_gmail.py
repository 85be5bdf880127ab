"""The contract, held by a mailbox at Gmail: on a fake that judges each request and takes open questions either way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import FoundState
from tests.connectors.contract import ContractSuite
from tests.connectors.gmail_harness import EmulatedGmailHarness, FakeGmailHarness
from tests.connectors.harness import Harness
from tests.connectors.letters import draft, draft_bytes
from tests.servers.gmail import Look, Quirks
from tests.servers.gmail.emulator import Emulator


class TestFakeGmail(ContractSuite):
    """Headers decoded, calendars as attachments, the search index up to date."""

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        """Start a server."""
        mailbox = FakeGmailHarness()
        yield mailbox
        mailbox.close()


class TestFakeGmailOtherwise(ContractSuite):
    """Headers as they came, calendars within the message, listings in disorder, pages of history that are empty."""

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        """Start a server."""
        quirks = Quirks(
            look=Look(decoded=False, inline=200, calendars_inline=True),
            disorder=timedelta(hours=12),
            empty_pages=3,
            repeats_history=True,
            missing_ids=404,
        )
        mailbox = FakeGmailHarness(quirks)
        yield mailbox
        mailbox.close()


@pytest.mark.parametrize("more", [{}, {"in_reply_to": "", "references": ()}])
def test_a_draft_that_gmail_sends_under_a_message_id_of_its_own_is_found_in_sent(more: dict[str, Any]) -> None:
    one = draft(**more)
    harness = FakeGmailHarness(Quirks(renames_sent=True))
    connector = harness.connector()
    connector.open()
    ref = connector.put_draft(one, draft_bytes(one))
    harness.user_sends(one.message_id)
    found = connector.find_draft(one, ref)
    connector.close()
    harness.close()

    assert found.state is FoundState.SENT
    assert found.sent is not None
    assert found.sent.message_id.endswith("@mail.gmail.com")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Run the emulator; each test takes a fresh user."""
    with Emulator() as server:
        yield server


class TestEmulatedGmail(ContractSuite):
    """Mail kept, threaded and listed by others, and a sign-in with PKCE, behind a front that judges as the fake does."""

    @pytest.fixture
    def harness(self, emulator: Emulator) -> Iterator[Harness]:
        """Take a fresh user."""
        mailbox = EmulatedGmailHarness(emulator)
        yield mailbox
        mailbox.close()
