"""What `open`, `close` and `wait` promise."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from connectors.base import WaitResult
from connectors.errors import Unavailable
from rules.mail import Role
from tests.connectors.asking import pull, pull_until, settle
from tests.connectors.contract_changes import opened
from tests.connectors.harness import Harness
from tests.connectors.letters import NOW, letter
from watcher.wake import SocketWake

__all__ = ["WaitClauses"]

LONG = 60.0
"""Seconds nobody means to wait: a test that does has failed, and says so by its result."""


class WaitClauses:
    """A wait ends in time, and a connection that is lost can be had again."""

    @pytest.fixture
    def wake(self) -> Iterator[SocketWake]:
        """Give a signal that is not set."""
        signal = SocketWake()
        yield signal
        signal.close()

    def test_opening_tells_the_folders_in_use(self, harness: Harness) -> None:
        with opened(harness) as connector:
            roles = {role for role, _ in connector.open().folders}

            assert {Role.INBOX, Role.DRAFTS, Role.SENT} <= roles

    def test_closing_may_be_done_twice_and_before_opening(self, harness: Harness) -> None:
        connector = harness.connector()
        connector.close()
        connector.open()
        connector.close()
        connector.close()

    def test_a_connector_can_be_used_again_after_it_was_closed(self, harness: Harness) -> None:
        harness.deliver(letter("one"), received_at=NOW)
        connector = harness.connector()
        connector.open()
        cursor = pull(connector).cursor
        connector.close()
        harness.deliver(letter("two"), received_at=NOW)
        connector.open()
        try:
            assert pull_until(connector, cursor, lambda pulled: "two" in pulled.ids).ids == {"two"}
        finally:
            connector.close()

    def test_a_connector_that_is_not_open_says_so(self, harness: Harness) -> None:
        connector = harness.connector()
        with pytest.raises(Unavailable):
            pull(connector)
        with pytest.raises(Unavailable):
            connector.list_drafts()

    def test_waiting_no_time_at_all_returns_at_once(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            settle(connector)

            assert connector.wait(0, wake) is WaitResult.TIMEOUT

    def test_a_wait_on_a_quiet_mailbox_runs_out(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            cursor = settle(connector)
            # The first wait may find something that may have changed; a mailbox at rest must let a later one run out.
            outcomes = []
            for _ in range(5):
                outcomes.append(connector.wait(0.2, wake))
                if outcomes[-1] is WaitResult.TIMEOUT:
                    break
                cursor = pull(connector, cursor).cursor

            assert outcomes[-1] is WaitResult.TIMEOUT

    def test_a_signal_that_is_set_already_ends_the_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            settle(connector)
            wake.set()

            assert connector.wait(LONG, wake) is WaitResult.WOKEN
            assert connector.wait(0, wake) is WaitResult.WOKEN

    def test_another_thread_ends_the_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            cursor = settle(connector)
            timer = threading.Timer(0.3, wake.set)
            timer.start()
            outcome = connector.wait(LONG, wake)
            while outcome is WaitResult.CHANGED:  # allowed at any time
                cursor = pull(connector, cursor).cursor
                outcome = connector.wait(LONG, wake)
            timer.join()

            assert outcome is WaitResult.WOKEN

    def test_a_signal_that_was_cleared_does_not_end_the_next_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            settle(connector)
            wake.set()
            connector.wait(LONG, wake)
            wake.clear()

            assert connector.wait(0.1, wake) is not WaitResult.WOKEN

    def test_mail_that_came_between_the_pass_and_the_wait_ends_the_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            if not connector.open().push:
                pytest.skip("this mailbox tells of no change by itself")
            cursor = settle(connector)
            connector.wait(0.1, wake)
            cursor = settle(connector, cursor)
            harness.deliver(letter("gap"))

            assert connector.wait(LONG, wake) is WaitResult.CHANGED
            assert pull_until(connector, cursor, lambda pulled: "gap" in pulled.ids).ids == {"gap"}

    def test_mail_that_comes_during_the_wait_ends_the_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            if not connector.open().push:
                pytest.skip("this mailbox tells of no change by itself")
            cursor = settle(connector)
            timer = threading.Timer(0.3, harness.deliver, [letter("pushed")])
            timer.start()
            outcome = connector.wait(LONG, wake)
            timer.join()

            assert outcome is WaitResult.CHANGED
            assert pull_until(connector, cursor, lambda pulled: "pushed" in pulled.ids).ids == {"pushed"}

    def test_every_one_of_several_messages_in_a_row_ends_a_wait(self, harness: Harness, wake: SocketWake) -> None:
        with opened(harness) as connector:
            if not connector.open().push:
                pytest.skip("this mailbox tells of no change by itself")
            cursor = settle(connector)
            seen: set[str] = set()
            for number in range(3):
                harness.deliver(letter(f"row{number}"))

                assert connector.wait(LONG, wake) is WaitResult.CHANGED
                pulled = pull_until(connector, cursor, lambda pulled: bool(pulled.ids))
                cursor = settle(connector, pulled.cursor)
                seen |= pulled.ids

            assert seen == {"row0", "row1", "row2"}

    def test_a_cut_line_is_told_or_mended_and_opening_again_helps(self, harness: Harness, wake: SocketWake) -> None:
        harness.deliver(letter("one"), received_at=NOW)
        with opened(harness) as connector:
            cursor = settle(connector)
            harness.cut()
            harness.deliver(letter("two"), received_at=NOW)
            with contextlib.suppress(Unavailable):
                connector.wait(0.2, wake)
            with contextlib.suppress(Unavailable):
                pull(connector, cursor)
            connector.open()

            assert pull_until(connector, cursor, lambda pulled: "two" in pulled.ids).ids == {"two"}

    def test_a_line_that_is_cut_between_pages_skips_nothing(self, harness: Harness) -> None:
        expected = {f"mail{number}" for number in range(40)}
        for name in sorted(expected):
            harness.deliver(letter(name), received_at=NOW)
        with opened(harness) as connector:
            seen: set[str] = set()
            cursor = None
            with contextlib.suppress(Unavailable):
                for number, page in enumerate(connector.changes(None, NOW, lambda envelope: False)):  # noqa: ARG005 - no text is wanted
                    seen |= {envelope.message_id.partition("@")[0] for envelope in page.envelopes}
                    cursor = page.cursor
                    if number == 0:
                        harness.cut()
            connector.open()

            assert seen | pull(connector, cursor).ids == expected
