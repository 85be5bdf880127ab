"""Promises without a word of answering, in mail whose whole business is to say how things stand: `two more weeks, please`."""

from __future__ import annotations

import re
from datetime import date

from rules.dates import Day, periods
from rules.extract.promise_sentence import Sentence
from rules.extract.types import PromiseClass

__all__ = ["Told", "absence_told", "asked_to_call", "length_told", "plainly_told", "soft", "time_asked_for"]

Told = tuple[PromiseClass, date | None]

_FEW = 7
_LONGEST = 180
"""Days: what is longer is none of waiting."""
_HOURS = 24
"""Fewer are the length of something."""
_REACH = 45
_BESIDE = 16
_SPEAKER_REACH = 8
_NEXT = re.compile(r"\bnext (?:steps?|round|stage|interview)\b")
_ENDED = re.compile(r"[,;!?()]|\. | (?:and|then|und|dann|et|y|e|en|dan|to|um|pour|para|per|om) ")
_AGAIN = re.compile(r"\s?(?:touch\b|(?:a|à|vers|da|com|con|auf|bij|to|with) (?!\d|la |el |casa|work|the ))")
"""Behind a word of return: to do something again, or to somebody, not from an absence."""
_INVITED = frozenset({"you", "please", "free"})
"""With these before it, an English verb of writing invites, whoever the sentence began with."""
_PLEADED = frozenset({"please", "free", "suggest", "recommend", "welcome", "best"})
"""The same of words that may follow those to whom one writes: `I'll drop you a line`."""


def absence_told(sentence: Sentence, *, sure: bool) -> date | None:
    """Return until when somebody is not there: `I am on site until the 9th`, `back at it on Tuesday`.

    Where it has to be `sure`, the sentence says where they are or that they come back; else anything that lasts will do.
    """
    stays, back = sentence.found("stays" if sure else "present"), sentence.found("back")
    if not (stays or back) or any(sentence.has(name) for name in ("elsewhere", "asked", "unheard")):
        return None
    back = [match for match in back if not _AGAIN.match(sentence.plain, match.end())]
    named = sentence.days()
    lasting = [day for day in named if sentence.lasting(day.start)] if stays else []
    if lasting and sure and sentence.has("answer"):
        last = lasting[0] if len(lasting) > 1 else lasting[-1]
        if any(day.start > last.end and sentence.limited(day.start) for day in named):
            return None  # `away until Wednesday, so you will hear by Friday`
    reach = _BESIDE if sure else _REACH
    near = [
        (day.start < match.end(), day.day)
        for day in named
        for match in back
        if _gap(match, day) <= reach and day.day > sentence.made_on
    ]
    returned = min(near)[1] if near else None
    if lasting and (returned is None or returned < lasting[-1].day):
        return lasting[-1].day
    return returned


def _gap(match: re.Match[str], day: Day) -> int:
    return max(day.start - match.end(), match.start() - day.end)


def asked_to_call(sentence: Sentence) -> date | None:
    """Return the day from which the candidate is to write: `try me again after the 13th`, `chase me if I have not by Friday`."""
    asked = [match for match in sentence.found("invite") if not _theirs(sentence, match)]
    calls = [*asked, *(match for match in sentence.found("call") if not _theirs(sentence, match, _PLEADED))]
    if not calls:
        return None
    named = sentence.days()
    after = [day for day in named if sentence.after(day.start) or sentence.around(day.start)]
    if after:
        return after[0].day
    if named and sentence.has("silence"):
        return named[-1].day
    if sentence.has("questions"):
        return None
    beside = (
        day for day in named for match in asked if 0 <= day.start - match.end() <= _BESIDE and not sentence.limited(day.start)
    )
    return next((day.day for day in beside), None)


def _theirs(sentence: Sentence, match: re.Match[str], invited: frozenset[str] = _INVITED) -> bool:
    before = sentence.plain[: match.start()].split()[-_SPEAKER_REACH:]
    speaker = next((token for token in reversed(before) if token in sentence.lists.ours or token in invited), "")
    return speaker in sentence.lists.ours


def time_asked_for(sentence: Sentence) -> Told | None:
    """Return what a plea for time promises: `give us two more weeks`, `give me until Friday`."""
    for match in sentence.found("grant"):
        clause = _ENDED.split(sentence.folded[match.end() :], maxsplit=1)[0]
        rest = sentence.cut(clause[:_REACH])
        if sentence.cut(clause).has("answer"):
            continue  # `give us an answer by Friday`
        named = rest.days()
        if named and (rest.limited(named[0].start) or rest.lasting(named[0].start)):
            return PromiseClass.HARD_DATE, named[0].day
        ends = [one.last for one in rest.ends() if one.unit != "day" and (rest.limited(one.start) or rest.lasting(one.start))]
        if ends:
            return PromiseClass.HARD_DATE, ends[0]
        found = soft(rest) or length_told(rest)
        if found is not None:
            return found
    return None


def plainly_told(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return the time that a clause names, where it is none of something else."""
    if sentence.folded.endswith("?"):
        return None
    for clause in map(Sentence.after_past, sentence.clauses()):
        if any(clause.has(name) for name in ("asked", "elsewhere", "waiting")):
            continue
        limits = [day for day in clause.days() if day.day not in busy and clause.limited(day.start)]
        ends = [one.last for one in clause.ends() if one.unit != "day" and clause.limited(one.start)]
        if ends and not limits:
            return PromiseClass.HARD_DATE, ends[0]
        if limits and not clause.has("meeting"):
            return PromiseClass.HARD_DATE, limits[0].day
        found = soft(clause) or length_told(clause)
        if found is not None:
            return found
    return None


def length_told(sentence: Sentence) -> Told | None:
    """Return the class of a number of days or weeks, whatever stands before it."""
    found = sentence.lists.length.search(sentence.folded)
    return None if found is None or found["hour"] or sentence.lists.span(found) > _LONGEST else _counted(sentence, found)


def _counted(sentence: Sentence, counted: re.Match[str]) -> Told:
    return PromiseClass.FEW_DAYS if sentence.lists.span(counted) < _FEW else PromiseClass.VAGUE, None


def soft(sentence: Sentence) -> Told | None:
    """Return the class of a time that is no day: `within a week`, `soon`, `early next month`."""
    counted = sentence.lists.counted.search(sentence.folded)
    if counted is not None and not (counted["hour"] and sentence.lists.count(counted) < _HOURS):
        return _counted(sentence, counted)
    rest = sentence.cut(_NEXT.sub("", sentence.folded))
    named = periods(sentence.folded, sentence.made_on, sentence.languages)
    later = any(sentence.after(day.start) for day in sentence.days())
    weeks = [one.first <= sentence.made_on for one in named if one.part == "whole" and one.unit == "week"]
    if rest.has("days") or any(weeks):
        return PromiseClass.FEW_DAYS, None
    return (PromiseClass.VAGUE, None) if rest.has("vague") or named or later else None
