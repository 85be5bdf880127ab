"""A mailbox at Outlook.com or Microsoft 365, through Microsoft Graph."""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, Mark, Spent, WaitResult, Wake, Withdrawal
from connectors.errors import NotFound, Refused, Unavailable
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
_IDLE: Final = 20.0
"""Seconds from which on a connection is not kept over a wait: routers and the service drop it without a word."""


class OutlookConnector(Connector):
    """One mailbox; one thread owns it. References are immutable ids of messages, cursors hold a link for each folder."""

    kind: ClassVar[str] = "outlook"

    def __init__(self, settings: OutlookSettings) -> None:
        """Take the settings; nothing is connected yet."""
        self._settings = settings
        self._service: Service | None = None
        self._folders: Folders | None = None
        self._drafts: DraftBox | None = None
        self._categories: Categories | None = None
        self._mailbox = ""
        self._spent = Spent()
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
        self._service, self._drafts, self._categories = service, DraftBox(service, place), Categories(service)
        return Capabilities(
            server_threads=True,
            marks=self._settings.categories,
            atomic_ids=True,
            keeps_bytes=False,
            folders=self._folders.named(),
        )

    def close(self) -> None:
        """Let go of the sockets."""
        service, self._service = self._service, None
        self._folders = self._drafts = self._categories = None
        self._ahead.forget()
        if service is not None:
            self._let_go(service)

    @property
    def spent(self) -> Spent:
        """Return the requests since the connector was made: over HTTP, and within batches, by which the service counts."""
        return self._spent + self._service.spent if self._service is not None else self._spent

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new, a page for each answer that holds anything."""
        service, folders = self._ready(), self._tree()
        known = Cursor.parse(cursor, self._mailbox)
        reset = cursor is not None and known is None
        begin = self._ahead.of(cursor, known) or Cursor(self._mailbox)
        yield from self._ahead.quiet(cursor, known, list_changes(service, folders, begin, since, wants, reset=reset))

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait for the signal or the time; the service tells of nothing by itself and is not asked."""
        if wake.is_set():
            return WaitResult.WOKEN
        if timeout <= 0:
            return WaitResult.TIMEOUT
        if self._service is not None and timeout > _IDLE:
            self._service.rest()
        with selectors.DefaultSelector() as selector:
            selector.register(wake.fileno(), selectors.EVENT_READ)
            return WaitResult.WOKEN if selector.select(timeout) else WaitResult.TIMEOUT

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

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write a draft of ours, into its conversation."""
        return self._box().put(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft of ours."""
        return self._box().find(draft, ref, besides)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take back a draft of ours that nobody has touched."""
        return self._box().withdraw(draft, ref)

    def tidy_up(self, draft: Draft, ref: DraftRef) -> None:
        """Let the message that a draft answers be unread again if it was."""
        self._box().tidy_up(draft, ref)

    def withdraw_begun(self, draft: Draft) -> None:
        """Take back a reply that was made and not finished."""
        self._box().withdraw_begun(draft)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return what stands in Drafts."""
        return self._box().listed()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return a draft as RFC 5322 bytes, made of its properties."""
        return self._box().raw(ref)

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

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Put a category on received mail, where the settings allow it."""
        self._ready()
        if self._categories is not None and self._settings.categories:
            self._categories.put(refs, mark)

    def remove_marks(self) -> int:
        """Take our categories off all mail."""
        self._ready()
        return 0 if self._categories is None else self._categories.remove()

    def _ready(self) -> Service:
        if self._service is None:
            raise Unavailable(f"Not connected to Outlook for {self._settings.address}.")
        return self._service

    def _box(self) -> DraftBox:
        if self._drafts is None:
            raise Unavailable(f"Not connected to Outlook for {self._settings.address}.")
        return self._drafts

    def _tree(self) -> Folders:
        if self._folders is None:
            raise Unavailable(f"Not connected to Outlook for {self._settings.address}.")
        return self._folders

    def _let_go(self, service: Service) -> None:
        self._spent = self._spent + service.spent
        service.close()
