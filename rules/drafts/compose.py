"""Puts the words of a draft together: a pure function of what is due, the process and the user."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from rules.drafts.choose import rank
from rules.drafts.clean import one_line, phrase, title
from rules.drafts.facts import url_of
from rules.drafts.names import greeting_name
from rules.drafts.pieces import Case, Words, tidy
from rules.drafts.plan import LINKEDIN_LIMIT, sentences_of
from rules.drafts.references import chain, is_msg_id
from rules.drafts.subjects import new_subject, reply_subject
from rules.drafts.to_self import FORMS, compose_form
from rules.drafts.types import Draft, DraftKind, Traced
from rules.drafts.wording import Wording, load_wording, names_in
from rules.extract.types import InterviewStatus, PromiseClass, RoleClass
from rules.intents import Place
from rules.lint.placeholders import placeholders
from rules.lint.sentences import body_of, count_sentences
from rules.mail import Address
from rules.policy import DraftRules, load_playbook
from rules.process import Process, Round
from rules.process.noted import still_to_meet, talk_called_off, was_missed
from rules.profile import Profile

__all__ = ["MAX_SENTENCES", "compose"]

MAX_SENTENCES = 6
"""Rule C1; greeting, closing and signature are not counted."""
_MAX_COMPANY, _MAX_ROLE, _MAX_NAME, _MAX_PHONE = 80, 100, 80, 40
_MAX_GREETING = 60
"""Characters that a greeting may take of a note on LinkedIn."""

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


def _spoken_of(place: Place, process: Process) -> Round | None:
    """Return the interview that the draft speaks of: one that is over when the slot opens, of the round of a thank-you.

    One to which they did not come was none, but for the draft that asks for another time.
    """
    held = [
        entry
        for entry in process.rounds
        if entry.interview.status is not InterviewStatus.CANCELLED and entry.interview.end <= place.slot.opens
        if place.kind is DraftKind.NO_SHOW or not was_missed(process, entry.interview)
    ]
    if place.kind in {DraftKind.THANK_YOU, DraftKind.NO_SHOW, DraftKind.LINKEDIN}:
        held = [entry for entry in held if entry.number == place.attempt]
    return max(held, key=lambda entry: entry.interview.start, default=None)


def _promise(place: Place, process: Process) -> tuple[str, date | None]:
    """Return the case of the sentence that recalls their date (F11) and the date; nothing for promises without one."""
    promise = process.wait.promise if process.wait is not None else None
    if place.kind is not DraftKind.STATUS or promise is None or promise.date is None:
        return "", None
    case = _PROMISES.get(promise.kind, "")
    return (case, promise.date) if case else ("", None)


@cache
def _default_rules() -> DraftRules:
    return load_playbook("default").draft


def _data(wording: Wording, company: str, role: str, days: Mapping[str, date | None], near: date) -> dict[str, str]:
    data = {"company": company, "role": role}
    data |= {name: "" if day is None else wording.day(day, near) for name, day in days.items()}
    # `The Role ...` would begin with a small letter at the start of a sentence; no template puts it there.
    return data | {name: wording.render(source, data) for name, source in wording.phrases.items()}


def _attempts(company: str, role: str) -> Iterator[tuple[str, str]]:
    """Yield what is known of the job, then ever less of it."""
    yield company, role
    yield company, ""
    yield "", role
    yield "", ""


@dataclass(frozen=True, slots=True)
class _Sources:
    """Which facts stand behind the data that every template may ask for."""

    ids: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, process: Process, spoken_of: Round | None, wording: Wording, data: Mapping[str, str]) -> _Sources:
        """Return them: messages by their identity, marks of the user by theirs."""
        mail = {
            "company": [process.company_from] if process.company_from else [],
            "role": [process.role_from] if process.role_from else [],
            "date": list(spoken_of.evidence) if spoken_of is not None else [],
            "promise": list(process.wait.evidence) if process.wait is not None else [],
        }
        ids = {
            name: tuple(each if each.startswith(("mark:", "note")) else f"mail:{each}" for each in found if data.get(name))
            for name, found in mail.items()
        }
        for name, source in wording.phrases.items():
            ids[name] = tuple(dict.fromkeys(each for asked in sorted(names_in(source)) for each in ids.get(asked, ())))
        return cls(ids)

    def behind(self, source: str) -> tuple[str, ...]:
        """Return the facts behind the data of a template."""
        return tuple(dict.fromkeys(each for name in sorted(names_in(source)) for each in self.ids.get(name, ())))


def _sentences(words: Words, wording: Wording, data: Mapping[str, str]) -> list[list[str]]:
    return [
        [tidy(wording.render(piece.source, {**data, **piece.values})) for piece in paragraph]
        for paragraph in words.paragraphs
        if paragraph
    ]


def _joined(sentences: Sequence[Sequence[str]]) -> str:
    return "\n\n".join(" ".join(paragraph) for paragraph in sentences)


def _letter(wording: Wording, place: Place, profile: Profile, body: str) -> str:
    name = greeting_name(place.recipient)
    greeting = wording.greetings[rank(profile.email, "greeting") % len(wording.greetings)]
    opening = wording.render(greeting, {"name": name}) if name else wording.greeting_unknown
    if place.kind is DraftKind.LINKEDIN:
        who = one_line(place.recipient.name, _MAX_NAME) or place.recipient.address
        heading = wording.render(wording.variants("linkedin", "heading", ["any"])[0], {"name": who})
        return "\n\n".join((heading, f"{opening}\n{body.replace(chr(10) + chr(10), ' ')}")) + "\n"
    closing = wording.closings[rank(profile.email, "closing") % len(wording.closings)]
    signature = (one_line(profile.name, _MAX_NAME), one_line(profile.phone, _MAX_PHONE), one_line(profile.email, 254))
    return "\n\n".join((opening, body, "\n".join([f"{closing},", *(line for line in signature if line)]))) + "\n"


def _subject(wording: Wording, place: Place, profile: Profile, role: str) -> str:
    name = one_line(place.recipient.name, _MAX_NAME) or place.recipient.address
    parts = {"user": one_line(profile.name, _MAX_NAME), "role": role or wording.no_role, "name": name}
    return new_subject([wording.render(part, parts) for part in wording.subjects[place.kind.value]])


def compose(
    place: Place,
    process: Process,
    profile: Profile,
    *,
    now: datetime,
    message_id: str,
    rules: DraftRules | None = None,
    tasks: Collection[str] = (),
    sent: Sequence[str] = (),
    wording: Wording | None = None,
) -> Draft:
    """Return the wording of one due step: the same for the same arguments.

    `now` (aware) only becomes the Date of the draft; what is said of dates holds on every day of `place.slot`, whenever it is
    read. Of the conversation nothing is claimed but what the user noted: where nothing is, there are places in square brackets
    that the user fills in. Company, role, names, phone and strengths may be missing. `rules` are those of the playbook, the
    default's if none are given; `tasks` are the ids of those that stand for the user (H5); `sent` the texts of notes of this
    process that have gone out (T3); `wording` the templates, ours if none are given. Raises ValueError for a `now` without zone.
    """
    if now.tzinfo is None:
        raise ValueError("now needs a time zone")
    if place.kind in FORMS:
        return compose_form(place, process, profile, now=now, message_id=message_id)
    wording = wording or load_wording()
    rules = rules or _default_rules()
    zone = _zone(profile.zone)
    slot_zone = place.slot.opens.tzinfo
    near = place.slot.opens.date()
    dates = _Dates(tuple(one for one in (zone, slot_zone) if one is not None), near)
    spoken_of = _spoken_of(place, process)
    promise_case, promised = _promise(place, process)
    days = {"date": dates.of(spoken_of.interview.start) if spoken_of is not None else None, "promise": promised}
    role, company = title(process.role, _MAX_ROLE), phrase(process.company, _MAX_COMPANY)
    limit = rules.hm_sentences if place.recipient.role is RoleClass.HIRING_MANAGER else MAX_SENTENCES
    called_off = place.kind is DraftKind.STATUS and talk_called_off(process)
    case = Case(
        place,
        process,
        profile,
        rules,
        held=spoken_of is not None,
        promise=promise_case,
        data=_data(wording, company, role, days, near),
        tasks=tasks,
        sent=tuple(map(body_of, sent)),
        missed=place.kind is DraftKind.STATUS and (called_off or still_to_meet(process, place.slot.opens) is not None),
        called_off=called_off,
    )
    words = sentences_of(case, wording)
    marks = placeholders("\n".join(str(piece.source) for piece in words))
    data: Mapping[str, str] = {}
    sentences: list[list[str]] = []
    for one_company, one_role in _attempts(company, role):
        data = _data(wording, one_company, one_role, days, near)
        sentences = _sentences(words, wording, data)
        body = _joined(sentences)
        # Data that make a mail of more sentences, or a place to fill in of their own, are no name and no title.
        fits = place.kind is not DraftKind.LINKEDIN or len(body) <= LINKEDIN_LIMIT - _MAX_GREETING
        if count_sentences(body) <= limit and placeholders(body) == marks and fits:
            break
    known = _Sources.of(process, spoken_of, wording, data)
    trace = tuple(
        Traced(sentence, piece.source.name, (*piece.facts, *known.behind(piece.source)))
        for sentence, piece in zip([one for paragraph in sentences for one in paragraph], words, strict=True)
    )
    to_self = place.kind.to_self
    thread = None if to_self else place.thread
    subject = reply_subject(thread.subject) if thread is not None else ""
    parent = thread.message_id if thread is not None and is_msg_id(thread.message_id) else ""
    me = Address(one_line(profile.name, _MAX_NAME), profile.email)
    draft = Draft(
        key=place.key,
        message_id=message_id,
        sender=me,
        to=me if to_self else Address(one_line(place.recipient.name, _MAX_NAME), place.recipient.address),
        subject=subject or _subject(wording, place, profile, role),
        text=_letter(wording, place, profile, _joined(sentences)),
        date=(now if zone is None else now.astimezone(zone)) - timedelta(microseconds=now.microsecond),
        in_reply_to=parent,
        references=chain(thread.references, parent) if thread is not None and parent else (),
        thread_id=thread.thread_id if thread is not None else "",
        trace=trace,
        unused=words.unused,
    )
    return replace(draft, links=tuple(dict.fromkeys(filter(None, (_link(piece.values) for piece in words)))))


def _link(values: Mapping[str, str]) -> str:
    """Return the page that the user gave with a fact: the link of a point, or one within its words."""
    return values.get("url", "") or url_of(values.get("point", ""))
