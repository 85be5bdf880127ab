"""What a point is by its grammar: the name of a thing, a clause, a question, or neither for sure (words: `points.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["URL", "WORD", "Form", "bare", "clause_from", "form_of", "word_set", "words_data"]

WORD = re.compile(r"[^\W_](?:[\w\u2019'.&/+#-]*[\w+#])?", re.UNICODE)
URL = re.compile(r"https?://[^\s<>\"\u201c\u201d]{1,500}", re.IGNORECASE)
_MARKS = re.compile(r"->|=>|<-|\u2192|\u2190|[;:=<>|~^*]|\s[-\u2013\u2014/+&]\s|\.\.\.|\u2026")
_MAX_NOUN = 14
"""Words of a name of a thing; a longer one is behind a colon easier to read."""


class Form(StrEnum):
    """How a point can stand in a sentence."""

    NOUN = "noun"
    """Where the name of a thing may stand, or behind a colon."""
    CLAUSE = "clause"
    """Behind a colon."""
    QUESTION = "question"
    """Behind a colon, its question mark at the end of the sentence."""
    QUOTE = "quote"
    """In quotation marks."""


@cache
def words_data(language: str) -> dict[str, Any]:
    """Return all that is known of points in a language: `rules/templates/LANGUAGE/points.toml`."""
    path = files("rules").joinpath("templates", language, "points.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def word_set(language: str, name: str) -> frozenset[str]:
    """Return the words of a kind. Raises KeyError for a kind that is not there."""
    return frozenset(words_data(language)["words"][name])


def bare(word: str) -> str:
    """Return a word in small letters, its apostrophe a straight one."""
    return word.replace("\u2019", "'").casefold()


def _is_question(low: Sequence[str], text: str, language: str) -> bool:
    if not low:
        return False
    starts, askers = word_set(language, "question_starts"), word_set(language, "askers")
    if text.endswith("?"):
        return low[0] in starts or len(low) > 1
    return low[0] in word_set(language, "nominal") and len(low) > 2 and low[1] in askers and low[0] != "whether"  # noqa: PLR2004


def form_of(text: str, language: str) -> Form:  # noqa: PLR0911 - one return a look
    """Return how a point can stand in a sentence."""
    shown = URL.sub("", text)
    low = [bare(found.group()) for found in WORD.finditer(shown)]
    if _is_question(low, text, language):
        return Form.QUESTION
    if not low or low[0] in word_set(language, "fragment_starts") or (low[0].endswith("ly") and low[0] not in {"family", "only"}):
        return Form.QUOTE
    verbs = word_set(language, "auxiliaries") | word_set(language, "verbs")
    points_only = low[0] in word_set(language, "pointers") and not any(word in verbs for word in low)
    if low[0] in word_set(language, "subjects") and not points_only:
        return Form.CLAUSE
    if _MARKS.search(shown):
        return Form.QUOTE
    if low[0] in word_set(language, "nominal"):
        return Form.NOUN if len(low) <= _MAX_NOUN else Form.CLAUSE
    end = next((number for number, word in enumerate(low) if number and word in word_set(language, "cuts")), len(low))
    for number in range(1, end):
        if (found := _by_verb(low, number, end, language)) is not None:
            return found
    if clause_from(low, end, language):
        return Form.CLAUSE
    return Form.NOUN if len(low) <= _MAX_NOUN and _names_a_thing(text, low, end, language) else Form.CLAUSE


def clause_from(low: Sequence[str], end: int, language: str) -> bool:
    """Say whether another clause is joined on at `end`: `the rota and we laughed`, not `the rota we have`."""
    subject = end < len(low) and low[end] in word_set(language, "subjects") - word_set(language, "pointers")
    return subject and low[end - 1] in word_set(language, "clause_joints")


def _by_verb(low: Sequence[str], number: int, end: int, language: str) -> Form | None:
    """Return what the word at `number` makes of a point if it is, or may be, its verb; at `end` a clause within begins."""
    word, before = low[number], low[number - 1]
    follows = low[number + 1] if number + 1 < len(low) else ""
    faces = word_set(language, "two_faced")
    contraction = word.endswith(("'re", "'ve", "'ll", "n't")) or (
        word.endswith("'s") and (follows.endswith("ing") or follows in word_set(language, "after_is"))
    )
    plural = before.endswith("s") or before in word_set(language, "groups")
    sure = word in word_set(language, "auxiliaries") or (word in word_set(language, "verbs") and word not in faces)
    if sure or contraction or (plural and word in word_set(language, "base_verbs")) or (word == "used" and follows == "to"):
        return Form.CLAUSE
    known = frozenset[str]().union(*(word_set(language, kind) for kind in ("prepositions", "joints", "determiners", "articles")))
    if follows in word_set(language, "determiners") and word not in known:
        return Form.CLAUSE  # `her team ships every Friday`: behind a colon it reads well whatever `ships` is
    past = word in faces or (word.endswith("ed") and len(word) > 4)  # noqa: PLR2004 - `red`, `need`
    if past and word not in word_set(language, "participles") and follows != "by":
        return Form.QUOTE if number == end - 1 or follows not in {"and", "or"} else Form.NOUN
    return None


def _names_a_thing(text: str, low: Sequence[str], end: int, language: str) -> bool:
    """Say whether a name of a thing can stand in a sentence as it is: it has an article, or needs none."""
    first = low[0]
    if first in word_set(language, "mine"):
        return False  # `what you told me about my thesis` may not be what happened
    if (
        first in word_set(language, "articles")
        or (first[0].isdigit() and "-" not in first)
        or text[:1].isupper()
        or any(map(str.isupper, text.split(maxsplit=1)[0][1:]))
    ):
        return True
    if first.endswith("ing") and len(first) > 4:  # noqa: PLR2004 - `king`, `ring`
        return True
    before = word_set(language, "prepositions")
    head_end = next((number for number, word in enumerate(low[:end]) if number and word in before), end)
    head = low[head_end - 1]
    mass = head in word_set(language, "mass") or head.endswith(tuple(words_data(language)["words"]["mass_endings"]))
    return mass or (head.endswith("s") and not head.endswith(("ss", "'s")))
