"""The visible text of a message, made ready for looking up phrases."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache, lru_cache

from rules.classify.prefilter import LANGUAGES
from rules.mail.types import Message
from rules.phrases.grammar import WORD, Phrase, compile_phrase, fold
from rules.phrases.load import load

__all__ = ["Text", "automatic_phrases", "kind_phrases", "text_of"]

_END = re.compile(r"[.!?][\"')\]]*\s+|\n+")
_HYPOTHETICAL = re.compile(
    r"\b(?:if|unless|should (?:you|your|we|the)|whether|in case|in the event|once|only (?:those|candidates|applicants)"
    r"|would be|might|may|until|as soon as)\b"
)
_SIGNATURE = re.compile(r"\n-- ?\n")
_MAX = 12 * 1024


class Text:
    """Folded text with its sentences."""

    __slots__ = ("folded", "starts", "subject", "words")

    def __init__(self, subject: str, body: str) -> None:
        """Fold subject and body."""
        self.subject = fold(subject)
        self.folded = fold(_SIGNATURE.split(body, maxsplit=1)[0][:_MAX])
        self.words = frozenset(WORD.findall(self.folded))
        self.starts = [0, *(match.end() for match in _END.finditer(self.folded))]

    def sentence(self, position: int) -> str:
        """Return the sentence that stands at an offset of `folded`."""
        index = bisect_right(self.starts, position)
        end = self.starts[index] if index < len(self.starts) else len(self.folded)
        return self.folded[self.starts[index - 1] : end].strip()

    def find(self, phrase: Phrase, *, firm: bool = False) -> str:
        """Return the words that a phrase matches in the body, or an empty string; `firm` passes over conditional sentences."""
        words = self.words
        if (phrase.word and phrase.word not in words) or any(words.isdisjoint(group) for group in phrase.groups):
            return ""
        if not phrase.word and phrase.anchor not in self.folded:
            return ""
        for match in phrase.pattern.finditer(self.folded):
            if not (firm and self._hypothetical(match.start())):
                return match[0]
        return ""

    def _hypothetical(self, position: int) -> bool:
        """Say whether what stands at an offset is behind an `if` in its sentence."""
        start = self.starts[bisect_right(self.starts, position) - 1]
        return _HYPOTHETICAL.search(self.folded, start, position) is not None


@lru_cache(maxsize=64)
def _text(subject: str, body: str) -> Text:
    return Text(subject, body)


def text_of(message: Message) -> Text:
    """Return the text of a message; the last few are kept, for classify and extract ask one after the other."""
    return _text(message.envelope.subject, message.text)


@cache
def kind_phrases() -> dict[str, dict[str, tuple[Phrase, ...]]]:
    """Return kind to place (`subject`, `strong`, `plain`) to phrases, over all languages."""
    found: dict[str, dict[str, tuple[Phrase, ...]]] = {}
    for language in LANGUAGES:
        for kind, table in load(f"{language}/kinds").items():
            places = found.setdefault(kind, {})
            for place in ("subject", "strong", "plain"):
                places[place] = places.get(place, ()) + tuple(compile_phrase(source) for source in table[place])
            places["firm"] = places.get("firm", ()) or ((compile_phrase("firm"),) if table["firm"] else ())
    return found


@cache
def automatic_phrases(name: str) -> tuple[Phrase, ...]:
    """Return one list of `automatic.toml`, over all languages."""
    return tuple(compile_phrase(source) for language in LANGUAGES for source in load(f"{language}/automatic")[name])
