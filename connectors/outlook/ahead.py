"""Passes in which nothing happened, and yet every link is a new one: they need not be written down.

Who stores cursors would write one to the disk at each quiet look. A link stays good after it was followed, and tells the same
and what came since (https://learn.microsoft.com/en-us/graph/delta-query-overview), but the service keeps only so many of them: so
the newer links are held here, and the cursor that is handed on stays as it was, for some passes in a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from connectors.base import Changes
from connectors.outlook.cursor import Cursor

__all__ = ["Ahead"]

_MOST: Final = 30
"""Quiet passes in a row after which the links are handed on all the same: that many looks are an hour, or less."""


class Ahead:
    """How much further than the stored cursor a mailbox was read, to no effect."""

    def __init__(self) -> None:
        """Begin with what is stored."""
        self._given = ""
        self._cursor: Cursor | None = None
        self._passes = 0

    def of(self, given: str | None, known: Cursor | None) -> Cursor | None:
        """Return how far reading really stands, where `given` is stored, which says `known`."""
        return self._cursor if given is not None and given == self._given and self._cursor is not None else known

    def quiet(self, given: str | None, known: Cursor | None, pages: Iterable[Changes]) -> Iterator[Changes]:
        """Yield the pages of a pass that began at `given`; where it brought nothing but links, its cursor is `given` again."""
        alone = True
        for page in pages:
            if alone and known is not None and given is not None and not _tells(page) and self._passes < _MOST:
                behind = Cursor.parse(page.cursor, known.mailbox)
                if behind is not None and _moved(known, behind):
                    self._passes = self._passes + 1 if given == self._given else 1
                    self._given, self._cursor = given, behind
                    yield replace(page, cursor=given)
                    return
            alone = False
            self.forget()
            yield page

    def forget(self) -> None:
        """Go by what is stored."""
        self._given, self._cursor, self._passes = "", None, 0


def _tells(page: Changes) -> bool:
    return bool(page.envelopes or page.messages or page.removed or page.touched or page.reset or page.more)


def _moved(before: Cursor, behind: Cursor) -> bool:
    """Say whether nothing but the links of folders differs, all of which were read to their end."""
    if before.places.keys() != behind.places.keys():
        return False
    pairs = ((before.places[ref], place) for ref, place in behind.places.items())
    return all(replace(one, link="") == replace(other, link="") and not other.first and not other.older for one, other in pairs)
