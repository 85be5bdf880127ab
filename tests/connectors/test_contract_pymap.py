"""The contract, held by a mailbox on Pymap."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.imap_harness import PymapHarness
from tests.servers.pymap import Pymap


class TestPymap(ContractSuite):
    """A server with few extensions."""

    @pytest.fixture
    def harness(self, pymap: Pymap) -> Iterator[Harness]:
        """Take a fresh user."""
        mailbox = PymapHarness(pymap)
        yield mailbox
        mailbox.close()
