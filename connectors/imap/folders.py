"""Which folder is which: what the user says, what the server says (RFC 6154), what folders are usually called; never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7

from connectors.errors import Misconfigured
from connectors.folder_names import known_role
from connectors.imap.signin import Connection
from connectors.imap.wire import Reply, quoted
from rules.mail import Role

__all__ = ["Folder", "Folders", "Listed", "choose_folders", "find_folders", "read_listed"]

_ATTRIBUTES = {
    b"\\drafts": Role.DRAFTS,
    b"\\sent": Role.SENT,
    b"\\archive": Role.ARCHIVE,
    b"\\all": Role.ALL,
    b"\\allmail": Role.ALL,
    b"\\trash": Role.TRASH,
    b"\\junk": Role.JUNK,
    b"\\spam": Role.JUNK,
}
"""RFC 6154, and what XLIST called them."""
_UNUSABLE = frozenset({b"\\noselect", b"\\nonexistent"})
_NAMED = (Role.DRAFTS, Role.SENT, Role.ARCHIVE, Role.ALL, Role.TRASH)
_LISTED = re.compile(
    rb'\s*\((?P<marks>[^)]*)\) +(?:"(?P<delimiter>[^"\\]|\\.)"|NIL) +'
    rb'(?:"(?P<name>(?:[^"\\]|\\.)*)"|(?P<literal>~?\{\d+\+?\}$)|(?P<bare>[^"].*?))(?: +\(.*)?\s*$',
    re.IGNORECASE | re.DOTALL,
)
"""Attributes, delimiter, name; some servers leave names with brackets or blanks unquoted. Extended items are passed over."""
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_SHOWN = 40
_NAME_CAP = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One folder as the server lists it."""

    name: str
    """Decoded, as a mail client shows it."""
    wire: bytes
    """As it goes over the wire, without quotes."""
    delimiter: str
    attributes: frozenset[bytes]
    """Lower-case."""

    @property
    def last(self) -> str:
        """Return the last level of the name."""
        return self.name.rpartition(self.delimiter)[2] if self.delimiter else self.name

    @property
    def depth(self) -> int:
        """Return how deep it lies; a personal namespace `INBOX.` counts as no level."""
        if not self.delimiter:
            return 0
        levels = self.name.split(self.delimiter)
        return len(levels) - 1 - (len(levels) > 1 and levels[0].upper() in {"INBOX", "[GMAIL]", "[GOOGLE MAIL]"})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder in use."""

    role: Role
    name: str
    wire: bytes

    @property
    def argument(self) -> bytes:
        """Return the name as an argument of a command."""
        return quoted(self.wire)


Folders = Mapping[Role, Folder]


def find_folders(connection: Connection, wanted: Mapping[Role, str]) -> Folders:
    """List the folders and choose. Raises Misconfigured, naming what was seen and the key to set."""
    wire = connection.wire
    special = connection.can(b"SPECIAL-USE") and connection.can(b"LIST-EXTENDED")
    commands: list[tuple[bytes, ...]] = []
    if special:
        commands.append((b"LIST", b'""', b'"*"', b"RETURN", b"(SPECIAL-USE)"))
    commands.append((b"LIST", b'""', b'"*"'))
    if connection.can(b"XLIST") and not connection.can(b"SPECIAL-USE"):
        commands.insert(0, (b"XLIST", b'""', b'"*"'))
    answer = None
    for command in commands:
        answer = wire.ask(*command)
        if answer.ok:
            listed = read_listed(answer.replies, utf8=connection.can(b"UTF8=ONLY"))
            return choose_folders(listed, wanted, wire.where)
    assert answer is not None
    wire.do("listing the folders", b"LIST", b'""', b'"*"')
    raise Misconfigured(f"{wire.where} does not list its folders.")


def read_listed(replies: Iterable[Reply], *, utf8: bool = False) -> list[Listed]:
    """Read the replies of LIST or XLIST; a line that cannot be read costs that folder only."""
    found = []
    for reply in replies:
        head, _, rest = reply[0][2:].partition(b" ")
        if head.upper() not in {b"LIST", b"XLIST"}:
            continue
        folder = _listed([rest, *reply[1:]], utf8=utf8)
        if folder is not None:
            found.append(folder)
    return found[:_NAME_CAP]


def _listed(pieces: Reply, *, utf8: bool) -> Listed | None:
    found = _LISTED.match(pieces[0])
    if found is None:
        return None
    raw: bytes = found["name"] or found["bare"] or b""
    if found["literal"] is not None:
        raw = pieces[1] if len(pieces) > 1 else b""
    elif found["name"] is not None:
        raw = _ESCAPED.sub(rb"\1", raw)
    if not raw:
        return None
    delimiter = _ESCAPED.sub(rb"\1", found["delimiter"] or b"").decode("ascii", "replace")
    return Listed(_decoded(raw, utf8=utf8), raw, delimiter, frozenset(found["marks"].lower().split()))


def _decoded(raw: bytes, *, utf8: bool) -> str:
    """Decode modified UTF-7 (RFC 3501 section 5.1.3); servers of IMAP4rev2 or UTF8=ACCEPT send UTF-8, some send both."""
    if utf8 or any(octet > 0x7E for octet in raw):  # noqa: PLR2004 - beyond ASCII
        return raw.decode("utf-8", "replace")
    try:
        name = decode_utf7(raw)
        if encode_utf7(name) == raw:
            return str(name)
    except (UnicodeError, ValueError):
        pass
    return raw.decode("ascii", "replace")


def choose_folders(listed: Sequence[Listed], wanted: Mapping[Role, str], where: str) -> Folders:
    """Give each role its folder. Drafts must be found, Sent too unless it is clear that there is none yet.

    Order: what the user says (it must exist), the server's special-use marks, the usual names. Two candidates of one rank
    are an error for Drafts and Sent; the other roles then go without, for nothing is ever written there.
    """
    usable = [folder for folder in listed if not folder.attributes & _UNUSABLE]
    chosen: dict[Role, Folder] = {}
    inbox = next((folder for folder in usable if folder.name.upper() == "INBOX"), None)
    chosen[Role.INBOX] = Folder(Role.INBOX, "INBOX", inbox.wire if inbox else b"INBOX")
    for role, name in wanted.items():
        chosen[role] = _as_told(usable, role, name, where)
    for role in _NAMED:
        if role in chosen:
            continue
        taken = {folder.wire for folder in chosen.values()}
        found = _candidates([folder for folder in usable if folder.wire not in taken], role)
        if len(found) == 1:
            chosen[role] = Folder(role, found[0].name, found[0].wire)
        elif found and role in {Role.DRAFTS, Role.SENT}:
            names = ", ".join(repr(folder.name) for folder in found)
            raise Misconfigured(
                f"{where} has more than one folder that may be {role.value}: {names}. "
                f"Say which, for example: folders.{role.value} = {found[0].name!r}"
            )
    if Role.DRAFTS not in chosen:
        raise Misconfigured(
            f"No Drafts folder was found on {where}. Folders seen: {_shown(usable)}. Name it: folders.drafts = '...', "
            "or save one draft in your mail program, which makes the folder."
        )
    _check_sent(chosen, usable, where)
    return chosen


def _check_sent(chosen: Folders, usable: Sequence[Listed], where: str) -> None:
    """Refuse to go on without Sent, unless it is clear that nothing was ever kept there.

    A Sent folder that is there and not known would make a draft that the user sends look like one that was thrown away.
    A fresh account has none; it is looked for again before each pass.
    """
    if Role.SENT in chosen or Role.ALL in chosen:
        return
    taken = {folder.wire for folder in chosen.values()}
    unknown = [
        folder for folder in usable if folder.wire not in taken and known_role(folder.last) is None and not _marked(folder)
    ]
    if unknown:
        raise Misconfigured(
            f"No Sent folder was found on {where}. Folders seen: {_shown(usable)}. Name the one that keeps what you send: "
            "folders.sent = '...'"
        )


def _marked(folder: Listed) -> bool:
    return any(mark in _ATTRIBUTES for mark in folder.attributes)


def _as_told(usable: Sequence[Listed], role: Role, name: str, where: str) -> Folder:
    for folder in usable:
        if folder.name == name or (name.upper() == "INBOX" and folder.name.upper() == "INBOX"):
            return Folder(role, folder.name, folder.wire)
    if role is Role.INBOX and name.upper() == "INBOX":
        return Folder(role, "INBOX", b"INBOX")
    raise Misconfigured(f"folders.{role.value} = {name!r} does not exist on {where}. Folders seen: {_shown(usable)}.")


def _shown(usable: Sequence[Listed]) -> str:
    names = [repr(folder.name) for folder in usable[:_SHOWN]]
    return ", ".join(names) + (f" and {len(usable) - _SHOWN} more" if len(usable) > _SHOWN else "")


def _candidates(usable: Sequence[Listed], role: Role) -> list[Listed]:
    """Return the folders of the best rank that has any: marked by the server, else named so, the least deep first."""
    marked = [folder for folder in usable if any(_ATTRIBUTES.get(mark) is role for mark in folder.attributes)]
    if marked:
        return marked
    unmarked = [folder for folder in usable if not _marked(folder)]
    named = [folder for folder in unmarked if known_role(folder.last) is role]
    least = min((folder.depth for folder in named), default=0)
    return [folder for folder in named if folder.depth == least]
