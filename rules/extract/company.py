"""Which company a message speaks for: registrable domain, and the name it goes by."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from rules.classify.senders import is_shared, is_team
from rules.extract.titles import is_title
from rules.extract.words import listed

__all__ = [
    "alike",
    "as_written",
    "bears_out",
    "better_name",
    "company_domain",
    "company_key",
    "company_of_domain",
    "name_from_display",
    "plausible_company",
]

_FORMS = re.compile(
    r"[,\s]+(?:inc|incorporated|llc|llp|ltd|limited|plc|corp|corporation|co|company|gmbh|ag|se|kg|kgaa|ug|mbh|sa|sas|sarl|srl|spa"
    r"|bv|nv|oy|ab|as|aps|pty|pte|group|holding|holdings)\.?$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[^\w]+")
_AND = re.compile(r"\s*[&+]\s*|\s+(?:and|und|et|y|e|en)\s+", re.IGNORECASE)
_SPELLED = {"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u00f8": "oe", "\u00e5": "aa", "\u00e6": "ae"}
"""How domain names spell letters that they cannot hold."""
_SCANNED_WORD = re.compile(r"[^\s,;:|()<>\"]+")
_AT = re.compile(r"^(?P<person>.{2,60}?)(?:\s+(?:from\b|at\b|@|via\b|\||-)|,)\s+(?P<company>[^,|(]{2,60})$")
_PAREN = re.compile(r"^(?P<person>[^()]{2,60}?)\s*\((?P<company>[^()]{2,60})\)$")
_LONGEST = 60
_WORDS = 6
_SHORT_WORD = 3
_MAX_SCAN = 4096
_PERSON_WORDS = (2, 3)


@cache
def _team_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what ends a display name without belonging to the company's (`Acme Talent Team`), and what begins one."""
    words = "|".join(re.escape(word) for word in sorted(listed("company", "team"), key=len, reverse=True))
    ending = re.compile(rf"(?:^|\s+)(?:(?:{words})\b[\s&,/|-]*)+$", re.IGNORECASE)
    return ending, re.compile(rf"^(?:the\s+)?(?:{words})(?:\s+team)?\s+(?:at|@|of|from)\s+", re.IGNORECASE)


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- 60 ms that most commands can do without

    return PublicSuffixList()


@lru_cache(maxsize=8192)
def company_domain(address: str) -> str:
    """Return the registrable domain (Public Suffix List) of an address or a domain, lower-case.

    Empty for freemail providers, relays, booking services, job boards and other shared domains: those identify no company.
    """
    local, _, domain = address.strip().strip(".").lower().rpartition("@")
    if not domain or "." not in domain or is_shared(f"{local}@{domain}"):
        return ""
    if domain.count(".") == 1:
        return domain  # two labels are as short as a registrable domain gets, and nobody has mail at a public suffix
    try:
        found = _suffixes().privatesuffix(domain)
    except (ValueError, UnicodeError, IndexError):
        return ""
    return str(found) if found and not is_shared(f"{local}@{found}") else ""


@lru_cache(maxsize=8192)
def company_key(name: str) -> str:
    """Return a name as it is compared: lower case, no legal form, letters and digits only."""
    name = name.strip().strip(".,")
    for _ in range(3):
        shorter = _FORMS.sub("", name)
        if shorter == name or not shorter:
            break
        name = shorter
    return _NOT_WORD.sub("", name.lower())


@lru_cache(maxsize=8192)
def _domain_keys(name: str) -> frozenset[str]:
    """Return a name as domains spell it: umlauts as two letters or without their dots, `&` as a word or left out."""
    base = name.casefold()
    found: set[str] = set()
    for text in (base, *(_AND.sub(f" {word} ", base) for word in ("and", "und", "")), _FORMS.sub("", base)):
        spelled = "".join(_SPELLED.get(char, char) for char in text)
        bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        found.update(_NOT_WORD.sub("", variant) for variant in (spelled, bare))
    shorter = _FORMS.sub("", name.strip(" .,"))
    return frozenset(found - {""}) | (_domain_keys(shorter) if shorter != name and shorter else frozenset())


