"""Partial responses: the `fields` parameter.

https://developers.google.com/workspace/gmail/api/guides/performance#partial-response: commas between fields, a slash or
parentheses for what is below one, an asterisk for every field of a level; a selection that names no field of the resource is
answered 400.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

from tests.servers.gmail.answers import ApiError, Json
from tests.servers.gmail.discovery import Discovery

__all__ = ["Selection", "select", "selection"]

Selection = dict[str, "Selection | None"]
"""Names of fields (`*`: all), each with the selection below it; None: all that is below."""
_TOKEN: Final = re.compile(r"\s*([A-Za-z][\w-]*|[*,/()])\s*")
_DEEPEST: Final = 100
_NOTHING: Final = object()


@functools.lru_cache(256)
def selection(text: str, schema: str, discovery: Discovery) -> Selection:
    """Parse a mask and check it against the schema of a response; raises ApiError 400."""
    tokens: list[str] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise _invalid(text)
        tokens.append(found[1])
        place = found.end()
    reader = _Reader(tokens, text)
    chosen = reader.fields(0)
    if reader.rest:
        raise _invalid(text)
    _check(chosen, schema, discovery, text)
    return chosen


def select(value: Json, chosen: Selection) -> Json:
    """Return what a mask leaves of a resource; lists are gone through item by item, and what has nothing left is left out."""
    found = {name: _below(item, *below) for name, item in value.items() if (below := _for(chosen, name))}
    return {name: item for name, item in found.items() if item is not _NOTHING}


def _for(chosen: Selection, name: str) -> list[Selection | None]:
    return [chosen[key] for key in ("*", name) if key in chosen]


def _below(value: Any, *chosen: Selection | None) -> Any:
    merged: Selection = {}
    for one in chosen:
        if one is None:
            return value
        _merge(merged, one)
    if isinstance(value, list):
        items = [item for one in value if (item := _below(one, merged)) is not _NOTHING]
        return items or _NOTHING
    return (select(value, merged) or _NOTHING) if isinstance(value, dict) else _NOTHING


def _merge(into: Selection, other: Selection) -> None:
    for name, below in other.items():
        if name not in into:
            into[name] = None if below is None else dict(below)
            continue
        known = into[name]
        if known is None or below is None:
            into[name] = None
        else:
            _merge(known, below)


def _check(chosen: Selection, schema: str, discovery: Discovery, text: str) -> None:
    for name, below in chosen.items():
        if name == "*":
            if below is not None and not any(_fits(below, schema, field, discovery, text) for field in discovery.fields(schema)):
                raise _invalid(text)
        else:
            inner = discovery.selects(schema, name)
            if inner is None or (below is not None and not inner):
                raise _invalid(text)
            if below is not None:
                _check(below, inner, discovery, text)


def _fits(below: Selection, schema: str, field: str, discovery: Discovery, text: str) -> bool:
    """Say whether a field that an asterisk stands for has what is asked for below it; of all of them, one has to."""
    inner = discovery.selects(schema, field)
    try:
        if inner:
            _check(below, inner, discovery, text)
    except ApiError:
        return False
    return bool(inner)


def _invalid(text: str) -> ApiError:
    return ApiError(400, f"Request contains an invalid argument: invalid field selection {text}", reason="invalidParameter")


class _Reader:
    def __init__(self, tokens: list[str], text: str) -> None:
        self.rest = tokens
        self._text = text

    def fields(self, depth: int) -> Selection:
        if depth > _DEEPEST:
            raise _invalid(self._text)
        chosen: Selection = {}
        while True:
            _merge(chosen, self._field(depth))
            if not self.rest or self.rest[0] != ",":
                return chosen
            self.rest.pop(0)

    def _field(self, depth: int) -> Selection:
        if depth > _DEEPEST or not self.rest or self.rest[0] in {",", "/", "(", ")"}:
            raise _invalid(self._text)
        name = self.rest.pop(0)
        below: Selection | None = None
        if self.rest and self.rest[0] == "/":
            self.rest.pop(0)
            below = self._field(depth + 1)
        elif self.rest and self.rest[0] == "(":
            self.rest.pop(0)
            below = self.fields(depth + 1)
            if not self.rest or self.rest.pop(0) != ")":
                raise _invalid(self._text)
        return {name: below}
