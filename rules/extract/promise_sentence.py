"""A sentence of a mail, made ready to be read for a promise."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from rules.dates import Day, Period, days, periods
from rules.dates.reckoning import end_of_month
from rules.extract.promise_words import PromiseWords, found_in
from rules.language import LANGUAGES
from rules.phrases.grammar import fold, sentences, words_of
from rules.phrases.load import load

__all__ = ["Sentence", "split_sentences", "undotted"]

_LONGEST = 600
_LONGEST_SPLIT = 8
_NEAR = 40
_FAR = timedelta(days=400)
_SPLIT = re.compile(
    r"(?:\b(?P<day>\d{1,2})|\b(?:ca|bzw|inkl|evtl|ggf|dhr|mevr|mw|sra|srta|dott|env|resp|tel|z\.b|d\.h|u\.a))\.$", re.IGNORECASE
)
"""What ends with a dot and no sentence: `bis zum 3.` of `bis zum 3. März`."""
_PARTS = re.compile(r"; | - |: ")
_CLAUSE = re.compile(r", | - |; |: | (?:and|und|et|y|en|e|so|also|but|aber|mais|pero|maar|mas|ma) ")
_DOTTED = re.compile(r"(?<=\d)\.(?= )")
_FIRST_WORD = re.compile(r"[^\W\d_]+|\d")


class Sentence(NamedTuple):
    """A folded sentence, or what is left of it, and how to read it."""

    folded: str
    plain: str
    """The same without the dots of dates, which are no ends of a sentence."""
    words: frozenset[str]
    lists: PromiseWords
    made_on: date
    languages: tuple[str, ...]
    order: str | None
    telling: bool = False
    """It is of mail that is there to tell how things stand: fewer words say that an answer comes."""

    def has(self, name: str) -> bool:
        """Say whether a phrase of a list stands in it."""
        return bool(self.found(name))

    def found(self, name: str) -> list[re.Match[str]]:
        """Return the first match of each phrase of a list, in `plain`."""
        matches = found_in(self.words, self.lists.lists[name], self.plain)
        if name == "answer" and self.telling:
            matches += found_in(self.words, self.lists.lists["hint"], self.plain)
        return matches

    def cut(self, folded: str) -> Sentence:
        """Return the same for another folded text."""
        return self._replace(folded=folded, plain=undotted(folded), words=words_of(folded))

    def without(self, name: str) -> Sentence:
        """Return the same without the words of a list."""
        found = self.found(name)
        folded = self.folded
        for match in found:
            folded = folded.replace(match[0], " ")
        return self.cut(folded) if found else self

    def clauses(self) -> list[Sentence]:
        """Return its parts between semicolons, colons and dashes."""
        parts = _PARTS.split(self.folded)
        return [self.cut(part) for part in parts] if len(parts) > 1 else [self]

    def parts(self) -> list[Sentence]:
        """Return its parts between all signs and words that may end a clause."""
        return [self.cut(part) for part in _CLAUSE.split(self.folded)]

    def after_past(self) -> Sentence:
        """Return what it says behind words about what was (`sorry for the delay, `): the rest from the next clause on."""
        sentence = self
        past = sentence.found("past")
        while past:
            clause = _CLAUSE.search(sentence.folded, max(match.end() for match in past))
            sentence = sentence.cut(sentence.folded[clause.end() :] if clause is not None else "")
            past = sentence.found("past")
        return sentence

    def days(self) -> list[Day]:
        """Return the days named that are still to come, but for those that come again and again."""
        named = days(self.folded, self.made_on, self.languages, self.order)
        named += [day for day in self._numbers() if not any(day.start <= one.end and one.start <= day.end for one in named)]
        return [
            self._later(day)
            for day in sorted(named, key=lambda day: day.start)
            if timedelta() <= day.day - self.made_on <= _FAR
            and not self.behind(day.start, self.lists.each, self.lists.each)
            and not self._length(day)
        ]

    def _length(self, day: Day) -> bool:
        """Say whether a numeric date is a number of days or weeks: `7-10 working days`."""
        found = self.lists.length.search(self.folded, day.start) if self.folded[day.start].isdecimal() else None
        return found is not None and found.start("low") == day.start and found.end() > day.end

    def own_days(self) -> list[Day]:
        """Return the days but for those of something else: `applications close on 5 May, we decide by the 20th`."""
        named = self.days()
        others = self.found("elsewhere")
        answers = [match.start() for match in self.found("answer")]
        return [
            day
            for day in named
            if not any(
                0 <= day.start - match.end() <= _NEAR and not any(match.end() <= answer < day.start for answer in answers)
                for match in others
            )
        ]

    def _later(self, day: Day) -> Day:
        """Return a weekday a week later where that is said: `Friday week`."""
        later = day.bare and self.lists.week_later.match(self.folded, day.end)
        return replace(day, day=day.day + timedelta(days=7), bare=False) if later else day

    def _numbers(self) -> Iterator[Day]:
        """Yield the days told by a number alone (`ab dem 17.`), which are those to come next."""
        for match in self.lists.number.finditer(self.folded):
            if _needs_mark(self.lists, match, self.folded):
                continue
            number = int(match["day"])
            first = self.made_on.replace(day=1)
            months = [first, end_of_month(first, 1).replace(day=1), end_of_month(first, 2).replace(day=1)]
            fitting = [month.replace(day=number) for month in months if 0 < number <= monthrange(month.year, month.month)[1]]
            coming = next((day for day in fitting if day > self.made_on), None)
            if coming is not None:
                yield Day(coming, match.start("day"), match.end())

    def ends(self) -> list[Period]:
        """Return the ends of weeks, months and days that are named."""
        return [
            one for one in periods(self.folded, self.made_on, self.languages) if one.part == "end" and one.last >= self.made_on
        ]

    def weeks_counted(self) -> list[Period]:
        """Return the weeks told by their number: `KW 12`."""
        named = periods(self.folded, self.made_on, self.languages)
        return [one for one in named if one.part == "whole" and self.folded[one.start : one.end][-1:].isdecimal()]

    def names_month(self, period: Period) -> bool:
        """Say whether a period is a part of a month that is named (`late July`), not one counted from today."""
        return not _months().isdisjoint(words_of(self.folded[period.start : period.end]))

    def limited(self, position: int) -> bool:
        """Say whether what stands at a position stands behind a word like `by`."""
        return self.behind(position, self.lists.by, self.lists.article)

    def lasting(self, position: int) -> bool:
        """Say whether what stands at a position stands behind a word like `until`."""
        return self.behind(position, self.lists.lasting, self.lists.article)

    def after(self, position: int) -> bool:
        """Say whether what stands at a position stands behind a word like `after`."""
        return self.behind(position, self.lists.after, self.lists.article)

    def around(self, position: int) -> bool:
        """Say whether what stands at a position stands behind a word like `around`."""
        return self.behind(position, self.lists.around, self.lists.article)

    def behind(self, position: int, words: frozenset[str], between: frozenset[str]) -> bool:
        """Say whether one of these words stands before a position, with none but small ones between."""
        tokens = self.folded[:position].split()[-6:]
        for end in range(len(tokens), max(0, len(tokens) - 4), -1):
            if any(" ".join(tokens[max(0, end - length) : end]) in words for length in (1, 2, 3, 4)):
                return True
            if tokens[end - 1] not in between:
                return False
        return False


def _needs_mark(lists: PromiseWords, match: re.Match[str], folded: str) -> bool:
    """Say whether a number is no day for want of the mark that its language writes: a dot, or in English the end of a clause."""
    if lists.marked == ".":
        return not match["mark"]
    return lists.marked == "," and bool(folded[match.end() :].strip()) and folded[match.end()] not in ",;.!?)"


def undotted(folded: str) -> str:
    """Return folded text without the dots of dates."""
    return _DOTTED.sub(" ", folded) if ". " in folded else folded


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text; a date with a dot, or an abbreviation of another language, does not end one."""
    found: list[str] = []
    for sentence in sentences(text):
        dotted = bool(found) and found[-1][-1] == "." and len(found[-1]) < _LONGEST
        split = _SPLIT.search(found[-1], max(0, len(found[-1]) - _LONGEST_SPLIT)) if dotted else None
        first = _FIRST_WORD.match(sentence) if split is not None else None
        if split is not None and first is not None and (not split["day"] or first[0].islower() or fold(first[0]) in _months()):
            found[-1] = f"{found[-1]} {sentence}"
        else:
            found.append(sentence)
    return found


@cache
def _months() -> frozenset[str]:
    return frozenset(name for language in LANGUAGES for names in load(f"{language}/dates")["months"] for name in names)