def better_name(known: str, told: str) -> str:
    """Return the name to go on with: what was known first, unless a later mail tells the same company's more fully.

    Somebody who writes from another domain (an agency, a group) does not rename the process.
    """
    if not known or not told:
        return known or told
    same = alike(company_key(known), company_key(told)) or not _domain_keys(known).isdisjoint(_domain_keys(told))
    return told if same and (len(told.split()), len(told)) > (len(known.split()), len(known)) else known


def bears_out(domain: str, name: str) -> bool:
    """Say whether a registrable domain is a spelling of a name: `mueller-soehne.co.uk` of `M\u00fcller & S\u00f6hne Ltd`."""
    return _NOT_WORD.sub("", domain.partition(".")[0]) in _domain_keys(name)


def as_written(domain: str, text: str) -> str:
    """Return how a text writes the name that a domain spells, or an empty string: at most five words, with a capital."""
    label = _NOT_WORD.sub("", domain.partition(".")[0])
    if len(label) < _SHORT_WORD:
        return ""
    for line in text[:_MAX_SCAN].split("\n"):
        words = [match[0].strip(".!?'\u2019") for match in _SCANNED_WORD.finditer(line)]
        for start, word in enumerate(words):
            if not word or not (word[0].isupper() or word[0].isdigit()):
                continue
            # Most words do not even begin as the domain does.
            if not any(key and (label.startswith(key[:_SHORT_WORD])) for key in _domain_keys(word)):
                continue
            for count in range(min(_WORDS - 1, len(words) - start), 0, -1):
                name = " ".join(words[start : start + count])
                if name[-1:].isalnum() and label in _domain_keys(name):
                    return name
    return ""


def company_of_domain(domain: str) -> str:
    """Return a name for a registrable domain: `acme-labs.com` is `Acme Labs`, `hp.com` is `HP`."""
    words = [word for word in domain.partition(".")[0].split("-") if word]
    return " ".join(word.upper() if len(word) < _SHORT_WORD else word.capitalize() for word in words)


def alike(one: str, other: str) -> bool:
    """Say whether two company keys mean one company: equal, or one the beginning of the other (`acme`, `acmerobotics`)."""
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and (one == other or (len(shorter) > _SHORT_WORD and longer.startswith(shorter)))


def plausible_company(name: str) -> str:
    """Return a cleaned company name, or an empty string when the words are none."""
    ending, beginning = _team_words()
    name = ending.sub("", beginning.sub("", name.strip().strip("\"'.,:;!-|()[]"))).strip(" .,:;!-|")
    name = name.removeprefix("The ").removeprefix("the ")
    lower = name.lower()
    if not 1 < len(name) <= _LONGEST or len(name.split()) > _WORDS or not any(char.isalpha() for char in name):
        return ""
    plain = all(word in listed("company", "never") for word in lower.split())
    none = plain or lower in listed("company", "never") | listed("company", "services") or "@" in name or "http" in lower
    return "" if none else name


def name_from_display(display: str, address: str) -> tuple[str, str]:
    """Split a display name into (person, company): `Rita Chen (Acme)`, `Rita from Acme`, `Acme Recruiting`. Unknown is empty."""
    display = display.strip()
    if not display or "@" in display:
        return "", ""
    ending, beginning = _team_words()
    leading = beginning.match(display)
    if leading:
        return "", plausible_company(display[leading.end() :])
    match = _PAREN.match(display) or _AT.match(display)
    if match:
        return _two(display, match["person"].strip(), match["company"].strip())
    if ending.search(display):
        return "", plausible_company(display)
    # At a relay the display name is the company's, unless it looks like first and last name.
    if (is_shared(address) or is_team(address)) and len(display.split()) not in _PERSON_WORDS:
        return "", plausible_company(display)
    return display, ""


def _two(display: str, person: str, second: str) -> tuple[str, str]:
    """Tell person and company apart in a display name of two pieces."""
    if "," in display and "(" not in display and len(person.split()) == 1:
        return f"{second} {person}", ""  # `Chen, Rita`
    if not plausible_company(person):
        person = ""  # `Recruiting (Acme)`
    return person, "" if is_title(second) else plausible_company(second)
