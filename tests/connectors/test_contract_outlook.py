"""The contract, held by a mailbox at Outlook: on a fake that judges each request and takes open questions either way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import FoundState
from rules.mail import Role
from tests.connectors.contract import ContractSuite
from tests.connectors.contract_drafts import DraftClauses
from tests.connectors.harness import Harness
from tests.connectors.letters import NOW, draft, draft_bytes, letter
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.certificates import certificate
from tests.servers.graph import Quirks


class TestOutlook(ContractSuite):
    """Replies take what they are given, HTML is rewritten, headers come with changes."""

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        """Start a server."""
        mailbox = OutlookHarness()
        yield mailbox
        mailbox.close()


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for a server on this machine."""
    now = datetime.now(UTC)
    return certificate(tmp_path_factory.mktemp("tls"), now - timedelta(days=1), now + timedelta(days=1))


@pytest.fixture(autouse=True)
def few_authorities(trusted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust that one: to read the hundreds of the system takes longer than most clauses."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))


class TestOutlookOtherwise(ContractSuite):
    """Replies take nothing, HTML stays, headers have to be asked for, pages repeat themselves; over TLS."""

    @pytest.fixture
    def harness(self, trusted: Path) -> Iterator[Harness]:
        """Start a server that speaks TLS."""
        mailbox = OutlookHarness(OTHERWISE(), trusted)
        yield mailbox
        mailbox.close()


class TestOutlookReplies(DraftClauses):
    """Every draft answers a letter that is there: it is made by createReply, and what is answered is quoted in it."""

    @pytest.fixture(params=[lambda: Quirks(settles=True), OTHERWISE], ids=["settling", "otherwise"])
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        """Start a server, with the letter where no clause looks."""
        mailbox = OutlookHarness(request.param())
        mailbox.deliver(letter("thread", text="Words of theirs, to be quoted."), Role.TRASH, NOW - timedelta(days=2))
        yield mailbox
        assert mailbox.server.calls["messages.create"] <= 1, "what opens a thread answers nothing"
        mailbox.close()


@pytest.mark.parametrize("more", [{}, {"in_reply_to": "", "references": ()}])
@pytest.mark.parametrize("in_place", [True, False])
def test_a_draft_that_outlook_sends_under_a_message_id_of_its_own_is_found_in_sent(in_place: bool, more: dict[str, Any]) -> None:
    one = draft(**more)
    harness = OutlookHarness(Quirks(renames_sent=True, edits_in_place=in_place))
    harness.deliver(letter("thread"))
    connector = harness.connector()
    connector.open()
    ref = connector.put_draft(one, draft_bytes(one))
    harness.user_sends(one.message_id, draft_bytes(one, text="Said otherwise."))
    found = connector.find_draft(one, ref)
    connector.close()
    harness.close()

    assert found.state is FoundState.SENT
    assert found.sent is not None
    assert found.sent.message_id.endswith("@mwhpr.example.com")
