"""Taking values out of JSON that somebody else wrote: what is not there, or not of its type, counts as missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Json", "record", "records"]

Json = Mapping[str, Any]
"""An object of an answer."""


def record(value: Json, name: str) -> Json:
    """Return an object, else an empty one."""
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def records(value: Json, name: str) -> Sequence[Json]:
    """Return the objects of a list."""
    found = value.get(name)
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
