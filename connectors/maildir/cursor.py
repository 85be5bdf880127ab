"""What a mailbox looked like, small enough to be stored with every page.

The names of 50,000 messages would be 4 MB. Instead each folder's names are dealt by their hash into buckets, and of each
bucket the cursor holds the exclusive-or of the hashes, 64 bits. A bucket whose sum is the same holds the same names. One whose
sum differs by the hash of a single name has got that name. Any other bucket that differs is listed anew: at-least-once, and the
duplicates are a bucketful at most. Nothing depends on time stamps, so mail that another client moves in is seen whatever
its name and date; the stamps of the directories only spare the listing when nothing can have changed.

A page covers whole buckets, and the cursor of a page is the old sums with the new ones of the buckets that it has covered. So
every cursor on the way can be resumed from, and mail that comes while a listing runs changes a sum and is in a later one.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final, Self

__all__ = ["Cursor", "Seen", "bucket_count", "combined", "hashed"]

TAG: Final = "maildir1 "
_FEWEST: Final = 64
_MOST: Final = 1024
_NAMES_A_BUCKET: Final = 16
_SUM_BYTES: Final = 8


def hashed(name: str) -> int:
    """Return 64 bits that stand for a name."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogateescape"), digest_size=_SUM_BYTES).digest(), "big")


def combined(hashes: Iterable[int]) -> int:
    """Return the exclusive-or of hashes, which must be of different names."""
    total = 0
    for value in hashes:
        total ^= value
    return total


def bucket_count(names: int) -> int:
    """Return how many buckets a folder of so many names gets: a power of two."""
    count = _FEWEST
    while count < _MOST and count * _NAMES_A_BUCKET < names:
        count *= 2
    return count


@dataclass(frozen=True, slots=True)
class Seen:
    """What one folder looked like."""

    inode: int
    """Of its `cur`: another one means that the folder was made anew."""
    sums: tuple[int, ...]
    """One a bucket; none for Drafts, whose messages are not delivered."""
    state: int = 0
    """Hash over the full names, flags and places included."""
    stamps: tuple[int, ...] = ()
    """The times of its directories; empty when they were too young to be relied on."""
    first: bool = False
    """True while the first listing is not yet whole."""

    def to_json(self) -> dict[str, object]:
        """Return the form that goes into the cursor."""
        packed = struct.pack(f">{len(self.sums)}Q", *self.sums)
        return {
            "inode": self.inode,
            "sums": base64.b64encode(packed).decode("ascii"),
            "state": f"{self.state:x}",
            "stamps": list(self.stamps),
            "first": self.first,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """Read what `to_json` gave. Raises ValueError, TypeError or KeyError."""
        inode, sums, state, stamps = value["inode"], value["sums"], value["state"], value["stamps"]
        if not (isinstance(inode, int) and isinstance(sums, str) and isinstance(state, str) and isinstance(stamps, list)):
            raise TypeError("a field of the cursor has the wrong type")
        packed = base64.b64decode(sums, validate=True)
        words = struct.unpack(f">{len(packed) // _SUM_BYTES}Q", packed)
        count = len(words)
        if count and (not _FEWEST <= count <= _MOST or count & (count - 1)):
            raise ValueError("the cursor has a wrong number of buckets")
        return cls(inode, words, int(state, 16), tuple(int(stamp) for stamp in stamps), value["first"] is True)


@dataclass(frozen=True, slots=True)
class Cursor:
    """What all folders looked like."""

    listed_ns: int = 0
    """The file system's time before the listing, nanoseconds since 1970; 0 when it could not be asked."""
    folders: Mapping[str, Seen] = field(default_factory=dict)

    def with_folder(self, id_: str, seen: Seen) -> Self:
        """Return a copy in which one folder looks different."""
        return replace(self, folders={**self.folders, id_: seen})

    def __str__(self) -> str:
        """Return the opaque form."""
        folders = {id_: seen.to_json() for id_, seen in sorted(self.folders.items())}
        return TAG + json.dumps({"listed": self.listed_ns, "folders": folders}, separators=(",", ":"), sort_keys=True)

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Read the opaque form; None when there is none or when it is not one of ours."""
        if text is None or not text.startswith(TAG):
            return None
        try:
            value = json.loads(text.removeprefix(TAG))
            folders = {str(id_): Seen.from_json(seen) for id_, seen in value["folders"].items()}
            return cls(int(value["listed"]), folders)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error):
            return None
