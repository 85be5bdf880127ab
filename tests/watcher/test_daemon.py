"""`hearback run` as a user has it: the real process, a real Dovecot, mail delivered while it idles.

Nothing here is timed: each thing has a deadline that only a broken daemon misses. How quick it is, the benchmark measures.
"""

from __future__ import annotations

import contextlib
import imaplib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import pytest

from tests.letters import invitation, letter, out_of_office
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.watcher.desk import NO_FORMS
from watcher.clock import SystemClock

PANEL = (("Rita Chen", "rita@acme.test"), ("Omar Haddad", "omar@acme.test"))
T = TypeVar("T")
_DEADLINE = 30.0
_PAUSE = Event()

pytestmark = pytest.mark.xdist_group("daemon")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as running:
        yield running


def eventually(look: Callable[[], T], what: str) -> T:
    """Return what `look` gives as soon as that is true. Fails after the deadline."""
    clock = SystemClock()
    begun = clock.monotonic()
    while clock.monotonic() - begun < _DEADLINE:
        if found := look():
            return found
        _PAUSE.wait(0.05)
    pytest.fail(f"{what}: not within {_DEADLINE:.0f} s")


def part(client: imaplib.IMAP4, number: str, what: str) -> tuple[bytes, bytes]:
    """Return the first part of an answer to FETCH: what stands before the literal, and the literal."""
    found = client.fetch(number, what)[1][0]
    assert isinstance(found, tuple)
    return found


class Watched:
    """A user's mailbox on the server, a configuration, and the daemon that watches it."""

    def __init__(self, path: Path, server: Dovecot, user: str, security: str = "tls") -> None:
        """Write the configuration below `path`."""
        self.server, self.user = server, user
        self.config = path / "config.toml"
        self.log = path / "log"
        self.env = {**os.environ, "HEARBACK_TEST_PASSWORD": PASSWORD}
        (path / "rules.toml").write_text(NO_FORMS)
        self.config.write_text(
            f"""
            [rules]
            file = "{path / "rules.toml"}"
            [user]
            name = "Sam Rivers"
            email = "sam@example.com"
            phone = "+49 30 5550100"
            timezone = "Europe/Berlin"
            [accounts.main]
            kind = "imap"
            host = "localhost"
            port = {server.imaps if security == "tls" else server.imap}
            security = "{security}"
            ca_file = "{server.ca_file}"
            username = "{user}"
            address = "sam@example.com"
            password.env = "HEARBACK_TEST_PASSWORD"
            poll_seconds = 1
            [daemon]
            state_dir = "{path / "state"}"
            """
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "watcher.cli", *words, "--config", str(self.config)]

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("ab") as log, subprocess.Popen(self.command("run"), env=self.env, stderr=log) as process:
            try:
                yield process
            finally:
                process.kill()

    def status(self) -> dict[str, Any]:
        done = subprocess.run(self.command("status", "--json"), env=self.env, capture_output=True, text=True, check=False)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def process(self) -> dict[str, Any]:
        (process,) = self.status()["processes"] or ({},)
        found: dict[str, Any] = process
        return found

    def deliver(self, raw: bytes | EmailMessage) -> None:
        self.server.deliver(self.user, bytes(raw))

    def drafts(self) -> list[tuple[str, EmailMessage]]:
        """Return flags and message of all that stands in Drafts; what goes between two questions is not there."""
        client = self.server.client(self.user)
        try:
            client.select("Drafts", readonly=True)
            numbers = client.uid("search", "UNDELETED")[1][0].split()
            answers = [client.uid("fetch", number.decode(), "(FLAGS BODY.PEEK[])")[1] for number in numbers]
        finally:
            client.logout()
        parts = [answer[0] for answer in answers if answer and isinstance(answer[0], tuple)]
        return [(flags.decode(), message_from_bytes(raw, policy=policy.default)) for flags, raw in parts]

    def send_first(self) -> None:
        """Do what a mail client does when the user presses Send: a copy in Sent, the draft gone."""
        client = self.server.client(self.user)
        client.select("Drafts")
        number = client.search(None, "ALL")[1][0].split()[0].decode()
        raw = part(client, number, "(BODY.PEEK[])")[1]
        client.append("Sent", r"(\Seen)", "", raw)
        client.store(number, "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.logout()

    def unseen(self) -> int:
        client = self.server.client(self.user)
        client.select("INBOX", readonly=True)
        count = len(client.search(None, "UNSEEN")[1][0].split())
        client.logout()
        return count


def test_the_main_job_while_it_idles(server: Dovecot, tmp_path: Path) -> None:
    mine = Watched(tmp_path, server, "main-job")
    now = SystemClock().now()
    with mine.running() as daemon:
        eventually(lambda: mine.status()["accounts"], "the first pass")
        ends = now + timedelta(seconds=5)
        mine.deliver(invitation(now, ends - timedelta(hours=1), attendees=PANEL))
        process = eventually(mine.process, "the process")
        (interview,) = process["interviews"]
        assert (process["company"], process["role"], interview["round"]) == ("Acme", "Backend Engineer", 1)
        assert datetime.fromisoformat(interview["end"]) == ends.replace(microsecond=0)
        assert {person["address"] for person in interview["interviewers"]} == {"rita@acme.test", "omar@acme.test"}

        placed = eventually(lambda: len(mine.drafts()) == 2 and mine.drafts(), "a note for each interviewer")
        assert isinstance(placed, list)
        for flags, draft in placed:
            assert r"\Draft" in flags
            assert draft["In-Reply-To"] == "<invite-1@acme.test>"

        mine.send_first()
        eventually(lambda: [d["state"] for d in mine.process()["drafts"]] == ["placed"], "the sent one is recognised")

        mine.deliver(out_of_office(now, parents=["invite-1@acme.test"], until="4 January 2027"))
        eventually(lambda: mine.process()["not_before"], "the out-of-office")
        assert mine.process()["state"] not in ("OUR_TURN", "PAUSED")

        mine.deliver(
            letter("A question", "Hi Sam, could you call me?", now, message_id="r@acme.test", sender="Jo <jo@acme.test>")
        )
        eventually(lambda: not mine.drafts(), "the untouched draft is taken back")
        assert mine.process()["state"] == "OUR_TURN"
        assert mine.unseen() == 3, "reading never marks a message as seen"

        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    assert PASSWORD not in mine.log.read_text()


def test_a_word_of_the_user_reaches_the_daemon_at_once(server: Dovecot, tmp_path: Path) -> None:
    mine = Watched(tmp_path, server, "word")
    now = SystemClock().now()
    with mine.running():
        mine.deliver(invitation(now, now - timedelta(hours=2)))
        eventually(mine.drafts, "the note")
        subprocess.run(mine.command("pause", "acme"), env=mine.env, check=True, capture_output=True)
        eventually(lambda: not mine.drafts(), "the draft is taken back")
        subprocess.run(mine.command("resume", "acme"), env=mine.env, check=True, capture_output=True)
        eventually(mine.drafts, "the draft comes again")


def test_a_server_that_goes_away_is_waited_for(tmp_path: Path) -> None:
    now = SystemClock().now()
    server = Dovecot(tmp_path / "server")
    mine = Watched(tmp_path, server, "away", "plain")  # started anew, it has another certificate
    with contextlib.ExitStack() as stack:
        with server:
            daemon = stack.enter_context(mine.running())
            eventually(lambda: mine.status()["accounts"], "the first pass")
        with server:
            mine.deliver(invitation(now, now + timedelta(days=1)))
            eventually(mine.process, "the mail that came meanwhile")
            assert daemon.poll() is None
    assert "Traceback" not in mine.log.read_text()
