"""What a message says: who, when, where, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

__all__ = [
    "Away",
    "Facts",
    "Format",
    "Interview",
    "InterviewStatus",
    "Outcome",
    "Person",
    "Promise",
    "PromiseClass",
    "RoleClass",
]


Day = date
"""The type under a name that the field `Promise.date` does not hide."""


class RoleClass(StrEnum):
    """What a person is to the hiring process (rule C18)."""

    HIRING_MANAGER = "hiring_manager"
    BOSS = "boss"
    """The hiring manager's boss."""
    RECRUITER = "recruiter"
    PEER = "peer"
    OTHER = "other"
    """Another department."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the company, as they write themselves."""

    name: str
    address: str = ""
    """Lower-case; empty when unknown. Never guessed (rule T9)."""
    title: str = ""
    role: RoleClass = RoleClass.UNKNOWN
    signed: bool = field(default=False, compare=False)
    """The name is as its owner writes it: in the sender's field or the signature of a mail of theirs."""
    told: bool = field(default=False, compare=False)
    """A sentence says outright what they are to this job (`you will report to Jane Doe`): `role` is that, whatever the title."""


class Format(StrEnum):
    """How an interview is held."""

    PHONE = "phone"
    VIDEO = "video"
    IN_PERSON = "in_person"
    UNKNOWN = "unknown"


class InterviewStatus(StrEnum):
    """RFC 5545 STATUS of a VEVENT, lower-case."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview as one message states it. Several statements of one `uid` are folded by `sequence`, then `stamp`."""

    uid: str
    """Calendar UID (with `/RECURRENCE-ID` where there is one), else `markup:` and the number of a reservation, else `text:` and
    the identity of the message (with `/N` where it states several)."""
    start: datetime
    """Aware, in the zone it was stated in."""
    end: datetime
    status: InterviewStatus = InterviewStatus.CONFIRMED
    sequence: int = 0
    """RFC 5545 SEQUENCE; -1 for text."""
    stamp: datetime | None = None
    """RFC 5545 DTSTAMP, the tie-break at equal SEQUENCE; for text the time of receipt."""
    zone: str = ""
    """IANA name of the recipient's zone, empty when none was stated (UTC or an offset only)."""
    summary: str = ""
    format: Format = Format.UNKNOWN
    organizer: Person | None = None
    organizer_named: bool = False
    """The text names the organizer among those one will meet (`Anna Berg and me`): they do not only arrange it."""
    interviewers: tuple[Person, ...] = ()
    round: int | None = None
    """As stated in words (`second interview`); None when not stated."""
    source: str = "calendar"
    """`calendar`, `markup` or `text`."""
    was: datetime | None = None
    """The start that it was moved from, aware, where the message says it."""
    undated: bool = False
    """A bare cancellation that names no time: `start` is the time of receipt."""
    unnumbered: bool = False
    """The calendar entry bears no SEQUENCE: `stamp` alone tells what came later."""


class PromiseClass(StrEnum):
    """What they said about when (rule B4)."""

    HARD_DATE = "hard_date"
    """`by Friday`, `on 4 December`, `by the end of next week` (D12)."""
    FEW_DAYS = "few_days"
    """`within a few days` (F9)."""
    VAGUE = "vague"
    """`next week`, `soon`, `in a couple of weeks`, `after the holidays` (F1)."""
    AWAY_UNTIL = "away_until"
    """`our VP is out until Friday` (F26)."""
    CONTACT_DATE = "contact_date"
    """`if you have not heard from us, write on the 15th`: an instruction (H11)."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What they said about when, with the sentence it stands in."""

    kind: PromiseClass
    made_on: Day
    """The day it was made (D11), in the sender's zone."""
    date: Day | None = None
    """The day named, for HARD_DATE, AWAY_UNTIL and CONTACT_DATE; None for the vague classes."""
    sentence: str = ""
    period: bool = False
    """It is the last weekday of a period (`by the end of the month`): its last business day there is meant (D12)."""
    begins: Day | None = None
    """Of the vague classes: the first day of what is named instead of a day (`in January`); before it nothing can be heard."""


@dataclass(frozen=True, slots=True)
class Away:
    """An out-of-office: the first day back, where it is said, and who stands in (shown, never used: part 3)."""

    back_on: Day | None = None
    delegate: Person | None = None
    left: bool = False
    """They do not work there any more."""


class Outcome(StrEnum):
    """What a human reply says about the process (D26)."""

    ON_HOLD = "on_hold"
    STILL_DECIDING = "still_deciding"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was read from one message. Everything unknown is empty or None, never guessed."""

    company: str = ""
    role: str = ""
    people: tuple[Person, ...] = ()
    """Humans of the company named by this message: sender, signature, copied people."""
    interviews: tuple[Interview, ...] = ()
    interviewers: tuple[Person, ...] = ()
    """Who interviews or will: those of `interviews`, else whom an invitation without a time names."""
    round: int | None = None
    promise: Promise | None = None
    away: Away | None = None
    outcome: Outcome | None = None
    bounced: tuple[str, ...] = ()
    """Addresses a delivery report says failed for good (RFC 3464 `Action: failed`)."""
    delayed: tuple[str, ...] = ()
    """Those whom a mail has not reached yet, while it is still being tried (`Action: delayed`, D25)."""
    no_contact: bool = False
    """`please do not contact us`: stop (H11)."""
    zone_offset: int | None = None
    """Minutes east of UTC of the sender's Date field (D7)."""
    format: Format = Format.UNKNOWN
    """How the interview that is spoken of will be held, known or not when."""
    booking_link: str = ""
    """The address of a page on which a time can be picked."""
    start_date: Day | None = None
    """When the work is to begin, as far as a day is said."""
    instructions: tuple[str, ...] = ()
    """Sentences that say how they want to be contacted, or that they do not (H11)."""
    no_calls: bool = False
    """`no phone calls, please`: mail is still welcome (H11)."""
    agreed: bool = False
    """A reply that begins with a yes: what to, only the process knows (X13)."""
    countered: bool = False
    """They propose another time by a calendar COUNTER: until the organizer moves the event, the old one stands (D25)."""
    ambiguous: tuple[str, ...] = ()
    """Dates and times that can be read in more than one way, as written, each with its readings; none of them was believed."""
