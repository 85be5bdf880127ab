"""Which files of a folder hold mail, and which folder of the mailbox each is."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Final

from connectors.archive.postmarks import is_mbox
from connectors.errors import Misconfigured
from connectors.folder_names import decoded, known_role
from rules.mail import Role

__all__ = ["Form", "Source", "open_file", "sources"]

_PACKED: Final = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"7z\xbc\xaf", "7-Zip"))
_BEGIN: Final = 512
_MBOX_ENDINGS: Final = frozenset({"", ".mbox", ".mbx", ".txt"})
"""Programs give mbox files these endings, or none."""
_EARLIEST: Final = 631_152_000
"""1990: a number below is no time of a Maildir's file name."""
_LATEST: Final = 4_102_444_800


class Form(Enum):
    """How mail lies in a file."""

    MBOX = "mbox"
    SINGLE = "single"
    """One message a file."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file with mail in it."""

    path: str
    form: Form
    size: int
    role: Role | None = None
    """What the folder is for that it stands in, or is; None: not known."""
    filed: datetime | None = None
    """When the message came, by the name of its file (Maildir)."""
    flags: str = ""
    """The letters of a Maildir's file name."""


def open_file(path: str) -> int:
    """Return a descriptor of a regular file, opened for reading only. Raises OSError."""
    # A pipe among the mail would block an open without O_NONBLOCK for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file", path)
    return descriptor


def sources(top: Path) -> list[Source]:
    """Return the files with mail below `top`, or `top` itself, in the order of their names. Raises Misconfigured."""
    try:
        if not top.is_dir():
            return [_single(top)]
        found = list(_tree(top))
    except FileNotFoundError:
        raise Misconfigured(f"There is no file or folder {top}.") from None
    except OSError as error:
        raise Misconfigured(f"{top} cannot be read ({error.strerror or error}).") from error
    if not found:
        raise Misconfigured(
            f"There is no mail in {top}: neither a Maildir (`cur`, `new`), nor mbox files, nor files that end in .eml."
        )
    return found


def _single(path: Path) -> Source:
    begin = _beginning(str(path))
    for magic, kind in _PACKED:
        if begin.startswith(magic):
            raise Misconfigured(f"{path} is packed ({kind}). Unpack it, and name the mbox file or the folder that comes out.")
    form = Form.MBOX if is_mbox(begin) else Form.SINGLE
    if form is Form.SINGLE and path.suffix.lower() != ".eml" and b":" not in begin.partition(b"\n")[0]:
        raise Misconfigured(
            f"{path} is no mailbox: an mbox file begins with `From `, and a folder holds a Maildir or .eml files."
        )
    return Source(str(path), form, path.stat().st_size, _role_of(path.stem) if form is Form.MBOX else None)


def _tree(top: Path) -> Iterator[Source]:
    for folder, names, files in os.walk(top):
        names.sort()
        place = Path(folder)
        if "cur" in names:
            yield from _maildir(place, Role.INBOX if place == top else _role_of(place.name))
        names[:] = [name for name in names if not ("cur" in names and name in {"cur", "new", "tmp"})]
        for name in sorted(files):
            source = _file(place / name, None if place == top else _role_of(place.name))
            if source is not None:
                yield source


def _maildir(folder: Path, role: Role | None) -> Iterator[Source]:
    for part in ("cur", "new"):
        try:
            with os.scandir(folder / part) as found:
                entries = sorted((entry.name, entry.stat().st_size) for entry in found if _is_message(entry))
        except (FileNotFoundError, NotADirectoryError):
            continue
        for name, size in entries:
            yield Source(f"{folder}/{part}/{name}", Form.SINGLE, size, role, _stamp(name), name.partition(":2,")[2])


def _is_message(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.name.startswith(".") and entry.is_file()
    except OSError:
        return False


def _stamp(name: str) -> datetime | None:
    """Return the time with which the name of a Maildir's file begins."""
    digits = name.partition(".")[0]
    if not digits.isascii() or not digits.isdigit() or not _EARLIEST <= int(digits[:12]) < _LATEST:
        return None
    return datetime.fromtimestamp(int(digits), UTC)


def _file(path: Path, role: Role | None) -> Source | None:
    """Return a file of a plain folder if it holds mail; None for any other, and for one that cannot be read."""
    ending = path.suffix.lower()
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return None
        if ending == ".eml":
            return Source(str(path), Form.SINGLE, state.st_size, role)
        if ending in _MBOX_ENDINGS and is_mbox(_beginning(str(path))):
            return Source(str(path), Form.MBOX, state.st_size, _role_of(path.stem) or role)
    except OSError:
        return None
    return None


def _beginning(path: str) -> bytes:
    with os.fdopen(open_file(path), "rb") as file:
        return file.read(_BEGIN)


def _role_of(name: str) -> Role | None:
    """Return what a folder or file of this name is for; of several levels (`.INBOX.Sent`) the last one says it."""
    level = decoded(name.removeprefix(".").rpartition(".")[2])
    if level.casefold() == "inbox":
        return Role.INBOX
    return known_role(level) or known_role(decoded(name))
