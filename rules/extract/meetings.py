"""The interviews that a message states: by calendar part, or in its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta, tzinfo

from rules.calendar import CalendarEvent
from rules.classify.text import text_of
from rules.dates import Moment, moments
from rules.extract.people import interviewers_of_event, person_of
from rules.extract.types import Format, Interview, InterviewStatus, Person
from rules.extract.words import first_match, listed_keys
from rules.mail.types import Message
from rules.phrases.grammar import fold

__all__ = ["format_of", "interview_of_event", "interview_of_text", "round_of"]

_USUAL = timedelta(hours=1)
_PAST = timedelta(days=1)
_DURATION = re.compile(r"\b(\d{2,3})[ -]?(?:min\b|mins\b|minutes?\b)|\b(one|two|three|1|1\.5|2|3)[ -]?hours?\b")
_HOURS = {"one": 60, "two": 120, "three": 180, "1": 60, "1.5": 90, "2": 120, "3": 180}
_SHORTEST, _LONGEST = 10, 480


def format_of(text: str, events: Iterable[CalendarEvent]) -> Format:
    """Return how an interview is held: what the calendar entry says of its place, else what the text says."""
    places = "\n".join(fold(f"{event.summary}\n{event.location}\n{event.url}\n{event.description}") for event in events)
    for place in (places, text):
        for form in (Format.VIDEO, Format.IN_PERSON, Format.PHONE):
            if first_match("format", form.value, place):
                return form
    return Format.UNKNOWN


def round_of(title: str, body: str) -> int | None:
    """Return the round that is stated, in folded title or body, if only one is."""
    for place in (title, body):
        found = {int(number) for number in listed_keys("round") if first_match("round", number, place)}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def interview_of_event(
    event: CalendarEvent, message: Message, *, own: frozenset[str], people: Sequence[Person], named: Sequence[Person] = ()
) -> Interview:
    """Return the interview that a calendar event states.

    `named` are those whom the mail says one will meet, `people` the others it shows. Where the event names nobody, the former
    interview, and only without them the latter.
    """
    titles = {person.name.lower(): person.title for person in (*people, *named) if person.title and person.name}
    start = event.start or message.envelope.received_at
    interviewers = interviewers_of_event(event, own, titles)
    organizer = event.organizer
    return Interview(
        uid=event.key or f"text:{message.envelope.identity}",
        start=start,
        end=event.end or start + _USUAL,
        status=_status(event),
        sequence=event.sequence,
        stamp=event.stamp or message.envelope.received_at,
        zone=event.zone,
        summary=event.summary,
        format=format_of("", (event,)),
        organizer=person_of(organizer.name, organizer.address, titles.get(organizer.name.lower(), "")) if organizer else None,
        interviewers=interviewers or tuple(named) or tuple(person for person in people if person.name),
        source="calendar",
    )


def _status(event: CalendarEvent) -> InterviewStatus:
    if event.method == "CANCEL" or event.status == "CANCELLED":
        return InterviewStatus.CANCELLED
    return InterviewStatus.TENTATIVE if event.status == "TENTATIVE" else InterviewStatus.CONFIRMED


def interview_of_text(message: Message, zone: tzinfo, named: Sequence[Person], writer: Person | None = None) -> Interview | None:
    """Return the interview that a text fixes; None when it names no time, or several that are not one day's agenda.

    Where it names nobody, `writer`, the human who fixed it, stands for those who interview, as a lone organizer does (D21).
    """
    received = message.envelope.received_at
    content = text_of(message)
    text = f"{content.subject}\n{content.folded}"
    found = [moment for moment in moments(text, received.astimezone(zone).date(), zone) if moment.start > received - _PAST]
    moment = _one_moment(found)
    if moment is None:
        return None
    return Interview(
        uid=f"text:{message.envelope.identity}",
        start=moment.start,
        end=moment.end or moment.start + _duration(text),
        sequence=-1,
        stamp=received,
        zone=moment.zone,
        summary=message.envelope.subject,
        organizer=None if named else writer,
        interviewers=tuple(named) or ((writer,) if writer is not None else ()),
        source="text",
    )


def _one_moment(found: list[Moment]) -> Moment | None:
    """Return the one time stated; of a day's agenda, from its first start to its last end."""
    if not found:
        return None
    ordered = sorted(found, key=lambda moment: moment.start)
    first = ordered[0]
    if len({moment.start for moment in ordered}) == 1:
        return max(ordered, key=lambda moment: moment.end is not None)
    same_day = all(moment.start.astimezone(first.start.tzinfo).date() == first.start.date() for moment in ordered)
    ends = [moment.end for moment in ordered if moment.end is not None]
    return Moment(first.start, max(ends), first.zone, first.position) if same_day and len(ends) == len(ordered) else None


def _duration(text: str) -> timedelta:
    match = _DURATION.search(text)
    minutes = (int(match[1]) if match[1] else _HOURS[match[2]]) if match else 0
    return timedelta(minutes=minutes) if _SHORTEST <= minutes <= _LONGEST else _USUAL
