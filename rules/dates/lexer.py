"""Folded text as a row of tokens, each with the letter of its class."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from rules.dates.lexicon import STARTER, TOKEN, Lexicon, lexicon_of

__all__ = ["Lexed", "lex"]

_MOST = 64 * 1024
_PLACE = re.compile(r"[aF]\.?:? (?:o\.? )?[nj](?:[./-][nj])?(?![n:hc]| ?[UcA])|(?<![:.])[nu][.o]{0,2} ?F")
"""A room or a floor with its number: `room 2.04`, `19th floor`, `3. Etage`."""
_HOUR = re.compile(r"(?<=G )[Mm](?![^ ,.;:!)\n])")
"""A month that is a number as well, where a time is due: `\u00e0s dez e meia`."""
_ATTRIBUTION = re.compile(r"(?:^|\n)[^\n]{0,80};[^ \n;]{1,60}k[^ \n;]{1,80};[^\n]{0,120}:(?=\n|$)")
"""The line above a quotation, with an address in angle brackets and the time of what is quoted."""
_SHORT_HALF = re.compile(r"(?<=n)z")
_HALVES = frozenset("ap")
"""Of `2:30p`."""
_FOUR_DIGITS = re.compile(r"(?<=[kGMW] )j(?= ?(?:[fkU(c.,;!)\n]|$))|(?<![nyju$:./,-])j(?= ?[Uc])")
_DIGITS, _DAY, _HOUR_LENGTH = 4, 24, 60
_SENT = re.compile(r"(?:^|\n)[ ;]*x:?[^\n]*")


@dataclass(frozen=True, slots=True)
class Lexed:
    """A text in tokens: `classes` has one letter a token, so that a grammar of letters is a grammar of tokens."""

    tokens: list[str]
    classes: str
    starts: list[int]
    """Where each token stands in the text; one more at the end."""
    lexicon: Lexicon

    def value(self, place: int, kind: str = "") -> Any:
        """Return what the token at a place stands for, in its own class or in another one that it has too; None if in neither."""
        return self.lexicon.value(kind or self.classes[place], self.tokens[place])

    def is_a(self, kind: str, place: int) -> bool:
        """Say whether the token at a place has a value in a class."""
        return place < len(self.tokens) and (kind, self.tokens[place]) in self.lexicon.values

    def is_late(self, place: int) -> bool:
        """Say whether the token at a place, or the last word of it, names the later half of a day: `evening`, `freitagabend`."""
        return ("%", self.tokens[place].rpartition(" ")[2]) in self.lexicon.values

    def number(self, place: int) -> int:
        """Return the number at a place, in digits or as a word; -1 where there is none."""
        token = self.tokens[place]
        return int(token) if token.isdecimal() else int(self.lexicon.values.get(("u", token), -1))

    def masked(self, spans: list[tuple[int, int]]) -> Lexed:
        """Return the same with the tokens of some spans (places) put out of the grammar's reach."""
        classes = self.classes
        for first, last in spans:
            classes = f"{classes[:first]}{'#' * (last - first)}{classes[last:]}"
        return Lexed(self.tokens, classes, self.starts, self.lexicon)


@lru_cache(maxsize=8)
def lex(text: str, languages: tuple[str, ...]) -> Lexed:
    """Return the tokens of folded text, of which the first 64 KiB count. Lines that tell when a mail was sent are masked."""
    lexicon = lexicon_of(languages)
    tokens = TOKEN.findall(text[:_MOST])
    known = lexicon.classes.get
    classes = "".join([known(token, "z") for token in tokens])
    if STARTER in classes:
        tokens, classes = _joined(tokens, classes, lexicon)
    starts = [0, *accumulate(map(len, tokens))]
    if "nz" in classes:
        classes = _SHORT_HALF.sub(lambda match: "A" if tokens[match.start()] in _HALVES else "z", classes)
    if "j" in classes:
        tokens, classes = _parted(tokens, classes)
        starts = [0, *accumulate(map(len, tokens))]
    if "a" in classes or "F" in classes:
        classes = _PLACE.sub(lambda match: re.sub(r"[nyju]", "z", match[0]), classes)
    if "G" in classes:
        classes = _HOUR.sub(lambda match: "u" if ("u", tokens[match.start()]) in lexicon.values else match[0], classes)
    found = Lexed(tokens, classes, starts, lexicon)
    masks = [match.span() for match in _SENT.finditer(classes)] if "x" in classes else []
    if "@" in tokens:
        masks += [match.span() for match in _ATTRIBUTION.finditer(classes)]
    return found.masked(masks) if masks else found


def _parted(tokens: list[str], classes: str) -> tuple[list[str], str]:
    """Part what is hours and minutes in one number, where words make it a time: `at 1430`, `1000 hrs`."""
    tokens, kinds = list(tokens), list(classes)
    for match in reversed(list(_FOUR_DIGITS.finditer(classes))):
        place = match.start()
        written = tokens[place]
        if len(written) == _DIGITS and int(written[:2]) < _DAY and int(written[2:]) < _HOUR_LENGTH:
            tokens[place : place + 1] = [written[:2], "", written[2:]]
            kinds[place : place + 1] = "n:n"
    return tokens, "".join(kinds)


def _joined(tokens: list[str], classes: str, lexicon: Lexicon) -> tuple[list[str], str]:
    """Put words of several tokens together."""
    kinds = list(classes)
    words: list[tuple[int, int]] = []
    last = len(tokens) - 2
    place = classes.find(STARTER)
    while place >= 0:
        first = tokens[place]
        kinds[place] = lexicon.single[first]
        following = place + 1
        if place < last and tokens[place + 2] in lexicon.thirds[first]:
            for word, kind in lexicon.longer_words(first, tokens[place + 2]):
                if tokens[place : place + len(word)] == word:
                    following = place + len(word)
                    kinds[place] = kind
                    words.append((place, following))
                    break
        place = classes.find(STARTER, following)
    for first_place, end in reversed(words):
        tokens[first_place:end] = ["".join(tokens[first_place:end])]
        del kinds[first_place + 1 : end]
    return tokens, "".join(kinds)
