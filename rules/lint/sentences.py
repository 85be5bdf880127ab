"""Sentences of a mail: what they are, and how many there are (rule C1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from rules.lint.words import load_words

__all__ = ["body_of", "count_sentences", "split_sentences"]

_MAX_TEXT = 64_000
_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s|\Z)|[\u3002\uff01\uff1f]")
_BEFORE = re.compile(r"[^\s(\[\"'\u201c\u2018]*\Z")
_OPENER = "\"'\u201c\u2018([\u00ab\u00bf\u00a1"
_WORDS: Mapping[str, frozenset[str]] = {kind: frozenset(words) for kind, words in load_words("en")["sentences"].items()}
_MAX_GREETING = 90
_MAX_CLOSING_LINES = 8


def _ends_here(text: str, start: int, end: int) -> bool:
    """Say whether the mark at `start` to `end` closes a sentence."""
    mark, rest = text[start:end], text[end:].lstrip()
    if not rest:
        return True
    if mark[0] != ".":
        # `Yahoo! is` goes on; `Really? Then` does not.
        return not rest.lstrip(_OPENER)[:1].islower()
    found = _BEFORE.search(text[max(0, start - 40) : start])
    word = found.group().casefold() if found else ""
    following = rest.lstrip(_OPENER)
    if following[:1].islower():
        return False
    if word in _WORDS["abbreviations"] or (len(word) == 1 and word.isalpha() and word != "i"):
        return False
    if word in _WORDS["ambiguous"]:
        return following.split(maxsplit=1)[0].strip(".,;:!?").casefold() in _WORDS["starters"] if following else True
    return True


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, each on one line.

    The end of a paragraph ends a sentence; the full stop of an abbreviation, an address or a figure does not.
    """
    sentences = []
    for paragraph in re.split(r"\n[ \t]*\n", text[:_MAX_TEXT]):
        line = " ".join(paragraph.split())
        begin = 0
        for found in _END.finditer(line):
            if _ends_here(line, found.start(), found.end()):
                sentences.append(line[begin : found.end()].strip())
                begin = found.end()
        sentences.append(line[begin:].strip())
    return [sentence for sentence in sentences if any(unicodedata.category(character)[0] in "LN" for character in sentence)]


def count_sentences(text: str) -> int:
    """Return how many sentences `text` has: a body, without greeting and signature (see `body_of`)."""
    return len(split_sentences(text))


def body_of(text: str) -> str:
    """Return a mail's text without its greeting, its closing and what stands below it.

    The greeting is a short first line that ends in a comma, colon or exclamation mark; the closing is the last short line
    that consists of a usual closing formula. Where one is missing, nothing is cut off there.
    """
    lines = text[:_MAX_TEXT].replace("\r\n", "\n").split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    head = lines[first].strip() if lines else ""
    if len(head) <= _MAX_GREETING and head.endswith((",", ":", "!")):
        lines = lines[first + 1 :]
    filled = [n for n, line in enumerate(lines) if line.strip()]
    for n in reversed(filled[-_MAX_CLOSING_LINES:]):
        if lines[n].strip().rstrip(",.!").casefold() in _WORDS["closings"]:
            lines = lines[:n]
            break
    return "\n".join(lines).strip()
