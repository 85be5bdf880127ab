"""Company and role: what the mail is about, from the places that say it most surely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rules.calendar import CalendarEvent
from rules.classify.senders import can_receive, is_booking, is_deaf, is_freemail, is_shared
from rules.extract.company import (
    as_written,
    is_organization,
    is_service,
    name_from_display,
    plausible_company,
    slug_of,
    whole_name,
)
from rules.extract.domains import bears_out, company_domain, company_key, company_of_domain, spells
from rules.extract.mentions import Mention, best, mentions_in, said, without_unit
from rules.extract.names import is_name
from rules.extract.organizations import is_own_domain, is_system, parted, shown_organization, somebody_else, spelled_in
from rules.extract.particulars import events_in, particular_mentions
from rules.extract.reading import Reading
from rules.extract.roles import role_of as role_of_reading
from rules.extract.signature import Signature, is_institution
from rules.extract.words import first_match, listed
from rules.mail.types import Message

__all__ = ["company_of", "role_of"]

_ALIKE = 4
_MAX_SCAN = 4096


def company_of(
    message: Message,
    events: Sequence[CalendarEvent],
    signature: Signature,
    reading: Reading,
    own: frozenset[str],
    *,
    role: str = "",
    marked: str = "",
) -> str:
    """Return the company a message speaks for, or an empty string.

    A name that the sender's own domain bears out comes first; then display name, signature and domain of a person's address; for
    relays and freemail whatever most speaks for: display name, address at the relay, markup (`marked`), subject, text, signature.
    Never a shared domain.
    """
    sender = message.sender.address
    domain = company_domain(sender)
    label = company_of_domain(domain) if domain else ""
    services = listed("company", "services")
    if label.lower() in services and (
        message.sender.name.lower().partition(" ")[0] in services or not is_name(message.sender.name)
    ):
        domain = label = ""  # the service itself writes (`Indeed Apply`), not somebody who works there
    if label.lower() in listed("company", "functions"):
        domain = label = ""  # `mail.example`
    persons = _persons(message, events, signature, own)
    set_places = particular_mentions(reading, role) if not domain or is_system(message.sender) else ()
    headings = _headings(message, events, reading)
    mentions = [
        one
        for one in (*mentions_in(reading, headings, role), *set_places)
        if not (is_shared(sender) and is_service(one.name, sender))
        and not any(one.name.lower().split()[0] in words and words.issuperset(one.name.lower().split()) for words in persons)
    ]
    names = said(mentions)
    signed = without_unit(signature.company, reading.languages)
    display = shown_organization(message.sender, domain) or name_from_display(message.sender.name, sender)[1]
    shown = 6.0 if is_organization(display) else 4.0
    if domain and is_own_domain(message.sender, domain):
        domain = label = display = ""
    if domain:
        told_of = _Said(domain, label, display, signed, marked, persons)
        found = _of_domain(message, reading, "\n".join(headings), mentions, told_of)
        if found:
            return found
    doubtful = _doubtful(message)
    theirs = doubtful == signature.name or not (doubtful in reading.body or (is_deaf(sender) and not is_booking(sender)))
    doubt = 0.5 if theirs else 2.5
    told = {label: 2.0, signed: 2.5, doubtful: doubt, display: shown, marked: 6.0}
    votes = [*mentions, *_votes(message, reading, told, names)]
    return best(votes, reading.folded) or _of_others(message, events, own) or (label if not is_freemail(sender) else "")


class _Said(NamedTuple):
    """What the fields of a mail from a domain of its own say: names, each empty where it is not told."""

    domain: str
    label: str
    display: str
    signed: str
    marked: str
    persons: Sequence[frozenset[str]] = ()


def _of_domain(message: Message, reading: Reading, headings: str, mentions: Sequence[Mention], told: _Said) -> str:
    """Return the company behind a mail from a domain that is not shared, or an empty string where the text has to tell.

    `headings` are the titles of calendar entries, a line each.
    """
    domain, label, display, signed, *_ = told
    person = can_receive(message.sender.address)
    other = _client(label, domain, said(mentions), reading) if person else ""
    if not other and is_organization(display) and spells(domain, display):
        other = display
    if not other and is_system(message.sender):
        other = somebody_else(mentions, domain, display, reading.folded)
    if not other and display:
        other = display if is_organization(display) else ""
    if other:
        return other
    text = f"{headings}\n{reading.subject}\n{reading.body}"
    written = _borne_out(said(mentions), text, reading.lines, told)
    if written:
        return whole_name(written, text)
    return (display or (signed if is_institution(signed) else parted(label))) if person else ""


def _borne_out(names: Sequence[str], text: str, lines: Sequence[str], told: _Said) -> str:
    """Return the name that the sender's domain bears out, as the mail writes it, or an empty string."""
    start = company_key(told.label)[:_ALIKE]
    if not start:
        return ""
    for name in (told.display, told.signed, told.marked, *names):
        if name and (spells(told.domain, name) or company_key(name).startswith(start)):
            return _fuller(name, names, told.domain)
    if told.signed and company_key(told.label) in company_key(told.signed):
        return told.signed
    return as_written(told.domain, text) or spelled_in(told.domain, (*text.split("\n", 2)[:2], *lines), told.persons)


