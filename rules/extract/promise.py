"""What they said about when (B4, F1, F9, F26, D11, D12): five classes, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from rules.dates import Day
from rules.extract.promise_begin import begins_on
from rules.extract.promise_plain import Told, absence_told, asked_to_call, length_told, plainly_told, soft, time_asked_for
from rules.extract.promise_sentence import Sentence, split_sentences, undotted
from rules.extract.promise_words import promise_words
from rules.extract.types import Promise, PromiseClass
from rules.language import ENGLISH, LANGUAGES
from rules.phrases.grammar import fold, words_of

__all__ = ["find_promise"]

_LONGEST_SENTENCE = 600
_MAX_SENTENCES = 120
_AWAY_REACH = 40
_FEW_WORDS = 3
_SUBJECT_REACH = 8
_INVITED = frozenset({"you", "please", "free"})
"""With these before it, an English verb of writing invites, whoever the sentence began with."""
_ENTITLED = re.compile(r"\b\d{1,2} (?:days?|tagen?|jours|días|dias|dagen|giorni)(?: [^\W\d_]+)?(?: (?:of|de|di|d'))? ?$")
"""Before a word for holiday: what comes with the job."""
_DIGIT = re.compile(r"\d")
_RANKS = (
    PromiseClass.CONTACT_DATE,
    PromiseClass.HARD_DATE,
    PromiseClass.AWAY_UNTIL,
    PromiseClass.FEW_DAYS,
    PromiseClass.VAGUE,
)


def find_promise(
    text: str,
    made_on: date,
    taken: Iterable[date] = (),
    *,
    languages: tuple[str, ...] = (ENGLISH,),
    order: str | None = None,
    telling: bool = False,
) -> Promise | None:
    """Return the most exact promise of a text, or None.

    `made_on` is the day of receipt in the sender's zone; `taken` are the days of interviews: those are no promises. `languages`
    are those of the mail, `order` that of day and month in its numeric dates (`rules.dates.days`). Of several, an instruction
    when to write comes first (H11), then a hard date, then an absence, then the vague ones. `telling` says that the mail is there
    to say how things stand (a reply, a receipt): then a time may be told without any word of answering, too.
    """
    busy = frozenset(taken)
    lists = [promise_words(language) for language in languages if language in LANGUAGES]
    readings: list[tuple[str, list[Sentence]]] = []
    for sentence in split_sentences(text)[:_MAX_SENTENCES]:
        if len(sentence) <= _LONGEST_SENTENCE:
            folded = fold(sentence)
            plain, words = undotted(folded), words_of(folded)
            if not _DIGIT.search(folded) and not any(one.tells_time(plain, words) for one in lists):
                continue
            readings.append((sentence, [Sentence(folded, plain, words, one, made_on, languages, order) for one in lists]))
    ways = (_surely, _hinted, _plainly) if telling else (_spoken,)
    for way in ways:
        found = [
            Promise(told[0], made_on, told[1], sentence, period=_ends_period(told, each))
            for sentence, each in readings
            if (told := next((told for one in each if (told := way(one, busy)) is not None), None)) is not None
        ]
        if found:
            return _with_begin(min(found, key=lambda promise: _RANKS.index(promise.kind)), readings)
    return None


def _with_begin(promise: Promise, readings: Iterable[tuple[str, list[Sentence]]]) -> Promise:
    """Return a promise without a day with the first day of what it names instead."""
    if promise.kind not in {PromiseClass.VAGUE, PromiseClass.FEW_DAYS}:
        return promise
    own = next(each for sentence, each in readings if sentence == promise.sentence)
    return replace(promise, begins=begins_on(own))


def _ends_period(told: Told, readings: Iterable[Sentence]) -> bool:
    """Say whether what is told is the end of a week or a month that the sentence names (D12)."""
    if told[0] is not PromiseClass.HARD_DATE:
        return False
    return any(
        one.unit != "day" and one.last == told[1]
        for sentence in readings
        for one in (*sentence.ends(), *sentence.weeks_counted())
    )


def _spoken(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return what a sentence promises in words of answering, absence or writing."""
    speaks = any(phrase.search(sentence.plain) for phrase in sentence.lists.speaking.among(sentence.words))
    return _read(sentence, busy) if speaks else None


