"""What a check may know of a draft beside its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rules.drafts.types import DraftKind, Traced
from rules.extract.types import Person, Promise
from rules.lint.settings import Settings
from rules.mail import Address
from rules.notes.types import Point
from rules.profile import Profile

__all__ = ["Attachment", "Context", "Other", "Settings"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along: its name as the mail states it, its type (RFC 2046, lower-case) and its octets."""

    name: str
    data: bytes
    type: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Another note to the same company: a draft that stands, or what was sent, in this round or an earlier one."""

    title: str
    """What it is called (`your note to Ann Kay`)."""
    text: str
    recipient: str
    """Address, lower-case."""
    kind: DraftKind | None = None
    round: int = 0
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a draft is checked against; what is unknown is left out, and what depends on it is not checked."""

    kind: DraftKind | None = None
    """None: any mail; then only what holds for each is checked."""
    subject: str | None = None
    """None: not known."""
    to: tuple[Address, ...] = ()
    """To and Cc as they stand in the draft."""
    recipient: Person | None = None
    """Whom the draft is meant for."""
    people: tuple[Person, ...] = ()
    """Everybody known at the company."""
    company: str = ""
    role: str = ""
    profile: Profile | None = None
    promise: Promise | None = None
    """What they said about when, in the running wait (F11)."""
    day: date | None = None
    """The day the draft is written for: what weekdays and dates without a year are read from."""
    attempt: int = 1
    """Of a status follow-up: which one; of other kinds the round."""
    final: bool = False
    """The last status follow-up."""
    asks: bool | None = None
    """A status follow-up that asks whether to write again next week (F14); None: the third one and the last one do."""
    points: tuple[Point, ...] = ()
    """What the user noted of this round."""
    trace: tuple[Traced, ...] = ()
    """Where the sentences of the draft come from, as it was written by us."""
    others: tuple[Other, ...] = ()
    offer: bool = False
    """They made an offer: pay may be spoken of (F18)."""
    encouraged: bool = False
    """They welcomed a portfolio, a presentation or an idea (C27)."""
    work_from: int = 2
    """The round from which on a sample of work may go along (L1, `DraftRules.work_sample_from_round`)."""
    plan_from: int = 2
    """The round after which a plan for the first months may (L4, `DraftRules.plan_from_round`)."""
    terms: tuple[str, ...] = ()
    """Texts whose words are right as they stand there: subjects of their mails, names of interviews."""
    settings: Settings = field(default_factory=Settings)
    attachments: tuple[Attachment, ...] = ()
    behind: tuple[str, ...] = ()
    """What of a mail goes out beside the text that is looked at: quoted mails, the other part, what HTML hides; in pieces."""

    @property
    def round(self) -> int:
        """Return the round the draft belongs to, as far as known; 1 where it is not."""
        return self.attempt if self.kind is DraftKind.THANK_YOU else max((other.round for other in self.others), default=1) or 1

    @property
    def addressee(self) -> Person | None:
        """Return whom the draft goes to: the one it is meant for, else who in the roster has the address in To."""
        if self.recipient is not None:
            return self.recipient
        known = {person.address.lower(): person for person in self.people if person.address}
        first = next(iter(self.to), None)
        if first is None:
            return None
        return known.get(first.address) or Person(first.name, first.address)
