"""The small language of the phrase lists.

A phrase is words in lower case, separated by single blanks. `(a|b)` is one of several, `[a|b]` one of several or nothing, `...` a
gap of at most sixty characters within a sentence (no point but one behind a digit or within a word), `*` at the end of a word any
ending of it. Everything else stands for itself.
Phrases are written with their accents; they are found in texts whose writer left all accents of a word out, too (`fur`, `fuer`).
No construct can backtrack beyond the gap, so matching takes linear time on any text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from rules.phrases.load import load

__all__ = ["WORD", "Phrase", "PhraseList", "compile_phrase", "fold", "places_of", "sentences", "words_of"]

_ACCENTED = re.compile(r"[^\x00-\x7f]")
_TOKEN = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\.\.\.)|([^()\[\].*\s]+)(\*?)|(\s+)|(.)")
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
"""A word of folded text."""
_GROUPS = re.compile(r"\S*(?:\([^()]*\)|\[[^\[\]]*\])\S*|\.\.\.(?=\S)|\S*\*\S*")
_EDGE_START = re.compile(r"[^\W_]|\((?:[^\W_][^()|]*\|)*[^\W_][^()|]*\)")
_EDGE_END = re.compile(r"(?:[^\W_]|\((?:[^()|]*[^\W_]\|)*[^()|]*[^\W_]\))$")
"""A phrase that begins or ends with a word, or with a choice of words, does so at the edge of a word."""
_BEGINNING = re.compile(r"(?:\(([^()]+)\)|([^\W_][^\s()\[\]]*))(?=\s|$)")
_FIRST = re.compile(r"[^\W_]+(?:'[^\W_]+)?(?![\w*'(\[])")
_FIXED = re.compile(r"[a-z0-9]+(?![?*+{])")
_OPTIONAL = " ?)?"
_GAP = r"(?:[^.!?\n]|\.(?=[^\s])|(?<=\d)\.){0,60}?"
_QUOTES = tuple(
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
    }.items()
)
_DIGRAPHS = {"\u00e4": "ae", "\u00f6": "oe", "\u00fc": "ue", "\u00df": "ss", "\u0153": "oe", "\u00e6": "ae"}
"""How letters are written where the keyboard lacks them."""
_SPACES = re.compile(r"[ \t]{2,}|\t")
"""All but a single blank, which may stay."""
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[^\W_])|\n{2,}")
_ABBREVIATION = re.compile(
    r"(?<!\w)(?:mr|mrs|ms|dr|prof|eng|engr|rev|capt|sgt|sr|jr|st|vs|no|inc|ltd|co|corp|e\.g|i\.e|approx|dept|est|a\.m|p\.m|[a-z])\.\Z",
    re.IGNORECASE,
)
_LONGEST_SHORT = 8
_WRAPPED = 50
_LABEL = re.compile(r"[A-Z\u00c0-\u00de][^\W\d_]{1,14}(?: [^\W\d_]{1,14}){0,2} ?:\s")
"""How a line of particulars begins (`When: Tuesday`); it goes on with nothing before it."""
_MOST_PLACES = 100
"""No letter has a word more often; a text that repeats one for ever is not looked through to its end."""


@dataclass(slots=True)
class Phrase:
    """A phrase. `anchor` stands in every text that the phrase matches: to look for it first is far faster.

    There are thousands of them: words are kept in tuples, and the expression is made when it is asked for.
    """

    source: str
    anchor: str
    word: str
    """The longest whole word that stands in every text that the phrase matches; empty when there is none. Always ASCII."""
    groups: tuple[tuple[str, ...], ...]
    """Of each of these, one word stands in every text that the phrase matches."""
    weight: float = 1.0
    needed: tuple[str, ...] = ()
    """All whole words that stand in every text that the phrase matches."""
    first: tuple[str, ...] = ()
    """The words of which one begins every match; empty when that cannot be said."""
    _pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def expression(self) -> str:
        """Return the regular expression."""
        return _expression(self.source)[0]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled expression; most phrases of most languages are never asked for it."""
        if self._pattern is None:
            self._pattern = re.compile(self.expression)
        return self._pattern

    @property
    def keys(self) -> tuple[str, ...]:
        """Return words of which one stands in every text that the phrase matches, rare ones if it can be; empty for none."""
        common = _common()
        choices = [*((word,) for word in sorted(self.needed, key=lambda word: (-len(word), word))), *self.groups]
        return min(choices, key=lambda words: (len(common.intersection(words)), len(words)), default=())

    def search(self, text: str) -> re.Match[str] | None:
        """Find the phrase in text that went through `fold`."""
        return self.pattern.search(text) if self.anchor in text else None

    def matches(self, text: str, places: Mapping[str, list[int]]) -> Iterator[re.Match[str]]:
        """Yield the matches in a folded text, whose words stand at `places` (`places_of`), in its order; they may overlap."""
        if not self.first:
            if self.anchor in text:
                yield from self.pattern.finditer(text)
            return
        for place in sorted(place for word in self.first if word in places for place in places[word])[:_MOST_PLACES]:
            match = self.pattern.match(text, place)
            if match is not None:
                yield match


