"""The values of one hiring process: its events, its states, and `Process`, what the events fold into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.classify.types import Kind
from rules.drafts.types import DraftKey
from rules.extract.types import Facts, Interview, Person, Promise
from rules.mail import Address
from rules.notes.types import Notes, Point

__all__ = [
    "CALLED_OFF",
    "UNDONE",
    "Aside",
    "DraftChange",
    "DraftEvent",
    "DraftView",
    "Event",
    "FollowUp",
    "Incoming",
    "Mark",
    "Noted",
    "Outgoing",
    "Owed",
    "Process",
    "Round",
    "State",
    "Thread",
    "Verb",
    "Wait",
]


CALLED_OFF = "they called the interview off"
"""The cause of a wait (`Wait.cause`)."""


class State(StrEnum):
    """Where a process stands."""

    SCHEDULED = "SCHEDULED"
    THEIR_TURN = "THEIR_TURN"
    OUR_TURN = "OUR_TURN"
    DRAFTED = "DRAFTED"
    PAUSED = "PAUSED"
    DORMANT = "DORMANT"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class Thread:
    """What a reply needs to land in the right conversation (RFC 5322 section 3.6.4)."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    thread_id: str = ""
    participants: tuple[str, ...] = ()
    """Addresses of the humans in it, lower-case, the user's own left out."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of theirs."""

    id: str
    """Identity of the message: two events of one id are one event."""
    at: datetime
    kind: Kind
    sender: Address
    thread: Thread
    facts: Facts
    can_receive: bool = True
    """False for no-reply and relay addresses."""
    unsure: bool = False
    """It may belong to another process just as well (`rules.threads`): it pauses this one, and the user is asked."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the user's own, sent from any client."""

    id: str
    at: datetime
    recipients: tuple[str, ...]
    thread: Thread
    step: DraftKey | None = None
    """The draft of ours that it was, when it was one."""


class DraftChange(StrEnum):
    """What happened to a draft of ours."""

    PLACED = "placed"
    WITHDRAWN = "withdrawn"
    """By us."""
    EDITED = "edited"
    """By the user: it is theirs now, and still live."""
    DISCARDED = "discarded"
    """By the user: vetoes its step for ever (invariant 3)."""
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """What happened to a draft of ours, from the outbox."""

    id: str
    at: datetime
    key: DraftKey
    change: DraftChange
    slot_opens: datetime | None = None


class Verb(StrEnum):
    """What the user can tell a process."""

    PAUSE = "pause"
    """With `until`: a snooze."""
    RESUME = "resume"
    CLOSE = "close"
    REOPEN = "reopen"
    DONE = "done"
    """With `item`, the id of a task: the user has done it."""
    NO_SHOW = "no_show"
    """They did not come to the interview that was last over. With `item` UNDONE: they did after all."""
    ACCEPTED = "accepted"
    """The user has taken this job. With `until`, its first day: from then on nothing is drafted for any process (F21)."""
    COUNTRY = "country"
    """With `item`, where they are: ISO 3166-1, optionally `-` and a subdivision, for public holidays (D20); empty: as before."""


UNDONE = "undone"
"""`Mark.item` of a word that takes back what the user said."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of the user's."""

    id: str
    at: datetime
    verb: Verb
    until: datetime | None = None
    item: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """What the user wrote down about a round; the newest of a round holds."""

    id: str
    at: datetime
    notes: Notes


Event = Incoming | Outgoing | DraftEvent | Mark | Noted


@dataclass(frozen=True, slots=True)
class Round:
    """One interview after all statements about it were folded."""

    number: int
    interview: Interview
    interviewers: tuple[Person, ...]
    """Who gets a note: the roster of this round, coordinators left out (D21)."""
    evidence: tuple[str, ...] = ()
    """Identities of the messages that state it."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A status follow-up that was sent, or a step that the user vetoed."""

    key: DraftKey | None
    on: date
    """In the user's zone: the day it was sent, or the day of the vetoed slot (D15)."""
    at: datetime
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft of ours that stands in Drafts."""

    key: DraftKey
    placed_at: datetime
    slot_opens: datetime | None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of waiting for them: it begins when an interview ends, the user answers, or they promise something new.

    The cap on follow-ups counts within one wait.
    """

    number: int
    """1 for the first; part of the step's name."""
    since: datetime
    """When it began (aware); days are counted from its date in the user's zone (D10)."""
    promise: Promise | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    """Sent or vetoed, oldest first; they never exceed the cap (D15)."""
    cause: str = ""
    """Why it began, in words: `the interview ended`."""
    evidence: tuple[str, ...] = ()
    """Identities of the messages, or ids of the marks, that began it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Something the user should be told that is no state: `kind` is the kind of the notice, `text` its sentence."""

    kind: str
    text: str
    at: datetime
    evidence: tuple[str, ...] = ()
    until: datetime | None = None
    """It stands until then, whatever is written meanwhile; None: as long as its kind does. Aware."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A task that they set and the user has not done yet (B2): while there is one, nobody asks them for news."""

    id: str
    """`owed-ROUND.WHAT` (WHAT: a digest of the text), stable for ever: the id of its `Task`, given to `hearback done`."""
    text: str
    """As the user noted it down."""
    since: datetime


