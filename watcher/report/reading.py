"""What `classify` tells of one message: its kind, what says so, and what was read from it.

The contract of `classify --json` and `--jsonl`, which watcher/README.md documents. Times are ISO 8601 with an offset, days are
ISO 8601 dates, what is unknown is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rules.calendar import defects, read
from rules.classify import Classification, classify
from rules.extract import Facts, Interview, InterviewStatus, Person, company_domain, extract
from rules.mail import Message
from rules.trust import doubts
from watcher.report.words import plain

__all__ = ["Reading", "Undated", "read_message", "reading_values", "reading_view"]

Json = dict[str, Any]
Undated = Callable[[datetime], Message]
"""A message that may not say when it was received: the argument counts as that time where it does not."""

_LONGEST = 300
_YEAR = re.compile(r"\b(?:19[89]\d|20[0-6]\d)\b")
_YEARS = 3
"""How many of the years that a text names are tried."""
_SOME_YEAR = 2014
_UNDATED = "It says nowhere when it was received, so days such as `tomorrow` or `12 March` name none."
_DATED = ("interview_at", "interview_end", "deadline", "return_date")


@dataclass(frozen=True, slots=True)
class Reading:
    """One message, read on its own: no process, no thread, nothing but what stands in it."""

    message: Message
    classification: Classification
    fields: Json
    notes: tuple[str, ...] = ()
    """What could not be read, and why, in sentences."""


def read_message(make: Undated, *, own: frozenset[str], zone: str) -> Reading:
    """Classify and read a message.

    `own` are the user's addresses, lower-case; where there are none, whom the message is addressed to counts as the user.
    `zone` is the user's IANA zone. A message without a time of receipt is read as of several times, and only those dates are
    told on which all of them agree: days that the message names with their year, and times of calendar parts.
    """
    first = make(_new_year(_SOME_YEAR))
    if first.envelope.received_at == make(_new_years_eve(_SOME_YEAR)).envelope.received_at:
        classification, fields, notes = _read(first, own, zone)
        return Reading(first, classification, fields, (*first.defects, *notes))
    named = sorted({int(year) for year in _YEAR.findall(f"{first.envelope.subject}\n{first.text}")}, reverse=True)[:_YEARS]
    classification, fields, notes = _read(first, own, zone)
    certain: Json = dict.fromkeys(_DATED)
    promises = [fields["deadline"]]
    for year in named or [_SOME_YEAR]:
        early, late = (_read(make(at), own, zone)[1] for at in (_new_year(year - 1), _new_years_eve(year - 1)))
        promises += [early["deadline"], late["deadline"]]
        for name in _DATED:
            if certain[name] is None and early[name] == late[name]:
                certain[name] = early[name]
    if certain["interview_at"] is None:
        certain["interview_end"] = None
    unsure = certain != {name: fields[name] for name in _DATED}
    promise = next((one for one in promises if one is not None), None)
    if certain["deadline"] is None and promise is not None:
        certain["deadline"] = {"class": promise["class"], "date": None}
    return Reading(first, classification, {**fields, **certain}, (*first.defects, *notes, *((_UNDATED,) if unsure else ())))


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 2, 12, tzinfo=UTC)


def _new_years_eve(year: int) -> datetime:
    return datetime(year, 12, 30, 12, tzinfo=UTC)


def _read(message: Message, own: frozenset[str], zone: str) -> tuple[Classification, Json, tuple[str, ...]]:
    users = own or frozenset(_addressee(message))
    classification = classify(message, own=users, known=False)
    facts = extract(message, classification, own=users, zone=zone)
    ambiguous = tuple(f"It can be read in more than one way: {words}" for words in facts.ambiguous)
    return classification, _fields(facts), (*defects(message.calendars, fallback_zone=zone), *doubts(message), *ambiguous)


def _addressee(message: Message) -> Iterator[str]:
    """Yield the one address a message is for: the only one in To, else the only attendee who is not of the host's company."""
    to = [address.address for address in message.to if address.address]
    if len(to) == 1 and to[0] != message.sender.address:
        yield to[0]
        return
    events = read(message.calendars, fallback_zone="UTC")
    hosts = {message.sender.address, *(event.organizer.address for event in events if event.organizer is not None)} - {""}
    domains = {company_domain(address) for address in hosts} - {""}
    guests = {one.address for event in events for one in event.attendees if one.address and one.address not in hosts}
    outside = {address for address in guests if company_domain(address) not in domains} if domains else guests
    if len(outside) == 1:
        yield from outside


