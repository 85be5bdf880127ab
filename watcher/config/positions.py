"""Where each key of a TOML document stands: `tomllib` gives values without their lines.

The scanner is for documents that `tomllib` has accepted: it follows the grammar (https://toml.io/en/v1.0.0) only as far as is
needed to find keys and elements, and never judges.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

__all__ = ["Path", "key_lines"]

Path = tuple[str | int, ...]
"""Keys, and indices of array elements, from the root."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\[\s\S]|"(?!"")|""(?!"))*"{3,5}')
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!'')|''(?!'))*'{3,5}")
_STRINGS = (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class _Scanner:
    """Walks over a document once, front to back."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}
        self._counted = 0
        self._line = 1

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def key(self) -> tuple[str, ...]:
        parts: list[str] = []
        while True:
            self.skip(_SPACE)
            if quoted := self.skip(_BASIC) or self.skip(_LITERAL):
                parts.append(str(tomllib.loads(f"key = {quoted}")["key"]))
            else:
                parts.append(self.skip(_BARE))
            self.skip(_SPACE)
            if self.peek() != ".":
                return tuple(parts)
            self.at += 1

    def inside(self, parts: tuple[str, ...]) -> Path:
        """Return the path of a table header, with the index of the last element of each array of tables on the way."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
        return path

    def document(self) -> None:
        table: Path = ()
        while True:
            self.skip(_BLANK)
            if not self.peek():
                return
            if self.peek() == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Path:
        line = self.line()
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        parts = self.key()
        self.at += 2 if many else 1
        if many:
            array = (*self.inside(parts[:-1]), parts[-1])
            self.tables[array] = self.tables.get(array, 0) + 1
        path = self.inside(parts)
        self.note(path, line)
        return path

    def pair(self, table: Path) -> None:
        line = self.line()
        path = (*table, *self.key())
        self.note(path, line)
        self.at += 1  # the equals sign
        self.value(path)

    def value(self, path: Path) -> None:
        self.skip(_SPACE)
        if self.peek() == "[":
            self.array(path)
        elif self.peek() == "{":
            self.inline(path)
        elif not any(self.skip(pattern) for pattern in _STRINGS):
            self.skip(_SCALAR)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while True:
            self.skip(_BLANK)
            if self.peek() in {"]", ""}:
                self.at += 1
                return
            if self.peek() == ",":
                self.at += 1
                continue
            self.note((*path, index), self.line())
            self.value((*path, index))
            index += 1

    def inline(self, path: Path) -> None:
        self.at += 1
        while True:
            self.skip(_BLANK)
            if self.peek() in {"}", ""}:
                self.at += 1
                return
            if self.peek() == ",":
                self.at += 1
                continue
            self.pair(path)


def key_lines(text: str) -> Mapping[Path, int]:
    """Return the 1-based line of the first mention of every key, table and array element of a valid document."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines
