"""What a request of the product must not be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tests.servers.answering import Request
from tests.servers.graph import facts
from tests.servers.graph.answers import GraphError, Json
from tests.servers.graph.resources import preferences
from tests.servers.graph.routes import Match, Place, located, matched, options_of

__all__ = ["FORBIDDEN", "Checked", "check"]

FORBIDDEN: Final = frozenset({"sendmail", "send", "reply", "replyall", "forward", "createforward", "copy", "permanentdelete"})
"""Last segments of what the product has no business with: it sends, or takes mail away for good."""
_PREFERENCES: Final = frozenset(
    {"idtype", "odata.maxpagesize", "outlook.timezone", "outlook.body-content-type", "outlook.allow-unsafe-html", "return"}
)
_OF_MIME: Final = frozenset({"messages.create", "messages.createReply", "messages.createReplyAll"})
_MOST_OCTETS: Final = 4 << 20
"""https://learn.microsoft.com/en-us/graph/errors#http-status-codes: a request has 4 MB at most."""
_IMMUTABLE: Final = re.compile(r'(?:\A|[,;]\s*)IdType\s*=\s*"ImmutableId"', re.IGNORECASE)


@dataclass(frozen=True)
class Checked:
    """A request whose method is known, and what is wrong with it."""

    match: Match
    place: Place
    path: str
    query: Mapping[str, str]
    """By the names that the pages have (`$select`)."""
    prefer: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    media: bytes | None = None
    """Of a body that is not JSON."""
    problems: tuple[str, ...] = ()
    """For which it is refused."""
    complaints: tuple[str, ...] = ()
    """What the service would do, and the product must not ask for."""

    @property
    def immutable(self) -> bool:
        """Say whether identifiers are to be immutable ones."""
        return bool(_IMMUTABLE.search(self.headers.get("prefer", "")))


def check(request: Request) -> Checked:
    """Hold a request against what exists; raises GraphError 404 or 405 for what does not."""
    if len(request.body) > _MOST_OCTETS:
        raise GraphError(413)
    parts = urlsplit(request.target)
    place = located(parts.path)
    last = parts.path.rstrip("/").rpartition("/")[2].lower().removeprefix("microsoft.graph.")
    if last in FORBIDDEN:
        raise GraphError(403, f"the product must never call {request.verb} {parts.path}")
    match = matched(request.verb, place) if place is not None else None
    if place is None or match is None:
        raise GraphError(400, f"Resource not found for the segment: {request.verb} {parts.path}", code="BadRequest")
    told: list[str] = []
    query, wrong = _query(parts.query, match)
    told += wrong
    prefer = preferences(request.headers)
    told += [f"nobody knows the preference {name}" for name in prefer if name not in _PREFERENCES]
    size = prefer.get("odata.maxpagesize", "1")
    told += [] if size.isdigit() and 1 <= int(size) <= 1000 else [f"a page size of {size}"]
    body, media, wrong = _body(request, match)
    told += wrong
    checked = Checked(match, place, parts.path, query, prefer, request.headers, body, media, tuple(told))
    return checked if checked.immutable else replace(checked, complaints=("asks for no immutable ids",))


def _query(text: str, match: Match) -> tuple[dict[str, str], list[str]]:
    known = options_of(match)
    found: dict[str, str] = {}
    told = []
    for name, value in parse_qsl(text, keep_blank_values=True):
        proper = known.get(name.lower().lstrip("$"))
        if proper is None:
            told.append(f"no option {name} here")
        elif proper in found:
            told.append(f"{name} stands twice")
        else:
            found[proper] = value
    if {"$deltatoken", "$skiptoken"} & found.keys() and len(found) > 1:
        told.append("a link with a state token has its options in the token, and takes no others")
    for name in ("$top", "$skip"):
        if name in found and not (found[name].isdigit() and int(found[name]) <= (1000 if name == "$top" else 10**9)):
            told += [f"{name}={found[name]}"]
    return found, told


def _body(request: Request, match: Match) -> tuple[Json, bytes | None, list[str]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = match.route.body
    if not request.body or not wanted:
        lacks = not request.body and wanted in {"message", "move", "outlookCategory"}
        spare = bool(request.body) and request.body != b"{}"
        return {}, None, ["has no body"] if lacks else ["has a body, and takes none"] if spare else []
    if kind == "text/plain" and match.route.name in _OF_MIME:
        return {}, request.body, []
    if kind != "application/json":
        return {}, None, [f"the body is {kind or 'of no type'}, not application/json"]
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    return (body, None, _typed(body, match)) if isinstance(body, dict) else ({}, None, ["the body is no JSON object"])


def _typed(body: Json, match: Match) -> list[str]:
    if match.route.body in {"message", "outlookCategory"}:
        told = facts.problems(body, match.route.body)
        allowed = facts.writable(f"{match.route.body}.{match.route.name.rpartition('.')[2]}")
        return told + [f"{name} cannot be written" for name in body if name not in allowed and not name.startswith("@odata.")]
    known = {name.lower(): kind for name, kind in facts.parameters(match.route.body).items()}
    told = []
    for name, value in body.items():
        if name.lower() not in known:
            told.append(f"no parameter {name}")
        else:
            told += facts.problems(value, known[name.lower()], name)
            inner = value if known[name.lower()] == "message" and isinstance(value, dict) else {}
            told += [f"{name}.{one} cannot be written" for one in inner if one not in facts.writable("message.create")]
    if match.route.body == "move" and "destinationid" not in {name.lower() for name in body}:
        told.append("no destinationId")
    return told
