"""Structured data in the attributes of HTML, microdata and RDFa Lite, collected in the shape of JSON-LD.

Sources: WHATWG HTML, section 5 (Microdata); W3C RDFa Lite 1.1. Only items of schema.org types are kept. At most 40 items with 200
properties are looked at.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["has_items", "items_of"]

_MAX_ITEMS = 40
_MAX_PROPERTIES = 200
_MAX_ABOVE = 60
_MAX_VALUE = 500
_SCOPE = "[itemscope],[typeof]"
_PROPERTY = "[itemprop],[property]"
_VOCABULARY = "schema.org"
_VALUES = {
    "meta": ("content",),
    "a": ("href",),
    "area": ("href",),
    "link": ("href",),
    "img": ("src",),
    "iframe": ("src",),
    "data": ("value",),
    "meter": ("value",),
    "time": ("datetime",),
}
"""Where the value of a property stands, by element (WHATWG HTML section 5.2.3)."""


def has_items(html: str) -> bool:
    """Say whether HTML may hold items at all: two or three searches of a string."""
    return _VOCABULARY in html and ("itemscope" in html or "typeof=" in html)


def items_of(tree: LexborHTMLParser) -> list[str]:
    """Return the outermost items of a page, each as the text of one JSON object, in the order of the page."""
    scopes = [node for node in tree.css(_SCOPE)[:_MAX_ITEMS] if _type_of(node)]
    found: dict[int, dict[str, Any]] = {node.mem_id: {"@type": _type_of(node)} for node in scopes}
    inner: set[int] = set()
    for node in tree.css(_PROPERTY)[:_MAX_PROPERTIES]:
        owner = _above(node, found)
        if owner is None:
            continue
        value: Any = found.get(node.mem_id)
        if value is None:
            value = _value_of(node)
        else:
            inner.add(node.mem_id)
        if value:
            _put(found[owner], _attribute(node, "itemprop") or _attribute(node, "property"), value)
    return [json.dumps(found[node.mem_id], ensure_ascii=False) for node in scopes if node.mem_id not in inner]


def _attribute(node: LexborNode, name: str) -> str:
    return (node.attributes.get(name) or "").strip()


def _type_of(node: LexborNode) -> str:
    """Return the last part of the first type that an item names (`https://schema.org/Event`), or an empty string."""
    for name in ("itemtype", "typeof"):
        words = _attribute(node, name).split()
        if words:
            return words[0].rpartition("/")[2].rpartition("#")[2].rpartition(":")[2][:60]
    return ""


def _above(node: LexborNode, found: dict[int, dict[str, Any]]) -> int | None:
    """Return the item around a node."""
    above = node.parent
    for _ in range(_MAX_ABOVE):
        if above is None:
            return None
        if above.mem_id in found:
            return above.mem_id
        above = above.parent
    return None


def _value_of(node: LexborNode) -> str:
    content = _attribute(node, "content")  # RDFa puts it on any element
    for name in _VALUES.get(node.tag or "", ()):
        content = content or _attribute(node, name)
    if not content and node.tag not in {"meta", "link"}:
        content = " ".join(node.text(deep=True).split())
    return content[:_MAX_VALUE]


def _put(item: dict[str, Any], names: str, value: Any) -> None:
    for word in names.split()[:3]:
        name = word.rpartition("/")[2].rpartition(":")[2]
        held = item.get(name)
        if held is None:
            item[name] = value
        elif isinstance(held, list):
            held.append(value)
        else:
            item[name] = [held, value]
