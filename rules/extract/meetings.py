"""The interviews that a message states: by calendar part, by markup, or in text; how they are held, where a time is picked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, tzinfo
from typing import NamedTuple

from rules.calendar import CalendarEvent, named_zone, read
from rules.classify.score import is_answer
from rules.classify.text import text_of
from rules.classify.types import Kind
from rules.dates import days, times
from rules.extract.agenda import with_agenda
from rules.extract.attendees import interviewers_of_entry
from rules.extract.booking import booking_link_of
from rules.extract.clock import day_order
from rules.extract.formats import format_of
from rules.extract.markup import MarkedEvent, read_markup
from rules.extract.meeting_words import Words
from rules.extract.people import person_of
from rules.extract.resolving import spells
from rules.extract.told import Told, read_told
from rules.extract.types import Format, Interview, InterviewStatus, Person
from rules.language import languages_of
from rules.mail.types import Message
from rules.phrases.grammar import WORD, fold

__all__ = [
    "Meetings",
    "attending_events",
    "booking_link_of",
    "format_of",
    "interview_of_event",
    "interviews_of",
    "read_meetings",
    "round_of",
    "stating_events",
]

_USUAL = timedelta(hours=1)
_DAY = timedelta(days=1)
_QUOTE_MARKS = re.compile(r"^[> |]{1,20}")
_TIMED = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})
_NAMING = frozenset({*_TIMED, Kind.INTERVIEW_INVITE})
_TELLING = frozenset({*_NAMING, Kind.CANCELLATION})
_ELSEWHERE = frozenset({Kind.REJECTION, Kind.APPLICATION_ACK, Kind.OFFER, Kind.RECRUITER_OUTREACH})
_MOST = 20


class Meetings(NamedTuple):
    """What a message says of interviews."""

    interviews: tuple[Interview, ...] = ()
    format: Format = Format.UNKNOWN
    round: int | None = None
    """As stated in words; None when it is not, or when several are."""
    booking_link: str = ""


def stating_events(message: Message, zone: str) -> tuple[CalendarEvent, ...]:
    """Return the calendar events by which an organizer fixes, moves or cancels; never those of attendees (D25).

    `zone` (IANA) is the user's. An event without a start states nothing, unless it is cancelled.
    """
    if not message.calendars:
        return ()
    events = read(message.calendars, fallback_zone=zone)
    return tuple(event for event in events if event.states and (event.start is not None or event.cancelled))


def attending_events(message: Message, zone: str) -> tuple[CalendarEvent, ...]:
    """Return the calendar events by which an attendee answers (COUNTER, REPLY); `zone` as above."""
    events = read(message.calendars, fallback_zone=zone) if message.calendars else []
    return tuple(event for event in events if not event.states)


def read_meetings(
    message: Message,
    kind: Kind,
    *,
    own: frozenset[str],
    zone: str,
    local: tzinfo,
    people: Sequence[Person] = (),
    named: Sequence[Person] = (),
) -> Meetings:
    """Return what a message says of interviews. Pure; never raises.

    `own` are the user's addresses, lower-case; `zone` is the user's (IANA), `local` the sender's as far as it is known; `named`
    are those whom the mail says one will meet, `people` the others it shows.
    """
    text = text_of(message)
    events = stating_events(message, zone)
    if kind in _ELSEWHERE and not events and not message.markup:
        return Meetings(booking_link=booking_link_of(message))  # how and in which round one met is no news there
    body = f"{text.subject}\n{text.folded}"
    pages = [address for _, address in message.links]
    words = text.words.union(WORD.findall(text.subject))
    form = Format.UNKNOWN
    if is_answer(message, text):  # it carries the subject of what it answers: `Re: Phone screen` says nothing of the next talk
        form = format_of(text.folded, events, languages=text.languages, links=pages, particulars=message.text, words=text.words)
    if form is Format.UNKNOWN:
        form = format_of(body, events, languages=text.languages, links=pages, particulars=message.text, words=words)
    title = f"{text.subject}\n" + "\n".join(fold(event.summary) for event in events)
    stated = round_of(title, text.folded, text.languages, words=text.words)
    found = interviews_of(message, kind, own=own, zone=zone, local=local, people=people, named=named)
    interviews = tuple(
        replace(
            interview,
            format=interview.format if interview.format is not Format.UNKNOWN else form,
            round=stated if len(found) == 1 else interview.round,
        )
        for interview in found
    )
    return Meetings(interviews, form, stated, booking_link_of(message))


def interviews_of(
    message: Message,
    kind: Kind,
    *,
    own: frozenset[str],
    zone: str,
    local: tzinfo,
    people: Sequence[Person] = (),
    named: Sequence[Person] = (),
) -> tuple[Interview, ...]:
    """Return the interviews that a message states, by the strongest of calendar part, markup and text; arguments as above.

    A mail with a calendar part of an attendee's (COUNTER, REPLY) states none. Text counts in a confirmation or a change; of other
    mail a single time is TENTATIVE in an invitation, CANCELLED in a cancellation.
    """
    events = stating_events(message, zone)
    if kind in _NAMING:
        named = with_agenda(named, message.text)
    if events:
        only = len(events) == 1
        found = tuple(interview_of_event(event, message, own=own, named=named, people=people, only=only) for event in events)
        whole_day = only and events[0].all_day and kind in _TIMED
        told = _of_text(message, local, named, None, kind=kind, reader=named_zone(zone)) if whole_day else ()
        return tuple(_within_the_day(interview, told) for interview in found)
    answers = attending_events(message, zone)
    if answers:
        accepted = [event for event in answers if kind is Kind.INTERVIEW_CONFIRMATION and _accepts(event, own)]
        return tuple(interview_of_event(event, message, own=own, named=named, people=people) for event in accepted)
    marked = [event for event in read_markup(message, zone=zone).events if event.start is not None and not event.all_day]
    if marked and kind in {*_TIMED, Kind.CANCELLATION}:
        return tuple(_of_markup(event, message, own=own, people=people, named=named, only=len(marked) == 1) for event in marked)
    if kind not in _TELLING:
        return ()
    writer = next((person for person in people if person.address == message.sender.address), None)
    found = _of_text(message, local, named, writer, kind=kind, reader=named_zone(zone))
    if kind in _TIMED:
        return found
    # A single time in an invitation is proposed; in a cancellation it names what is called off.
    status = InterviewStatus.CANCELLED if kind is Kind.CANCELLATION else InterviewStatus.TENTATIVE
    return tuple(replace(interview, status=status) for interview in found) if len(found) == 1 else ()


def _within_the_day(interview: Interview, told: Sequence[Interview]) -> Interview:
    """Return the interview of an entry for a whole day with its hours, where the text tells one time on that day."""
    inside = [one for one in told if interview.start <= one.start < interview.end]
    return replace(interview, start=inside[0].start, end=inside[0].end) if len(inside) == 1 else interview


def _accepts(event: CalendarEvent, own: frozenset[str]) -> bool:
    """Say whether somebody accepts, by a REPLY, the event that the user made."""
    answers = {person.answer for person in event.attendees if person.address not in own}
    return event.method == "REPLY" and event.start is not None and answers == {"ACCEPTED"}


def round_of(
    title: str, body: str, languages: tuple[str, ...] | None = None, *, words: frozenset[str] | None = None
) -> int | None:
    """Return the round that is stated, in folded title or body, if only one is; `words` are those of the body, if known."""
    if languages is None:
        languages = languages_of(WORD.findall(f"{title}\n{body}"))
    for place, known in ((title, None), (body, words)):
        found = {int(number) for number in Words(place, languages, known).places("round")}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def interview_of_event(
    event: CalendarEvent,
    message: Message,
    *,
    own: frozenset[str],
    people: Sequence[Person],
    named: Sequence[Person] = (),
    only: bool = True,
) -> Interview:
    """Return the interview that a calendar event states.

    `named` are those whom the mail says one will meet, `people` the others it shows. Where the event names nobody, the former
    interview, and only without them the latter. Who invites from a calendar of their own often names the panel in the text alone:
    beside an organizer who stands there alone, those whom the mail names interview, too; beside attendees as well, if the event
    is the `only` one of its mail.
    """
    titles = {person.name.lower(): person.title for person in (*people, *named) if person.title and person.name}
    start = event.start or message.envelope.received_at
    names = [item.name for item in (*message.to, *message.cc) if item.address in own]
    interviewers = interviewers_of_entry(event, own, titles, names=names)
    organizer = event.organizer
    if named and len(interviewers) == 1 and organizer is not None and interviewers[0].address == organizer.address:
        interviewers = _with_named(interviewers[0], named)
    elif named and only and interviewers:
        interviewers = _with_text(interviewers, event, named)
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
        organizer_named=organizer is not None and any(_is_same(person, organizer.name, organizer.address) for person in named),
        interviewers=interviewers or tuple(named) or tuple(person for person in people if person.name),
        source="calendar",
        undated=event.start is None,
        unnumbered=event.unnumbered,
    )


def _with_named(host: Person, named: Sequence[Person]) -> tuple[Person, ...]:
    """Return who interviews where a calendar entry shows its organizer alone, and the text tells whom one will meet.

    An organizer without a name is the one of them whose name the address spells; else it is a mailbox that arranges.
    """
    others = [person for person in named if not (person.address and person.address == host.address)]
    if not host.name:
        same = [person for person in others if not person.address and spells(host.address, person.name)]
        if len(same) == 1:
            host = replace(same[0], address=host.address)
            others.remove(same[0])
        elif others:
            return tuple(others)
    own = set(host.name.casefold().split())  # a mail may give one part of the name alone
    same = [person for person in others if not person.address and own.issuperset(person.name.casefold().split())]
    return (host, *(person for person in others if person not in same))[:_MOST]


def _with_text(interviewers: Sequence[Person], event: CalendarEvent, named: Sequence[Person]) -> tuple[Person, ...]:
    """Return those of a calendar entry and those whom the text names beside them, its organizer among them; each once.

    Who was invited and is left out (who declined, say) stays so, but for the organizer, who may say `and me`.
    """
    found = list(interviewers)
    organizer = event.organizer
    for person in named:
        nameless = [number for number, one in enumerate(found) if not one.name and spells(one.address, person.name)]
        if any(_is_same(person, one.name, one.address) for one in found):
            continue
        if not person.address and len(nameless) == 1:
            found[nameless[0]] = replace(person, address=found[nameless[0]].address)
        elif organizer is not None and _is_same(person, organizer.name, organizer.address):
            found.append(replace(person, name=organizer.name or person.name, address=organizer.address))
        elif not any(_is_same(person, one.name, one.address) for one in event.attendees):
            found.append(person)
    return tuple(found[:_MOST])


def _is_same(person: Person, name: str, address: str) -> bool:
    """Say whether a person of a text is the one of a calendar entry: by the address, or by one name that holds the other."""
    if person.address and address:
        return person.address == address
    ours, theirs = set(person.name.casefold().split()), set(name.casefold().split())
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _status(event: CalendarEvent) -> InterviewStatus:
    if event.cancelled:
        return InterviewStatus.CANCELLED
    return InterviewStatus.TENTATIVE if event.status == "TENTATIVE" else InterviewStatus.CONFIRMED


def _of_markup(
    event: MarkedEvent, message: Message, *, own: frozenset[str], people: Sequence[Person], named: Sequence[Person], only: bool
) -> Interview:
    """Return the interview that a schema.org event states."""
    start = event.start or message.envelope.received_at
    told = [person_of(person.name, person.address, person.title) for person in event.people if person.address not in own]
    place = f"{event.name}\n{event.place}\n{event.url}"
    text = text_of(message)
    identity = f"text:{message.envelope.identity}"
    return Interview(
        uid=f"markup:{event.uid}" if event.uid else identity if only else f"{identity}/{start.isoformat()}",
        start=start,
        end=event.end or start + _USUAL,
        status=InterviewStatus.CANCELLED if event.cancelled else InterviewStatus.CONFIRMED,
        sequence=0 if event.uid else -1,
        stamp=message.envelope.received_at,
        zone=event.zone,
        summary=event.name or message.envelope.subject,
        format=format_of(fold(place), languages=text.languages),
        organizer=told[0] if told else None,
        interviewers=tuple(told[:_MOST]) or tuple(named) or tuple(person for person in people if person.name),
        source="markup",
    )


def _of_text(
    message: Message, zone: tzinfo, named: Sequence[Person], writer: Person | None, *, kind: Kind, reader: tzinfo | None
) -> tuple[Interview, ...]:
    """Return the interviews that a text tells; where it names nobody, `writer`, the human who fixed them, interviews (D21)."""
    received = message.envelope.received_at
    content = text_of(message)
    order = day_order(message, content.languages)
    told = read_told(
        content.subject,
        content.folded,
        received,
        zone,
        languages=content.languages,
        order=order,
        moved=kind is Kind.RESCHEDULE,
        reader=reader,
    )
    if not told and kind is Kind.INTERVIEW_CONFIRMATION and message.quoted:
        told = _agreed_to(message, zone, reader, order)
    identity = f"text:{message.envelope.identity}"
    return tuple(
        Interview(
            uid=identity if len(told) == 1 else f"{identity}/{number}",
            start=item.start,
            end=item.end,
            sequence=-1,
            stamp=received,
            zone=item.zone,
            summary=message.envelope.subject,
            organizer=None if named else writer,
            interviewers=tuple(named) or ((writer,) if writer is not None else ()),
            source="text",
            was=item.was,
        )
        for number, item in enumerate(told, start=1)
    )


def _agreed_to(message: Message, zone: tzinfo, reader: tzinfo | None, order: str | None) -> tuple[Told, ...]:
    """Return the one interview that what is quoted or forwarded fixes, where the mail above names no day and no time.

    What counts from the day of the quotation (`tomorrow`) is left out: it is another one if the mail came a day earlier.
    """
    content = text_of(message)
    received = message.envelope.received_at
    above = f"{content.subject}\n{content.folded}"
    if days(above, received.date(), content.languages, order) or times(above, content.languages):
        return ()
    lines = message.quoted.split("\n")
    marked = [
        line for line in lines if line.startswith((">", "|"))
    ]  # without the line above them, which tells when they were sent
    quoted = fold("\n".join(_QUOTE_MARKS.sub("", line) for line in marked or lines))
    languages = languages_of(WORD.findall(quoted))
    found, before = (
        read_told("", quoted, day, zone, languages=languages, order=order, reader=reader) for day in (received, received - _DAY)
    )
    return found if len(found) == 1 and [item.start for item in found] == [item.start for item in before] else ()
