"""What is put into Drafts: `DraftKey` names a step for ever, `Draft` is one wording of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.mail import Address

__all__ = ["Draft", "DraftKey", "DraftKind"]


class DraftKind(StrEnum):
    """What a draft is for."""

    THANK_YOU = "thank_you"
    STATUS = "status"
    GRACIOUS = "gracious"


@dataclass(frozen=True, slots=True, order=True)
class DraftKey:
    """(process, recipient, step): at most one live draft for each, through any crash. Stable for ever.

    `step` is `thank_you-R` (round R), `status-W.N` (Nth follow-up of the Wth wait) or `gracious`.
    """

    process: str
    recipient: str
    """Address, lower-case."""
    step: str

    def __str__(self) -> str:
        """Return the form used in the store, in `status` and on the command line."""
        return f"{self.process}/{self.recipient}/{self.step}"

    @classmethod
    def parse(cls, text: str) -> DraftKey:
        """Read the form that `str()` gives. Raises ValueError."""
        process, recipient, step = text.split("/")
        return cls(process, recipient, step)

    @property
    def kind(self) -> DraftKind:
        """Return what the step is for."""
        return DraftKind(self.step.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Draft:
    """One wording of one step, ready to be written into Drafts.

    `message_id`, `in_reply_to` and `references` are msg-ids without angle brackets; `references` is oldest first.
    """

    key: DraftKey
    message_id: str
    """Opaque, derived from key and version: it may go out to the recipient, and can be found again."""
    sender: Address
    to: Address
    subject: str
    text: str
    """Plain text, lines not yet flowed (RFC 3676 is applied when the bytes are made)."""
    date: datetime
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    thread_id: str = ""
