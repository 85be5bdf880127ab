"""What each method that reads does; those that write are in `writing.py`, those on categories in `categories.py`."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from urllib.parse import quote

from tests.servers.graph import delta
from tests.servers.graph.answers import Answer, GraphError, Json, json_answer
from tests.servers.graph.attachments import attachments_of
from tests.servers.graph.checking import Checked
from tests.servers.graph.filtering import Filter, Order, parse_filter, parse_order
from tests.servers.graph.mailbox import Mailbox
from tests.servers.graph.mime import raw_of
from tests.servers.graph.resources import Shown, expanded, folder_resource, message, selected, value_of
from tests.servers.graph.store import Folder, Item

__all__ = ["READS", "Asked", "Method"]

_PAGE: Final = 10
_NEWEST_FIRST: Final = (("receivedDateTime", True),)
_A_MOMENT: Final = timedelta(seconds=1)
"""Times are told by the second."""
_CONTEXT: Final = "/v1.0/$metadata#users('{}')/{}"


@dataclass(frozen=True)
class Asked:
    """A request that is in order, and the mailbox that it is for."""

    checked: Checked
    box: Mailbox
    url: str
    """Scheme, host and port of the service."""
    signed_in: str
    """Address of who signed in."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Return what stands for the identifiers in the path."""
        return self.checked.match.ids

    @property
    def query(self) -> dict[str, str]:
        """Return the query options."""
        return dict(self.checked.query)

    @property
    def body(self) -> Json:
        """Return the body."""
        return self.checked.body

    @property
    def shown(self) -> Shown:
        """Return what the answer is to show."""
        prefer = self.checked.prefer
        return Shown(
            selected(self.query.get("$select", "")),
            expanded(self.query["$expand"]) if self.query.get("$expand") else (),
            self.checked.immutable,
            prefer.get("outlook.timezone", ""),
            prefer.get("outlook.body-content-type", ""),
        )

    def context(self, what: str) -> str:
        """Return `@odata.context`."""
        return self.url + _CONTEXT.format(self.box.address, what)

    def item(self, place: int = 0) -> Item:
        """Return the message that is asked for; raises GraphError 400 or 404."""
        name = self.ids[place]
        one = self.box.get(name)
        if one is None:
            if not name.startswith(("AAMk", "AAkA", "AQMk")):
                raise GraphError(400, code="ErrorInvalidIdMalformed")
            raise GraphError(404)
        return one

    def folder(self, place: int = 0) -> Folder:
        """Return the folder that is asked for by its identifier or well-known name; raises GraphError 400 or 404."""
        return _folder(self.box, self.ids[place])

    def one(self, item: Item, status: int = 200) -> Answer:
        """Answer with a message."""
        told = {"@odata.context": self.context("messages/$entity"), **message(self.box, item, self.shown)}
        return json_answer(told, status, {"ETag": item.etag})

    def match(self, item: Item) -> None:
        """Hold If-Match against the version of a message; raises GraphError 412."""
        wanted = self.checked.headers.get("if-match", "*")
        if wanted.strip() not in {"*", item.etag}:
            raise GraphError(412)


Method = Callable[[Asked], Answer]


def _folder(box: Mailbox, name: str) -> Folder:
    try:
        return box.folders[box.folder_id(name)]
    except LookupError:
        if not name.startswith(("AAMk", "AQMk")) and not name.isalpha():
            raise GraphError(400, code="ErrorInvalidIdMalformed") from None
        raise GraphError(404, code="ErrorItemNotFound") from None


