"""Our drafts in the Drafts folder: writing, recognising and taking them back.

A file of ours is named by its Message-ID and content, so two writers of one draft meet at one name and the second finds the
first. Its revision is the digest of its bytes: whoever changes a letter makes it the user's.
"""

from __future__ import annotations

import errno
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from connectors.base import DraftRef, Withdrawal
from connectors.errors import Conflict, ConnectorError, Misconfigured, NoRoom, NotFound, Refused, Unavailable
from connectors.maildir.files import (
    LIMIT,
    OWN,
    Entry,
    as_message,
    as_stored,
    digest,
    entries,
    is_trashed,
    place,
    read,
    sweep_tmp,
    sync,
)
from connectors.maildir.layout import Folder
from connectors.maildir.names import key
from connectors.maildir.reading import envelope_of
from rules.drafts.types import Draft
from rules.mail import Envelope, Role

__all__ = ["DraftBox", "Standing", "proof_of"]

_LETTERS: Final = "DS"
_ATTEMPTS: Final = 5
"""How often a draft is looked for again when its name changes between the look and the act."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One message that stands in Drafts."""

    entry: Entry
    envelope: Envelope
    digest: str
    state: tuple[int, int, int]
    """Inode, size and modification time in nanoseconds, as they were when it was read."""

    @property
    def ref(self) -> DraftRef:
        """Return where it stands, with the proof of its content."""
        return DraftRef(self.envelope.ref, self.digest, self.digest)

    @property
    def is_as_written(self) -> bool:
        """Say whether the file carries the name that we give to this Message-ID with this content."""
        return key(self.entry.name).endswith(f".{_own_name(self.envelope.message_id, self.digest)}{OWN}")

    @property
    def order(self) -> tuple[float, int, str]:
        """Return what sorts drafts by age."""
        return (self.envelope.received_at.timestamp(), self.state[2], self.entry.name)


