"""`$filter` and `$orderby` of OData, as far as mail is listed with them.

https://learn.microsoft.com/en-us/graph/filter-query-parameter, and for the order of properties
https://learn.microsoft.com/en-us/graph/api/user-list-messages#using-filter-and-orderby-in-the-same-query.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tests.servers.graph import facts
from tests.servers.graph.answers import GraphError
from tests.servers.graph.store import Item

__all__ = ["Filter", "Order", "parse_filter", "parse_order"]

Test = Callable[[Item, Callable[[Item, str], Any]], bool]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<instant>\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(?P<number>-?\d+)"
    r"|(?P<word>[A-Za-z_$][\w/$.]*)|(?P<mark>[(),:]))"
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "gt": lambda left, right: left is not None and left > right,
    "ge": lambda left, right: left is not None and left >= right,
    "lt": lambda left, right: left is not None and left < right,
    "le": lambda left, right: left is not None and left <= right,
}
_COMPARE_VALUES: Final[dict[str, Callable[[str, str], bool]]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "contains": lambda left, right: right in left,
    "startswith": lambda left, right: left.startswith(right),
}
_PROPERTY: Final = "singleValueExtendedProperties"


@dataclass
class Filter:
    """A parsed `$filter`."""

    test: Test
    names: list[str] = field(default_factory=list)
    """Properties in the order in which they stand."""
    since: datetime | None = None
    """Every message it finds was received then or later, as far as can be told at once."""
    until: datetime | None = None
    """... then or earlier."""
    named: str = ""
    """Every message it finds has this Message-ID, where that can be told at once."""


@dataclass(frozen=True)
class Order:
    """A parsed `$orderby`: properties and whether each goes down."""

    by: tuple[tuple[str, bool], ...]


def parse_order(text: str) -> Order:
    """Return what a listing is ordered by; raises GraphError 400."""
    found = []
    for one in text.split(","):
        name, _, way = one.strip().partition(" ")
        if name.partition("/")[0] not in facts.properties("message") or way.strip().lower() not in {"", "asc", "desc"}:
            raise GraphError(400, f"Invalid $orderby: {one.strip()}", code="RequestBroker--ParseUri")
        found.append((name, way.strip().lower() == "desc"))
    return Order(tuple(found))


def parse_filter(text: str) -> Filter:
    """Return a filter; raises GraphError 400 for what is none."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(text.rstrip()):
            found = _TOKEN.match(text, place)
            if found is None:
                raise self._wrong()
            self._tokens.append((found.lastgroup or "", found[found.lastgroup or ""]))
            place = found.end()
        self._at = 0
        self._names: list[str] = []
        self._since: datetime | None = None
        self._until: datetime | None = None
        self._named = ""
        self._deep = 0
        """Within `or` or `not`, where nothing can be told at once."""

    def _wrong(self) -> GraphError:
        return GraphError(400, f"Invalid filter clause: {self._text!r}", code="RequestBroker--ParseUri")

    def whole(self) -> Filter:
        if " or " in self._text or self._text.startswith("not"):
            self._deep = 1
        test = self._either()
        if self._at != len(self._tokens):
            raise self._wrong()
        return Filter(test, self._names, self._since, self._until, self._named)

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("", "")

    def _take(self, kind: str = "", value: str = "") -> str:
        one = self._peek()
        if not one[0] or (kind and one[0] != kind) or (value and one[1] != value):
            raise self._wrong()
        self._at += 1
        return one[1]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek() == ("word", "or"):
            self._take()
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda item, get: any(test(item, get) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() == ("word", "and"):
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda item, get: all(test(item, get) for test in tests)

    def _one(self) -> Test:
        if self._peek() == ("word", "not"):
            self._take()
            inner = self._one()
            return lambda item, get: not inner(item, get)
        if self._peek() == ("mark", "("):
            self._take()
            inner = self._either()
            self._take("mark", ")")
            return inner
        name = self._take("word")
        if self._peek() == ("mark", "("):
            return self._called(name)
        self._name(name)
        how = self._take("word")
        if how not in _COMPARE:
            raise self._wrong()
        value = self._value(name)
        if not self._deep and name == "receivedDateTime" and how in {"ge", "gt"}:
            self._since = value
        if not self._deep and name == "receivedDateTime" and how in {"le", "lt"}:
            self._until = value
        if not self._deep and name == "internetMessageId" and how == "eq":
            self._named = str(value)
        compare = _COMPARE[how]
        return lambda item, get: compare(_comparable(get(item, name)), value)

    def _called(self, name: str) -> Test:
        self._take("mark", "(")
        if name in {"startswith", "contains"}:
            wanted = self._take("word")
            self._name(wanted)
            self._take("mark", ",")
            text = str(self._value(wanted)).lower()
            self._take("mark", ")")
            if name == "startswith":
                return lambda item, get: str(get(item, wanted) or "").lower().startswith(text)
            return lambda item, get: text in str(get(item, wanted) or "").lower()
        path, _, how = name.rpartition("/")
        if how.lower() != "any" or path not in {"categories", _PROPERTY}:
            raise self._wrong()
        self._name(path)
        variable = self._take("word")
        self._take("mark", ":")
        return self._any_category(variable) if path == "categories" else self._any_property(variable)

    def _any_category(self, variable: str) -> Test:
        """https://learn.microsoft.com/en-us/graph/filter-query-parameter#filter-using-lambda-operators."""
        self._take("word", variable)
        self._take("word", "eq")
        wanted = self._text_value()
        self._take("mark", ")")
        return lambda item, get: wanted in (get(item, "categories") or ())

    def _any_property(self, variable: str) -> Test:
        """https://learn.microsoft.com/en-us/graph/api/singlevaluelegacyextendedproperty-get: values whatever their case."""
        self._take("word", f"{variable}/id")
        self._take("word", "eq")
        key = facts.normal_id(self._text_value())
        self._take("word", "and")
        how = self._take("word")
        if how in {"contains", "startswith"}:
            self._take("mark", "(")
            self._take("word", f"{variable}/value")
            self._take("mark", ",")
        elif how == f"{variable}/value":
            how = self._take("word")
        compare = _COMPARE_VALUES.get(how)
        if compare is None:
            raise self._wrong()
        value = self._text_value().lower()
        if how in {"contains", "startswith"}:
            self._take("mark", ")")
        self._take("mark", ")")
        return lambda item, _: key in item.extended and compare(item.extended[key].lower(), value)

    def _name(self, name: str) -> None:
        if name.partition("/")[0] not in facts.properties("message"):
            raise GraphError(400, f"Could not find a property named '{name}' on type 'microsoft.graph.message'.")
        self._names.append(name)

    def _text_value(self) -> str:
        return self._take("text")[1:-1].replace("''", "'")

    def _value(self, name: str) -> Any:
        kind, value = self._peek()
        self._at += 1
        if kind == "text":
            return value[1:-1].replace("''", "'")
        if kind == "instant" and facts.properties("message").get(name) == "Edm.DateTimeOffset":
            return datetime.fromisoformat(value)
        if kind == "number":
            return int(value)
        if kind == "word" and value in {"true", "false"}:
            return value == "true"
        if kind == "word" and value == "null":
            return None
        raise self._wrong()


def _comparable(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) and facts.is_instant(value) else value
