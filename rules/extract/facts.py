"""All that is read from one message, put together."""

from __future__ import annotations

import re
from dataclasses import replace

from rules.calendar import read
from rules.classify.senders import can_receive, is_team
from rules.classify.text import text_of
from rules.classify.types import Classification, Kind
from rules.extract.absence import read_automatic
from rules.extract.clock import offset_of, sender_zone
from rules.extract.company import company_domain, name_from_display
from rules.extract.meetings import format_of, interview_of_event, interview_of_text, round_of
from rules.extract.people import Signature, is_name, named_people, person_of, read_signature
from rules.extract.promise import find_promise
from rules.extract.reading import reading_of
from rules.extract.roles import without_company
from rules.extract.subject_matter import company_of, role_of
from rules.extract.types import Facts, Format, Interview, Outcome, Person, RoleClass
from rules.extract.words import first_match
from rules.mail.types import Message
from rules.phrases.grammar import fold, unwrap

__all__ = ["extract"]

_TIMED = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})
_NAMING = frozenset({*_TIMED, Kind.INTERVIEW_INVITE, Kind.CANCELLATION})
_SILENT = frozenset({Kind.NOISE, Kind.JOB_ALERT})
_STATING = frozenset({"", "REQUEST", "PUBLISH", "CANCEL"})
"""Methods by which an organizer fixes, moves or cancels; COUNTER and REPLY do neither (D25)."""
_PERSONAL = re.compile(r"[^\W\d_]+(?:[._'-][^\W\d_]+)*\d{0,2}")
"""A local part that a person may have; a relay threads answers by tokens (`acme+c7f21d`, `r-8134a`)."""
_THREADING = ("reply.", "replies.", "inbound.", "parse.", "incoming.")
_MOST = 20


def extract(message: Message, classification: Classification, *, own: frozenset[str], zone: str) -> Facts:
    """Return what a message says. Everything unknown is empty. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case; `zone` is the user's IANA zone, used where neither the message nor its sender's
    Date field names another.
    """
    kind = classification.kind
    if kind in _SILENT:
        return Facts(zone_offset=offset_of(message))
    if kind is Kind.AUTO_REPLY:
        return read_automatic(message, own=own, zone=zone)
    local = sender_zone(message, zone)
    text = text_of(message)
    body = unwrap(message.text)
    signature = read_signature(message.text, _display_name(message))
    events = [event for event in read(message.calendars, fallback_zone=zone) if event.method in _STATING]
    named = named_people(body) if kind in _NAMING else []
    people = _people(message, signature, named, own)
    stated = round_of(f"{text.subject}\n" + "\n".join(fold(event.summary) for event in events), text.folded)
    if events:
        interviews = tuple(interview_of_event(event, message, own=own, named=named, people=people) for event in events)
    else:
        writer = next((person for person in people if person.address == message.sender.address), None)
        found = interview_of_text(message, local, named, writer) if kind in _TIMED else None
        interviews = (found,) if found is not None else ()
    interviews = _completed(interviews, format_of(f"{text.subject}\n{text.folded}", events), stated)
    reading = reading_of(message)
    role = role_of(events, reading)
    company = company_of(message, events, signature, reading, own, role=role)
    made_on = message.envelope.received_at.astimezone(local).date()
    taken = [interview.start.date() for interview in interviews]
    return Facts(
        company=company,
        role=without_company(role, company),
        people=tuple(people),
        interviews=interviews,
        round=stated,
        promise=find_promise(message.text, made_on, taken) if kind is not Kind.REJECTION else None,
        outcome=_outcome(text.folded) if kind is Kind.HUMAN_REPLY else None,
        no_contact=bool(first_match("contact", "none", text.folded)),
        zone_offset=offset_of(message),
    )


def _completed(interviews: tuple[Interview, ...], form: Format, stated: int | None) -> tuple[Interview, ...]:
    """Fill in what the mail says of all its interviews: the format, and the round if there is only one."""
    return tuple(
        replace(
            interview,
            format=interview.format if interview.format is not Format.UNKNOWN else form,
            round=stated if len(interviews) == 1 else interview.round,
        )
        for interview in interviews
    )


def _display_name(message: Message) -> str:
    return name_from_display(message.sender.name, message.sender.address)[0]


def _people(message: Message, signature: Signature, named: list[Person], own: frozenset[str]) -> list[Person]:
    """Return the humans of the company that this message shows: sender, copied people of the company, with titles."""
    found: list[Person] = []
    sender = message.sender
    domain = company_domain(sender.address)
    titles = {person.name.lower(): person.title for person in named if person.title}
    behind = _behind_relay(message, own)
    if sender.address and sender.address not in own and can_receive(sender.address) and not is_team(sender.address):
        name = _display_name(message) or signature.name
        found.append(person_of(name, sender.address, signature.title or titles.get(name.lower(), "")))
    elif signature.title and is_name(signature.name):
        # A relay carries a person's letter: the name is known; the address only where Reply-To tells it (T9: never guessed).
        found.append(person_of(signature.name, behind.address if behind is not None else "", signature.title))
    elif behind is not None:
        found.append(behind)
    known = {person.address for person in found}
    for item in (*message.cc, *message.to):
        colleague = domain and company_domain(item.address) == domain and can_receive(item.address) and not is_team(item.address)
        if colleague and item.address not in own and item.address not in known:
            name = name_from_display(item.name, item.address)[0]
            known.add(item.address)
            found.append(person_of(name, item.address, titles.get(name.lower(), "")))
    return found[:_MOST]


def _behind_relay(message: Message, own: frozenset[str]) -> Person | None:
    """Return the human to whom an answer to a relay's or a booking page's mail goes (RFC 5322 section 3.6.2), or None.

    Their name is that of the Reply-To field, else the display name of the sender where the address is made of it.
    """
    sender = message.sender
    if can_receive(sender.address):
        return None
    reply = next((item for item in message.reply_to if item.address not in own and can_receive(item.address)), None)
    if reply is None or is_team(reply.address):
        return None
    local, _, domain = reply.address.partition("@")
    if not _PERSONAL.fullmatch(local) or domain.startswith(_THREADING):
        return None
    for display in (name_from_display(reply.name, reply.address)[0], _display_name(message)):
        made_of_it = any(len(word) > 1 and word in local for word in display.lower().split())
        if is_name(display) and (display == reply.name or made_of_it):
            return person_of(display, reply.address)
    return replace(person_of("", reply.address), role=RoleClass.RECRUITER)


def _outcome(folded: str) -> Outcome | None:
    if first_match("outcome", "on_hold", folded):
        return Outcome.ON_HOLD
    return Outcome.STILL_DECIDING if first_match("outcome", "still_deciding", folded) else None
