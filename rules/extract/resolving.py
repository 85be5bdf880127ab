"""Who is meant by `Kim`, `Herr Vogel`, `me`: the one person whom the mail shows in full, with the address it states."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from rules.classify.senders import can_receive, is_team
from rules.extract.company import name_from_display
from rules.extract.names import is_name, plain_name
from rules.extract.people import person_of
from rules.extract.types import Person
from rules.extract.words import listed
from rules.mail.types import Message

__all__ = ["resolved", "spells"]

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_NEAR = 100
_SHORTEST = 3
_MOST = 40


def resolved(
    named: Sequence[Person], people: Sequence[Person], message: Message, own: frozenset[str], *, writing: bool = False
) -> list[Person]:
    """Return `named` with whole names and addresses, as far as one person alone is meant; `writing` adds who wrote the mail.

    `people` are those whom the mail shows; `own` are the user's addresses, lower-case. An address is one of the header fields, or
    stands right behind the name and spells it: none is guessed (rule T9).
    """
    shown = _shown(people, message, own)
    found: dict[str, Person] = {}
    for person in named:
        one = _whole(person, shown)
        if not one.address:
            one = replace(one, address=_stated(one.name, message.text, own))
        found.setdefault(one.address or one.name.casefold(), one)
    if writing:
        writer = next((one for one in people if one.address and one.address == message.sender.address), None)
        writer = writer or next((one for one in people if one.name), None)
        if writer is not None and (writer.name or writer.address):
            found.setdefault(writer.address or writer.name.casefold(), writer)
    return list(found.values())


def spells(address: str, name: str) -> bool:
    """Say whether the local part of an address holds the first or the last name of a person."""
    local = _plain(address.partition("@")[0])
    words = [word for word in re.split(r"[\s.'-]+", _plain(name)) if len(word) >= _SHORTEST]
    return bool(words) and any(word in local for word in (words[0], words[-1]))


def _plain(text: str) -> str:
    """Return text in small letters without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


def _shown(people: Sequence[Person], message: Message, own: frozenset[str]) -> list[Person]:
    """Return the people of the mail, and those whom its fields name in full beside an address that a person may have."""
    found = {person.address or person.name.casefold(): person for person in people if person.name}
    for item in (*message.cc, *message.to, *message.reply_to)[:_MOST]:
        if item.address in own or item.address in found or not can_receive(item.address) or is_team(item.address):
            continue
        name = name_from_display(item.name, item.address)[0]
        if is_name(name):
            found[item.address] = person_of(plain_name(name), item.address)
    return list(found.values())


def _whole(person: Person, shown: Sequence[Person]) -> Person:
    """Return the one whom a first name, a form of address with a last name, or a whole name means; the person where none does."""
    forms = listed("people", "address") | listed("people", "academic")
    words = [word for word in person.name.split() if word.casefold().strip(".") not in forms]
    if not words:
        return person
    if len(words) > 1:
        same = [one for one in shown if one.name.casefold() == " ".join(words).casefold()]
    elif len(words) < len(person.name.split()):
        same = [one for one in shown if one.name.split()[-1].casefold() == words[0].casefold()]
    else:
        same = [one for one in shown if words[0].casefold() in {one.name.split()[0].casefold(), one.name.casefold()}]
    if len(same) != 1:
        return person
    one = same[0]
    name = person.name if len(words) > 1 else one.name
    titled = person_of(name, one.address, one.title or person.title)
    return titled if titled.title else replace(titled, role=one.role)


def _stated(name: str, text: str, own: frozenset[str]) -> str:
    """Return the address that a text states right behind a name and that spells it, or an empty string."""
    place = text.find(name)
    if place < 0:
        return ""
    behind = text[place + len(name) : place + len(name) + _NEAR].partition("\n")[0]
    match = _ADDRESS.search(behind) if "@" in behind else None
    address = match[0].rstrip(".").lower() if match else ""
    usable = bool(address) and address not in own and can_receive(address) and not is_team(address)
    return address if usable and spells(address, name) else ""