def _client(label: str, domain: str, names: Iterable[str], reading: Reading) -> str:
    """Return for whom an agency hires, where the mail names them."""
    if not _is_agency(label, reading):
        return ""
    own = company_key(label)
    return next((name for name in names if not bears_out(domain, name) and company_key(name) not in own), "")


def _fuller(name: str, names: Iterable[str], domain: str) -> str:
    """Return the fullest of the names that the domain bears out as well (`Acme Robotics` where the display name says `Acme`)."""
    key = company_key(name)
    alike = [
        other
        for other in names
        if other != name and company_key(other).startswith(key) and len(other.split()) > len(name.split())
    ]
    exact = bears_out(domain, name)
    return next((other for other in alike if not exact or bears_out(domain, other)), name)


def _votes(message: Message, reading: Reading, named: dict[str, float], said_of: Sequence[str]) -> Iterator[Mention]:
    """Yield what header fields, signature and markup say of the company.

    `named` are names with their weights, `said_of` those of the text.
    """
    sender = message.sender
    yield from (Mention(name, weight) for name, weight in named.items() if name)
    slug = slug_of(sender.address)
    if slug and not (is_name(sender.name) and any(word in slug for word in sender.name.lower().split())):
        key = company_key(slug)
        written = next((name for name in (*named, *said_of) if key and company_key(name).startswith(key)), "")
        written = written or as_written(f"{slug}.", f"{reading.subject}\n{sender.name}\n{reading.body}")
        yield Mention(written, 3.5) if written else Mention(company_of_domain(slug), 2.0)
    for item in message.reply_to:
        domain = company_domain(item.address)
        shown = name_from_display(item.name, item.address)[1]
        if shown:
            yield Mention(shown, 1.5)
        if domain:
            written = as_written(domain, f"{reading.subject}\n{reading.body}")
            yield Mention(written or company_of_domain(domain), 2.0 if written else 1.0)


def _doubtful(message: Message) -> str:
    """Return the display name of a relay or a no-reply address that a person might have, too; the text tells (`Blue Harbor`)."""
    sender = message.sender
    if is_freemail(sender.address) or not (is_shared(sender.address) or is_deaf(sender.address)):
        return ""
    name = plausible_company(sender.name)
    return name if name and (is_name(name) or is_organization(name)) else ""


def _persons(
    message: Message, events: Sequence[CalendarEvent], signature: Signature, own: frozenset[str]
) -> list[frozenset[str]]:
    """Return the words of the names of the user and of others whom the header, the calendar and the signature name."""
    names = [item.name for item in (*message.to, *message.cc)]
    names += [address.partition("@")[0].replace(".", " ").replace("_", " ") for address in own]
    names += [person.name for event in events for person in (*event.attendees, event.organizer) if person is not None]
    if signature.title or can_receive(message.sender.address):
        names += [name_from_display(message.sender.name, message.sender.address)[0], signature.name]
    return [frozenset(name.lower().split()) for name in names if is_name(name) or name.islower()]


def _headings(message: Message, events: Sequence[CalendarEvent], reading: Reading) -> Sequence[str]:
    """Return the titles of calendar entries, and of the event that a mail of a booking service or a relay tells of."""
    found = [event.summary for event in events if event.summary]
    return found or (events_in(reading) if is_shared(message.sender.address) else ())


def _is_agency(label: str, reading: Reading) -> bool:
    """Say whether somebody seems to hire for others: their domain is named after the trade, or they speak of a client."""
    name = label.lower()
    if any(word in name for word in listed("company", "agency")):
        return True
    return bool(first_match("company", "client", reading.folded[:_MAX_SCAN], reading.languages, words=reading.words))


def _of_others(message: Message, events: Sequence[CalendarEvent], own: frozenset[str]) -> str:
    """Return a name from the domains of organizer and Reply-To, where the sender's own says nothing."""
    organizers = [event.organizer.address for event in events if event.organizer is not None]
    for address in (*organizers, *(item.address for item in message.reply_to)):
        domain = company_domain(address) if address not in own else ""
        if domain:
            return company_of_domain(domain)
    return ""


def role_of(
    message: Message,
    events: Sequence[CalendarEvent],
    reading: Reading,
    marked: str = "",
) -> str:
    """Return the job title a message speaks of: of markup (`marked`), calendar summary, subject, text; else empty."""
    if marked:
        return marked
    found = role_of_reading(reading, _headings(message, events, reading))
    if found:
        return found
    described = (event.description for event in events if event.description)
    roles = (role_of_reading(Reading("", text, reading.languages)) for text in described)
    return next((role for role in roles if role), "")
