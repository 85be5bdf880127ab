"""What the user wrote down: points of a conversation, and answers to the questions that were to be asked (N1, B1 to B6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from rules.extract.types import Person, Promise

__all__ = ["Answers", "Heading", "Notes", "Point", "Topic"]


class Heading(StrEnum):
    """The four headings of a notes draft (N1)."""

    WELL = "well"
    """What went well: whom you talked with about what."""
    BADLY = "badly"
    """An answer that went badly, to be put right in one sentence (N3, C22)."""
    STOOD_OUT = "stood_out"
    """What stood out about the company and the role (C10, C21)."""
    FORGOT = "forgot"
    """What was forgotten to be said (N3)."""


class Topic(StrEnum):
    """What a point is about, where the user says so by a word before a colon; else it follows from the heading."""

    ANY = ""
    COMPANY = "company"
    """Something noticed about the company (C10)."""
    CULTURE = "culture"
    """Mission, values, the way they work (C20)."""
    CHALLENGE = "challenge"
    """What they find hard, and an idea for it (C21)."""
    PERSONAL = "personal"
    """A personal detail of the talk (C13)."""
    LINK = "link"
    """An article, a post or an event that the user wants to mention, with its address (C26)."""
    SINCE = "since"
    """What the user has learned or done since (O4, O5)."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing the user wrote down, on one line."""

    id: str
    """`ROUND.HEADING.N` (`1.stood_out.2`), N counted from 1 under its heading: names the fact in `why --draft`."""
    heading: Heading
    text: str
    """As the user wrote it, control characters and the list's dash left out; never empty."""
    about: str = ""
    """Address, else name, of the person of the roster whom the user named before a colon; empty for everybody."""
    topic: Topic = Topic.ANY
    at: datetime | None = field(default=None, compare=False)
    """When these words were first noted, where that is known; else when the notes were."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What they answered to the questions of the preparation; everything unknown is empty or None."""

    rounds_expected: str = ""
    length_expected: str = ""
    other_steps: tuple[str, ...] = ()
    """Tasks that the user still owes them (B2); what is done is not in here."""
    further_steps: tuple[str, ...] = ()
    """Steps that are theirs to take: another talk, a check of references."""
    start_by: date | None = None
    """When they would like the work to begin (B3)."""
    promise: Promise | None = None
    """When they said they would answer (B4, B5); made on the day of the interview (D11)."""
    people: tuple[Person, ...] = ()
    """Who was there, as the user names them (B6)."""
    encouraged: bool = False
    """They welcomed a portfolio, a presentation or an idea, in words or by implication (C27)."""
    remote: bool | None = None
    """They all work remotely (H9)."""
    next_step: str = ""
    """What comes next, in the user's words (B4)."""
    traditional: bool | None = None
    """They are of the kind that values a written card; False: fast and digital (H7)."""


@dataclass(frozen=True, slots=True)
class Notes:
    """All that the user wrote down about one round; round 0 is what belongs to no interview."""

    round: int
    at: datetime
    """When it was written, as far as known: when it was read."""
    points: tuple[Point, ...] = ()
    answers: Answers = Answers()
    unclear: tuple[str, ...] = ()
    """Answers that could not be used, each with what to do (B3: `yesterday` is no start date)."""
    doubtful: tuple[str, ...] = ()
    """For each of `unclear` the field of `Answers` that it was to be, empty where it was none."""
    whole: bool = False
    """They hold all that there is to say: earlier notes of the round count no more. Only before they are merged."""
    interview: str = field(default="", compare=False)
    """UID of the interview they are about: its number may change. Empty where it is not known, or of round 0."""
    start: datetime | None = field(default=None, compare=False)
    """When that interview begins: finds it where its UID has changed."""
