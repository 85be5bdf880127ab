"""Large mailboxes, made when they are asked for: a hundred thousand messages cost neither time nor much memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.servers.gmail.bulk import Bulk as Letters
from tests.servers.graph.answers import Json
from tests.servers.graph.mime import Taken, taken
from tests.servers.graph.store import Content

__all__ = ["Bulk"]

_FOLDERS: Final = {"own": "sentitems"}


class _Letter:
    """A message by its number: the same each time it is asked for, and kept nowhere."""

    __slots__ = ("_letters", "_number")

    def __init__(self, letters: Letters, number: int) -> None:
        self._letters = letters
        self._number = number

    def _read(self) -> Taken:
        """Return what is in it, of the one that was read last at once: its properties are asked for one by one."""
        held = _LAST.get("read")
        if held is None or held[0] is not self:
            held = (self, taken(self.raw()))
            _LAST["read"] = held
        return held[1]

    def properties(self) -> Json:
        """Return its properties."""
        return self._read().properties

    def headers(self) -> Sequence[tuple[str, str]]:
        """Return the fields that it came with."""
        return self._read().headers

    def raw(self) -> bytes:
        """Return it as RFC 5322 bytes."""
        return self._letters.raw(self._number)

    def message_id(self) -> str:
        """Return its Message-ID with brackets."""
        return f"<{self._letters.message_id(self._number)}>"


_LAST: Final[dict[str, tuple[_Letter, Taken]]] = {}


@dataclass(frozen=True)
class Bulk:
    """So many messages, the newest received at `newest`, going back evenly over `span`; for `Mailbox.fill`."""

    count: int
    newest: datetime
    span: timedelta = timedelta(days=365)
    address: str = "sam@example.com"
    seed: int = 1
    only_inbox: bool = False
    """All of them lie in the inbox; else a fifth in the archive, and what the user wrote in Sent Items."""

    def __iter__(self) -> Iterator[tuple[str, datetime, Content]]:
        """Yield folder, time and message, oldest first."""
        letters = Letters(self.count, self.newest, self.span, self.address, self.seed)
        for number in range(self.count):
            at = self.newest - self.span + self.span * (number + 1) / self.count
            folder = _FOLDERS.get(letters.kind(number), "archive" if number % 5 == 0 else "inbox")
            yield "inbox" if self.only_inbox else folder, at, _Letter(letters, number)
