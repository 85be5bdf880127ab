"""What is found in a file, and how much is looked at."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MAX_OCTETS", "MAX_PIECE", "MAX_TEXT", "Looked", "Piece", "UnreadableError"]

MAX_OCTETS = 32 * 1024 * 1024
"""Octets of one file; mail servers take no more."""
MAX_TEXT = 1024 * 1024
"""Characters of text of one file."""
MAX_PIECE = 64_000
"""Characters of one piece; a longer text is several."""


class UnreadableError(Exception):
    """A file, or a part of one, cannot be read; `str()` says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text found in a file, and where in it (`the text`, `a comment`, `the property author`)."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Looked:
    """All that was found in a file."""

    pieces: tuple[Piece, ...] = ()
    traces: tuple[str, ...] = ()
    """What of its making is left in it, in words: `comments`, `tracked changes`."""
    unread: tuple[str, ...] = ()
    """Why it, or something in it, could not be read."""
