"""A mailbox on an IMAP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import ClassVar, TypeVar

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, WaitResult, Wake, Withdrawal
from connectors.errors import ConnectorError, NotFound, Unavailable
from connectors.imap import drafts
from connectors.imap.cursor import Mark, load_cursor
from connectors.imap.folders import Folder, find_folders
from connectors.imap.idle import IdleRefusedError, idle, poll
from connectors.imap.listing import list_changes, read_again
from connectors.imap.session import Session
from connectors.imap.settings import ImapSettings
from connectors.imap.state import FolderState
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["ImapConnector"]

T = TypeVar("T")


class ImapConnector(Connector):
    """One account on an IMAP server (RFC 3501 or RFC 9051); one thread owns it."""

    kind: ClassVar[str] = "imap"

    def __init__(self, settings: ImapSettings) -> None:
        """Take the settings; nothing is connected yet."""
        self._settings = settings
        self._session: Session | None = None
        self._inbox_seen: FolderState | None = None
        self._inbox_announced: FolderState | None = None

    def open(self) -> Capabilities:
        """Connect, sign in and find the folders."""
        self.close()
        self._session = Session.open(self._settings)
        return self.capabilities

    @property
    def capabilities(self) -> Capabilities:
        """Return what this server can do. Raises Unavailable before `open`."""
        session = self._ready()
        connection = session.connection
        return Capabilities(
            push=self._settings.idle and connection.can(b"IDLE") and not session.refuses_idle,
            server_threads=connection.can(b"X-GM-EXT-1"),
            atomic_ids=connection.can(b"UIDPLUS"),
            folders=tuple((role, folder.name) for role, folder in session.folders.items()),
        )

    def close(self) -> None:
        """Let go of the connection."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(Exception):
                session.close()

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new, in pages."""
        try:
            session = self._ready()
            if Role.SENT not in session.folders:
                session.folders = find_folders(session.connection, self._settings.folders)
            for page in list_changes(self, cursor, since, wants, page_size=self._settings.page_size):
                self._remember(page.cursor)
                yield page
        except (ConnectorError, OSError) as error:
            raise self._failed(error) from error

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait for mail in the inbox."""
        if timeout <= 0:
            return WaitResult.WOKEN if wake.is_set() else WaitResult.TIMEOUT
        return self._do(lambda session: self._wait(session, timeout, wake))

    def _wait(self, session: Session, timeout: float, wake: Wake) -> WaitResult:
        inbox = session.folders[Role.INBOX]
        seen = self._inbox_seen
        if not self.capabilities.push:
            return self._poll(session, timeout, wake)
        if seen is not None and seen == self._inbox_announced:
            seen = None  # said once already: a server whose STATUS and SELECT disagree must not make us spin
        else:
            self._inbox_announced = seen
        try:
            return idle(session, inbox, wake, seen=seen, timeout=timeout, refresh=self._settings.idle_refresh)
        except IdleRefusedError:
            session.refuses_idle = True
            return self._poll(session, timeout, wake)

    def _poll(self, session: Session, timeout: float, wake: Wake) -> WaitResult:
        inbox, interval = session.folders[Role.INBOX], self._settings.poll_interval
        return poll(session, inbox, wake, seen=self._inbox_seen, timeout=timeout, interval=interval)

    def fetch(self, ref: str) -> bytes:
        """Return a raw message, at most 1 MB."""
        return self._do(lambda session: _fetch(session, ref))

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Return messages with their text, many in a round trip."""
        try:
            self._ready()
            return read_again(self, envelopes)
        except (ConnectorError, OSError) as error:
            raise self._failed(error) from error

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write a draft of ours."""
        return self._do(lambda session: drafts.put_draft(session, draft, raw, replacing))

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft of ours."""
        return self._do(lambda session: drafts.find_draft(session, draft, ref, besides))

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take back a draft of ours that nobody has touched."""
        return self._do(lambda session: drafts.withdraw_draft(session, draft, ref))

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return all that stands in Drafts."""
        return self._do(drafts.list_drafts)

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return the raw bytes of a draft."""
        return self._do(lambda session: _fetch(session, ref.ref))

    # -- the connection

    def session(self) -> Session:
        """Return the open session (`connectors.imap.line.Line`). Raises Unavailable."""
        return self._ready()

    def again(self) -> Session:
        """Connect anew (`connectors.imap.line.Line`)."""
        self.open()
        return self._ready()

    def _ready(self) -> Session:
        if self._session is None or self._session.wire.dead:
            raise Unavailable(f"Not connected to {self._settings.where}.")
        return self._session

    def _do(self, work: Callable[[Session], T]) -> T:
        try:
            return work(self._ready())
        except (ConnectorError, OSError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> ConnectorError:
        """Return the error for the caller; after an Unavailable the connection is given up."""
        if isinstance(error, Unavailable) or not isinstance(error, ConnectorError):
            self.close()
        if isinstance(error, ConnectorError):
            return error
        return Unavailable(f"The connection to {self._settings.where} broke ({error}).")

    def _remember(self, cursor: str) -> None:
        """Keep what the listing saw of the inbox, so that `wait` notices what came since."""
        mark: Mark | None = (load_cursor(cursor) or {}).get("INBOX")
        self._inbox_seen = None if mark is None or mark.listing else mark.state


def _fetch(session: Session, ref: str) -> bytes:
    name, uidvalidity, uid = ([*ref.rsplit("/", 2), "", ""])[:3]
    folder: Folder | None = next((folder for folder in session.folders.values() if folder.name == name), None)
    if folder is None or not uid.isdigit():
        raise NotFound(f"There is no message {ref!r} here.")
    state = session.examine(folder, fresh=folder.role is Role.DRAFTS)
    raw = drafts.read_whole(session, int(uid)) if str(state.uidvalidity or 0) == uidvalidity else None
    if raw is None:
        raise NotFound(f"The message {ref!r} is not there any more.")
    return raw
