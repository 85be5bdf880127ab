"""How an account's thread deals with trouble: whom it leaves alone, for how long, and how often it says so.

Nothing waits here: what the thread would wait for is written down, and the clock stands until it is put forward.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Capabilities, Changes, WaitResult, Wake
from connectors.errors import AuthNeeded, Misconfigured, Throttled, Unavailable
from connectors.maildir import MaildirConnector, MaildirSettings
from rules.mail import Wants
from tests.letters import invitation, letter
from tests.watcher.desk import Desk
from watcher.clock import FixedClock
from watcher.pacing import Pace
from watcher.secrets import SecretError
from watcher.store import StoreDamaged, StoreError, StoreFull
from watcher.store.accounts import all_accounts
from watcher.store.journal import load_log
from watcher.worker import Worker

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Mailbox(MaildirConnector):
    """A mailbox with a moody server in front: one mood each time it is opened, one each time it is waited for."""

    opened = 0

    def __init__(self, rig: Rig) -> None:
        """Take the rig that says the moods."""
        super().__init__(MaildirSettings(rig.desk.mailbox))
        self._rig = rig

    def open(self) -> Capabilities:
        Mailbox.opened += 1
        self._rig.at_open()
        return replace(super().open(), push=self._rig.push, least_poll=self._rig.least_poll)

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        self._rig.looks += 1
        return super().changes(cursor, since, wants)

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        self._rig.stood.append(timeout)
        self._rig.at_wait()
        return WaitResult.WOKEN if wake.is_set() else WaitResult.TIMEOUT


class Rig:
    """A worker whose waits are written down; it is stopped after `waits` of them."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make a worker on a mailbox that is in a good mood."""
        self.desk = desk
        self.clock = FixedClock(START)
        self.waited: list[float] = []
        self.fatal: list[StoreError] = []
        self.at_open: Callable[[], None] = lambda: None
        self.at_wait: Callable[[], None] = lambda: None
        self.while_asleep: Callable[[], None] = lambda: None
        self.waits = 1
        self.push = True
        self.least_poll = 0.0
        self.looks = 0
        self.stood: list[float] = []
        """What the mailbox was waited for."""
        self.given_back: list[int] = []
        """How often it had been looked at when memory was given back: doing so in the tests' process takes a second each time."""
        Mailbox.opened = 0
        self.worker = self.anew()
        monkeypatch.setattr("watcher.worker.wait_for", self._wait)
        monkeypatch.setattr("watcher.worker.give_back", lambda: self.given_back.append(self.looks))

    def anew(self) -> Worker:
        """Make a worker on the same store, as another process would."""
        if hasattr(self, "worker"):
            self.worker.wake.close()
        self.worker = Worker(
            self.desk.account,
            lambda _pause: Mailbox(self),
            self.desk.store,
            self.clock,
            Pace(120.0),
            lambda _account, _at: None,
            self.fatal.append,
        )
        return self.worker

    def _wait(self, _wake: Wake, seconds: float) -> None:
        self.waited.append(seconds)
        self.while_asleep()
        if len(self.waited) >= self.waits:
            self.worker.stop()

    def raises(self, error: Exception) -> Callable[[], None]:
        """Return what raises an error each time."""

        def mood() -> None:
            raise error

        return mood


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    desk = Desk(tmp_path)
    made = Rig(desk, monkeypatch)
    yield made
    made.worker.wake.close()
    desk.close()


@pytest.mark.parametrize("error", [AuthNeeded("no"), SecretError("no")])
def test_a_refused_sign_in_rests_for_an_hour_whatever_the_timers_say(rig: Rig, error: Exception) -> None:
    rig.at_open = rig.raises(error)
    woken: list[bool] = []

    def timers() -> None:
        rig.worker.nudge()
        woken.append(rig.worker.wake.is_set())

    rig.while_asleep = timers
    rig.worker.run()

    assert rig.waited == [3600.0]
    assert woken == [False]


def test_a_word_of_the_user_ends_the_rest(rig: Rig) -> None:
    rig.at_open = rig.raises(AuthNeeded("no"))
    woken: list[bool] = []

    def user() -> None:
        rig.worker.wake.set()
        woken.append(rig.worker.wake.is_set())

    rig.while_asleep = user
    rig.worker.run()

    assert woken == [True]


def test_timers_wake_who_is_not_resting(rig: Rig) -> None:
    rig.worker.nudge()

    assert rig.worker.wake.is_set()


def test_what_looks_misconfigured_is_tried_again_after_minutes(rig: Rig) -> None:
    rig.at_open = rig.raises(Misconfigured("no Drafts"))
    rig.worker.run()

    assert rig.waited == [300.0]


