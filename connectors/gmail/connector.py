"""A mailbox at Gmail, by its own API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar, Final

from connectors.api import ApiConnector
from connectors.base import Capabilities, Changes
from connectors.errors import NotFound, Refused
from connectors.gmail.cursor import Cursor, Listing
from connectors.gmail.drafts import DraftBox
from connectors.gmail.history import DeadCursorError, list_history
from connectors.gmail.labels import Labels
from connectors.gmail.listing import list_messages
from connectors.gmail.looking import raw_of, read_messages
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Service
from connectors.gmail.settings import GmailSettings
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["GmailConnector"]

_MOST: Final = 1 << 20
_FOLDERS: Final = (
    (Role.INBOX, "Inbox"),
    (Role.SENT, "Sent"),
    (Role.DRAFTS, "Drafts"),
    (Role.ARCHIVE, "All Mail"),
    (Role.JUNK, "Spam"),
)
"""As Gmail's page names them in English; its API gives no names in the user's language."""


class GmailConnector(ApiConnector[Service, DraftBox]):
    """One Gmail account; one thread owns it. References are the ids of messages, cursors history ids."""

    kind: ClassVar[str] = "gmail"
    idle: ClassVar[float] = 30.0

    def __init__(self, settings: GmailSettings) -> None:
        """Take the settings; nothing is connected yet."""
        super().__init__(f"Gmail for {settings.address}", marking=settings.labels)
        self._settings = settings
        self._mailbox = ""

    def open(self) -> Capabilities:
        """Sign in and see that it is the right mailbox. Raises Unavailable, AuthNeeded, Misconfigured."""
        self.close()
        service = Service.open(self._settings)
        try:
            self._mailbox = service.account().address
        except BaseException:
            self._let_go(service)
            raise
        self._hold(service, DraftBox(service), Labels(service))
        return Capabilities(server_threads=True, marks=self._settings.labels, atomic_ids=True, folders=_FOLDERS)

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
