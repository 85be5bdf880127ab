"""The humans a message shows: who wrote it, whom an answer to it reaches, colleagues in copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rules.classify.senders import can_receive, is_team
from rules.extract.company import name_from_display
from rules.extract.domains import alike, company_domain, company_key
from rules.extract.names import is_name, plain_name
from rules.extract.signature import Signature, read_signature
from rules.extract.titles import role_class
from rules.extract.types import Person, RoleClass
from rules.mail.types import Message

__all__ = ["Signature", "is_name", "own_names", "people_of", "person_of", "read_signature"]

_PERSONAL = re.compile(r"[^\W\d_]+(?:[._'-][^\W\d_]+)*\d{0,2}")
"""A local part that a person may have; a relay threads answers by tokens (`acme+c7f21d`, `r-8134a`)."""
_THREADING = ("reply.", "replies.", "inbound.", "parse.", "incoming.")
_MOST = 20


def person_of(name: str, address: str, title: str = "") -> Person:
    """Return a person with the role class of the title."""
    return Person(name, address, title, role_class(title))


def own_names(message: Message, own: frozenset[str]) -> frozenset[str]:
    """Return the user's names, in lower case, as the address fields write them beside the user's addresses `own`."""
    fields = (*message.to, *message.cc)
    names = {plain_name(item.name).lower() for item in fields if item.address in own and item.name}
    return frozenset(name for name in names if " " in name)


def people_of(
    message: Message, signature: Signature, named: Sequence[Person], own: frozenset[str], company: str = ""
) -> list[Person]:
    """Return the humans of the company that a message shows: sender, copied people of the company, with titles; at most 20.

    `named` are people whom the text names with their titles; `own` are the user's addresses, lower-case. No address is guessed:
    somebody behind a relay has one only where Reply-To tells it (rule T9). What is called like `company` is no person.
    """
    found: list[Person] = []
    sender = message.sender
    domain = company_domain(sender.address)
    titles = {person.name.lower(): person.title for person in named if person.title}
    display = name_from_display(sender.name, sender.address)[0]
    if display and company and alike(company_key(display), company_key(company)):
        display = ""
    behind = _behind_relay(message, own, display)
    if sender.address and sender.address not in own and can_receive(sender.address) and not is_team(sender.address):
        name = display or signature.name
        found.append(person_of(name, sender.address, signature.title or titles.get(name.lower(), "")))
    elif is_name(signature.name) and (signature.title or signature.name == display):
        # A relay or a team's mailbox carries a person's letter: the name is known, the address is not theirs.
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


def _behind_relay(message: Message, own: frozenset[str], display: str) -> Person | None:
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
    for name in (name_from_display(reply.name, reply.address)[0], display):
        made_of_it = any(len(word) > 1 and word in local for word in name.lower().split())
        if is_name(name) and (name == reply.name or made_of_it):
            return person_of(name, reply.address)
    return replace(person_of("", reply.address), role=RoleClass.RECRUITER)
