"""Who is who at the company: the roster, who interviewed, who can be written to, who gets the status follow-up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from rules.classify import can_receive
from rules.classify.senders import is_team
from rules.drafts.headers import is_addressable
from rules.extract.types import Interview, Person, RoleClass
from rules.process.types import Process

__all__ = ["interviewers_of", "merge_people", "named_in", "reachable", "status_recipient"]

_COORDINATOR = re.compile(r"co-?ordinat|recruit|schedul|talent|staffing", re.IGNORECASE)
_ROOM = re.compile(r"\b(?:(?:conference|meeting|board|interview)[ -]?room|room \d|resource)\b", re.IGNORECASE)
_NAME_LIMIT = 200
_MOST_PEOPLE = 300


@lru_cache(maxsize=1024)
def _folded(name: str) -> str:
    return " ".join(name[:_NAME_LIMIT].casefold().split())


def _joined(old: Person, new: Person) -> Person:
    """Return one person of two mentions; the newer says more where it says anything, a name as its owner writes it (C24)."""
    named = bool(new.name) and (new.signed or not old.signed)
    known = new.role is not RoleClass.UNKNOWN and (new.told or not old.told)
    return replace(
        old,
        name=new.name if named or not old.name else old.name,
        signed=new.signed if named else old.signed,
        address=old.address or new.address,
        title=new.title or old.title,
        role=new.role if known else old.role,
        told=old.told or new.told,
    )


def merge_people(roster: Iterable[Person], mentions: Iterable[Person]) -> tuple[Person, ...]:
    """Add mentions to a roster: one entry an address; a bare name joins the one entry that carries it in full (T9: no guess)."""
    people = list(roster)
    for person in mentions:
        if not person.address and not person.name.strip():
            continue
        same = [index for index, known in enumerate(people) if person.address and known.address == person.address]
        if not same and person.name.strip():
            named = [index for index, known in enumerate(people) if _folded(known.name) == _folded(person.name)]
            open_ones = named if not person.address else [index for index in named if not people[index].address]
            same = open_ones if len(open_ones) == 1 else []
        if same:
            people[same[0]] = _joined(people[same[0]], person)
        elif len(people) < _MOST_PEOPLE:
            people.append(person)
    return tuple(people)


def named_in(person: Person, roster: Iterable[Person]) -> Person:
    """Return what the roster knows of a person; the person itself when nobody, or several, answer to it."""
    if person.address:
        found = [known for known in roster if known.address == person.address]
    else:
        found = [known for known in roster if known.address and _folded(known.name) == _folded(person.name)]
    return _joined(person, found[0]) if len(found) == 1 else person


def interviewers_of(interview: Interview, roster: tuple[Person, ...], own: frozenset[str]) -> tuple[Person, ...]:
    """Return who gets a note for an interview (B6, D21).

    The user, rooms and relays are no interviewers. The organizer is one when alone; beside others, not if title, name or address
    says that they coordinate, unless the text names them among those one meets. Beside somebody who is told to be the hiring
    manager, those who manage by their title alone manage something else (C18).
    """
    organizer = interview.organizer
    people = merge_people((), interview.interviewers if organizer is None else (*interview.interviewers, organizer))
    known = [named_in(person, roster) for person in people]
    known = [person for person in known if person.address not in own and not _ROOM.search(person.name[:_NAME_LIMIT])]
    known = [person for person in known if not person.address or can_receive(person.address)]
    if organizer is not None and len(known) > 1 and not interview.organizer_named:
        known = [person for person in known if not (_is(person, organizer) and _coordinates(person))]
    if any(person.told and person.role is RoleClass.HIRING_MANAGER for person in known):
        known = [_elsewhere(person) for person in known]
    return tuple(known)


def _elsewhere(person: Person) -> Person:
    """Return somebody who is a manager by title alone as of another department."""
    elsewhere = person.role is RoleClass.HIRING_MANAGER and not person.told
    return replace(person, role=RoleClass.OTHER) if elsewhere else person


def _is(person: Person, other: Person) -> bool:
    return person.address == other.address if other.address else _folded(person.name) == _folded(other.name)


def _coordinates(person: Person) -> bool:
    text = f"{person.title[:_NAME_LIMIT]} {person.name[:_NAME_LIMIT]} {person.address.rpartition('@')[0][:_NAME_LIMIT]}"
    return person.role is RoleClass.RECRUITER or is_team(person.address) or _COORDINATOR.search(text) is not None


def reachable(process: Process, address: str) -> bool:
    """Return True if mail can be written to this address and reaches a human, as far as is known."""
    return can_receive(address) and is_addressable(address) and address not in process.dead | process.unreachable


def status_recipient(process: Process) -> Person | None:
    """Return the one person who gets a status follow-up (D13), or None when nobody can be written to.

    The last human correspondent, else the hiring manager, else the recruiter; where a calendar system wrote every mail and roles
    are unknown, the first interviewer of the latest interview.
    """
    for address, _ in reversed(process.correspondents):
        if reachable(process, address.address):
            return named_in(Person(address.name, address.address), process.roster)
    for role in (RoleClass.HIRING_MANAGER, RoleClass.RECRUITER):
        for person in process.roster:
            if person.role is role and reachable(process, person.address):
                return person
    for round_ in reversed(process.rounds):
        for person in round_.interviewers:
            if reachable(process, person.address):
                return person
    return None
