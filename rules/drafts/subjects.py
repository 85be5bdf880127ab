"""Subjects: `Re:` and the thread's own for a reply, else made of parts (rules C3, D3, D14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rules.drafts.clean import one_line

__all__ = ["base_subject", "new_subject", "reply_subject"]

MAX_SUBJECT = 250
"""Characters of a subject; what is cut off lies behind what any client shows."""

# Reply and forward marks as mail clients of many languages write them: `Re:`, `AW:`, `SV:`, `TR:`, `RE[2]:`, `Fwd (3) :`.
_PREFIX = re.compile(
    r"(?:re|aw|antw|antwort|wg|sv|vs|vb|tr|rv|res|rif|odp|ynt|ilt|fw|fwd|doorst|απ|回复|回覆|答复|转发|轉寄|返信|답장|전달)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{0,2})\s?[:\uff1a]\s?",
    re.IGNORECASE,
)
_MAX_PREFIXES = 50


def base_subject(subject: str) -> str:
    """Return the subject on one line, without the reply and forward marks before it."""
    text = one_line(subject, 1000)
    for _ in range(_MAX_PREFIXES):
        found = _PREFIX.match(text)
        if found is None:
            break
        text = text[found.end() :]
    return text[:MAX_SUBJECT].rstrip()


def reply_subject(subject: str) -> str:
    """Return `Re: ` and the base subject; an empty string when the thread has no subject of its own.

    Gmail keeps a reply in its thread only under the same base subject, so nothing else of it is changed.
    """
    base = base_subject(subject)
    return f"Re: {base[: MAX_SUBJECT - 4].rstrip()}" if base else ""


def new_subject(parts: Sequence[str]) -> str:
    """Join the parts that are known by ` - `, so that a missing name or title leaves no gap behind."""
    return one_line(" - ".join(part for part in parts if part), MAX_SUBJECT)
