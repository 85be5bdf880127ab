"""Several requests in one: https://learn.microsoft.com/en-us/graph/json-batching.

At most 20, either all at once or one after the other; each has an id of its own; answers come in another order than requests;
what depends on a failed one is answered 424; headers of the outer request do not hold for the parts, but the sign-in does.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.servers.answering import Request
from tests.servers.graph.answers import Answer, GraphError, Json, json_answer, parsed

__all__ = ["MOST", "Part", "answered", "split"]

MOST: Final = 20


@dataclass(frozen=True)
class Part:
    """One request of a batch."""

    id: str
    request: Request
    after: tuple[str, ...]


def split(request: Request) -> list[Part]:
    """Return the requests of a batch; raises GraphError 400 for what is none."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise GraphError(400, "The batch is not application/json.")
    whole = parsed(request.body)
    if not isinstance(whole, dict) or not isinstance(whole.get("requests"), list) or set(whole) != {"requests"}:
        raise GraphError(400, "Invalid batch payload format.")
    requests = whole["requests"]
    if not 1 <= len(requests) <= MOST:
        raise GraphError(400, f"Number of batch request steps ({len(requests)}) is not between 1 and {MOST}.")
    parts = [_part(one, request.headers) for one in requests]
    names = [part.id.lower() for part in parts]
    if len(set(names)) != len(names):
        raise GraphError(400, "Batch request ids have to be unique.")
    for number, part in enumerate(parts):
        if not {one.lower() for one in part.after} <= set(names[:number]):
            raise GraphError(400, f"Request {part.id} depends on one that does not come before it.")
    after = [{one.lower() for one in part.after} for part in parts]
    if any(after) and after != [set(), *({name} for name in names[:-1])]:
        raise GraphError(400, "The batch is neither parallel throughout nor one request after the other.")
    return parts


def _part(one: object, outer: Mapping[str, str]) -> Part:
    if not isinstance(one, dict) or not {"id", "method", "url"} <= one.keys() <= {
        "id",
        "method",
        "url",
        "headers",
        "body",
        "dependsOn",
    }:
        raise GraphError(400, "Invalid batch payload format: id, method and url; headers, body, dependsOn.")
    key, verb, url, after = one["id"], one["method"], one["url"], one.get("dependsOn", [])
    fields = one.get("headers", {})
    if not (isinstance(key, str) and key and isinstance(verb, str) and isinstance(url, str) and isinstance(after, list)):
        raise GraphError(400, "Invalid batch payload format: a value of the wrong type.")
    if "://" in url.partition("?")[0] or url.lstrip("/").lower().startswith(("v1.0/", "beta/")):
        raise GraphError(400, f"Invalid batch payload format: {url} is not relative to the version.")
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise GraphError(400, "Invalid batch payload format: headers.")
    headers = {name.lower(): value for name, value in fields.items()}
    body = b""
    if "body" in one:
        if "content-type" not in headers:
            raise GraphError(400, f"Request {key} has a body and no Content-Type.")
        told = one["body"]
        plain = isinstance(told, str) and not headers["content-type"].startswith("application/json")
        body = told.encode() if plain else json.dumps(told).encode()
    headers |= {name: outer.get(name, "") for name in ("authorization", "host")}
    return Part(key, Request(verb.upper(), "/v1.0/" + url.lstrip("/"), headers, body), tuple(str(name) for name in after))


def answered(parts: list[Part], does: Callable[[Request], Answer]) -> Answer:
    """Do them in their order, and return the answers in the opposite one."""
    failed: set[str] = set()
    told: list[Json] = []
    for part in parts:
        orphaned = any(name.lower() in failed for name in part.after)
        answer = GraphError(424).answer if orphaned else does(part.request)
        if answer.status >= 400:
            failed.add(part.id.lower())
        told.append(_told(part, answer))
    return json_answer({"responses": told[::-1]})


def _told(part: Part, answer: Answer) -> Json:
    one: Json = {"id": part.id, "status": answer.status, "headers": {"Cache-Control": "private", **answer.headers}}
    if answer.kind:
        one["headers"]["Content-Type"] = answer.kind
    if not answer.body:
        return one
    if answer.kind.startswith("application/json"):
        return one | {"body": json.loads(answer.body)}
    return one | {"body": base64.b64encode(answer.body).decode()}
