"""The connector to a mailbox in local files.

Reads never move a file from `new` to `cur` and never change a flag. References are `FOLDER/KEY`: the key of `names.key` stays
with a message under all its names.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, FoundState, WaitResult, Wake, Withdrawal
from connectors.errors import Misconfigured, NotFound, Unavailable
from connectors.maildir.cursor import Cursor
from connectors.maildir.drafts import DraftBox, proof_of
from connectors.maildir.files import LIMIT, Entry, File, as_message, entries, file_system_time, find, inode, read
from connectors.maildir.layout import READ, Folder, MaildirSettings, discover
from connectors.maildir.listing import Bucket, Listing, inode_of, stamps_of
from connectors.maildir.names import arrival, key
from connectors.maildir.reading import envelope_of, message_of
from connectors.maildir.watch import Watch
from connectors.matching import is_later, is_same_errand, is_sent_copy, says_the_same
from rules.drafts.types import Draft
from rules.mail import Envelope, Message, Role, Wants

__all__ = ["MaildirConnector"]

_log = logging.getLogger(__name__)
_DAY: Final = timedelta(days=1)
_RECENT_NS: Final = 5_000_000_000
_REMEMBERED: Final = 5000


@dataclass(slots=True)
class _Page:
    envelopes: list[Envelope] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Asked:
    since: datetime
    wants: Wants
    before_ns: int
    """When the cursor was made, by the file system's clock; 0 when unknown."""


