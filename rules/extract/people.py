"""People a message names: sender, signature, attendees, names in the text."""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.calendar import Attendee, CalendarEvent
from rules.classify.senders import can_receive, is_team
from rules.extract.company import name_from_display, plausible_company
from rules.extract.names import NAME, is_name
from rules.extract.titles import clean_role, is_coordinator, is_title, role_class
from rules.extract.types import Person
from rules.extract.words import listed

__all__ = ["Signature", "interviewers_of_event", "is_name", "named_people", "person_of", "read_signature"]

_NAME = NAME
_OUR = r"(?:(?:our|the)[ ][^,.;:\n]{2,50}?,?[ ])?"
_TIME = r"\d{1,2}(?:[:.]\d{2})?(?:[ ]?[AaPp]\.?[Mm]\b\.?)?"
_WITH = re.compile(
    rf"\b(?:[Ww]ith|[Mm]eet|[Mm]eeting|[Ii]nterviewers?(?:\(s\))?:|[Ii]nterviewers? (?:is|are|will be)|[Ss]peak to|[Ss]peaking to"
    rf"|[Pp]anel:|[Hh]ost:|[Hh]osted by|[Mm]et by|by)[ \n]+{_OUR}(?P<list>{_NAME}[^\n]{{0,300}})"
    # A line of an agenda: `10:00 - 10:45 Jane Doe, CTO`, `2 pm - 3 pm: Coding with Jane Doe` is found by its `with`.
    rf"|^[ ]*(?:[-*\u2022][ ]*)?{_TIME}[ ]?(?:-|\u2013|to)[ ]?{_TIME}[ ]?[:|,\u2013-]?[ ]+(?P<agenda>{_NAME}[^\n]{{0,300}})",
    re.MULTILINE,
)
_TITLE_END = r"(?=[,.;:()\n]|\s+(?:and|on|at|from|for|who|via|by|in)\b|$)"
_ONE = re.compile(
    rf"^[ ]*(?P<name>{_NAME})"
    rf"(?:[ ]*\((?P<paren>[^()\n]{{2,60}})\)|,[ ]*(?:(?:our|the|a|an)[ ])?(?P<title>[^,.;:()\n]{{2,60}}?){_TITLE_END})?"
)
_JOIN = re.compile(r"^[ ]*(?:,[ ]*and[ ]|,|;|and[ ]|&[ ]|then[ ])[ ]*")
_SEPARATORS = re.compile(r"\s+[|\u2022\u00b7\u2013\u2014]\s+|\s+-\s+|\s+at\s+|,\s+|\s+@\s+")
_REACH = re.compile(r"@|https?:|www\.|(?:\d\D?){6}")
_MAX_SIGNATURE = 8
_LAST_LINES = 30
_LONGEST_LINE = 100
_LONGEST_NAME = 60
_SHORT_NAME = 4
_COMPANY_WORDS = 4
_MAX_PEOPLE = 20


class Signature(NamedTuple):
    """What the lines under a letter say of its writer."""

    name: str = ""
    title: str = ""
    company: str = ""


def read_signature(text: str, sender_name: str) -> Signature:
    """Read the signature under a mail: the lines behind a closing, or from the sender's own name on."""
    lines = [line.strip(" *_|") for line in text.split("\n")]
    name = title = company = ""
    for piece in _signature_pieces([line for line in lines if line][-_LAST_LINES:], sender_name.lower()):
        if not name and (is_name(piece) or (sender_name and piece.lower() == sender_name.lower().split(" ")[0])):
            name = piece
        elif is_name(piece):
            continue
        elif not title and is_title(piece):
            title = piece
        elif title and not company and len(piece.split()) <= _COMPANY_WORDS and piece[:1].isupper():
            company = plausible_company(piece)
    return Signature(name, title, company)


def _signature_pieces(lines: list[str], sender_name: str) -> list[str]:
    """Return the pieces of the signature's lines, but those with addresses, links and telephone numbers."""
    start = len(lines)
    for index, line in enumerate(lines):
        named = len(sender_name) > _SHORT_NAME and index and line.lower().startswith(sender_name)
        if line.lower().strip(" ,.!") in listed("signature", "closing") or line == "--":
            start = index + 1
        elif named and len(line) < _LONGEST_LINE:
            start = index
    block = [line for line in lines[start : start + _MAX_SIGNATURE] if not _REACH.search(line)]
    return [piece for line in block for part in _SEPARATORS.split(line) if (piece := part.strip(" ,"))]


def person_of(name: str, address: str, title: str = "") -> Person:
    """Return a person with the role class of the title."""
    return Person(name, address, title, role_class(title))


def interviewers_of_event(event: CalendarEvent, own: frozenset[str], titles: dict[str, str]) -> tuple[Person, ...]:
    """Return who interviews: attendees and organizer but the user, rooms and coordinators (B6, D21).

    A lone organizer is an interviewer. `titles` maps lower-case names to titles found elsewhere in the mail.
    """
    invited = (_of_attendee(person, titles) for person in event.attendees if person.address not in own and person.kind != "GROUP")
    people = [person for person in invited if person is not None]
    organizer = (
        _of_attendee(event.organizer, titles) if event.organizer is not None and event.organizer.address not in own else None
    )
    if organizer is not None and all(person.address != organizer.address for person in people):
        people.insert(0, organizer)
    if len(people) > 1:
        scheduling = {person.address for person in people if is_coordinator(person.title, person.address)}
        if organizer is not None and is_coordinator(organizer.title, organizer.address):
            scheduling.add(organizer.address)
        people = [person for person in people if person.address not in scheduling] or people
    unique = {person.address or person.name: person for person in people}
    return tuple(unique.values())[:_MAX_PEOPLE]


def _of_attendee(attendee: Attendee, titles: dict[str, str]) -> Person | None:
    if attendee.address and not can_receive(attendee.address):
        return None
    if not attendee.address and not attendee.name:
        return None
    name, _ = name_from_display(attendee.name, attendee.address)
    if "@" in attendee.name or not name:
        name = "" if "@" in attendee.name or is_team(attendee.address) else attendee.name
    return person_of(name, attendee.address, titles.get(name.lower(), ""))


def named_people(text: str) -> list[Person]:
    """Return people a text names as those one will meet: `with Jane Doe, VP Engineering, and John Roe (CTO)`."""
    found: dict[str, Person] = {}
    for match in _WITH.finditer(text):
        rest = match["list"] or match["agenda"]
        while rest and len(found) < _MAX_PEOPLE:
            one = _ONE.match(rest)
            if one is None or not is_name(one["name"]):
                break
            title = one["paren"] or one["title"] or ""
            usable = clean_role(title) if title and is_title(title) and not is_name(title) else ""
            end = one.end() if usable or not title else one.end("name")
            known = found.get(one["name"])
            found[one["name"]] = person_of(one["name"], "", usable or (known.title if known else ""))
            rest = rest[end:]
            step = _JOIN.match(rest)
            if step is None:
                break
            rest = rest[step.end() :]
    return list(found.values())
