"""What happened since, folder by folder: https://learn.microsoft.com/en-us/graph/delta-query-messages.

The first page of every folder comes with the others in one batch, so that a quiet pass is one request; further pages come one by
one. A first round lists what was received since a moment, newest first. With a filter it tells 5,000 messages at most; where it
may have been cut short, the older ones are listed without it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from connectors.base import Changes
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, NotFound, Refused, Throttled, Unavailable
from connectors.outlook.answers import Json, instant, records, text
from connectors.outlook.batches import Answer, Part
from connectors.outlook.cursor import Cursor, Place
from connectors.outlook.folders import Folders, follow_folders
from connectors.outlook.reading import SELECT, change_key
from connectors.outlook.refusal import SyncLostError
from connectors.outlook.rows import Rows, read_rows
from connectors.outlook.service import Service, segment, with_query
from connectors.refusal import strange
from rules.mail import Role, Wants

__all__ = ["list_changes"]

_IN_A_BATCH: Final = 50
"""Messages of one folder in an answer that holds many folders."""
_CUT_SHORT: Final = 4500
"""Messages in a first round from which on it may have been cut short at 5,000."""
_EMPTY_PAGES: Final = 20
"""Pages in a row that tell nothing which was not told before, each naming another one, after which a pass leaves a folder."""
_RESTARTS: Final = 3
"""Times that a folder is begun anew within one pass."""
_GIVEN_UP: Final = 3
"""Passes in which a folder of the user's own fails, while others do not, after which they go on without it."""
_FAILED: Final[Counter[tuple[str, str]]] = Counter()
"""How often each folder failed. It outlives the connection, which such trouble ends."""
_REMEMBERED: Final = 1000
_DOING: Final = "asking what is new"
_log = logging.getLogger(__name__)


def list_changes(
    service: Service, folders: Folders, cursor: Cursor, since: datetime, wants: Wants, *, reset: bool
) -> Iterator[Changes]:
    """Yield what is new behind the cursor, a page for each answer that holds anything, then a last page, perhaps an empty one.

    Raises from the tree in `connectors.errors`; every page that was yielded is behind its cursor then. Where only some folders
    fail, what the others hold comes first.
    """
    yield from _Pass(service, folders, cursor, since, wants, reset=reset).pages()


