"""What the contract suite needs of a back-end: the rest of the world, played by somebody who is not the connector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime

from connectors.base import Connector
from rules.mail import Role

__all__ = ["Harness"]


class Harness(ABC):
    """One mailbox on one server, seen from outside the connector. Nothing in here goes through the code under test."""

    address = "sam@example.com"
    keeps_bytes = True
    """Drafts come back as the bytes that were written; false: they say the same, as `essence` tells it."""

    @abstractmethod
    def connector(self) -> Connector:
        """Return a fresh connector to this mailbox, not yet opened. May be called several times."""

    @abstractmethod
    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        """Put a message into the folder of `role` as a server would; `received_at` None: now, by push where there is push."""

    @abstractmethod
    def raws(self, role: Role) -> Sequence[bytes]:
        """Return the raw messages of a folder, oldest first, without touching a flag."""

    def essence(self, raw: bytes) -> bytes:
        """Return of a draft what this mailbox keeps: all of it, whatever its line ends; clauses compare that of both sides."""
        return raw.replace(b"\r\n", b"\n").rstrip()

    @abstractmethod
    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        r"""Return the flags of a message in IMAP words (`\\Seen`, `\\Draft`), lower-case."""

    @abstractmethod
    def user_edits(self, message_id: str, raw: bytes) -> None:
        """Replace a draft by another text as a mail client does (IMAP: append the new one, expunge the old)."""

    @abstractmethod
    def user_deletes(self, message_id: str) -> None:
        """Remove a draft for good."""

    @abstractmethod
    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        """Move a draft to Sent; with `raw`, that text stands in Sent instead (a client that makes a new Message-ID)."""

    def user_saves(self, message_id: str, raw: bytes, role: Role, at: datetime) -> None:
        """Put other words in the place of a draft, in Drafts or in Sent, as of `at`; the old one goes first."""
        self.user_deletes(message_id)
        self.deliver(raw, role, at)

    def marks(self) -> Sequence[tuple[bytes, frozenset[str]]]:
        """Return all raw messages, drafts among them, each with what it carries of our marks."""
        return []

    def follow(self, clock: Callable[[], datetime]) -> None:
        """Let the server go by this clock (aware), where it can be told."""
        del clock

    @abstractmethod
    def expire_cursor(self) -> None:
        """Make every cursor handed out so far dead (UIDVALIDITY change, index lost), the mail staying as it is."""

    @abstractmethod
    def cut(self) -> None:
        """Break the connections that are open; new ones work."""

    @abstractmethod
    def close(self) -> None:
        """Remove the mailbox."""
