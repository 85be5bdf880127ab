"""What the user says of an interview stays with that interview: its number may change when an older one is found late.

Notes, and the ids of tasks, carry the number of a round for people to read. Beside it stands which interview was meant, by the
UID of its calendar entry and by its start, and the number is put right whenever they are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rules.extract.types import Interview
from rules.notes.types import Notes
from rules.process.interviews import is_cancelled
from rules.process.types import Round, Verb

__all__ = ["bound", "interview_of", "meant_by", "number_of", "rebound", "renumbered"]

_NEAR = timedelta(hours=24)
"""A text and the calendar entry that takes its place may differ by this much."""
_TASK = re.compile(r"(?P<kind>handwritten|linkedin|names|work_sample|plan|owed)-(?P<number>[0-9]{1,4})(?P<rest>\..*)?", re.DOTALL)


def interview_of(number: int, rounds: Iterable[Round]) -> Interview | None:
    """Return the interview of a round: one that takes place before one that was cancelled."""
    found = [item.interview for item in rounds if item.number == number]
    return min(found, key=is_cancelled, default=None)


def number_of(uid: str, start: datetime | None, rounds: Sequence[Round]) -> int:
    """Return the number that an interview has now, 0 where it is not found: by UID, else the nearest start within a day.

    A text that told of it is replaced by a calendar entry with another UID.
    """
    for item in rounds:
        if uid and item.interview.uid == uid:
            return item.number
    if start is None:
        return 0
    near = [
        (abs(item.interview.start.astimezone(UTC) - start.astimezone(UTC)), item.number)
        for item in rounds
        if not is_cancelled(item.interview)
    ]
    distance, number = min(near, default=(_NEAR, 0))
    return number if distance < _NEAR else 0


def bound(notes: Notes, rounds: Iterable[Round]) -> Notes:
    """Write beside the number of notes which interview they are about; round 0 is about none."""
    found = interview_of(notes.round, rounds) if notes.round else None
    return replace(notes, interview=found.uid, start=found.start) if found is not None else notes


def rebound(notes: Notes, rounds: Sequence[Round]) -> Notes:
    """Give notes the number that their interview has now; where it is not found they keep theirs."""
    number = number_of(notes.interview, notes.start, rounds) if notes.round and notes.interview else 0
    return replace(notes, round=number) if number else notes


def meant_by(verb: Verb, item: str, rounds: Iterable[Round], now: datetime) -> Interview | None:
    """Return the interview that a word of the user's is about: that of the task that is done, or the last that is over."""
    if verb is Verb.DONE:
        match = _TASK.fullmatch(item)
        return interview_of(int(match["number"]), rounds) if match is not None else None
    if verb is not Verb.NO_SHOW:
        return None
    over = [
        each.interview
        for each in rounds
        if not is_cancelled(each.interview) and each.interview.end.astimezone(UTC) <= now.astimezone(UTC)
    ]
    return over[-1] if over else None


def renumbered(item: str, uid: str, start: datetime | None, rounds: Sequence[Round]) -> str:
    """Return the id that a task has now, by the interview it follows; one that follows none keeps its own."""
    match = _TASK.fullmatch(item)
    number = number_of(uid, start, rounds) if match is not None and uid else 0
    return f"{match['kind']}-{number}{match['rest'] or ''}" if match is not None and number else item
