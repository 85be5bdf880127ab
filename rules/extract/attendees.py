"""Who interviews, of those whom a calendar entry invites: not the user, not a room, not a list, not who only schedules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rules.calendar import Attendee, CalendarEvent
from rules.classify.senders import can_receive, is_team
from rules.extract.company import name_from_display
from rules.extract.people import person_of
from rules.extract.titles import is_coordinator
from rules.extract.types import Person

__all__ = ["interviewers_of_entry", "is_own"]

_MOST = 20
_ROOM = re.compile(
    r"\b(?:(?:conference|meeting|board|interview|conf\.?|huddle|phone|focus)[ -]?(?:room|booth)|room \w{0,4}\d|meeting ?space"
    r"|besprechungs(?:raum|zimmer)|(?:meeting|konferenz|seminar)raum|sitzungs(?:saal|zimmer)|raum \w{0,4}\d"
    r"|salle (?:de |d'|du )?\w+|sala (?:de |di )?(?:reuniones|reunioni|reuni[\u00f5o]es|juntas|riunioni|\w{0,4}\d)"
    r"|(?:vergader|spreek)(?:zaal|ruimte|kamer)|beamer|projector|resource)\b",
    re.IGNORECASE,
)
_ROOM_ADDRESS = re.compile(
    r"^(?:room|raum|salle|sala|conf(?:erence)?|meeting-?room|mr|resource|vergaderzaal)[-_.\d]", re.IGNORECASE
)
_LIST_DOMAIN = re.compile(r"^(?:lists?|groups?|googlegroups|mailman|verteiler)\.", re.IGNORECASE)
_LIST_NAME = re.compile(
    r"\b(?:all|team|group|list|department|panel|hiring|recruiting|talent|gruppe|verteiler|equipe|\u00e9quipe|equipo|squadra|groupe|gruppo|grupo"
    r"|interviewers|recruiters|people ops|hr|rh)\b",
    re.IGNORECASE,
)
_FREE_OF_DOTS = frozenset({"gmail.com", "googlemail.com"})


def _plain(address: str) -> str:
    """Return an address without what makes no difference to whom it reaches: a tag, and at Google dots."""
    local, at, domain = address.partition("@")
    local = local.partition("+")[0]
    if domain in _FREE_OF_DOTS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}{at}{domain}"


def is_own(address: str, own: Iterable[str]) -> bool:
    """Say whether an address (lower-case) is one of the user's, whatever tag it bears."""
    return bool(address) and _plain(address) in {_plain(one) for one in own}


def interviewers_of_entry(
    event: CalendarEvent, own: frozenset[str], titles: Mapping[str, str], *, names: Sequence[str] = ()
) -> tuple[Person, ...]:
    """Return who interviews (B6, D21), at most 20; a lone organizer does.

    `own` are the user's addresses, `names` the names under which the mail addresses the user; `titles` maps lower-case names to
    titles found elsewhere in the mail. Who declined, who is only informed and who schedules are left out where others remain.
    """
    mine = {name.casefold() for name in names if name and "@" not in name}
    invited = [item for item in event.attendees if not _no_person(item, event) and not _is_user(item, own, mine)]
    organizer = event.organizer
    if organizer is not None and not _no_person(organizer, event) and not _is_user(organizer, own, mine):
        same = [item for item in invited if item.address and item.address == organizer.address]
        if not same:
            invited.insert(0, organizer)
    for idle in (_declined, _informed):
        invited = [item for item in invited if not idle(item)] or invited
    people = [_person(item, titles) for item in invited]
    if len(people) > 1:
        people = [person for person in people if not is_coordinator(person.title, person.address)] or people
    unique: dict[str, Person] = {}
    for person in people:
        unique.setdefault(person.address or person.name.casefold(), person)
    return tuple(unique.values())[:_MOST]


def _declined(item: Attendee) -> bool:
    return item.answer == "DECLINED"


def _informed(item: Attendee) -> bool:
    return item.role == "NON-PARTICIPANT"


def _is_user(item: Attendee, own: frozenset[str], mine: set[str]) -> bool:
    return is_own(item.address, own) or (item.name.casefold() in mine and bool(item.name))


def _no_person(item: Attendee, event: CalendarEvent) -> bool:
    """Say whether an attendee is a room, a list, a machine, or nothing at all."""
    if item.kind in {"GROUP", "ROOM", "RESOURCE"} or not (item.address or item.name):
        return True
    if item.address and not can_receive(item.address):
        return True
    local, _, domain = item.address.partition("@")
    name = "" if "@" in item.name else item.name
    places = {place.strip().casefold() for place in event.location.split(";")}
    if _ROOM.search(name) or _ROOM_ADDRESS.match(f"{local}.") or (name and name.casefold() in places):
        return True
    if _LIST_DOMAIN.match(domain):
        return True
    return is_team(item.address) and (not name or _LIST_NAME.search(name) is not None or name.casefold() == local)


def _person(item: Attendee, titles: Mapping[str, str]) -> Person:
    name, _ = name_from_display(item.name, item.address)
    if "@" in item.name or not name:
        name = "" if "@" in item.name else item.name
    return person_of(name, item.address, titles.get(name.lower(), ""))
