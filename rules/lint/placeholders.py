"""Places that are still to be filled in (rule C23)."""

from __future__ import annotations

import re

__all__ = ["placeholders", "template_marks"]

_PLACE = re.compile(r"\[[^][\n]{1,300}\]")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|\bTODO\b|\bFIXME\b|\bXXX\b|<[A-Z][A-Z _]{1,40}>")


def placeholders(text: str) -> tuple[str, ...]:
    """Return the places in square brackets, brackets included, in order."""
    return tuple(_PLACE.findall(text))


def template_marks(text: str) -> tuple[str, ...]:
    """Return what looks like the syntax of a template or a note to oneself, in order."""
    return tuple(_TEMPLATE.findall(text))
