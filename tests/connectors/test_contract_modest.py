"""The contract, held on a Dovecot that hides nearly all it can do and calls its folders otherwise.

No UIDPLUS, MOVE, CONDSTORE, IDLE or LITERAL+; no special-use mark; all folders below `INBOX.`, with names that need modified
UTF-7. What one such server lacks another has, but a connector that needs none of it needs none of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from imapclient.imap_utf7 import encode as encode_utf7

from rules.mail import Role
from tests.connectors.contract import ContractSuite
from tests.connectors.harness import Harness
from tests.connectors.imap_harness import DovecotHarness
from tests.connectors.letters import draft, draft_bytes
from tests.servers.dovecot import Dovecot

NAMES = {Role.DRAFTS: "INBOX.Entwürfe", Role.SENT: "INBOX.Отправленные", Role.ARCHIVE: "INBOX.アーカイブ"}


@pytest.fixture(scope="session")
def modest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run the server; the folders are made for each user."""
    folders = {name.removeprefix("INBOX."): "" for name in NAMES.values()}
    with Dovecot(
        tmp_path_factory.mktemp("modest"), special=folders, capability="IMAP4rev1", prefix="INBOX.", separator="."
    ) as server:
        yield server


class TestModestDovecot(ContractSuite):
    """A server with hardly any extension, and folders of other names."""

    @pytest.fixture
    def harness(self, modest: Dovecot) -> Iterator[Harness]:
        """Take a fresh user."""
        mailbox = DovecotHarness(modest, {Role.INBOX: "INBOX"} | {role: wire(name) for role, name in NAMES.items()})
        yield mailbox
        mailbox.close()


def wire(name: str) -> str:
    """Return a folder's name as it goes over the wire."""
    return str(encode_utf7(name).decode("ascii"))


@pytest.mark.parametrize("storage", ["mbox", "sdbox"])
def test_a_draft_is_put_and_taken_back_however_the_server_keeps_its_mail(
    tmp_path_factory: pytest.TempPathFactory, storage: str
) -> None:
    with Dovecot(tmp_path_factory.mktemp(storage), storage=storage) as server:
        harness = DovecotHarness(server)
        connector = harness.connector()
        connector.open()
        ref = connector.put_draft(draft(), draft_bytes(draft()))
        assert connector.put_draft(draft(), draft_bytes(draft())) == ref
        assert len(harness.raws(Role.DRAFTS)) == 1
        connector.withdraw_draft(draft(), ref)
        assert not harness.raws(Role.DRAFTS)
        connector.close()
        harness.close()
