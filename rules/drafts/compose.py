"""Puts the words of a draft together: a pure function of what is due, the process and the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from rules.drafts.choose import rank
from rules.drafts.clean import one_line, phrase, title
from rules.drafts.names import greeting_name
from rules.drafts.plan import Case, sentences_of
from rules.drafts.references import chain, is_msg_id
from rules.drafts.subjects import new_subject, reply_subject
from rules.drafts.to_self import FORMS, compose_form
from rules.drafts.types import Draft, DraftKind
from rules.drafts.wording import Wording, load_wording
from rules.extract.types import InterviewStatus, PromiseClass
from rules.intents import Place
from rules.lint.placeholders import placeholders
from rules.lint.sentences import count_sentences
from rules.mail import Address
from rules.process import Process
from rules.profile import Profile

__all__ = ["MAX_SENTENCES", "compose"]

MAX_SENTENCES = 6
"""Rule C1; greeting, closing and signature are not counted."""
_MAX_COMPANY, _MAX_ROLE, _MAX_NAME, _MAX_STRENGTH, _MAX_PHONE = 80, 100, 80, 160, 40

_PROMISES = {
    PromiseClass.HARD_DATE: "hard_date",
    PromiseClass.CONTACT_DATE: "contact_date",
    PromiseClass.AWAY_UNTIL: "away_until",
}


@dataclass(frozen=True, slots=True)
class _Dates:
    """The zones in which a day must be the same before a draft names it."""

    zones: tuple[tzinfo, ...]
    near: date

    def of(self, instant: datetime) -> date | None:
        """Return the calendar day of `instant`, or None where sender and recipient would not name the same one."""
        days = {instant.astimezone(zone).date() for zone in self.zones}
        return days.pop() if len(days) == 1 else None


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown key, one that is no relative path, one that names a folder
        return None


def _interview_day(place: Place, process: Process, dates: _Dates) -> tuple[bool, date | None]:
    """Say whether an interview is over when the slot opens, and on which day the one that the draft speaks of began."""
    held = [
        entry
        for entry in process.rounds
        if entry.interview.status is not InterviewStatus.CANCELLED and entry.interview.end <= place.slot.opens
    ]
    if place.kind is DraftKind.THANK_YOU:
        held = [entry for entry in held if entry.number == place.attempt]
    if not held:
        return False, None
    return True, dates.of(max(held, key=lambda entry: entry.interview.start).interview.start)


def _promise(place: Place, process: Process) -> tuple[str, date | None]:
    """Return the case of the sentence that recalls their date (F11) and the date; nothing for promises without one."""
    promise = process.wait.promise if process.wait is not None else None
    if place.kind is not DraftKind.STATUS or promise is None or promise.date is None:
        return "", None
    case = _PROMISES.get(promise.kind, "")
    return (case, promise.date) if case else ("", None)


def _data(wording: Wording, company: str, role: str, days: Mapping[str, date | None], near: date) -> dict[str, str]:
    data = {"company": company, "role": role}
    data |= {name: "" if day is None else wording.day(day, near) for name, day in days.items()}
    # `The Role ...` would begin with a small letter at the start of a sentence; no template puts it there.
    return data | {name: wording.render(source, data) for name, source in wording.phrases.items()}


def _tidy(sentence: str) -> str:
    """Take away the second full stop that a company such as `Acme Inc.` leaves at the end of a sentence."""
    return sentence[:-1] if sentence.endswith("..") and not sentence.endswith("...") else sentence


def _body(paragraphs: Sequence[Sequence[str]], wording: Wording, data: Mapping[str, str], strength: str) -> str:
    filled = dict(data, strength=strength)
    return "\n\n".join(" ".join(_tidy(wording.render(source, filled)) for source in sources) for sources in paragraphs if sources)


def _strengths(profile: Profile) -> tuple[str, ...]:
    """Return the strengths that can stand behind a colon as one piece, each once."""
    cleaned = (phrase(text, _MAX_STRENGTH).rstrip(".!?") for text in profile.strengths)
    return tuple(dict.fromkeys(text for text in cleaned if text and count_sentences(f"Here: {text}.") == 1))


def _attempts(company: str, role: str) -> Iterator[tuple[str, str]]:
    """Yield what is known of the job, then ever less of it."""
    yield company, role
    yield company, ""
    yield "", role
    yield "", ""


def _letter(wording: Wording, place: Place, profile: Profile, body: str) -> str:
    name = greeting_name(place.recipient)
    greeting = wording.greetings[rank(profile.email, "greeting") % len(wording.greetings)]
    opening = wording.render(greeting, {"name": name}) if name else wording.greeting_unknown
    closing = wording.closings[rank(profile.email, "closing") % len(wording.closings)]
    signature = (one_line(profile.name, _MAX_NAME), one_line(profile.phone, _MAX_PHONE), one_line(profile.email, 254))
    return "\n\n".join((opening, body, "\n".join([f"{closing},", *(line for line in signature if line)]))) + "\n"


def compose(place: Place, process: Process, profile: Profile, *, now: datetime, message_id: str) -> Draft:
    """Return the wording of one due step: the same for the same arguments.

    `now` (aware) only becomes the Date of the draft; what is said of dates holds on every day of `place.slot`, whenever it is
    read. Of the conversation nothing is claimed: a thank-you has places in square brackets that the user fills in. Company,
    role, names, phone and strengths may be missing. Raises ValueError for a `now` without a zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    if place.kind in FORMS:
        return compose_form(place, process, profile, now=now, message_id=message_id)
    wording = load_wording()
    zone = _zone(profile.zone)
    slot_zone = place.slot.opens.tzinfo
    near = place.slot.opens.date()
    dates = _Dates(tuple(one for one in (zone, slot_zone) if one is not None), near)
    held, interview_day = _interview_day(place, process, dates)
    promise_case, promised = _promise(place, process)
    case = Case(place, process, profile, held=held, promise=promise_case, strengths=_strengths(profile))
    paragraphs, strength = sentences_of(case, wording)

    days = {"date": interview_day, "promise": promised}
    role, company = title(process.role, _MAX_ROLE), phrase(process.company, _MAX_COMPANY)
    marks = placeholders("\n".join(source for sources in paragraphs for source in sources))
    body = ""
    for one_company, one_role in _attempts(company, role):
        body = _body(paragraphs, wording, _data(wording, one_company, one_role, days, near), strength)
        # Data that make a mail of more than six sentences, or a place to fill in of their own, are no name and no title.
        if count_sentences(body) <= MAX_SENTENCES and placeholders(body) == marks:
            break
    thread = place.thread
    subject = reply_subject(thread.subject) if thread is not None else ""
    parts = {"user": one_line(profile.name, _MAX_NAME), "role": role}
    fresh = new_subject([wording.render(part, parts) for part in wording.subjects[place.kind.value]])
    parent = thread.message_id if thread is not None and is_msg_id(thread.message_id) else ""
    return Draft(
        key=place.key,
        message_id=message_id,
        sender=Address(one_line(profile.name, _MAX_NAME), profile.email),
        to=Address(one_line(place.recipient.name, _MAX_NAME), place.recipient.address),
        subject=subject or fresh,
        text=_letter(wording, place, profile, body),
        date=(now if zone is None else now.astimezone(zone)) - timedelta(microseconds=now.microsecond),
        in_reply_to=parent,
        references=chain(thread.references, parent) if thread is not None and parent else (),
        thread_id=thread.thread_id if thread is not None else "",
    )
