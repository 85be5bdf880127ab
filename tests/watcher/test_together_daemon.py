"""The real daemon with several accounts on a real server: one process, one thread an account, and a mailbox that hangs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.letters import invitation, letter
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.watcher.test_daemon import Watched, eventually
from watcher.clock import SystemClock

pytestmark = pytest.mark.xdist_group("daemon")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


@pytest.fixture
def hole() -> Iterator[int]:
    """Return a port where somebody takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def configured(path: Path, server: Dovecot, hole: int) -> Watched:
    """Return a user with an account that is watched, a second one at another address, and one that hangs."""
    mine = Watched(path, server, "both-work")
    with mine.config.open("a") as config:
        config.write(
            f"""
            [accounts.home]
            kind = "imap"
            host = "localhost"
            port = {server.imaps}
            ca_file = "{server.ca_file}"
            username = "both-home"
            address = "sam.rivers@example.org"
            password.env = "HEARBACK_TEST_PASSWORD"
            poll_seconds = 600
            [accounts.hanging]
            kind = "imap"
            host = "127.0.0.1"
            port = {hole}
            security = "plain"
            username = "nobody"
            address = "sam@example.net"
            password.env = "HEARBACK_TEST_PASSWORD"
            """
        )
    # Nobody looks by themselves in time: the account with the draft is woken by the other one.
    mine.config.write_text(mine.config.read_text().replace("poll_seconds = 1\n", "poll_seconds = 600\n"))
    return mine


def test_a_reply_to_one_address_takes_the_draft_in_the_other_mailbox_back(server: Dovecot, hole: int, tmp_path: Path) -> None:
    mine = configured(tmp_path, server, hole)
    now = SystemClock().now()
    with mine.running():
        mine.deliver(invitation(now, now - timedelta(hours=2)))
        eventually(mine.drafts, "the note, though one account hangs")
        reply = letter(
            "Re: Interview confirmation",
            "Hi Sam,\n\ncould you call me?\n\nRita\n",
            now,
            message_id="reply-1@acme.test",
            to="Sam Rivers <sam.rivers@example.org>",
            parents=["invite-1@acme.test"],
        )
        server.deliver("both-home", bytes(reply))
        eventually(lambda: not mine.drafts(), "the note is taken back")
        found = mine.process()
        assert (found["state"], found["accounts"]) == ("OUR_TURN", ["home", "main"])
    assert "Traceback" not in mine.log.read_text()
    assert PASSWORD not in mine.log.read_text()