def test_a_server_that_is_away_is_asked_ever_less_often_up_to_five_minutes(rig: Rig) -> None:
    rig.at_open, rig.waits = rig.raises(Unavailable("away.")), 12
    rig.worker.run()

    assert 0.5 <= rig.waited[0] <= 1.0
    assert all(min(2.0**count, 300) / 2 <= seconds <= min(2.0**count, 300) for count, seconds in enumerate(rig.waited))


def test_a_server_is_left_alone_for_as_long_as_it_asks(rig: Rig) -> None:
    rig.at_open, rig.waits = rig.raises(Throttled("slowly.", 900.0)), 5
    rig.worker.run()

    assert min(rig.waited) >= 900.0


def test_memory_is_given_back_behind_the_first_look_of_each_connection(rig: Rig) -> None:
    moods = iter([False, False, True])

    def sometimes() -> None:
        if next(moods, False):
            raise Unavailable("closed.")
        if rig.looks >= 5:
            rig.worker.stop()

    rig.at_wait, rig.waits = sometimes, 9
    rig.worker.run()

    assert Mailbox.opened == 2
    assert rig.given_back == [1, 4]


def test_memory_is_given_back_again_when_much_mail_was_read(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.worker._MANY", 3)

    def deliver() -> None:
        if rig.looks >= 7:
            rig.worker.stop()
        rig.desk.deliver(letter("Interview", "When shall we talk?", START, message_id=f"letter-{rig.looks}@acme.test"), START)

    rig.at_wait = deliver
    rig.worker.run()

    assert rig.given_back == [1, 4, 7]


def test_a_server_that_lets_in_and_hangs_up_is_not_stormed(rig: Rig) -> None:
    rig.at_wait, rig.waits = rig.raises(Unavailable("closed.")), 8
    rig.worker.run()

    assert rig.waited[-1] > 60
    assert Mailbox.opened == 8


def test_a_connection_that_held_for_a_while_is_taken_up_again_soon(rig: Rig) -> None:
    def drop_after_ten_minutes() -> None:
        rig.clock.advance(timedelta(minutes=10))
        raise Unavailable("closed.")

    rig.at_wait, rig.waits = drop_after_ten_minutes, 8
    rig.worker.run()

    assert max(rig.waited) <= 1.0


@pytest.mark.parametrize("forward", [timedelta(minutes=5), timedelta(days=3)])
def test_a_machine_that_slept_connects_anew(rig: Rig, forward: timedelta) -> None:
    jumps = iter([forward])

    def sleep() -> None:
        if (jump := next(jumps, None)) is None:
            rig.worker.stop()
        else:
            rig.clock.set(rig.clock.now() + jump)

    rig.at_wait, rig.waits = sleep, 9
    rig.worker.run()

    assert Mailbox.opened == 2


@pytest.mark.parametrize("jump", [timedelta(seconds=20), timedelta(days=-3), timedelta(hours=-1)])
def test_a_clock_that_is_put_right_or_back_is_no_sleep(rig: Rig, jump: timedelta) -> None:
    jumps = iter([jump])

    def put_right() -> None:
        if (by := next(jumps, None)) is None:
            rig.worker.stop()
        else:
            rig.clock.set(rig.clock.now() + by)

    rig.at_wait = put_right
    rig.worker.run()

    assert Mailbox.opened == 1


def test_a_trouble_is_told_once_by_each_process_and_written_down_once(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.at_open = rig.raises(AuthNeeded("The server refused the sign-in."))
    with caplog.at_level(logging.WARNING):
        for told in (1, 2):
            rig.waits += 3
            rig.anew().run()

            assert caplog.text.count("refused the sign-in") == told
    with rig.desk.store.read() as connection:
        assert [row.action for row in load_log(connection, "main")] == ["notice:sign_in"]


def trouble(rig: Rig) -> tuple[str, str]:
    with rig.desk.store.read() as connection:
        (row,) = all_accounts(connection)
    return row.trouble_kind, row.trouble


def logged(rig: Rig) -> list[str]:
    with rig.desk.store.read() as connection:
        return [row.action for row in load_log(connection, "main")]


def test_a_lost_grant_is_told_once_in_whatever_words_and_though_the_line_is_down_in_between(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    errors = iter(
        [
            AuthNeeded("The grant was revoked (try 1)."),
            AuthNeeded("The grant was revoked (try 2)."),
            *[Unavailable("no network.")] * 7,
            AuthNeeded("The grant was revoked (try 3)."),
        ]
    )

    def moods() -> None:
        raise next(errors)

    rig.at_open, rig.waits = moods, 10
    with caplog.at_level(logging.WARNING):
        rig.worker.run()

    assert logged(rig) == ["notice:sign_in"]
    assert trouble(rig) == ("sign_in", "The grant was revoked (try 3).")
    assert caplog.text.count("The grant was revoked") == 1


def test_a_sign_in_that_works_again_takes_the_notice_back_and_says_so(rig: Rig) -> None:
    errors = iter([AuthNeeded("The grant was revoked.")])

    def moods() -> None:
        for error in errors:
            raise error

    rig.at_open, rig.waits = moods, 9
    rig.at_wait = rig.worker.stop
    rig.worker.run()

    assert logged(rig) == ["notice:sign_in", "signed_in"]
    assert trouble(rig) == ("", "")


def test_a_grant_that_is_lost_anew_is_news_again(rig: Rig) -> None:
    errors = iter([AuthNeeded("Revoked."), None, AuthNeeded("Revoked.")])

    def moods() -> None:
        if (error := next(errors)) is not None:
            raise error

    def drop() -> None:
        raise Unavailable("closed.")

    rig.at_open, rig.at_wait, rig.waits = moods, drop, 3
    rig.worker.run()

    assert logged(rig) == ["notice:sign_in", "signed_in", "notice:sign_in"]


# ------------------------------------------------------------------------------------------------------------ the pace


def stop_after(rig: Rig, waits: int) -> Callable[[], None]:
    def stop() -> None:
        if len(rig.stood) >= waits:
            rig.worker.stop()

    return stop


def test_a_mailbox_that_notifies_is_looked_at_at_the_usual_interval_besides(rig: Rig) -> None:
    rig.at_wait = stop_after(rig, 3)
    rig.worker.run()

    assert rig.stood == [120.0] * 3


def test_one_that_does_not_is_looked_at_with_some_jitter(rig: Rig) -> None:
    rig.push, rig.at_wait = False, stop_after(rig, 12)
    rig.worker.run()

    assert 108 <= min(rig.stood) < max(rig.stood) <= 132


def test_it_is_looked_at_often_after_mail_of_a_process_and_seldom_by_night(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.push = False
    rig.desk.deliver(invitation(START, START + timedelta(days=2)), START)
    looks: list[list[float]] = []

    def at_wait() -> None:
        if len(rig.stood) == 1:
            looks.append([*rig.stood])
            rig.clock.set(START.replace(hour=23))
            raise Unavailable("closed.")
        if len(rig.stood) >= 6:
            rig.worker.stop()

    rig.at_wait, rig.waits = at_wait, 9
    with caplog.at_level(logging.INFO):
        rig.worker.run()

    assert 27 <= looks[0][0] <= 33
    assert sum(rig.stood[1:3]) >= 540, "one long wait, in pieces"
    assert max(rig.stood) == 300
    assert caplog.text.count("signed in and up to date") == 2


def test_a_machine_that_sleeps_in_a_long_wait_connects_anew_at_the_next_piece(rig: Rig) -> None:
    rig.push = False
    rig.clock.set(START.replace(hour=23))

    def at_wait() -> None:
        if len(rig.stood) == 2:
            rig.clock.set(rig.clock.now() + timedelta(hours=7))
        if len(rig.stood) > 2:
            rig.worker.stop()

    rig.at_wait, rig.waits = at_wait, 9
    rig.worker.run()

    assert Mailbox.opened == 2


def test_a_word_of_the_user_ends_a_long_wait(rig: Rig) -> None:
    rig.push = False
    rig.clock.set(START.replace(hour=23))
    passes: list[datetime] = []

    def at_wait() -> None:
        passes.append(rig.clock.now())
        if len(rig.stood) < 4:
            rig.worker.wake.set()
        else:
            rig.worker.stop()

    rig.at_wait = at_wait
    rig.worker.run()

    assert rig.stood[:3] == [300.0] * 3
    assert len(passes) == 4


def test_a_provider_that_wants_to_be_asked_seldom_is(rig: Rig) -> None:
    rig.push, rig.least_poll, rig.at_wait = False, 3000.0, stop_after(rig, 11)
    rig.worker.run()

    assert rig.looks == 2
    assert sum(rig.stood[:10]) == 3000.0


@pytest.mark.parametrize("error", [StoreFull("full"), StoreDamaged("damaged")])
def test_a_store_that_cannot_be_used_is_the_end(rig: Rig, error: StoreError) -> None:
    rig.at_open = rig.raises(error)
    rig.worker.run()

    assert rig.fatal == [error]
    assert not rig.waited


def test_a_mistake_in_here_is_no_reason_to_end(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    rig.at_open, rig.waits = rig.raises(KeyError("oops")), 2
    rig.worker.run()

    assert rig.waited == [300.0, 300.0]
    assert "something unforeseen" in caplog.text
