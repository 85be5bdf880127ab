"""What types and properties mail has at the service, and what is wrong with a body that is sent to it.

The table is `facts.json`, whose `source` names where it comes from.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
import re
from datetime import datetime
from importlib import resources
from typing import Any, Final

__all__ = ["is_instant", "known", "normal_id", "oddities", "parameters", "problems", "properties", "writable"]

_TABLE: Final[dict[str, Any]] = json.loads(resources.files(__package__ or "").joinpath("facts.json").read_text("utf-8"))
_TYPES: Final[dict[str, dict[str, Any]]] = _TABLE["types"]
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)\Z")
_PROPERTY_ID: Final = re.compile(
    r"(?:String|Integer|Boolean|SystemTime|Double|Long|Short|Binary|CLSID|Currency|Float)(?:Array)? "
    r"(?:0x[0-9a-fA-F]{1,8}|\{[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\} (?:Name .+|Id 0x[0-9a-fA-F]{1,8}))\Z"
)
"""https://learn.microsoft.com/en-us/graph/api/resources/extended-properties-overview#id-formats"""


@functools.cache
def properties(kind: str) -> dict[str, str]:
    """Return the properties of a type, those of its bases included, each with its type."""
    one = _TYPES[kind]
    base = one.get("base")
    own: dict[str, str] = one.get("properties", {})
    return (properties(base) if base else {}) | own


def known(kind: str) -> bool:
    """Say whether the table has a type."""
    return kind in _TYPES


def writable(name: str) -> frozenset[str]:
    """Return which properties may be written: `message.create`, `message.update`, `message.draft_only` and so on."""
    return frozenset(_TABLE["writable"][name])


def parameters(action: str) -> dict[str, str]:
    """Return the parameters of an action."""
    found: dict[str, str] = _TABLE["actions"][action]
    return found


def normal_id(text: str) -> str:
    """Return an identifier of an extended property as the service tells it: `String 0x7d` for `String 0x007D`."""
    kind, _, rest = text.strip().partition(" ")
    if rest.lower().startswith("0x"):
        return f"{kind} 0x{int(rest, 16):x}"
    guid, brace, name = rest.partition("}")
    return f"{kind} {guid.lower()}{brace}{name}"


def is_instant(text: object) -> bool:
    """Say whether a text is a date and time with an offset, as Edm.DateTimeOffset."""
    if not isinstance(text, str) or not _INSTANT.match(text):
        return False
    try:
        datetime.fromisoformat(re.sub(r"(\.\d{6})\d", r"\1", text))
    except ValueError:
        return False
    return True


def problems(value: object, kind: str, place: str = "") -> list[str]:
    """Return what is wrong with a value of a type; `place` is where it stands."""
    if kind.startswith("Collection("):
        if not isinstance(value, list):
            return [f"{place}: not a list"]
        inner = kind[len("Collection(") : -1]
        return [told for number, one in enumerate(value) for told in problems(one, inner, f"{place}[{number}]")]
    if kind.startswith("Edm."):
        return _simple(value, kind, place)
    if kind not in _TYPES:
        return [f"{place}: the table of types does not have {kind}"]
    if "enum" in _TYPES[kind]:
        # Members are told in lower case by the pages, and sent with a capital in their own examples.
        fits = isinstance(value, str) and value.lower() in {one.lower() for one in _TYPES[kind]["enum"]}
        return [] if fits else [f"{place}: {value!r} is none of {kind}"]
    return _structured(value, kind, place)


def oddities(value: object, kind: str) -> list[str]:
    """Return what is not as described in an answer: a resource of a type, or a page of such; annotations are left out."""
    rows = value.get("value") if isinstance(value, dict) and isinstance(value.get("value"), list) else [value]
    told: list[str] = []
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            told.append(f"{row!r} is no {kind}")
            continue
        bare = {name: one for name, one in row.items() if one is not None and not name.startswith(("@", "microsoft.graph."))}
        said = str(row.get("@odata.type", f"#microsoft.graph.{kind}")).removeprefix("#microsoft.graph.")
        told += problems(bare, said) if known(said) else [f"unknown type {said}"]
    return told


def _structured(value: object, kind: str, place: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, dict):
        return [f"{place}: not an object of {kind}"]
    said = value.get("@odata.type")
    if said is not None:
        if not isinstance(said, str) or said.removeprefix("#").removeprefix("microsoft.graph.") not in _TYPES:
            return [f"{place}: unknown type {said!r}"]
        kind = said.removeprefix("#").removeprefix("microsoft.graph.")
    known_here = properties(kind)
    told = []
    for name, one in value.items():
        if name == "@odata.type":
            continue
        if name not in known_here:
            told.append(f"{place}: {kind} has no property {name}")
        else:
            told += problems(one, known_here[name], f"{place}.{name}" if place else name)
    if kind in {"singleValueLegacyExtendedProperty", "multiValueLegacyExtendedProperty"}:
        told += _property_id(value.get("id"), place)
    return told


def _property_id(value: object, place: str) -> list[str]:
    fits = isinstance(value, str) and _PROPERTY_ID.match(value)
    return [] if fits else [f"{place}: {value!r} is no identifier of an extended property"]


def _simple(value: object, kind: str, place: str) -> list[str]:
    fits = {
        "Edm.String": isinstance(value, str) or value is None,
        "Edm.Boolean": isinstance(value, bool),
        "Edm.Int32": isinstance(value, int) and not isinstance(value, bool),
        "Edm.DateTimeOffset": is_instant(value),
        "Edm.Binary": _is_base64(value),
    }.get(kind, True)
    return [] if fits else [f"{place}: {value!r} is no {kind}"]


def _is_base64(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