class MaildirConnector(Connector):
    """One mailbox in local files."""

    kind: ClassVar[str] = "maildir"

    def __init__(self, settings: MaildirSettings) -> None:
        """Take the settings; no I/O."""
        self._settings = settings
        self._folders: dict[Role, tuple[Folder, ...]] = {}
        self._drafts: DraftBox | None = None
        self._watch: Watch | None = None
        self._watched: tuple[tuple[str, int], ...] = ()
        self._listed: dict[str, tuple[int, ...]] = {}
        self._settled = False
        self._sent: dict[tuple[str, int, int], Envelope] = {}

    def open(self) -> Capabilities:
        """Find the folders. Raises Misconfigured."""
        self.close()
        self._adopt(discover(self._settings))
        return Capabilities(push=True, atomic_ids=True, folders=tuple((folder.role, folder.name) for folder in self._all()))

    def close(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.close()
        self._watch = None
        self._watched = ()
        self._folders = {}
        self._drafts = None
        self._listed = {}

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Yield what is new. Raises Unavailable."""
        self._look_again()
        folders = self._all()
        if self._watch is not None:
            self._watch.drain()
        before = Cursor.parse(cursor)
        if before is not None and any(
            (seen := before.folders.get(folder.id)) is not None and seen.inode != inode_of(folder) for folder in folders
        ):
            before = None
        reset = cursor is not None and before is None
        before = before or Cursor()
        listed_ns = file_system_time(folders[0])
        self._listed = {folder.id: stamps_of(folder) for folder in folders}
        listings = [self._list(folder, before, listed_ns) for folder in folders]
        self._settled = all(listing.now.stamps for listing in listings)
        touched = frozenset(listing.folder.role for listing in listings if listing.touched)
        state = Cursor(listed_ns or 0, {id_: seen for id_, seen in before.folders.items() if id_ in self._listed})
        asked = _Asked(since, wants, before.listed_ns)
        page = _Page()
        for listing in listings:
            sums: dict[int, int] = {}
            for bucket in listing.buckets():
                total = bucket.kept
                for value, entry in bucket.entries:
                    if not self._deliver(page, listing, bucket, entry, asked):
                        continue
                    total ^= value
                    if len(page.envelopes) >= self._settings.page_size:
                        partial = state.with_folder(listing.folder.id, listing.covered(sums, whole=False))
                        yield _changes(partial, page, touched, reset=reset, more=True)
                        reset, page = False, _Page()
                sums[bucket.number] = total
            state = state.with_folder(listing.folder.id, listing.covered(sums, whole=True))
        if cursor is not None and state.folders == before.folders:
            yield replace(_changes(state, page, touched, reset=reset, more=False), cursor=cursor)
        else:
            yield _changes(state, page, touched, reset=reset, more=False)

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait for events of the file system. Raises Unavailable when the mailbox is not there any more."""
        folders = self._all()
        if not inode(folders[0].cur):
            raise Unavailable(f"The mailbox {folders[0].path} is not there at the moment. Is its drive mounted?")
        if timeout <= 0:
            if wake.is_set():
                return WaitResult.WOKEN
            return WaitResult.CHANGED if self._differs() else WaitResult.TIMEOUT
        watched = tuple((directory, inode(directory)) for directory in self._directories())
        if self._watch is None or watched != self._watched:
            if self._watch is not None:
                self._watch.close()
            self._watch = Watch([directory for directory, inode in watched if inode])
            self._watched = watched
            if not self._settled and not wake.is_set():
                # Mail that came within one tick of the last listing shows in no time stamp, and no event was kept yet.
                return WaitResult.CHANGED
        return self._watch.wait(timeout, wake, self._differs)

    def fetch(self, ref: str) -> bytes:
        """Return the raw message. Raises NotFound."""
        id_, _, wanted = ref.rpartition("/")
        # A message that was moved keeps its key with most programs: its own folder is looked in first, then the others.
        for folder in sorted(self._all(), key=lambda folder: folder.id != id_):
            entry = find(folder, wanted)
            file = read(entry.path) if entry is not None else None
            if file is not None:
                return as_message(file.data)[:LIMIT]
        raise NotFound("The message is not in the mailbox any more.")

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write into Drafts. Raises Conflict, Refused, Misconfigured, Unavailable."""
        return self._box().put(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft. Raises Unavailable."""
        box = self._box()
        standing = box.standing()
        proof = proof_of(ref) if ref is not None else ""
        own = [found for found in standing if found.envelope.message_id == draft.message_id]
        own.sort(key=lambda found: (ref is None or found.envelope.ref != ref.ref, found.digest != proof))
        for found in own:
            same = found.digest == proof if ref is not None else says_the_same(box.data(found.ref), draft)
            return Found(FoundState.UNTOUCHED if same else FoundState.EDITED, found.ref)
        sent = self._sent_copy(draft, besides)
        if sent is not None and sent.message_id == draft.message_id:
            return Found(FoundState.SENT, sent=sent)
        for found in standing:
            envelope = found.envelope
            if envelope.ref in besides or found.is_as_written:
                continue  # another step's
            if (ref is not None and envelope.ref == ref.ref) or (is_same_errand(envelope, draft) and is_later(envelope, draft)):
                return Found(FoundState.EDITED, found.ref)
        return Found(FoundState.ABSENT) if sent is None else Found(FoundState.SENT, sent=sent)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove our untouched draft. Raises Unavailable, Misconfigured."""
        return self._box().withdraw(draft, ref)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return what stands in Drafts. Raises Unavailable."""
        return [(found.envelope.message_id, replace(found.ref, digest="")) for found in self._box().standing()]

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return the bytes of a draft. Raises NotFound."""
        return self._box().data(ref)

    # --- folders ------------------------------------------------------------------------------------------------------

    def _adopt(self, folders: Mapping[Role, tuple[Folder, ...]]) -> None:
        self._folders = dict(folders)
        self._drafts = DraftBox(self._folders[Role.DRAFTS][0])

    def _all(self) -> tuple[Folder, ...]:
        if not self._folders:
            raise Unavailable("The mailbox is not open.")
        return tuple(folder for role in READ for folder in self._folders[role])

    def _box(self) -> DraftBox:
        if self._drafts is None:
            raise Unavailable("The mailbox is not open.")
        return self._drafts

    def _look_again(self) -> None:
        """Find folders that were made since; a folder that is away for a moment is no reason to write elsewhere."""
        present = self._all()
        try:
            found = discover(self._settings)
        except Misconfigured as error:
            raise Unavailable(f"The mailbox is not as it was when it was opened. {error}") from error
        if tuple(folder for role in READ for folder in found[role]) != present:
            self._adopt(found)

    def _directories(self) -> list[str]:
        return [directory for folder in self._all() for directory in (folder.new, folder.cur)]

    def _differs(self) -> bool:
        """Say whether a directory's time is another one than at the last listing."""
        return any(self._listed.get(folder.id) != stamps_of(folder) for folder in self._all())

    # --- messages -----------------------------------------------------------------------------------------------------

    def _list(self, folder: Folder, before: Cursor, listed_ns: int | None) -> Listing:
        seen = before.folders.get(folder.id)
        if seen is not None and bool(seen.sums) is (folder.role is Role.DRAFTS):
            seen = None  # it was for something else then
        try:
            return Listing.take(folder, seen, listed_ns)
        except OSError as error:
            raise Unavailable(f"The folder {folder.path} cannot be read ({error.strerror}). Trying again.") from error

    def _deliver(self, page: _Page, listing: Listing, bucket: Bucket, entry: Entry, asked: _Asked) -> bool:
        """Put one message on the page, unless it is too old to count; say whether it is dealt with."""
        folder = listing.folder
        try:
            if listing.is_first and _is_plainly_older(entry, asked.since):
                return True
            found = _read_moving(folder, entry)
        except OSError as error:
            _log.warning("%s cannot be read (%s); it is looked at again when its folder changes", entry.path, error.strerror)
            return False
        if found is None:
            return False
        file, name = found
        envelope = envelope_of(file, name, ref=f"{folder.id}/{key(name)}", role=folder.role)
        if envelope.received_at < asked.since:
            # Where old messages are listed again beside a new one, those that lay there already and are too old are left out.
            known = not bucket.certain and asked.before_ns > 0 and file.changed_ns < asked.before_ns - _RECENT_NS
            if listing.is_first or known:
                return True
        page.envelopes.append(envelope)
        message = message_of(file, envelope, asked.wants)
        if message is not None:
            page.messages.append(message)
        return True

    def _sent_copy(self, draft: Draft, besides: frozenset[str]) -> Envelope | None:
        """Look in Sent for what the draft has become; a copy with its Message-ID comes first, then the latest of the others."""
        remembered: dict[tuple[str, int, int], Envelope] = {}
        copies: list[Envelope] = []
        for folder in self._folders[Role.SENT]:
            try:
                for entry in entries(folder):
                    envelope = self._sent_envelope(folder, entry, draft.date - _DAY, remembered)
                    if envelope is None or not is_sent_copy(envelope, draft):
                        continue
                    if envelope.identity not in besides or envelope.message_id == draft.message_id:
                        copies.append(envelope)
            except OSError as error:
                raise Unavailable(f"The folder {folder.path} cannot be read ({error.strerror}). Trying again.") from error
        if len(self._sent) + len(remembered) > _REMEMBERED:
            self._sent.clear()
        self._sent.update(remembered)
        return max(copies, key=lambda copy: (copy.message_id == draft.message_id, copy.received_at), default=None)

    def _sent_envelope(
        self, folder: Folder, entry: Entry, earliest: datetime, remembered: dict[tuple[str, int, int], Envelope]
    ) -> Envelope | None:
        """Read a sent message; None when it is gone, unreadable, or was there before the draft was written."""
        try:
            state = Path(entry.path).stat()
            if _is_plainly_older(entry, earliest, state):
                return None
            mark = (entry.path, state.st_ino, state.st_mtime_ns)
            envelope = self._sent.get(mark)
            if envelope is None:
                file = read(entry.path)
                if file is None:
                    return None
                envelope = envelope_of(file, entry.name, ref=f"{folder.id}/{key(entry.name)}", role=folder.role)
                remembered[mark] = envelope
        except OSError:
            return None
        return envelope


def _changes(state: Cursor, page: _Page, touched: frozenset[Role], *, reset: bool, more: bool) -> Changes:
    return Changes(
        cursor=str(state),
        envelopes=tuple(page.envelopes),
        messages=tuple(page.messages),
        touched=touched,
        reset=reset,
        more=more,
    )


def _read_moving(folder: Folder, entry: Entry) -> tuple[File, str] | None:
    """Read a message that others may rename meanwhile; return it with its present name, None when it is gone."""
    for _ in range(3):
        file = read(entry.path)
        if file is not None:
            return file, entry.name
        now = find(folder, key(entry.name))
        if now is None:
            return None
        entry = now
    return None


def _is_plainly_older(entry: Entry, moment: datetime, state: os.stat_result | None = None) -> bool:
    """Say whether neither the name nor the file's time lets the message be of `moment` or later; it need not be opened then."""
    stamp = arrival(entry.name)
    earliest = moment - _DAY
    if stamp is None or stamp >= earliest:
        return False
    try:
        return (state or Path(entry.path).stat()).st_mtime < earliest.timestamp()
    except FileNotFoundError:
        return False
