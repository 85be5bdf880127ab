"""Places that are still to be filled in (rule C23)."""

from __future__ import annotations

import re

__all__ = ["PLACE", "place_spans", "placeholders", "template_marks"]

_PLACE = re.compile(r"\[[^][\n]{1,300}\]")
PLACE = re.compile(r"\[(?=[^\S\n]*\S)(?:[^][\n]|\n(?![ \t]*\n)){1,300}\]")
"""A mail client may break the line within a place; it does not put an empty line there."""
_TEMPLATE = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}|\{[A-Za-z_]{1,30}\}|\[\s?\]|<[A-Z][A-Z _]{1,40}>"
    r"|\bTODO\b|\bFIXME\b|\bXXX\b|\bTBD\b|\blorem ipsum\b"
)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the places in square brackets, brackets included, in order."""
    return tuple(_PLACE.findall(text))


def place_spans(text: str) -> list[tuple[int, str]]:
    """Return where places begin, and each on one line; also those that a mail client has wrapped."""
    return [(found.start(), " ".join(found.group().split())) for found in PLACE.finditer(text)]


def template_marks(text: str) -> tuple[str, ...]:
    """Return what looks like the syntax of a template or a note to oneself, in order."""
    return tuple(_TEMPLATE.findall(text))
