"""What a check finds in a draft."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """How grave a finding is."""

    BLOCK = "block"
    """The draft should not be sent as it is: its process needs the user, and it is never scheduled."""
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a draft."""

    id: str
    """A short stable name of the check (`sentences`, `banned.check-in`, `name.misspelled`)."""
    severity: Severity
    text: str
    """A sentence for the user: what is wrong."""
    remedy: str
    """A sentence: what to do."""
    place: str = ""
    """Where: `subject`, `to`, `line 3`, or the name of an attachment; empty for the whole draft."""
    words: str = ""
    """The words concerned, as they stand there."""
    rules: tuple[str, ...] = ()
    """Ids of the rules it holds (`C1`)."""