class PhraseList:
    """Phrases in order, by words of which each needs one: of hundreds, a text has to be searched for the few that it can hold."""

    __slots__ = ("_by_word", "_unkeyed", "_without", "_words", "phrases")

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Index the phrases."""
        self.phrases = tuple(phrases)
        self._by_word: dict[str, list[int]] = {}
        self._without: list[int] = []
        for place, phrase in enumerate(self.phrases):
            keys = phrase.keys
            for word in keys:
                self._by_word.setdefault(word, []).append(place)
            if not keys:
                self._without.append(place)
        self._words = frozenset(self._by_word)
        self._unkeyed = [self.phrases[place] for place in self._without]

    def among(self, words: frozenset[str]) -> list[Phrase]:
        """Return those that may stand in a text with these words (`WORD`), in order."""
        if self._words.isdisjoint(words):
            return self._unkeyed
        held = words & self._words
        if len(held) == 1 and not self._without:
            (word,) = held
            return [self.phrases[place] for place in self._by_word[word]]
        places = set(self._without)
        for word in held:
            places.update(self._by_word[word])
        return [self.phrases[place] for place in sorted(places)]


@cache
def _common() -> frozenset[str]:
    """Return the words that stand in every other letter, in any language: to look by them finds too much."""
    return frozenset(word for words in load("languages").values() for word in words)


@cache
def compile_phrase(source: str, weight: float = 1.0) -> Phrase:
    """Compile one phrase."""
    needed = {word for word in _whole_words(source) if word.isascii()}
    longest = max(sorted(needed), key=len, default="")
    groups = tuple(_kept(group) for group in _word_groups(source))
    return Phrase(source, _expression(source)[1], longest, groups, weight, _kept(needed), _kept(_first_words(source)))


def _kept(words: Iterable[str]) -> tuple[str, ...]:
    """Return words in order, each kept once for all phrases."""
    return tuple(sys.intern(word) for word in sorted(words))


def _expression(source: str) -> tuple[str, str]:
    """Return the regular expression of a phrase, and the longest fixed text in it."""
    out: list[str] = []
    runs = [""]
    for group, optional, gap, word, star, blank, other in _TOKEN.findall(source):
        if group:
            out.append(f"(?:{_choices(group)})")
            runs.append("")
        elif optional:
            # An optional word brings its own blank: `in [the] end` is `in (?:the )?end`.
            out.append(f"(?:(?:{_choices(optional)}){_OPTIONAL}")
            runs.append("")
        elif gap:
            out.append(_GAP)
            runs.append("")
        elif word:
            out.append(_literal(word) + (r"\w*" if star else ""))
            first, *rest = _ACCENTED.split(word)
            runs[-1] += first
            runs.extend(rest)
            if star:
                runs.append("")
        elif blank:
            if out and out[-1].endswith(_OPTIONAL):
                continue
            out.append(r"\s" if not (out and out[-1] == _GAP) else r"\s?")
            runs.append("")
        else:
            out.append(re.escape(other))
            runs[-1] += other
    _close(out)
    if _EDGE_START.match(source):
        out[0] = _at_edge(out[0])
    end = r"\b" if _EDGE_END.search(source) or (source.endswith("]") and source[-2:-1].isalnum()) else ""
    return "".join(out) + end, max(runs, key=len)


def _at_edge(beginning: str) -> str:
    """Return the beginning of an expression so that it matches at the edge of a word only.

    An expression that begins with fixed text is searched for many times as fast as one that begins with an assertion: the edge is
    looked back for behind the fixed text.
    """
    fixed = _FIXED.match(beginning)
    return rf"{fixed[0]}(?<=\b{fixed[0]}){beginning[fixed.end() :]}" if fixed else rf"\b{beginning}"


def _close(out: list[str]) -> None:
    """Let optional words at the end of a phrase bring the blank before them: `in time [for us]` is found in `in time.`, too."""
    last: list[str] = []
    while out and out[-1].endswith(_OPTIONAL):
        last.insert(0, out.pop())
    if last and out and out[-1] == r"\s":
        out.pop()
        last = [rf"(?:\s{piece[3 : -len(_OPTIONAL)]})?" for piece in last]
    out.extend(last)


def _whole_words(source: str) -> frozenset[str]:
    fixed = _GROUPS.sub(" * ", source)
    return frozenset(word for word in fixed.split() if WORD.fullmatch(word))


def _spellings(word: str) -> frozenset[str]:
    """Return how a word may stand in a text: as it is, without its accents, with two letters for one."""
    if word.isascii():
        return frozenset({word})
    return frozenset({word, "".join(map(_bare, word)), "".join(_DIGRAPHS.get(char, _bare(char)) for char in word)})


def _bare(char: str) -> str:
    return unicodedata.normalize("NFD", char)[0]


def _literal(text: str) -> str:
    """Return an expression for fixed text, with or without its accents."""
    return "".join(char if char.isascii() and char.isalnum() else _character(char) for char in text)


def _character(char: str) -> str:
    forms = sorted({char, _bare(char), _DIGRAPHS.get(char, char)})
    return re.escape(char) if len(forms) == 1 else f"(?:{'|'.join(map(re.escape, forms))})"


def _first_words(source: str) -> frozenset[str]:
    """Return the words of which one begins every match, or nothing where the phrase may begin otherwise."""
    match = _BEGINNING.match(source)
    if match is None:
        return frozenset()
    firsts = [_FIRST.match(choice) for choice in (match[1] or match[2]).split("|")]
    if not all(firsts):
        return frozenset()
    return frozenset(form for first in firsts if first for form in _spellings(first[0]))


def _word_groups(source: str) -> tuple[frozenset[str], ...]:
    """Return the sets of words that the alternations of a phrase ask for, where all their choices hold a whole word."""
    found = []
    for group in re.findall(r"(?<!\S)\(([^()]*)\)(?!\S)", source):
        words = [max(sorted(_whole_words(choice)), key=len, default="") for choice in group.split("|")]
        if all(words):
            found.append(frozenset(form for word in words for form in _spellings(word)))
    found.extend(_spellings(word) for word in sorted(_whole_words(source)) if not word.isascii())
    return tuple(found)


def _choices(text: str) -> str:
    return "|".join(r"\s".join(_literal(word) for word in item.split(" ")).replace(r"\*", r"\w*") for item in text.split("|"))


def fold(text: str) -> str:
    """Return text as phrases are compared with: lower case, straight quotes, wrapped lines joined, single blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        for quote, plain in _QUOTES:  # far faster than `translate`, for few of them are there
            text = text.replace(quote, plain)
    return _SPACES.sub(" ", unwrap(text).lower())


