"""A first look under the quota that a new project has: it takes its time, and gets done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import Throttled
from connectors.gmail import GmailConnector, GmailSettings
from rules.mail import Wants
from tests.connectors.asking import EARLY, everything, nothing
from tests.connectors.letters import ADDRESS, NOW, letter
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.renewing import renewing

COUNT = 400
UNITS_A_MINUTE = 6000


@dataclass
class Hours:
    """A clock that moves only when somebody waits."""

    now: datetime = datetime(2025, 3, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize(("wants", "units"), [(nothing, 20), (everything, 40)], ids=["headers", "headers and texts"])
def test_a_first_look_gets_done_in_about_the_time_that_the_quota_needs(wants: Wants, units: int) -> None:
    clock = Hours()
    with FakeGmail(clock=clock, quota=UNITS_A_MINUTE) as server:
        for number in range(COUNT):
            server.mailbox(ADDRESS).deliver(letter(f"mail{number}"), ("INBOX",), NOW - timedelta(minutes=number))
        granted = renewing(server.credentials(ADDRESS))
        begun = clock.now
        seen: set[str] = set()
        cursor: str | None = None
        done = False
        while not done:
            assert clock.now - begun < timedelta(hours=1)
            connector = GmailConnector(
                GmailSettings(address=ADDRESS, credentials=granted, endpoint=server.url, pause=clock.pass_by)
            )
            try:
                connector.open()
                for page in connector.changes(cursor, EARLY, wants):
                    cursor = page.cursor
                    seen |= {envelope.message_id for envelope in page.envelopes}
                done = True
            except Throttled as error:
                clock.pass_by(error.retry_after)
            finally:
                connector.close()

        assert len(seen) == COUNT
        assert clock.now - begun < timedelta(minutes=2.5 * COUNT * units / UNITS_A_MINUTE)
        assert server.violations == []
