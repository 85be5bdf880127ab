"""Waiting on a real server: what wakes it, and how soon a connection that died in silence is noticed."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator

import pytest

from connectors.base import WaitResult
from connectors.errors import Unavailable
from connectors.imap import ImapConnector, ImapSettings, Security
from connectors.imap.deadline import Deadline
from tests.connectors.asking import pull, settle
from tests.connectors.imap_harness import fresh_user
from tests.connectors.letters import letter
from tests.servers.chaosproxy import Act, ChaosProxy, Way
from tests.servers.dovecot import PASSWORD, Dovecot
from watcher.wake import SocketWake

REFRESH = 0.6
ANSWER = 0.5
LONG = 30.0


class Rig:
    """A connector behind a relay."""

    def __init__(self, server: Dovecot, proxy: ChaosProxy, security: Security, *, idle: bool = True) -> None:
        """Take a fresh user."""
        self.user = fresh_user()
        self.server = server
        self.proxy = proxy
        self.connector = ImapConnector(
            ImapSettings(
                host="localhost",
                port=proxy.port,
                security=security,
                ca_file=None if security is Security.PLAIN else server.ca_file,
                username=self.user,
                secret=lambda: PASSWORD,
                timeout=ANSWER,
                idle=idle,
                idle_refresh=REFRESH,
                poll_interval=0.1,
            )
        )


@pytest.fixture(params=[Security.PLAIN, Security.TLS, Security.STARTTLS])
def rig(request: pytest.FixtureRequest, dovecot: Dovecot) -> Iterator[Rig]:
    port = dovecot.imaps if request.param is Security.TLS else dovecot.imap
    with ChaosProxy(("127.0.0.1", port)) as proxy:
        made = Rig(dovecot, proxy, request.param)
        made.connector.open()
        yield made
        made.connector.close()


@pytest.fixture
def wake() -> Iterator[SocketWake]:
    signal = SocketWake()
    yield signal
    signal.close()


def test_mail_that_is_delivered_wakes_the_wait_within_two_seconds(rig: Rig, wake: SocketWake) -> None:
    cursor = settle(rig.connector)
    timer = threading.Timer(0.2, rig.server.deliver, [rig.user, letter("new")])
    timer.start()
    clock = Deadline(LONG)
    outcome = rig.connector.wait(LONG, wake)
    waited = LONG - clock.left
    timer.join()

    assert outcome is WaitResult.CHANGED
    assert waited < 0.2 + 2
    assert pull(rig.connector, cursor).ids == {"new"}


def test_a_wait_outlasts_many_renewals(rig: Rig, wake: SocketWake) -> None:
    settle(rig.connector)
    assert rig.connector.wait(REFRESH * 3.3, wake) is WaitResult.TIMEOUT
    assert list(rig.connector.list_drafts()) == []


@pytest.mark.parametrize("fault", ["stall", "half_open_up", "half_open_down"])
def test_a_connection_that_dies_in_silence_is_noticed_within_refresh_and_deadline(rig: Rig, wake: SocketWake, fault: str) -> None:
    settle(rig.connector)
    faults = {
        "stall": rig.proxy.stall,
        "half_open_up": lambda: rig.proxy.half_open(Way.UP),
        "half_open_down": lambda: rig.proxy.half_open(Way.DOWN),
    }
    timer = threading.Timer(0.25, faults[fault])
    timer.start()
    clock = Deadline(LONG)
    with pytest.raises(Unavailable):
        rig.connector.wait(LONG, wake)
    waited = LONG - clock.left
    timer.join()

    assert waited <= 0.25 + REFRESH + ANSWER + 1.0
    rig.proxy.resume()
    rig.connector.open()
    assert rig.connector.wait(0.05, wake) is WaitResult.TIMEOUT


@pytest.mark.parametrize("fault", ["cut", "reset"])
def test_a_connection_that_is_closed_is_unavailable_at_once_and_no_error(
    rig: Rig, wake: SocketWake, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    settle(rig.connector)
    timer = threading.Timer(0.2, getattr(rig.proxy, fault))
    timer.start()
    clock = Deadline(LONG)
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable):
        rig.connector.wait(LONG, wake)
    timer.join()

    assert LONG - clock.left < 2
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_every_verb_comes_back_from_a_stalled_connection(rig: Rig) -> None:
    verbs = [
        lambda: pull(rig.connector),
        rig.connector.list_drafts,
        lambda: rig.connector.fetch("INBOX/1/1"),
        rig.connector.open,
    ]
    for verb in verbs:
        rig.connector.open()
        rig.proxy.stall(new=True)
        with pytest.raises(Unavailable):
            verb()
        rig.proxy.resume()


def test_closing_a_stalled_connection_does_not_wait(rig: Rig) -> None:
    rig.proxy.stall()
    clock = Deadline(LONG)
    rig.connector.close()
    assert LONG - clock.left < 1.5


def test_without_idle_the_server_is_asked_again_and_again(dovecot: Dovecot, wake: SocketWake) -> None:
    with ChaosProxy(("127.0.0.1", dovecot.imap)) as proxy:
        rig = Rig(dovecot, proxy, Security.PLAIN, idle=False)
        assert not rig.connector.open().push
        cursor = settle(rig.connector)
        assert rig.connector.wait(0.3, wake) is WaitResult.TIMEOUT
        timer = threading.Timer(0.2, dovecot.deliver, [rig.user, letter("polled")])
        timer.start()
        assert rig.connector.wait(LONG, wake) is WaitResult.CHANGED
        timer.join()
        assert pull(rig.connector, cursor).ids == {"polled"}
        wake.set()
        assert rig.connector.wait(LONG, wake) is WaitResult.WOKEN
        rig.connector.close()


def test_a_listing_that_is_cut_anywhere_loses_nothing(dovecot: Dovecot) -> None:
    user = fresh_user()
    names = {f"mail{number}" for number in range(30)}
    for name in names:
        dovecot.deliver(user, letter(name))
    with ChaosProxy(("127.0.0.1", dovecot.imap)) as proxy:
        for after in itertools.chain(range(0, 600, 61), range(600, 30_000, 2_311)):
            proxy.disarm()
            proxy.trap(Act.CUT, way=Way.DOWN, marker=rb"UID FETCH", after=after)
            made = ImapSettings(
                host="127.0.0.1",
                port=proxy.port,
                security=Security.PLAIN,
                username=user,
                secret=lambda: PASSWORD,
                timeout=5,
                page_size=10,
            )
            connector = ImapConnector(made)
            connector.open()
            pulled = pull(connector)
            connector.close()

            assert pulled.ids == names
            assert not [message for message in pulled.messages if message.defects]
