"""Which folders there are, and what each is for.

Well-known names hold in every language (https://learn.microsoft.com/en-us/graph/api/resources/mailfolder); the whole tree comes
with https://learn.microsoft.com/en-us/graph/api/mailfolder-delta, which also tells what changed in it since.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connectors.errors import Misconfigured, NotFound, Refused, Throttled, Unavailable
from connectors.outlook.answers import Json, flag, number, record, records, text
from connectors.outlook.batches import Answer, Part
from connectors.outlook.service import Service, segment, with_query
from rules.mail import Role
from rules.mail.encoding import clean

__all__ = ["Folder", "Folders", "find_folders", "folder_parts", "follow_folders"]

_ROLES: Final[Mapping[str, Role]] = {
    "inbox": Role.INBOX,
    "sentitems": Role.SENT,
    "drafts": Role.DRAFTS,
    "archive": Role.ARCHIVE,
    "junkemail": Role.JUNK,
}
_NEEDED: Final = ("inbox", "sentitems", "drafts")
_AWAY: Final = ("deleteditems", "outbox", "conversationhistory", "syncissues", "recoverableitemsdeletions", "searchfolders")
"""What holds no mail of the user's, together with all below."""
_ROOT: Final = "msgfolderroot"
_NAMES: Final = (*_ROLES, *_AWAY, _ROOT)
_SELECT: Final = "displayName,parentFolderId,isHidden"
_PAGE: Final = 200
_MOST_PAGES: Final = 100
_MOST_DEPTH: Final = 300
"""Exchange Online allows as many levels."""
_MOST: Final = 5000
_SEARCH: Final = "#microsoft.graph.mailsearchfolder"
_DOING: Final = "listing the folders"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the mailbox."""

    ref: str
    name: str
    """As the user sees it."""
    parent: str
    hidden: bool = False


class Folders:
    """The tree of one mailbox, kept up to date by the delta link that came with it."""

    def __init__(self, well_known: Mapping[str, str], tree: Mapping[str, Folder]) -> None:
        """Take the ids of the well-known folders by their names, and all folders by their ids."""
        self._known = dict(well_known)
        self._names = {ref: name for name, ref in well_known.items()}
        self._tree = dict(tree)
        self._left_out: set[str] = set()
        self._followed: dict[str, Role] | None = None
        self.link = ""
        """What to ask for changes of the tree; empty where nothing is known to ask."""
        self.walked = False
        """Whether the service tells no changes of it, and it has to be listed level by level."""

    def followed(self) -> Mapping[str, Role]:
        """Return the folders that are read, by their ids: inbox and sent first, the user's own next, then drafts and spam."""
        if self._followed is None:
            roles = {ref: role for name, role in _ROLES.items() if (ref := self._known.get(name)) is not None}
            own = {ref: Role.ARCHIVE for ref in self._tree if ref not in roles and self._is_the_users(ref)}
            late = {ref: role for ref, role in roles.items() if role in {Role.DRAFTS, Role.JUNK}}
            both = {ref: role for ref, role in roles.items() if ref not in late} | own | late
            self._followed = {ref: role for ref, role in both.items() if ref not in self._left_out}
        return self._followed

    def role_of(self, ref: str) -> Role | None:
        """Return what a folder is for; None where it is not read: thrown away, hidden, not known."""
        return self.followed().get(ref)

    def named(self) -> tuple[tuple[Role, str], ...]:
        """Return the folders that are read, as the user would see their names."""
        return tuple((role, self._path(ref)) for ref, role in self.followed().items())

    def take(self, rows: Sequence[Json]) -> None:
        """Take in what the service says of folders: new ones, other names, other places, removed ones."""
        for row in rows:
            ref = text(row, "id")
            if not ref:
                continue
            before = self._tree.get(ref)
            if record(row, "@removed") or "@removed" in row:
                self._tree.pop(ref, None)
                self._left_out.discard(ref)
            elif len(self._tree) < _MOST and (made := _folder(row, before)) is not None:
                self._tree[ref] = made
        self._followed = None

    def keep(self, refs: Container[str]) -> None:
        """Drop all folders but these and the well-known ones."""
        self._tree = {ref: folder for ref, folder in self._tree.items() if ref in refs or ref in self._names}
        self._followed = None

    def leave_out(self, ref: str) -> None:
        """Read a folder no more: it is gone, or not ours to read."""
        self._left_out.add(ref)
        self._followed = None

    def _is_the_users(self, ref: str) -> bool:
        """Say whether a folder is one in which the user's rules may file mail."""
        for depth, folder in enumerate(self._above(ref)):
            name = self._names.get(folder.ref, "")
            if folder.hidden or name in _AWAY or (depth and name == "junkemail"):
                return False
            if name == _ROOT:
                return depth > 0
        return True

    def _above(self, ref: str) -> Iterator[Folder]:
        """Yield a folder and those above it."""
        seen: set[str] = set()
        while ref in self._tree and ref not in seen and len(seen) < _MOST_DEPTH:
            seen.add(ref)
            yield self._tree[ref]
            ref = self._tree[ref].parent

    def _path(self, ref: str) -> str:
        names = [folder.name for folder in self._above(ref) if self._names.get(folder.ref) != _ROOT]
        return "/".join(reversed(names)) or self._names.get(ref, "")


