"""A mailbox at Gmail seen from outside: the delivery agent, the web page, the network between."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from connectors.auth.google.credentials import GoogleCredentials
from connectors.gmail import GmailConnector, GmailSettings
from rules.mail import Role
from tests.connectors.harness import Harness
from tests.servers.gmail import FakeGmail, Quirks, Stored, StoredDraft
from tests.servers.gmail.emulator import Emulator
from tests.servers.gmail.front import Front
from tests.servers.gmail.renewing import renewing

__all__ = ["EmulatedGmailHarness", "FakeGmailHarness", "GmailHarness", "World"]

PAGE: Final = 7
LABELS: Final[Mapping[Role, tuple[str, ...]]] = {
    Role.INBOX: ("INBOX", "UNREAD"),
    Role.SENT: ("SENT",),
    Role.ARCHIVE: (),
    Role.JUNK: ("SPAM", "UNREAD"),
    Role.TRASH: ("TRASH",),
}
"""What the service puts on mail that comes there."""
_PLACED: Final = {"INBOX": Role.INBOX, "SENT": Role.SENT, "DRAFT": Role.DRAFTS, "SPAM": Role.JUNK, "TRASH": Role.TRASH}
_FLAGS: Final = {"DRAFT": "\\draft", "STARRED": "\\flagged"}
_SERIAL = itertools.count(1)


class World(Protocol):
    """What others can do to a mailbox, whichever server it is on."""

    def deliver(self, raw: bytes, labels: Sequence[str] = ..., at: datetime | None = None) -> str:
        """Let a message come."""

    def messages(self, label: str | None = None) -> Sequence[Stored]:
        """Return the messages, oldest first."""

    def save_draft(self, raw: bytes, thread_id: str | None = None, at: datetime | None = None) -> StoredDraft:
        """Let the user write a draft."""

    def draft_of(self, message_id: str) -> StoredDraft:
        """Return a draft by the Message-ID in its header."""

    def edit_draft(self, draft: StoredDraft, raw: bytes) -> str:
        """Let the user edit a draft: another message under the same draft."""

    def discard_draft(self, draft: StoredDraft) -> None:
        """Let the user discard a draft."""

    def send_draft(self, draft: StoredDraft, raw: bytes | None = None) -> str:
        """Let the user send a draft: it is destroyed, another message is in Sent."""

    def expire_history(self) -> None:
        """Let every history identifier that was handed out be dead."""


class GmailHarness(Harness):
    """One user's mailbox on a server that speaks Gmail's API."""

    def __init__(
        self, world: World, address: str, endpoint: str, credentials: Callable[[], GoogleCredentials], cut: Callable[[], None]
    ) -> None:
        """Take the world's own hands on the mailbox, and what the connector needs to know."""
        self.world = world
        self.account = address
        self._endpoint = endpoint
        self._credentials = credentials
        self._cut = cut

    def connector(self) -> GmailConnector:
        return GmailConnector(self.settings())

    def settings(self) -> GmailSettings:
        """Return what the connector is told: small pages, no waiting between tries."""
        return GmailSettings(
            address=self.account,
            credentials=self._credentials,
            endpoint=self._endpoint,
            timeout=10,
            page_size=PAGE,
            pause=lambda seconds: None,  # noqa: ARG005 - the shape of a pause
        )

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        if role is Role.DRAFTS:
            self.world.save_draft(raw, at=received_at)
        else:
            self.world.deliver(raw, LABELS[role], received_at)

    def raws(self, role: Role) -> Sequence[bytes]:
        return [one.raw for one in self.world.messages() if _role(one) is role]

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        for one in self.world.messages():
            if _role(one) is role and f"<{message_id}>".encode() in one.raw:
                seen = frozenset() if "UNREAD" in one.labels else frozenset({"\\seen"})
                return seen | {_FLAGS[label] for label in one.labels & _FLAGS.keys()}
        raise AssertionError(f"{message_id} is not in {role}")

    def user_edits(self, message_id: str, raw: bytes) -> None:
        self.world.edit_draft(self.world.draft_of(message_id), raw)

    def user_deletes(self, message_id: str) -> None:
        self.world.discard_draft(self.world.draft_of(message_id))

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        """Press Send on the web page; the sent message has another identifier than any before."""
        self.world.send_draft(self.world.draft_of(message_id), raw)

    def expire_cursor(self) -> None:
        self.world.expire_history()

    def cut(self) -> None:
        self._cut()

    def close(self) -> None:
        """Leave the mailbox to its server."""


class FakeGmailHarness(GmailHarness):
    """A mailbox on the fake, which the harness has for itself."""

    def __init__(self, quirks: Quirks | None = None) -> None:
        """Start the server; `quirks` is how it takes what the documents leave open."""
        self.server = FakeGmail()
        self.server.__enter__()
        address = f"user{next(_SERIAL)}@example.com"
        self.mailbox = self.server.mailbox(address)
        self.mailbox.quirks = quirks or Quirks()
        server = self.server
        super().__init__(self.mailbox, address, server.url, renewing(server.credentials(address)), server.cut)

    def close(self) -> None:
        """Stop the server; nothing may have been asked for that the service does not have or we must not touch."""
        self.server.__exit__()
        assert self.server.violations == []
        assert self.mailbox.trespasses == []


class EmulatedGmailHarness(GmailHarness):
    """A mailbox on the emulator, behind a front of its own."""

    def __init__(self, emulator: Emulator) -> None:
        """Take a fresh user of the emulator, and let that user sign in."""
        self.server = Front(emulator)
        self.server.__enter__()
        address = emulator.user()
        server = self.server
        super().__init__(server.mailbox(address), address, server.url, renewing(server.credentials(address)), server.cut)

    def close(self) -> None:
        """Stop the front; the emulator goes on."""
        self.server.__exit__()
        assert self.server.violations == []


def _role(one: Stored) -> Role:
    return next((role for label, role in _PLACED.items() if label in one.labels), Role.ARCHIVE)