class DraftBox:
    """The Drafts folder of one mailbox."""

    def __init__(self, folder: Folder) -> None:
        """Take the folder; no I/O."""
        self._folder = folder
        self._known: dict[tuple[str, int, int, int], Standing] = {}

    def standing(self) -> list[Standing]:
        """Read all that stands there and is not marked for removal, oldest first. Raises Unavailable."""
        known: dict[tuple[str, int, int, int], Standing] = {}
        try:
            for entry in entries(self._folder):
                if not is_trashed(entry) and (found := self._read(entry)) is not None:
                    known[(entry.path, *found.state)] = found
        except OSError as error:
            raise Unavailable(
                f"The Drafts folder {self._folder.path} cannot be read ({error.strerror}). Trying again."
            ) from error
        self._known = known
        # A file that is being moved from `new` to `cur` may be met in both.
        return sorted({key(found.entry.name): found for found in known.values()}.values(), key=lambda found: found.order)

    def at(self, ref: DraftRef, message_id: str = "") -> Standing | None:
        """Return what stands at a reference, whatever its flags and content are now.

        Where another program has given the file another name: what stands there with the same content, or else with the same
        Message-ID, if one is given.
        """
        standing = self.standing()
        return (
            next((one for one in standing if one.envelope.ref == ref.ref), None)
            or next((one for one in standing if one.digest == proof_of(ref)), None)
            or next((one for one in standing if message_id and one.envelope.message_id == message_id), None)
        )

    def data(self, ref: DraftRef) -> bytes:
        """Return the bytes of what stands at a reference. Raises NotFound."""
        for _ in range(_ATTEMPTS):
            found = self.at(ref)
            if found is None:
                break
            file = read(found.entry.path)
            if file is not None:
                return as_message(file.data)[:LIMIT]
        raise NotFound("The draft is not in Drafts any more: it was sent, moved or deleted.")

    def put(self, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef:
        """Write a draft, or find it standing. Raises Conflict, Refused, Misconfigured, Unavailable."""
        data = as_stored(raw)
        if len(raw) > LIMIT:
            raise Refused(f"A draft of {len(raw)} octets is larger than {LIMIT}; nothing was written.")
        wanted = digest(data)
        old = self.at(replacing) if replacing is not None else None
        same_id = [found for found in self.standing() if found.envelope.message_id == draft.message_id]
        present = next((found for found in same_id if found.digest == wanted), None)
        if present is None and any(old is None or found.entry.path != old.entry.path for found in same_id):
            raise Conflict("A draft with this Message-ID stands in Drafts with another text: somebody has edited it.")
        if replacing is None:
            return (present or self._write(draft, data, wanted)).ref
        if old is None:
            if present is None:
                raise Conflict("The draft that was to be replaced is not in Drafts any more; nothing was written.")
            return present.ref
        if present is not None and old.entry.path == present.entry.path:
            return present.ref
        edited = old.digest != proof_of(replacing)
        if edited and present is None:
            raise Conflict("The draft that was to be replaced has been edited; nothing was written.")
        new = present or self._write(draft, data, wanted)
        # The user may be at work since the look above, or since a try that was cut short after it had written the new one.
        if edited or self._remove(replacing, old.envelope.message_id) is Withdrawal.EDITED:
            self._remove(new.ref, draft.message_id)
            raise Conflict("The draft that was to be replaced has been edited meanwhile; the new one was taken back.")
        return new.ref

    def withdraw(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Remove a draft that is ours and untouched; leave any other alone. Raises Unavailable."""
        return self._remove(ref, draft.message_id)

    def _remove(self, ref: DraftRef, message_id: str) -> Withdrawal:
        for _ in range(_ATTEMPTS):
            found = self.at(ref, message_id)
            if found is None:
                return Withdrawal.GONE
            if found.digest != proof_of(ref) or found.envelope.message_id != message_id:
                return Withdrawal.EDITED
            try:
                # Read anew, past what is remembered, at the last moment before it goes.
                file = read(found.entry.path)
                if file is None:
                    continue
                if digest(file.data) != proof_of(ref) or file.size != len(file.data):
                    return Withdrawal.EDITED
                Path(found.entry.path).unlink()
            except FileNotFoundError:
                continue  # its flags have changed: it has another name now
            except OSError as error:
                raise _refusal(error, self._folder) from error
            with suppress(OSError):
                sync(found.entry.directory)
            return Withdrawal.WITHDRAWN
        raise Unavailable("Another program keeps changing the draft.")

    def _write(self, draft: Draft, data: bytes, wanted: str) -> Standing:
        unique = _unique(draft.date.timestamp(), draft.message_id, wanted)
        try:
            place(self._folder, unique, _LETTERS, data)
        except FileExistsError:
            pass  # another writer of the same draft was faster
        except OSError as error:
            raise _refusal(error, self._folder) from error
        found = self._read(Entry(self._folder.cur, f"{unique}:2,{_LETTERS}"))
        if found is None or found.digest != wanted:
            raise Unavailable("The draft was changed or removed while it was written; looking again.")
        sweep_tmp(self._folder, found.state[2] / 1e9)
        return found

    def _read(self, entry: Entry) -> Standing | None:
        """Read one message; None when it is gone or cannot be read: then it is not ours to act on."""
        try:
            state = Path(entry.path).stat()
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
            remembered = self._known.get((entry.path, *stamp))
            if remembered is not None:
                return remembered
            file = read(entry.path)
        except OSError:
            return None
        if file is None:
            return None
        envelope = envelope_of(file, entry.name, ref=f"{self._folder.id}/{key(entry.name)}", role=Role.DRAFTS)
        # What is longer than what was read cannot be ours; its size keeps the digest from matching by its beginning.
        proof = digest(file.data) if file.size == len(file.data) else f"{digest(file.data)}+{file.size}"
        return Standing(entry, envelope, proof, stamp)


def proof_of(ref: DraftRef) -> str:
    """Return the digest that a reference carries, as revision or, where only that is known, as digest."""
    return ref.revision or ref.digest


def _unique(draft_date: float, message_id: str, proof: str) -> str:
    return f"{int(draft_date)}.{_own_name(message_id, proof)}{OWN}"


def _own_name(message_id: str, proof: str) -> str:
    return blake2b(f"{message_id}\n{proof}".encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _refusal(error: OSError, folder: Folder) -> ConnectorError:
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return Misconfigured(
            f"The Drafts folder {folder.path} cannot be written to ({error.strerror}). Give the user who runs Hearback the right "
            "to write there, or set `folders.drafts`."
        )
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return NoRoom(f"No space is left for drafts in {folder.path}. Free some.")
    return Unavailable(f"The Drafts folder {folder.path} cannot be written to ({error.strerror}).")
