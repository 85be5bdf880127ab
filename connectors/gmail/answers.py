"""Taking values out of the answers of Gmail, as `connectors.answers` does."""

from __future__ import annotations

from connectors.answers import Json, record, records

__all__ = ["Json", "labels_of", "number", "record", "records", "text"]


def text(value: Json, name: str) -> str:
    """Return a string (or a number, as text), else an empty one."""
    found = value.get(name)
    if isinstance(found, str):
        return found
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def number(value: Json, name: str) -> int | None:
    """Return an integer of at most 18 digits, which JSON may carry as text (int64 of the discovery format), else None."""
    found = text(value, name).strip()
    return int(found) if found.removeprefix("-").isdecimal() and len(found) < 19 else None  # noqa: PLR2004 - 64 bits


def labels_of(message: Json) -> frozenset[str] | None:
    """Return the ids of a message's labels; None where the answer does not tell them."""
    found = message.get("labelIds")
    return frozenset(item for item in found if isinstance(item, str)) if isinstance(found, list) else None
