"""One mail that comes to several mailboxes of a user is known as one, whatever kind of mailbox Outlook stands beside."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.asking import pull
from tests.connectors.harness import Harness
from tests.connectors.letters import NOW, invitation, letter
from tests.connectors.maildir_harness import MaildirHarness
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.servers.graph import Quirks

MAILS = {
    "a zone that is not ours": letter("zone", more={"Date": "Tue, 4 Mar 2025 10:00:00 +0100"}),
    "a zone with a name": letter("named", more={"Date": "Tue,  4 Mar 2025 04:00:00 -0500 (EST)"}),
    "a date that is none": letter("none", more={"Date": "some day in March"}),
    "an invitation": invitation("invite"),
    "a name in another script": letter("script", sender="=?utf-8?q?J=C3=BCrgen?= <Dana.Ortiz@Orchard.example>"),
}


def identity(mailbox: Harness, raw: bytes) -> str:
    mailbox.deliver(raw, received_at=NOW)
    connector = mailbox.connector()
    connector.open()
    (found,) = pull(connector).envelopes
    connector.close()
    mailbox.close()
    return found.identity


@pytest.mark.parametrize("quirks", [Quirks, OTHERWISE], ids=["headers come with changes", "headers are asked for"])
@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_has_the_identity_that_it_has_elsewhere(kind: str, quirks: type[Quirks], tmp_path: Path) -> None:
    assert identity(OutlookHarness(quirks()), MAILS[kind]) == identity(MaildirHarness(tmp_path), MAILS[kind])
