"""Companies by their domains and names: which domain is whose, and which two names mean one company."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from rules.classify.senders import is_shared

__all__ = [
    "LEGAL_FORM",
    "NOT_WORD",
    "alike",
    "bears_out",
    "better_name",
    "company_domain",
    "company_key",
    "company_of_domain",
    "domain_keys",
    "spells",
]

LEGAL_FORM = re.compile(
    r"[,\s]+(?:inc|incorporated|llc|llp|ltd|limited|plc|corp|corporation|co|company|gmbh|ag|se|kg|kgaa|ug|mbh|sa|sas|sarl|srl|spa"
    r"|bv|b\.v|nv|n\.v|oy|ab|as|aps|pty|pte|s\.a|s\.l|sl|slu|s\.l\.u|s\.r\.l|s\.p\.a|s\.a\.s|sasu|eurl|lda|ltda"
    r"|eireli|s\.a\.u|sau|e\.v|ev|e\.k"
    r"|gmbh & co\.? kg|kommanditgesellschaft|ohg|gbr|se & co\.? kgaa|group|gruppe|groupe|grupo|gruppo|holding|holdings)\.?$",
    re.IGNORECASE,
)
NOT_WORD = re.compile(r"[^\w]+")
_AND = re.compile(r"\s*[&+]\s*|\s+(?:and|und|et|y|e|en)\s+", re.IGNORECASE)
_SPELLED = {"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u00f8": "oe", "\u00e5": "aa", "\u00e6": "ae"}
"""How domain names spell letters that they cannot hold."""
_BETWEEN = re.compile(
    r"\s+(?:(?:of|the|de|del|des|du|di|da|do|dos|das|della|dei|der|la|las|los|le|les|el|van|von)\s+){1,2}|\s+(?:d|l|dell)'"
)
"""Small words that domains leave out: `cityleeds` of `City of Leeds`."""
_SHORT_WORD = 3
_LONGEST_SHORT = 6
_RESERVED = (".example.com", ".example.org", ".example.net")
"""Domains for documentation (RFC 2606): what stands below them is somebody's own."""
_BETWEEN_WORDS = re.compile(r"[\s/'\u2019.,-]+")
_ANDS = ("and", "und", "et", "en", "y", "e", "n", "i")
_ARTICLES = frozenset({"the", "le", "la", "les", "el", "los", "las", "il", "lo", "het", "de", "der", "die", "das", "o", "a"})
_MOST_WORDS = 9
_LONGEST_LABEL = 40
_TOLD = 0.6
"""Which share of a domain the words of a name must spell."""
_BEGUN = 0.45
"""Which share is enough where the domain begins so."""


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- 60 ms that most commands can do without

    return PublicSuffixList()


@lru_cache(maxsize=2048)
def company_domain(address: str) -> str:
    """Return the registrable domain (Public Suffix List) of an address or a domain, lower-case.

    Empty for freemail providers, relays, booking services, job boards and other shared domains: those identify no company.
    """
    local, _, domain = address.strip().strip(".").lower().rpartition("@")
    if not domain or "." not in domain or is_shared(f"{local}@{domain}"):
        return ""
    if f".{domain}" in _RESERVED:
        return ""
    if domain.endswith(_RESERVED):
        return ".".join(domain.split(".")[-3:])
    if domain.count(".") == 1:
        return domain  # two labels are as short as a registrable domain gets, and nobody has mail at a public suffix
    try:
        found = _suffixes().privatesuffix(domain)
    except (ValueError, UnicodeError, IndexError):
        return ""
    return str(found) if found and not is_shared(f"{local}@{found}") else ""


@lru_cache(maxsize=2048)
def company_key(name: str) -> str:
    """Return a name as it is compared: lower case, no legal form, letters and digits only."""
    name = name.strip().strip(".,")
    if name[:4].lower() == "the " and len(name) > _LONGEST_SHORT:
        name = name[4:]
    for _ in range(3):
        shorter = LEGAL_FORM.sub("", name)
        if shorter == name or not shorter:
            break
        name = shorter
    return NOT_WORD.sub("", name.lower())


@lru_cache(maxsize=2048)
def domain_keys(name: str) -> frozenset[str]:
    """Return a name as domains spell it: umlauts as two letters or without their dots, `&` as a word or left out."""
    base = name.casefold()
    found: set[str] = set()
    spoken = (_AND.sub(f" {word} ", base) for word in ("and", "und", ""))
    for text in (base, *spoken, LEGAL_FORM.sub("", base), _BETWEEN.sub(" ", base)):
        spelled = "".join(_SPELLED.get(char, char) for char in text)
        bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        found.update(NOT_WORD.sub("", variant) for variant in (spelled, bare))
    shorter = LEGAL_FORM.sub("", name.strip(" .,"))
    return frozenset(found - {""}) | (domain_keys(shorter) if shorter != name and shorter else frozenset())