def _surely(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return the same of mail that tells how things stand."""
    return _exactly(sentence) or _spoken(sentence, busy)


def _hinted(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return what such mail promises in words that elsewhere mean less: `you'll know on Friday`."""
    return _read(sentence._replace(telling=True), busy)


def _exactly(sentence: Sentence) -> Told | None:
    """Return the day that is surely meant in mail that tells how things stand."""
    call = asked_to_call(sentence)
    if call is not None:
        return PromiseClass.CONTACT_DATE, call
    away = absence_told(sentence, sure=True)
    return (PromiseClass.AWAY_UNTIL, away) if away is not None else None


def _plainly(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return what a sentence of such a mail tells where none speaks of an answer."""
    away = absence_told(sentence, sure=False)
    return (PromiseClass.AWAY_UNTIL, away) if away is not None else plainly_told(sentence, busy)


def _read(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return what one sentence promises by the lists of one language."""
    unheard = sentence.has("unheard")
    if unheard or sentence.has("invite"):
        contact = _contact(sentence, unheard=unheard)
        if contact is not None:
            return PromiseClass.CONTACT_DATE, contact
        if unheard:
            return _silence(sentence)
    granted = time_asked_for(sentence)
    if granted is not None:
        return granted
    return _promised(sentence.without("closed"), busy)


def _promised(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return until when somebody of theirs is away, or when an answer comes, where nothing is asked."""
    if sentence.has("asked") or sentence.folded.endswith("?"):
        return None
    away = _away(sentence)
    if away is not None:
        return PromiseClass.AWAY_UNTIL, away
    subject = sentence.lists.subject
    return _answer(sentence.after_past(), busy) if not subject or subject & sentence.words else None


def _silence(sentence: Sentence) -> Told | None:
    """Return what silence until a time means: that they chose somebody else, else that it is the candidate's turn."""
    named = [day for day in sentence.days() if sentence.limited(day.start) or not day.bare]
    if named:
        kind = PromiseClass.HARD_DATE if sentence.has("closing") else PromiseClass.CONTACT_DATE
        return kind, named[0].day
    return soft(sentence) or length_told(sentence)


def _answer(sentence: Sentence, busy: frozenset[date]) -> Told | None:
    """Return when a sentence says that an answer comes."""
    sentence = _own_clauses(sentence)
    answers = sentence.found("answer")
    if not answers or sentence.has("waiting"):
        return None
    meeting = sentence.has("meeting")
    hard = _hard(sentence, [match.start() for match in answers], busy, meeting=meeting)
    if hard is not None:
        return PromiseClass.HARD_DATE, hard
    return _apart(sentence) if meeting else soft(sentence)


def _apart(sentence: Sentence) -> Told | None:
    """Return what a part of a sentence tells apart from a meeting that another part speaks of."""
    told = [soft(part) for part in sentence.clauses() if part.has("answer") and not part.has("meeting")]
    return next((one for one in told if one is not None), None)


def _own_clauses(sentence: Sentence) -> Sentence:
    """Return a sentence without its clauses about something else: `you can apply until 5 May, then we decide`."""
    if not sentence.has("elsewhere"):
        return sentence
    own = [part for part in sentence.parts() if part.has("answer") or not part.has("elsewhere")]
    return sentence.cut(", ".join(part.folded for part in own))


def _contact(sentence: Sentence, *, unheard: bool) -> date | None:
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


def _period(sentence: Sentence) -> date | None:
    """Return the day on which a period is over that is told without a day."""
    ends = sentence.ends()
    if ends:
        return ends[0].last
    counted = sentence.lists.counted.search(sentence.folded)
    return sentence.made_on + timedelta(days=sentence.lists.span(counted)) if counted is not None else None


def _away(sentence: Sentence) -> date | None:
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


def _until(sentence: Sentence, day: Day) -> bool:
    tokens = sentence.folded[: day.start].split()[-3:]
    return any(" ".join(tokens[-length:]) in sentence.lists.until for length in (1, 2, 3))


def _hard(sentence: Sentence, answers: Sequence[int], busy: frozenset[date], *, meeting: bool) -> date | None:
    """Return the day by which an answer is to come; `answers` is where the words of answering stand."""
    named = sentence.own_days()
    ends = sentence.ends()
    ends += [one for one in sentence.weeks_counted() if sentence.limited(one.start)]
    wide = [one.last for one in ends if one.unit != "day" and (not sentence.names_month(one) or sentence.limited(one.start))]
    if wide and not any(sentence.limited(day.start) and day.day not in busy for day in named):
        return wide[0]
    if ends and not named:
        return sentence.made_on if any(one.unit == "day" for one in ends) else None
    limits = [
        day
        for day in named
        if day.day not in busy
        and not sentence.after(day.start)
        and (sentence.limited(day.start) or not meeting)
        and (day.day > sentence.made_on or day.start > answers[0] or sentence.limited(day.start))
    ]
    order = sorted(
        limits, key=lambda day: (not sentence.limited(day.start), min(abs(day.start - answer) for answer in answers), day.start)
    )
    return order[0].day if order else None