@dataclass(frozen=True, slots=True)
class Process:
    """One hiring process as of `now`: the fold of its events."""

    id: str
    state: State
    company: str = ""
    role: str = ""
    company_from: str = ""
    """Identity of the message that names the company as it stands here; empty when nothing does."""
    role_from: str = ""
    """The same for the role."""
    rounds: tuple[Round, ...] = ()
    """By start; cancelled ones included."""
    roster: tuple[Person, ...] = ()
    """Everybody known at the company, one entry an address (or name, where no address is known)."""
    wait: Wait | None = None
    """The stretch of waiting that runs; None when nothing is waited for."""
    not_before: datetime | None = None
    """Nothing is sent to them before this (out-of-office, D18)."""
    away_shifts: int = 0
    """How many out-of-office mails without a date have shifted this wait (at most two)."""
    paused_until: datetime | None = None
    closed_by: str = ""
    """`rejection`, `offer`, `accepted` or `user`; empty when not closed."""
    closed_at: datetime | None = None
    drafts: tuple[DraftView, ...] = ()
    """Those of ours that stand in Drafts."""
    spent: frozenset[DraftKey] = frozenset()
    """Keys sent or vetoed: never put again."""
    wrote_to: tuple[tuple[str, datetime], ...] = ()
    """Address and time of each mail of the user's own, oldest first (D23)."""
    threads: tuple[Thread, ...] = ()
    """Conversations, newest message of theirs last."""
    correspondents: tuple[tuple[Address, datetime], ...] = ()
    """Humans who can receive mail, with the time they last wrote, oldest first (D13)."""
    dead: frozenset[str] = frozenset()
    """Addresses that bounced."""
    last_in: datetime | None = None
    """Last human mail of theirs."""
    last_out: datetime | None = None
    """Last mail of the user's."""
    zone: str = ""
    """The recipient's IANA zone, when known (D7)."""
    zone_offset: int | None = None
    no_contact: bool = False
    """They asked not to be written to: no draft of any kind (H11)."""
    on_hold: bool = False
    """They put the process on hold: no status follow-up until they write again or the user resumes (O5, D26)."""
    under: State | None = None
    """The state that goes on underneath while PAUSED or CLOSED; else None."""
    resumed_at: datetime | None = None
    """When the user's pause last ended, or the process was reopened: a slot before this was not missed."""
    status_sent: tuple[datetime, ...] = ()
    """When each status mail went out, over all waits (F15)."""
    company_sent: tuple[datetime, ...] = ()
    """When status mails of other processes of this company went out: filled in by the caller, who alone sees them (F15)."""
    thanked: tuple[tuple[str, datetime], ...] = ()
    """Address and time of each thank-you note that was sent (X19)."""
    declined: tuple[tuple[str, datetime], ...] = ()
    """Address and time of placing of each thank-you draft that the user discarded (invariant 3)."""
    unreachable: frozenset[str] = frozenset()
    """Addresses that cannot receive mail: no-reply and relays."""
    rejected_by: Person | None = None
    """The human who wrote the rejection."""
    rejections: tuple[datetime, ...] = ()
    """When they said no, oldest first: more than once where a later invitation opened the process again."""
    closing: tuple[str, ...] = ()
    """Identity of the message, or id of the mark, that closed it."""
    country: str = ""
    """Set by hand: whose public holidays count (D20)."""
    asides: tuple[Aside, ...] = ()
    noted: tuple[Notes, ...] = ()
    """What the user wrote down, by round."""
    missed: tuple[tuple[str, datetime], ...] = ()
    """UIDs of the interviews to which they did not come, and when the user said so."""
    done: frozenset[str] = frozenset()
    """Ids of the tasks that the user has done."""
    owed: tuple[Owed, ...] = ()
    """What the user noted down as a task of theirs and has not done yet, by round (B2)."""
    start_by: date | None = None
    """The day on which they want the work to begin, as last told by a mail or by the user's notes (B3, F22)."""
    start_by_evidence: tuple[str, ...] = ()
    instructions: tuple[Aside, ...] = ()
    """How they want to be contacted, in their own sentences, oldest first (H11)."""
    no_calls: bool = False
    """They asked not to be called (H11)."""
    answered: tuple[tuple[datetime, datetime], ...] = ()
    """When a wait began, and when a mail of theirs ended it, oldest first (F25)."""
    news: tuple[tuple[Point, datetime], ...] = ()
    """What the user has noted of what is new since, or worth sharing (`Topic.SINCE`, `Topic.LINK`), with the time at which it was
    first noted, oldest first (O4, O5)."""
    warmed: tuple[tuple[DraftKey, datetime], ...] = ()
    """Keep-in-touch notes that were sent, and those discarded at the time of their slot, oldest first (X16)."""
    job_from: datetime | None = None
    """When the user begins the job they have accepted, here or elsewhere: filled in by the caller, who alone sees all (F21)."""
    notes: tuple[str, ...] = ()
    """What the fold could not use, in words (for `why`)."""
