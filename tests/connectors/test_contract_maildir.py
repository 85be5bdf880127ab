"""The contract, held by a Maildir in each of the layouts in which one is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.mail import Role
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.maildir_harness import MaildirHarness


class TestMaildir(ContractSuite):
    """Maildir++: the inbox at the top, the folders beside it."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        """Make an empty mailbox."""
        mailbox = MaildirHarness(tmp_path)
        yield mailbox
        mailbox.close()


class TestPlainTree(ContractSuite):
    """Plain directories, as synchronisers lay them out, on an account in German."""

    @pytest.fixture
    def harness(self, tmp_path: Path) -> Iterator[Harness]:
        """Make an empty mailbox."""
        names = {Role.INBOX: "INBOX", Role.DRAFTS: "Entwürfe", Role.SENT: "Gesendet", Role.ARCHIVE: "Archiv"}
        mailbox = MaildirHarness(tmp_path, names)
        yield mailbox
        mailbox.close()
