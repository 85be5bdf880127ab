"""The text of the forms: what is asked before an interview, and what is asked after it, with what is known filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time

from rules.drafts.clean import one_line, phrase
from rules.extract.types import Format, Person
from rules.notes.frame import Frame
from rules.notes.types import Answers, Heading, Point, Topic
from rules.notes.wording import Words, load_words

__all__ = [
    "CLOSING_QUESTIONS",
    "OPENING_QUESTIONS",
    "about_line",
    "day_words",
    "filled_form",
    "name_line",
    "notes_form",
    "person_line",
    "prep_form",
    "subject_of",
    "when_words",
]

OPENING_QUESTIONS = ("rounds", "length", "steps", "start", "next", "promise")
"""What is to be asked in the interview (B1 to B5)."""
CLOSING_QUESTIONS = ("next", "promise", "steps", "rounds", "length", "start", "encouraged", "remote", "traditional")
"""What is asked after it, as far as it is still open."""
_MAX_COMPANY, _MAX_ROLE, _MAX_NAME = 80, 100, 80
_MOST_PEOPLE = 20
_WIDEST = 70
"""Columns of a line that none breaks: RFC 3676 breaks at 78, most programs sooner."""
_PLACE = re.compile(r"\{\{ (\w+) \}\}")
_PLACES = {Format.PHONE: "phone", Format.VIDEO: "video", Format.IN_PERSON: "in_person"}


def day_words(day: date) -> str:
    """Return `8 September`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MIDNIGHT = time()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def person_line(person: Person) -> str:
    """Return `Name, Title`, or what is known of it, without a colon or a line break."""
    name = phrase(person.name or person.address, _MAX_NAME).replace(":", " ")
    title = phrase(person.title, _MAX_NAME).replace(":", " ")
    return f"{name}, {title}" if title else name


def name_line(person: Person) -> str:
    """Return `Name, Title:`, the title only where that stays one line in a program that breaks lines."""
    line = f"{person_line(person)}:"
    return line if len(line) <= _WIDEST else f"{person_line(replace(person, title=''))}:"


def about_line(frame: Frame, words: Words | None = None) -> str:
    """Return the first line of a form: which interview it is about."""
    words = words or load_words()
    job = [phrase(frame.company, _MAX_COMPANY) or words.words["company"], phrase(frame.role, _MAX_ROLE)]
    parts = [
        f"{', '.join(item for item in job if item)}: interview {frame.round}" if frame.round else ", ".join(filter(None, job))
    ]
    if frame.start is not None:
        place = _PLACES.get(frame.format)
        parts += [words.words[place]] if place else []
        parts.append(when_words(frame, words))
    return f"{words.lines['about']} {', '.join(parts)}."


def when_words(frame: Frame, words: Words | None = None) -> str:
    """Return `on Wednesday 4 March at 14:00`, as forms say when their interview begins; empty without one.

    Nobody is interviewed at midnight: that is an entry for a whole day, whose hours nobody has told.
    """
    if frame.start is None:
        return ""
    day = f"{_WEEKDAYS[frame.day.weekday()]} {day_words(frame.day)}"
    known = (words or load_words()).words
    return _filled(known["on_day" if frame.start.time() == _MIDNIGHT else "on"], day=day, time=f"{frame.start:%H:%M}")


def _heading(words: Words, name: str) -> list[str]:
    return [words.headings[name]["label"], words.headings[name]["help"]]


def _is_open(answers: Answers, name: str) -> bool:
    """Say whether a question has no answer so far."""
    return not _answer(answers, name, load_words())


def prep_form(frame: Frame) -> str:
    """Return the text of the draft before an interview: whom one meets, what to ask, what to keep in mind (B1 to B7)."""
    words = load_words()
    unknown = words.words["title"]
    people = [
        name_line(person) if person.title else f"{person_line(person)}, {unknown}:" for person in frame.people[:_MOST_PEOPLE]
    ]
    blocks = [[about_line(frame, words)], [words.lines["save_prep"]], [*_heading(words, "people"), *people]]
    asked = [words.questions[name] for name in OPENING_QUESTIONS if _is_open(frame.known, name)]
    if asked:
        blocks.append([words.lines["ask"], *asked])
    names = ["names", "contacts", "practice", *(["in_person"] if frame.format is Format.IN_PERSON else [])]
    blocks += [[words.checklist["title"], *(f"- {words.checklist[name]}" for name in names)], [words.lines["end"]]]
    return _text(blocks)


