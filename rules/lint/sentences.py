"""Sentences of a mail: what they are, and how many there are (rule C1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from rules.lint.words import load_words

__all__ = ["body_of", "body_span", "closes", "count_sentences", "is_closing", "sentence_spans", "split_sentences"]

_MAX_TEXT = 64_000
_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s|\Z)|[\u3002\uff01\uff1f]")
_BEFORE = re.compile(r"[^\s(\[\"'\u201c\u2018]*\Z")
_OPENER = "\"'\u201c\u2018([\u00ab\u00bf\u00a1"
_WORDS: Mapping[str, frozenset[str]] = {kind: frozenset(words) for kind, words in load_words("en")["sentences"].items()}
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_BREAK = re.compile(r"[\r\n\t]")
_AHEAD = 200
"""Characters that are looked at behind a mark: were it all of them, a text of marks would take time by its square."""
_MAX_GREETING = 90
_GREETS = re.compile(r"(?:dear|hello|hi|hey|good (?:day|morning|afternoon|evening))(?: [^\s.?!]{1,30}\.?){0,5}\Z", re.IGNORECASE)
_MAX_CLOSING_LINES = 8
_MOST_NAMES = 4
_MOST_OF_CLOSING = 8


def _ends_here(text: str, start: int, end: int) -> bool:
    """Say whether the mark at `start` to `end` closes a sentence."""
    mark, rest = text[start:end], text[end : end + _AHEAD].lstrip()
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


def sentence_spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each sentence of a text begins, and the sentence on one line.

    The end of a paragraph ends a sentence; the full stop of an abbreviation, an address or a figure does not.
    """
    text = text[:_MAX_TEXT]
    position = 0
    for gap in (*_PARAGRAPH.finditer(text), None):
        end = len(text) if gap is None else gap.start()
        # Same length: what stands where stays known.
        line = _BREAK.sub(" ", text[position:end])
        begin = 0
        for found in _END.finditer(line):
            if _ends_here(line, found.start(), found.end()):
                yield from _sentence(line, begin, found.end(), position)
                begin = found.end()
        yield from _sentence(line, begin, len(line), position)
        position = end if gap is None else gap.end()


def _sentence(line: str, begin: int, end: int, position: int) -> Iterator[tuple[int, str]]:
    piece = line[begin:end]
    if any(unicodedata.category(character)[0] in "LN" for character in piece):
        yield position + begin + len(piece) - len(piece.lstrip()), " ".join(piece.split())


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text, each on one line."""
    return [sentence for _, sentence in sentence_spans(text)]


def count_sentences(text: str) -> int:
    """Return how many sentences `text` has: a body, without greeting and signature (see `body_of`)."""
    return len(split_sentences(text))


def is_closing(line: str) -> bool:
    """Say whether a line is a usual closing formula (`Best regards,`), be it with the name behind it (`Best, Ann Kay`)."""
    line = " ".join(line.split())
    if line.rstrip(" ,.!-\u2013\u2014").casefold() in _WORDS["closings"]:
        return True
    formula, comma, name = line.partition(",")
    words = name.split()
    if not comma or line.endswith((".", "!", "?", ",")):
        return False
    named = 0 < len(words) <= _MOST_NAMES and all(word[:1].isupper() for word in words)
    return named and formula.casefold() in _WORDS["closings"]


def closes(line: str, following: str) -> bool:
    """Say whether a line closes a mail in words of its writer's own: a short one with a comma at its end above a name."""
    words = following.split()
    named = 1 < len(words) <= _MOST_NAMES and all(word[:1].isupper() and word[-1:].isalpha() for word in words)
    return named and line.rstrip().endswith(",") and 0 < len(line.split()) <= _MOST_OF_CLOSING


def body_span(text: str) -> tuple[int, int]:
    """Return where the body of a mail begins and ends, without its greeting, its closing and what stands below it.

    The greeting is a short first line that ends in a comma, colon, dash or exclamation mark, or begins like one; the closing
    is the last short line that consists of a usual closing formula. Where one is missing, nothing is cut off there. Lines
    end with a line feed.
    """
    text = text[:_MAX_TEXT]
    spans = []
    position = 0
    for line in text.split("\n"):
        if line.strip():
            spans.append((position, position + len(line)))
        position += len(line) + 1
    if not spans:
        return 0, len(text)
    begin, end = 0, len(text)
    head = text[slice(*spans[0])].strip()
    ended = len(head) <= _MAX_GREETING and head.endswith((",", ":", "!", "-", "\u2013", "\u2014", ";"))
    if ended or (_GREETS.match(head) and len(spans) > 1):
        begin = min(spans[0][1] + 1, len(text))
    following = ""
    for start, stop in reversed(spans[-_MAX_CLOSING_LINES:]):
        if start >= begin and (is_closing(text[start:stop]) or closes(text[start:stop], following)):
            end = start
            break
        following = text[start:stop]
    return begin, end


def body_of(text: str) -> str:
    """Return a mail's text without its greeting, its closing and what stands below it (see `body_span`)."""
    text = text[:_MAX_TEXT].replace("\r\n", "\n")
    return text[slice(*body_span(text))].strip()
