"""The contract, held by a mailbox on Dovecot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.imap_harness import DovecotHarness
from tests.servers.dovecot import Dovecot


class TestDovecot(ContractSuite):
    """A server with every extension."""

    @pytest.fixture
    def harness(self, dovecot: Dovecot) -> Iterator[Harness]:
        """Take a fresh user."""
        mailbox = DovecotHarness(dovecot)
        yield mailbox
        mailbox.close()