def _fields(facts: Facts) -> Json:
    interview = _chosen(facts)
    promise, away = facts.promise, facts.away
    interviewers = list(dict.fromkeys(person for one in facts.interviews for person in one.interviewers))
    return {
        "company": plain(facts.company) or None,
        "role": plain(facts.role) or None,
        "interviewers": [_person(person) for person in interviewers],
        "interview_at": _time(interview.start) if interview is not None else None,
        "interview_end": _time(interview.end) if interview is not None else None,
        "deadline": None
        if promise is None
        else {"class": promise.kind.value, "date": promise.date.isoformat() if promise.date is not None else None},
        "return_date": away.back_on.isoformat() if away is not None and away.back_on is not None else None,
    }


def _chosen(facts: Facts) -> Interview | None:
    """Return the interview that is told where a message states several: the first one that takes place."""
    dated = (one for one in facts.interviews if not one.undated)  # a bare CANCEL names no time
    return min(dated, key=lambda one: (one.status is InterviewStatus.CANCELLED, one.start.astimezone(UTC)), default=None)


def _person(person: Person) -> Json:
    return {"name": plain(person.name) or None, "title": plain(person.title) or None, "address": person.address or None}


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def reading_values(reading: Reading, identity: object) -> Json:
    """Return what is printed as JSON; `identity` is the `id` that the message was given with."""
    found = reading.classification
    return {
        "id": identity,
        "label": found.kind.value,
        "confidence": found.confidence,
        "runner_up": found.runner_up.value if found.runner_up is not None else None,
        "fields": reading.fields,
        "evidence": [
            {"source": sign.source, "detail": plain(sign.detail, _LONGEST), "weight": round(sign.weight, 3)}
            for sign in found.evidence
        ],
        "notes": [plain(note, _LONGEST) for note in reading.notes],
    }


def reading_view(reading: Reading, name: str) -> RenderableType:
    """Return the same for people: the kind, what was read, and what says so."""
    found, message = reading.classification, reading.message
    head = Text.assemble((plain(name, _LONGEST), "bold"), ("  ", ""), (found.kind.value, "bold green"))
    second = f", else {found.runner_up.value}" if found.runner_up is not None else ""
    head.append(f"  {found.confidence:.0%} sure{second}", "dim")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    sender = f"{plain(message.sender.name)} <{message.sender.address}>" if message.sender.name else message.sender.address
    rows = [("from", sender), ("subject", plain(message.envelope.subject)), *_rows(reading.fields)]
    for place, sign in enumerate(found.evidence):
        rows.append(("" if place else "because", f"{sign.source}: {plain(sign.detail, _LONGEST)}"))
    rows += [("note", plain(note, _LONGEST)) for note in reading.notes]
    for word, value in rows:
        if value:
            table.add_row(Text(word), Text(value))
    return Group(head, Padding(table, (0, 0, 0, 2)))


def _rows(fields: Json) -> Iterator[tuple[str, str]]:
    yield "company", fields["company"] or ""
    yield "role", fields["role"] or ""
    yield "with", "; ".join(_who(person) for person in fields["interviewers"])
    begin, end = fields["interview_at"], fields["interview_end"]
    yield "interview", f"{begin} to {end}" if begin else ""
    deadline = fields["deadline"]
    yield "answer", f"{deadline['class']}{', ' + deadline['date'] if deadline['date'] else ''}" if deadline else ""
    yield "back on", fields["return_date"] or ""


def _who(person: Json) -> str:
    name, title, address = (person[key] or "" for key in ("name", "title", "address"))
    return f"{name}{', ' + title if title else ''}{f' <{address}>' if address else ''}".strip(", ")
