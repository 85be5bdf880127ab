"""Whether it is a person, an organization or a service that a mail from a domain of its own comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from rules.classify.senders import is_deaf, is_team
from rules.extract.company import is_organization, is_service, plausible_company
from rules.extract.domains import alike, bears_out, company_key, spells
from rules.extract.mentions import RUN, Mention, best
from rules.extract.names import is_name, plain_name
from rules.extract.titles import is_title
from rules.extract.words import listed
from rules.mail.types import Address

__all__ = ["is_own_domain", "is_system", "parted", "shown_organization", "somebody_else", "spelled_in"]

_ANYBODY = frozenset(
    {"mail", "post", "me", "hi", "hello", "hallo", "hola", "bonjour", "ich", "contact", "kontakt", "contacto", "info"}
)
"""Local parts of teams that somebody with a domain of their own uses, too."""
_PIECES = re.compile(r"\s+[-\u2013\u2014|/\u00b7@]\s+|,\s+|\s*[()]\s*|\s+(?:via|von|from|at|bei|chez|presso|bij)\s+")
_NUMBER = re.compile(r"\d{3}")
_LEAST = 4
_LAST_LINES = 12
_FIRST_LINES = 4
_LONGEST = 60
_SHORT = 3
_PAIR = 2
_LIKELY = 2.5
_STRONG = 3.0
_TOLD_TWICE = 6.0


def is_own_domain(sender: Address, domain: str) -> bool:
    """Say whether a domain is a person's own: it is spelled by first and last name, and somebody writes from it under them."""
    words = [_plain(word) for word in plain_name(sender.name).split()]
    rest = _plain(domain.partition(".")[0].replace("-", ""))
    if len(words) < _PAIR or is_organization(sender.name) or not is_name(sender.name):
        return False
    if is_team(sender.address) and sender.address.partition("@")[0] not in _ANYBODY:
        return False
    return rest in {
        "".join(words),
        "".join(reversed(words)),
        words[0] + words[-1],
        words[-1] + words[0],
        words[0][:1] + words[-1],
    }


@cache
def _parts() -> tuple[str, ...]:
    """Return words for organizations that end names and domains, of languages that do not join words."""
    joined = listed("company", "organization", ("de", "nl"))
    words = listed("company", "organization") - joined
    return tuple(
        sorted((word for word in words if len(word) > _LEAST and word.isascii() and word.isalpha()), key=len, reverse=True)
    )


def parted(label: str) -> str:
    """Return the name of a domain with a space before the word for an organization that ends it: `Quillonstudios`.

    Names are joined in domains; a mail that tells its sender's company nowhere else tells it so, and `and` is told as well.
    """
    lower = label.lower()
    end = next((word for word in _parts() if lower.endswith(word) and len(lower) >= len(word) + _LEAST), "")
    if " " in label:
        return label
    if lower.endswith("andsons"):
        return f"{label[: -len('andsons')]} & Sons"
    return f"{label[: -len(end)]} {end.capitalize()}" if end else label


def is_system(sender: Address) -> bool:
    """Say whether a sender is no person by display name and local part."""
    if is_deaf(sender.address) or is_team(sender.address):
        return True
    local = sender.address.partition("@")[0]
    if local in listed("company", "heading"):
        return True  # `einladung@`, `interviews@`
    return bool(sender.name) and not is_name(sender.name) and "." not in local


def shown_organization(sender: Address, domain: str) -> str:
    """Return the organization that a display name shows, or an empty string; `domain` is empty where it is shared by many.

    Of the pieces of a name (`Kreisamt Elbau - Personal`, `Ada Moe, Acme`) it is the one that the domain spells, or that
    holds a word for organizations; a person's name gives itself away by the local part (`anna.poniente@`).
    """
    if "@" in sender.name:
        return ""
    best = (0, "")
    for piece in dict.fromkeys((*_PIECES.split(sender.name), sender.name)):
        name = plausible_company(piece)
        if not name or (is_title(piece) and not is_organization(piece)) or (not domain and is_service(name, sender.address)):
            continue
        if _is_general(name):
            continue
        weight = (2 if domain and _is_spelled(sender, domain, name) else 0) + (1 if is_organization(name) else 0)
        best = max(best, (weight, name), key=lambda item: item[0])
    return best[1]


