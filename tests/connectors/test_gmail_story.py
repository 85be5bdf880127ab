"""Random stories at Gmail: mail comes, moves and goes, the user works on drafts, the service fails, and a pass ends anywhere.

Whatever happens in whatever order, what the connector has told in the end is what lies in the mailbox: nothing lost, nothing that
is not there, nothing sent, and no request that the service does not have.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import islice

import pytest

from connectors.base import Connector
from connectors.errors import ConnectorError
from rules.mail import Role
from tests.connectors.asking import nothing
from tests.connectors.gmail_harness import FakeGmailHarness
from tests.connectors.letters import ADDRESS, NOW, draft, draft_bytes, letter
from tests.servers.gmail import Quirks

SINCE = NOW - timedelta(days=30)
STEPS = 70
METHODS = ("*", "batch", "messages.list", "messages.get", "history.list", "getProfile")
STATUSES = (401, 403, 429, 500, 503)


class Story:
    """One mailbox, the world around it, and what a daemon would have stored of it."""

    def __init__(self, seed: int) -> None:
        """Take the seed of everything that happens."""
        self.chance = random.Random(seed)
        self.harness = FakeGmailHarness(Quirks(disorder=timedelta(hours=self.chance.choice([0, 5]))))
        self.server, self.box = self.harness.server, self.harness.mailbox
        self.cursor: str | None = None
        self.stored: dict[str, Role] = {}
        self.gaps = 0
        """Resets: what went in one of them is not told."""
        self._count = 0

    def happen(self) -> None:
        """Let one thing happen."""
        things: list[tuple[int, Callable[[], None]]] = [
            (8, self._deliver),
            (4, self._move),
            (2, self._remove),
            (4, self._drafts),
            (3, self._trouble),
            (1, self._forget),
            (6, self.look),
        ]
        weights, does = zip(*things, strict=True)
        self.chance.choices(does, weights)[0]()

    def look(self) -> None:
        """Make a pass that may end anywhere, by trouble or by the death of its process; a page is stored with its cursor."""
        connector = self.harness.connector()
        with suppress(ConnectorError):
            connector.open()
            self._take(connector, self.chance.choice([1, 2, 5, None]))
        connector.close()

    def settle(self) -> None:
        """Let nothing go wrong any more, and look until nothing is new."""
        self.server.heal()
        self.box.index()
        self.box.quirks.empty_pages = 0
        connector = self.harness.connector()
        connector.open()
        for _ in range(5):
            self._take(connector, None)
        connector.close()

    def _take(self, connector: Connector, most: int | None) -> None:
        for page in islice(connector.changes(self.cursor, SINCE, nothing), most):
            self.gaps += page.reset
            for ref in page.removed:
                self.stored.pop(ref, None)
            self.stored |= {one.ref: one.role for one in page.envelopes}
            self.cursor = page.cursor

    # -- the world

    def _deliver(self) -> None:
        for _ in range(self.chance.choice([1, 1, 3, 12])):
            self._count += 1
            role = self.chance.choice([Role.INBOX, Role.INBOX, Role.ARCHIVE, Role.SENT, Role.JUNK])
            at = NOW - timedelta(days=self.chance.randrange(40), minutes=self._count)
            self.harness.deliver(letter(f"m{self._count}"), role, at)

    def _move(self) -> None:
        key = self._any()
        if key:
            self.chance.choice([self.box.archive, self.box.trash, self.box.spam, self._restore])(key)

    def _restore(self, key: str) -> None:
        self.box.relabel(key, add=("INBOX",), remove=("TRASH", "SPAM"))

    def _remove(self) -> None:
        key = self._any()
        if key:
            self.box.delete(key)

    def _any(self) -> str:
        keys = [one.id for one in self.box.messages() if "DRAFT" not in one.labels]
        return self.chance.choice(keys) if keys else ""

    def _drafts(self) -> None:
        self._count += 1
        standing = self.box.drafts()
        does = self.chance.randrange(4) if standing else 0
        one = self.chance.choice(standing) if standing else None
        if does == 0 or one is None:
            self.box.save_draft(draft_bytes(draft(self._count)))
        elif does == 1:
            self.box.edit_draft(one, letter(f"edited{self._count}", sender=ADDRESS))
        elif does == 2:
            self.box.send_draft(one)
        else:
            self.box.discard_draft(one)

    def _trouble(self) -> None:
        method, times = self.chance.choice(METHODS), self.chance.randrange(1, 4)
        skip = self.chance.randrange(4)
        kind = self.chance.randrange(4)
        if kind == 0:
            self.server.break_off(method, times, after=self.chance.choice([0, 40, 400]), skip=skip)
        elif kind == 1:
            self.server.portal(method, times)
        else:
            self.server.fail(method, self.chance.choice(STATUSES), times, skip=skip)

    def _forget(self) -> None:
        does = self.chance.choice(
            [
                self.box.expire_history,
                self.box.refuse_page_tokens,
                lambda: self.server.expire_tokens(self.box.address),
                self._lag,
                self._empty,
            ]
        )
        does()

    def _lag(self) -> None:
        """Let the index catch up, all but two messages that came this moment."""
        self.box.index()
        self.box.quirks.index_lags = True
        for _ in range(2):
            self._count += 1
            self.harness.deliver(letter(f"m{self._count}"), received_at=NOW + timedelta(days=1, minutes=self._count))
        self.box.quirks.index_lags = False

    def _empty(self) -> None:
        self.box.quirks.empty_pages = 2
        self.box.quirks.repeats_history = not self.box.quirks.repeats_history


def _roles(story: Story) -> dict[str, Role]:
    """Return what lies in the mailbox, as far as it is told: what was received, sent, or is spam."""
    found = {}
    for one in story.box.messages():
        if not one.labels & {"DRAFT", "TRASH", "CHAT"} and one.at >= SINCE.timestamp() * 1000:
            found[one.id] = Role.JUNK if "SPAM" in one.labels else Role.SENT if "SENT" in one.labels else Role.INBOX
    return found


@pytest.mark.parametrize("seed", range(16))
def test_what_was_told_in_the_end_is_what_lies_there(seed: int) -> None:
    story = Story(seed)
    for _ in range(STEPS):
        story.happen()
    story.settle()
    there = _roles(story)
    told = {ref: Role.INBOX if role is Role.ARCHIVE else role for ref, role in story.stored.items()}
    story.harness.close()

    gone = {ref for ref in told if story.box.get(ref) is None or "TRASH" in story.box.message(ref).labels}
    spam = {ref for ref, role in there.items() if role is Role.JUNK}
    assert {ref: told.get(ref) for ref in there.keys() - spam} == {ref: there[ref] for ref in there.keys() - spam}
    assert {told.get(ref, Role.JUNK) for ref in spam} <= {Role.JUNK}, "spam that the user made of known mail is told as removed"
    assert all(story.box.message(ref).at < SINCE.timestamp() * 1000 for ref in told.keys() - there.keys() - gone)
    assert not gone or story.gaps
