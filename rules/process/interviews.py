"""What the statements about interviews come to: which take place, in which order, as which round."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from rules.extract.types import Interview, InterviewStatus, Person
from rules.process.people import interviewers_of, merge_people
from rules.process.types import Round

__all__ = ["Meeting", "Statement", "believable", "is_cancelled", "meetings_of", "newer", "rounds_of"]

_TWIN = timedelta(hours=24)
"""A text and a calendar entry within this of each other mean one interview."""
_FAR = timedelta(days=730)
_LONG = timedelta(days=7)
_MOST_ROUNDS = 100
_INSTANCE = re.compile(r"\d{8}(?:T\d{6}Z)?")
"""RECURRENCE-ID, as `CalendarEvent.key` has it behind the UID."""
_RANK = {"calendar": 2, "markup": 1}


@dataclass(frozen=True, slots=True)
class Statement:
    """The word that holds on one calendar UID, and when it was received."""

    interview: Interview
    at: datetime
    evidence: tuple[str, ...] = ()
    """Identities of the messages that say so."""
    replaced: bool = False
    """A later text moved this interview to another time."""


def is_cancelled(interview: Interview) -> bool:
    """Return True if it will not take place."""
    return interview.status is InterviewStatus.CANCELLED


def believable(interview: Interview, received: datetime) -> bool:
    """Return False for times that no interview has: more than two years off, ending before its start, longer than a week."""
    try:
        start, end = interview.start.astimezone(UTC), interview.end.astimezone(UTC)
    except (OverflowError, ValueError):
        return False
    return start <= end and end - start <= _LONG and abs(start - received.astimezone(UTC)) <= _FAR


def newer(old: Statement | None, new: Statement) -> bool:
    """Return True if `new` overrides `old` of the same UID: by SEQUENCE, then DTSTAMP, then receipt (RFC 5546 section 2.1.5).

    A cancellation sticks unless a higher sequence revives the interview. Without a SEQUENCE on either side DTSTAMP alone tells; a
    cancellation without one that comes later counts, for some systems stamp it with the time of the invitation.
    """
    if old is None:
        return True
    if old.interview.unnumbered or new.interview.unnumbered:
        return _newer_by_stamp(old, new)
    if old.replaced:
        return _order(new)[:2] > _order(old)[:2]
    if is_cancelled(old.interview) and not is_cancelled(new.interview):
        return new.interview.sequence > old.interview.sequence
    if new.interview.sequence == old.interview.sequence and is_cancelled(new.interview) != is_cancelled(old.interview):
        return is_cancelled(new.interview)
    return _order(new) >= _order(old)


def _newer_by_stamp(old: Statement, new: Statement) -> bool:
    before, after = _order(old)[1:], _order(new)[1:]
    if old.replaced or (is_cancelled(old.interview) and not is_cancelled(new.interview)):
        return after[0] > before[0]
    return after >= before or (is_cancelled(new.interview) and new.at >= old.at)


def _order(statement: Statement) -> tuple[int, datetime, datetime]:
    interview = statement.interview
    return interview.sequence, interview.stamp or statement.at, statement.at


def _rank(interview: Interview) -> int:
    return _RANK.get(interview.source, 0)


def _people(interview: Interview) -> frozenset[str]:
    return frozenset(person.address or person.name.casefold() for person in interview.interviewers)


def _distinct(one: Interview, other: Interview) -> bool:
    """Return True if two interviews say of themselves that they are different rounds."""
    if one.round is not None and other.round is not None:
        return one.round != other.round
    ours, theirs = _people(one), _people(other)
    return bool(ours) and bool(theirs) and not (ours <= theirs or theirs <= ours)


def _one(held: Statement, other: Statement) -> Statement | None:
    """Return the one interview that two statements of different UIDs mean, or None when they are two."""
    a, b = held.interview, other.interview
    if _distinct(a, b):
        return None
    if _rank(a) != _rank(b):
        if abs(a.start.astimezone(UTC) - b.start.astimezone(UTC)) > _TWIN:
            return None
        strong, weak = (held, other) if _rank(a) > _rank(b) else (other, held)
        strong = replace(strong, interview=_timed(strong.interview, weak.interview))
        return replace(strong, interview=_filled(strong.interview, weak.interview), evidence=strong.evidence + weak.evidence)
    if a.start.date() != b.start.astimezone(a.start.tzinfo).date():
        return None
    if _rank(a) == 0:  # two texts about one day: the later one is a reminder or a correction
        late, early = (held, other) if _order(held) >= _order(other) else (other, held)
        return replace(late, interview=_filled(late.interview, early.interview), evidence=late.evidence + early.evidence)
    a, b = _timed(a, b), _timed(b, a)
    first, last = sorted((a, b), key=lambda item: (item.start.astimezone(UTC), item.uid))
    ends = max(a.end, b.end, key=lambda end: end.astimezone(UTC))
    joined = replace(_filled(first, last), end=ends.astimezone(first.end.tzinfo))
    return Statement(joined, max(held.at, other.at), held.evidence + other.evidence)


def _timed(strong: Interview, weak: Interview) -> Interview:
    """Return the stronger statement; of an entry for whole days with the hours that the weaker one tells within them."""
    start, end = strong.start, strong.end.astimezone(strong.start.tzinfo)
    whole = start.time() == end.time() == time() and start.date() < end.date()
    within = start.astimezone(UTC) <= weak.start.astimezone(UTC) < end.astimezone(UTC)
    return replace(strong, start=weak.start, end=weak.end) if whole and within else strong


def _filled(strong: Interview, weak: Interview) -> Interview:
    """Return the stronger statement, with what only the weaker one knows."""
    return replace(
        strong,
        interviewers=merge_people(strong.interviewers, weak.interviewers),
        organizer=strong.organizer or weak.organizer,
        organizer_named=strong.organizer_named or weak.organizer_named,
        round=strong.round if strong.round is not None else weak.round,
        zone=strong.zone or weak.zone,
        summary=strong.summary or weak.summary,
    )


@dataclass(frozen=True, slots=True)
class Meeting:
    """One interview, and the UIDs of all statements that mean it."""

    statement: Statement
    uids: frozenset[str]

    @property
    def interview(self) -> Interview:
        """Return what holds of it."""
        return self.statement.interview


def _start(item: Statement | Meeting) -> tuple[datetime, str]:
    return item.interview.start.astimezone(UTC), item.interview.uid


def meetings_of(statements: Mapping[str, Statement]) -> tuple[Meeting, ...]:
    """Return the interviews by start, each once however many statements mean it; cancelled ones included."""
    live = [item for uid, item in statements.items() if not item.replaced and not _told_by_series(uid, item, statements)]
    off = sorted((item for item in live if is_cancelled(item.interview)), key=_start)
    kept: list[Meeting] = []
    for item in sorted(live, key=lambda item: (-_rank(item.interview), *_start(item))):
        if is_cancelled(item.interview) or any(_calls_off(gone, item) for gone in off):
            continue
        uid = frozenset({item.interview.uid})
        for index, held in enumerate(kept):
            if (joined := _one(held.statement, item)) is not None:
                kept[index] = Meeting(joined, held.uids | uid)
                break
        else:
            kept.append(Meeting(item, uid))
    return tuple(sorted((*kept, *(Meeting(item, frozenset({item.interview.uid})) for item in off)), key=_start))


def _told_by_series(uid: str, item: Statement, statements: Mapping[str, Statement]) -> bool:
    """Return True if another statement about a series says what becomes of this one (RFC 5545 section 3.8.4.4).

    The series is called off as a whole after this instance was told; or this is the series, and of its first instance, which
    stands for it, something was told by itself.
    """
    base, _, instance = uid.rpartition("/")
    series = statements.get(base) if _INSTANCE.fullmatch(instance) else None
    if series is not None:
        return is_cancelled(series.interview) and series.at >= item.at
    start = item.interview.start.astimezone(UTC)
    alone = (f"{uid}/{start:%Y%m%dT%H%M%SZ}", f"{uid}/{item.interview.start:%Y%m%d}")
    return any(name in statements and statements[name].at >= item.at for name in alone)


def _calls_off(cancelled: Statement, item: Statement) -> bool:
    """Return True if a cancelled entry takes a weaker telling of the same interview with it, not told afresh since."""
    a, b = cancelled.interview, item.interview
    near = abs(a.start.astimezone(UTC) - b.start.astimezone(UTC)) <= _TWIN
    return _rank(a) > _rank(b) and near and item.at <= cancelled.at and not _distinct(a, b)


def rounds_of(
    meetings: Iterable[Meeting],
    roster: tuple[Person, ...],
    own: frozenset[str],
    ended: Iterable[str] = (),
) -> tuple[Round, ...]:
    """Return the interviews numbered from 1 unless a number was stated (T3), with those who get a note for each.

    A cancelled interview takes no number of its own unless it was over before it was cancelled (`ended` holds its UID): a number
    that a draft may carry is never given to another interview.
    """
    over = frozenset(ended)
    rounds: list[Round] = []
    last = 0
    for meeting in meetings:
        interview = meeting.interview
        stated = interview.round if interview.round is not None and 0 < interview.round < _MOST_ROUNDS else 0
        number = max(stated, last + 1)
        if not is_cancelled(interview) or interview.uid in over:
            last = number
        rounds.append(Round(number, interview, interviewers_of(interview, roster, own), meeting.statement.evidence))
    return tuple(rounds)