def _user(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/user-get: without `$select` a default set, proxyAddresses not in it."""
    box = asked.box
    if box.address != asked.signed_in:
        raise GraphError(403, "Insufficient privileges to complete the operation.", code="Authorization_RequestDenied")
    names = selected(asked.query.get("$select", ""), "user") or ("displayName", "mail", "userPrincipalName")
    whole = {
        "id": "0f9e5c52-0000-4000-8000-000000000001",
        "displayName": box.name,
        "mail": box.mail,
        "userPrincipalName": box.principal,
        "proxyAddresses": [f"SMTP:{box.address}", *(f"smtp:{one}" for one in box.aliases)],
        "otherMails": [],
        "userType": "Member",
    }
    told = {name: value for name, value in whole.items() if name in names or name == "id"}
    return json_answer({"@odata.context": f"{asked.url}/v1.0/$metadata#users/$entity", **told})


# -- folders


def _folders(asked: Asked, parent: str) -> Answer:
    box = asked.box
    hidden = asked.query.get("includeHiddenFolders", "false").lower() == "true"
    found = [one for one in box.folders.values() if one.parent == parent and (hidden or not one.hidden)]
    select = selected(asked.query.get("$select", ""), "mailFolder")
    if asked.query.get("$filter"):
        name, _, value = asked.query["$filter"].partition(" eq ")
        if name != "displayName":
            raise GraphError(400, f"Invalid filter clause: {asked.query['$filter']}", code="RequestBroker--ParseUri")
        found = [one for one in found if one.name == value.strip("'").replace("''", "'")]
    found.sort(key=lambda one: one.name)
    rows = [folder_resource(box, one, select) for one in found]
    return _paged(asked, rows, "mailFolders")


def _list_folders(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/user-list-mailfolders: those directly under the root, hidden ones on demand."""
    return _folders(asked, asked.box.folder_id("msgfolderroot"))


def _child_folders(asked: Asked) -> Answer:
    return _folders(asked, asked.folder().id)


def _get_folder(asked: Asked) -> Answer:
    select = selected(asked.query.get("$select", ""), "mailFolder")
    told = folder_resource(asked.box, asked.folder(), select)
    return json_answer({"@odata.context": asked.context("mailFolders/$entity"), **told})


def _paged(asked: Asked, rows: list[Json], what: str) -> Answer:
    size, skip = _size(asked), int(asked.query.get("$skip", "0"))
    told: Json = {"@odata.context": asked.context(what)}
    if asked.query.get("$count", "").lower() == "true":
        told["@odata.count"] = len(rows)
    told["value"] = rows[skip : skip + size]
    if skip + size < len(rows):
        told["@odata.nextLink"] = _next(asked, skip + size)
    return json_answer(told)


def _size(asked: Asked) -> int:
    return int(asked.query.get("$top") or asked.checked.prefer.get("odata.maxpagesize") or _PAGE)


def _next(asked: Asked, skip: int) -> str:
    query = asked.query | {"$skip": str(skip)}
    text = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in query.items())
    return f"{asked.url}{asked.checked.path}?{text}"


# -- messages


