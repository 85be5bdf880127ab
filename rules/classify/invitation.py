"""What a calendar part makes of a message (RFC 5546)."""

from __future__ import annotations

from rules.calendar import CalendarEvent, read
from rules.classify.senders import is_relay
from rules.classify.text import Text, automatic_phrases
from rules.classify.types import Classification, Evidence, Kind
from rules.mail.types import Message
from rules.phrases.grammar import fold

__all__ = ["events_of", "of_calendar"]

_MOVED = ("updated invitation", "rescheduled", "reschedule", "new time", "time changed", "updated:", "moved:")


def events_of(message: Message, zone: str = "UTC") -> list[CalendarEvent]:
    """Return the calendar events of a message."""
    return read(message.calendars, fallback_zone=zone) if message.calendars else []


def of_calendar(message: Message, text: Text, *, own: frozenset[str], known: bool) -> Classification | None:
    """Return the kind that the calendar part says, or None when there is none that can be read.

    COUNTER, REPLY and REFRESH come from attendees: they neither fix nor move a time (D25).
    """
    events = events_of(message)
    if not events:
        return None
    methods = {event.method for event in events}
    event = max(events, key=lambda item: item.sequence)
    where = f"METHOD:{event.method or 'none'} UID:{event.uid[:60]} SEQUENCE:{event.sequence}"
    if methods <= {"COUNTER", "DECLINECOUNTER"}:
        return Classification(Kind.HUMAN_REPLY, 0.8, Kind.NOISE, (Evidence("calendar", where),))
    if methods <= {"REPLY", "REFRESH", "ADD"}:
        declined = any(person.answer == "DECLINED" and person.address not in own for item in events for person in item.attendees)
        kind = Kind.HUMAN_REPLY if declined and (known or _speaks_of_interview(event, text)) else Kind.NOISE
        return Classification(kind, 0.8, None, (Evidence("calendar", where),))
    words = _interview_words(message, event, text)
    if not words and not (known and not _private(event)):
        return Classification(
            Kind.NOISE, 0.7, Kind.INTERVIEW_CONFIRMATION, (Evidence("calendar", f"{where}: no word of an interview"),)
        )
    evidence = (Evidence("calendar", where), *((Evidence("calendar", words[:200], 0.7),) if words else ()))
    if all(item.method == "CANCEL" or item.status == "CANCELLED" for item in events):
        return Classification(Kind.CANCELLATION, 0.97, None, evidence)
    live = [item for item in events if item.start is not None and item.method != "CANCEL" and item.status != "CANCELLED"]
    if not live:
        return None
    if any(item.sequence > 0 for item in live) or any(word in text.subject for word in _MOVED):
        return Classification(Kind.RESCHEDULE, 0.95, Kind.INTERVIEW_CONFIRMATION, evidence)
    return Classification(Kind.INTERVIEW_CONFIRMATION, 0.97, None, evidence)


def _private(event: CalendarEvent) -> str:
    summary = fold(event.summary)
    return next((match[0] for phrase in automatic_phrases("private") if (match := phrase.search(summary))), "")


def _speaks_of_interview(event: CalendarEvent, text: Text) -> bool:
    summary = fold(event.summary)
    return any(phrase.search(summary) or phrase.search(text.subject) for phrase in automatic_phrases("interview"))


def _interview_words(message: Message, event: CalendarEvent, text: Text) -> str:
    """Return which words make an invitation one to an interview, or an empty string.

    The summary decides; words for private things in it outweigh all but the word itself. Then description and mail text count.
    """
    summary = fold(event.summary)
    stated = next((match[0] for phrase in automatic_phrases("interview") if (match := phrase.search(summary))), "")
    if "interview" in stated or (stated and not _private(event)):
        return f"SUMMARY has {stated!r}"
    if _private(event):
        return ""
    body = fold(event.description)
    if any("interview" in place for place in (body, text.subject, text.folded)):
        return "the text around it speaks of an interview"
    if is_relay(message.envelope.from_address):
        return f"sent by {message.envelope.from_address}"
    hits = {phrase.source for phrase in automatic_phrases("interview") for place in (body, text.folded) if phrase.search(place)}
    return f"the text around it has {', '.join(sorted(hits))}" if len(hits) > 1 else ""
