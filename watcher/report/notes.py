"""What the user noted, as a value for JSON and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from rules.extract.types import Person
from rules.notes.types import Heading, Notes, Topic
from watcher.report.words import day_words, plain

__all__ = ["notes_text", "notes_value"]

_LONGEST = 500
_HEADINGS = {
    Heading.WELL: "Went well",
    Heading.BADLY: "Went badly",
    Heading.STOOD_OUT: "Stood out",
    Heading.FORGOT: "Forgotten to say",
}
_ANSWERS = {
    "rounds_expected": "Rounds",
    "length_expected": "How long",
    "other_steps": "Still to do",
    "start_by": "Work begins",
    "next_step": "Next",
    "promise": "They answer",
    "people": "Who was there",
    "encouraged": "They welcome a sample",
    "remote": "All remote",
    "traditional": "A written card is valued",
}


def _answers(notes: Notes) -> dict[str, Any]:
    said = notes.answers
    return {
        "rounds_expected": said.rounds_expected or None,
        "length_expected": said.length_expected or None,
        "other_steps": list(said.other_steps),
        "start_by": said.start_by.isoformat() if said.start_by is not None else None,
        "next_step": said.next_step or None,
        "promise": {
            "class": said.promise.kind.value,
            "date": said.promise.date.isoformat() if said.promise.date is not None else None,
            "made_on": said.promise.made_on.isoformat(),
            "sentence": said.promise.sentence,
        }
        if said.promise is not None
        else None,
        "people": [{"name": person.name, "address": person.address or None, "title": person.title} for person in said.people],
        "encouraged": said.encouraged,
        "remote": said.remote,
        "traditional": said.traditional,
    }


def notes_value(notes: Notes) -> dict[str, Any]:
    """Return notes for JSON: times in ISO 8601 with a zone, days as YYYY-MM-DD; what is unknown is null or empty."""
    return {
        "round": notes.round,
        "at": notes.at.isoformat(),
        "points": [
            {
                "id": point.id,
                "heading": point.heading.value,
                "text": point.text,
                "about": point.about or None,
                "topic": point.topic.value or None,
            }
            for point in notes.points
        ],
        "answers": _answers(notes),
        "unclear": list(notes.unclear),
    }


def notes_text(notes: Notes, names: Mapping[str, str]) -> Text:
    """Return notes for people, a line each; `names` are those of the people by address."""
    text = Text()
    for heading, title in _HEADINGS.items():
        for point in notes.points:
            if point.heading is heading:
                about = plain(names.get(point.about, "") or point.about)
                topic = f" ({point.topic.value})" if point.topic is not Topic.ANY else ""
                text.append(f"  {title}{topic}: ", "dim").append(f"{about}: " if about else "", "bold")
                text.append(f"{plain(point.text, _LONGEST)}\n")
    for name, words in _said(notes):
        text.append(f"  {_ANSWERS[name]}: ", "dim").append(f"{plain(words, _LONGEST)}\n")
    for doubt in notes.unclear:
        text.append(f"  not clear: {plain(doubt, _LONGEST)}\n", "yellow")
    text.rstrip()
    return text


def _said(notes: Notes) -> Iterator[tuple[str, str]]:
    """Yield the answers that there are, in words."""
    said = notes.answers
    for name in ("rounds_expected", "length_expected", "next_step"):
        if words := getattr(said, name):
            yield name, words
    if said.other_steps:
        yield "other_steps", "; ".join(said.other_steps)
    if said.start_by is not None:
        yield "start_by", f"{day_words(said.start_by)} {said.start_by.year}"
    if said.promise is not None:
        until = f" ({day_words(said.promise.date)} {said.promise.date.year})" if said.promise.date is not None else ""
        yield "promise", f"{said.promise.sentence}{until}"
    if said.people:
        yield "people", "; ".join(map(_person, said.people))
    for name, value in (("encouraged", said.encouraged or None), ("remote", said.remote), ("traditional", said.traditional)):
        if value is not None:
            yield name, "yes" if value else "no"


def _person(person: Person) -> str:
    return ", ".join(filter(None, (person.name or person.address, person.title)))
