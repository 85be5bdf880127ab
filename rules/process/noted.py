"""What the user's notes change in a process: what is owed, who was there, and what was promised in the conversation.

Notes speak of an interview, so what they say holds from its end on, whenever they were written; the newest of a round count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2s

from rules.extract.types import Interview, InterviewStatus, Person, Promise, PromiseClass, RoleClass
from rules.notes.types import Notes, Point, Topic
from rules.process.people import named_in
from rules.process.types import CALLED_OFF, Event, Noted, Owed, Process, Round

__all__ = [
    "newest_notes",
    "news_of",
    "owed_by",
    "still_to_meet",
    "talk_called_off",
    "talks_held",
    "usable_promise",
    "was_missed",
    "with_people",
    "with_rounds",
]

_DATED = frozenset({PromiseClass.HARD_DATE, PromiseClass.AWAY_UNTIL, PromiseClass.CONTACT_DATE})
_FAR_DAYS = 730
_MOST_OWED = 20
_MOST_POINTS = 200
_NEWS = frozenset({Topic.SINCE, Topic.LINK})
_MOST_PEOPLE = 40


def newest_notes(events: Iterable[Event]) -> dict[int, Noted]:
    """Return the last word of the user's on each round."""
    found: dict[int, Noted] = {}
    for event in events:
        if isinstance(event, Noted):
            held = found.get(event.notes.round)
            if held is None or (event.at.astimezone(UTC), event.id) > (held.at.astimezone(UTC), held.id):
                found[event.notes.round] = event
    return found


def news_of(events: Iterable[Event]) -> tuple[tuple[Point, datetime], ...]:
    """Return what the user noted as new since, or worth sharing, with the time at which it was first noted (O4, O5).

    `events` are by time. Notes that are read anew hold the same words again: those are no news.
    """
    found: dict[str, tuple[Point, datetime]] = {}
    for event in events:
        if isinstance(event, Noted):
            for point in event.notes.points[:_MOST_POINTS]:
                words = " ".join(point.text.casefold().split())
                if point.topic in _NEWS and len(found) < _MOST_POINTS:
                    found.setdefault(words, (point, point.at or event.at))
    return tuple(sorted(found.values(), key=lambda item: (item[1].astimezone(UTC), item[0].id, item[0].text)))


def owed_by(noted: Mapping[int, Noted], done: frozenset[str]) -> tuple[Owed, ...]:
    """Return the tasks that the user has noted down and not done (B2)."""
    owed: dict[str, Owed] = {}
    for number in sorted(noted):
        event = noted[number]
        for step in event.notes.answers.other_steps:
            words = " ".join(step.casefold().split())
            name = f"owed-{number}.{blake2s(words.encode(), digest_size=4).hexdigest()}"
            if words and name not in done and len(owed) < _MOST_OWED:
                owed.setdefault(name, Owed(name, step, event.at))
    return tuple(owed.values())


def usable_promise(promise: Promise | None, made_on: date) -> Promise | None:
    """Return a promise if it can be used: with a date where its class needs one, and none that is over or far off."""
    if promise is None:
        return None
    if abs((promise.made_on - made_on).days) > _FAR_DAYS:
        promise = replace(promise, made_on=made_on)
    if promise.kind not in _DATED:
        return replace(promise, date=None)
    if promise.date is None or not -1 <= (promise.date - promise.made_on).days <= _FAR_DAYS:
        return None
    return promise


def was_missed(process: Process, interview: Interview) -> bool:
    """Return True if the user said that they did not come to this interview; one that was moved since is another."""
    end = interview.end.astimezone(UTC)
    return any(uid == interview.uid and end <= said.astimezone(UTC) for uid, said in process.missed)


def still_to_meet(process: Process, when: datetime) -> Round | None:
    """Return the interview that was over last by `when` if they did not come to it, unless they named a time for news since."""
    over = [
        item
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED and item.interview.end.astimezone(UTC) <= when.astimezone(UTC)
    ]
    if not over or not was_missed(process, over[-1].interview):
        return None
    promise = process.wait.promise if process.wait is not None else None
    return over[-1] if promise is None or promise.made_on <= over[-1].interview.end.date() else None


def talk_called_off(process: Process) -> bool:
    """Say whether what is waited for is another time for the only interview there was to be, which they called off."""
    wait = process.wait
    if wait is None or wait.cause != CALLED_OFF:
        return False
    return not any(
        item.interview.status is not InterviewStatus.CANCELLED
        and item.interview.end.astimezone(UTC) <= wait.since.astimezone(UTC)
        and not was_missed(process, item.interview)
        for item in process.rounds
    )


def talks_held(process: Process, number: int) -> int:
    """Return how many interviews up to that of a number take or took place: one that nobody came to makes no later round."""
    return sum(
        one.number <= number and one.interview.status is not InterviewStatus.CANCELLED and not was_missed(process, one.interview)
        for one in process.rounds
    )


def _matches(person: Person, known: Person) -> bool:
    if person.address and known.address:
        return person.address == known.address
    ours, theirs = person.name.casefold().split(), known.name.casefold().split()
    return bool(ours) and (ours == theirs or (len(ours) == 1 and ours[0] in theirs))


def with_people(known: tuple[Person, ...], named: Iterable[Person]) -> tuple[Person, ...]:
    """Add to people those whom the user names (B6).

    What they write of themselves stays; the notes fill in what was unknown, and the role, which the user knows best. A first
    name joins the one person who bears it.
    """
    people = list(known)
    for person in list(named)[:_MOST_PEOPLE]:
        same = [index for index, each in enumerate(people) if _matches(person, each)]
        if len(same) == 1:
            held = people[same[0]]
            people[same[0]] = replace(
                held,
                name=held.name or person.name,
                address=held.address or person.address,
                title=held.title or person.title,
                role=person.role if person.role is not RoleClass.UNKNOWN else held.role,
            )
        elif not same and (person.name.strip() or person.address):
            people.append(person)
    return tuple(people)


def with_rounds(
    rounds: tuple[Round, ...], noted: Mapping[int, Noted], roster: tuple[Person, ...], own: frozenset[str]
) -> tuple[Round, ...]:
    """Return the rounds with those in them whom the user's notes name."""

    def there(notes: Notes) -> list[Person]:
        return [named_in(person, roster) for person in notes.answers.people if person.address not in own]

    return tuple(
        replace(
            item,
            interviewers=with_people(item.interviewers, there(noted[item.number].notes)),
            evidence=(*item.evidence, noted[item.number].id),
        )
        if item.number in noted and noted[item.number].notes.answers.people
        else item
        for item in rounds
    )
