"""What the public description of Gmail's service says of a request.

The description is the discovery document that ships in google-api-python-client
(`googleapiclient/discovery_cache/documents/gmail.v1.json`); its format is told at
https://developers.google.com/discovery/v1/reference/apis and https://developers.google.com/discovery/v1/type-format.
"""

from __future__ import annotations

import binascii
import functools
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote

__all__ = ["Discovery", "Method", "Route"]

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*={0,2}\Z")
_PLACE: Final = re.compile(r"\\\{\\?\+?(\w+)\\\}")
_RANGES: Final = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
_MOST: Final = 500
"""Of `maxResults`, by the description of each method that has it."""


@dataclass(frozen=True)
class Method:
    """One method of the service."""

    id: str
    """As the document writes it: `gmail.users.messages.get`."""
    verb: str
    parameters: Mapping[str, Any]
    """By name: those of the path and of the query, without what every method takes."""
    scopes: frozenset[str]
    """Any one of them is enough."""
    request: str = ""
    """Name of the schema of the body; empty where there is none."""
    response: str = ""


@dataclass(frozen=True)
class Route:
    """A method, and what the path gave it."""

    method: Method
    places: Mapping[str, str]
    """Parameters in the path, decoded."""
    upload: bool = False
    """The address is the one for media."""


