"""What they said about when (B4, F1, F9, F26, D11, D12): five classes, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from rules.dates import Day, Period, days, periods
from rules.extract.promise_words import PromiseWords, found_in, promise_words
from rules.extract.types import Promise, PromiseClass
from rules.language import ENGLISH, LANGUAGES
from rules.phrases.grammar import fold, sentences, words_of
from rules.phrases.load import load

__all__ = ["find_promise"]

_FEW = 7
_LONGEST_SENTENCE = 600
_MAX_SENTENCES = 120
_FAR = timedelta(days=400)
_AWAY_REACH = 40
_FEW_WORDS = 3
_SUBJECT_REACH = 8
_INVITED = frozenset({"you", "please", "free"})
"""With these before it, an English verb of writing invites, whoever the sentence began with."""
_NEXT = re.compile(r"\bnext (?:steps?|round|stage|interview)\b")
_CLAUSE = re.compile(r", | - |; |: | (?:and|und|et|y|en|e|so|also|but|aber|mais|pero|maar|mas|ma) ")
_SPLIT = re.compile(
    r"(?:\b(?P<day>\d{1,2})|\b(?:ca|bzw|inkl|evtl|ggf|dhr|mevr|mw|sra|srta|dott|env|resp|tel|z\.b|d\.h|u\.a))\.$", re.IGNORECASE
)
"""What ends with a dot and no sentence: `bis zum 3.` of `bis zum 3. März`."""
_DOTTED = re.compile(r"(?<=\d)\.(?= )")
_ENTITLED = re.compile(r"\b\d{1,2} (?:days?|tagen?|jours|días|dias|dagen|giorni)(?: [^\W\d_]+)?(?: (?:of|de|di|d'))? ?$")
"""Before a word for holiday: what comes with the job."""
_FIRST_WORD = re.compile(r"[^\W\d_]+|\d")
_RANKS = (
    PromiseClass.CONTACT_DATE,
    PromiseClass.HARD_DATE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
)


class _Sentence(NamedTuple):
    """A folded sentence, or what is left of it, and how to read it."""

    folded: str
    plain: str
    """The same without the dots of dates, which are no ends of a sentence."""
    words: frozenset[str]
    lists: PromiseWords
    made_on: date
    languages: tuple[str, ...]
    order: str | None

    def has(self, name: str) -> bool:
        return bool(self.found(name))

    def found(self, name: str) -> list[re.Match[str]]:
        return found_in(self.words, self.lists.lists[name], self.plain)

    def cut(self, folded: str) -> _Sentence:
        """Return the same for another folded text."""
        return self._replace(folded=folded, plain=_plain(folded), words=words_of(folded))

    def days(self) -> list[Day]:
        """Return the days named that are still to come."""
        named = days(self.folded, self.made_on, self.languages, self.order)
        return [day for day in named if timedelta() <= day.day - self.made_on <= _FAR]

    def ends(self) -> list[Period]:
        """Return the ends of weeks, months and days that are named."""
        return [
            one for one in periods(self.folded, self.made_on, self.languages) if one.part == "end" and one.last >= self.made_on
        ]

    def limited(self, position: int) -> bool:
        """Say whether what stands at a position stands behind a word like `by`."""
        tokens = self.folded[:position].split()[-6:]
        for end in range(len(tokens), max(0, len(tokens) - 4), -1):
            if any(" ".join(tokens[max(0, end - length) : end]) in self.lists.by for length in (1, 2, 3, 4)):
                return True
            if tokens[end - 1] not in self.lists.article:
                return False
        return False


def find_promise(
    text: str,
    made_on: date,
    taken: Iterable[date] = (),
    *,
    languages: tuple[str, ...] = (ENGLISH,),
    order: str | None = None,
) -> Promise | None:
    """Return the most exact promise of a text, or None.

    `made_on` is the day of receipt in the sender's zone; `taken` are the days of interviews: those are no promises. `languages`
    are those of the mail, `order` that of day and month in its numeric dates (`rules.dates.days`). Of several, an instruction
    when to write comes first (H11), then a hard date, then an absence, then the vague ones.
    """
    busy = frozenset(taken)
    lists = [promise_words(language) for language in languages if language in LANGUAGES]
    found: list[Promise] = []
    for sentence in _sentences(text)[:_MAX_SENTENCES]:
        if len(sentence) > _LONGEST_SENTENCE:
            continue
        folded = fold(sentence)
        plain, words = _plain(folded), words_of(folded)
        for one in lists:
            if not any(phrase.search(plain) for phrase in one.speaking.among(words)):
                continue
            promise = _read(_Sentence(folded, plain, words, one, made_on, languages, order), busy)
            if promise is not None:
                found.append(Promise(promise[0], made_on, promise[1], sentence))
                break
    return min(found, key=lambda promise: _RANKS.index(promise.kind), default=None)


def _plain(folded: str) -> str:
    return _DOTTED.sub(" ", folded)


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; a date with a dot, or an abbreviation of another language, does not end one."""
    found: list[str] = []
    for sentence in sentences(text):
        split = _SPLIT.search(found[-1][-12:]) if found and len(found[-1]) < _LONGEST_SENTENCE else None
        first = _FIRST_WORD.match(sentence)
        if split is not None and first is not None and (not split["day"] or first[0].islower() or fold(first[0]) in _months()):
            found[-1] = f"{found[-1]} {sentence}"
        else:
            found.append(sentence)
    return found


