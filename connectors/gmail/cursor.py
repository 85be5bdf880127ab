"""Where reading stands: the text that `Changes.cursor` carries.

History ids stay text: they are 64 bits wide and more, and nothing is ever computed with them but which is the later one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

__all__ = ["Cursor", "Listing", "later"]

_TAG: Final = "gmail1 "
_ID: Final = re.compile(r"[0-9]{1,40}")


def later(*ids: str) -> str:
    """Return the latest of some history ids, which grow with time; what is no id is passed over."""
    return max((one for one in ids if _ID.fullmatch(one)), key=int, default="")


@dataclass(frozen=True, slots=True)
class Listing:
    """How far the first listing got."""

    since: datetime
    """Aware; what came before is left out."""
    phase: int = 0
    """Which of the listings is under way."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox was read: by its history, or before that by a listing."""

    mailbox: str
    """The address that the service calls the mailbox by: ids of another one mean nothing."""
    history: str
    """All that came up to this history id was delivered, once no listing is under way."""
    page: str = ""
    """The token of the page that is being read; empty for the first."""
    after: str = ""
    """The id in that page (of a message in a listing, of a record in the history) up to which all was delivered."""
    listing: Listing | None = None

    def __str__(self) -> str:
        """Return the opaque form."""
        value: dict[str, object] = {"mailbox": self.mailbox, "history": self.history}
        if self.page:
            value["page"] = self.page
        if self.after:
            value["after"] = self.after
        if self.listing is not None:
            value["listing"] = {"since": self.listing.since.isoformat(), "phase": self.listing.phase}
        return _TAG + json.dumps(value, separators=(",", ":"))

    @classmethod
    def parse(cls, given: str | None, mailbox: str) -> Self | None:
        """Read the opaque form; None when there is none, or it is not one of ours, or of another mailbox."""
        if given is None or not given.startswith(_TAG):
            return None
        try:
            value = json.loads(given.removeprefix(_TAG))
            history, page, after = value["history"], value.get("page", ""), value.get("after", "")
            listing = None
            if "listing" in value:
                since, phase = datetime.fromisoformat(value["listing"]["since"]), value["listing"]["phase"]
                if since.tzinfo is None or not isinstance(phase, int):
                    return None
                listing = Listing(since, phase)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        if value.get("mailbox") != mailbox or not all(isinstance(one, str) for one in (history, page, after)):
            return None
        return cls(mailbox, history, page, after, listing) if _ID.fullmatch(history) else None
