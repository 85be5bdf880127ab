"""How a person is greeted: by the first name as its owner writes it, by the full name where that is unsure, else not by name."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from importlib.resources import files

from rules.drafts.clean import one_line
from rules.extract.types import Person

__all__ = ["given_name", "greeting_name"]

_MAX_NAME = 60
_INITIALS = 2
_MAX_GIVEN = 3
_MAX_WORDS = 5
"""More words are a description."""
_BRACKETED = re.compile(r"\([^()]*\)|\[[^][]*\]|\{[^{}]*\}|<[^<>]*>")
_NICKNAME = re.compile(
    r"(?<=\s)(?:\"[^\"]{1,30}\"|'[^']{1,30}'|\u201c[^\u201c\u201d]{1,30}\u201d|\u2018[^\u2018\u2019]{1,30}\u2019)(?=\s)"
)
_COMPANY_TAIL = re.compile(r"\s(?:[-\u2013\u2014|/@\u00b7\u2022]|via|at|from|bei|chez)\s.*\Z", re.IGNORECASE)
_WORDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(words)
    for kind, words in tomllib.loads(files("rules").joinpath("templates", "names.toml").read_text(encoding="utf-8")).items()
}
_CASELESS_FAMILY_FIRST = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")


def _is_word_of_a_name(word: str) -> bool:
    """Say whether a word is letters and marks, with the hyphens, apostrophes and full stops that stand in names."""
    letters = 0
    for character in word:
        if unicodedata.category(character)[0] in "LM":
            letters += 1
        elif character not in "-'\u2019`.\u00b7\u200c\u200d":
            return False
    return letters > 0


def _in_order(name: str) -> str:
    """Turn `Last, First` round; drop what follows the comma when it is a suffix such as `PhD`. Unclear: an empty string."""
    head, *rest = (part.strip() for part in name.split(","))
    rest = [part for part in rest if part and part.strip(".").casefold() not in _WORDS["suffixes"]]
    if not rest:
        return head
    if len(rest) == 1 and len(rest[0].split()) <= _MAX_GIVEN:
        return f"{rest[0]} {head}"
    return ""


def _is_family_first_script(word: str) -> bool:
    return any(unicodedata.name(character, "").startswith(_CASELESS_FAMILY_FIRST) for character in word)


def _given(words: list[str]) -> str:
    """Return the first name when it is plain which one it is, else all of the words."""
    full = " ".join(words)
    first, *others = words
    if not others or _is_family_first_script(full):
        return full
    if first.strip(".").casefold() in _WORDS["titles"] or first.casefold() in _WORDS["particles"]:
        return full
    if any(word.isupper() and len(word.strip(".")) > 1 for word in words) and not all(word.isupper() for word in words):
        # One convention writes the family name in capitals: `IZAGUIRRE Rita`, `Rita IZAGUIRRE`. Two letters may be initials.
        small = [word for word in words if not word.isupper()]
        capitals = [word for word in words if word.isupper()]
        return small[0] if len(small) == 1 and all(len(word) > _INITIALS for word in capitals) else full
    if "." in first or len(first) == 1:
        return full
    middle = others[:-1]
    plain = [word for word in middle if len(word.strip(".")) > 1 and word.casefold() not in _WORDS["particles"]]
    # A second plain word may be half of the first name (Mary Ann) or of the family name (García López).
    return full if plain and middle[0] in plain else first


def _words_of(name: str) -> list[str]:
    """Return the words of a display name without brackets, nickname, emoji, company and suffixes.

    Nothing when they are not a person's name.
    """
    name = "".join(" " if unicodedata.category(each) == "So" or each == "\ufe0f" else each for each in name)
    name = _COMPANY_TAIL.sub("", _BRACKETED.sub(" ", _NICKNAME.sub(" ", name))).strip(" '\"")
    words = _in_order(" ".join(name.split())).split()
    while len(words) > 1 and words[-1].strip(".,").casefold() in _WORDS["suffixes"]:
        words.pop()
    fits = 0 < len(words) <= _MAX_WORDS and len(" ".join(words)) <= _MAX_NAME
    if not fits or not all(_is_word_of_a_name(word) for word in words):
        return []
    return [] if any(word.strip(".").casefold() in _WORDS["not_a_person"] for word in words) else words


def _is_local_part(word: str, address: str) -> bool:
    """Say whether a single word is no more than a copy of the address, as calendars write it: `rizaguirre`, `rita.izaguirre`."""
    has_case = word.upper() != word.lower()
    copied = has_case and word == word.lower() and word == address.partition("@")[0].casefold()
    return copied or ("." in word and not word.endswith("."))


def greeting_name(person: Person) -> str:
    """Return what stands behind `Hello`, or an empty string when there is no name fit for it.

    A display name that is an address, a mailbox of a department or the calendar's copy of the local part is no name. In doubt
    about which word is the first name (mononyms, `Dr.`, initials, family name first, three plain words) it is the full name.
    """
    raw = one_line(person.name, 200)
    if "@" in raw.strip(" @") or "://" in raw:
        return ""
    words = _words_of(raw)
    if len(words) == 1 and (words[0].casefold().strip(".") in _WORDS["titles"] or _is_local_part(words[0], person.address)):
        return ""
    return _given(words) if words else ""


def given_name(person: Person) -> str:
    """Return the word by which colleagues speak of somebody: the first of the greeting that is no title; empty without a name."""
    words = greeting_name(person).split()
    return next((word for word in words if word.strip(".").casefold() not in _WORDS["titles"]), "")
