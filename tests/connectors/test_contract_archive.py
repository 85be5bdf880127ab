"""The contract, held by an archive of mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.connectors.archive_harness import ArchiveHarness
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness


class TestArchive(ContractSuite):
    """Mail that lies still, as of a moment after all of it."""

    @pytest.fixture
    def harness(self) -> Iterator[Harness]:
        """Make an empty archive."""
        mailbox = ArchiveHarness()
        yield mailbox
        mailbox.close()
