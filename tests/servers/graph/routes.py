"""What exists at the service, as far as mail needs it: methods, paths, options, rights.

Each entry is a page of https://learn.microsoft.com/en-us/graph/api/: user-get, user-list-mailfolders, mailfolder-get,
mailfolder-list-childfolders, mailfolder-delta, user-list-messages, mailfolder-list-messages, message-get, message-delta,
outlook-get-mime-message, user-post-messages, mailfolder-post-messages, message-update, message-delete, message-move,
message-createreply, message-createreplyall, message-list-attachments, attachment-get, outlookuser-list-mastercategories,
outlookuser-post-mastercategories, outlookcategory-update, outlookcategory-delete.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

__all__ = ["ROUTES", "Place", "Route", "located", "matched"]

_VERSION: Final = "/v1.0"
_CALL: Final = re.compile(r"([A-Za-z]+)\('(.*)'\)\Z", re.DOTALL)
LISTING: Final = ("$select", "$filter", "$orderby", "$top", "$skip", "$expand", "$count")
READ: Final = frozenset({"Mail.Read", "Mail.ReadWrite"})
WRITE: Final = frozenset({"Mail.ReadWrite"})


@dataclass(frozen=True)
class Route:
    """One method of the service."""

    name: str
    verb: str
    path: tuple[str, ...]
    """`{id}` stands for anything."""
    options: tuple[str, ...] = ()
    """Query options it knows."""
    scopes: frozenset[str] = READ
    """Any of them is enough; in another's mailbox those with `.Shared`."""
    body: str = ""
    """Type of its body; empty: it takes none."""

    @property
    def answer(self) -> str:
        """Return the type of what it answers, or of the rows of its pages."""
        kinds = {
            "user": "user",
            "mailFolders": "mailFolder",
            "attachments": "fileAttachment",
            "masterCategories": "outlookCategory",
        }
        return kinds.get(self.name.partition(".")[0], "message")


@dataclass(frozen=True)
class Place:
    """Where a request goes."""

    user: str
    """Empty: the one who signed in."""
    rest: tuple[str, ...]


def _route(
    name: str, verb: str, path: str, options: Sequence[str] = (), scopes: frozenset[str] = READ, *, body: str = ""
) -> Route:
    return Route(name, verb, tuple(path.split("/")) if path else (), tuple(options), scopes, body)


_SELECT: Final = ("$select",)
_FOLDERS: Final = (*LISTING, "includeHiddenFolders")
_CATEGORIES: Final = frozenset({"MailboxSettings.ReadWrite"})
ROUTES: Final = (
    _route("user.get", "GET", "", _SELECT, frozenset({"User.Read"})),
    _route("mailFolders.list", "GET", "mailFolders", _FOLDERS),
    _route("mailFolders.delta", "GET", "mailFolders/delta", ("$select", "$deltatoken", "$skiptoken")),
    _route("mailFolders.get", "GET", "mailFolders/{id}", ("$select", "$expand")),
    _route("mailFolders.childFolders", "GET", "mailFolders/{id}/childFolders", _FOLDERS),
    _route("messages.list", "GET", "messages", LISTING),
    _route("messages.list", "GET", "mailFolders/{id}/messages", LISTING),
    _route(
        "messages.delta",
        "GET",
        "mailFolders/{id}/messages/delta",
        ("$select", "$filter", "$orderby", "$top", "$expand", "changeType", "$deltatoken", "$skiptoken"),
    ),
    _route("messages.get", "GET", "messages/{id}", ("$select", "$expand")),
    _route("messages.get", "GET", "mailFolders/{id}/messages/{id}", ("$select", "$expand")),
    _route("messages.value", "GET", "messages/{id}/$value"),
    _route("attachments.list", "GET", "messages/{id}/attachments", ("$select", "$top", "$skip", "$filter", "$count")),
    _route("attachments.get", "GET", "messages/{id}/attachments/{id}", ("$select", "$expand")),
    _route("attachments.value", "GET", "messages/{id}/attachments/{id}/$value"),
    _route("messages.create", "POST", "messages", (), WRITE, body="message"),
    _route("messages.create", "POST", "mailFolders/{id}/messages", (), WRITE, body="message"),
    _route("messages.update", "PATCH", "messages/{id}", (), WRITE, body="message"),
    _route("messages.delete", "DELETE", "messages/{id}", (), WRITE),
    _route("messages.move", "POST", "messages/{id}/move", (), WRITE, body="move"),
    _route("messages.createReply", "POST", "messages/{id}/createReply", (), WRITE, body="createReply"),
    _route("messages.createReplyAll", "POST", "messages/{id}/createReplyAll", (), WRITE, body="createReplyAll"),
    _route(
        "masterCategories.list",
        "GET",
        "outlook/masterCategories",
        ("$select", "$top", "$skip"),
        frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"}),
    ),
    _route("masterCategories.create", "POST", "outlook/masterCategories", (), _CATEGORIES, body="outlookCategory"),
    _route("masterCategories.update", "PATCH", "outlook/masterCategories/{id}", (), _CATEGORIES, body="outlookCategory"),
    _route("masterCategories.delete", "DELETE", "outlook/masterCategories/{id}", (), _CATEGORIES),
)


@dataclass(frozen=True)
class Match:
    """A route, and what stands for its `{id}`s."""

    route: Route
    ids: tuple[str, ...] = field(default=())


def located(path: str) -> Place | None:
    """Return where a path goes; None: not into a mailbox. Names of segments do not depend on their case; identifiers do."""
    if not path.lower().startswith(f"{_VERSION}/"):
        return None
    segments: list[str] = []
    for one in path[len(_VERSION) + 1 :].rstrip("/").split("/"):
        text = unquote(one)
        called = _CALL.match(text)
        segments += [called[1], called[2].replace("''", "'")] if called else [text]
    if segments and segments[0].lower() == "me":
        return Place("", tuple(segments[1:]))
    if len(segments) >= 2 and segments[0].lower() == "users":
        return Place(segments[1], tuple(segments[2:]))
    return None


def matched(verb: str, place: Place) -> Match | None:
    """Return the method that a request asks for."""
    for route in ROUTES:
        if route.verb != verb or len(route.path) != len(place.rest):
            continue
        pairs = list(zip(route.path, place.rest, strict=True))
        if all(want == "{id}" or want.lower() == got.lower() for want, got in pairs):
            if route.name.endswith((".get", ".update", ".delete")) and place.rest[-1:] and place.rest[-1].startswith("$"):
                continue
            return Match(route, tuple(got for want, got in pairs if want == "{id}"))
    return None


def options_of(match: Match) -> Mapping[str, str]:
    """Return the options of a method by their lower-case names: `$` may be left out, and case does not matter."""
    return {one.lower().lstrip("$"): one for one in match.route.options}
