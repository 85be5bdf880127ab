"""One user's mailbox at Gmail, for errands that are interrupted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from connectors.gmail import GmailConnector, GmailSettings
from rules.drafts.types import Draft
from tests.crash.dialogue import BYSTANDER
from tests.crash.errands import ADDRESS, WRITTEN_AT, Errand, Line, Post
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.renewing import renewing

__all__ = ["CREATE", "GmailPost"]

CREATE: Final = rb"(?=POST /gmail/v1/users/me/drafts)"
_DRAFTS: Final = rb"(?=GET /gmail/v1/users/me/drafts)"


class GmailPost(Post):
    """Drafts are kept byte for byte."""

    name: ClassVar[str] = "gmail"
    markers: ClassVar[Mapping[Errand, bytes]] = {
        Errand.PUT: _DRAFTS,
        Errand.REPLACE: _DRAFTS,
        Errand.WITHDRAW: _DRAFTS,
        Errand.FIRST_LOOK: rb"(?=GET /gmail/v1/users/me/profile)",
        Errand.CATCH_UP: rb"(?=GET /gmail/v1/users/me/history)",
    }
    """The first look has signing on in it, for all of them."""

    def __init__(self) -> None:
        """Choose a port."""
        self.server = FakeGmail()
        self.box = self.server.mailbox(ADDRESS)
        super().__init__(self.server)

    def save_bystander(self) -> None:
        self.box.save_draft(BYSTANDER, at=WRITTEN_AT)

    def clear(self) -> None:
        for one in self.box.messages("INBOX"):
            self.box.delete(one.id)

    def deliver(self, raw: bytes) -> None:
        self.box.deliver(raw, at=WRITTEN_AT)

    def inbox(self) -> set[str]:
        return {one.message_id for one in self.box.messages("INBOX")}

    def stored(self, message_id: str) -> Sequence[bytes]:
        return [one.message.raw for one in self.box.drafts() if one.message.message_id == message_id]

    def drafts(self) -> int:
        return len(self.box.drafts())

    def connector(self, line: Line) -> GmailConnector:
        return GmailConnector(
            GmailSettings(
                address=ADDRESS,
                credentials=renewing(self.server.credentials(ADDRESS)),
                endpoint=f"http://127.0.0.1:{line.port}",
                timeout=line.timeout,
                page_size=4,
                pause=lambda _seconds: None,
            )
        )

    def wrong_with(self, draft: Draft, raw: bytes) -> list[str]:
        return [] if self.stored(draft.message_id) == [raw] else ["it is not what was written"]

    def wrong_besides(self) -> list[str]:
        return [] if self.stored("written-by-hand@example.com") == [BYSTANDER] else ["the user's own draft was touched"]
