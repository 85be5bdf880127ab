"""One look at one folder: what is in it now, and which of that the cursor has not seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from connectors.maildir.cursor import Seen, bucket_count, combined, hashed
from connectors.maildir.files import Entry, entries, inode
from connectors.maildir.layout import Folder
from connectors.maildir.names import key
from rules.mail import Role

__all__ = ["Bucket", "Listing", "inode_of", "stamps_of"]

_SETTLED_NS = 3_000_000_000
"""How old a directory's time must be before it proves that nothing changes any more: file systems keep times as coarsely as by
two seconds, and a change within the same tick shows in no time at all."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket whose sum is not what it was."""

    number: int
    entries: tuple[tuple[int, Entry], ...]
    """Hash and file of each message to deliver."""
    kept: int
    """Sum of the messages in it that need not be delivered."""
    certain: bool
    """True if the messages are known to be new; else some are old ones, listed again."""


@dataclass(slots=True)
class Listing:
    """A folder as it was found, compared with what was seen before."""

    folder: Folder
    before: Seen | None
    now: Seen
    """As it will be in the cursor when all buckets are covered; the sums are still those of `before`."""
    names: dict[int, list[tuple[int, Entry]]] = field(default_factory=dict)
    """Bucket number to what is in it; empty when the stamps spared the listing."""
    touched: bool = False

    @classmethod
    def take(cls, folder: Folder, before: Seen | None, listed_ns: int | None) -> Listing:
        """List a folder, unless the times of its directories prove that it is as it was.

        `listed_ns` is the file system's time from before; None when unknown. Raises OSError.
        """
        stamps = stamps_of(folder)
        drafts = folder.role is Role.DRAFTS
        # A draft that is opened in an editor may be written over in place, which no directory's time tells: those few are listed.
        if before is not None and before.stamps and before.stamps == stamps and not drafts:
            return cls(folder, before, before)
        found = {key(entry.name): entry for entry in entries(folder)}
        state = combined(hashed(_full_name(folder, entry)) for entry in found.values())
        settled = stamps if listed_ns is not None and max(stamps, default=0) < listed_ns - _SETTLED_NS else ()
        if drafts:
            sums: tuple[int, ...] = ()
        else:
            sums = before.sums if before is not None else (0,) * bucket_count(len(found))
        now = Seen(inode_of(folder), sums, state, settled)
        listing = cls(folder, before, now, touched=before is None or before.state != state)
        if not drafts:
            names: defaultdict[int, list[tuple[int, Entry]]] = defaultdict(list)
            for name, entry in found.items():
                value = hashed(name)
                names[value & len(sums) - 1].append((value, entry))
            listing.names = names
        return listing

    @property
    def is_first(self) -> bool:
        """Say whether the folder is listed for the first time, or that listing was cut short."""
        return self.before is None or self.before.first

    def buckets(self) -> Iterator[Bucket]:
        """Yield the buckets that hold something else than they did."""
        if self.now is self.before:
            return
        for number, old in enumerate(self.now.sums):
            present = self.names.get(number, [])
            total = combined(value for value, _ in present)
            if total == old:
                continue
            one = next((item for item in present if item[0] == total ^ old), None)
            wanted = (one,) if one is not None else tuple(sorted(present, key=lambda item: item[1].name))
            yield Bucket(number, wanted, old if one is not None else 0, certain=one is not None or not old)

    def covered(self, sums: dict[int, int], *, whole: bool) -> Seen:
        """Return what the cursor holds when these buckets have these sums; `whole`: no other one is left."""
        merged = tuple(sums.get(number, old) for number, old in enumerate(self.now.sums))
        if not whole:
            # The stamps and the state belong to the whole folder: a pass that resumes here must look at it again.
            before = self.before
            return Seen(self.now.inode, merged, before.state if before else 0, (), first=self.is_first)
        fitting = bucket_count(sum(map(len, self.names.values())))
        if self.names and fitting > len(merged):
            return replace(self.now, sums=self._dealt(fitting, merged))
        return replace(self.now, sums=merged)

    def _dealt(self, count: int, sums: tuple[int, ...]) -> tuple[int, ...]:
        """Deal the names into more buckets, if every one of the present sums is what the names give."""
        dealt = [0] * count
        for number, present in self.names.items():
            if combined(value for value, _ in present) != sums[number]:
                return sums
            for value, _ in present:
                dealt[value & count - 1] ^= value
        return tuple(dealt)


def inode_of(folder: Folder) -> int:
    """Return the inode of a folder's `cur`, 0 when it is not there."""
    return inode(folder.cur)


def stamps_of(folder: Folder) -> tuple[int, ...]:
    """Return the change times of a folder's directories, nanoseconds since 1970, by the file system's clock."""
    stamps: list[int] = []
    for directory in (folder.new, folder.cur):
        try:
            state = Path(directory).stat()
        except FileNotFoundError:
            stamps += (0, 0)
        else:
            stamps += (state.st_mtime_ns, state.st_ctime_ns)
    return tuple(stamps)


def _full_name(folder: Folder, entry: Entry) -> str:
    """Return what stands for place and flags of a message, and of a draft for its content too."""
    name = f"{entry.directory.rpartition('/')[2]}/{entry.name}"
    if folder.role is not Role.DRAFTS:
        return name
    try:
        state = Path(entry.path).stat()
    except OSError:
        return name
    return f"{name} {state.st_ino} {state.st_size} {state.st_mtime_ns}"
