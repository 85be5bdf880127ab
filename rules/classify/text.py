"""The visible text of a message, made ready for looking up phrases."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache

from rules.classify.prefilter import LANGUAGES
from rules.language import languages_of
from rules.mail.types import Message
from rules.phrases.grammar import WORD, Phrase, PhraseList, compile_phrase, fold
from rules.phrases.load import load

__all__ = ["Text", "automatic_phrases", "kind_phrases", "text_of"]

_END = re.compile(r"[.!?][\"')\]]*\s+|\n+")
_HYPOTHETICAL = re.compile(
    r"\b(?:if|unless|should (?:you|your|we|the)|whether|in case|in the event|once|only (?:those|candidates|applicants)"
    r"|would be|might|may|until|as soon as)\b"
)
_DENIED = re.compile(r"(?:\bnot|\bnever|\bhardly|n't)(?: (?:yet|really|currently|been|be|to|able|going|quite))*\s*$")
_WAITING = re.compile(r"\b(?:until|till|before|yet)\b")
_SELF_SERVICE = re.compile(
    r"^\W*(?:need|want|wish|have|would you like) to\b|^\W*to (?:cancel|reschedule|change|move)\b"
    r"|\byou(?:'d)? (?:can|may|could|need|want|wish|like)\b"
    r"|\b(?:click|links?|buttons?)\b|https?:|\b(?:cancel|reschedule) or (?:cancel|reschedule)\b"
)
_ABOUT = 32
_NAMED = re.compile(r"<(\w+)>")
_SIGNATURE = re.compile(r"\n-- ?\n")
_MAX = 12 * 1024


class Text:
    """Folded text with its sentences."""

    __slots__ = ("folded", "languages", "starts", "subject", "words")

    def __init__(self, subject: str, body: str) -> None:
        """Fold subject and body."""
        self.subject = fold(subject)
        self.folded = fold(_SIGNATURE.split(body, maxsplit=1)[0][:_MAX])
        self.words = frozenset(WORD.findall(self.folded))
        self.languages = languages_of(self.words.union(WORD.findall(self.subject)))
        self.starts = [0, *(match.end() for match in _END.finditer(self.folded))]

    def sentence(self, position: int) -> str:
        """Return the sentence that stands at an offset of `folded`."""
        index = bisect_right(self.starts, position)
        end = self.starts[index] if index < len(self.starts) else len(self.folded)
        return self.folded[self.starts[index - 1] : end].strip()

    def find(self, phrase: Phrase, *, firm: bool = False, final: bool = False, self_service: bool = False) -> str:
        """Return the words that a phrase matches in the body, or an empty string.

        `firm` passes over what is conditional or denied, `final` over what only waits for something, `self_service` over how a
        candidate would do it.
        """
        words = self.words
        if not phrase.needed <= words or any(words.isdisjoint(group) for group in phrase.groups):
            return ""
        if not phrase.word and phrase.anchor not in self.folded:
            return ""
        for match in phrase.pattern.finditer(self.folded):
            if firm and self._hypothetical(match.start()):
                continue
            if final and self._waiting(match.end()):
                continue
            if self_service and _SELF_SERVICE.search(self.sentence(match.start())):
                continue
            return match[0]
        return ""

    def _hypothetical(self, position: int) -> bool:
        """Say whether what stands at an offset is behind an `if` in its sentence, or denied by the words before it."""
        start = self.starts[bisect_right(self.starts, position) - 1]
        if _DENIED.search(self.folded, max(start, position - _ABOUT), position):
            return True
        return _HYPOTHETICAL.search(self.folded, start, position) is not None

    def _waiting(self, position: int) -> bool:
        """Say whether the sentence goes on, behind an offset, with what is waited for."""
        index = bisect_right(self.starts, max(0, position - 1))
        end = self.starts[index] if index < len(self.starts) else len(self.folded)
        return _WAITING.search(self.folded, position, end) is not None


@lru_cache(maxsize=64)
def _text(subject: str, body: str) -> Text:
    return Text(subject, body)


def text_of(message: Message) -> Text:
    """Return the text of a message; the last few are kept, for classify and extract ask one after the other."""
    return _text(message.envelope.subject, message.text)


@dataclass(frozen=True, slots=True)
class KindPhrases:
    """What speaks for one kind of mail."""

    subject: PhraseList
    strong: PhraseList
    plain: PhraseList
    firm: bool
    final: bool
    self_service: bool


@cache
def kind_phrases() -> dict[str, KindPhrases]:
    """Return the phrases of each kind, over all languages."""
    found: dict[str, KindPhrases] = {}
    for language in LANGUAGES:
        tables = dict(load(f"{language}/kinds"))
        words = tables.pop("words")
        for kind, table in tables.items():
            held = found.get(kind)
            places = {
                place: PhraseList(
                    (
                        *(getattr(held, place).phrases if held else ()),
                        *(compile_phrase(_spelled_out(source, words)) for source in table[place]),
                    )
                )
                for place in ("subject", "strong", "plain")
            }
            found[kind] = KindPhrases(
                **places,
                firm=table["firm"],
                final=table.get("final", False),
                self_service=table.get("self_service", False),
            )
    return found


def _spelled_out(source: str, words: dict[str, str]) -> str:
    """Put the words of `<name>` into a phrase."""
    return _NAMED.sub(lambda match: f"({words[match[1]]})", source)


@cache
def automatic_phrases(name: str) -> tuple[Phrase, ...]:
    """Return one list of `automatic.toml`, over all languages."""
    return tuple(compile_phrase(source) for language in LANGUAGES for source in load(f"{language}/automatic")[name])
