"""How far a first look has come: what the pass tells, the bar of `once`, the lines of the daemon."""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.letters import letter
from tests.watcher.gmail_desk import GmailDesk
from watcher.cli.running import _progress
from watcher.passes import Reading

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=120)


class Terminal(io.StringIO):
    """A standard error that somebody looks at."""

    def isatty(self) -> bool:
        return True


def read(count: int, back: timedelta) -> Reading:
    return Reading(count, NOW - back, SINCE, NOW)


@pytest.mark.parametrize(
    ("back", "share"), [(timedelta(0), 0.0), (timedelta(days=30), 0.25), (timedelta(days=120), 1.0), (timedelta(days=999), 1.0)]
)
def test_the_share_is_that_of_the_time_behind_it(back: timedelta, share: float) -> None:
    assert read(1, back).share == share
    assert read(1, -back).share == 0.0


def test_a_window_of_no_time_is_read_at_once() -> None:
    assert Reading(1, NOW, NOW, NOW).share == 1.0


def test_each_page_of_a_first_look_at_gmail_says_how_far_it_goes_back(tmp_path: Path) -> None:
    with GmailDesk(tmp_path) as desk:
        for number in range(30):
            at = NOW - timedelta(days=4 * number)
            desk.arrives(letter("Hello", "Hello.\n", at, message_id=f"{number}@other.test", sender="x@other.test"), at)
        report = desk.look(NOW)
        told = desk.readings

        assert report.first
        assert [reading.count for reading in told] == [7, 14, 21, 28, 30]
        assert [reading.share for reading in told] == sorted(reading.share for reading in told)
        assert [round(reading.share * 120) for reading in told] == [24, 52, 80, 108, 116]

        desk.readings.clear()
        desk.later(minutes=2)
        assert desk.readings == []


def test_the_bar_is_drawn_from_the_second_page_on_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with _progress("gmail") as tell:
        assert screen.getvalue() == ""
        tell(read(500, timedelta(days=30)))
        tell(read(1000, timedelta(days=60)))

    drawn = screen.getvalue()
    assert "gmail: 1,000 messages, back to 31 Dec 2025" in drawn
    assert drawn.endswith("\x1b[2K"), "the line is cleared"


def test_nothing_is_drawn_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with _progress("gmail") as tell:
        tell(read(500, timedelta(days=30)))

    assert capsys.readouterr() == ("", "")
