"""What somebody is to the job, told in a sentence: `Jane Doe is the hiring manager`, `you will report to Kim`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from rules.extract.gathering import WRITER, given_name_at, sentence_start
from rules.extract.meeting_words import labels
from rules.extract.names import is_name, leading_name, plain_name
from rules.extract.people import person_of
from rules.extract.reading import Reading, lowered
from rules.extract.titles import clean_role, is_title, role_class
from rules.extract.types import Interview, Person, RoleClass
from rules.extract.words import all_matches, listed

__all__ = ["Description", "descriptions_in", "in_words", "interview_in_words", "newly_told"]

_MOST = 20
_BEFORE = 160
_BACK = 240
_LONGEST_TITLE = 60
_MOST_NAME = 5
_JOINT = re.compile(r"[ ]*[,:(\u2013-]?[ \n]?[ ]*")
_RELATIVE = re.compile(r"[ ]?[,(]?[ ]?$")
_BRACKETED = re.compile(r"[ ]?\([^()]{1,80}\)$")
"""What stands behind a name: a title, an address."""
_OBJECT = re.compile(r"[ ](?P<words>[^\n,.;:!?()]{2,60})")
_LAST = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_CLAUSE = re.compile(r"(?P<words>[^\n,.;:!?()]{2,80})")


class Description(NamedTuple):
    """What a sentence says of one person."""

    name: str
    """As it stands there: the whole name, a first name, a form of address with a last name, or that of `WRITER`."""
    title: str
    role: RoleClass
    told: bool
    """It says outright what they are to this job."""


def descriptions_in(reading: Reading, people: Sequence[Person]) -> list[Description]:
    """Return what the sentences of a mail say of persons, at most 20; `people` are those it shows. Linear in the text.

    What is told by a title beside the name (`Jane Doe, CTO`) is read with the lists of people.
    """
    found: list[Description] = []
    for one in _all(reading, _shown(people)):
        if len(found) == _MOST:
            break
        if one.name:
            found.append(one)
    return found


def _all(reading: Reading, shown: Sequence[Person]) -> Iterator[Description]:
    body, folded, words, languages = reading.body, reading.folded, reading.words, reading.languages
    above = set()
    for start, _ in all_matches("described", "superior_behind", folded, words, languages):
        above.add(start)
        yield Description(_name_before(reading, start, shown), "", RoleClass.HIRING_MANAGER, told=True)
    for start, end in all_matches("described", "superior_before", folded, words, languages):
        if _is_of_reader(folded, start, end, languages):
            yield Description(_name_behind(body, end, languages), "", RoleClass.HIRING_MANAGER, told=True)
    for _ in all_matches("described", "superior_self", folded, words, languages):
        yield Description(WRITER.name, "", RoleClass.HIRING_MANAGER, told=True)
    for start, end in all_matches("described", "leading", folded, words, languages):
        led = _OBJECT.match(folded, end)
        if led is None or _no_team(led["words"], languages):
            continue
        recruits = role_class(led["words"]) is RoleClass.RECRUITER
        yield Description(
            _name_before(reading, start, shown),
            "",
            RoleClass.RECRUITER if recruits else RoleClass.HIRING_MANAGER,
            told=not recruits and _is_the_team(led["words"], languages),
        )
    for start, end in all_matches("described", "being", folded, words, languages):
        title = _title_at(body, end, languages) if start not in above else ""
        if title:
            yield Description(_name_before(reading, start, shown), title, role_class(title), told=False)


def _shown(people: Iterable[Person]) -> list[Person]:
    return [person for person in people if person.name]


def _name_before(reading: Reading, place: int, shown: Sequence[Person]) -> str:
    """Return the name that ends right before a place, with at most a comma between; empty where something else stands there."""
    text = reading.body
    begin = max(sentence_start(text, place), place - _BEFORE)
    before = _BRACKETED.sub("", _RELATIVE.sub("", text[begin:place]))
    words = before.split()[-_MOST_NAME:]
    for count in range(len(words), 1, -1):
        name = " ".join(words[-count:])
        if is_name(name) and "," not in name:
            return plain_name(name)
        forms = listed("people", "address", reading.languages) | listed("people", "academic", reading.languages)
        if count == 2 and lowered(words[-2]).strip(".") in forms and words[-1][:1].isupper():  # noqa: PLR2004 -- `Frau Roth`
            return name
    last = words[-1] if words else ""
    if last and lowered(last) in listed("described", "pronoun", reading.languages):
        return _meant(reading, place, shown) if len(before.split()) == 1 else ""
    return last if last and given_name_at(last, 0, reading.languages) == last else ""


def _meant(reading: Reading, place: int, shown: Sequence[Person]) -> str:
    """Return the one person whom the sentence before that of a place names: `She` is nobody else."""
    text = reading.body
    end = sentence_start(text, place)
    begin = sentence_start(text, max(0, end - 2)) if end else 0
    sentence = text[max(begin, end - _BACK) : end]
    names = {person.name for person in shown if re.search(rf"(?<!\w){re.escape(person.name)}(?!\w)", sentence)}
    first = {person.name for person in shown if re.search(rf"(?<!\w){re.escape(person.name.split()[0])}(?!\w)", sentence)}
    return next(iter(names or first)) if len(names | first) == 1 else ""


def _name_behind(text: str, place: int, languages: tuple[str, ...]) -> str:
    """Return the name that begins right behind a place, that of `WRITER` for `me`."""
    joint = _JOINT.match(text, place)
    at = joint.end() if joint else place
    if _me(languages).match(text, at):
        return WRITER.name
    forms = listed("people", "address", languages) | listed("people", "academic", languages)
    first, _, rest = text[at : at + _BEFORE].partition(" ")
    if lowered(first).strip(".") in forms and rest[:1].isupper():
        last = _LAST.match(rest)
        return plain_name(f"{first} {leading_name(rest) or (last[0] if last else '')}")
    return plain_name(leading_name(text[at : at + _BEFORE])) or given_name_at(text, at, languages)


@cache
def _me(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(labels("me", languages), key=len, reverse=True))
    return re.compile(rf"(?:{words})(?![\w'\u2019])", re.IGNORECASE)


def _is_of_reader(folded: str, start: int, end: int, languages: tuple[str, ...]) -> bool:
    """Say whether a sentence is about the job, not about where to go on arrival: `report to Jane Doe at reception`."""
    clause = re.split(r"[.!?\n]", folded[end : end + _BEFORE], maxsplit=1)[0]
    words = set(re.findall(r"[^\W\d_]+", f"{folded[max(0, start - 1) : end]} {clause}"))
    return words.isdisjoint(listed("described", "arrival", languages))


def _no_team(words: str, languages: tuple[str, ...]) -> bool:
    """Say whether what somebody leads is the talk itself: `leads the interview`."""
    return not set(re.findall(r"[^\W\d_]+", words)).isdisjoint(listed("described", "no_team", languages))


def _is_the_team(words: str, languages: tuple[str, ...]) -> bool:
    """Say whether what somebody leads is the team of the job, which needs no name: `the team`, `your department`."""
    article, _, noun = words.strip().partition(" ")
    team = listed("described", "team", languages)
    behind = noun.split()[1:2]
    return (
        article in listed("described", "the", languages)
        and noun.split()[:1] != []
        and noun.split()[0] in team
        and (not behind or behind[0] not in listed("described", "of", languages))
    )


def _title_at(text: str, place: int, languages: tuple[str, ...]) -> str:
    """Return the title that a clause tells from a place on: `our Head of Data`, `one of our engineers on the team`."""
    clause = _CLAUSE.match(text, place)
    if clause is None:
        return ""
    words = clause["words"].split()
    if words and lowered(words[0]) in listed("people", "our", languages):
        words = words[1:]
    if words and lowered(words[0]) in listed("described", "arrival", languages):
        return ""  # `is not the hiring manager`
    ends = listed("described", "title_end", languages)
    stop = next((number for number, word in enumerate(words) if number and lowered(word) in ends), len(words))
    title = " ".join(words[:stop])
    if not title or len(title) > _LONGEST_TITLE or not is_title(title) or is_name(title):
        return ""
    return clean_role(title)


def in_words(person: Person, said: Sequence[Description], people: Sequence[Person], writer: str = "") -> Person:
    """Return a person with what sentences say of them; `people` are all whom a first name may mean, `writer` the sender.

    What is told outright outweighs a title; else a title that is known stays, and tells what they are.
    """
    for one in said:
        if not _means(one.name, person, people, writer):
            continue
        if one.told:
            person = replace(person, role=one.role, told=True)
        elif one.title and not person.title:
            person = replace(person, title=one.title, role=person.role if person.told else one.role)
        elif person.role in {RoleClass.UNKNOWN, RoleClass.PEER} and not person.told and one.role is not RoleClass.UNKNOWN:
            person = replace(person, role=one.role)
    return person


def _means(name: str, person: Person, people: Sequence[Person], writer: str) -> bool:
    if name == WRITER.name:
        return bool(writer) and person.address == writer
    if not person.name:
        return False
    if name.casefold() == person.name.casefold():
        return True
    return _fits(name, person) and len({one.name.casefold() for one in people if one.name and _fits(name, one)}) == 1


def _fits(name: str, person: Person) -> bool:
    """Say whether a first name, or a form of address with the last name, may mean somebody; or the name less a middle one."""
    forms = listed("people", "address") | listed("people", "academic")
    words = [word for word in name.casefold().split() if word.strip(".") not in forms]
    theirs = [word for word in person.name.casefold().split() if word.strip(".") not in forms]
    if not words or not theirs:
        return False
    if len(words) > 1:
        return words[0] == theirs[0] and words[-1] == theirs[-1]
    return words[0] == (theirs[-1] if len(name.split()) > 1 else theirs[0])


def interview_in_words(interview: Interview, said: Sequence[Description], people: Sequence[Person], writer: str) -> Interview:
    """Return an interview whose people bear what sentences say of them."""
    if not said:
        return interview
    organizer = interview.organizer
    return replace(
        interview,
        organizer=in_words(organizer, said, people, writer) if organizer is not None else None,
        interviewers=tuple(in_words(person, said, people, writer) for person in interview.interviewers),
    )


def newly_told(said: Sequence[Description], people: Sequence[Person]) -> list[Person]:
    """Return those whom a mail calls the superior by their whole name and shows nowhere else: they may interview later."""
    found: dict[str, Person] = {}
    for one in said:
        new = one.told and is_name(one.name) and not any(_means(one.name, person, people, "") for person in people)
        if new:
            found.setdefault(one.name.casefold(), replace(person_of(one.name, ""), role=one.role, told=True))
    return list(found.values())