@dataclass(slots=True)
class _Pass:
    """One pass over all folders."""

    service: Service
    folders: Folders
    cursor: Cursor
    since: datetime
    wants: Wants
    reset: bool = field(kw_only=True)
    """Whether the next page has to say that a place was lost."""
    failed: ConnectorError | None = None
    restarts: Counter[str] = field(default_factory=Counter)
    misses: int = 0
    """Pages that could not be had."""

    def pages(self) -> Iterator[Changes]:
        """Yield the pages of all folders."""
        asked: set[str] = set()
        while waiting := self._waiting(asked):
            asked.update(waiting)
            yield from self._together(waiting)
        for folder in list(self.folders.followed()):
            yield from self._older(folder)
        self._forget()
        if self.failed is not None:
            raise self.failed
        yield Changes(cursor=str(self.cursor), reset=self._told())

    # -- the first page of each folder

    def _waiting(self, asked: set[str]) -> list[str]:
        """Return the folders that were not asked about yet: all, and then those that turned up meanwhile."""
        self._forget()
        return [ref for ref in self.folders.followed() if ref not in asked]

    def _forget(self) -> None:
        """Drop the places of folders that are not read any more."""
        followed = self.folders.followed()
        if any(ref not in followed for ref in self.cursor.places):
            places = {ref: place for ref, place in self.cursor.places.items() if ref in followed}
            self.cursor = replace(self.cursor, places=places)

    def _together(self, waiting: Sequence[str]) -> Iterator[Changes]:
        """Ask about folders in as few requests as there can be, and yield what they hold, with all their further pages."""
        size = min(_IN_A_BATCH, self.service.settings.page_size)
        prefer = {"Prefer": f"odata.maxpagesize={size}"}
        for ref in waiting:
            if not self.service.is_own(self._place(ref).link):
                self._lose(ref)
        parts = [Part("GET", self._link(ref), headers=prefer) for ref in waiting]
        if tree := self.folders.link:
            parts.append(Part("GET", tree))
        answers = self.service.batch(parts, doing=_DOING)
        follow_folders(self.service, self.folders, answers.pop() if tree else None)
        still = [(ref, answer) for ref, answer in zip(waiting, answers, strict=True) if self.folders.role_of(ref) is not None]
        good = {ref: answer for ref, answer in still if self._is_good(ref, answer)}
        told = [row for answer in good.values() for row in _rows(answer.json) if "@removed" not in row]
        arrived = {text(row, "id") for row in told if change_key(row) not in self.service.own}
        for ref, _ in still:
            page = good[ref].json if ref in good else None
            if page is not None or self._is_new(ref):
                yield from self._folder(ref, page, arrived)

    def _is_good(self, ref: str, answer: Answer) -> bool:
        """Say whether a folder told anything; else take in why not."""
        try:
            self.service.value(answer, _DOING)
        except ConnectorError as error:
            self._take_failure(ref, error)
            return False
        return True

    def _take_failure(self, ref: str, error: ConnectorError) -> bool:
        """Begin a folder anew and return true; else leave it out, or keep the error for the end of the pass."""
        place = self._place(ref)
        role = self.folders.role_of(ref)
        if isinstance(error, SyncLostError) or (isinstance(error, (NotFound, Refused)) and place.link):
            self._lose(ref)
            return True
        if isinstance(error, (NotFound, Refused, AuthNeeded, Misconfigured)) and role in {Role.ARCHIVE, Role.JUNK}:
            _log.info("A folder of the mailbox is left out: %s", error)  # were it all of them, the inbox would say so
            self.folders.leave_out(ref)
        elif isinstance(error, Unavailable) and not isinstance(error, Throttled) and self._is_hopeless(ref):
            _log.warning("Outlook cannot list a folder in spite of many tries; this pass goes on without it: %s", error)
        else:
            if isinstance(error, (NotFound, Refused)):
                error = Unavailable(f"Mail cannot be listed at the moment. {error}")
            if self.failed is None or not isinstance(error, Unavailable):
                self.failed = error
        return False

    def _is_hopeless(self, ref: str) -> bool:
        """Count a failure of a folder; say whether it fails again and again and is none that anything waits for."""
        key = (self.service.settings.address, ref)
        if len(_FAILED) > _REMEMBERED:
            _FAILED.clear()
        _FAILED[key] += 1
        return _FAILED[key] > _GIVEN_UP and self.folders.role_of(ref) in {Role.ARCHIVE, Role.JUNK}

    def _miss(self, ref: str, error: Unavailable) -> None:
        """Take in that a page could not be had. Raises the error where it is not this folder alone."""
        self.misses += 1
        if self.misses > 1:
            raise error
        self._take_failure(ref, error)

    def _lose(self, ref: str) -> None:
        """Begin a folder anew. What had been read of it may have changed unseen, unless its first listing was under way."""
        place = self._place(ref)
        if not place.first:
            _log.warning("Outlook does not know any more how far a folder was read; it is listed anew")
            self.reset = True
        self.restarts[ref] += 1
        self.cursor = self.cursor.at(ref, Place())

    def _is_new(self, ref: str) -> bool:
        """Say whether a folder was begun anew in this pass and is still to be asked about."""
        return bool(self.restarts[ref]) and not self._place(ref).link

    # -- one folder to its end

    def _folder(self, ref: str, page: Json | None, arrived: set[str]) -> Iterator[Changes]:
        """Yield what a page of a folder holds, and all pages behind it."""
        seen: set[str] = set()
        told: set[int] = set()
        empty = 0
        while True:
            if page is None:
                page = self._ask(ref)
                if page is None:
                    return
            asked, rows = self._place(ref), _rows(page)
            place, more = self._behind(ref, page, rows)
            yield from self._deliver(ref, rows, place, arrived)
            news = {hash((text(row, "id"), change_key(row), "@removed" in row)) for row in rows} - told
            told |= news
            empty = 0 if news else empty + 1
            if not more:
                return
            if place.link in seen or empty > _EMPTY_PAGES or place.link == asked.link:
                _log.warning("Outlook names the same page of a folder again and again; this pass leaves the folder there")
                if rows and empty <= _EMPTY_PAGES:  # what stands behind cannot be reached so: it is listed anew, newest first
                    self.cursor = self.cursor.at(ref, Place())
                return
            seen.add(place.link)
            page = None

    def _ask(self, ref: str) -> Json | None:
        """Return the next page of a folder; None where the pass has to leave it."""
        while self.restarts[ref] <= _RESTARTS:
            try:
                page = self.service.page(self._link(ref), size=self.service.settings.page_size, doing=_DOING)
            except Throttled:
                raise
            except Unavailable as error:
                self._miss(ref, error)
                return None
            except (NotFound, Refused) as error:
                if not self._take_failure(ref, error):
                    return None
            else:
                _FAILED.pop((self.service.settings.address, ref), None)
                return page
        self.failed = self.failed or Unavailable("Outlook forgets again and again how far a folder was read.")
        return None

    def _behind(self, ref: str, page: Json, rows: Sequence[Json]) -> tuple[Place, bool]:
        """Return where a folder stands behind a page, and whether another page follows at once. Raises Unavailable."""
        place = self._place(ref)
        stamps = [stamp for row in rows if (stamp := instant(row, "receivedDateTime")) is not None]
        if place.first:
            oldest = min([*stamps, *([datetime.fromisoformat(place.oldest)] if place.oldest else [])], default=None)
            count = place.count + sum("@removed" not in row for row in rows)
            place = replace(place, count=count, oldest=oldest.isoformat() if oldest else "")
        following, done = (self._own(text(page, name)) for name in ("@odata.nextLink", "@odata.deltaLink"))
        if following:
            return replace(place, link=following), True
        if not done:
            return place, False  # the same is asked again next time
        cut = place.first and place.count >= _CUT_SHORT and self.folders.role_of(ref) is not Role.DRAFTS
        older = _later(datetime.fromisoformat(place.oldest)) if cut and place.oldest else place.older
        return Place(link=done, first=False, older=older), False

    def _own(self, link: str) -> str:
        """Return the whole address of a page; raises Unavailable for one at another place."""
        if not link:
            return ""
        link = self.service.absolute(link)
        if not self.service.is_own(link):
            raise strange(self.service.settings, "the address of the next page is at another place")
        return link

    def _deliver(self, ref: str, rows: Sequence[Json], place: Place, arrived: set[str]) -> Iterator[Changes]:
        """Yield what rows come to, with the cursor behind them; nothing where they come to nothing."""
        before = self._place(ref)
        role = self.folders.followed()[ref]
        news = read_rows(self.service, self.folders, role, rows, self.wants, first=before.first, arrived=arrived)
        self.cursor = self.cursor.at(ref, place)
        if news.says_anything:
            yield self._page(news)

    def _page(self, news: Rows) -> Changes:
        return Changes(
            cursor=str(self.cursor),
            envelopes=tuple(news.envelopes),
            messages=tuple(news.messages),
            removed=tuple(news.removed),
            touched=frozenset(news.touched),
            reset=self._told(),
            more=True,
        )

    def _told(self) -> bool:
        """Return whether a place was lost, once."""
        reset, self.reset = self.reset, False
        return reset

    # -- what a first round left out

    def _older(self, ref: str) -> Iterator[Changes]:
        """Yield what was received before the oldest message that a first round told, newest first."""
        role = self.folders.followed()[ref]
        while (place := self._place(ref)).older:
            try:
                page = self.service.page(
                    place.page or self._listing(ref, place.older), size=self.service.settings.page_size, doing=_DOING
                )
            except Throttled:
                raise
            except Unavailable as error:
                self._miss(ref, error)
                return
            except (NotFound, Refused) as error:
                if not place.page:
                    self.failed = self.failed or Unavailable(f"Mail cannot be listed at the moment. {error}")
                    return
                self.cursor = self.cursor.at(ref, replace(place, page=""))
                continue
            rows = _rows(page)
            news = read_rows(self.service, self.folders, role, rows, self.wants, first=True, arrived=set())
            self.cursor = self.cursor.at(ref, self._behind_older(place, page, rows))
            if news.says_anything:
                yield self._page(news)

    def _behind_older(self, place: Place, page: Json, rows: Sequence[Json]) -> Place:
        """Return where that listing stands behind a page: the time of its oldest message, so that nothing moves under it."""
        stamps = [stamp for row in rows if (stamp := instant(row, "receivedDateTime")) is not None]
        bound = datetime.fromisoformat(place.older)
        following = self._own(text(page, "@odata.nextLink"))
        if stamps and datetime.fromisoformat(_later(min(stamps))) < bound:
            return replace(place, older=_later(min(stamps)), page="")
        if following and rows and following != place.page:
            return replace(place, page=following)
        return replace(place, older="", page="")

    # -- addresses

    def _place(self, ref: str) -> Place:
        return self.cursor.places.get(ref, Place())

    def _link(self, ref: str) -> str:
        """Return what to ask of a folder next."""
        link = self._place(ref).link
        if link:
            return link
        path = f"mailFolders/{segment(ref)}/messages/delta"
        if self.folders.role_of(ref) is Role.DRAFTS:  # what they hold does not matter, only that it changes
            return with_query(path, {"$select": "isDraft"})
        return with_query(
            path, {"$select": SELECT, "$filter": f"receivedDateTime ge {_stamp(self.since)}", "$orderby": "receivedDateTime desc"}
        )

    def _listing(self, ref: str, older: str) -> str:
        bounds = f"receivedDateTime ge {_stamp(self.since)} and receivedDateTime lt {_stamp(datetime.fromisoformat(older))}"
        query = {"$select": SELECT, "$filter": bounds, "$orderby": "receivedDateTime desc"}
        return with_query(f"mailFolders/{segment(ref)}/messages", query)


def _rows(page: Json) -> Sequence[Json]:
    return records(page, "value")


def _stamp(moment: datetime) -> str:
    """Return a time as the service's filters take it; what is told by the second is compared more exactly."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _later(moment: datetime) -> str:
    """Return the second behind a moment: messages of the same second have not all been told."""
    return (moment + timedelta(seconds=1)).isoformat()
