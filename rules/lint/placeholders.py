"""Places that are still to be filled in (rule C23)."""

from __future__ import annotations

import re

__all__ = ["PLACE", "place_spans", "placeholders", "template_marks"]

_NO_PLACE = r"(?!\d{1,3}\]|sic\]|(?:https?:|mailto:|cid:|image:|www\.))"
"""Marks of a quotation, of a note below, and what clients put for a link or a picture."""
_PLACE = re.compile(rf"\[{_NO_PLACE}[^][\n]{{1,300}}\]")
PLACE = re.compile(rf"\[{_NO_PLACE}(?=[^\S\n]*[^\s\]])(?:[^][\n]|\n(?![ \t]*\n)){{1,300}}\]")
"""A mail client may break the line within a place; it does not put an empty line there."""
_NAMED = (
    r"(?:company|contact|date|employer|firm|first|full|hiring manager|interviewer|job|last|manager|name|position|recruiter"
    r"|role|title|topic)"
)
_TEMPLATE = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{\{|\}\}|\{%[^{}\n]{0,80}%\}|\{%|%\}|\{#|#\}|\$?\{[A-Za-z_][\w .']{0,40}\}"
    r"|<<[^<>\n@:]{1,40}>>|</?[A-Za-z][A-Za-z _'/-]{0,40}>|&(?:nbsp|amp|lt|gt|quot|#\d{2,5});"
    r"|(?<![\w%])%[A-Za-z_]{2,30}%(?!\w)|(?<![\w%])%[sd]\b|@@\w{1,30}@@|\*\|[\w: ]{1,30}\|\*|(?<!\S)#[A-Za-z_]{2,30}#"
    rf"|[\u00ab\u2039](?i:\w{{0,20}}{_NAMED}\w{{0,10}})[\u00bb\u203a]"
    r"|[\u3010\uff3b][^\u3010\u3011\uff3b\uff3d\n]{1,80}[\u3011\uff3d]"
    r"|(?<!_)_{3,}+(?=[ \t]{0,3}[^\s_])|(?<=[^\s_] )_{3,}+|\?{3,}"
    rf"|\((?i:(?:insert|fill in|enter|your|name of) (?:\w+ ){{0,4}}{_NAMED}(?: \w+){{0,3}}|{_NAMED}(?:'s)? (?:name|title))\)"
    r"|\((?i:insert [^()\n]{1,60})\)"
    r"|\b(?:INSERT|ENTER|FILL IN) [A-Z][A-Z' ]{1,40}[A-Z]\b"
    r"|\b(?:COMPANY|FIRST|LAST|HIRING MANAGER|INTERVIEWER|JOB|YOUR)(?:'S)? (?:NAME|ROLE|TITLE|TOPIC)\b"
    r"|\$(?:[A-Z]{1,20}_[A-Z_]{1,20}|COMPANY|NAME|ROLE|TITLE|DATE|JOB)\b|\[\s?\]"
    r"|\bTODO\b|\bFIXME\b|\bXXX?\b(?! chromosome)(?!/X)|\bTB[ACD]\b|\blorem ipsum\b(?: (?:dolor|sit|amet)\b){0,3}"
)


def placeholders(text: str) -> tuple[str, ...]:
    """Return the places in square brackets, brackets included, in order."""
    return tuple(_PLACE.findall(text))


def place_spans(text: str) -> list[tuple[int, str]]:
    """Return where places begin, and each on one line; also those that a mail client has wrapped."""
    return [(found.start(), " ".join(found.group().split())) for found in PLACE.finditer(text)]


def template_marks(text: str) -> tuple[str, ...]:
    """Return what looks like the syntax of a template or a note to oneself, in order."""
    # What stands in a place is told as that place.
    outside = PLACE.sub(lambda found: " " * len(found.group()), text)
    return tuple(_TEMPLATE.findall(outside))
