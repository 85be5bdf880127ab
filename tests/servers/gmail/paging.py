"""Listings in pages: where a page begins stands in its token, so that what comes meanwhile neither moves nor doubles anything.

https://developers.google.com/workspace/gmail/api/guides/list-messages and, below
https://developers.google.com/workspace/gmail/api/reference/rest/v1/, users.messages/list and users.history/list. A token belongs
to the question it was given for; with another one it is refused (400).
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from tests.servers.gmail.answers import ApiError
from tests.servers.gmail.resources import only_metadata
from tests.servers.gmail.search import Query, query
from tests.servers.gmail.store import Change, Stored

if TYPE_CHECKING:
    from tests.servers.gmail.methods import Asked

__all__ = ["history_page", "history_start", "message_page"]

_HIDDEN: Final = frozenset({"SPAM", "TRASH"})
_KINDS: Final = ("messageAdded", "messageDeleted", "labelAdded", "labelRemoved")


def message_page(asked: Asked, labels: list[str], *, threads: bool = False) -> tuple[list[Stored], str]:
    """Return a page of messages, newest first, and the token of the next one.

    With several labels all have to be there (`labelIds[]`). Spam and the bin are left out unless `includeSpamTrash` says
    otherwise or `q` names them. With `q`, what the index does not have yet is not found. With `threads`, the newest matching
    message of each conversation.
    """
    mailbox = asked.mailbox
    for key in labels:
        if key not in mailbox.labels:
            raise ApiError(400, f"Invalid label: {key}")
    wanted = _wanted(asked, labels)
    question = json.dumps([asked.one("q"), labels, wanted.names_hidden, threads])
    order = mailbox.order()
    place = len(order)
    seen: set[str] = set()
    if token := asked.one("pageToken"):
        moment, serial, *before = _opened(asked, question, token)
        place = bisect_left(order, (int(moment), int(serial), ""))
        seen = set(before)
    found: list[Stored] = []
    earliest = wanted.after - int(mailbox.quirks.disorder.total_seconds() * 1000)
    while place and order[place - 1][0] >= earliest:
        place -= 1
        one = mailbox.message(order[place][2])
        if (threads and one.thread_id in seen) or not wanted.matches(one):
            continue
        if len(found) == int(asked.one("maxResults", "100")):
            return found, _sealed(asked, question, [*map(str, found[-1].order), *sorted(seen)])
        found.append(one)
        if threads:
            seen.add(one.thread_id)
    return found, ""


def _wanted(asked: Asked, labels: list[str]) -> Query:
    """Return the whole condition of a listing: `q`, `labelIds`, `includeSpamTrash`, and what the index has."""
    text = asked.one("q")
    if text and only_metadata(asked.scopes):
        raise ApiError(403, "Metadata scope does not support 'q' parameter", reason="forbidden")
    read = query(text, asked.mailbox) if text else Query(lambda one: True)  # noqa: ARG005 - everything
    hidden = read.names_hidden or asked.one("includeSpamTrash") == "true"
    needed = frozenset(labels)
    out = frozenset() if hidden else _HIDDEN
    late = asked.mailbox.unindexed if text else frozenset()
    return Query(
        lambda one: needed <= one.labels and not out & one.labels and one.id not in late and read.matches(one), read.after, hidden
    )


def history_start(asked: Asked) -> int:
    """Return where a listing of history begins; 400 without one, 404 for one that is out of date or was never given."""
    text = asked.one("startHistoryId")
    if not text:
        raise ApiError(400, "Missing startHistoryId")
    start = int(text)
    if not asked.mailbox.horizon <= start <= asked.mailbox.history_id:
        raise ApiError(404)
    return start


def history_page(asked: Asked, start: int, *, empty: bool = False) -> tuple[list[Change], str]:
    """Return a page of records after `start`, oldest first, and the token of the next one; `empty`: none yet, and more follow."""
    kinds = frozenset(asked.many("historyTypes") or _KINDS)
    label = asked.one("labelId")
    question = json.dumps([start, sorted(kinds), label])
    place = start
    if token := asked.one("pageToken"):
        place = int(_opened(asked, question, token)[0])
    if empty:
        return [], _sealed(asked, question, [str(place)])
    most = int(asked.one("maxResults", "100"))
    history = asked.mailbox.history
    found: list[Change] = []
    for number in range(bisect_right(history, place, key=lambda one: one.id), len(history)):
        one = history[number]
        if one.kind not in kinds or (label and label not in one.labels and label not in one.changed):
            continue
        if len(found) == most:
            return found, _sealed(asked, question, [str(found[-1].id)])
        found.append(one)
    endless = asked.mailbox.quirks.endless_pages
    return found, _sealed(asked, question, [str(found[-1].id if found else place)]) if endless else ""


def _sealed(asked: Asked, question: str, place: list[str]) -> str:
    seal = [asked.mailbox.page_epoch, _digest(asked, question), *place]
    return urlsafe_b64encode(json.dumps(seal).encode()).decode("ascii").rstrip("=")


def _opened(asked: Asked, question: str, token: str) -> list[str]:
    try:
        epoch, digest, *place = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        raise ApiError(400, "Invalid pageToken") from None
    if epoch != asked.mailbox.page_epoch or digest != _digest(asked, question):
        raise ApiError(400, "Invalid pageToken")
    return [str(one) for one in place]


def _digest(asked: Asked, question: str) -> str:
    return hashlib.sha256(f"{asked.mailbox.address} {question}".encode()).hexdigest()[:16]
