"""Finding the form's own words in what came back, wherever a mail program broke, marked or moved them.

They are looked for as runs of words, whatever stands between the words, so that a line that was wrapped, set in bold or written
in small letters is still known for ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache

from rules.notes.wording import Words, load_words

__all__ = ["END", "Anchor", "Piece", "fold_words", "is_part_of_form", "pieces"]

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_MOST_WORDS = 20_000
_LONGEST_WORD = 80
_JUNK_BEFORE = " *_=~([\"'#-\u2013\u2014\u2022\u00b7\u00a7"
_JUNK_BEHIND = " ?:.!)]*_=~#\"'\u2013\u2014-"
_CLOSING = re.compile(r"""[?:.!)\]*_"']{0,8} {0,8}[:=~#\u2013\u2014-]{0,8}[ *_]{0,8}""")
_SEPARATORS = ":-\u2013\u2014"
_ALIKE = 0.85
_LONGEST_HEADING = 12
_MOST_LOOKED_AT = 300
_SOME = 4
"""So many words of a line of ours in a row are ours."""
END = "end"
"""The anchor behind which nothing is read."""


@lru_cache(maxsize=8192)
def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word[:_LONGEST_WORD])
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without accents."""
    return tuple(_fold(match[0]) for match in _WORD.finditer(text.replace("\u2019", "'")))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of the form. `section` is what follows it: a heading (`well`), a question (`?rounds`), or a word for neither."""

    section: str
    words: tuple[str, ...]
    alone: bool = False
    """It counts only where it stands alone on its line, or before a colon."""
    anywhere: bool = False
    """It counts within a line, too: it is long enough to be nobody else's."""
    loose: bool = False
    """Text may follow it without a sign between, if it does not stand somewhere else by itself."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands on one line between two anchors: the user's own, perhaps empty."""

    section: str
    text: str
    line: int
    fresh: bool
    """An anchor stands before it on its line, or ended on it."""
    whole: int
    """Columns of the line as it stood."""


def _anchors(words: Words) -> Iterator[Anchor]:
    for name, heading in words.headings.items():
        yield Anchor(name, fold_words(heading["label"]), loose=True)
        yield Anchor(name, fold_words(heading["help"]), anywhere=True)
    for name, label in words.questions.items():
        yield Anchor(f"?{name}", fold_words(label), loose=True)
        if "(" in label:
            yield Anchor(f"?{name}", fold_words(label.partition("(")[0]), loose=True)
    for name, others in words.also.items():
        for other in others:
            yield Anchor(name, fold_words(other), alone=True)
    for name, line in words.lines.items():
        section = {"about": "about", "end": END, "save_prep": "top", "save_notes": "top"}.get(name, "aside")
        yield Anchor(section, fold_words(line), anywhere=name.startswith("save"))
    for line in words.checklist.values():
        yield Anchor("aside", fold_words(line), anywhere=len(fold_words(line)) > _SOME)


@cache
def _index(language: str) -> dict[str, tuple[Anchor, ...]]:
    found: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in _anchors(load_words(language)):
        found[anchor.words[0]].append(anchor)
    return {word: tuple(sorted(some, key=lambda item: -len(item.words))) for word, some in found.items()}


@cache
def _runs(language: str) -> frozenset[tuple[str, ...]]:
    """Return every run of four words that a longer line of the form holds."""
    lines = [anchor.words for anchor in _anchors(load_words(language)) if anchor.anywhere or anchor.loose]
    return frozenset(words[n : n + _SOME] for words in lines for n in range(len(words) - _SOME + 1))


def is_part_of_form(text: str, language: str = "en") -> bool:
    """Say whether a line is a rest of a line of ours: four words or more, each of them in a run of the form."""
    words = fold_words(text)
    runs = _runs(language)
    return len(words) >= _SOME and all(words[n : n + _SOME] in runs for n in range(len(words) - _SOME + 1))


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Hit:
    anchor: Anchor
    first: _Token
    last: _Token
    strict: bool


def _tokens(lines: Sequence[str]) -> list[_Token]:
    found: list[_Token] = []
    for number, line in enumerate(lines):
        found += [_Token(_fold(match[0]), number, match.start(), match.end()) for match in _WORD.finditer(line)]
        if len(found) > _MOST_WORDS:
            break
    return found


