"""When something was first noted: a form that is saved again holds the same words, and they are no news (O4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from rules.notes.types import Notes

__all__ = ["dated"]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def dated(notes: Notes, before: Iterable[Notes]) -> Notes:
    """Return notes with the time on each point at which its words stood first in them or in one of those `before`."""
    first: dict[str, datetime] = {}
    for one in (*before, notes):
        for point in one.points:
            words, at = _folded(point.text), point.at or one.at
            if words not in first or at.astimezone(UTC) < first[words].astimezone(UTC):
                first[words] = at
    return replace(notes, points=tuple(replace(point, at=first[_folded(point.text)]) for point in notes.points))
