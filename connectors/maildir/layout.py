"""Which directory is which folder.

Three layouts are read, and mixtures of them: Maildir++ (the inbox at the top, `.Drafts` beside its `cur`), plain
sub-directories (`Drafts/cur`), and the latter with the inbox as one of them (`INBOX/cur`), as synchronisers lay them out.
Names are compared in UTF-8 and in modified UTF-7 (RFC 9051, section 5.1), which Maildir++ servers write to disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connectors.errors import Misconfigured
from connectors.folder_names import decoded, known_role, plain
from rules.mail import Role

__all__ = ["Folder", "MaildirSettings", "create_maildir", "discover"]

READ = (Role.INBOX, Role.SENT, Role.ARCHIVE, Role.DRAFTS)
"""The roles that matter here, in the order in which they are listed."""
_PREFIXES = frozenset({"inbox", "[gmail]", "[google mail]"})
"""Names under which servers keep the folders of the account one level down."""


@dataclass(frozen=True, slots=True)
class MaildirSettings:
    """Where the mailbox is."""

    path: Path
    """The top directory; `~` is the home directory."""
    folders: Mapping[Role, str] = field(default_factory=dict)
    """Folder names that are not to be found by themselves: the name of the directory below `path`, or as a client shows it."""
    page_size: int = 200
    """Most envelopes in one page of `changes`."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One directory with `cur`, `new` and `tmp`."""

    role: Role
    name: str
    """As a mail client would show it."""
    path: str
    id: str
    """The path below the top directory; empty for the top directory itself."""

    @property
    def cur(self) -> str:
        """Return the directory of the mail that a client has seen."""
        return f"{self.path}/cur"

    @property
    def new(self) -> str:
        """Return the directory of the mail that no client has seen."""
        return f"{self.path}/new"

    @property
    def tmp(self) -> str:
        """Return the directory in which files are written."""
        return f"{self.path}/tmp"  # noqa: S108 - a part of every Maildir folder


def discover(settings: MaildirSettings) -> dict[Role, tuple[Folder, ...]]:
    """Find the folders. Exactly one inbox and one Drafts, any number of Sent and Archive. Raises Misconfigured.

    A Drafts folder is never guessed: two that could be it are as bad as none, and the user is asked.
    """
    top = settings.path.expanduser()
    _check_top(top)
    directories = dict(_directories(top))
    found: dict[Role, list[Folder]] = {role: [] for role in READ}
    for role, name in settings.folders.items():
        if name and role in found:
            found[role] = [_configured(top, directories, role, name)]
    configured = {folder.path for folders in found.values() for folder in folders}
    for id_, levels in directories.items():
        if str(top / id_) in configured:
            continue
        role_found = _role(levels)
        if role_found in found and not settings.folders.get(role_found):
            found[role_found].append(Folder(role_found, "/".join(levels) or "INBOX", str(top / id_), id_))
    _check_one(top, Role.INBOX, found[Role.INBOX])
    _check_one(top, Role.DRAFTS, found[Role.DRAFTS])
    return {role: tuple(sorted(folders, key=lambda folder: folder.id)) for role, folders in found.items()}


def create_maildir(path: Path) -> None:
    """Make an empty mailbox with Drafts, Sent, Archive and Trash in the Maildir++ layout; what is there is kept."""
    for name in ("", ".Drafts", ".Sent", ".Archive", ".Trash"):
        for part in ("cur", "new", "tmp"):
            (path / name / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        if name:
            (path / name / "maildirfolder").touch(mode=0o600)


def _check_top(top: Path) -> None:
    if not top.is_dir():
        raise Misconfigured(
            f"There is no mailbox directory at {top}. Set `path` to the directory that holds `cur` and `new`, or to the one "
            "that holds your folders."
        )
    if not os.access(top, os.R_OK | os.X_OK):
        raise Misconfigured(f"The mailbox directory {top} cannot be read. Give the user who runs Hearback the right to read it.")


def _check_one(top: Path, role: Role, folders: list[Folder]) -> None:
    if len(folders) == 1:
        return
    if folders:
        names = " and ".join(f"`{folder.id or '.'}`" for folder in folders)
        raise Misconfigured(
            f"The mailbox {top} has more than one folder for {role}: {names}. Set `folders.{role}` to one of them."
        )
    if role is Role.INBOX:
        raise Misconfigured(
            f"{top} is not a Maildir: neither it nor an INBOX in it has a `cur` directory. Set `path` to your mailbox."
        )
    raise Misconfigured(
        f"The mailbox {top} has no Drafts folder under any name that is known. Make one in your mail client, or set "
        f"`folders.{role}` to the directory that your client uses."
    )


def _configured(top: Path, directories: Mapping[str, tuple[str, ...]], role: Role, name: str) -> Folder:
    wanted = plain(name)
    matches = [id_ for id_ in directories if id_ == name.rstrip("/")] or [
        id_ for id_, levels in directories.items() if wanted in {plain("/".join(levels)), plain(".".join(levels))}
    ]
    if len(matches) == 1:
        return Folder(role, "/".join(directories[matches[0]]) or "INBOX", str(top / matches[0]), matches[0])
    known = ", ".join(sorted("/".join(levels) or "INBOX" for levels in directories.values())) or "none"
    raise Misconfigured(f"`folders.{role}` names {name!r}, which is not a folder of {top}. Folders there: {known}.")


def _role(levels: tuple[str, ...]) -> Role | None:
    if not levels or (len(levels) == 1 and plain(levels[0]) == "inbox"):
        return Role.INBOX
    if len(levels) == 1 or (len(levels) == 2 and plain(levels[0]) in _PREFIXES):  # noqa: PLR2004 - prefix and name
        return known_role(levels[-1])
    return None


def _directories(top: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (path below top, levels of its name) of each Maildir: the top, and two levels of sub-directories."""
    if _is_maildir(top):
        yield "", ()
    for name in _subdirectories(top):
        levels = _levels(name)
        if _is_maildir(top / name):
            yield name, levels
        if not name.startswith("."):
            for inner in _subdirectories(top / name):
                if _is_maildir(top / name / inner):
                    yield f"{name}/{inner}", (*levels, *_levels(inner))


def _levels(name: str) -> tuple[str, ...]:
    """Return the levels of a directory's name: in Maildir++ it begins with a dot, and dots stand between them."""
    return tuple(decoded(level) for level in name[1:].split(".")) if name.startswith(".") else (decoded(name),)


def _subdirectories(path: Path) -> list[str]:
    try:
        with os.scandir(path) as found:
            return sorted(entry.name for entry in found if entry.name not in {"cur", "new", "tmp"} and _is_directory(entry))
    except OSError:
        return []


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_maildir(path: Path) -> bool:
    return (path / "cur").is_dir()
