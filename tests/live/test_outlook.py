"""The contract, held by a real mailbox at Outlook; only where an account is named in the environment (README.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from connectors.outlook.settings import GRAPH
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.letters import HOSTILE
from tests.live.outlook_account import LiveOutlookHarness, NotEmptyError
from watcher.config import OutlookAccount, Token
from watcher.microsoft import Tokens

NAMES: Final = ("HEARBACK_LIVE_OUTLOOK_ADDRESS", "HEARBACK_LIVE_OUTLOOK_CLIENT", "HEARBACK_LIVE_OUTLOOK_TOKEN")
TENANT: Final = "HEARBACK_LIVE_OUTLOOK_TENANT"

if missing := [name for name in NAMES if not os.environ.get(name)]:
    pytest.skip(
        f"the contract is not held by a real account at Outlook: {', '.join(missing)} not set (tests/live/README.md)",
        allow_module_level=True,
    )


@pytest.fixture(scope="module")
def tokens() -> Tokens:
    """Sign in as the account that is named: once, for each renewal is one more at Microsoft."""
    address, client, token = (os.environ[name] for name in NAMES)
    account = OutlookAccount(
        name="live",
        kind="outlook",
        address=address,
        username=address,
        client_id=client,
        tenant=os.environ.get(TENANT) or "common",
        token=Token(file=Path(token).absolute()),
    )
    return Tokens(account)


@pytest.mark.xdist_group("live-outlook")
class TestOutlook(ContractSuite):
    """The service itself."""

    @pytest.fixture
    def harness(self, tokens: Tokens) -> Iterator[Harness]:
        """Take the account that is named, see that it is empty, and leave it so."""
        try:
            mailbox = LiveOutlookHarness(os.environ[NAMES[0]], tokens, GRAPH)
        except NotEmptyError as error:
            pytest.fail(str(error))
        yield mailbox
        mailbox.close()

    @pytest.mark.parametrize("kind", HOSTILE)
    def test_a_broken_message_costs_itself_only(self, harness: Harness, kind: str) -> None:
        """Skip the clause: what is made by Graph is whole."""
        del harness, kind
        pytest.skip("no broken mail can be put into a mailbox by Graph")

    def test_all_drafts_are_listed_oldest_first(self, harness: Harness) -> None:
        """Skip the clause: drafts that are made within a second are of one age."""
        del harness
        pytest.skip("Outlook stamps drafts by its own clock, to the second")
