"""The visible text of a message, made ready for looking up phrases."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from rules.classify.lists import Guards, KindPhrases, automatic_phrases, guards_of
from rules.language import languages_of
from rules.mail.types import Message
from rules.phrases.grammar import Phrase, fold, places_of, words_of

__all__ = ["Text", "text_of"]

_END = re.compile(r"(?:(?<!\s\d)(?<!\s\d\d)\.|[!?])[\"')\]]*\s+|\n+")
"""The end of a sentence; the point of an ordinal (`am 8. Dezember`) is none."""
_ABOUT = 32
_REACH = 400
"""How far around a phrase its sentence is looked at, in characters, however long it goes on."""
_SIGNATURE = re.compile(r"\n-- ?\n")
_MAX = 12 * 1024


class Text:
    """Folded text with its sentences. `languages` are the likely ones, the likeliest first; only their lists are asked."""

    __slots__ = ("_places", "_starts", "folded", "languages", "subject", "subject_words", "words")

    def __init__(self, subject: str, body: str) -> None:
        """Fold subject and body."""
        self.subject = fold(subject)
        self.folded = fold(_SIGNATURE.split(body, maxsplit=1)[0][:_MAX])
        self.words = words_of(self.folded)
        self.subject_words = words_of(self.subject)
        self.languages = languages_of(self.words | self.subject_words)
        self._places: dict[str, list[int]] | None = None
        self._starts: list[int] = []

    @property
    def starts(self) -> list[int]:
        """Return where the sentences of `folded` begin."""
        if not self._starts:
            self._starts = [0, *(match.end() for match in _END.finditer(self.folded))]
        return self._starts

    def index(self) -> None:
        """Note where each word stands: worth it where hundreds of phrases are looked up."""
        if self._places is None:
            self._places = places_of(self.folded)

    def sentence(self, position: int) -> str:
        """Return the sentence that stands at an offset of `folded`; of an endless one, what is near."""
        index = bisect_right(self.starts, position)
        end = self.starts[index] if index < len(self.starts) else len(self.folded)
        return self.folded[max(self.starts[index - 1], position - _REACH) : min(end, position + _REACH)].strip()

    def find(self, phrase: Phrase, rules: KindPhrases | None = None) -> re.Match[str] | None:
        """Return where a phrase stands in the body, or None. What the guards of `rules` take the force out of is passed over."""
        words = self.words
        if not words.issuperset(phrase.needed):
            return None
        for group in phrase.groups:
            if words.isdisjoint(group):
                return None
        if not phrase.word and phrase.anchor not in self.folded:
            return None
        found = phrase.pattern.finditer(self.folded) if self._places is None else phrase.matches(self.folded, self._places)
        for match in found:
            if rules is None or not self._passed_over(phrase, match, rules):
                return match
        return None

    def has(self, name: str, *, firm: bool = False) -> bool:
        """Say whether one phrase of a list of `automatic.toml` stands in the body; `firm`: neither denied nor behind an `if`."""
        return next(self.holding(name, firm=firm), None) is not None

    def holding(self, name: str, *, firm: bool = False) -> Iterator[re.Match[str]]:
        """Yield where the phrases of a list of `automatic.toml` stand in the body, each once."""
        for language in self.languages:
            guards = guards_of(language)
            for phrase in automatic_phrases(language, name).among(self.words):
                match = self.find(phrase)
                if match is not None and not (firm and self._hypothetical(match.start(), guards)):
                    yield match

    def in_subject(self, name: str) -> Iterator[re.Match[str]]:
        """Yield where the phrases of a list of `automatic.toml` stand in the subject, each once."""
        for language in self.languages:
            for phrase in automatic_phrases(language, name).among(self.subject_words):
                match = phrase.search(self.subject)
                if match is not None:
                    yield match

    def quoting(self, quoted: str, name: str) -> Iterator[re.Match[str]]:
        """Yield where the phrases of a list of `automatic.toml` stand in the quoted tail of the mail."""
        if quoted:
            folded = fold(quoted)
            words = words_of(folded)
            for language in self.languages:
                for phrase in automatic_phrases(language, name).among(words):
                    match = phrase.search(folded)
                    if match is not None:
                        yield match

    def _passed_over(self, phrase: Phrase, match: re.Match[str], rules: KindPhrases) -> bool:
        guards = rules.guards
        if rules.firm and (self._hypothetical(match.start(), guards) or _denied_inside(phrase, match, guards)):
            return True
        if rules.announced and self._before(match.start(), guards.announced):
            return True
        if rules.final and self._waiting(match.end(), guards):
            return True
        return rules.self_service and guards.instruction.search(self.sentence(match.start())) is not None

    def _hypothetical(self, position: int, guards: Guards) -> bool:
        """Say whether what stands at an offset is behind an `if` in its sentence, or denied by the words before it."""
        start = self.starts[bisect_right(self.starts, position) - 1]
        if guards.denied.search(self.folded, max(start, position - _ABOUT), position):
            return True
        return self._before(position, guards.conditional)

    def _before(self, position: int, pattern: re.Pattern[str]) -> bool:
        """Say whether a pattern is found in the sentence before an offset."""
        start = self.starts[bisect_right(self.starts, position) - 1]
        return pattern.search(self.folded, max(start, position - _REACH), position) is not None

    def _waiting(self, position: int, guards: Guards) -> bool:
        """Say whether the sentence goes on, behind an offset, with what is waited for."""
        index = bisect_right(self.starts, max(0, position - 1))
        end = self.starts[index] if index < len(self.starts) else len(self.folded)
        return guards.waiting.search(self.folded, position, min(end, position + _REACH)) is not None


def _denied_inside(phrase: Phrase, match: re.Match[str], guards: Guards) -> bool:
    """Say whether the gap of a phrase holds a `not` that the phrase itself does not name."""
    if "..." not in phrase.source:
        return False
    return guards.inside.search(match[0]) is not None and guards.inside.search(phrase.source) is None


@lru_cache(maxsize=8)
def _text(subject: str, body: str) -> Text:
    return Text(subject, body)


def text_of(message: Message) -> Text:
    """Return the text of a message; the last few are kept, for classify and extract ask one after the other."""
    return _text(message.envelope.subject, message.text)
