"""Our categories on received mail: one at a time, the user's own beside them, gone without a trace on request.

A message names its categories by their names, and needs no right beyond writing mail. Colours stand in the master list of the
mailbox (https://learn.microsoft.com/en-us/graph/api/resources/outlookcategory), which needs MailboxSettings.ReadWrite: it is
asked only where the user wants colours (`category_colors`), and where it says no, the categories have none.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.base import Mark
from connectors.outlook.answers import Json, flag, records, text
from connectors.outlook.batches import Answer, Part
from connectors.outlook.reading import change_key, is_reference
from connectors.outlook.service import Service, segment, with_query

__all__ = ["CATEGORIES", "COLORS", "Categories"]

CATEGORIES: Final[Mapping[Mark, str]] = {
    Mark.WAITING: "Hearback: waiting",
    Mark.DRAFT_READY: "Hearback: draft ready",
    Mark.PAUSED: "Hearback: paused",
    Mark.DONE: "Hearback: done",
}
COLORS: Final[Mapping[Mark, str]] = {
    Mark.WAITING: "preset7",
    Mark.DRAFT_READY: "preset4",
    Mark.PAUSED: "preset3",
    Mark.DONE: "preset12",
}
"""Blue, green, yellow and gray, by the table of the page above."""
_OURS: Final = frozenset(name.casefold() for name in CATEGORIES.values())
_NOT_OURS_TO_MARK: Final = ("drafts", "sentitems", "deleteditems")
_MASTER: Final = "outlook/masterCategories"
_SELECT: Final = "id,categories,isDraft,parentFolderId"
_GONE: Final = frozenset({http.client.NOT_FOUND, http.client.GONE})
_CHANGED: Final = frozenset({http.client.CONFLICT, http.client.PRECONDITION_FAILED})
_SETTLED: Final = _GONE | {http.client.FORBIDDEN, http.client.BAD_REQUEST}
_NO_LIST: Final = frozenset(
    {http.client.FORBIDDEN, http.client.BAD_REQUEST, http.client.METHOD_NOT_ALLOWED, http.client.NOT_IMPLEMENTED, *_GONE}
)
_TRIES: Final = 3
_PAGE: Final = 200
_MOST_PAGES: Final = 100
_ROUNDS: Final = 20
_DOING: Final = "putting a category on mail"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Categories:
    """The categories of one mailbox, as far as this connection knows them."""

    service: Service
    _elsewhere: frozenset[str] | None = None
    """Folders whose mail is not received mail."""
    _listed: set[Mark] = field(default_factory=set)
    """Those that stand in the master list."""
    _no_list: bool = False

    def put(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Let these messages carry the category of `mark` and no other of ours; drafts, sent and deleted mail carry none.

        A message that is gone, or that the mailbox does not let us change, is passed over. Raises from the tree in
        `connectors.errors`.
        """
        left = list(dict.fromkeys(ref for ref in refs if is_reference(ref)))
        if not left:
            return
        if mark is not None:
            self._color(mark)
        wanted = [] if mark is None else [CATEGORIES[mark]]
        for _ in range(_TRIES):
            left = self._carry(left, wanted)
            if not left:
                return
        _log.info("%d messages change again and again while they are to carry a category; they are left for now", len(left))

    def remove(self) -> int:
        """Take our categories off all mail and out of the master list; return how many there were."""
        found = {mark for mark in CATEGORIES if self._take_off(CATEGORIES[mark])}
        self._listed.clear()
        for mark, ref in self._master() or ():
            found.add(mark)
            answer = self.service.batch([Part("DELETE", f"{_MASTER}/{segment(ref)}")], doing=_DOING)[0]
            if not answer.good and answer.status not in _NO_LIST:
                self.service.value(answer, _DOING)
        return len(found)

    # -- mail

    def _carry(self, refs: Sequence[str], wanted: Sequence[str]) -> list[str]:
        """Read what these messages carry and change what differs; return those that changed in between."""
        elsewhere = self._folders()
        again: list[str] = []
        changes: dict[str, Part] = {}
        for ref, answer in zip(refs, self._read(refs), strict=True):
            if not answer.good:
                if answer.status not in _SETTLED:
                    self.service.value(answer, _DOING)
                continue
            item = answer.json
            if flag(item, "isDraft") is True or text(item, "parentFolderId") in elsewhere:
                continue
            if (change := _change(ref, item, wanted)) is not None:
                changes[ref] = change
        for ref, answer in zip(changes, self.service.batch(list(changes.values()), doing=_DOING), strict=True):
            if answer.status in _CHANGED:
                again.append(ref)
            elif answer.good:
                self.service.wrote(change_key(answer.json))
            elif answer.status not in _SETTLED:
                self.service.value(answer, _DOING)
        return again

    def _read(self, refs: Sequence[str]) -> list[Answer]:
        query = {"$select": _SELECT}
        return self.service.batch([Part("GET", with_query(f"messages/{segment(ref)}", query)) for ref in refs], doing=_DOING)

    def _folders(self) -> frozenset[str]:
        if self._elsewhere is None:
            parts = [Part("GET", with_query(f"mailFolders/{name}", {"$select": "id"})) for name in _NOT_OURS_TO_MARK]
            answers = self.service.batch(parts, doing=_DOING)
            self._elsewhere = frozenset(text(answer.json, "id") for answer in answers if answer.good) - {""}
        return self._elsewhere

    def _take_off(self, name: str) -> bool:
        """Take a category off all mail; say whether any carried it."""
        found, done = 0, set[str]()
        for _ in range(_ROUNDS):
            items = {text(item, "id"): item for item in self._carrying(name)}
            fresh = {ref: item for ref, item in items.items() if is_reference(ref) and ref not in done}
            found = max(found, len(items))
            changes = {ref: change for ref, item in fresh.items() if (change := _change(ref, item, ())) is not None}
            if not changes:
                return bool(found)
            for ref, answer in zip(changes, self.service.batch(list(changes.values()), doing=_DOING), strict=True):
                if answer.status not in _CHANGED:
                    done.add(ref)
                    if not answer.good and answer.status not in _SETTLED:
                        self.service.value(answer, _DOING)
        return bool(found)

    def _carrying(self, name: str) -> Iterable[Json]:
        """Return all messages that carry a category; drafts are left alone."""
        found: list[Json] = []
        query = {"$filter": f"categories/any(c:c eq '{name}')", "$select": _SELECT}
        link, seen = with_query("messages", query), {""}
        for _ in range(_MOST_PAGES):
            answer = self.service.page(link, size=_PAGE, doing="looking for our categories")
            found += [item for item in records(answer, "value") if flag(item, "isDraft") is not True]
            link = text(answer, "@odata.nextLink")
            if link in seen:
                break
            seen.add(link)
        return found

    # -- the master list

    def _color(self, mark: Mark) -> None:
        """See that a category has its colour, once for a connection; a colour that the user chose stays."""
        if self._no_list or mark in self._listed or not self.service.settings.category_colors:
            return
        listed = self._master()
        self._listed |= {known for known, _ in listed or ()}
        if listed is None or mark in self._listed:
            return
        body = {"displayName": CATEGORIES[mark], "color": COLORS[mark]}
        answer = self.service.batch([Part("POST", _MASTER, body)], doing="making a category")[0]
        if answer.good or answer.status == http.client.CONFLICT:  # made by another program in this very moment
            self._listed.add(mark)
        else:
            self._without_colors(answer)

    def _master(self) -> list[tuple[Mark, str]] | None:
        """Return our entries of the master list with their ids; None where it cannot be read."""
        if self._no_list or not self.service.settings.category_colors:
            return None
        names = {name.casefold(): mark for mark, name in CATEGORIES.items()}
        found: list[tuple[Mark, str]] = []
        link, seen = _MASTER, {""}
        for _ in range(_MOST_PAGES):
            answer = self.service.batch([Part("GET", link)], doing="listing categories")[0]
            if not answer.good:
                self._without_colors(answer)
                return None
            for item in records(answer.json, "value"):
                mark = names.get(text(item, "displayName").casefold())
                if mark is not None and text(item, "id"):
                    found.append((mark, text(item, "id")))
            link = text(answer.json, "@odata.nextLink")
            if link in seen or not self.service.is_own(link):
                break
            seen.add(link)
        return found

    def _without_colors(self, answer: Answer) -> None:
        """Go on without the master list; a refusal that may pass is tried again when a category is next needed."""
        if answer.status in _NO_LIST:
            self._no_list = True
            _log.warning("Outlook does not let us choose the colours of categories for %s", self.service.settings.address)


def _change(ref: str, item: Json, wanted: Sequence[str]) -> Part | None:
    """Return what lets a message carry the wanted ones of our categories beside its own; None where it does."""
    named = item.get("categories")
    standing = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    kept = [one for one in standing if one.casefold() not in _OURS or one in wanted]
    after = list(dict.fromkeys([*kept, *wanted]))
    if after == standing:
        return None
    etag = text(item, "@odata.etag")
    return Part("PATCH", f"messages/{segment(ref)}", {"categories": after}, {"If-Match": etag} if etag else {})
