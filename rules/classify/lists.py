"""The phrase lists of each language, read when a mail of that language first asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rules.phrases.grammar import Phrase, PhraseList, compile_phrase
from rules.phrases.load import load_of

__all__ = ["Guards", "KindIndex", "KindPhrases", "Listed", "automatic_phrases", "guards_of", "kind_index", "kind_phrases"]

_NAMED = re.compile(r"<(\w+)>")
_NEVER = re.compile(r"(?!)")
_PLACES = ("subject", "strong", "plain")


@dataclass(frozen=True, slots=True)
class Guards:
    """What takes the force out of a phrase, in one language; the table `guards` of `kinds.toml` says which is which."""

    conditional: re.Pattern[str]
    denied: re.Pattern[str]
    inside: re.Pattern[str]
    announced: re.Pattern[str]
    waiting: re.Pattern[str]
    instruction: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class KindPhrases:
    """What speaks for one kind of mail, in one language."""

    subject: tuple[Phrase, ...]
    strong: tuple[Phrase, ...]
    plain: tuple[Phrase, ...]
    firm: bool
    final: bool
    announced: bool
    self_service: bool
    guards: Guards


@cache
def kind_phrases(language: str) -> Mapping[str, KindPhrases]:
    """Return the phrases of each kind in a language (ISO 639-1), by the name of the kind; empty for one without lists."""
    tables = dict(load_of(language, "kinds"))
    words = tables.pop("words", {})
    tables.pop("guards", None)
    guards = guards_of(language)
    return {kind: _kind(table, words, guards) for kind, table in tables.items()}


@cache
def guards_of(language: str) -> Guards:
    """Return what takes the force out of a phrase in a language."""
    tables = load_of(language, "kinds")
    return _guards(tables.get("guards", {}), tables.get("words", {}))


def _kind(table: Mapping[str, Any], words: Mapping[str, str], guards: Guards) -> KindPhrases:
    subject, strong, plain = (
        tuple(compile_phrase(_spelled_out(source, words)) for source in table.get(place, ())) for place in _PLACES
    )
    return KindPhrases(
        subject,
        strong,
        plain,
        firm=table.get("firm", False),
        final=table.get("final", False),
        announced=table.get("announced", False),
        self_service=table.get("self_service", False),
        guards=guards,
    )


def _guards(table: Mapping[str, list[str]], words: Mapping[str, str]) -> Guards:
    def any_of(name: str) -> str:
        return "|".join(compile_phrase(_spelled_out(source, words)).expression for source in table.get(name, ()))

    denied, fillers = any_of("denied"), any_of("fillers")
    opening, instruction = any_of("opening"), any_of("instruction")
    told = [rf"^\W*(?:{opening})"] if opening else []
    return Guards(
        conditional=_pattern(any_of("conditional")),
        denied=_pattern(rf"(?:{denied})(?: (?:{fillers}))*\s*$" if denied and fillers else denied and rf"(?:{denied})\s*$"),
        inside=_pattern(any_of("inside")),
        announced=_pattern(any_of("announced")),
        waiting=_pattern(any_of("waiting")),
        instruction=_pattern("|".join([*told, *([instruction] if instruction else []), "https?:"])),
    )


def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression) if expression else _NEVER


def _spelled_out(source: str, words: Mapping[str, str]) -> str:
    """Put the words of `<name>` into a phrase."""
    return _NAMED.sub(lambda match: f"({words[match[1]]})", source)


@cache
def automatic_phrases(language: str, name: str) -> PhraseList:
    """Return one list of `automatic.toml` in a language; empty for one without lists."""
    sources: Iterable[str] = load_of(language, "automatic").get(name, ())
    return PhraseList(compile_phrase(source) for source in sources)


@dataclass(frozen=True, slots=True)
class Listed:
    """A phrase and the place it stands in: of which kind it speaks, and how strongly."""

    kind: str
    strong: bool
    phrase: Phrase
    rules: KindPhrases


class KindIndex:
    """The phrases of all kinds of a language in one index, so that the words of a text are looked up once and not once a kind."""

    __slots__ = ("_by_word", "_listed", "_without")

    def __init__(self, listed: Iterable[Listed]) -> None:
        """Index the phrases."""
        self._listed = tuple(listed)
        self._by_word: dict[str, list[int]] = {}
        self._without: list[int] = []
        for place, item in enumerate(self._listed):
            keys = item.phrase.keys
            for word in keys:
                self._by_word.setdefault(word, []).append(place)
            if not keys:
                self._without.append(place)

    def among(self, words: frozenset[str]) -> list[Listed]:
        """Return the phrases that may stand in a text with these words, in order."""
        by_word = self._by_word
        places = {*self._without, *(place for word in words & by_word.keys() for place in by_word[word])}
        listed = self._listed
        return [listed[place] for place in sorted(places)]


@cache
def kind_index(language: str, *, subject: bool) -> KindIndex:
    """Return the index of what speaks for any kind in a language: in the subject, or in the text."""
    listed = []
    for kind, rules in kind_phrases(language).items():
        if subject:
            listed += [Listed(kind, True, phrase, rules) for phrase in rules.subject]
        else:
            listed += [Listed(kind, True, phrase, rules) for phrase in rules.strong]
            listed += [Listed(kind, False, phrase, rules) for phrase in rules.plain]
    return KindIndex(listed)