class Discovery:
    """The document, ready to be asked."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take the document as it was parsed."""
        self._schemas: Mapping[str, Any] = document["schemas"]
        self._common: Mapping[str, Any] = document["parameters"]
        self._routes = [
            (verb, re.compile(pattern), method, upload) for method, verb, paths in _methods(document) for pattern, upload in paths
        ]
        self.methods: Mapping[str, Method] = {method.id: method for _, _, method, _ in self._routes}

    @staticmethod
    @functools.cache
    def shipped() -> Discovery:
        """Return the one that the installed client library carries."""
        place = files("googleapiclient") / "discovery_cache" / "documents" / "gmail.v1.json"
        return Discovery(json.loads(place.read_text("utf-8")))

    def route(self, verb: str, path: str) -> Route | None:
        """Return which method a request means; `path` is as it came, percent-encoded."""
        for known, pattern, method, upload in self._routes:
            if known == verb and (found := pattern.match(path)):
                return Route(method, {name: unquote(text) for name, text in found.groupdict().items()}, upload)
        return None

    def problems(self, route: Route, query: Sequence[tuple[str, str]], body: object) -> list[str]:
        """Return what is wrong with a request; `body` is parsed JSON, or None where there was none."""
        return [*self._of_query(route.method, query), *self._of_body(route, body)]

    def answer_problems(self, method: Method, value: object) -> list[str]:
        """Return what is wrong with an answer; None stands for no content."""
        if not method.response:
            return [] if value is None else ["the method has no answer"]
        return list(self._of_value({"$ref": method.response}, value, "answer", ""))

    def selects(self, schema: str, name: str) -> str | None:
        """Return the schema behind a field of another one (empty: a plain value), or None when there is no such field."""
        field = self._schemas.get(schema, {}).get("properties", {}).get(name)
        if field is None:
            return None
        while "items" in field:
            field = field["items"]
        return str(field.get("$ref", ""))

    def fields(self, schema: str) -> Iterable[str]:
        """Return the names of a schema's fields."""
        return list(self._schemas.get(schema, {}).get("properties", {}))

    # -- the query

    def _of_query(self, method: Method, query: Sequence[tuple[str, str]]) -> Iterator[str]:
        seen: set[str] = set()
        for name, text in query:
            about = method.parameters.get(name, self._common.get(name))
            if about is None or about.get("location") != "query":
                yield f"unknown query parameter {name}"
                continue
            if name in seen and not about.get("repeated"):
                yield f"{name} stands twice"
            seen.add(name)
            yield from _of_text(name, about, text)
        for name, about in method.parameters.items():
            if about.get("required") and about.get("location") == "query" and name not in seen:
                yield f"{name} is missing"

    # -- the body

    def _of_body(self, route: Route, body: object) -> Iterator[str]:
        method = route.method
        if not method.request:
            if body not in (None, {}):
                yield "the method takes no body"
        elif body is None:
            if not route.upload:
                yield "the body is missing"
        else:
            yield from self._of_value({"$ref": method.request}, body, "body", method.id)

    def _of_value(self, schema: Mapping[str, Any], value: object, place: str, method: str) -> Iterator[str]:
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        match schema.get("type"):
            case "object":
                yield from self._of_object(schema, value, place, method)
            case "array" if isinstance(value, list):
                for number, item in enumerate(value):
                    yield from self._of_value(schema["items"], item, f"{place}[{number}]", method)
            case "string" if isinstance(value, str):
                yield from _of_string(schema, value, place)
            case "boolean" if isinstance(value, bool):
                pass
            case "integer" if _is_integer(schema, value):
                pass
            case "any":
                pass
            case kind:
                yield f"{place}: not of the type {kind}"

    def _of_object(self, schema: Mapping[str, Any], value: object, place: str, method: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: not an object"
            return
        known = schema.get("properties", {})
        for name, item in value.items():
            if name in known:
                yield from self._of_value(known[name], item, f"{place}.{name}", method)
            elif "additionalProperties" in schema:
                yield from self._of_value(schema["additionalProperties"], item, f"{place}.{name}", method)
            else:
                yield f"{place}.{name}: unknown field"
        for name, about in known.items():
            if method in about.get("annotations", {}).get("required", ()) and name not in value:
                yield f"{place}.{name} is missing"


def _methods(resource: Mapping[str, Any]) -> Iterator[tuple[Method, str, list[tuple[str, bool]]]]:
    for about in resource.get("methods", {}).values():
        method = Method(
            id=about["id"],
            verb=about["httpMethod"],
            parameters=about.get("parameters", {}),
            scopes=frozenset(about.get("scopes", ())),
            request=about.get("request", {}).get("$ref", ""),
            response=about.get("response", {}).get("$ref", ""),
        )
        paths = [(_pattern("/" + about.get("flatPath", about["path"])), False)]
        simple = about.get("mediaUpload", {}).get("protocols", {}).get("simple")
        if simple:
            paths.append((_pattern(simple["path"]), True))
        yield method, method.verb, paths
    for below in resource.get("resources", {}).values():
        yield from _methods(below)


def _pattern(path: str) -> str:
    return _PLACE.sub(r"(?P<\1>[^/]+)", re.escape(path)) + r"\Z"


def _of_text(name: str, about: Mapping[str, Any], text: str) -> Iterator[str]:
    """Say what is wrong with a parameter's text."""
    if "enum" in about and text not in about["enum"]:
        yield f"{name}={text} is none of {', '.join(about['enum'])}"
    kind = about.get("type")
    if kind == "boolean" and text not in {"true", "false"}:
        yield f"{name}={text} is not a boolean"
    if kind == "integer":
        low, high = _RANGES.get(about.get("format", ""), (-(2**63), 2**63))
        if not re.fullmatch(r"-?[0-9]{1,19}", text) or not low <= int(text) <= high:
            yield f"{name}={text} is not an integer of {about.get('format')}"
        elif name == "maxResults" and not 1 <= int(text) <= _MOST:
            yield f"{name}={text} is not between 1 and {_MOST}"
    if about.get("format") in {"uint64", "int64"} and not re.fullmatch(r"[0-9]{1,40}", text):
        yield f"{name}={text} is not a number"


def _is_integer(schema: Mapping[str, Any], value: object) -> bool:
    low, high = _RANGES.get(schema.get("format", ""), (-(2**63), 2**63))
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _of_string(schema: Mapping[str, Any], value: str, place: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value} is none of {', '.join(schema['enum'])}"
    form = schema.get("format")
    if form == "byte":
        if not _BASE64URL.match(value):
            yield f"{place}: not base64url"
            return
        try:
            urlsafe_b64decode(value + "=" * (-len(value) % 4))
        except (binascii.Error, ValueError):
            yield f"{place}: not base64url"
    elif form in {"uint64", "int64"} and not re.fullmatch(r"-?[0-9]{1,40}", value):
        yield f"{place}: not a number"
