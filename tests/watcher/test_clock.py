"""Clocks: one that runs, one that stands still until told."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfoNotFoundError

import pytest

from watcher.clock import Clock, FixedClock, SystemClock, system_zone

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_the_system_clock_is_aware_and_does_not_run_backwards() -> None:
    clock: Clock = SystemClock()

    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()


def test_a_fixed_clock_stands_still_until_it_is_advanced() -> None:
    clock = FixedClock(NOON.astimezone(timezone(timedelta(hours=9))))

    assert clock.now() == NOON
    assert clock.now().utcoffset() == timedelta(0)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == NOON + timedelta(minutes=1)
    assert clock.monotonic() == 60


def test_a_clock_that_is_set_back_does_not_move_the_monotonic_one() -> None:
    clock = FixedClock(NOON)
    clock.advance(timedelta(seconds=5))

    clock.set(NOON - timedelta(days=1))

    assert clock.now() == NOON - timedelta(days=1)
    assert clock.monotonic() == 5


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="backwards"):
        FixedClock(NOON).advance(timedelta(seconds=-1))


def test_the_zone_of_the_system_is_taken_from_its_environment() -> None:
    code = "from watcher.clock import system_zone; assert system_zone() == 'Asia/Tokyo'"

    assert subprocess.run([sys.executable, "-c", code], env={"TZ": "Asia/Tokyo"}, check=False).returncode == 0


@pytest.mark.parametrize("answer", ["Nowhere/Land", "", None, ZoneInfoNotFoundError("two settings that contradict each other")])
def test_a_zone_that_the_system_cannot_name_is_empty(monkeypatch: pytest.MonkeyPatch, answer: str | Exception | None) -> None:
    def told() -> str | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr("tzlocal.get_localzone_name", told)

    assert system_zone() == ""
