"""Where reading stands: the text that `Changes.cursor` carries. Links are kept whole, as the service gave them.

https://learn.microsoft.com/en-us/graph/delta-query-overview: a link holds a token that nobody but the service understands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Self

__all__ = ["Cursor", "Place"]

_TAG: Final = "graph1 "
_TEXTS: Final = ("link", "oldest", "older", "page")


@dataclass(frozen=True, slots=True)
class Place:
    """How far one folder was read."""

    link: str = ""
    """What to ask next: a next link within a round, a delta link after it; empty before the first round."""
    first: bool = True
    """Whether the first round is under way: it lists what is there."""
    count: int = 0
    """Messages that the first round brought so far."""
    oldest: str = ""
    """When the oldest of them was received (ISO 8601, UTC)."""
    older: str = ""
    """Where the first round was cut short: what was received before this time (ISO 8601, UTC) is still to be listed."""
    page: str = ""
    """The next link within that listing, where many came within one second."""

    def as_json(self) -> dict[str, Any]:
        """Return the fields that say anything."""
        found: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(self, name))}
        if self.first:
            found["first"] = self.count
        return found

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        """Read the fields. Raises ValueError."""
        texts = {name: value.get(name, "") for name in _TEXTS}
        count = value.get("first", 0)
        if not all(isinstance(one, str) for one in texts.values()) or not isinstance(count, int) or isinstance(count, bool):
            raise ValueError("not a place")
        for name in ("oldest", "older"):
            if texts[name] and datetime.fromisoformat(texts[name]).tzinfo is None:
                raise ValueError("a time without a zone")
        return cls(**texts, first="first" in value, count=count)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox was read, folder by folder."""

    mailbox: str
    """What the service calls the mailbox by: links and folders of another one mean nothing."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """By the id of the folder."""

    def __str__(self) -> str:
        """Return the opaque form."""
        places = {key: place.as_json() for key, place in self.places.items()}
        return _TAG + json.dumps({"mailbox": self.mailbox, "places": places}, separators=(",", ":"))

    def at(self, folder: str, place: Place) -> Self:
        """Return the cursor with another place in one folder."""
        return replace(self, places={**self.places, folder: place})

    @classmethod
    def parse(cls, given: str | None, mailbox: str) -> Self | None:
        """Read the opaque form; None when there is none, or it is not one of ours, or of another mailbox."""
        if given is None or not given.startswith(_TAG):
            return None
        try:
            value = json.loads(given.removeprefix(_TAG))
            if value["mailbox"] != mailbox:
                return None
            return cls(mailbox, {key: Place.of_json(place) for key, place in value["places"].items()})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
