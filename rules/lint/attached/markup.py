"""XML parts of office files, read with expat: no entity is expanded, no document type is accepted, nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat  # what is dangerous in it is refused below

from rules.lint.attached.types import MAX_TEXT, UnreadableError

__all__ = ["Reader", "read_xml"]

_DEPTH = 200
_STEP = 64 * 1024

Reader = Callable[[str, dict[str, str]], None]
"""Is told each element that begins: its local name, and its attributes by local name."""


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Text:
    """Collects the text of a part: paragraphs on lines, the pieces that a word processor cuts them into joined."""

    def __init__(self, begins: Reader | None, breaks: frozenset[str], silent: frozenset[str]) -> None:
        self.kept: list[str] = []
        self.length = 0
        self.depth = 0
        self._begins = begins
        self._breaks = breaks
        self._silent = silent
        self._muted = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise UnreadableError("its XML is nested too deeply")
        local = _local(name)
        self._muted += local in self._silent
        if local in {"tab", "br", "cr", "s", "line-break"}:
            self.text(" ")
        if self._begins is not None:
            self._begins(local, {_local(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self.depth -= 1
        local = _local(name)
        self._muted -= local in self._silent
        if local in self._breaks:
            self.text("\n")

    def text(self, data: str) -> None:
        if self._muted:
            return
        self.length += len(data)
        if self.length > MAX_TEXT:
            raise UnreadableError("it holds more text than is looked at")
        self.kept.append(data)


def _refuse(*_: object) -> int:
    raise UnreadableError("its XML declares entities")


def read_xml(data: bytes, *, breaks: frozenset[str], silent: frozenset[str] = frozenset(), begins: Reader | None = None) -> str:
    """Return the text of an XML document; elements of `breaks` end a line, those of `silent` say nothing.

    `begins` is told every element. Raises UnreadableError.
    """
    collected = _Text(begins, breaks, silent)
    parser = expat.ParserCreate()
    parser.StartElementHandler = collected.start
    parser.EndElementHandler = collected.end
    parser.CharacterDataHandler = collected.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        for begin in range(0, len(data), _STEP):
            parser.Parse(data[begin : begin + _STEP], False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableError("its XML is broken") from error
    return "".join(collected.kept)
