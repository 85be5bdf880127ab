"""A mailbox at Outlook.com or Microsoft 365, through Microsoft Graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from connectors.api import ApiConnector
from connectors.base import Capabilities, Changes, DraftRef
from connectors.errors import NotFound, Refused
from connectors.outlook.account import enter
from connectors.outlook.ahead import Ahead
from connectors.outlook.categories import Categories
from connectors.outlook.cursor import Cursor
from connectors.outlook.delta import list_changes
from connectors.outlook.drafts import DraftBox
from connectors.outlook.folders import Folders
from connectors.outlook.looking import raw_path, read_messages
from connectors.outlook.reading import is_reference
from connectors.outlook.service import Service
from connectors.outlook.settings import OutlookSettings
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["OutlookConnector"]

_MOST: Final = 1 << 20


class OutlookConnector(ApiConnector[Service, DraftBox]):
    """One mailbox; one thread owns it. References are immutable ids of messages, cursors hold a link for each folder."""

    kind: ClassVar[str] = "outlook"
    idle: ClassVar[float] = 20.0

    def __init__(self, settings: OutlookSettings) -> None:
        """Take the settings; nothing is connected yet."""
        super().__init__(f"Outlook for {settings.address}", marking=settings.categories)
        self._settings = settings
        self._folders: Folders | None = None
        self._mailbox = ""
        self._ahead = Ahead()

    def open(self) -> Capabilities:
        """Sign in, see that it is the right mailbox, and find its folders. Raises Unavailable, AuthNeeded, Misconfigured."""
        self.close()
        service = Service.open(self._settings)
        try:
            self._mailbox, self._folders = enter(service)
        except BaseException:
            self._let_go(service)
            raise
        place = next((ref for ref, role in self._folders.followed().items() if role is Role.DRAFTS), "")
        self._hold(service, DraftBox(service, place), Categories(service))
        return Capabilities(
            server_threads=True,
            marks=self._settings.categories,
            atomic_ids=True,
            keeps_bytes=False,
            folders=self._folders.named(),
        )

    def close(self) -> None:
        """Let go of the sockets."""
        super().close()
        self._folders = None
        self._ahead.forget()

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new, a page for each answer that holds anything."""
        service, folders = self._ready(), self._opened(self._folders)
        known = Cursor.parse(cursor, self._mailbox)
        reset = cursor is not None and known is None
        begin = self._ahead.of(cursor, known) or Cursor(self._mailbox)
        yield from self._ahead.quiet(cursor, known, list_changes(service, folders, begin, since, wants, reset=reset))

    def fetch(self, ref: str) -> bytes:
        """Return a raw message, at most 1 MB."""
        service = self._ready()
        if not is_reference(ref):
            raise NotFound(f"There is no message {ref[:80]!r} here.")
        try:
            return service.raw(raw_path(ref), _MOST)
        except Refused as error:  # 400: it has not the form of an id
            raise NotFound(str(error)) from error

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Return messages with their text, many in a round trip."""
        return read_messages(self._ready(), envelopes, lost=False)

    def tidy_up(self, draft: Draft, ref: DraftRef) -> None:
        """Let the message that a draft answers be unread again if it was."""
        self._box().tidy_up(draft, ref)

    def withdraw_begun(self, draft: Draft) -> None:
        """Take back a reply that was made and not finished."""
        self._box().withdraw_begun(draft)

    def digest_of(self, ref: DraftRef) -> str:
        """Return what proves the content of a draft."""
        return self._box().digest(ref)

    @property
    def holds_back(self) -> bool:
        """Return what the settings say: Exchange can."""
        return self._settings.schedule_send

    def hold_back_draft(self, draft: Draft, ref: DraftRef) -> DraftRef:
        """Set the time before which a draft does not leave."""
        return self._box().hold_back(draft, ref)