@cache
def _months() -> frozenset[str]:
    return frozenset(name for language in LANGUAGES for names in load(f"{language}/dates")["months"] for name in names)


_Told = tuple[PromiseClass, date | None]


def _read(sentence: _Sentence, busy: frozenset[date]) -> _Told | None:
    """Return what one sentence promises by the lists of one language."""
    unheard = sentence.has("unheard")
    if unheard or sentence.has("invite"):
        contact = _contact(sentence, unheard=unheard)
        if contact is not None:
            return PromiseClass.CONTACT_DATE, contact
        if unheard:
            return None
    lists = sentence.lists
    if sentence.has("asked"):
        return None
    away = _away(sentence)
    if away is not None:
        return PromiseClass.AWAY_UNTIL, away
    if lists.subject and lists.subject.isdisjoint(sentence.words):
        return None
    return _answer(_after_past(sentence), busy)


def _answer(sentence: _Sentence, busy: frozenset[date]) -> _Told | None:
    """Return when a sentence says that an answer comes."""
    answers = sentence.found("answer")
    if not answers or sentence.has("waiting"):
        return None
    meeting = sentence.has("meeting")
    hard = _hard(sentence, min(match.start() for match in answers), busy, meeting=meeting)
    if hard is not None:
        return PromiseClass.HARD_DATE, hard
    return None if meeting else _soft(sentence)


def _after_past(sentence: _Sentence) -> _Sentence:
    """Return what a sentence says behind words about what was (`sorry for the delay, `): the rest from the next clause on."""
    past = sentence.found("past")
    while past:
        clause = _CLAUSE.search(sentence.folded, max(match.end() for match in past))
        folded = sentence.folded[clause.end() :] if clause is not None else ""
        sentence = sentence.cut(folded)
        past = sentence.found("past")
    return sentence


def _contact(sentence: _Sentence, *, unheard: bool) -> date | None:
    """Return the day on which the candidate is told to write."""
    invited = sentence.found("invite")
    named = sentence.days()
    if not invited:
        return None
    if unheard:
        return named[-1].day if named else _period(sentence)
    if not named or sentence.has("asked") or sentence.has("meeting") or _outside(sentence.found("questions"), invited):
        return None
    first = min(match.start() for match in invited)
    before = sentence.folded[:first].split()[-_SUBJECT_REACH:]
    speaker = next((token for token in reversed(before) if token in sentence.lists.ours or token in _INVITED), "")
    # `I will follow up on Friday` is their promise; `contact us by Friday` asks. Where verbs tell who speaks, a word of answering
    # makes it theirs, but for one that only follows: `call us on Friday and we tell you`.
    answers = sentence.found("answer") if not sentence.lists.ours else []
    if any(not first <= named[0].start < match.start() for match in answers):
        return None
    theirs = speaker in sentence.lists.ours or sentence.limited(named[0].start)
    return None if theirs else named[0].day


