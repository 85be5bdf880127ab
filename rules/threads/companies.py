"""Whether two names mean one company, as far as names can tell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rules.extract.domains import company_key, company_of_domain
from rules.threads.names import SPELLED

__all__ = ["beginnings", "domain_spellings", "name_words", "resembles", "spellings"]

_WORD = re.compile(r"\w+")
_JOINING = re.compile(r"\s*[&+]\s*|\s+(?:and|und|et|y|e|en|i)\s+", re.IGNORECASE)
_SHORT = 3
_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=2048)
def spellings(name: str) -> frozenset[str]:
    """Return the keys of a name under the spellings it goes by: `M\u00fcller & S\u00f6hne GmbH` is `muellersoehne` too."""
    if not name:
        return _NOTHING
    found: set[str] = set()
    for text in (name, _JOINING.sub(" ", name)):
        folded = text.casefold()
        plain = "".join(char for char in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(char))
        found.update(company_key(variant) for variant in (text, folded.translate(SPELLED), plain))
    return frozenset(found - {""})


@lru_cache(maxsize=2048)
def domain_spellings(domain: str) -> frozenset[str]:
    """Return the keys of the name that a registrable domain spells."""
    return spellings(company_of_domain(domain)) if domain else _NOTHING


@lru_cache(maxsize=2048)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a name, lower-case, without its legal form."""
    words = _WORD.findall(name.lower())
    key = company_key(name)
    while len(words) > 1 and len("".join(words)) > len(key):
        words.pop()
    return tuple(words)


def resembles(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Say whether one name begins the other, by whole words: `acme` and `acme robotics`, not `nova` and `novatech`."""
    shorter, longer = sorted((one, other), key=len)
    return len("".join(shorter)) > _SHORT and longer[: len(shorter)] == shorter


def beginnings(words: tuple[str, ...]) -> Iterator[str]:
    """Yield what a shorter name that resembles this one would be, as a key."""
    for count in range(1, len(words)):
        key = "".join(words[:count])
        if len(key) > _SHORT:
            yield key
