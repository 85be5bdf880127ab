"""How often a mailbox that cannot notify is looked at."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.extract.types import Interview, InterviewStatus, Person
from rules.process import Round
from tests.watcher.reporting import NOW, assessment, outbox_row, place
from watcher.history import moments_in
from watcher.pacing import AFTER, BEFORE, LIVELY, Pace, moments_of, next_look
from watcher.store.drafts import RowState

BERLIN = ZoneInfo("Europe/Berlin")
PACE = Pace(120)
DAY = datetime(2026, 3, 17, 11, 0, tzinfo=BERLIN)


def seconds(now: datetime, pace: Pace = PACE, *moments: datetime, active: datetime | None = None, chance: float = 0.5) -> float:
    """Return the wait; by default without jitter."""
    return next_look(now, pace, BERLIN, active=active, moments=moments, chance=chance)


def test_by_day_it_is_the_usual_interval() -> None:
    assert seconds(DAY) == 120


def test_what_is_not_said_follows_from_the_usual_interval() -> None:
    assert (PACE.shortest, PACE.usual, PACE.longest) == (30, 120, 600)


@pytest.mark.parametrize("hour", [22.5, 23, 0, 3, 6])
def test_by_night_in_the_users_zone_it_is_the_longest(hour: float) -> None:
    night = datetime(2026, 3, 17, tzinfo=BERLIN) + timedelta(hours=hour)

    assert seconds(night.astimezone(UTC)) == 600


@pytest.mark.parametrize("hour", [6.5, 7, 12, 22.4])
def test_the_night_is_over_at_half_past_six(hour: float) -> None:
    assert seconds(datetime(2026, 3, 17, tzinfo=BERLIN) + timedelta(hours=hour)) == 120


def test_the_wait_of_a_night_ends_with_it() -> None:
    assert seconds(datetime(2026, 3, 17, 6, 25, tzinfo=BERLIN)) == 300
    assert seconds(datetime(2026, 3, 16, 23, 0, tzinfo=BERLIN), Pace(120, longest=86_400)) == 7.5 * 3600


@pytest.mark.parametrize(("day", "hours"), [(29, 6.5), (30, 7.5)])
def test_the_night_of_a_change_of_clocks_ends_in_time(day: int, hours: float) -> None:
    """In Berlin the clocks went forward in the night to 29 March 2026: that night is an hour shorter."""
    evening = datetime(2026, 3, day - 1, 23, 0, tzinfo=BERLIN).astimezone(UTC)

    assert seconds(evening, Pace(120, longest=86_400)) == hours * 3600


@pytest.mark.parametrize("now", [DAY, datetime(2026, 3, 17, 2, 0, tzinfo=BERLIN)])
def test_after_something_has_happened_it_is_the_shortest_day_and_night(now: datetime) -> None:
    assert seconds(now, active=now) == 30
    assert seconds(now + LIVELY - timedelta(seconds=1), active=now) == 30
    assert seconds(now + LIVELY, active=now) > 30


@pytest.mark.parametrize(
    ("offset", "wait"),
    [
        (-BEFORE - timedelta(seconds=120), 120),
        (-BEFORE - timedelta(seconds=50), 50),
        (-BEFORE, 30),
        (timedelta(0), 30),
        (AFTER - timedelta(seconds=1), 30),
        (AFTER, 120),
    ],
)
def test_around_a_slot_or_the_end_of_an_interview_it_is_the_shortest(offset: timedelta, wait: float) -> None:
    assert seconds(DAY + offset, PACE, DAY) == wait


def test_an_activity_that_is_yet_to_come_counts_for_nothing() -> None:
    """The clock was put back."""
    assert seconds(DAY, active=DAY + timedelta(hours=1)) == 120


def test_accounts_do_not_ask_in_step() -> None:
    waits = [seconds(DAY, chance=chance) for chance in (0.0, 0.25, 0.75, 1.0)]

    assert waits == sorted(set(waits))
    assert [round(waits[0]), round(waits[-1])] == [108, 132]


def test_a_provider_slows_all_of_it_down() -> None:
    slow = Pace(10, 2, 50).slowed(60)

    assert (slow.shortest, slow.usual, slow.longest) == (60, 60, 60)
    assert PACE.slowed(0) == PACE


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    ago=st.none() | st.integers(-3600, 3600),
    ahead=st.lists(st.integers(-10_000, 200_000), max_size=5),
    bounds=st.tuples(st.floats(1, 86_400), st.floats(1, 86_400), st.floats(1, 86_400)).map(sorted),
    zone=st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Pacific/Chatham", "Asia/Kathmandu"]).map(ZoneInfo),
    chance=st.floats(0, 1),
)
def test_no_wait_is_ever_outside_of_the_bounds(  # noqa: PLR0917 - hypothesis gives them by name
    now: datetime, ago: int | None, ahead: list[int], bounds: list[float], zone: ZoneInfo, chance: float
) -> None:
    pace = Pace(bounds[1], bounds[0], bounds[2])
    active = None if ago is None else now - timedelta(seconds=ago)
    moments = [now + timedelta(seconds=each) for each in ahead]

    assert pace.shortest <= next_look(now, pace, zone, active=active, moments=moments, chance=chance) <= pace.longest


def test_a_day_without_mail_costs_a_few_hundred_looks() -> None:
    now, looks = datetime(2026, 3, 17, 0, 0, tzinfo=BERLIN).astimezone(UTC), 0
    end = now + timedelta(days=1)
    while now < end:
        now += timedelta(seconds=seconds(now))
        looks += 1

    assert looks == 16 * 30 + 8 * 6


# ----------------------------------------------------------------------------------------------------------- the moments


def interview(end: datetime, status: InterviewStatus = InterviewStatus.CONFIRMED) -> Round:
    return Round(1, Interview("i", end - timedelta(hours=1), end, status=status), (Person("Dana", "dana@acme.example"),))


def test_slots_and_ends_of_interviews_are_moments_and_what_is_called_off_is_none() -> None:
    rows = [
        outbox_row(step="status-1.1", slot_opens=NOW),
        outbox_row(step="prep-1", slot_opens=NOW + timedelta(hours=1)),
        outbox_row(RowState.SENT, step="thank_you-1", slot_opens=NOW + timedelta(hours=2)),
    ]
    found = assessment(None, None, *rows)
    ends = itertools.count(3)
    rounds = tuple(interview(NOW + timedelta(hours=next(ends)), status) for status in InterviewStatus)
    process = replace(found.process, rounds=rounds)
    decision = replace(found.decision, place=(place(opens=NOW + timedelta(days=1)),))
    told = moments_in(replace(found, process=process, decision=decision))
    held = [each.interview.end for each in rounds if each.interview.status is not InterviewStatus.CANCELLED]

    assert sorted(told) == sorted([NOW, NOW + timedelta(days=1), *held])


def test_moments_that_are_over_are_forgotten_and_each_is_told_once() -> None:
    old, new = NOW - AFTER, NOW - AFTER + timedelta(seconds=1)

    assert moments_of([[NOW, old], [new, NOW]], NOW) == (new, NOW)
