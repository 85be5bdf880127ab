"""From when on a promise without a day can come true: `in January`, `after the holidays`, `in three to four weeks` (B4, F23)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

from rules.dates import periods
from rules.dates.lexer import lex
from rules.extract.promise_sentence import Sentence
from rules.phrases.grammar import PhraseList, compile_phrase
from rules.phrases.load import load

__all__ = ["begins_on"]

_REACH = timedelta(days=75)
"""What lies further ahead is hardly meant: a month that was is named, or a year is not told."""
_MONTH = "M"
_IN = re.compile(r"\b(?:in|im|en|em|courant|au mois de|nel mese di|no m\u00eas de|a|next)\s$")
"""Before the name of a month; `we may` is none."""
_NEW_YEAR = (1, 2)
_THURSDAY = 3


def begins_on(readings: Iterable[Sentence]) -> date | None:
    """Return the first day of what a sentence names instead of a day, the latest of several; None where nothing is named.

    `readings` are one sentence by the lists of each language. Linear in its length.
    """
    found = [day for one in readings for day in _named(one) if one.made_on < day <= one.made_on + _REACH]
    return max(found, default=None)


def _named(sentence: Sentence) -> Iterable[date]:
    made_on = sentence.made_on
    yield from (one.first for one in periods(sentence.folded, made_on, sentence.languages) if one.unit in {"week", "month"})
    lexed = lex(sentence.folded, sentence.languages)
    for place, kind in enumerate(lexed.classes):
        if kind == _MONTH and _IN.search(sentence.folded, 0, lexed.starts[place]):
            yield _month_ahead(made_on, int(lexed.value(place)))
    for pattern in (sentence.lists.counted, sentence.lists.length):
        counted = pattern.search(sentence.folded)
        if counted is not None and not counted["hour"]:
            yield made_on + timedelta(days=min(sentence.lists.span(counted), _REACH.days))
    for name, day in _times_of_year(made_on):
        if any(phrase.search(sentence.plain) for phrase in _anchors(name).among(sentence.words)):
            yield day


def _month_ahead(made_on: date, month: int) -> date:
    """Return the first of the month of that number that runs, or comes next."""
    return date(made_on.year + (month < made_on.month), month, 1)


def _times_of_year(made_on: date) -> Iterable[tuple[str, date]]:
    """Yield the name of each list of anchors with the first day after what it stands for."""
    year = made_on.year
    turn = date(year, *_NEW_YEAR)
    yield "new_year", turn if made_on < turn else date(year + 1, *_NEW_YEAR)
    yield "easter", easter(year) + timedelta(days=2)
    first = date(year, 11, 1)
    yield "thanksgiving", first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 22)
    yield "september", date(year, 9, 1)


@cache
def _anchors(name: str) -> PhraseList:
    return PhraseList(compile_phrase(phrase) for phrase in load("anchors")[name])
