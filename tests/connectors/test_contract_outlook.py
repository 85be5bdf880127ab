"""The contract, held by a mailbox at Outlook: on a fake that judges each request and takes open questions either way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.certificates import certificate


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


class TestOutlookOtherwise(ContractSuite):
    """Replies take nothing, HTML stays, headers have to be asked for, pages repeat themselves; over TLS."""

    @pytest.fixture
    def harness(self, trusted: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
        """Start a server that speaks TLS."""
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        mailbox = OutlookHarness(OTHERWISE(), trusted)
        yield mailbox
        mailbox.close()