def _folder(row: Json, before: Folder | None) -> Folder | None:
    """Return a folder as the service tells it; what it does not tell is as it was. None for what is no folder of mail."""
    if text(row, "@odata.type").lower() == _SEARCH:
        return None
    hidden = flag(row, "isHidden")
    return Folder(
        text(row, "id"),
        clean(text(row, "displayName")) or (before.name if before else ""),
        text(row, "parentFolderId") or (before.parent if before else ""),
        hidden if hidden is not None else before is not None and before.hidden,
    )


def folder_parts() -> list[Part]:
    """Return the requests whose answers `find_folders` reads; they fit into one batch with five others."""
    select = {"$select": "id,displayName,parentFolderId"}
    well_known = [Part("GET", with_query(f"mailFolders/{name}", select)) for name in _NAMES]
    return [*well_known, Part("GET", _listing(), headers={"Prefer": f"odata.maxpagesize={_PAGE}"})]


def _listing() -> str:
    return with_query("mailFolders/delta", {"$select": _SELECT})


def find_folders(service: Service, answers: Sequence[Answer]) -> Folders:
    """Return the folders of a mailbox, by the answers to `folder_parts`. Raises from the tree in `connectors.errors`."""
    known: dict[str, str] = {}
    found: list[Json] = []
    for name, answer in zip(_NAMES, answers, strict=False):
        try:
            row = service.value(answer, _DOING, one=name not in _NEEDED)
        except (NotFound, Refused) as error:
            if name in _NEEDED:
                raise Misconfigured(f"The mailbox has no folder that Outlook calls {name}. {error}") from error
            continue  # not every mailbox has an archive, and not everybody with whom one is shared may see it
        if ref := text(row, "id"):
            known[name] = ref
            found.append(row)
    if not all(name in known for name in _NEEDED):
        raise Unavailable("Outlook does not say where the inbox, the drafts and the sent mail are; it is asked again.")
    folders = Folders(known, {})
    folders.take(found)
    try:
        relist(service, folders, service.value(answers[len(_NAMES)], _DOING, one=True))
    except (NotFound, Refused) as error:
        _log.info("Outlook tells no changes of its folders; they are listed each time: %s", error)
        try:
            _walk(service, folders)
        except (NotFound, Refused) as refused:
            _log.warning("Outlook does not list the folders of the user's own; only its own ones are read: %s", refused)
    return folders


def relist(service: Service, folders: Folders, page: Json | None = None) -> None:
    """Read the listing of all folders to its end, from a page on, or from its beginning."""
    page = service.page(_listing(), size=_PAGE, doing=_DOING, one=True) if page is None else page
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        folders.take(records(page, "value"))
        following = text(page, "@odata.nextLink")
        if not following or following in seen:
            break
        seen.add(following)
        page = service.page(service.absolute(following), size=_PAGE, doing=_DOING, one=True)
    link = text(page, "@odata.deltaLink")
    folders.link = service.absolute(link) if link else ""


def _walk(service: Service, folders: Folders) -> None:
    """Read the tree level by level (https://learn.microsoft.com/en-us/graph/api/mailfolder-list-childfolders)."""
    folders.walked, folders.link = True, ""
    headers = {"Prefer": f"odata.maxpagesize={_PAGE}"}
    seen: set[str] = set()
    level = ["mailFolders"]
    for _ in range(_MOST_DEPTH):
        parts = [Part("GET", with_query(path, {"$select": f"id,{_SELECT},childFolderCount"}), headers=headers) for path in level]
        below: list[str] = []
        for path, answer in zip(level, service.batch(parts, doing=_DOING), strict=True):
            try:
                rows = _all_rows(service, service.value(answer, _DOING, one=True))
            except (NotFound, Refused):
                if path == "mailFolders":
                    raise
                continue  # gone, or not for us to see
            folders.take(rows)
            new = dict.fromkeys(ref for row in rows if (ref := text(row, "id")) and ref not in seen)
            leaves = {text(row, "id") for row in rows if number(row, "childFolderCount") == 0}
            inner = [ref for ref in new if ref not in leaves and folders.role_of(ref) not in {None, Role.JUNK}]
            below += [f"mailFolders/{segment(ref)}/childFolders" for ref in inner]
            seen.update(new)
        if not below or len(seen) > _MOST:
            break
        level = below
    folders.keep(seen)


def _all_rows(service: Service, page: Json) -> list[Json]:
    """Return the rows of a listing, from a page on."""
    rows: list[Json] = []
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        rows += records(page, "value")
        following = text(page, "@odata.nextLink")
        if not following or following in seen:
            break
        seen.add(following)
        page = service.page(service.absolute(following), size=_PAGE, doing=_DOING, one=True)
    return rows


def follow_folders(service: Service, folders: Folders, answer: Answer | None) -> None:
    """Take in what changed in the tree, by the answer to its delta link, if there is one.

    Where it cannot be had the tree stays as it is, and mail is read all the same. Raises Throttled, AuthNeeded and Misconfigured.
    """
    try:
        if folders.walked:
            _walk(service, folders)
            return
        try:
            relist(service, folders, None if answer is None else service.value(answer, _DOING, one=True))
        except (NotFound, Refused):
            if answer is None:
                raise
            _log.info("Outlook does not know any more which folders were seen; they are listed anew")
            relist(service, folders)
    except Throttled:
        raise
    except (NotFound, Refused, Unavailable) as error:
        _log.info("Which folders there are cannot be asked at the moment: %s", error)
