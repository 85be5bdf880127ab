"""Which company a message speaks for: registrable domain, and the name it goes by."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from rules.classify.senders import is_deaf, is_freemail, is_relay, is_shared, is_team
from rules.extract.domains import LEGAL_FORM, NOT_WORD, alike, company_key, domain_keys
from rules.extract.names import is_name, plain_name
from rules.extract.reading import clean
from rules.extract.titles import is_title
from rules.extract.words import Terms, listed
from rules.phrases.load import load

__all__ = [
    "as_written",
    "ends_in_legal_form",
    "is_organization",
    "is_service",
    "name_from_display",
    "plausible_company",
    "slug_of",
    "whole_name",
]

_BESIDE = re.compile(r" (?P<word>[^\W\d_][\w&-]*)(?: [^\W\d_][\w&-]*)?")
_AHEAD = re.compile(r"(?<!\w)(?P<word>[^\W\d_a-z][\w-]*)(?: [^\W\d_]\w*)?(?: (?:de|del|di|du|da|do|von|van|of|d'|des|der))? ?$")
_ELSEWHERE = frozenset({"at", "with", "from", "in", "bei", "beim", "im", "chez", "presso", "bij", "en", "em", "na", "no"})
"""What stands between a post and where it is: `Head of Logistics at Acme` is no company called Logistics."""
_MOST_PLACES = 12
_SCANNED_WORD = re.compile(r"[^\s,;:|()<>\"]+")
_AT = re.compile(
    r"^(?P<person>[^@|]{2,60}?)(?:\s+(?:from\b|at\b|@|via\b|\||-|\u2013|\u00b7|bei\b|von\b|chez\b|presso\b|bij\b"
    r"|van\b(?= [A-Z])|over\b|\u00fcber\b|tramite\b)|,)"
    r"\s*(?P<company>[^,|(@]{2,60})$"
)
_SURE = re.compile(r" (?:from|at|@|bei|von|chez|presso|bij|de|di) ")
_PAREN = re.compile(r"^(?P<person>[^()]{2,60}?)\s*\((?P<company>[^()]{2,60})\)$")
_ASIDE = re.compile(r"\s*[(\[](?:no-?reply|do not reply|via [^()]{2,30}|automated|external|extern)[)\]]$", re.IGNORECASE)
_LONGEST = 60
_MAX_DISPLAY = 120
_ARTICLES = ("das ", "die ", "der ", "el ", "la ", "le ", "il ", "het ", "ihr ", "dein ", "l'")
_WORDS = 6
_WITHIN = re.compile(r"[-.,'\u2019\"()/]+")
_SMALL = frozenset({
    "of", "the", "and", "for", "de", "del", "des", "du", "di", "da", "do", "dos", "das", "della", "delle", "dei", "la", "las",
    "los", "le", "les", "el", "y", "e", "et", "en", "van", "von", "der", "und", "im", "am", "zur", "\u00e0",
})  # fmt: skip
"""Words within names that do not make them long."""
_SHORT_WORD = 3
_MAX_SCAN = 4096


@cache
def _team_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what ends a display name without belonging to the company's (`Acme Talent Team`), and what begins one."""
    words = "|".join(re.escape(word) for word in sorted(listed("company", "team"), key=len, reverse=True))
    ending = re.compile(rf"(?:^|[\s,/|\u00b7-]+)(?:(?:{words})(?![\w&])[\s&,/|-]*)+$", re.IGNORECASE)
    between = (
        r"(?:(?:at|@|of|from|for|bei|der|von|des|vom|chez|de|du|en|na|no|da|do|di|presso|van|bij|del|della|in)\s+|d'"
        r"|-\s|\|\s|:\s|\u2013\s)"
    )
    alone = (
        r"(?:(?:team|l'\u00e9quipe|\u00e9quipe|equipo|equipe|equipa|time|recrutement|karriere|recruiting|careers"
        r"|recruitment|bewerbermanagement"
        r"|personalabteilung|selezione|selecci\u00f3n|sele\u00e7\u00e3o|recrutamento|risorse umane|recursos humanos"
        r"|ressources humaines|rrhh|hr|rh)\s+){1,3}(?=(?-i:[A-Z0-9]))"
    )
    joined = rf"(?:{words})(?:\s(?:de|da|do|di|der|des|of|&|e)\s(?:{words}))+\s+(?=(?-i:[A-Z0-9]))"
    article = r"(?:(?:the|das|ihr|dein|die|el|la|le|les|il|lo|o|a|het|de)\s+)?"
    return ending, re.compile(
        rf"^{article}(?:{joined}|(?:(?:{words})\b[\s&]*){{1,4}}(?:\steam\s)?\s*(?:{between})+|{alone})", re.IGNORECASE
    )


@cache
def _fillers() -> re.Pattern[str]:
    return re.compile(r"^(?:the|das|ihr|dein|l'|la|le|el|il|het|o|a|os|as)\s+(?=\S)", re.IGNORECASE)


