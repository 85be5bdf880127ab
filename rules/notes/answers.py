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
from rules.notes.types import Heading, Point, Topic
from rules.notes.wording import Words
from rules.phrases.grammar import fold

__all__ = ["flag", "is_unknown", "promise", "start_date", "steps", "told_in_points", "words_of"]

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
_BRIEF = 8
_SAYS_ONLY = 14
"""Words: a point of no more that says when they answer says nothing else."""
_FIRST_PERSON = re.compile(r"\b(?:I|me|my)\b")
_OR = (("or",),)
_NOTHING = (("no",), ("nothing",), ("none",), ("nobody",))


def is_unknown(text: str, words: Words, *, within: bool = False) -> bool:
    """Say whether an answer says that there is none; `within`: whether a short one says so among other words."""
    folded = " ".join(fold_words(text))
    if not _WORD.search(text) or folded in words.answers["unknown"]:
        return True
    short = within and len(folded.split()) <= _BRIEF
    return short and any(f" {said} " in f" {folded} " for said in words.answers["unknown"] if " " in said)


def words_of(text: str, words: Words) -> str:
    """Return an answer that is kept in the user's words; empty where it says that there is none."""
    return "" if is_unknown(text, words) else one_line(text, _MAX_WORDS).strip(" ;,")


def steps(lines: Iterable[str], words: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tasks that are named and still to be done (B2), and the steps that are theirs to take.

    What is ticked off, or said to be sent, is in neither.
    """
    owed: list[str] = []
    theirs: list[str] = []
    last = owed
    for line in lines:
        for piece in _STEPS.split(line[: 4 * _MAX_WORDS]):
            step = one_line(piece, _MAX_STEP).strip(" .-*\u2022")
            folded = fold_words(step)
            if last and set(folded) and set(folded) <= words.answers["done"]:
                last.pop()  # `a writing sample, sent`
                continue
            if _is_no_step(step, piece, words):
                continue
            last = owed if _is_task(folded, words) else theirs
            if step not in last:
                last.append(step)
    return tuple(owed[:_MOST_STEPS]), tuple(theirs[:_MOST_STEPS])


def _is_no_step(step: str, piece: str, words: Words) -> bool:
    folded = fold_words(step)
    nothing = " ".join(folded) in words.answers["none"] or folded[:1] in _NOTHING or is_unknown(step, words, within=True)
    over = bool(folded) and (folded[-1] in words.answers["done"] or folded[0] in words.answers["done"])
    return nothing or over or _TICKED.search(piece) is not None


def _is_task(folded: Sequence[str], words: Words) -> bool:
    """Say whether a step is something that the candidate has to do: `a case study`, not `a case interview`."""
    return not words.answers["tasks"].isdisjoint(folded) and words.answers["talks"].isdisjoint(folded)


def flag(text: str, words: Words) -> bool | None:
    """Return what an answer that begins with yes or no says; None where it begins with neither."""
    if _TICKED.search(text[:_BRIEF]):
        return True
    folded = fold_words(text)
    folded = folded[1:] if folded[:1] in _OR else folded  # `( or no)`: the other one was struck out
    for length in (4, 3, 2, 1):
        begin = " ".join(folded[:length])
        if len(folded) < length or not begin:
            continue
        if begin in words.answers["unknown"]:
            return None
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
    return Promise(best.kind, made_on, best.date, said, begins=best.begins)


def told_in_points(points: Iterable[Point], made_on: date) -> tuple[list[Point], Promise | None]:
    """Return the points without those that only say when they answer (`hear by Thu 12th`), and what those say.

    Of what went badly or was forgotten nothing counts that the user says of themselves: a date of theirs is no promise (D12).
    """
    left: list[Point] = []
    found: list[Promise] = []
    for point in points:
        folded = fold_words(point.text)
        mine = point.heading in {Heading.BADLY, Heading.FORGOT} and "i" in folded
        told = None if mine or point.topic is not Topic.ANY else _spoken(point.text, made_on)
        if told is not None:
            found.append(told)
        if told is None or len(folded) > _SAYS_ONLY:
            left.append(point)
    return left, min(found, key=lambda one: _RANKS.index(one.kind), default=None)


def _spoken(text: str, made_on: date) -> Promise | None:
    """Return what the user says that they promised, read as they would have said it: `let me know` is `let you know`."""
    said = one_line(text, _MAX_DATED)
    turned = _FIRST_PERSON.sub(lambda match: "your" if match[0].lower() == "my" else "you", said)
    for words in (said, turned, f"You will {turned}", f"We will {turned}"):
        found = find_promise(words, made_on, languages=(ENGLISH,))
        if found is not None and (found.date is None or 0 <= (found.date - made_on).days <= _MOST_TIMES):
            return Promise(found.kind, made_on, found.date, said, begins=found.begins)
    return None


def _promise_in(text: str, made_on: date) -> Promise | None:
    return find_promise(text, made_on, languages=(ENGLISH,), telling=True)
