"""The small language of the phrase lists.

A phrase is words in lower case, separated by single blanks. `(a|b)` is one of several, `[a|b]` one of several or nothing, `...` a
gap of at most sixty characters within a sentence, `*` at the end of a word any ending of it. Everything else stands for itself.
No construct can backtrack beyond the gap, so matching takes linear time on any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

__all__ = ["WORD", "Phrase", "PhraseList", "compile_phrase", "fold", "sentences"]

_TOKEN = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\.\.\.)|([^()\[\].*\s]+)(\*?)|(\s+)|(.)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
"""A word of folded text."""
_GROUPS = re.compile(r"\S*(?:\([^()]*\)|\[[^\[\]]*\])\S*|\.\.\.(?=\S)|\S*\*\S*")
_GAP = r"[^.!?\n]{0,60}?"
_QUOTES = str.maketrans(
    {
        "\u2019": "'",
        "\u2018": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\xa0": " ",
        "\u202f": " ",
    }
)
_SPACES = re.compile(r"[ \t]+")
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[^\W_])|\n{2,}")
_ABBREVIATION = re.compile(
    r"\b(?:mr|mrs|ms|dr|prof|sr|jr|st|vs|no|inc|ltd|co|corp|e\.g|i\.e|approx|dept|est|a\.m|p\.m|[a-z])\.$", re.IGNORECASE
)
_WRAPPED = 50


@dataclass(frozen=True)
class Phrase:
    """A phrase. `anchor` stands in every text that the phrase matches: to look for it first is far faster."""

    source: str
    anchor: str
    word: str
    """The longest whole word that stands in every text that the phrase matches; empty when there is none."""
    groups: tuple[frozenset[str], ...]
    """Of each of these, one word stands in every text that the phrase matches."""
    expression: str
    weight: float = 1.0
    needed: frozenset[str] = frozenset()
    """All whole words that stand in every text that the phrase matches."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled expression; most phrases of most languages are never asked for it."""
        return re.compile(self.expression)

    def search(self, text: str) -> re.Match[str] | None:
        """Find the phrase in text that went through `fold`."""
        return self.pattern.search(text) if self.anchor in text else None


class PhraseList:
    """Phrases in order, by words of which each needs one: of hundreds, a text has to be searched for the few that it can hold."""

    __slots__ = ("_by_word", "_without", "phrases")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Index the phrases."""
        self.phrases = tuple(phrases)
        self._by_word: dict[str, list[int]] = {}
        self._without: list[int] = []
        for place, phrase in enumerate(self.phrases):
            needed = {phrase.word} if phrase.word else min(phrase.groups, key=len, default=frozenset())
            for word in needed:
                self._by_word.setdefault(word, []).append(place)
            if not needed:
                self._without.append(place)

    def among(self, words: frozenset[str]) -> list[Phrase]:
        """Return those that may stand in a text with these words (`WORD`), in order."""
        places = {*self._without, *(place for word in words & self._by_word.keys() for place in self._by_word[word])}
        return [self.phrases[place] for place in sorted(places)]


@cache
def compile_phrase(source: str, weight: float = 1.0) -> Phrase:
    """Compile one phrase."""
    out: list[str] = []
    runs = [""]
    for group, optional, gap, word, star, blank, other in _TOKEN.findall(source):
        if group:
            out.append(f"(?:{_choices(group)})")
            runs.append("")
        elif optional:
            # An optional word brings its own blank: `in [the] end` is `in (?:the )?end`.
            out.append(f"(?:(?:{_choices(optional)}) ?)?")
            runs.append("")
        elif gap:
            out.append(_GAP)
            runs.append("")
        elif word:
            out.append(re.escape(word) + (r"\w*" if star else ""))
            runs[-1] += word
            if star:
                runs.append("")
        elif blank:
            if out and out[-1].endswith(" ?)?"):
                continue
            out.append(r"\s" if not (out and out[-1] == _GAP) else r"\s?")
            runs.append("")
        else:
            out.append(re.escape(other))
            runs[-1] += other
    start = r"\b" if source[:1].isalnum() else ""
    end = r"\b" if source[-1:].isalnum() else ""
    expression = start + "".join(out) + end
    needed = _whole_words(source)
    longest = max(sorted(needed), key=len, default="")
    return Phrase(source, max(runs, key=len), longest, _word_groups(source), expression, weight, needed)


def _whole_words(source: str) -> frozenset[str]:
    fixed = _GROUPS.sub(" * ", source)
    return frozenset(word for word in fixed.split() if WORD.fullmatch(word))


def _word_groups(source: str) -> tuple[frozenset[str], ...]:
    """Return the sets of words that the alternations of a phrase ask for, where all their choices hold a whole word."""
    found = []
    for group in re.findall(r"(?<!\S)\(([^()]*)\)(?!\S)", source):
        words = [max(sorted(_whole_words(choice)), key=len, default="") for choice in group.split("|")]
        if all(words):
            found.append(frozenset(words))
    return tuple(found)


def _choices(text: str) -> str:
    return "|".join(r"\s".join(re.escape(word) for word in item.split(" ")).replace(r"\*", r"\w*") for item in text.split("|"))


def fold(text: str) -> str:
    """Return text as phrases are compared with: lower case, straight quotes, wrapped lines joined, single blanks."""
    return _SPACES.sub(" ", unwrap(text).translate(_QUOTES).lower())


def unwrap(text: str) -> str:
    """Join lines that were wrapped at the right margin; keep those that end a paragraph or an item."""
    lines = text.split("\n")
    out: list[str] = []
    for index, line in enumerate(lines):
        stripped = line.strip()
        out.append(stripped)
        if index + 1 == len(lines):
            break
        following = lines[index + 1].strip()
        wrapped = len(stripped) >= _WRAPPED or (following[:1].islower() and stripped)
        goes_on = following and following[0] not in "-*\u2022>+|" and not stripped.endswith((":", "!", "?"))
        out.append(" " if wrapped and goes_on else "\n")
    return "".join(out)


def sentences(text: str) -> list[str]:
    """Split text into sentences at their ends and at line ends; abbreviations and initials do not end one."""
    found: list[str] = []
    for line in unwrap(text).split("\n"):
        pending = ""
        for piece in _SENTENCE.split(line):
            pending = f"{pending} {piece}".strip() if pending else piece.strip()
            if pending and not _ABBREVIATION.search(pending[-12:]):
                found.append(pending)
                pending = ""
        if pending:
            found.append(pending)
    return found


def phrases(sources: Iterable[str], weight: float = 1.0) -> tuple[Phrase, ...]:
    """Compile several."""
    return tuple(compile_phrase(source, weight) for source in sources)