@cache
def _generic() -> frozenset[str]:
    """Return the words for organizations that name none by themselves: `Services`, `Stadt`."""
    return frozenset(word for word in listed("company", "organization") if "*" not in word) | listed("company", "unit")


@cache
def organization_words() -> Terms:
    """Return the words that stand in names of organizations, and in no person's."""
    return Terms(listed("company", "organization"))


def as_written(domain: str, text: str) -> str:
    """Return how a text writes the name that a domain spells, or an empty string: at most five words, with a capital."""
    label = NOT_WORD.sub("", domain.partition(".")[0])
    if len(label) < _SHORT_WORD:
        return ""
    for line in text[:_MAX_SCAN].split("\n"):
        words = [match[0].strip(".!?'\u2019") for match in _SCANNED_WORD.finditer(line)]
        for start, word in enumerate(words):
            if not word or not (word[0].isupper() or word[0].isdigit()):
                continue
            # Most words do not even begin as the domain does.
            if not any(key and (label.startswith(key[:_SHORT_WORD])) for key in domain_keys(word)):
                continue
            for count in range(min(_WORDS - 1, len(words) - start), 0, -1):
                name = " ".join(words[start : start + count])
                if name[-1:].isalnum() and label in domain_keys(name):
                    return name
    return ""


def whole_name(name: str, text: str) -> str:
    """Return a name with the words before or behind it that make it an organization's: `Groupe Acme`, `Acme Studios`.

    `name` is how a text writes what a domain spells; the words are those of `[company] organization`.
    """
    known = organization_words()
    place = text.find(name)
    for _ in range(_MOST_PLACES):
        if place < 0:
            break
        start, end = text.rfind("\n", 0, place) + 1, text.find("\n", place)
        line = text[start : end if end >= 0 else len(text)]
        behind = _BESIDE.match(line, place - start + len(name))
        before = _AHEAD.search(line, 0, place - start)
        if behind is not None and behind["word"][0].isupper() and known.have(behind["word"].lower()) and not is_title(behind[0]):
            return f"{name} {behind['word']}"
        joined = before is not None and _ELSEWHERE.isdisjoint(before[0].lower().split())
        if before is not None and joined and known.have(before["word"].lower()):
            return before[0] + name
        place = text.find(name, place + len(name))
    return name


@lru_cache(maxsize=4096)
def is_organization(name: str) -> bool:
    """Say whether a word of a name is one of organizations, and of no person."""
    known = organization_words()
    return any(known.have(word.lower()) for piece in name.split() for word in _WITHIN.split(piece) if word)


@lru_cache(maxsize=2048)
def ends_in_legal_form(name: str) -> bool:
    """Say whether a name ends in the form of a company (`GmbH`, `Inc.`, `S.p.A.`)."""
    return LEGAL_FORM.search(name) is not None


def plausible_company(name: str) -> str:
    """Return a cleaned company name, or an empty string when the words are none.

    Refused are texts that are too long, addresses, services in whose name nobody hires, words about hiring, and names whose words
    mix letters of several scripts, as one does to pass for another.
    """
    return _plausible(name[:_MAX_DISPLAY])


@lru_cache(maxsize=2048)
def _plausible(name: str) -> str:
    ending, beginning = _team_words()
    name = clean(name).strip().strip("\"'.,:;!-|()[]<>*\u201c\u201d\u201e\u00ab\u00bb\u2013")
    bare = beginning.sub("", name)
    shorter = ending.sub("", bare).strip(" .,:;!-|\u2013")
    if shorter != name and shorter.lower().startswith(("the ", *_ARTICLES)):
        shorter = _fillers().sub("", shorter)  # the article was the team's: `The Acme Team`
    if shorter != name and shorter[-_SHORT_WORD:].islower() and shorter.split(" ")[-1].islower():
        return ""  # `Pick a time`: words of a sentence, of which one is about hiring, too
    name = shorter.removeprefix("the ").strip()
    lower = name.lower()
    if not 1 < len(name) <= _LONGEST or _length(name) > _WORDS or not any(char.isalpha() for char in name):
        return ""
    never = listed("company", "never")
    plain = all(word.strip(".,'") in never for word in lower.split())
    odd = any(char in "<>{}[]=\\" for char in name) or "@" in name or "http" in lower or _mixed(name)
    services = listed("company", "services")
    first, _, rest = lower.partition(" ")
    plain = plain or LEGAL_FORM.fullmatch(f" {lower}") is not None or (lower in _generic() and not name.isupper())
    service = lower in services or (first in services and all(word in listed("company", "heading") for word in rest.split()))
    return "" if plain or odd or service else name


def _length(name: str) -> int:
    """Return how many words a name has, not counting small ones between them (`of`, `de la`)."""
    return sum(word not in _SMALL for word in name.split())


def _mixed(name: str) -> bool:
    """Say whether a word mixes Latin letters with Cyrillic or Greek ones that look like them."""
    for word in name.split():
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in word if char.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
            return True
    return False