def better_name(known: str, told: str) -> str:
    """Return the name to go on with: what was known first, unless a later mail tells the same company's more fully.

    Somebody who writes from another domain (an agency, a group) does not rename the process.
    """
    if not known or not told:
        return known or told
    same = alike(company_key(known), company_key(told)) or not domain_keys(known).isdisjoint(domain_keys(told))
    return told if same and (len(told.split()), len(told)) > (len(known.split()), len(known)) else known


def bears_out(domain: str, name: str) -> bool:
    """Say whether a registrable domain is a spelling of a name: `mueller-soehne.co.uk` of `M\u00fcller & S\u00f6hne Ltd`."""
    return NOT_WORD.sub("", domain.partition(".")[0]) in domain_keys(name)


@lru_cache(maxsize=4096)
def spells(domain: str, name: str) -> bool:
    """Say whether a registrable domain is made of the words of a name, whole, cut short or by their first letters.

    `hrduero.es` is of `Hospital Regional del Duero`, `tarnpay.com` of `Tarn`, `uni-elbau.de` of `Universit\u00e4t Elbau`. Most of
    the domain has to be told, by a word of four letters at least, or all of it by two words that leave out none with a capital.
    """
    label = NOT_WORD.sub("", domain.partition(".")[0].lower())[:_LONGEST_LABEL]
    return len(label) >= _SHORT_WORD and any(_may_spell(label, words) and _spelled(label, words) for words in _spellings(name))


def _may_spell(label: str, words: list[str]) -> bool:
    """Say whether it is worth a close look: a word's beginning is in the label, or the label is of first letters."""
    beginnings = [word[:_SHORT_WORD] for word in words if len(word) >= _SHORT_WORD and word[0] != "."]
    return any(word in label for word in beginnings) or label == "".join(word[0] for word in words if word[0] != ".")


def _spellings(name: str) -> tuple[list[str], ...]:
    """Return the words of a name, with umlauts as two letters and without their dots; a dot before a word marks small ones."""
    found = []
    for spelled in (True, False):
        words = []
        for word in _BETWEEN_WORDS.split(_AND.sub(" & ", name))[:_MOST_WORDS]:
            if word == "&":
                words.append(".&")
                continue
            text = "".join(_SPELLED.get(char, char) if spelled else char for char in word.casefold())
            bare = "".join(char for char in unicodedata.normalize("NFKD", text) if char.isalnum() and char.isascii())
            if word.lower() in _ARTICLES:
                words.append(f".{bare}")
            elif bare:
                words.append(bare if word[:1].isupper() or word[:1].isdigit() or len(bare) > _SHORT_WORD + 1 else f".{bare}")
        found.append(words)
    return (found[0],) if found[0] == found[1] else (found[0], found[1])


def _spelled(label: str, words: list[str]) -> bool:
    """Say whether words spell a label: each gives its beginning, or nothing."""
    told: dict[int, tuple[int, int, int]] = {0: (0, 0, 0)}  # place in the label: letters told, longest piece, words left out
    for marked in words:
        word = marked.lstrip(".")
        following: dict[int, tuple[int, int, int]] = {}
        for place, (letters, longest, left) in told.items():
            options = [(place, (letters, longest, left + (not marked.startswith("."))))]
            if word == "&":
                options += [
                    (place + len(join), (letters + len(join), longest, left)) for join in _ANDS if label.startswith(join, place)
                ]
            start = label.find(word, place)
            for begin in {place, start if len(word) > _SHORT_WORD else place} - {-1}:
                most = _common(label, begin, word)
                options += [
                    (begin + count, (letters + count, max(longest, count), left)) for count in {1, 2, most} if 0 < count <= most
                ]
            for end, value in options:
                following[end] = max(following.get(end, value), value, key=lambda item: (item[0], item[1], -item[2]))
        told = following
    best = max(told.values(), key=lambda item: (item[0], item[1], -item[2]))
    letters, longest, left = best
    begun = letters > _SHORT_WORD + 1 and letters >= _BEGUN * len(label) and label.startswith("".join(words)[:letters])
    return (
        begun
        or (letters >= _TOLD * len(label) and longest > _SHORT_WORD)
        or (letters == len(label) and not left and len(words) > 1)
    )


def _common(label: str, place: int, word: str) -> int:
    count = 0
    while count < len(word) and place + count < len(label) and label[place + count] == word[count]:
        count += 1
    return count


def company_of_domain(domain: str) -> str:
    """Return a name for a registrable domain: `acme-labs.com` is `Acme Labs`, `hp.com` is `HP`."""
    words = [word for word in domain.partition(".")[0].split("-") if word]
    return " ".join(word.upper() if len(word) < _SHORT_WORD else word.capitalize() for word in words)


def alike(one: str, other: str) -> bool:
    """Say whether two company keys mean one company: equal, or one the beginning of the other (`acme`, `acmerobotics`)."""
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and (one == other or (len(shorter) > _SHORT_WORD and longer.startswith(shorter)))
