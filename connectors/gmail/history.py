"""What happened since: users.history.list, page by page, read for what changes where mail stands.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list and
https://developers.google.com/workspace/gmail/api/guides/sync
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from connectors.base import Changes
from connectors.errors import NotFound, Refused
from connectors.gmail.answers import Json, labels_of, record, records, text
from connectors.gmail.batches import AT_ONCE, chunks
from connectors.gmail.cursor import Cursor, later
from connectors.gmail.looking import look_at, read_messages
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Service
from rules.mail import Role, Wants

__all__ = ["DeadCursorError", "list_history"]

_MOST: Final = 500
_EMPTY_PAGES: Final = 20
"""Pages in a row without a record, each naming another one, after which a pass ends."""
_MESSAGE: Final = "message(id,labelIds)"
_LABELLED: Final = f"({_MESSAGE},labelIds)"
_FIELDS: Final = (
    f"history(id,messagesAdded({_MESSAGE}),messagesDeleted({_MESSAGE}),labelsAdded{_LABELLED},labelsRemoved{_LABELLED},"
    "messages(id)),nextPageToken,historyId"
)
_KINDS: Final = ("messagesAdded", "messagesDeleted", "labelsAdded", "labelsRemoved")
_BOTH: Final = frozenset({Role.DRAFTS, Role.SENT})
_ROLES: Final = {"DRAFT": Role.DRAFTS, "SENT": Role.SENT, "INBOX": Role.INBOX, "SPAM": Role.JUNK}
_AWAY: Final = frozenset({"TRASH", "SPAM"})
_log = logging.getLogger(__name__)


class DeadCursorError(Exception):
    """The history does not reach back as far as the cursor, or never knew it."""


@dataclass(slots=True)
class _Events:
    """What some records come to."""

    refs: dict[str, None] = field(default_factory=dict)
    """Messages to look at."""
    removed: dict[str, None] = field(default_factory=dict)
    touched: set[Role] = field(default_factory=set)

    def take(self, happened: Json) -> None:
        """Take in one record."""
        for item in records(happened, "messagesAdded"):
            self._added(record(item, "message"))
        for item in records(happened, "labelsAdded"):
            self._labelled(record(item, "message"), labels_of(item) or frozenset())
        for item in records(happened, "labelsRemoved"):
            self._unlabelled(record(item, "message"), labels_of(item) or frozenset())
        for item in records(happened, "messagesDeleted"):
            self._away(record(item, "message"))
        if not any(records(happened, kind) for kind in _KINDS):
            for message in records(happened, "messages"):  # what happened to them is not said
                self._look(message)
                self.touched |= _touched(message)

    def _look(self, message: Json) -> None:
        ref = text(message, "id")
        if is_reference(ref):
            self.refs[ref] = None
            self.removed.pop(ref, None)

    def _away(self, message: Json) -> None:
        ref = text(message, "id")
        if is_reference(ref):
            self.refs.pop(ref, None)
            self.removed[ref] = None
            self.touched |= _touched(message)

    def _added(self, message: Json) -> None:
        labels = labels_of(message)
        if labels is None:
            self._look(message)
        elif "DRAFT" in labels:
            self.touched.add(Role.DRAFTS)
        elif not labels & {"TRASH", "CHAT"}:
            self._look(message)

    def _labelled(self, message: Json, labels: frozenset[str]) -> None:
        if "SPAM" in labels and text(message, "id") in self.refs:
            self.touched |= _touched(message)  # new, and put there as it came: it is looked at where it lies
        elif labels & _AWAY:
            self._away(message)
        elif labels & {"INBOX", "SENT"}:
            self._look(message)
        self.touched |= {_ROLES[label] for label in labels & {"DRAFT", "SENT"}}

    def _unlabelled(self, message: Json, labels: frozenset[str]) -> None:
        if labels & {"TRASH", "SPAM", "DRAFT"}:
            self._look(message)
        if labels & _AWAY:
            self.touched |= _touched(message)
        self.touched |= {_ROLES[label] for label in labels & {"DRAFT", "SENT"}}


def _touched(message: Json) -> frozenset[Role]:
    """Return the folders that a message was in; where that is not told, those that somebody waits for."""
    labels = labels_of(message)
    return _BOTH if labels is None else frozenset(_ROLES[label] for label in labels & _ROLES.keys())


def list_history(service: Service, cursor: Cursor, wants: Wants) -> Iterator[Changes]:
    """Yield what happened behind the cursor. The last page carries the id from which to go on, however it came out.

    Raises DeadCursorError, and from the tree in `connectors.errors`.
    """
    size = min(AT_ONCE, service.settings.page_size)
    reached = cursor.history
    empty = 0
    seen: set[str] = set()
    while True:
        answer, cursor = _ask(service, cursor)
        happened = records(answer, "history")
        reached = later(reached, *(text(one, "id") for one in happened))
        for events, last in _grouped(_behind(happened, cursor.after), size):
            before, cursor = cursor, replace(cursor, after=last or cursor.after)
            yield from _pages(service, events, wants, size, before=before, behind=cursor)
        token = text(answer, "nextPageToken")
        empty = 0 if happened else empty + 1
        if not token:
            yield Changes(cursor=str(Cursor(cursor.mailbox, later(reached, text(answer, "historyId")))))
            return
        if empty > _EMPTY_PAGES or (happened and token in seen):
            _log.warning("Gmail's history goes round in circles; this pass ends here and the next one goes on")
            advanced = reached != cursor.history
            yield Changes(cursor=str(Cursor(cursor.mailbox, reached) if advanced else replace(cursor, page=token, after="")))
            return
        seen.add(token)
        cursor = replace(cursor, page=token, after="")


def _ask(service: Service, cursor: Cursor) -> tuple[Json, Cursor]:
    """Return a page and where it stands. Raises DeadCursorError.

    An id that is too old gives 404, one that is none 400. A page token may have run out while its id has not.
    """
    while True:
        asked: dict[str, Any] = {"userId": "me", "startHistoryId": cursor.history, "maxResults": _MOST, "fields": _FIELDS}
        if cursor.page:
            asked["pageToken"] = cursor.page
        try:
            return service.call(service.history.list(**asked), "asking what is new"), cursor
        except (NotFound, Refused) as error:
            if not cursor.page:
                raise DeadCursorError from error
            cursor = replace(cursor, page="", after="")


def _behind(happened: Sequence[Json], after: str) -> Sequence[Json]:
    """Return the records behind one; all of them if it is not among them."""
    place = next((place for place, one in enumerate(happened) if after and text(one, "id") == after), -1)
    return happened[place + 1 :]


def _grouped(happened: Sequence[Json], size: int) -> Iterator[tuple[_Events, str]]:
    """Deal records into groups that touch about `size` messages; with each the id of its last record."""
    events, last = _Events(), ""
    for one in happened:
        events.take(one)
        last = text(one, "id")
        if len(events.refs) >= size or len(events.removed) >= _MOST:
            yield events, last
            events, last = _Events(), ""
    if events.refs or events.removed or events.touched:
        yield events, last


def _pages(service: Service, events: _Events, wants: Wants, size: int, *, before: Cursor, behind: Cursor) -> Iterator[Changes]:
    """Yield what a group of records comes to; only the last page of it carries the cursor behind it."""
    parts = list(chunks(events.refs, size)) or [[]]
    for place, refs in enumerate(parts, 1):
        seen = look_at(service, refs) if refs else None
        envelopes = seen.envelopes if seen is not None else []
        removed = list(seen.gone) if seen is not None else []
        touched = {one.role for one in envelopes}
        if seen is not None and seen.drafts:
            touched.add(Role.DRAFTS)
        whole = place == len(parts)
        yield Changes(
            cursor=str(behind if whole else before),
            envelopes=tuple(envelopes),
            messages=tuple(read_messages(service, envelopes, wants, lost=True)),
            removed=tuple(dict.fromkeys([*removed, *events.removed] if whole else removed)),
            touched=frozenset(touched | events.touched if whole else touched),
            more=True,
        )
