"""The contract, held by a real mailbox at Gmail; only where an account is named in the environment (README.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from google.oauth2.credentials import Credentials

from connectors.auth.google import gmail_scopes, read_client, read_grant
from connectors.gmail.settings import GOOGLE
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.live.gmail_account import LiveGmailHarness, NotEmptyError

NAMES: Final = ("HEARBACK_LIVE_GMAIL_ADDRESS", "HEARBACK_LIVE_GMAIL_CLIENT", "HEARBACK_LIVE_GMAIL_TOKEN")

if missing := [name for name in NAMES if not os.environ.get(name)]:
    pytest.skip(
        f"the contract is not held by a real account at Gmail: {', '.join(missing)} not set (tests/live/README.md)",
        allow_module_level=True,
    )


@pytest.mark.xdist_group("live-gmail")
class TestGmail(ContractSuite):
    """The service itself."""

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        """Sign in to the account that is named, see that it is empty, and leave it so."""
        address, client_file, token = (os.environ[name] for name in NAMES)
        client = read_client(Path(client_file))
        credentials = Credentials(  # type: ignore[no-untyped-call]  # the library has no types here
            token=None,
            refresh_token=read_grant(Path(token).read_text(encoding="utf-8")).refresh_token,
            token_uri=client.token_url,
            client_id=client.client_id,
            client_secret=client.client_secret,
            scopes=list(gmail_scopes(labels=True)),
        )
        try:
            mailbox = LiveGmailHarness(address, credentials, GOOGLE)
        except NotEmptyError as error:
            pytest.fail(str(error))
        yield mailbox
        mailbox.close()

    def test_since_counts_by_the_clock_of_the_server_and_not_by_the_sender(self, harness: Harness) -> None:
        """Skip the clause: mail that is inserted comes when its Date field says."""
        del harness
        pytest.skip("Gmail takes the time of inserted mail from its Date field")
