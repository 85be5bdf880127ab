"""A mailbox on an IMAP server seen from outside: the delivery agent, another mail client, the network between."""

from __future__ import annotations

import imaplib
import itertools
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from connectors.imap import ImapConnector, ImapSettings, Security
from rules.mail import Role
from tests.connectors.harness import Harness
from tests.servers.chaosproxy import ChaosProxy
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.pymap import Pymap

__all__ = ["DovecotHarness", "ImapHarness", "PymapHarness", "fresh_user"]

PAGE = 7
FOLDERS = {Role.INBOX: "INBOX", Role.DRAFTS: "Drafts", Role.SENT: "Sent", Role.ARCHIVE: "Archive"}
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")
_SERIAL = itertools.count(1)


def fresh_user() -> str:
    """Return a user name that no test has had."""
    return f"user{next(_SERIAL)}"


class ImapHarness(Harness):
    """One user's mailbox; the connector goes through a relay that can be cut, the world goes straight."""

    def __init__(self, host: str, port: int, folders: Mapping[Role, str] = FOLDERS) -> None:
        """Take a fresh user on the server at `host` and `port`; the folders must be there, or are made by `create`."""
        self.user = fresh_user()
        self.folders = folders
        self._server = (host, port)
        self._proxy = ChaosProxy(("127.0.0.1", port))
        self._proxy.__enter__()

    def create(self) -> None:
        """Make the folders."""
        with self.client() as client:
            for role, name in self.folders.items():
                if role is not Role.INBOX:
                    client.create(_quoted(name))

    def connector(self) -> ImapConnector:
        return ImapConnector(
            ImapSettings(
                host="127.0.0.1",
                port=self._proxy.port,
                security=Security.PLAIN,
                username=self.user,
                secret=lambda: PASSWORD,
                timeout=10,
                poll_interval=0.2,
                page_size=PAGE,
            )
        )

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        """Give a connection of another mail client."""
        client = imaplib.IMAP4(*self._server, timeout=10)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.login(self.user, PASSWORD)
            yield client
        finally:
            client.logout()

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        flags = {Role.INBOX: "", Role.DRAFTS: r"(\Draft \Seen)"}.get(role, r"(\Seen)")
        with self.client() as client:
            self._append(client, role, flags, received_at, raw)

    def _append(self, client: imaplib.IMAP4, role: Role, flags: str, at: datetime | None, raw: bytes) -> None:
        stamp = "" if at is None else imaplib.Time2Internaldate(at)
        status, told = client.append(_quoted(self.folders[role]), flags, stamp, raw)
        assert status == "OK", told

    def raws(self, role: Role) -> Sequence[bytes]:
        with self._opened(role) as client:
            return [raw for _, _, raw in self._all(client)]

    def flags(self, role: Role, message_id: str) -> frozenset[str]:
        with self._opened(role) as client:
            for _, flags, raw in self._all(client):
                if f"<{message_id}>".encode() in raw:
                    return frozenset(flag.lower() for flag in flags.split())
        raise AssertionError(f"{message_id} is not in {role}")

    def user_edits(self, message_id: str, raw: bytes) -> None:
        with self._opened(Role.DRAFTS, readonly=False) as client:
            uid = self._uid(client, message_id)
            self._append(client, Role.DRAFTS, r"(\Draft \Seen)", None, raw)
            self._expunge(client, uid)

    def user_deletes(self, message_id: str) -> None:
        with self._opened(Role.DRAFTS, readonly=False) as client:
            self._expunge(client, self._uid(client, message_id))

    def user_sends(self, message_id: str, raw: bytes | None = None) -> None:
        with self._opened(Role.DRAFTS, readonly=False) as client:
            uid = self._uid(client, message_id)
            sent = raw or next(text for number, _, text in self._all(client) if number == uid)
            self._append(client, Role.SENT, r"(\Seen)", None, sent)
            self._expunge(client, uid)

    def expire_cursor(self) -> None:
        """Put every folder anew: the same mail under another UIDVALIDITY."""
        self.cut()
        with self.client() as client:
            for role, name in self.folders.items():
                client.select(_quoted(name))
                kept = list(self._all(client, dates=True))
                client.close()
                spare = f"spare{next(_SERIAL)}"
                client.rename(_quoted(name), spare)
                if role is not Role.INBOX:
                    client.create(_quoted(name))
                for _, about, raw in kept:
                    flags, _, date = about.partition("|")
                    kept_flags = " ".join(flag for flag in flags.split() if flag != r"\Recent")
                    status, told = client.append(_quoted(name), f"({kept_flags})", f'"{date}"', raw)
                    assert status == "OK", told
                client.delete(spare)

    def cut(self) -> None:
        self._proxy.cut()

    def close(self) -> None:
        self._proxy.close()

    # -- with another mail client's hands

    @contextmanager
    def _opened(self, role: Role, *, readonly: bool = True) -> Iterator[imaplib.IMAP4]:
        with self.client() as client:
            status, told = client.select(_quoted(self.folders[role]), readonly=readonly)
            assert status == "OK", told
            yield client

    def _all(self, client: imaplib.IMAP4, *, dates: bool = False) -> Iterator[tuple[str, str, bytes]]:
        """Yield (UID, flags, raw) of the open folder; with `dates`, flags are followed by `|` and the INTERNALDATE."""
        if client.untagged_responses.get("EXISTS", [b"0"])[-1] == b"0":
            return
        _, found = client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
        for item in found:
            if not isinstance(item, tuple):
                continue
            uid = re.search(rb"UID (\d+)", item[0])
            flags = _FLAGS.search(item[0])
            date = re.search(rb'INTERNALDATE "([^"]*)"', item[0])
            assert uid is not None
            assert flags is not None
            assert date is not None
            yield uid[1].decode(), flags[1].decode() + (f"|{date[1].decode()}" if dates else ""), item[1]

    def _uid(self, client: imaplib.IMAP4, message_id: str) -> str:
        for uid, _, raw in self._all(client):
            if f"<{message_id}>".encode() in raw:
                return uid
        raise AssertionError(f"{message_id} is not there")

    def _expunge(self, client: imaplib.IMAP4, uid: str) -> None:
        client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        client.expunge()


class DovecotHarness(ImapHarness):
    """A mailbox on Dovecot; new mail comes by LMTP."""

    def __init__(self, server: Dovecot, folders: Mapping[Role, str] = FOLDERS) -> None:
        """Take a fresh user, whose folders the server makes by itself; `folders` are their names on the wire."""
        super().__init__("127.0.0.1", server.imap, folders)
        self._dovecot = server

    def deliver(self, raw: bytes, role: Role = Role.INBOX, received_at: datetime | None = None) -> None:
        if role is Role.INBOX and received_at is None:
            self._dovecot.deliver(self.user, raw)
        else:
            super().deliver(raw, role, received_at)

    def expire_cursor(self) -> None:
        """Lose the server's index, as after a restore from a backup of the files."""
        self.cut()
        self._dovecot.renumber(self.user)


class PymapHarness(ImapHarness):
    """A mailbox on pymap, with the folders that a mail client has made there."""

    def __init__(self, server: Pymap) -> None:
        """Take a fresh user and make the folders."""
        super().__init__(server.host, server.imap)
        self.create()


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
