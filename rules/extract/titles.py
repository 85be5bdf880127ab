"""Job titles: what is one, what role it asks for, and what it makes a person to the process."""

from __future__ import annotations

import re
from functools import cache

from rules.classify.senders import is_team
from rules.extract.types import RoleClass
from rules.phrases.grammar import compile_phrase
from rules.phrases.load import load

__all__ = ["clean_role", "is_coordinator", "is_title", "role_class"]

_WORD = re.compile(r"[A-Za-z][\w+#./-]*")
_PART = re.compile(r"[._-]+")
_LONGEST = 80
_WORDS = 9
_TAIL = re.compile(
    r"\s*(?:[(\[](?:m/[wf]/[dx]|[mfwdx]/[mfwdx](?:/[mfwdx])?|all genders|remote|hybrid|onsite|full[- ]time|part[- ]time"
    r"|ref[^)\]]*|req[^)\]]*|id[^)\]]*|job[^)\]]*|#?\s?[A-Z]{0,4}-?\d[^)\]]*)[)\]]"
    r"|[-|,#:]\s*(?:remote|hybrid|req\S*|job\s+id\S*|#?\w{0,4}-?\d{3,}\S*))\s*$",
    re.IGNORECASE,
)
_FRONT = re.compile(r"^(?:the|an?|our|open|your|position of|role of|job of)\s+", re.IGNORECASE)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("en/titles")[name])


def is_title(text: str) -> bool:
    """Say whether a short text is a job title: few words, one of them the name of a job."""
    text = text.strip(" .,;:-|")
    if not 1 < len(text) <= _LONGEST or text.endswith(("?", "!")) or "@" in text:
        return False
    words = [word.lower().strip(".") for word in _WORD.findall(text)]
    return 0 < len(words) <= _WORDS and any(word in _words("head") or word.rstrip("s") in _words("head") for word in words)


def clean_role(text: str) -> str:
    """Return a job title as it is shown, without articles, gender marks and numbers; empty when the words are no title."""
    text = " ".join(text.split()).strip(" .,;:-|\"'*")
    for _ in range(3):
        shorter = _TAIL.sub("", _FRONT.sub("", text)).strip(" .,;:-|\"'*")
        if shorter == text:
            break
        text = shorter
    lower = text.lower()
    for ending in (" position", " role", " job", " opening", " opportunity", " vacancy"):
        if lower.endswith(ending):
            text = text[: -len(ending)].strip(" -,")
            lower = text.lower()
    return text if is_title(text) and text[:1].isalnum() else ""


@cache
def _class_phrases(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(compile_phrase(source).pattern for source in load("en/titles")[name])


def _has(name: str, text: str) -> bool:
    lower = text.lower()
    return any(pattern.search(lower) for pattern in _class_phrases(name))


def role_class(title: str) -> RoleClass:
    """Return what a title makes somebody to the process; UNKNOWN when it does not say."""
    if not title:
        return RoleClass.UNKNOWN
    for name, found in (
        ("recruiter", RoleClass.RECRUITER),
        ("boss", RoleClass.BOSS),
        ("manager", RoleClass.HIRING_MANAGER),
        ("peer", RoleClass.PEER),
    ):
        if _has(name, title):
            return found
    return RoleClass.UNKNOWN


def is_coordinator(title: str, address: str) -> bool:
    """Say whether title or address are those of somebody who schedules and does not interview (D21)."""
    local, _, domain = address.partition("@")
    parts = (local, *_PART.split(local)) if local else ()
    return (bool(title) and _has("coordinator", title)) or any(is_team(f"{part}@{domain}") for part in parts if part)
