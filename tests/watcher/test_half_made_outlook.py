"""A reply at Outlook takes several requests where the service takes little with the first: what dies between is nobody's work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import ConnectorError
from connectors.guard import Guarded
from rules.mail import Role
from rules.process import Verb
from tests.connectors.outlook_harness import OTHERWISE, OutlookHarness
from tests.letters import invitation
from tests.servers.graph import Quirks
from tests.watcher.desk import Desk
from tests.watcher.test_cycle import ENDS, INTERVIEW, INVITED
from watcher.outbox import Ledger
from watcher.store.drafts import OutboxRow, RowState
from watcher.store.journal import add_mark

QUIRKS: dict[str, Callable[[], Quirks]] = {
    "takes all": Quirks,
    "takes nothing": lambda: _reading(OTHERWISE()),
    "takes all but the body": lambda: Quirks(reply_takes_body=False),
}
WHERE = [("messages.get", False), ("messages.update", False), ("messages.update", True)]
"""What is asked when the reply stands: what became of it, and to change what is not right in it, or in what it answers."""
LATER = ENDS + timedelta(minutes=20)


def _reading(quirks: Quirks) -> Quirks:
    quirks.reply_reads = True
    return quirks


class OutlookDesk(Desk):
    """A desk whose mailbox is at Outlook."""

    def __init__(self, path: Path, world: OutlookHarness) -> None:
        """Invite the user, who reads nothing."""
        self.world = world
        self.at = INVITED
        world.follow(lambda: self.at)
        super().__init__(path, wrap=lambda _: Guarded(world.connector()))
        world.deliver(bytes(invitation(INVITED, INTERVIEW)), received_at=INVITED)
        self.look(INVITED)
        self.at = ENDS

    def dies(self, method: str, *, done: bool) -> None:
        """Make the pass that writes, cut the line at its first request of a kind, and start another process."""
        self.world.server.break_off(method, done=done)
        with pytest.raises(ConnectorError):
            self.look(ENDS)
        self.world.server.heal()
        self.restart()
        self.at = LATER

    def row(self) -> OutboxRow:
        """Return the row of the note."""
        (row,) = Ledger(self.account, self.store).rows()
        return row


@pytest.fixture(params=list(QUIRKS))
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OutlookDesk]:
    world = OutlookHarness(QUIRKS[request.param]())
    desk = OutlookDesk(tmp_path, world)
    yield desk
    desk.close()
    world.close()


@pytest.mark.parametrize(("method", "done"), WHERE)
def test_it_is_finished_by_the_next_process(desk: OutlookDesk, method: str, done: bool) -> None:
    desk.dies(method, done=done)
    desk.look(LATER)
    (item,) = desk.world.items(Role.DRAFTS)

    assert desk.row().state is RowState.PLACED
    assert b"Rita" in item.raw()
    assert b"interview" in item.raw().lower()
    assert not desk.world.items(Role.INBOX)[0].read


@pytest.mark.parametrize(("method", "done"), WHERE)
def test_it_is_taken_back_where_it_is_not_called_for_any_more(desk: OutlookDesk, method: str, done: bool) -> None:
    desk.dies(method, done=done)
    (process,) = desk.processes(LATER)
    with desk.store.write() as connection:
        add_mark(connection, "main", process.process.id, Verb.CLOSE, LATER)
    desk.look(LATER)

    assert desk.world.items(Role.DRAFTS) == []
    assert desk.row().state is RowState.WITHDRAWN
    assert not desk.world.items(Role.INBOX)[0].read
