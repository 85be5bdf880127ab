"""What is put into Drafts: `DraftKey` names a step for ever, `Draft` is one wording of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rules.mail import Address

__all__ = ["Draft", "DraftKey", "DraftKind", "Traced", "Unused"]


class DraftKind(StrEnum):
    """What a draft is for."""

    THANK_YOU = "thank_you"
    STATUS = "status"
    GRACIOUS = "gracious"
    """After a rejection (O1)."""
    NO_SHOW = "no_show"
    """After an interview to which they did not come: asks for another time."""
    KEEP_WARM = "keep_warm"
    """Now and then after a rejection or while all is on hold, with something new to say (O4, O5)."""
    PREP = "prep"
    """To oneself, the evening before: the questions to ask (B1)."""
    NOTES = "notes"
    """To oneself, when the interview ends: four headings to fill in (N1)."""
    LINKEDIN = "linkedin"
    """To oneself: the words for somebody whose address is not known (T9)."""

    @property
    def to_self(self) -> bool:
        """Return True for what is addressed to the user: it is no message to the company and counts as none."""
        return self in {DraftKind.PREP, DraftKind.NOTES, DraftKind.LINKEDIN}


@dataclass(frozen=True, slots=True, order=True)
class DraftKey:
    """(process, recipient, step): at most one live draft for each, through any crash. Stable for ever.

    `step` is `thank_you-R` (round R), `status-W.N` (Nth follow-up of the Wth wait), `gracious` (`gracious-N` after the
    Nth refusal, where further interviews came between), `no_show-R`, `keep_warm-N`, and to oneself `prep-R`, `notes-R`,
    `linkedin-R.WHO` (WHO: a digest of the name).
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
        """Read the form that `str()` gives; an address may hold a `/` itself (RFC 5322 section 3.2.3). Raises ValueError."""
        process, first, rest = text.partition("/")
        recipient, last, step = rest.rpartition("/")
        if not (first and last and process and step):
            raise ValueError(f"no key of a draft: {text[:200]!r}")
        return cls(process, recipient, step)

    @property
    def kind(self) -> DraftKind:
        """Return what the step is for."""
        return DraftKind(self.step.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Traced:
    """Where one sentence of a draft comes from (C25)."""

    sentence: str
    template: str
    """File, part, case and number from 1, as `thank_you.toml thanks.first 3`; `yours` for the user's own words."""
    facts: tuple[str, ...] = ()
    """Ids of what was filled in: `note:1.well.2`, `mail:IDENTITY`, `profile:strengths.1`."""


@dataclass(frozen=True, slots=True)
class Unused:
    """A fact that might have stood in a draft and does not."""

    fact: str
    """Its id: `note:1.well.2`."""
    reason: str
    """Why not, in a sentence without its full stop."""


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
    trace: tuple[Traced, ...] = ()
    """One entry for each sentence of the body, in order."""
    unused: tuple[Unused, ...] = ()
    """What the user noted for this draft and could not stand in it."""
    links: tuple[str, ...] = ()
    """Addresses of pages in the text that the user gave: these alone become links in HTML (C26)."""
    not_before: datetime | None = None
    """When its slot opens (aware); None for what is addressed to oneself. A mailbox that is told to (`schedule_send`) lets it
    leave no sooner, however early it is sent."""
