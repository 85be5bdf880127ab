"""The invariants of tasks, of keeping in touch and of no-shows, over made-up histories and the months after them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.types import DraftKind
from rules.extract.types import Facts, Format, Outcome, Person
from rules.intents import Decision
from rules.notes.types import Answers, Heading, Notes, Point, Topic
from rules.policy import load_playbook, parse_policy
from rules.process import DraftChange, Event, Mark, Noted, Process, State, Verb, fold
from tests.rules.test_decide_properties import START, WEEKS, Make, histories
from tests.rules.timing import FAST, PROFILE, confirmed, drafted, meeting, mine, theirs

POLICY = parse_policy("tasks.call = true\n", load_playbook("default"))
KIM = Person("Kim Lee")
QUIET = frozenset({State.OUR_TURN, State.PAUSED, State.DORMANT, State.CLOSED})


def _visit(name: str, at: datetime, salt: int) -> Event:
    start = (at + timedelta(hours=20 + salt % 200)).replace(minute=0)
    people = (Person("Ann Weber", "ann@corp.example"), KIM, Person("", "x@corp.example"))[: 1 + salt % 3]
    return confirmed(name, at, meeting(start, f"cal-{3 + salt % 2}", people=people, format=Format.IN_PERSON))


def _note(name: str, at: datetime, salt: int) -> Event:
    answers = Answers(
        other_steps=("the test",) if salt % 4 == 0 else (),
        traditional=None if salt % 3 else bool(salt % 2),
        remote=True if salt % 11 == 0 else None,
    )
    points = (Point(f"{salt % 3}.stood_out.1", Heading.STOOD_OUT, f"news {salt}", topic=(Topic.SINCE, Topic.LINK)[salt % 2]),)
    return Noted(name, at, Notes(salt % 3, at, points if salt % 3 else (), answers))


def _instruction(name: str, at: datetime, salt: int) -> Event:
    del salt
    return theirs(name, at, facts=Facts(instructions=("Please use this address only.",)))


EXTRAS: dict[str, Make] = {
    "visit": _visit,
    "note": _note,
    "instruction": _instruction,
    "rejected": lambda name, at, _: theirs(name, at, Kind.REJECTION),
    "held": lambda name, at, _: theirs(name, at, facts=Facts(outcome=Outcome.ON_HOLD)),
    "news much later": lambda name, at, salt: _note(name, at + timedelta(days=salt), 1 + 3 * salt),
    "nobody came": lambda name, at, _: Mark(name, at, Verb.NO_SHOW),
    "card done": lambda name, at, salt: Mark(name, at, Verb.DONE, item=f"handwritten-{salt % 3}.ann@corp.example"),
    "sample done": lambda name, at, salt: Mark(name, at, Verb.DONE, item=f"work_sample-{salt % 3}.make"),
    "called": lambda name, at, _: Mark(name, at, Verb.DONE, item="call"),
    "taken": lambda name, at, _: Mark(name, at, Verb.ACCEPTED),
}


@st.composite
def lives(draw: st.DrawFn) -> list[Event]:
    """Make a history with tasks in it, that may be over."""
    events = list(draw(histories()))
    items = draw(
        st.lists(st.tuples(st.integers(0, WEEKS * 7 * 24), st.sampled_from(sorted(EXTRAS)), st.integers(0, 240)), max_size=6)
    )
    for number, (hours, name, salt) in enumerate(items):
        events.append(EXTRAS[name](f"x{number}", START + timedelta(hours=hours, minutes=30 + number), salt))
    return events


def _decided(now: datetime, events: list[Event], begins: datetime | None) -> tuple[Process, Decision]:
    process = replace(fold("p", events, now=now, policy=POLICY, profile=PROFILE), job_from=begins)
    return process, decide(process, POLICY, PROFILE, now)


def _played(events: list[Event], seed: int, begins: datetime | None) -> list[tuple[datetime, Process, Decision]]:
    """Return what was decided at each check; some of what stands in Drafts is sent, discarded or left."""
    rng = random.Random(seed)
    ahead = sorted(events, key=lambda event: event.at)
    known: list[Event] = []
    live: set[object] = set()
    seen: list[tuple[datetime, Process, Decision]] = []
    now, end = START - timedelta(hours=1), START + timedelta(days=500)
    for _ in range(160):
        while ahead and ahead[0].at <= now:
            known.append(ahead.pop(0))
        process, decision = _decided(now, known, begins)
        seen.append((now, process, decision))
        _is_exact(now, known, decision, rng, begins)
        for item in decision.withdraw:
            known.append(drafted(item.key, now, DraftChange.WITHDRAWN))
            live.discard(item.key)
        for place in decision.place:
            if place.key in live:
                continue
            live.add(place.key)
            known.append(drafted(place.key, now, slot=place.slot.opens))
            fate = rng.choice(["send", "send", "discard", "leave"])
            later = now + timedelta(minutes=1)
            if fate == "send" and not place.kind.to_self:
                known.append(mine(f"sent {place.key}", later, place.key.recipient, place.key))
            elif fate == "discard":
                known.append(drafted(place.key, later, DraftChange.DISCARDED, place.slot.opens))
        check = _decided(now + timedelta(minutes=2), known, begins)[1].next_check
        wakes = [when for when in (check, ahead[0].at if ahead else None) if when is not None]
        if not wakes or min(wakes) > end:
            break
        now = max(min(wakes).astimezone(UTC), now + timedelta(minutes=2))
    return seen


def _is_exact(now: datetime, known: list[Event], decision: Decision, rng: random.Random, begins: datetime | None) -> None:
    check = decision.next_check
    if check is not None:
        assert check > now
        assert replace(_decided(check, known, begins)[1], next_check=None) != replace(decision, next_check=None)
    span = (check - now) if check is not None else timedelta(days=300)
    for part in (rng.random(), 1 - 1e-9):
        later = now + span * part
        if check is None or later < check:
            assert _decided(later, known, begins)[1] == decision, (now, later, check)


def _stand_where_they_may(process: Process, decision: Decision) -> None:
    kinds = {place.kind for place in decision.place}
    if process.no_contact:
        assert decision.tasks == ()
        assert not {kind for kind in kinds if not kind.to_self}
    if process.state is State.CLOSED:
        assert decision.tasks == ()
        assert kinds <= {DraftKind.GRACIOUS, DraftKind.KEEP_WARM}
        assert not kinds or process.closed_by == "rejection"
    if DraftKind.KEEP_WARM in kinds:
        assert process.on_hold or process.closed_by == "rejection"
        assert DraftKind.STATUS not in kinds
    if DraftKind.NO_SHOW in kinds:
        assert process.missed
        assert process.state not in QUIET
    if process.instructions:
        assert not {task.kind for task in decision.tasks} & {"handwritten", "call"}
    assert sum(task.kind == "call" for task in decision.tasks) <= 1
    assert sum(kind is DraftKind.KEEP_WARM for kind in kinds) <= 1
    warm = [when for _, when in process.warmed]
    for one, third in zip(warm, warm[2:], strict=False):
        assert third - one >= timedelta(days=363)


@FAST
@given(lives(), st.integers(0, 10**6), st.one_of(st.none(), st.integers(1, 120)))
def test_next_check_is_exact_with_tasks_notes_no_shows_and_a_job_ahead(events: list[Event], seed: int, days: int | None) -> None:
    begins = START + timedelta(days=days) if days is not None else None
    for now, process, decision in _played(events, seed, begins):
        names = [task.id for task in (*decision.tasks, *decision.upcoming_tasks)]
        assert len(names) == len(set(names))
        assert not process.done.intersection(names)
        assert all(task.since <= now for task in decision.tasks)
        if begins is not None and now >= begins:
            assert (decision.place, decision.upcoming, decision.tasks, decision.next_check) == ((), (), (), None)
        _stand_where_they_may(process, decision)


def test_the_made_up_histories_reach_every_kind_of_task_and_of_draft() -> None:
    tasks: set[str] = set()
    kinds: set[DraftKind] = set()
    for seed in range(12):
        rng = random.Random(seed)
        events: list[Event] = [_visit("first", START, rng.randrange(240))]
        events.append(_visit("second", START + timedelta(days=14), rng.randrange(240)))
        for number in range(6):
            name = rng.choice(sorted(EXTRAS))
            events.append(
                EXTRAS[name](f"x{number}", START + timedelta(hours=rng.randrange(24 * 84), minutes=number), rng.randrange(240))
            )
        if seed % 2:
            events.append(theirs("no", START + timedelta(days=30), Kind.REJECTION))
        for _, _, decision in _played(events, seed, None):
            tasks.update(task.kind for task in decision.tasks)
            kinds.update(place.kind for place in decision.place)
    assert tasks >= {"handwritten", "linkedin", "call", "work_sample", "names", "owed"}
    assert kinds == set(DraftKind)
