"""All that is read from one message, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, tzinfo

from rules.classify.concepts import read_sentences
from rules.classify.text import Text, text_of
from rules.classify.types import Classification, Kind
from rules.dates import ambiguous_moments
from rules.extract.absence import read_automatic
from rules.extract.agenda import with_agenda
from rules.extract.clock import day_order, offset_of, sender_zone
from rules.extract.company import name_from_display, plausible_company
from rules.extract.described import descriptions_in, in_words, interview_in_words, newly_told
from rules.extract.domains import alike, company_key
from rules.extract.instructions import instructions_in, says_yes, start_date_in, wants_no_calls, wants_no_contact
from rules.extract.markup import read_markup
from rules.extract.meetings import Meetings, attending_events, read_meetings, stating_events
from rules.extract.panel import panel_of
from rules.extract.people import own_names, people_of
from rules.extract.promise import find_promise
from rules.extract.reading import Reading, reading_of
from rules.extract.resolving import resolved
from rules.extract.roles import without_company
from rules.extract.signature import read_signature
from rules.extract.subject_matter import company_of, role_of
from rules.extract.titles import clean_role
from rules.extract.types import Facts, Interview, Outcome, Person
from rules.extract.words import first_match
from rules.mail.types import Message

__all__ = ["extract"]

_NAMING = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE, Kind.INTERVIEW_INVITE, Kind.CANCELLATION, Kind.HUMAN_REPLY})
_SILENT = frozenset({Kind.NOISE, Kind.JOB_ALERT})
_PROMISELESS = frozenset({Kind.REJECTION, Kind.RECRUITER_OUTREACH})
"""Nobody waits for an answer behind these."""
_ASKED_WITHIN = 12
_ASKS = frozenset({"task", "docs"})
"""Concepts by which a mail wants something of its reader."""
_TELLING = frozenset({Kind.HUMAN_REPLY, Kind.APPLICATION_ACK})
"""What there is to say in these is how things stand."""
_STARTING = frozenset({Kind.OFFER, Kind.HUMAN_REPLY, Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION, Kind.APPLICATION_ACK})
_DOUBTFUL = re.compile(r"\d ?(?:[/.-] ?\d|[ap]\.?m\b|[:h]\d\d)")
"""Only what holds a numeric date or a time of day can be in doubt; to look closer costs a hundred times as much."""
_MOST_AMBIGUOUS = 10
_LONGEST_AMBIGUOUS = 120


def extract(message: Message, classification: Classification, *, own: frozenset[str], zone: str) -> Facts:
    """Return what a message says. Everything unknown is empty. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case; `zone` is the user's IANA zone, used where neither the message nor its sender's
    Date field names another.
    """
    kind = classification.kind
    if kind in _SILENT:
        return Facts(zone_offset=offset_of(message))
    if kind is Kind.AUTO_REPLY:
        return _with_notice(read_automatic(message, own=own, zone=zone), message, zone)
    local = sender_zone(message, zone)
    text = text_of(message)
    reading = reading_of(message)
    order = day_order(message, text.languages)
    events = stating_events(message, zone)
    markup = read_markup(message, zone=zone)
    signature = read_signature(message.text, name_from_display(message.sender.name, message.sender.address)[0])
    role = role_of(message, events, reading, marked=clean_role(markup.role, sure=True))
    company = company_of(message, events, signature, reading, own, role=role, marked=plausible_company(markup.company))
    named, writing = _named(message, reading, own, company) if kind in _NAMING else ([], False)
    people = people_of(message, signature, named, own, company)
    named = resolved(named, people, message, own, writing=writing)
    meetings = read_meetings(message, kind, own=own, zone=zone, local=local, people=people, named=named)
    people, named, meetings = (
        _in_words(message, reading, people, named, meetings) if kind in _NAMING else (people, named, meetings)
    )
    made_on = message.envelope.received_at.astimezone(local).date()
    taken = [interview.start.date() for interview in meetings.interviews]
    promise = None
    if kind not in _PROMISELESS:
        promise = find_promise(message.text, made_on, taken, languages=text.languages, order=order, telling=_tells(text, kind))
    start = None
    if kind in _STARTING:
        start = start_date_in(text.folded, made_on, text.languages, order, words=text.words, taken=taken)
    return Facts(
        company=company,
        role=without_company(role, company),
        people=tuple(people),
        interviews=meetings.interviews,
        interviewers=_interviewers(meetings.interviews, named, message, kind),
        round=meetings.round,
        promise=promise,
        outcome=_outcome(text) if kind is Kind.HUMAN_REPLY else None,
        no_contact=wants_no_contact(text.folded, text.languages, words=text.words),
        zone_offset=offset_of(message),
        format=meetings.format,
        booking_link=meetings.booking_link,
        start_date=start,
        no_calls=wants_no_calls(text.folded, text.languages, words=text.words),
        agreed=kind is Kind.HUMAN_REPLY and says_yes(text.folded, text.languages),
        instructions=instructions_in(message.text, text.languages, text.folded, text.words),
        countered=any(event.method == "COUNTER" for event in attending_events(message, zone)),
        ambiguous=_ambiguous(f"{text.subject}\n{text.folded}", made_on, local, text.languages, order),
    )


def _tells(text: Text, kind: Kind) -> bool:
    """Say whether a mail is there to say how things stand: a receipt, or a reply that asks nothing of the candidate.

    A day in a mail that wants something is the candidate's own, more often than not; and who takes it for a promise waits for
    somebody who waits.
    """
    if kind is not Kind.HUMAN_REPLY:
        return kind in _TELLING
    if "?" in text.folded:
        return False
    sentences = read_sentences(text.folded, text.languages[:2], _ASKED_WITHIN)
    return not any(concept in _ASKS for sentence in sentences for _, concept in sentence.found)


def _with_notice(facts: Facts, message: Message, zone: str) -> Facts:
    """Add when an answer comes that an automatic one promises (`we answer within three days`): never a day, which nobody set."""
    if facts.away is not None or facts.bounced or facts.delayed:
        return facts
    made_on = message.envelope.received_at.astimezone(sender_zone(message, zone)).date()
    promise = find_promise(message.text, made_on, languages=text_of(message).languages, telling=True)
    return replace(facts, promise=promise) if promise is not None and promise.date is None else facts


def _named(message: Message, reading: Reading, own: frozenset[str], company: str) -> tuple[list[Person], bool]:
    """Return whom the text names as those one will meet, neither the user nor the company, and whether the writer is one."""
    key = company_key(company)
    found, writing = panel_of(reading, own_names(message, own))
    return [person for person in found if not (key and alike(company_key(person.name), key))], writing


def _in_words(
    message: Message, reading: Reading, people: list[Person], named: list[Person], meetings: Meetings
) -> tuple[list[Person], list[Person], Meetings]:
    """Return everybody with what sentences say of them, and those besides who are only told of so."""
    everybody = [*people, *named, *(person for interview in meetings.interviews for person in interview.interviewers)]
    said = descriptions_in(reading, everybody)
    if not said:
        return people, named, meetings
    writer = message.sender.address
    return (
        [*(in_words(person, said, everybody, writer) for person in people), *newly_told(said, everybody)],
        [in_words(person, said, everybody, writer) for person in named],
        meetings._replace(
            interviews=tuple(interview_in_words(interview, said, everybody, writer) for interview in meetings.interviews)
        ),
    )


def _interviewers(interviews: Sequence[Interview], named: Sequence[Person], message: Message, kind: Kind) -> tuple[Person, ...]:
    """Return who interviews: of the interviews that are fixed, else whom an invitation names, each once."""
    found = {person.address or person.name.casefold(): person for interview in interviews for person in interview.interviewers}
    if not found and not interviews and kind is not Kind.HUMAN_REPLY:
        found = {person.name.casefold(): person for person in with_agenda(named, message.text)}
    return tuple(found.values())


def _outcome(text: Text) -> Outcome | None:
    if first_match("outcome", "on_hold", text.folded, text.languages, words=text.words):
        return Outcome.ON_HOLD
    deciding = first_match("outcome", "still_deciding", text.folded, text.languages, words=text.words)
    return Outcome.STILL_DECIDING if deciding else None


def _ambiguous(folded: str, today: date, zone: tzinfo, languages: tuple[str, ...], order: str | None) -> tuple[str, ...]:
    """Return the dates and times that can be read in several ways: as written, then the readings in ISO 8601."""
    if not _DOUBTFUL.search(folded):
        return ()
    found = {
        f"{one.text.strip()[:_LONGEST_AMBIGUOUS]}: {' / '.join(reading.isoformat() for reading in one.readings)}": None
        for one in ambiguous_moments(folded, today, zone, languages, order)
    }
    return tuple(found)[:_MOST_AMBIGUOUS]