def _outside(matches: Sequence[re.Match[str]], others: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Return the matches that overlap none of the others."""
    return [one for one in matches if all(one.end() <= other.start() or other.end() <= one.start() for other in others)]


def _period(sentence: _Sentence) -> date | None:
    """Return the day on which a period is over that is told without a day."""
    ends = sentence.ends()
    if ends:
        return ends[0].last
    counted = sentence.lists.counted.search(sentence.folded)
    return sentence.made_on + timedelta(days=sentence.lists.span(counted)) if counted is not None else None


def _away(sentence: _Sentence) -> date | None:
    """Return until when somebody of theirs is away."""
    phrases = sentence.found("away")
    returning = sentence.found("returning")
    if not phrases and not returning:
        return None
    named = sentence.days()
    lists = sentence.lists
    for match in phrases:
        if _ENTITLED.search(sentence.folded, 0, match.start()):
            continue  # `25 days of holiday, starting on 3 May`
        for day in named:
            if not match.end() <= day.start <= match.end() + _AWAY_REACH:
                continue
            between = frozenset(sentence.folded[match.end() : day.start].split())
            small = lists.article | lists.by | lists.until
            if (
                between <= small
                or not between.isdisjoint(lists.until)
                or (len(between) <= _FEW_WORDS and not between.isdisjoint(small))
            ):
                return day.day
        limits = [day for day in named if day.end <= match.start() <= day.end + _AWAY_REACH]
        until = [day for day in limits if sentence.limited(day.start) or _until(sentence, day)]
        if until:
            return until[-1].day
    before = [day for match in returning for day in named if day.end <= match.start() <= day.end + _AWAY_REACH]
    return before[-1].day if before else None


def _until(sentence: _Sentence, day: Day) -> bool:
    tokens = sentence.folded[: day.start].split()[-3:]
    return any(" ".join(tokens[-length:]) in sentence.lists.until for length in (1, 2, 3))


def _hard(sentence: _Sentence, answer: int, busy: frozenset[date], *, meeting: bool) -> date | None:
    """Return the day by which an answer is to come; `answer` is where the word of answering stands."""
    named = sentence.days()
    ends = sentence.ends()
    wide = [one.last for one in ends if one.unit != "day"]
    if wide and not any(sentence.limited(day.start) and day.day not in busy for day in named):
        return wide[0]
    if ends and not named:
        return sentence.made_on
    limits = [
        day
        for day in named
        if day.day not in busy
        and (sentence.limited(day.start) or not meeting)
        and (day.day > sentence.made_on or day.start > answer or sentence.limited(day.start))
    ]
    order = sorted(limits, key=lambda day: (day.start < answer, not sentence.limited(day.start), day.start))
    return order[0].day if order else None


def _soft(sentence: _Sentence) -> _Told | None:
    counted = sentence.lists.counted.search(sentence.folded)
    if counted is not None:
        few = sentence.lists.span(counted) < _FEW
        return PromiseClass.FEW_DAYS if few else PromiseClass.VAGUE, None
    rest = sentence.cut(_NEXT.sub("", sentence.folded))
    named = periods(sentence.folded, sentence.made_on, sentence.languages)
    weeks = [one.first <= sentence.made_on for one in named if one.part == "whole" and one.unit == "week"]
    if rest.has("days") or any(weeks):
        return PromiseClass.FEW_DAYS, None
    return (PromiseClass.VAGUE, None) if rest.has("vague") or named else None