@lru_cache(maxsize=2048)
def name_from_display(display: str, address: str) -> tuple[str, str]:
    """Split a display name into (person, company): `Rita Chen (Acme)`, `Rita from Acme`, `Acme Recruiting`. Unknown is empty."""
    display = _ASIDE.sub("", clean(display[:_MAX_DISPLAY])).strip("\"' ")
    if not display or ("@" in display and not _AT.match(display)):
        return "", ""
    ending, beginning = _team_words()
    if is_shared(address) and _is_of_service(display, address):
        return "", ""
    leading = beginning.match(display)
    if leading and not _PAREN.match(display):
        return "", plausible_company(display[leading.end() :])
    match = _PAREN.match(display) or _AT.match(display)
    if match:
        person, company = _two(display, match["person"].strip(), match["company"].strip(), address)
        return ("", company) if is_organization(person) and not is_organization(company) else (person, company)
    # At a relay the display name is the company's, unless it looks like first and last name.
    nobody = (is_shared(address) or is_team(address) or is_deaf(address)) and not is_name(display)
    if nobody or ending.search(display) or LEGAL_FORM.search(display):
        return "", plausible_company(display)
    return plain_name(display), ""


@cache
def _about() -> frozenset[str]:
    return listed("company", "team") | listed("company", "heading")


@cache
def _service_names() -> frozenset[str]:
    """Return how services are called by their domains: `interamt` of `interamt.de`."""
    lists = ("relays", "booking", "boards", "shared")
    return frozenset(domain.partition(".")[0] for name in lists for domain in load("senders")[name])


@lru_cache(maxsize=2048)
def is_service(name: str, address: str) -> bool:
    """Say whether a name in a mail of a shared address is that of the service, or of another: nobody hires in it there."""
    if _is_of_service(name, address) or name.lower() in listed("company", "services"):
        return True
    key = company_key(name)
    about = _about()
    first = name.lower().partition(" ")[0]
    rest = name.lower().split()[1:]
    return key in _service_names() or (first in _service_names() and all(word in about for word in rest))


def _is_of_service(display: str, address: str) -> bool:
    """Say whether a display name is that of the relay whose address it stands before (`Hirelane` at `hirelane.example`)."""
    labels = address.rpartition("@")[2].removesuffix(".br").removesuffix(".uk").split(".")
    return len(labels) > 1 and not is_freemail(address) and alike(company_key(display), company_key(labels[-2]))


def _two(display: str, person: str, second: str, address: str) -> tuple[str, str]:
    """Tell person and company apart in a display name of two pieces."""
    if "," in display and "(" not in display and len(person.split()) == 1 and is_name(display):
        return plain_name(display), ""  # `Chen, Rita`
    if is_shared(address) and is_organization(person) and not is_organization(second):
        return "", plausible_company(person)  # `Acme Dental Clinic via Hirelane`
    if second.lower() in listed("company", "services") or (is_shared(address) and is_service(second, address)):
        named = (
            is_name(person)
            or (len(person.split()) == 1 and _SURE.search(display) is not None)
            or not (is_shared(address) or is_deaf(address))
        )
        return (plain_name(person), "") if named else ("", plausible_company(person))
    if _SURE.search(display) and len(person.split()) == 1 and not is_organization(person):
        return plain_name(person), plausible_company(second)  # `Jo von Blue Harbor`
    if is_name(second) and not is_name(person) and (len(person.split()) > 1 or not is_name(f"{person} Moe")):
        person, second = second, person  # `Acme Robotics | Rita Chen`
    elif is_name(second) and not is_name(person):
        person, second = (second, person) if "|" in display or " - " in display else (person, second)
    if not plausible_company(person) or _team_words()[0].search(person):
        person = ""  # `Recruiting (Acme)`
    return plain_name(person), "" if is_title(second) else plausible_company(second)


def slug_of(address: str) -> str:
    """Return what the address at a shared relay holds of the company: `acme` of `acme@myworkday.com`, `jobs@acme.recruitee.com`.

    Empty where the words are the relay's own, a function's, or a token's.
    """
    local, _, domain = address.lower().rpartition("@")
    if not is_relay(address) and not is_relay(f"no-reply@{domain}"):
        return ""
    below = domain.split(".")
    registrable = _DEEP if domain.endswith((".com.br", ".co.uk")) else _DEEP - 1
    for label in (*reversed(below[:-registrable]), local.partition("+")[0]):
        word = label.strip("-_.")
        pieces = [piece for piece in re.split(r"[._-]+", word) if piece and not _is_function(piece)]
        if pieces and _SLUG.fullmatch("-".join(pieces)) and not is_deaf(f"{word}@x.y") and not is_team(f"{word}@x.y"):
            return "-".join(pieces)
    return ""


_DEEP = 3
_SLUG = re.compile(r"[a-z][a-z0-9&]{1,30}(?:-[a-z0-9&]{1,30}){0,4}")
_FEW_DIGITS = 2


def _is_function(word: str) -> bool:
    """Say whether a piece of an address is a word of the relay's own, or looks like a token."""
    return word in listed("company", "functions") or len(word) == 1 or sum(map(str.isdigit, word)) > _FEW_DIGITS
