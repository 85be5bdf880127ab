"""The words by which promises are told, of one language (`rules/phrases/<language>/promises.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from rules.phrases.grammar import PhraseList, compile_phrase, words_of
from rules.phrases.load import load

__all__ = ["PromiseWords", "found_in", "promise_words"]

_UNITS = {"hour": 0, "day": 1, "week": 7, "month": 30}
"""Calendar days of each unit; hours are told in tens and mean days."""


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """The lists of one language."""

    subject: frozenset[str]
    ours: frozenset[str]
    by: frozenset[str]
    article: frozenset[str]
    until: frozenset[str]
    lasting: frozenset[str]
    after: frozenset[str]
    around: frozenset[str]
    each: frozenset[str]
    lists: dict[str, PhraseList]
    speaking: PhraseList
    """All phrases of which a sentence needs one to say anything of the kind."""
    counted: re.Pattern[str]
    """`within two to three weeks`; the groups `low` and `high` are numbers, `hour`, `day`, `week`, `month` the unit."""
    length: re.Pattern[str]
    """The same without the word before it: `two to three weeks`."""
    number: re.Pattern[str]
    """The number of a day that stands by itself: `before the 15`, `ab dem 17.`"""
    marked: str
    """What must follow such a number: a dot, `,` for the end of a clause, or nothing."""
    week_later: re.Pattern[str]
    numbers: dict[str, int]
    time_words: frozenset[str]
    """The words of which days, periods and lengths are made."""

    def tells_time(self, plain: str, words: frozenset[str]) -> bool:
        """Say whether folded text without digits may name a time at all: without one, nothing is promised."""
        if not self.time_words.isdisjoint(words):
            return True
        return any(phrase.search(plain) for name in ("vague", "days") for phrase in self.lists[name].among(words))

    def count(self, match: re.Match[str]) -> int:
        """Return the larger number of what `counted` or `length` found."""
        number = match["high"] or match["low"]
        return int(number) if number.isdecimal() else self.numbers[number]

    def span(self, match: re.Match[str]) -> int:
        """Return the calendar days of what `counted` or `length` found."""
        count = self.count(match)
        unit = next(unit for unit in _UNITS if match[unit])
        return count * _UNITS[unit] if _UNITS[unit] else -(-count // 24)


def found_in(words: frozenset[str], phrases: PhraseList, text: str) -> list[re.Match[str]]:
    """Return the first match of each phrase of a list in folded text with these words."""
    return [match for phrase in phrases.among(words) if (match := phrase.search(text)) is not None]


@cache
def promise_words(language: str) -> PromiseWords:
    """Return the lists of a language (ISO 639-1)."""
    table = load(f"{language}/promises")
    time_words = load(f"{language}/dates")
    lists = {name: PhraseList(map(compile_phrase, table[name])) for name in _PHRASES}
    numbers = {word: number for number, words in enumerate(time_words["numbers"], start=1) for word in words}
    numbers.update(table["numerals"])
    number = rf"\d{{1,2}}|{_any(numbers)}"
    units = "|".join(f"(?P<{unit}>{_any(table[unit])})" for unit in _UNITS)
    before = [word for name in ("by", "after", "around", "lasting") for word in table[name]]
    length = (
        rf"(?:(?:{_any(table['about'])})\s){{0,2}}(?P<low>{number})(?:\s?(?:{_any(table['range'])})\s?(?P<high>{number}))?(?:\s(?:{_any(table['bound'])}))?"
        rf"\s?(?:(?:{_any(table['working'])})\s){{0,2}}(?:{units})\b"
    )
    return PromiseWords(
        subject=frozenset(table["subject"]),
        ours=frozenset(table["ours"]),
        by=frozenset(table["by"]),
        article=frozenset(table["article"]),
        until=frozenset(time_words["until"]),
        lasting=frozenset(table["lasting"]),
        after=frozenset(table["after"]),
        around=frozenset(table["around"]),
        each=frozenset(table["each"]),
        lists=lists,
        speaking=PhraseList(phrase for name in _SPEAKING for phrase in lists[name].phrases),
        counted=re.compile(rf"\b(?:{_any(table['within'])})\s{length}"),
        length=re.compile(rf"\b{length}"),
        number=re.compile(
            rf"\b(?:(?:{_any(before)})\s(?:(?:{_any(table['article'])})\s)?"
            rf"|(?:{_any(table['on'])})\s)(?P<day>[12]?\d|3[01])(?P<mark>\.?)(?![\w.:/%-])"
            rf"(?!\.?\s?(?:{_any((*table['no_day'], *(word for unit in _UNITS for word in table[unit])))})(?!\w))"
        ),
        marked=table["marked"],
        week_later=re.compile(rf" (?:{_any(table['week_later'])})\b"),
        numbers=numbers,
        time_words=frozenset(word for name in _TIMES for word in _words(time_words[name]))
        | frozenset(word for unit in _UNITS for word in table[unit]),
    )


_PHRASES = (
    "answer", "asked", "meeting", "past", "waiting", "days", "vague", "away", "returning", "unheard", "invite", "questions",
    "grant", "elsewhere", "present", "stays", "back", "silence", "hint", "call", "closed", "closing",
)  # fmt: skip

_TIMES = (
    "weekdays", "weekday_words", "months", "month_words", "today", "tomorrow", "overmorrow", "whole_day", "week", "month", "year",
    "this_week", "next_week", "week_after_next", "end_of_day", "end_of_week", "end_of_month", "week_number",
)  # fmt: skip

_SPEAKING = ("answer", "away", "returning", "unheard", "invite", "grant")


def _words(entries: Iterable[object]) -> Iterator[str]:
    """Yield the words of a list, or of a list of lists, in the way that `words_of` finds them."""
    for entry in entries:
        yield from words_of(entry) if isinstance(entry, str) else _words(entry)  # type: ignore[arg-type]  # lists hold lists


def _any(words: object) -> str:
    return "|".join(re.escape(word) for word in sorted(map(str, words), key=len, reverse=True))  # type: ignore[call-overload]
