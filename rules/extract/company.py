"""Which company a message speaks for: registrable domain, and the name it goes by."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from rules.classify.senders import is_shared, is_team

__all__ = ["alike", "company_domain", "company_key", "company_of_domain", "name_from_display", "plausible_company"]

_FORMS = re.compile(
    r"[,\s]+(?:inc|incorporated|llc|llp|ltd|limited|plc|corp|corporation|co|company|gmbh|ag|se|kg|kgaa|ug|mbh|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|aps|pty|pte|group|holding|holdings)\.?$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[^\w]+")
_TEAM_WORDS = re.compile(
    r"\s*(?:\b(?:talent acquisition|talent|recruiting|recruitment|recruiters?|hiring|careers?|jobs?|people(?: ops| operations| team)?|human resources|hr|notifications?|scheduling|interview(?:s|ing)?|application|candidate(?: experience)?|staffing|onboarding|no-?reply|do not reply|team|department|support)\b[\s&,/|-]*)+$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:the\s+)?(?:talent acquisition|recruiting|recruitment|hiring|careers?|jobs?|people|hr)(?:\s+team)?\s+(?:at|@|of|from)\s+",
    re.IGNORECASE,
)
_AT = re.compile(r"^(?P<person>.{2,60}?)\s+(?:(?:\bfrom\b|\bat\b|@|\bvia\b|\|)\s*|-\s+|[,]\s+)(?P<company>[^,|(]{2,60})$")
_PAREN = re.compile(r"^(?P<person>[^()]{2,60}?)\s*\((?P<company>[^()]{2,60})\)$")
_SERVICES = frozenset({
    "ashby", "greenhouse", "lever", "workday", "smartrecruiters", "teamtailor", "icims", "jobvite", "taleo", "successfactors", "workable", "bamboohr",
    "breezy", "recruitee", "personio", "jazzhr", "calendly", "google calendar", "google", "microsoft", "zoom", "outlook", "linkedin", "indeed", "gmail", "goodtime", "modernloop",
    "hirevue", "codility", "hackerrank", "docusign", "gem", "rippling",
})  # fmt: skip
_NOT_COMPANIES = frozenset({
    "you", "us", "our", "the", "a", "an", "this", "that", "your", "we", "it", "team", "me", "recruiter", "recruiting", "talent", "hr", "hiring manager", "the team", "our team", "interview",
    "candidate", "phone", "video", "zoom", "noon", "teams", "once", "least", "all", "work", "home", "present", "any", "time", "schedule", "reply", "careers", "jobs", "director", "manager",
})  # fmt: skip
_LONGEST = 60


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 -- 60 ms that most commands can do without

    return PublicSuffixList()


@lru_cache(maxsize=8192)
def company_domain(address: str) -> str:
    """Return the registrable domain (Public Suffix List) of an address or a domain, lower-case.

    Empty for freemail providers, relays, booking services, job boards and other shared domains: those identify no company.
    """
    domain = address.rpartition("@")[2].strip().strip(".").lower()
    if not domain or "." not in domain or is_shared(f"x@{domain}"):
        return ""
    try:
        found = _suffixes().privatesuffix(domain)
    except (ValueError, UnicodeError, IndexError):
        return ""
    return str(found) if found and not is_shared(f"x@{found}") else ""


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


def company_of_domain(domain: str) -> str:
    """Return a name for a registrable domain: `acme-labs.com` is `Acme Labs`."""
    label = domain.partition(".")[0]
    words = [word for word in label.split("-") if word]
    return " ".join(
        word.capitalize() if len(word) > 3 or len(words) > 1 else word.upper() if len(word) < 3 else word.capitalize()
        for word in words
    )  # noqa: PLR2004 -- `HP`, `IBM` cannot be told from `Box`


def alike(one: str, other: str) -> bool:
    """Say whether two company keys mean one company: equal, or one the beginning of the other (`acme`, `acmerobotics`)."""
    shorter, longer = sorted((one, other), key=len)
    return bool(shorter) and (one == other or (len(shorter) >= 4 and longer.startswith(shorter)))  # noqa: PLR2004 -- three letters begin too much


def plausible_company(name: str) -> str:
    """Return a cleaned company name, or an empty string when the words are none."""
    name = _TEAM_WORDS.sub("", _LEADING.sub("", name.strip().strip("\"'.,:;!-|()[]"))).strip(" .,:;!-|")
    lower = name.lower()
    if not 2 <= len(name) <= _LONGEST or lower in _NOT_COMPANIES or lower in _SERVICES or "@" in name or "http" in lower:
        return ""
    if not any(char.isalpha() for char in name) or len(name.split()) > 6:  # noqa: PLR2004 -- a sentence, not a name
        return ""
    return name


def name_from_display(display: str, address: str) -> tuple[str, str]:
    """Split a display name into (person, company): `Rita Chen (Acme)`, `Rita from Acme`, `Acme Recruiting`. Unknown is empty."""
    display = display.strip()
    if not display or "@" in display:
        return "", ""
    if match := _LEADING.match(display):
        return "", plausible_company(display[match.end() :])
    match = _PAREN.match(display) or _AT.match(display)
    if match:
        company = plausible_company(match["company"])
        person = match["person"].strip()
        if company and _looks_like_title(match["company"]):
            company = ""
        if _TEAM_WORDS.search(person) and not _TEAM_WORDS.sub("", person).strip():
            person = ""
        if "," in display and not _PAREN.match(display) and len(person.split()) == 1:
            return f"{match['company'].strip()} {person}", ""  # `Chen, Rita`
        return person, company
    if _TEAM_WORDS.search(display):
        return "", plausible_company(display)
    if is_shared(address) or is_team(address):
        words = display.split()
        # At a relay the display name is the company's, unless it looks like first and last name.
        return ("", plausible_company(display)) if len(words) == 1 or len(words) > 3 else (display, "")  # noqa: PLR2004
    return display, ""


def _looks_like_title(text: str) -> bool:
    from rules.extract.titles import is_title  # noqa: PLC0415 -- it knows companies in turn

    return is_title(text)
