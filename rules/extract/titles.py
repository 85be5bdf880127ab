"""Job titles: what is one, how it is shown, and what it makes a person to the process."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from rules.classify.senders import is_team
from rules.extract.types import RoleClass
from rules.extract.words import terms
from rules.language import LANGUAGES
from rules.phrases.load import load

__all__ = ["GENDER", "clean_role", "is_coordinator", "is_title", "role_class"]

_WORD = re.compile(r"[^\W\d_][^\s,;()\[\]/|]*")
_PART = re.compile(r"[._-]+")
_LONGEST = 80
_MOST_WORDS = 9
_LONGEST_SHOWN = 100
_INFLECTED = re.compile(
    r"(?<=\w)(?:[:*_\u00b7/@]-?|\(-?|[.-](?=(?:in|innen|e|euse|rice|trice|se|ne|ère|ière)\b))(?:innen|in|euse|trice|rice|ière|ère|ienne|enne|sse|fe|se|ne"
    r"|ra|re|r|es|as|os|e|a|o|x)\b\)?",
    re.IGNORECASE,
)
"""`:in`, `*in`, `/in`, `(in)`, `(e)`, `/a`, `(a)`: the other gender of a title."""
GENDER = (
    r"(?:[mwfdxhvigan](?:[ ]?[/|,\u00b7][ ]?(?:[mwfdxhvinag*]|div|diverse?)){1,3}|gn|m/k/i"
    r"|all[ ]genders?|alle[ ]geschlechter|tous[ ]genres|h/f/x|a)"
)
"""Marks that a vacancy is for everybody: `m/w/d`, `f/m/x`, `H/F`, `m/v/x`, `gn`."""
_GENDER_BRACKETED = re.compile(rf"\s*[(\[]\s*{GENDER}\s*[)\]]", re.IGNORECASE)
_GENDER_BARE = re.compile(
    r"(?:^|[\s,\u2013-])(?:[mwf]/[mwf]/[dxn]|[hf]/[hf](?:/[xn])?|m/v(?:/[xd])?|v/m(?:/x)?|[hm]\s?/\s?f"
    r"|f\s?/\s?[hm]|m/k)(?=$|[\s,)-])",
    re.IGNORECASE,
)
_REFERENCE = (
    r"(?:\b(?:ref(?:erenz|erence|\u00e9rence|erencia)?|req(?:uisition)?|job|vacancy|stellen?|offre|oferta|vaga|rif)"
    r"(?:[ .#:/-]{0,3}(?:id|no|nr|num|number|nummer|n\u00ba|n\u00b0|code))?[ .#:/-]{1,3}\(?"
    r"|\bid[ .#:/-]{1,3}|\bn[\u00ba\u00b0r]\.?\s?|#)\s?[A-Za-z]{0,6}[-_]?\d[\w./-]*\)?$"
)
_NUMBER = re.compile(
    r"^(?:#?\s?\(?[A-Za-z]{0,5}[-_]?\d[\d-]{3,}[A-Za-z]{0,3}\)?\s*[-:|]?\s+)"
    rf"|\s*[-,|#:(\u2013]?\s*{_REFERENCE}"
    r"|\s*[-,|#(\u2013]+\s*#?[A-Za-z]{0,5}[-_]?\d{3,}[\w-]*\)?$|(?<=\w)[-_]\d{4,}\w*$"
    r"|\s+\d{4}-\d{3,}$|\s+(?:[A-Z]{2,4}[-_]?)?\d{5,}\w*$|\s+\d{1,2}(?:\s?-\s?\d{1,2})?\s?(?:uur|hours?|std|h|%)\.?$",
    re.IGNORECASE,
)
"""Numbers of requisitions before or behind a title, and hours a week."""
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{0,60})[)\]]\s*$")
_TAILED = re.compile(
    r"^(?P<rest>.*\S)(?:\s+[-|\u2013\u2014\u00b7/]+\s*|\s*[,|]\s*|\s*[-\u2013\u2014]\s+)(?P<tail>[^,|\u2013\u2014\u00b7]{2,40})$"
)
_FRONT = re.compile(
    r"^(?:the|an?|our|open|your|als|as|an|de|du|des|di|une?|un|una|el|la|uma|um|een|il|lo"
    r"|d'|l'|(?:position|role|job|post|vaga|posi\u00e7\u00e3o|cargo|fun\u00e7\u00e3o|puesto|vacante|posici\u00f3n"
    r"|oferta|plaza|poste|offre|posizione|ruolo|figura"
    r"|annuncio|functie|vacature|stelle)\s+(?:of|as|for|de|do|da|di|del|als|van|voor|para|per|como|d'))(?:\s+|(?<='))(?=\S)"
    r"|^(?-i:offre|poste|annonce|vaga|vacante|oferta|posizione|annuncio|functie|vacature|puesto|cargo|ruolo"
    r"|figura)\s+(?=(?-i:[A-Z\u00c0-\u00de]))",
    re.IGNORECASE,
)
_LOWER_FRONT = re.compile(r"^(?:position|role|job|stelle|poste|puesto|functie|vaga|ruolo)\s*:\s*", re.IGNORECASE)
_EDGE = " .,;:-|\"'*\u00ab\u00bb\u201e\u201c\u201d\u201a\u2018\u2019\u2013\u2014\u00b7\u2022>"
_ENDINGS = (" position", " role", " job", " opening", " opportunity", " vacancy", " requisition")
_CLAUSE = re.compile(r"\s+(?:in|\u00e0|en|em|a|te)\s+(?P<place>[^\s].*)$", re.IGNORECASE)


def is_title(text: str, languages: tuple[str, ...] = LANGUAGES) -> bool:
    """Say whether a short text is a job title in one of these languages: few words, one of them the name of a job."""
    return _is_title(text.strip(_EDGE), languages)


@lru_cache(maxsize=4096)
def _is_title(text: str, languages: tuple[str, ...]) -> bool:
    if not 1 < len(text) <= _LONGEST or text.endswith(("?", "!")) or "@" in text or "http" in text:
        return False
    words = [word.lower().strip(".:'") for word in _WORD.findall(_INFLECTED.sub("", text))]
    heads = terms("head", languages)
    if not 0 < len(words) <= _MOST_WORDS:
        return False
    return any(heads.have(form) for word in words for form in _forms(word)) or _is_trade(text, words, languages)


def _is_trade(text: str, words: list[str], languages: tuple[str, ...]) -> bool:
    """Say whether a trade is told that is a surname as well (`Baker`): written small, or before another word."""
    trades = terms("name_like", languages)
    found = next((place for place, word in enumerate(words) if any(trades.have(form) for form in _forms(word))), -1)
    return found >= 0 and (text.islower() or 0 < found < len(words) - 1 or words[found] in text.split())


_PLURALS = ("innen", "in", "en", "n")


def _forms(word: str) -> tuple[str, ...]:
    """Return a word and what it may be the plural or the female form of."""
    forms = [word]
    forms.extend(word[: -len(ending)] for ending in _PLURALS if len(word) > len(ending) + 3 and word.endswith(ending))
    if "-" in word:
        forms.append(word.rpartition("-")[2])
    return tuple(forms)


@cache
def _marks() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in load(f"{language}/titles")["mark"])


@cache
def _places() -> frozenset[str]:
    return frozenset(word for language in LANGUAGES for word in load(f"{language}/titles")["place"])


def _is_mark(text: str, places: frozenset[str]) -> bool:
    """Say whether words beside a title are marks or places: `Remote`, `Berlin / Hamburg`, `100 %, ab sofort`."""
    parts = [part.strip(" .") for part in re.split(r"\s*[/,|+&;]\s*|\s+(?:or|oder|ou|o|of|und|and|et|y|e|-)\s+", text.lower())]
    known = _marks()
    return bool(parts) and all(
        not part
        or part in known
        or part in places
        or re.fullmatch(r"\d{1,3}(?:\s?[-\u2013]\s?\d{1,3})?\s?(?:%|h|hours|std\.?|uur|stunden)?|\d{5}\s+\S+", part)
        or any(
            part.startswith(f"{mark} ") and part[len(mark) + 1 :].strip(" -:()") in places | known
            for mark in ("remote", "hybrid", "hybride", "region", "raum", "standort")
        )
        for part in parts
    )


def clean_role(text: str, languages: tuple[str, ...] = LANGUAGES, *, sure: bool = False) -> str:
    """Return a job title as it is shown and put into a sentence, or an empty string when the words are none.

    Articles, gender marks, numbers of requisitions, well-known places and words like `remote`
    go; seniority and speciality stay, and so does the case. With `sure` the words need not name a job.
    """
    return _clean_role(" ".join(text[: _LONGEST_SHOWN * 2].split()), languages, sure)


@lru_cache(maxsize=2048)
def _clean_role(text: str, languages: tuple[str, ...], sure: bool) -> str:
    text = _LOWER_FRONT.sub("", text.strip(_EDGE))
    text = _balanced(_GENDER_BARE.sub(" ", _GENDER_BRACKETED.sub(" ", text)).strip(_EDGE))
    known = _places()
    for _ in range(6):
        shorter = _NUMBER.sub("", _FRONT.sub("", text)).strip(_EDGE)
        bracket = _BRACKETS.search(shorter)
        if bracket and (_is_mark(bracket[1], known) or any(char.isdigit() for char in bracket[1]) or not bracket[1].strip()):
            shorter = shorter[: bracket.start()]
        tail = _TAILED.match(shorter)
        if tail and _is_mark(tail["tail"], known):
            shorter = tail["rest"]
        clause = _CLAUSE.search(shorter)
        if clause and _is_mark(clause["place"], known):
            shorter = shorter[: clause.start()]
        for ending in _ENDINGS:
            if shorter.lower().endswith(ending):
                shorter = shorter[: -len(ending)]
        words = shorter.split()
        if len(words) > 1 and words[-1].lower() in {"remote", "hybrid"}:
            shorter = " ".join(words[:-1])
        shorter = _balanced(" ".join(shorter.split()).strip(_EDGE))
        if shorter == text:
            break
        text = shorter
    if not text or not text[0].isalnum() or len(text) > _LONGEST or not any(char.isalpha() for char in text):
        return ""
    return text if sure or _is_title(text, languages) else ""


def _balanced(text: str) -> str:
    """Drop a bracket that was never opened or closed."""
    if text.count("(") != text.count(")"):
        return (
            text.replace("(", "").replace(")", "").strip(_EDGE)
            if text.endswith("(") or ")" in text
            else text.partition("(")[0].strip(_EDGE)
        )
    return text


_CLASSES = (
    ("recruiter", RoleClass.RECRUITER),
    ("boss", RoleClass.BOSS),
    ("manager", RoleClass.HIRING_MANAGER),
    ("peer", RoleClass.PEER),
)


@lru_cache(maxsize=2048)
def _has(name: str, title: str) -> bool:
    lower = _INFLECTED.sub("", title).lower()
    words = [word.strip(".:'") for word in _WORD.findall(lower)]
    return terms(name, LANGUAGES).in_text([*words, *(part for word in words if "-" in word for part in word.split("-"))], lower)


def role_class(title: str) -> RoleClass:
    """Return what a title, in any of our languages, makes somebody to the process; UNKNOWN when it does not say."""
    if not title:
        return RoleClass.UNKNOWN
    return next((found for name, found in _CLASSES if _has(name, title[:_LONGEST])), RoleClass.UNKNOWN)


def is_coordinator(title: str, address: str) -> bool:
    """Say whether title or address are those of somebody who schedules and does not interview (D21)."""
    local, _, domain = address.partition("@")
    parts = (local, *_PART.split(local)) if local else ()
    return (bool(title) and _has("coordinator", title[:_LONGEST])) or any(is_team(f"{part}@{domain}") for part in parts if part)