def _list(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/user-list-messages: ten on a page unless told."""
    box, query = asked.box, asked.query
    chosen = parse_filter(query["$filter"]) if query.get("$filter") else None
    order = parse_order(query["$orderby"]) if query.get("$orderby") else None
    if chosen is not None and order is not None:
        _efficient(chosen, order)
    size, skip = _size(asked), int(query.get("$skip", "0"))
    told: Json = {"@odata.context": asked.context("messages")}
    counts = query.get("$count", "").lower() == "true"
    named = chosen is not None and bool(chosen.named)
    if asked.ids and not (counts or named) and (order is None or order.by == _NEWEST_FIRST):
        found = list(islice(_backwards(asked, chosen), skip + size + 1))
    else:
        found = _found(asked, chosen)
        for name, down in reversed(order.by if order else _NEWEST_FIRST):
            found.sort(key=lambda one, name=name: _key(box, one, name), reverse=down)  # type: ignore[misc]  # mypy has no default
    if counts:
        told["@odata.count"] = len(found)
    shown = asked.shown
    told["value"] = [message(box, one, shown) for one in found[skip : skip + size]]
    if skip + size < len(found):
        told["@odata.nextLink"] = _next(asked, skip + size)
    return json_answer(told)


def _backwards(asked: Asked, chosen: Filter | None) -> Iterator[Item]:
    """Yield what is found in a folder, newest first: of a large one nobody needs more than a page."""
    box = asked.box
    rows = box.order(asked.folder().id)
    begin = _first(rows, chosen.since) if chosen is not None and chosen.since is not None else 0
    end = _first(rows, chosen.until + _A_MOMENT) if chosen is not None and chosen.until is not None else len(rows)
    for place in range(end - 1, begin - 1, -1):
        one = box.item(rows[place][2])
        if chosen is None or chosen.test(one, lambda item, name: value_of(box, item, name)):
            yield one


def _key(box: Mailbox, one: Item, name: str) -> tuple[bool, Any, int]:
    value = one.received if name == "receivedDateTime" else value_of(box, one, name)
    return (value is not None, value if value is not None else "", one.serial)


def _efficient(chosen: Filter, order: Order) -> None:
    wanted = [name for name, _ in order.by]
    if chosen.names[: len(wanted)] != wanted:
        raise GraphError(400, code="InefficientFilter")


def _found(asked: Asked, chosen: Filter | None) -> list[Item]:
    box = asked.box
    folder = asked.folder().id if asked.ids else ""
    if chosen is not None and chosen.named:
        found = [one for one in box.named(chosen.named) if not folder or one.folder == folder]
    elif folder:
        rows = box.order(folder)
        begin = _first(rows, chosen.since) if chosen is not None and chosen.since is not None else 0
        found = [box.item(key) for *_, key in rows[begin:]]
    else:
        away = box.folder_id("recoverableitemsdeletions")
        found = [one for one in box.items() if one.folder != away]
    if chosen is None:
        return found
    return [one for one in found if chosen.test(one, lambda item, name: value_of(box, item, name))]


def _first(rows: Any, since: datetime) -> int:
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if rows[middle][0] < since else (low, middle)
    return low


def _get(asked: Asked) -> Answer:
    item = asked.item(len(asked.ids) - 1)
    if len(asked.ids) == 2 and item.folder != asked.folder().id:
        raise GraphError(404)
    return asked.one(item)


def _value(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/outlook-get-mime-message."""
    item = asked.item()
    bare = item.meeting and not asked.box.quirks.meetings_in_mime
    raw = raw_of(item.properties(), item.extended) if bare else item.raw()
    return Answer(200, raw, {"ETag": item.etag}, "text/plain")


def _attachments(asked: Asked) -> Answer:
    select = selected(asked.query.get("$select", ""), "fileAttachment")
    rows = [_pick(one, select) for one in attachments_of(asked.item())]
    return _paged(asked, rows, "messages/attachments")


def _attachment(asked: Asked) -> Json:
    for one in attachments_of(asked.item()):
        if one["id"] == asked.ids[1]:
            return one
    raise GraphError(404)


def _get_attachment(asked: Asked) -> Answer:
    return json_answer(_pick(_attachment(asked), selected(asked.query.get("$select", ""), "fileAttachment")))


def _attachment_value(asked: Asked) -> Answer:
    one = _attachment(asked)
    return Answer(200, base64.b64decode(one["contentBytes"]), {}, str(one["contentType"]))


def _pick(one: Json, select: tuple[str, ...]) -> Json:
    return {name: value for name, value in one.items() if not select or name in select or name in {"id", "@odata.type"}}


# -- changes


def _changes(asked: Asked) -> Answer:
    """https://learn.microsoft.com/en-us/graph/api/message-delta, which `$filter` and `$orderby` it knows included."""
    folder = asked.folder()
    state = _resumed(asked, folder.id)
    if state is None:
        query = asked.query
        shown = asked.shown
        start = delta.Round(folder.id, 0, 0, 0, select=shown.select, properties=shown.properties)
        state = delta.begin(asked.box, _narrowed(start, query))
    page = delta.messages_page(asked.box, state, _size(asked), asked.shown)
    return _round(asked, page, f"mailfolders('{folder.id}')/messages/delta", "Collection(message)")


def _narrowed(start: delta.Round, query: dict[str, str]) -> delta.Round:
    if query.get("$filter"):
        name, how, value, *more = [*query["$filter"].split(" "), "", "", ""]
        if name != "receivedDateTime" or how not in {"ge", "gt"} or any(more):
            raise GraphError(400, f"The filter {query['$filter']} is not supported for delta.", code="ErrorInvalidUrlQueryFilter")
        parsed = parse_filter(query["$filter"])
        start = replace(start, received=parsed.since, strict=how == "gt")
        del value
    if query.get("$orderby"):
        if query["$orderby"].split() != ["receivedDateTime", "desc"]:
            raise GraphError(400, f"The order {query['$orderby']} is not supported for delta.", code="ErrorInvalidUrlQuery")
        start = replace(start, newest_first=True)
    return start


def _folder_changes(asked: Asked) -> Answer:
    state = _resumed(asked, "")
    if state is None:
        select = selected(asked.query.get("$select", ""), "mailFolder")
        state = delta.begin(asked.box, delta.Round("", 0, 0, 0, select=select))
    page = delta.folders_page(asked.box, state, _size(asked))
    return _round(asked, page, "mailfolders/delta", "Collection(mailFolder)")


def _resumed(asked: Asked, folder: str) -> delta.Round | None:
    query = asked.query
    for name in ("$deltatoken", "$skiptoken"):
        if name in query:
            return delta.resumed(asked.box, query[name], folder, deltatoken=name == "$deltatoken")
    return None


def _round(asked: Asked, page: delta.Page, path: str, what: str) -> Answer:
    box = asked.box
    whose = asked.checked.place.user
    root = f"users('{box.address}')" if box.quirks.links_name_users else (f"users/{quote(whose, safe='@')}" if whose else "me")
    name = "$deltatoken" if page.done else "$skiptoken"
    link = f"{asked.url}/v1.0/{root}/{path}?{name}={page.token}"
    told: Json = {"@odata.context": f"{asked.url}/v1.0/$metadata#{what}", "value": page.value}
    told["@odata.deltaLink" if page.done else "@odata.nextLink"] = link
    return json_answer(told)


READS: Final[dict[str, Method]] = {
    "user.get": _user,
    "mailFolders.list": _list_folders,
    "mailFolders.childFolders": _child_folders,
    "mailFolders.get": _get_folder,
    "mailFolders.delta": _folder_changes,
    "messages.list": _list,
    "messages.get": _get,
    "messages.value": _value,
    "messages.delta": _changes,
    "attachments.list": _attachments,
    "attachments.get": _get_attachment,
    "attachments.value": _attachment_value,
}