def notes_form(frame: Frame) -> str:
    """Return the text of the draft after an interview: the four headings (N1), and the questions that are still open."""
    words = load_words()
    people = [name_line(person) for person in frame.people[:_MOST_PEOPLE]]
    blocks = [
        [about_line(frame, words)],
        [words.lines["save_notes"]],
        [*_heading(words, "well"), *people, *_everybody(frame, words)],
    ]
    blocks += [_heading(words, name) for name in ("badly", "stood_out", "forgot")]
    asked = [words.questions[name] for name in CLOSING_QUESTIONS if _is_open(frame.known, name)]
    blocks += [[words.lines["told"], *asked, words.questions["people"]], [words.lines["end"]]]
    return _text(blocks)


def _everybody(frame: Frame, words: Words) -> list[str]:
    """Return the line for what concerns nobody alone: without it, such words would stand below the last name."""
    return [f"{words.words['everybody']}:"] if len(frame.people) > 1 else []


def filled_form(frame: Frame) -> str:
    """Return the form after an interview with all that is known filled in; read back unchanged it gives the same notes."""
    words = load_words()
    blocks = [[about_line(frame, words)]]
    for heading in Heading:
        said = [point for point in frame.points if point.heading is heading]
        spoken = {point.about for point in said}
        blank = [name_line(person) for person in frame.people if (person.address or person.name) not in spoken]
        blank += _everybody(frame, words)
        lines = [f"- {_point_line(point, frame, words)}" for point in said]
        blocks.append([*_heading(words, heading), *lines, *(blank if heading is Heading.WELL else [])])
    asked = [_with(words.questions[name], _answer(frame.known, name, words)) for name in (*CLOSING_QUESTIONS, "people")]
    blocks += [[words.lines["told"], *asked], [words.lines["end"]]]
    return _text(blocks)


def _with(label: str, answer: str) -> str:
    return f"{label} {answer}" if answer else label


def _point_line(point: Point, frame: Frame, words: Words) -> str:
    about = next((p for p in (*frame.people, *frame.roster) if point.about and point.about in {p.address, p.name}), None)
    name = phrase(about.name or about.address, _MAX_NAME).replace(":", " ") if about is not None else point.about
    topic = words.topics[point.topic][0] if point.topic is not Topic.ANY else ""
    return ": ".join(item for item in (name, topic, one_line(point.text, 1000)) if item)


def _flag(value: bool | None, words: Words) -> str:
    return "" if value is None else words.words["yes" if value else "no"]


def _answer(answers: Answers, name: str, words: Words) -> str:
    """Return an answer as it is written into a form, so that it is read back as the same."""
    start, promise = answers.start_by, answers.promise
    return {
        "rounds": answers.rounds_expected,
        "length": answers.length_expected,
        "steps": "; ".join((*answers.other_steps, *answers.further_steps)),
        "start": f"{day_words(start)} {start.year}" if start is not None else "",
        "next": answers.next_step,
        "promise": promise.sentence if promise is not None else "",
        "people": "; ".join(_whole(person) for person in answers.people),
        "encouraged": _flag(answers.encouraged or None, words),
        "remote": _flag(answers.remote, words),
        "traditional": _flag(answers.traditional, words),
    }[name]


def _whole(person: Person) -> str:
    line = person_line(person)
    return f"{line}, {person.address}" if person.address and person.name else line


def _text(blocks: Iterable[Iterable[str]]) -> str:
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def subject_of(kind: str, frame: Frame) -> str:
    """Return the subject of a form: it tells company and round, and no two forms that stand at once have the same."""
    words = load_words()
    company = phrase(frame.company, _MAX_COMPANY) or words.words["company"]
    return _filled(words.subjects[kind], company=company, round=str(frame.round), day=day_words(frame.day))


def _filled(template: str, **values: str) -> str:
    """Put values into the places of a template of ours: each once, none of them read for further places."""
    parts = _PLACE.split(template)
    return "".join(values[part] if index % 2 else part for index, part in enumerate(parts))
