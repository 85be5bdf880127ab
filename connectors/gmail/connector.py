"""A mailbox at Gmail, by its own API."""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, Mark, Spent, WaitResult, Wake, Withdrawal
from connectors.errors import NotFound, Refused, Unavailable
from connectors.gmail.cursor import Cursor, Listing
from connectors.gmail.drafts import DraftBox
from connectors.gmail.history import DeadCursorError, list_history
from connectors.gmail.labels import Labels
from connectors.gmail.listing import list_messages
from connectors.gmail.looking import raw_of, read_messages
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Service
from connectors.gmail.settings import GmailSettings
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["GmailConnector"]

_MOST: Final = 1 << 20
_IDLE: Final = 30.0
"""Seconds from which on a connection is not kept over a wait: routers and the service drop it without a word."""
_FOLDERS: Final = (
    (Role.INBOX, "Inbox"),
    (Role.SENT, "Sent"),
    (Role.DRAFTS, "Drafts"),
    (Role.ARCHIVE, "All Mail"),
    (Role.JUNK, "Spam"),
)
"""As Gmail's page names them in English; its API gives no names in the user's language."""


class GmailConnector(Connector):
    """One Gmail account; one thread owns it. References are the ids of messages, cursors history ids."""

    kind: ClassVar[str] = "gmail"

    def __init__(self, settings: GmailSettings) -> None:
        """Take the settings; nothing is connected yet."""
        self._settings = settings
        self._service: Service | None = None
        self._drafts: DraftBox | None = None
        self._labels: Labels | None = None
        self._mailbox = ""
        self._spent = Spent()

    def open(self) -> Capabilities:
        """Sign in and see that it is the right mailbox. Raises Unavailable, AuthNeeded, Misconfigured."""
        self.close()
        service = Service.open(self._settings)
        try:
            self._mailbox = service.account().address
        except BaseException:
            self._let_go(service)
            raise
        self._service, self._drafts, self._labels = service, DraftBox(service), Labels(service)
        return Capabilities(server_threads=True, marks=self._settings.labels, atomic_ids=True, folders=_FOLDERS)

    def close(self) -> None:
        """Let go of the sockets."""
        service, self._service = self._service, None
        self._drafts = self._labels = None
        if service is not None:
            self._let_go(service)

    @property
    def spent(self) -> Spent:
        """Return the calls and quota units since the connector was made."""
        now = self._service.spent if self._service is not None else Spent()
        return Spent(self._spent.calls + now.calls, self._spent.units + now.units)

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new, in pages of one batch of messages."""
        service = self._ready()
        known = Cursor.parse(cursor, self._mailbox)
        reset = cursor is not None and known is None
        if known is not None and known.listing is None:
            try:
                yield from list_history(service, known, wants)
            except DeadCursorError:
                known, reset = None, True
            else:
                return
        if known is None:
            known = Cursor(self._mailbox, service.account().history, listing=Listing(since))
        yield from list_messages(service, known, wants, reset=reset)

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait for the signal or the time; the service tells of nothing by itself and is not asked."""
        if wake.is_set():
            return WaitResult.WOKEN
        if timeout <= 0:
            return WaitResult.TIMEOUT
        if self._service is not None and timeout > _IDLE:
            self._service.close()
        with selectors.DefaultSelector() as selector:
            selector.register(wake.fileno(), selectors.EVENT_READ)
            return WaitResult.WOKEN if selector.select(timeout) else WaitResult.TIMEOUT

    def fetch(self, ref: str) -> bytes:
        """Return a raw message, at most 1 MB."""
        service = self._ready()
        if is_reference(ref):
            try:
                answer = service.call(service.messages.get(userId="me", id=ref, format="raw", fields="raw"), "reading mail")
            except Refused as error:  # 400: it has not the form of an id
                raise NotFound(str(error)) from error
            raw = raw_of(answer)
            if raw is not None:
                return raw[:_MOST]
        raise NotFound(f"There is no message {ref[:80]!r} here.")

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Return messages with their text, many in a round trip."""
        return read_messages(self._ready(), envelopes, lambda envelope: True, lost=False)  # noqa: ARG005 - all are wanted

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write a draft of ours, into its conversation."""
        return self._box().put(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft of ours."""
        return self._box().find(draft, ref, besides)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take back a draft of ours that nobody has touched."""
        return self._box().withdraw(draft, ref)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return what stands in Drafts; of more than a thousand, the newest first and the others with later calls."""
        return self._box().listed()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return the raw bytes of a draft."""
        return self._box().raw(ref)

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Label received mail, where the settings allow it."""
        self._ready()
        if self._labels is not None and self._settings.labels:
            self._labels.put(refs, mark)

    def remove_marks(self) -> int:
        """Delete our labels."""
        self._ready()
        return 0 if self._labels is None else self._labels.remove()

    def _ready(self) -> Service:
        if self._service is None:
            raise Unavailable(f"Not connected to Gmail for {self._settings.address}.")
        return self._service

    def _box(self) -> DraftBox:
        if self._drafts is None:
            raise Unavailable(f"Not connected to Gmail for {self._settings.address}.")
        return self._drafts

    def _let_go(self, service: Service) -> None:
        self._spent = Spent(self._spent.calls + service.spent.calls, self._spent.units + service.spent.units)
        service.close()
