"""Forms of a made-up interview, and how somebody fills them in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rules.extract.types import Format, Person
from rules.notes.form import notes_form, prep_form
from rules.notes.frame import Frame, frame_of
from rules.notes.types import Heading, Notes
from rules.notes.wording import load_words
from tests.rules.timing import NEW_YORK, PROFILE, at_now, confirmed, meeting, ny

__all__ = ["ANN", "AT", "FRAME", "NOTES", "OMAR", "PREP", "RENEE", "Filling", "fill", "frame", "known_of"]

ANN = Person("Ann Weber", "ann@corp.example", "Head of Data")
OMAR = Person("Omar Haddad", "omar@corp.example")
RENEE = Person("Ren\u00e9e Dupont", "renee@corp.example", "Analyst")
AT = datetime(2026, 3, 4, 19, 0, tzinfo=NEW_YORK)
WORDS = load_words()


def frame(*people: Person, form: Format = Format.IN_PERSON) -> Frame:
    """Return what a form about an interview on Wednesday 4 March 2026 is written and read by."""
    interview = meeting(ny(3, 4, 14), format=form, people=people)
    process, _ = at_now(ny(3, 4, 18), [confirmed("invite", ny(3, 1), interview)])
    return frame_of(process, 1, replace(PROFILE, phone="+1 555 0100"), AT.date())


FRAME = frame(ANN, OMAR, RENEE)
NOTES, PREP = notes_form(FRAME), prep_form(FRAME)


@dataclass(frozen=True, slots=True)
class Filling:
    """What somebody writes: points by heading, and answers by question."""

    points: tuple[tuple[Heading, str], ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()
    """Behind the lines of the people, by the beginning of the line."""


def fill(text: str, filling: Filling, bullet: str = "- ") -> str:
    """Write into a form: points below the help of their heading, answers behind their questions."""
    lines = text.split("\n")
    for name, said in filling.people:
        place = next(index for index, line in enumerate(lines) if line.startswith(name))
        lines[place] += f" {said}"
    for heading, said in reversed(filling.points):
        place = lines.index(WORDS.headings[heading]["help"])
        lines.insert(place + 1, f"{bullet}{said}")
    for name, said in filling.answers:
        place = lines.index(WORDS.questions[name])
        lines[place] += f" {said}"
    return "\n".join(lines)


def known_of(where: Frame, said: Notes | Frame) -> Frame:
    """Return what a form is written by once something is noted."""
    answers = said.known if isinstance(said, Frame) else said.answers
    return replace(where, known=answers, points=said.points)