def _hits(lines: Sequence[str], language: str) -> list[_Hit]:
    tokens = _tokens(lines)
    index = _index(language)
    found: list[_Hit] = []
    place = 0
    while place < len(tokens):
        hit = _hit_at(lines, tokens, place, index.get(tokens[place].word, ()), found)
        if hit is None:
            place += 1
        else:
            found.append(hit)
            place += len(hit.anchor.words)
    found += _mistyped(tokens, found, language)
    found.sort(key=lambda hit: (hit.first.line, hit.first.start))
    strict = {hit.anchor.section for hit in found if hit.strict and not hit.anchor.anywhere}
    return [hit for hit in found if hit.strict or hit.anchor.section not in strict]


def _mistyped(tokens: Sequence[_Token], found: Sequence[_Hit], language: str) -> list[_Hit]:
    """Return the lines that are a heading but for a letter or two, of headings that stand nowhere as they should."""
    known = {hit.anchor.section for hit in found if hit.strict and not hit.anchor.anywhere}
    wanted = [(one, " ".join(one.words)) for one in _headings(language) if one.section not in known]
    taken = {line for hit in found for line in range(hit.first.line, hit.last.line + 1)}
    lines: dict[int, list[_Token]] = defaultdict(list)
    for token in tokens if wanted else ():
        if token.line not in taken:
            lines[token.line].append(token)
    hits: list[_Hit] = []
    for some in list(lines.values())[:_MOST_LOOKED_AT]:
        text = " ".join(token.word for token in some[: _LONGEST_HEADING + 1])
        for anchor, label in wanted:
            if len(some) == len(anchor.words) and SequenceMatcher(None, text, label, autojunk=False).ratio() >= _ALIKE:
                hits.append(_Hit(anchor, some[0], some[-1], strict=True))
                break
    return hits


@cache
def _headings(language: str) -> tuple[Anchor, ...]:
    headings = load_words(language).headings
    return tuple(Anchor(name, fold_words(heading["label"])) for name, heading in headings.items())


def _hit_at(
    lines: Sequence[str], tokens: Sequence[_Token], place: int, offered: Iterable[Anchor], before: Sequence[_Hit]
) -> _Hit | None:
    for anchor in offered:
        run = tokens[place : place + len(anchor.words)]
        if len(run) < len(anchor.words) or any(token.word != word for token, word in zip(run, anchor.words, strict=True)):
            continue
        first, last = run[0], run[-1]
        if last.line - first.line > len(run):
            continue
        if not anchor.anywhere and not _begins(lines, first, before):
            continue
        rest = lines[last.line][last.end :]
        # A question ends where its mark stands; a heading, where a sign or the line ends it.
        strict = not rest.strip(_JUNK_BEHIND) or rest.lstrip(" *_)\"'?").startswith(tuple(_SEPARATORS)) or anchor.anywhere
        strict = strict or rest.startswith(("?", ")"))
        if not strict and not anchor.loose and anchor.section != "about":
            continue
        return _Hit(anchor, first, last, strict or anchor.section == "about")
    return None


def _begins(lines: Sequence[str], first: _Token, before: Sequence[_Hit]) -> bool:
    """Say whether only signs, or another anchor, stand before a word on its line."""
    start = before[-1].last.end if before and before[-1].last.line == first.line else 0
    lead = lines[first.line][start : first.start]
    return not _WORD.search(lead) or re.fullmatch(r"\W{0,4}(?:\d{1,2}|o)[.)]?\W{1,8}", lead) is not None


def pieces(lines: Sequence[str], language: str = "en") -> list[Piece]:
    """Return what is the user's own, line by line, each piece with the section it stands in; ends with what is read no more."""
    hits = _hits(lines, language)
    found: list[Piece] = []
    section = "top"
    place = 0
    number = 0
    column = 0
    while number < len(lines):
        line = lines[number]
        hit = hits[place] if place < len(hits) else None
        fresh = column > 0
        if hit is None or hit.first.line > number:
            found.append(Piece(section, line[column:], number, fresh, len(line)))
            number, column = number + 1, 0
            continue
        lead = line[column : hit.first.start].rstrip(_JUNK_BEFORE)
        if _WORD.search(lead) and not re.fullmatch(r"\W*\d{1,2}\W*", lead):
            found.append(Piece(section, lead, number, fresh, len(line)))
        if hit.anchor.section == END:
            break
        section = hit.anchor.section
        place += 1
        number, column = hit.last.line, _behind(lines[hit.last.line], hit.last.end)
    return found


def _behind(line: str, column: int) -> int:
    """Return where the signs end that close an anchor."""
    closing = _CLOSING.match(line, column)
    return max(closing.end() if closing is not None else column, 1)
