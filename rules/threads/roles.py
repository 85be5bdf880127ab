"""Whether two job titles mean one position."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

__all__ = ["same_role"]

_WORD = re.compile(r"[^\W_]+(?:[+#]+)?")
_MARKS = re.compile(r"[(\[][^)\]]{0,40}[)\]]|\b[mwfdxh](?:\s*/\s*[mwfdxh]){1,3}\b", re.IGNORECASE)
_LONGEST = 120
_GRADE = re.compile(r"[ivx]+|\d+")
_ALIKE = 0.9


@lru_cache(maxsize=4096)
def _words(title: str) -> tuple[str, ...]:
    plain = _WORD.findall(_MARKS.sub(" ", title).casefold())
    return tuple(plain or _WORD.findall(title.casefold()))


@lru_cache(maxsize=4096)
def same_role(one: str, other: str) -> bool:
    """Say whether two job titles mean one position: an unknown one means any, and one may be the other with more words to it.

    `Data Engineer` and `Senior Data Engineer` may be one; what differs on both sides (`Senior`, `Junior`) is two.
    """
    first, second = _words(one), _words(other)
    left, right = set(first), set(second)
    if not left or not right or left <= right or right <= left:
        return True
    if any(_GRADE.fullmatch(word) for word in left - right) and any(_GRADE.fullmatch(word) for word in right - left):
        return False
    # The standard library's likeness: the faster library would take 3 MB in every daemon for the few pairs that come here.
    return SequenceMatcher(None, "".join(first)[:_LONGEST], "".join(second)[:_LONGEST], autojunk=False).ratio() >= _ALIKE
