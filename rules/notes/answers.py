"""What the user wrote behind the questions: days, promises, yes and no (B1 to B5, H7, H9, C27)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from rules.dates import days, periods
from rules.drafts.clean import one_line
from rules.extract.promise import find_promise
from rules.extract.types import Promise, PromiseClass
from rules.language import ENGLISH
from rules.notes.anchors import fold_words
from rules.notes.wording import Words
from rules.phrases.grammar import fold

__all__ = ["flag", "is_unknown", "promise", "start_date", "steps", "words_of"]

_MAX_WORDS, _MAX_STEP, _MOST_STEPS = 160, 120, 12
_MAX_DATED = 300
_RANKS = (
    PromiseClass.CONTACT_DATE,
    PromiseClass.HARD_DATE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
)
_CARRIERS = ("{}", "You will hear from us {}.", "You will hear from us by {}.")
"""An answer is seldom a sentence: it is read as what it answers."""
_WORD = re.compile(r"[^\W_]")
_STEPS = re.compile(r"\s*(?:[;\n]|,(?!\d)|\band (?:then |also )?(?=an? ))\s*")
_TICKED = re.compile(r"[\u2713\u2714\u2705\u2611\u2612]|\[[xX]\]")
_MOST_TIMES = 730


def is_unknown(text: str, words: Words) -> bool:
    """Say whether an answer says that there is none."""
    folded = " ".join(fold_words(text))
    return not _WORD.search(text) or folded in words.answers["unknown"]


def words_of(text: str, words: Words) -> str:
    """Return an answer that is kept in the user's words; empty where it says that there is none."""
    return "" if is_unknown(text, words) else one_line(text, _MAX_WORDS).strip(" ;,")


def steps(lines: Iterable[str], words: Words) -> tuple[str, ...]:
    """Return the tasks that are named and still to be done (B2): what is ticked off, or said to be sent, is not."""
    found: list[str] = []
    for line in lines:
        for piece in _STEPS.split(line[: 4 * _MAX_WORDS]):
            step = one_line(piece, _MAX_STEP).strip(" .-*\u2022")
            folded = fold_words(step)
            if found and set(folded) and set(folded) <= words.answers["done"]:
                found.pop()  # `a writing sample, sent`
                continue
            nothing = " ".join(folded) in words.answers["none"] or is_unknown(step, words)
            over = bool(folded) and (folded[-1] in words.answers["done"] or folded[0] in words.answers["done"])
            if not nothing and not over and not _TICKED.search(piece) and step not in found:
                found.append(step)
    return tuple(found[:_MOST_STEPS])


def flag(text: str, words: Words) -> bool | None:
    """Return what an answer that begins with yes or no says; None where it begins with neither."""
    if is_unknown(text, words):
        return None
    folded = fold_words(text)
    for length in (4, 3, 2, 1):
        begin = " ".join(folded[:length])
        if len(folded) < length or begin in words.answers["unknown"]:
            if len(folded) >= length:
                return None
            continue
        if begin in words.answers["no"]:
            return False
        if begin in words.answers["yes"]:
            return True
    return None


def start_date(text: str, today: date, words: Words) -> tuple[date | None, bool]:
    """Return the day on which the work should begin, and whether the answer is one of those that are none (B3: `asap`).

    Of a part of the calendar (`early March`) the last day counts: until then it may begin.
    """
    folded = fold(text[:_MAX_DATED])
    named = [day.day for day in days(folded, today)]
    wide = [period.last for period in periods(folded, today) if period.unit != "day"]
    if named or wide:
        return (named or wide)[0], False
    plain = _month(text, today)
    if plain is not None:
        return plain, False
    said = " ".join(fold_words(text))
    return None, any(f" {' '.join(fold_words(soon))} " in f" {said} " for soon in words.answers["soon"])


def _month(text: str, today: date) -> date | None:
    """Return the last day of a month that is named without a day: `in October`."""
    bare = one_line(text, _MAX_WORDS).strip(" .,!")
    found = periods(fold(f"by the end of {bare.removeprefix('in ').removeprefix('In ')}"), today)
    return found[0].last if len(found) == 1 and found[0].unit == "month" else None


def promise(text: str, made_on: date, *, asked: bool) -> Promise | None:
    """Return when they said that they would answer, made on the day of the interview (B4, B5, D11), with the user's words.

    `asked`: it answers the question by when, so that a bare day is one; else only what is a promise by itself counts.
    """
    said = one_line(text, _MAX_DATED)
    ways: Sequence[str] = _CARRIERS if asked else _CARRIERS[:1]
    found = [one for way in ways if (one := _promise_in(way.format(said.rstrip(" .")), made_on)) is not None]
    best = min(found, key=lambda one: _RANKS.index(one.kind), default=None)
    if best is None or (best.date is not None and not 0 <= (best.date - made_on).days <= _MOST_TIMES):
        return None
    return Promise(best.kind, made_on, best.date, said)


def _promise_in(text: str, made_on: date) -> Promise | None:
    return find_promise(text, made_on, languages=(ENGLISH,), telling=True)
