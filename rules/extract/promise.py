"""What they said about when (B4, F1, F9, F26, D11, D12): five classes, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from rules.dates import Day, days, end_of_month, end_of_week
from rules.extract.types import Promise, PromiseClass
from rules.phrases.grammar import WORD, Phrase, PhraseList, compile_phrase, fold, sentences
from rules.phrases.load import load

__all__ = ["find_promise"]

_PERIOD = re.compile(
    r"\b(?:by|before|at|towards?|until)\s+(?:the\s+)?(?:end|close|eod|cob)\s+(?:of\s+)?(?:the\s+|this\s+|business\s+)?"
    r"(?P<next>next\s+|the\s+following\s+|the\s+coming\s+)?(?P<what>week|month|year|day|today|business)\b"
    r"|\b(?:end|close)\s+of\s+(?P<next2>next\s+|the\s+following\s+)?(?:this\s+|the\s+)?(?P<what2>week|month)\b"
    r"|\b(?:eow|by\s+eow)\b"
)
_COUNTED = re.compile(
    r"\b(?:within|in)\s+(?:the\s+next\s+)?(?:about\s+)?(?P<low>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?:\s?(?:-|to|or)\s?(?P<high>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten))?\s+(?:business\s+|working\s+)?(?P<unit>day|week)s?\b"
)
_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)}  # noqa: SIM905 -- shorter so
_DATED = re.compile(
    r"\b(?:by|on|before|until|till|through|after|around|no later than|latest|for|come|this|from)\s+(?:the\s+)?"
    r"(?:end\s+of\s+(?:the\s+day\s+)?|eod\s+|close\s+of\s+business\s+|cob\s+)?(?:on\s+|this\s+|next\s+|coming\s+|the\s+)?$"
)
_DATED_WITHIN = ("on ", "by ", "until ", "before ", "tomorrow", "today", "this ", "next ")
_LIMIT = re.compile(r"\b(?:by|before|no later than)\b")
_INVITING = ("reach", "(write", "follow", "check", "feel", "get", "drop", "give", "touch")
_OURS = re.compile(r"\b(?:we|i|they|someone|he|she)(?:'ll| will| can| shall|'d| would| should)?\s+(?:\w+\s+){0,2}$")
_FEW = 7
_LONGEST_SENTENCE = 600
_MAX_SENTENCES = 120
_FAR = 400
_NEXT = re.compile(r"\bnext (?:steps?|round|stage|interview)\b")


@cache
def _phrases(name: str) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(source) for source in load("en/promises")[name])


@cache
def _subjects() -> frozenset[str]:
    return frozenset(load("en/promises")["subject"])


@cache
def _asked() -> PhraseList:
    return PhraseList(_phrases("contact"))


def _has(name: str, text: str) -> bool:
    return any(phrase.search(text) for phrase in _phrases(name))


def find_promise(
    text: str,
    made_on: date,
    taken: Iterable[date] = (),
    *,
    languages: tuple[str, ...] = ("en",),
    order: str | None = None,
) -> Promise | None:
    """Return the most exact promise of a text, or None.

    `made_on` is the day of receipt in the sender's zone; `taken` are the days of interviews: those are no promises. `languages` are
    those of the mail, `order` that of day and month in its numeric dates (`rules.dates.days`). Of several, an instruction when to
    write comes first (H11), then a hard date, then an absence, then the vague ones.
    """
    busy = frozenset(taken)
    found: list[Promise] = []
    for sentence in sentences(text)[:_MAX_SENTENCES]:
        folded = fold(sentence)
        words = frozenset(WORD.findall(folded))
        told = not _subjects().isdisjoint(words)
        if len(sentence) > _LONGEST_SENTENCE or not (told or _asked().among(words)):
            continue
        named = [day for day in days(folded, made_on, languages, order) if made_on <= day.day <= made_on + timedelta(days=_FAR)]
        promise = _of_sentence(sentence, folded, made_on, busy, named, told=told)
        if promise is not None:
            found.append(promise)
    ranks = (
        PromiseClass.CONTACT_DATE,
        PromiseClass.HARD_DATE,
        PromiseClass.AWAY_UNTIL,
        PromiseClass.FEW_DAYS,
        PromiseClass.VAGUE,
    )
    return min(found, key=lambda promise: ranks.index(promise.kind), default=None)


def _of_sentence(
    sentence: str, folded: str, made_on: date, busy: frozenset[date], named: list[Day], *, told: bool
) -> Promise | None:
    """Return what one sentence promises; `told` says whether it speaks of anybody who could."""
    contact = _contact(folded, named)
    if contact is not None:
        return Promise(PromiseClass.CONTACT_DATE, made_on, contact, sentence)
    if not told or _has("asked", folded):
        return None
    away = _away(folded, named)
    if away is not None:
        return Promise(PromiseClass.AWAY_UNTIL, made_on, away, sentence)
    ahead = _after_past(folded)
    if ahead != folded:
        folded, named = ahead, [day for day in days(ahead, made_on) if made_on <= day.day <= made_on + timedelta(days=_FAR)]
    if not _has("answer", folded) or _candidate_waits(folded):
        return None
    hard = _hard(folded, named, made_on, busy)
    if hard is not None:
        return Promise(PromiseClass.HARD_DATE, made_on, hard, sentence)
    return None if _has("meeting", folded) else _soft(folded, made_on, sentence)


def _after_past(folded: str) -> str:
    """Return what a sentence says behind words about what was (`sorry for the delay, `): the rest from the next comma on."""
    for phrase in _phrases("past"):
        match = phrase.search(folded)
        while match is not None:
            _, comma, folded = folded[match.end() :].partition(",")
            if not comma:
                return ""
            match = phrase.search(folded)
    return folded


def _candidate_waits(folded: str) -> bool:
    """Say whether it is them who look forward to an answer."""
    return (
        "look forward to hear" in folded
        or "looking forward to hear" in folded
        or "hope to hear" in folded
        or "hear from you" in folded
    )


def _contact(folded: str, named: list[Day]) -> date | None:
    """Return the day on which the candidate is told to write."""
    invited = [(match, phrase.source) for phrase in _phrases("contact") if (match := phrase.search(folded))]
    if not named or not invited:
        return None
    unheard = any(source.startswith("if you") for _, source in invited)
    first = min(match.start() for match, _ in invited)
    if not unheard and (_OURS.search(folded[:first]) or not any(source.startswith(_INVITING) for _, source in invited)):
        return None  # `I will follow up on Friday` is their promise
    return named[-1].day if unheard else named[0].day


def _away(folded: str, named: list[Day]) -> date | None:
    if not named:
        return None
    for phrase in _phrases("away"):
        match = phrase.search(folded)
        if match is None:
            continue
        after = [day for day in named if match.end() <= day.start + 12 and day.start - match.end() <= 40]  # noqa: PLR2004 -- near
        if after and (phrase.source.endswith(("until", "through", "till", "on")) or _leads(folded, match.end(), after[0])):
            return after[0].day
    return None


def _leads(folded: str, start: int, day: Day) -> bool:
    between = folded[start : day.start]
    return not between.strip() or any(word in between.split() for word in ("until", "till", "through", "on"))


def _hard(folded: str, named: list[Day], made_on: date, busy: frozenset[date]) -> date | None:
    period = _PERIOD.search(folded)
    if period:
        what = period["what"] or period["what2"] or "week"
        later = 1 if period["next"] or period["next2"] else 0
        if what == "month":
            return end_of_month(made_on, later)
        if what == "week":
            return end_of_week(made_on, later)
        if what == "year":
            return date(made_on.year + later, 12, 31)
        if not named:
            return made_on
    limits = [day for day in named if day.day not in busy and _is_limit(folded, day)]
    answers = [match.start() for phrase in _phrases("answer") if (match := phrase.search(folded))]
    after = [day for day in limits if day.start > min(answers)]
    return next((day.day for day in after or limits), None)


def _is_limit(folded: str, day: Day) -> bool:
    """Say whether a day in a sentence about answering is when the answer comes, not when they meet."""
    before = folded[: day.start]
    if _has("meeting", folded) and not _LIMIT.search(before):
        return False
    return _DATED.search(before) is not None or folded[day.start :].startswith(_DATED_WITHIN)


def _soft(folded: str, made_on: date, sentence: str) -> Promise | None:
    counted = _COUNTED.search(folded)
    if counted:
        number = counted["high"] or counted["low"]
        count = int(number) if number.isdecimal() else _NUMBERS[number]
        days_ = count * (7 if counted["unit"] == "week" else 1)
        kind = PromiseClass.FEW_DAYS if days_ < _FEW else PromiseClass.VAGUE
        return Promise(kind, made_on, None, sentence)
    rest = _NEXT.sub("", folded)
    if _has("days", rest):
        return Promise(PromiseClass.FEW_DAYS, made_on, None, sentence)
    if _has("vague", rest):
        return Promise(PromiseClass.VAGUE, made_on, None, sentence)
    return None
