"""Which interview a form is about: what is known when it is written, and what it is read by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from rules.extract.types import Format, InterviewStatus, Person
from rules.notes.merge import known_answers
from rules.notes.types import Answers, Point
from rules.process import Process, Round
from rules.process.schedule import user_zone
from rules.profile import Profile

__all__ = ["Frame", "frame_of", "latest_round", "round_of"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One round as the user knows it."""

    round: int
    """0: what belongs to no interview."""
    day: date
    """Of the interview, in the user's zone: the day on which promises were made (D11)."""
    user: Profile
    start: datetime | None = None
    """In the user's zone; None without an interview."""
    company: str = ""
    role: str = ""
    format: Format = Format.UNKNOWN
    people: tuple[Person, ...] = ()
    """Who interviews."""
    roster: tuple[Person, ...] = ()
    """Everybody known at the company."""
    known: Answers = field(default_factory=Answers)
    """What was answered before, of this round or for good."""
    points: tuple[Point, ...] = ()


def round_of(process: Process, number: int) -> Round | None:
    """Return the interview of that number that takes place, or None."""
    held = (item for item in process.rounds if item.interview.status is not InterviewStatus.CANCELLED)
    return next((item for item in held if item.number == number), None)


def latest_round(process: Process, now: datetime) -> int:
    """Return the number of the interview that began last before `now` (aware), else of the next one; 0 where there is none."""
    held = [item for item in process.rounds if item.interview.status is not InterviewStatus.CANCELLED]
    begun = [item for item in held if item.interview.start <= now]
    return begun[-1].number if begun else held[0].number if held else 0


def frame_of(process: Process, number: int, profile: Profile, today: date) -> Frame:
    """Return what a form about round `number` says and is read by; `today` counts where there is no such interview."""
    noted = next((item for item in process.noted if item.round == number), None)
    found = round_of(process, number)
    start = found.interview.start.astimezone(user_zone(profile)) if found is not None else None
    return Frame(
        round=number,
        day=start.date() if start is not None else today,
        user=profile,
        start=start,
        company=process.company,
        role=process.role,
        format=found.interview.format if found is not None else Format.UNKNOWN,
        people=found.interviewers if found is not None else (),
        roster=process.roster,
        known=known_answers(process.noted, number),
        points=noted.points if noted is not None else (),
    )