def places_of(folded: str) -> dict[str, list[int]]:
    """Return where each word of a folded text stands; what an elision joins (`l'entretien`) stands by itself, too."""
    found: dict[str, list[int]] = {}
    for match in WORD.finditer(folded):
        word = match[0]
        found.setdefault(word, []).append(match.start())
        if "'" in word:
            before, _, after = word.partition("'")
            found.setdefault(before, []).append(match.start())
            found.setdefault(after, []).append(match.start() + len(before) + 1)
    return found


def words_of(folded: str) -> frozenset[str]:
    """Return the words of a folded text; what an elision joins (`l'entretien`) stands by itself, too."""
    words = frozenset(WORD.findall(folded))
    return words.union(part for word in words if "'" in word for part in word.split("'")) if "'" in folded else words


def unwrap(text: str) -> str:
    """Join lines that were wrapped at the right margin; keep those that end a paragraph or an item."""
    return _unwrapped(text) if "\n" in text else text.strip()


@lru_cache(maxsize=4)
def _unwrapped(text: str) -> str:
    """Do so; the last few are kept, for a mail is folded, read and parted into sentences one after the other."""
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
        goes_on = goes_on and _LABEL.match(following) is None
        out.append(" " if wrapped and goes_on else "\n")
    return "".join(out)


def sentences(text: str) -> list[str]:
    """Split text into sentences at their ends and at line ends; abbreviations and initials do not end one."""
    found: list[str] = []
    for line in unwrap(text).split("\n"):
        pending = ""
        for piece in _SENTENCE.split(line):
            pending = f"{pending} {piece}".strip() if pending else piece.strip()
            if pending and not (pending[-1] == "." and _ABBREVIATION.search(pending, max(0, len(pending) - _LONGEST_SHORT))):
                found.append(pending)
                pending = ""
        if pending:
            found.append(pending)
    return found


def phrases(sources: Iterable[str], weight: float = 1.0) -> tuple[Phrase, ...]:
    """Compile several."""
    return tuple(compile_phrase(source, weight) for source in sources)
