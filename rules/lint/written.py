"""A draft as its reader sees it: greeting, body, signature, sentences, and on which line each of it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from rules.lint.phrases import Folded, fold
from rules.lint.placeholders import PLACE
from rules.lint.sentences import body_span, sentence_spans
from rules.profile import Profile

__all__ = ["MAX_TEXT", "WORD", "Sentence", "Word", "Written", "read"]

MAX_TEXT = 64_000
"""Characters that are looked at; nobody sends a follow-up of more."""
WORD = re.compile(r"[^\W\d_]+(?:['\u2019\u02bc][^\W\d_]+)*")
"""A word: letters of any script, apostrophes within."""
_DELIMITER = re.compile(r"^-- ?$", re.MULTILINE)
"""What mail clients put above a signature (RFC 3676 section 4.3); some drop the blank."""
_CONTACT = re.compile(r"\+?\d[\d\s()./-]{5,30}\d|[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_SHORT_LINE = 60
_MAX_SENTENCES = 400
_LINE = re.compile(r"[^\n]+")
_LAST = 12
"""Lines from the end in which a signature begins."""
_ADDED = 3
"""Words beside a name in its line: degrees, forms of address."""
_WORDS_OF_CLOSING = 8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the body, on one line, with where it begins in the text and its line, counted from 1."""

    text: str
    position: int
    line: int

    @property
    def place(self) -> str:
        """Return `line 3`."""
        return f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the body as written, and where it begins in the text."""

    text: str
    position: int
    first: bool
    """It begins a sentence, so that a capital says nothing."""


@dataclass(frozen=True)
class Written:
    """A draft taken apart. Positions are those of `text`; lines end with a line feed, letters are composed (NFC)."""

    text: str
    greeting: str
    """The line above the body, or an empty string."""
    begin: int
    end: int
    """Where the body begins and ends in `text`."""
    signature: str
    """The closing formula and what stands below it, that of the mail client included."""
    sentences: tuple[Sentence, ...]

    @property
    def body(self) -> str:
        """Return what stands between greeting and closing."""
        return self.text[self.begin : self.end]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the sentences of the body, each on one line."""
        return tuple(sentence.text for sentence in self.sentences)

    @cached_property
    def prose(self) -> str:
        """Return the text with blanks where places to fill in stand: what is in them is nobody's wording."""
        return PLACE.sub(lambda found: " " * len(found.group()), self.text)

    @cached_property
    def folded(self) -> Folded:
        """Return the prose as patterns expect it, the client's signature left out."""
        return fold(self.prose)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Return the words of the body; those of web and mail addresses and the names of files are none."""
        starts = {sentence.position for sentence in self.sentences}
        body = _ADDRESSES.sub(lambda found: " " * len(found.group()), self.prose[self.begin : self.end])
        found = []
        for match in WORD.finditer(body):
            position = self.begin + match.start()
            before = self.text[max(self.begin, position - 3) : position].strip("\"'(\u201c\u2018[ \u00a0")
            found.append(
                Word(match.group(), position, position in starts or before[-1:] in {".", "!", "?", ":", "\n", "*", "\u2022"})
            )
        return tuple(found)

    def line(self, position: int) -> str:
        """Return `line 3` for a position in the text."""
        return f"line {self.text.count(chr(10), 0, position) + 1}"

    def inside(self, position: int) -> bool:
        """Say whether a position lies in the body."""
        return self.begin <= position < self.end


_ADDRESSES = re.compile(
    r"(?:https?://|www\.)\S{1,2000}|[^\s@<>]{1,64}@[^\s@<>]{1,190}|\b[\w-]{1,60}\.(?:com|org|net|io|ai|app|co|dev|edu|gov|uk|example)\b\S{0,500}"
    r"|(?<!\w)[\w-]{1,60}\.(?:docx?|xlsx?|pptx?|pdf|txt|csv|md|html?|zip|png|jpe?g|svg|ipynb|js|ts|py|json|ya?ml)\b"
    r"|\b[A-Z]{2,10}-[a-z]{2,6}\b"
)


def _last_lines(text: str, begin: int, end: int, profile: Profile | None) -> int:
    """Return where a signature without a usual closing formula begins.

    That is the line with the user's name, or a short one above it that ends in a comma; else the last paragraph, if it is
    name, telephone and address.
    """
    signed = _signed(text, begin, end, profile.name) if profile is not None else end
    if signed < end:
        return signed
    body = text[begin:end].rstrip()
    start = body.rfind("\n\n")
    if start < 0:
        return end
    lines = [line.strip() for line in body[start:].split("\n") if line.strip()]
    name = profile.name.casefold() if profile is not None else ""
    if all(len(line) <= _SHORT_LINE and (line.casefold() == name or _CONTACT.search(line)) for line in lines):
        return begin + start
    return end


def _signed(text: str, begin: int, end: int, name: str) -> int:
    """Return where the user's name stands alone among the last lines, or what closes the mail above it; else `end`."""
    lines = [found.span() for found in _LINE.finditer(text, begin, end) if not found.group().isspace()][-_LAST:]
    own = _name_words(name)
    for place in range(len(lines) - 1, -1, -1):
        line = text[slice(*lines[place])].strip()
        if own and len(line) <= _SHORT_LINE and own <= _name_words(line) and len(line.split()) <= len(name.split()) + _ADDED:
            above = text[slice(*lines[place - 1])].strip() if place else ""
            closes = above.endswith((",", "!")) and len(above.split()) <= _WORDS_OF_CLOSING
            return lines[place - 1][0] if closes else lines[place][0]
    return end


def _name_words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}


def read(text: str, profile: Profile | None = None) -> Written:
    """Take a draft apart. Never raises; texts of more than 64,000 characters are cut off there."""
    text = unicodedata.normalize("NFC", text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n"))[:MAX_TEXT]
    delimiter = _DELIMITER.search(text)
    below = text[delimiter.end() :] if delimiter is not None else ""
    text = text[: delimiter.start()] if delimiter is not None else text
    begin, end = body_span(text)
    if end == len(text):
        end = _last_lines(text, begin, end, profile)
    spans = (pair for _, pair in zip(range(_MAX_SENTENCES), sentence_spans(text[begin:end]), strict=False))
    sentences = []
    line, counted = 1, 0
    for offset, sentence in spans:
        position = begin + offset
        line += text.count("\n", counted, position)
        counted = position
        sentences.append(Sentence(sentence, position, line))
    return Written(text, text[:begin].strip(), begin, end, f"{text[end:]}\n{below}".strip(), tuple(sentences))
