"""Names of persons, as they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["SPELLED", "name_key"]

SPELLED = str.maketrans(
    {"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u00f8": "oe", "\u00e5": "aa", "\u00e6": "ae"}
)
"""How letters are spelled where there are none but those of ASCII."""
_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESSES = frozenset({"dr", "prof", "mr", "mrs", "ms", "herr", "frau", "phd", "mba"})
_LONGEST = 80


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Return a person's name as names are compared: first and last word, without case and accents; empty for a single word.

    `Berger, Anna` and `Dr. Anna M. Berger` are `anna berger`.
    """
    name = name[:_LONGEST]
    last, comma, first = name.partition(",")
    if comma and len(last.split()) == 1 and first.strip() and "," not in first:
        name = f"{first} {last}"
    folded = unicodedata.normalize("NFKD", name.casefold().translate(SPELLED))
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    words = [word for word in _LETTERS.findall(plain) if (len(word) > 1 or not word.isascii()) and word not in _ADDRESSES]
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""
