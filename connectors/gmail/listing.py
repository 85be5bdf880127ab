"""The first look: everything since a moment, in listings that can be taken up again anywhere.

The search index lags behind the mailbox, so what came last is listed without a query first. Spam comes last of all, for it is
only looked at. https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/list
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from connectors.base import Changes
from connectors.errors import NotFound, Refused, Unavailable
from connectors.gmail.answers import Json, records, text
from connectors.gmail.batches import AT_ONCE, chunks
from connectors.gmail.cursor import Cursor, Listing
from connectors.gmail.looking import look_at, read_messages
from connectors.gmail.reading import is_reference
from connectors.gmail.service import Service
from rules.mail import Envelope, Role, Wants

__all__ = ["list_messages"]

_NEWEST: Final = 100
"""Messages that are listed without the search index."""
_PHASES: Final = 3
_SPAM: Final = 2
"""The last of the listings."""
_RESTARTS: Final = 3
_FIELDS: Final = "messages(id),nextPageToken"
_DOING: Final = "listing mail"
_log = logging.getLogger(__name__)


def list_messages(service: Service, cursor: Cursor, wants: Wants, *, reset: bool) -> Iterator[Changes]:
    """Yield all messages since the cursor's moment, a batch on each page; then a last page, perhaps an empty one.

    Raises from the tree in `connectors.errors`; every page that was yielded is behind its cursor then.
    """
    listing = cursor.listing
    if listing is None:
        raise ValueError("no listing is under way")
    known: set[str] = set()
    size = min(AT_ONCE, service.settings.page_size)
    for phase in range(max(0, listing.phase), _PHASES):
        here = replace(cursor, listing=Listing(listing.since, phase))
        if phase != listing.phase:
            here = replace(here, page="", after="")
        for place, ids in _pages(service, here):
            fresh = [ref for ref in ids if ref not in known]
            if phase == 0:
                known.update(fresh)
            for chunk in chunks(fresh, size):
                yield _page(service, replace(place, after=chunk[-1]), chunk, listing.since, wants, reset=reset)
                reset = False
    yield Changes(cursor=str(Cursor(cursor.mailbox, cursor.history)), reset=reset)


def _page(service: Service, cursor: Cursor, refs: Sequence[str], since: datetime, wants: Wants, *, reset: bool) -> Changes:
    listed = Role.JUNK if cursor.listing is not None and cursor.listing.phase == _SPAM else Role.ARCHIVE
    envelopes = [one for one in look_at(service, refs, listed).envelopes if _counts(one, since)]
    messages = read_messages(service, envelopes, wants, lost=True)
    return Changes(cursor=str(cursor), envelopes=tuple(envelopes), messages=tuple(messages), reset=reset, more=True)


def _counts(envelope: Envelope, since: datetime) -> bool:
    """Say whether a message came since then; one that does not say when it came was found by the query, and does."""
    return envelope.received_at >= since or envelope.received_at.timestamp() == 0


def _pages(service: Service, cursor: Cursor) -> Iterator[tuple[Cursor, list[str]]]:
    """Yield the pages of one listing: where each stands, and the ids on it that are still to be looked at."""
    seen: set[str] = set()
    restarts = 0
    while True:
        try:
            answer = service.call(_request(service, cursor), _DOING)
        except (NotFound, Refused) as error:
            if not cursor.page or restarts >= _RESTARTS:
                raise Unavailable(f"Mail cannot be listed at the moment. {error}") from error
            # A page token does not live for ever. The listing starts again then; what was delivered comes twice.
            cursor = replace(cursor, page="", after="")
            seen.clear()
            restarts += 1
            continue
        ids = list(dict.fromkeys(one for item in records(answer, "messages") if is_reference(one := text(item, "id"))))
        if cursor.after in ids:
            ids = ids[ids.index(cursor.after) + 1 :]
        yield cursor, ids
        token = _next(answer, seen)
        if not token or (cursor.listing is not None and cursor.listing.phase == 0):
            return
        cursor = replace(cursor, page=token, after="")


def _next(answer: Json, seen: set[str]) -> str:
    """Return the token of the next page; none when there is none, or when the service goes round in circles."""
    token = text(answer, "nextPageToken")
    if token in seen:
        _log.warning("Gmail gives the same page again; the listing ends here")
        return ""
    seen.add(token)
    return token


def _request(service: Service, cursor: Cursor) -> Any:
    phase = cursor.listing.phase if cursor.listing is not None else 0
    since = cursor.listing.since if cursor.listing is not None else None
    asked: dict[str, object] = {"userId": "me", "maxResults": service.settings.page_size, "fields": _FIELDS}
    if phase == 0:
        asked["maxResults"] = min(_NEWEST, service.settings.page_size)
    elif since is not None:
        # A second earlier, for it is not said whether that very second belongs to it; what is too old is left out afterwards.
        # https://developers.google.com/workspace/gmail/api/guides/filtering
        asked["q"] = f"after:{max(0, int(since.timestamp()) - 1)} -in:chats"
    if phase == _SPAM:
        asked |= {"labelIds": ["SPAM"], "includeSpamTrash": True}
    if cursor.page:
        asked["pageToken"] = cursor.page
    return service.messages.list(**asked)
