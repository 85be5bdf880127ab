"""A signed-in connection with its folders: which one is open, and what the server last said of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from connectors.errors import Misconfigured, NotFound, Unavailable
from connectors.imap.folders import Folder, Folders, find_folders
from connectors.imap.refusal import code_of, refusal
from connectors.imap.rows import fetched, number
from connectors.imap.settings import ImapSettings
from connectors.imap.signin import Connection, connect
from connectors.imap.state import FolderState, state_from_select, state_from_status
from connectors.imap.tokens import Token, Unreadable
from connectors.imap.wire import Answer, Literal
from rules.mail import Role

__all__ = ["Session", "uid_ranges"]

_COUNT = re.compile(rb"[0-9]{1,10}")
_UID_ARGUMENT_CAP = 1500
"""Octets of one UID set: servers refuse long lines."""


class Session:
    """One connection at work. Made by `open`; after an Unavailable it is of no more use."""

    def __init__(self, connection: Connection, folders: Folders) -> None:
        """Take over a signed-in connection and the folders that were found."""
        self.connection = connection
        self.wire = connection.wire
        self.folders = folders
        self.selected: Folder | None = None
        self.read_only = True
        self._locked = False
        self.refuses_idle = False
        """It offers IDLE and did not do it."""
        self.state = FolderState()
        """Of the selected folder, as of its SELECT."""
        self.permanent: frozenset[bytes] = frozenset()
        """Flags that can be kept in the selected folder, lower-case."""

    @classmethod
    def open(cls, settings: ImapSettings) -> Session:
        """Connect, sign in, find the folders. Raises Unavailable, AuthNeeded or Misconfigured."""
        connection = connect(settings)
        try:
            return cls(connection, find_folders(connection, settings.folders))
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Let go; never raises."""
        self.connection.close()

    @property
    def condstore(self) -> bool:
        """Say whether the server counts modifications (RFC 7162)."""
        return self.connection.can(b"CONDSTORE") or self.connection.can(b"QRESYNC")

    # -- folders

    def examine(self, folder: Folder, *, fresh: bool = False) -> FolderState:
        """Open a folder for reading only, unless it is open already."""
        if self.selected == folder and self.read_only and not fresh:
            return self.state
        return self._select(b"EXAMINE", folder)

    def select(self, folder: Folder) -> FolderState:
        """Open a folder for writing, with a fresh look at it. Raises NotFound, and Misconfigured where writing is not allowed."""
        state = self._select(b"SELECT", folder)
        if self._locked:
            raise Misconfigured(
                f"{self.wire.where} lets this user only read the folder {folder.name}. Give this user the right to write there, "
                f"or name another folder: folders.{folder.role.value} = '...'"
            )
        return state

    def _select(self, verb: bytes, folder: Folder) -> FolderState:
        self.selected = None
        self.wire.exists = None
        parts = [verb, folder.argument]
        if self.condstore:
            parts.append(b"(CONDSTORE)")
        answer = self.wire.ask(*parts)
        if not answer.ok and self.condstore and answer.status == "BAD":
            answer = self.wire.ask(verb, folder.argument)
        if not answer.ok:
            error = refusal(self.wire.where, f"opening {folder.name}", answer.text)
            if isinstance(error, Unavailable):
                raise error
            raise NotFound(f"{error} The folder may have been renamed or removed; the folders are looked up again.")
        self.selected, self.read_only = folder, verb == b"EXAMINE"
        self._locked = code_of(answer.text) == "READ-ONLY"
        self.state = state_from_select(answer.replies)
        self.wire.exists = self.state.messages
        self.wire.news = False
        self.permanent = _permanent(answer)
        return self.state

    def states(self, folders: Sequence[Folder]) -> dict[Role, FolderState]:
        """Ask for the state of folders, in one round trip when the first of them is open already.

        The first (the inbox) is kept open for reading and asked by NOOP: STATUS of an open folder may be stale (RFC 9051
        section 6.3.11), and costs servers more the bigger the folder is. The others are asked by STATUS.
        """
        first, *others = folders
        if self.selected != first or not self.read_only:
            self.examine(first, fresh=True)
        items = b" (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)" if self.condstore else b" (MESSAGES UIDNEXT UIDVALIDITY)"
        plain = [folder for folder in others if not isinstance(folder.argument, Literal)]
        answers = self.wire.pipeline([b"NOOP", *(b"STATUS " + folder.argument + items for folder in plain)])[1:]
        found = {folder.role: self._status_of(folder, answer) for folder, answer in zip(plain, answers, strict=True)}
        for folder in others:
            if folder not in plain:
                found[folder.role] = self._status_of(folder, self.wire.ask(b"STATUS", folder.argument, items.strip()))
        if self.wire.news or self.selected != first or self.state.uidnext is None:
            self.examine(first, fresh=True)
        found[first.role] = self.state
        return found

    def _status_of(self, folder: Folder, answer: Answer) -> FolderState:
        if not answer.ok:
            error = refusal(self.wire.where, f"asking for the state of {folder.name}", answer.text)
            if isinstance(error, Unavailable):
                raise error
            return self.examine(folder, fresh=True)
        for reply in answer.lines(b"STATUS"):
            return state_from_status(reply[-1].rpartition(b"(")[2])
        return FolderState()

    # -- searching

    def search(self, *criteria: bytes) -> list[int] | None:
        """Return the UIDs that a UID SEARCH finds, ascending; None when the server refuses the search."""
        answer = self.wire.ask(b"UID", b"SEARCH", *criteria)
        if not answer.ok:
            error = refusal(self.wire.where, "searching", answer.text)
            if isinstance(error, Unavailable):
                raise error
            return None
        found: set[int] = set()
        for reply in answer.lines(b"SEARCH"):
            text = reply[0].partition(b"(")[0]
            found.update(int(number) for number in _COUNT.findall(text))
        return sorted(found)

    def fetch(self, uids: Iterable[int] | bytes, items: bytes) -> dict[int, dict[bytes, Token]]:
        """Fetch data items of messages: by UID, name of item (upper-case) to value. What cannot be read is left out."""
        found: dict[int, dict[bytes, Token]] = {}
        for uid_set in [uids] if isinstance(uids, bytes) else uid_ranges(uids):
            answer = self.wire.ask(b"UID", b"FETCH", uid_set, items)
            if not answer.ok and isinstance(error := refusal(self.wire.where, "reading", answer.text), Unavailable):
                raise error
            for reply in answer.replies:
                with suppress(Unreadable):
                    row = fetched(reply)
                    uid = number(row.get(b"UID"))
                    if uid:
                        found.setdefault(uid, {}).update(row)
        return found


def uid_ranges(uids: Iterable[int]) -> list[bytes]:
    """Write UIDs as sets (RFC 9051 `sequence-set`), neighbours joined to ranges, each set short enough for any server."""
    runs: list[tuple[int, int]] = []
    for uid in sorted(set(uids)):
        if runs and runs[-1][1] == uid - 1:
            runs[-1] = (runs[-1][0], uid)
        else:
            runs.append((uid, uid))
    sets: list[bytes] = []
    current: list[bytes] = []
    size = 0
    for low, high in runs:
        text = b"%d" % low if low == high else b"%d:%d" % (low, high)
        if current and size + len(text) + 1 > _UID_ARGUMENT_CAP:
            sets.append(b",".join(current))
            current, size = [], 0
        current.append(text)
        size += len(text) + 1
    if current:
        sets.append(b",".join(current))
    return sets


def _permanent(answer: Answer) -> frozenset[bytes]:
    for reply in answer.lines(b"OK"):
        found = re.search(rb"\[PERMANENTFLAGS \(([^)]*)\)", reply[0], re.IGNORECASE)
        if found:
            return frozenset(found[1].lower().split())
    return frozenset()
