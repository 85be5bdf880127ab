"""The lines of a calendar part: unfolded, and put into objects and components (RFC 5545 sections 3.1 and 3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Calendar", "calendars", "unfolded"]

_MAX_TEXT = 64 * 1024
_MAX_LINES = 5000
_MAX_LINE = 16 * 1024
_MAX_OBJECTS = 50
_PROPERTY = re.compile(r"[A-Z][A-Z0-9-]{1,60};|[A-Za-z0-9-]{1,60}(?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?:")
_PROSE = re.compile(r"(?:DESCRIPTION|X-ALT-DESC|COMMENT)\b", re.IGNORECASE)
_ESCAPED = "\\n"


@dataclass(slots=True)
class Calendar:
    """One VCALENDAR: its own properties (the first of each name), and the lines of its zones and events."""

    properties: dict[str, str] = field(default_factory=dict)
    zones: list[list[str]] = field(default_factory=list)
    events: list[list[str]] = field(default_factory=list)


def calendars(text: str) -> list[Calendar]:
    """Return the calendar objects of a part; a file without BEGIN:VCALENDAR is one. Linear, at most 64 KB and 5,000 lines.

    Components inside of an event (alarms) and of a kind that is not read are left out. What is never closed ends where the next
    one begins.
    """
    reader = _Reader()
    for line in _lines(text):
        reader.take(line)
    reader.close()
    return [item for item in reader.found if item.events or item.zones or item.properties]


def unfolded(text: str) -> str:
    """Undo the folding of lines, which end with a line feed then; at most 64 KB."""
    text = text[:_MAX_TEXT].strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n ", "").replace("\n\t", "")


def _lines(text: str) -> list[str]:
    """Return the lines of a part. What can be no property belongs to the line before, whose fold lost its blank."""
    found: list[str] = []
    for line in unfolded(text).split("\n")[:_MAX_LINES]:
        if found and line.strip() and _PROPERTY.match(line) is None:
            if len(found[-1]) < _MAX_LINE:
                found[-1] += f"{_ESCAPED if _PROSE.match(found[-1]) else ''}{line[:_MAX_LINE]}"
        elif line.strip():
            found.append(line.rstrip()[:_MAX_LINE])
    return found


class _Reader:
    def __init__(self) -> None:
        self.found: list[Calendar] = [Calendar()]
        self.name = ""
        """VEVENT, VTIMEZONE, another component that is left out, or empty."""
        self.block: list[str] = []
        self.inner: list[str] = []

    def take(self, line: str) -> None:
        mark = line[:60].upper().strip()
        if mark.startswith("BEGIN:"):
            self._begin(mark[6:].strip(), line)
        elif mark.startswith("END:"):
            self._end(mark[4:].strip(), line)
        elif not self.name:
            name, _, value = line.partition(":")
            self.found[-1].properties.setdefault(name.partition(";")[0].strip().upper(), value.strip())
        elif self.name == "VTIMEZONE" or not self.inner:
            self.block.append(line)

    def _begin(self, name: str, line: str) -> None:
        if name == "VCALENDAR":
            self.close()
            if len(self.found) < _MAX_OBJECTS:
                self.found.append(Calendar())
        elif name in {"VEVENT", "VTIMEZONE"} or not self.name:
            self.close()
            self.name = name
        else:
            self.inner.append(name)
            if self.name == "VTIMEZONE":
                self.block.append(line)

    def _end(self, name: str, line: str) -> None:
        if name in {self.name, "VCALENDAR"}:
            self.close()
        elif self.inner:
            if name in self.inner:
                del self.inner[self.inner.index(name) :]
            if self.name == "VTIMEZONE":
                self.block.append(line)

    def close(self) -> None:
        """Put away what was begun."""
        if self.name == "VEVENT":
            self.found[-1].events.append(self.block)
        elif self.name == "VTIMEZONE":
            self.found[-1].zones.append(self.block)
        self.name, self.block, self.inner = "", [], []