@cache
def _general_words() -> frozenset[str]:
    return frozenset().union(*(listed("company", key) for key in ("organization", "unit", "team", "heading")))


def _is_general(name: str) -> bool:
    """Say whether a name tells a part of an organization, whichever it is: `International Office`, `Human Capital Services`."""
    return all(word.strip(".,&-").lower() in _general_words() for word in name.split() if word.strip(".,&-"))


def _is_spelled(sender: Address, domain: str, name: str) -> bool:
    """Say whether a domain spells a name as that of an organization, and not of a person who works there."""
    if not (spells(domain, name) or is_abbreviated(domain, name)):
        return False
    if is_organization(name) or not is_name(name):
        return True
    local = _plain(sender.address.partition("@")[0])
    words = [word for word in (_plain(word) for word in name.split()) if len(word) >= _SHORT]
    theirs = any(word in local or local in word for word in words)
    return not theirs and bears_out(domain, name)


def spelled_in(domain: str, lines: Sequence[str], persons: Sequence[frozenset[str]] = ()) -> str:
    """Return the name in the first and last lines of a mail that a domain spells or abbreviates, or an empty string.

    `persons` are the words of the names of those who write and are written to; none of them is taken for an organization.
    """
    told = [line.strip(" *_|-,.") for line in lines if line]
    found = ""
    for line in (*reversed(told[-_LAST_LINES:]), *told[:_FIRST_LINES]):
        pieces = _PIECES.split(line) if len(line) <= _LONGEST else []
        whole = (line[:_LONGEST],) if "," not in line else ()
        for piece in dict.fromkeys((*whole, *pieces, *(run[0] for run in RUN.finditer(line[: _LONGEST * 3])))):
            name = plausible_company(piece) if 1 < len(piece) <= _LONGEST and not _NUMBER.search(piece) else ""
            if not name or not (spells(domain, name) or is_abbreviated(domain, name)):
                continue
            words = {word.strip(".,").lower() for word in name.split()}
            if any(words <= person for person in persons) or (is_name(name) and not bears_out(domain, name)):
                continue
            if bears_out(domain, name):
                return name
            if not found or (company_key(found) in company_key(name) and not name.islower()):
                found = name
        if found:
            return found
    return found


@lru_cache(maxsize=4096)
def is_abbreviated(domain: str, name: str) -> bool:
    """Say whether a domain is short for a name of several words: its initials (`bbc`), or beginnings of words (`univ-bath`)."""
    label = domain.partition(".")[0].lower()
    words = [_plain(word.rpartition("'")[2]) for word in name.replace("\u2019", "'").split()]
    long = [word for word, written in zip(words, name.split(), strict=True) if word and not written[0].islower()]
    if len(long) < _PAIR or any(char.isdigit() or char in "@:/" for char in name):
        return False
    initials = {"".join(word[0] for word in long), "".join(word[0] for word in words if word)}
    outer = [
        word for word, written in zip(words, name.split(), strict=True) if word and (len(word) >= _LEAST or written[0].isupper())
    ]
    initials.add("".join(word[0] for word in outer))
    if len(label) >= _SHORT and label in initials:
        return True
    pieces = label.split("-")
    return len(pieces) == len(long) > 1 and all(
        len(piece) >= _SHORT and word.startswith(piece) for piece, word in zip(pieces, long, strict=True)
    )


def _plain(text: str) -> str:
    """Return the letters and digits of a text in lower case, without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if char.isalnum())


def somebody_else(mentions: Sequence[Mention], domain: str, display: str, folded: str) -> str:
    """Return the company that a mail of a system at a domain of its own is about, where it is plainly not the system's.

    A board, a test centre, a service for signatures: the mail says for whom it writes, and never that one applies to the sender.
    """
    own = {_plain(domain.partition(".")[0]), _plain(display)} - {""}
    silent = not any(key in _plain(folded) for key in own)  # who writes for themselves, names themselves
    strong = [one for one in mentions if one.weight >= (_LIKELY if silent else _STRONG)]
    if not strong or any(alike(_plain(one.name), key) or key in _plain(one.name) for one in strong for key in own):
        return ""
    if any(spells(domain, one.name) for one in mentions):
        return ""
    found = best(strong, folded)
    named = [one for one in strong if alike(company_key(one.name), company_key(found))]
    return found if sum(one.weight for one in named) >= (_STRONG if silent else _TOLD_TWICE) else ""
