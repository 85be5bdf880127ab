"""What a request of the product must not be, whatever server it goes to."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tests.servers.answering import Request
from tests.servers.gmail.answers import ApiError, Json
from tests.servers.gmail.discovery import Discovery, Route
from tests.servers.gmail.store import SYSTEM

__all__ = ["FORBIDDEN", "Checked", "check", "is_api"]

FORBIDDEN: Final = frozenset(
    f"gmail.users.{name}"
    for name in (
        "drafts.send",
        "messages.send",
        "messages.insert",
        "messages.import",
        "messages.trash",
        "messages.untrash",
        "messages.delete",
        "messages.batchDelete",
        "threads.trash",
        "threads.untrash",
        "threads.delete",
    )
)
"""Methods the product has no business with: whatever sends, puts mail into the mailbox, or takes mail out of it."""


@dataclass(frozen=True)
class Checked:
    """A request whose method is known, and what is wrong with it."""

    route: Route
    query: Sequence[tuple[str, str]]
    body: Json
    media: bytes | None
    problems: Sequence[str]


def is_api(target: str) -> bool:
    """Say whether a request is for the service at all."""
    path = urlsplit(target).path
    return path.startswith(("/gmail/", "/upload/gmail/", "/resumable/upload/gmail/"))


def check(request: Request, discovery: Discovery) -> Checked:
    """Hold a request against the discovery document; raises ApiError 404 for a method that is in none."""
    request = _meant(request)
    parts = urlsplit(request.target)
    route = discovery.route(request.verb, parts.path)
    if route is None:
        raise ApiError(404, f"no such method: {request.verb} {parts.path}")
    query = parse_qsl(parts.query, keep_blank_values=True)
    problems: list[str] = []
    body: object = None
    media = None
    if route.upload:
        body, media, told = _upload(request, dict(query))
        problems += told
    elif request.body:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            problems.append(f"the body is {kind or 'of no type'}, not application/json")
        body, told = _json(request.body)
        problems += told
    problems += discovery.problems(route, query, body)
    if route.method.id in FORBIDDEN:
        problems.append("the product must never call this")
    found: Json = body if isinstance(body, dict) else {}
    problems += _touches_system_labels(route, found)
    return Checked(route, query, found, media, problems)


def _meant(request: Request) -> Request:
    """Return a GET whose query came as a form in a POST, as the client library sends one that is longer than 2,048 characters."""
    form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    if request.verb != "POST" or request.headers.get("x-http-method-override") != "GET" or not form:
        return request
    query = request.body.decode("latin-1")
    return replace(request, verb="GET", target=f"{urlsplit(request.target).path}?{query}", body=b"")


def _json(text: bytes) -> tuple[object, list[str]]:
    try:
        return json.loads(text), []
    except ValueError:
        return None, ["the body is not JSON"]


def _upload(request: Request, query: dict[str, str]) -> tuple[object, bytes | None, list[str]]:
    """Read a simple or multipart upload (https://developers.google.com/workspace/gmail/api/guides/uploads), no resumable one."""
    kind = request.headers.get("content-type", "")
    if query.get("uploadType") == "media":
        wrong = [] if kind.lower().startswith("message/") else [f"an upload of {kind}, not message/*"]
        return None, request.body, wrong
    if query.get("uploadType") != "multipart" or not kind.lower().startswith("multipart/related"):
        return None, None, ["an upload that is neither uploadType=media nor uploadType=multipart with multipart/related"]
    whole = message_from_bytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + request.body, policy=policy.compat32)
    edge = str(whole.get_param("boundary", ""))
    pieces = _pieces(request.body, edge.encode("latin-1"))
    if len(pieces) != 2:
        return None, None, ["an upload that is not made of two parts"]
    (first, told), (second, media) = pieces
    wrong = [] if b"application/json" in first.lower() else ["the first part of an upload is not JSON"]
    wrong += [] if b"message/" in second.lower() else ["the second part of an upload is not message/*"]
    body, more = _json(told)
    return body, media, wrong + more


def _pieces(body: bytes, edge: bytes) -> list[tuple[bytes, bytes]]:
    """Split multipart by hand: the mail inside must come out octet for octet."""
    found = []
    for piece in re.split(rb"(?:\A|\r?\n)--" + re.escape(edge), body)[1:]:
        if piece.startswith(b"--"):
            break
        gap = re.search(rb"\r?\n\r?\n", piece)
        if gap:
            found.append((piece[: gap.start()], piece[gap.end() :]))
    return found


def _touches_system_labels(route: Route, body: Json) -> list[str]:
    """Nothing of ours moves mail, reads it, or puts it into the bin by its labels."""
    if not route.method.id.endswith(("odify", "odifyMessages")):
        return []
    touched = {*body.get("addLabelIds", ()), *body.get("removeLabelIds", ())} & set(SYSTEM)
    return [f"the system's label {name} is changed" for name in sorted(touched)]
