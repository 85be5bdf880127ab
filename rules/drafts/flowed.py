"""Plain text with soft line breaks (RFC 3676, DelSp=no)."""

from __future__ import annotations

__all__ = ["flow"]

_WIDTH = 72
"""Columns of a line, the blank at its end included; RFC 3676 section 4.2 asks for at most 78."""
_MAX_WORD = 900
"""A word longer than this is broken: no line may be longer than 998 octets (RFC 5322)."""


def _stuffed(line: str) -> str:
    """Put a blank before what a reader would take for a quote, a stuffed line or a mailbox separator (section 4.4)."""
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def _words(line: str) -> list[str]:
    return [word[n : n + _MAX_WORD] for word in line.split(" ") for n in range(0, len(word) or 1, _MAX_WORD)]


def flow(text: str) -> list[str]:
    """Return the lines of `text`, long ones broken behind a blank that stays; no line that ends a paragraph has one.

    A signature separator (`-- `) keeps its blank, as section 4.3 says.
    """
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if paragraph == "-- ":
            lines.append(paragraph)
            continue
        current = ""
        for word in _words(paragraph.rstrip(" ")):
            if current and len(current) + len(word) > _WIDTH - 1:
                lines.append(_stuffed(current))
                current = ""
            current += f"{word} "
        lines.append(_stuffed(current.rstrip(" ")))
    while lines and not lines[-1]:
        lines.pop()
    return lines
