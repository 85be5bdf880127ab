"""What a calendar part makes of a message (RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rules.calendar import CalendarEvent, read
from rules.classify.score import ENOUGH, score
from rules.classify.senders import is_relay
from rules.classify.text import Text
from rules.classify.types import Classification, Evidence, Kind
from rules.extract.markup import MarkedEvent, read_markup
from rules.mail.types import Message
from rules.phrases.grammar import fold
from rules.phrases.load import load

__all__ = ["Stated", "events_of", "of_calendar", "of_markup"]

_OF_ATTENDEES = frozenset({"COUNTER", "DECLINECOUNTER", "REPLY", "REFRESH"})
_DESCRIBED = 600
"""Characters of a description that tell what an event is about."""
_INTERVIEWS = (Kind.INTERVIEW_CONFIRMATION, Kind.INTERVIEW_INVITE, Kind.RESCHEDULE, Kind.CANCELLATION)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a calendar part states, and whether phrases say that it is about an interview."""

    found: Classification
    meant: Kind
    """The kind that it is if it is about an interview, whatever the phrases say; noise where it changes nothing even then."""
    about: str
    """Summary and description of the event."""
    method: str
    private: bool = False
    """The summary names something private."""


@cache
def _headings(name: str) -> tuple[str, ...]:
    return tuple(fold(heading) for heading in load("calendar")[name])


def events_of(message: Message, zone: str = "UTC") -> list[CalendarEvent]:
    """Return the calendar events of a message."""
    return read(message.calendars, fallback_zone=zone) if message.calendars else []


def of_calendar(message: Message, text: Text, *, own: frozenset[str], known: bool) -> Stated | None:
    """Return what the calendar part says, or None when there is none that can be read.

    COUNTER, REPLY and REFRESH come from attendees: they neither fix nor move a time (D25).
    """
    events = events_of(message)
    if not events:
        return None
    methods = {event.method for event in events}
    event = max(events, key=lambda item: item.sequence)
    where = Evidence("calendar", f"METHOD:{event.method or 'none'} UID:{event.uid[:60]} SEQUENCE:{event.sequence}")
    about = f"{event.summary}\n{event.description[:_DESCRIBED]}"
    if methods <= _OF_ATTENDEES:
        found, meant = _of_attendee(events, text, where, own=own, known=known)
        return Stated(found, meant, about, event.method, bool(_private(event)))
    kind = _of_organizer(events, text)
    if kind is None:
        return None
    words = _interview_words(message, event, text)
    if not words and not (known and not _private(event)):
        doubted = Evidence("calendar", "no word of an interview")
        return Stated(Classification(Kind.NOISE, 0.7, kind, (where, doubted)), kind, about, event.method, bool(_private(event)))
    evidence = (where, *((Evidence("calendar", words[:200], 0.7),) if words else ()))
    return Stated(Classification(kind, 0.97, None, evidence), kind, about, event.method, bool(_private(event)))


def of_markup(message: Message, text: Text, *, known: bool) -> Classification | None:
    """Return the kind that the structured data of a mail says (an event, many postings), or None."""
    if not message.markup:
        return None
    markup = read_markup(message)
    if markup.postings > 1:
        return Classification(Kind.JOB_ALERT, 0.95, None, (Evidence("markup", f"{markup.postings} JobPosting"),))
    events = [event for event in markup.events if event.start is not None]
    told = next((event for event in events if _is_interview(event, message, text, known=known)), None)
    if told is None:
        return None
    stated = Evidence("markup", f"Event {told.name!r} {told.start:%Y-%m-%d %H:%M}"[:200])
    if told.cancelled:
        return Classification(Kind.CANCELLATION, 0.95, None, (stated,))
    kind = Kind.RESCHEDULE if told.was is not None else Kind.INTERVIEW_CONFIRMATION
    return Classification(kind, 0.95, None, (stated,))


def _is_interview(event: MarkedEvent, message: Message, text: Text, *, known: bool) -> bool:
    """Say whether an event of the structured data is an interview: by its name, or by who sends it."""
    about = Text(event.name, "")
    if next(about.in_subject("interview"), None) is not None:
        certain = any(word in about.subject for word in _headings("certain"))
        return certain or next(about.in_subject("private"), None) is None
    if next(about.in_subject("private"), None) is not None:
        return False
    return known or is_relay(message.envelope.from_address) or next(text.in_subject("interview"), None) is not None


def _of_attendee(
    events: list[CalendarEvent], text: Text, where: Evidence, *, own: frozenset[str], known: bool
) -> tuple[Classification, Kind]:
    """Read COUNTER and REPLY: they want another time or will not come, but only the organizer moves an event."""
    concerns = known or any(_speaks_of_interview(event, text) for event in events)
    declined = any(person.answer == "DECLINED" and person.address not in own for event in events for person in event.attendees)
    meant = (
        Kind.RESCHEDULE if any(event.method == "COUNTER" for event in events) else Kind.HUMAN_REPLY if declined else Kind.NOISE
    )
    return Classification(meant if concerns else Kind.NOISE, 0.8, None, (where,)), meant


def _of_organizer(events: list[CalendarEvent], text: Text) -> Kind | None:
    live = [event for event in events if event.method != "CANCEL" and event.status != "CANCELLED"]
    if not live:
        return Kind.CANCELLATION
    if all(event.start is None for event in live):
        return None
    if any(word in text.subject for word in _headings("moved")):
        return Kind.RESCHEDULE
    # What a scheduling service changed before it invited has a sequence, too; then the subject says that it is new.
    moved = any(event.sequence > 0 for event in live) and not text.subject.startswith(_headings("first"))
    return Kind.RESCHEDULE if moved else Kind.INTERVIEW_CONFIRMATION


def _private(event: CalendarEvent) -> str:
    return _first(event, "private")


def _first(event: CalendarEvent, name: str) -> str:
    """Return the first words of a list that stand in the summary, in the languages that summary and description may be in."""
    summary = Text(event.summary, event.description)
    return next((match[0] for match in summary.in_subject(name)), "")


def _speaks_of_interview(event: CalendarEvent, text: Text) -> bool:
    return bool(_first(event, "interview")) or next(text.in_subject("interview"), None) is not None


def _interview_words(message: Message, event: CalendarEvent, text: Text) -> str:
    """Return which words make an invitation one to an interview, or an empty string.

    The summary decides; words for private things in it outweigh all but the word itself. Then description and mail text count.
    """
    stated = _first(event, "interview")
    certain = any(word in fold(event.summary) for word in _headings("certain"))
    if stated and (certain or not _private(event)):
        return f"SUMMARY has {stated!r}"
    if _private(event):
        return ""
    body = Text(event.summary, event.description)
    if any("interview" in place for place in (body.folded, text.subject, text.folded)):
        return "the text around it speaks of an interview"
    if is_relay(message.envelope.from_address):
        return f"sent by {message.envelope.from_address}"
    if any(_tells_of_interview(place) for place in (body, text)):
        return "the text around it tells of an interview"
    hits = {match[0] for place in (body, text) for match in place.holding("interview")}
    return f"the text around it has {', '.join(sorted(hits))}" if len(hits) > 1 else ""


def _tells_of_interview(text: Text) -> bool:
    """Say whether the words themselves would make an interview of a mail."""
    if not text.has("context"):
        return False
    weight = score(text).weight
    return any(weight[kind] >= ENOUGH for kind in _INTERVIEWS)
