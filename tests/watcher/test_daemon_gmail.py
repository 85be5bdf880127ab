"""`hearback run` with a mailbox at Gmail beside one in files: the real process, and each account on its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import pytest

from connectors.maildir import create_maildir
from tests.letters import invitation, letter
from tests.servers.gmail import FakeGmail
from tests.servers.gmail.oauth import CLIENT_ID, CLIENT_SECRET
from tests.watcher.desk import NO_FORMS
from watcher.clock import SystemClock

SAM = "sam@gmail.com"
T = TypeVar("T")
_DEADLINE = 30.0
_PAUSE = Event()
ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("daemon")


def eventually(look: Callable[[], T], what: str) -> T:
    """Return what `look` gives as soon as that is true. Fails after the deadline."""
    clock = SystemClock()
    begun = clock.monotonic()
    while clock.monotonic() - begun < _DEADLINE:
        if found := look():
            return found
        _PAUSE.wait(0.05)
    pytest.fail(f"{what}: not within {_DEADLINE:.0f} s")


class Watched:
    """Two accounts, a configuration, and the daemon that watches them."""

    def __init__(self, path: Path, gmail: FakeGmail) -> None:
        """Write the configuration below `path`."""
        self.path, self.gmail, self.box = path, gmail, gmail.mailbox(SAM)
        self.config, self.log = path / "config.toml", path / "log"
        create_maildir(path / "mail")
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "project_id": "hearback-test"}
        (path / "client.json").write_text(json.dumps({"installed": client}))
        (path / "rules.toml").write_text(NO_FORMS)
        self.sign_in()
        self.config.write_text(
            f"""
            [rules]
            file = "rules.toml"
            [user]
            name = "Sam Rivers"
            email = "{SAM}"
            phone = "+49 30 5550100"
            timezone = "Europe/Berlin"
            [accounts.gmail]
            kind = "gmail"
            client_file = "client.json"
            token.file = "token"
            api_url = "{gmail.url}"
            token_url = "{gmail.url}/token"
            poll_seconds = 1
            [accounts.files]
            kind = "maildir"
            path = "mail"
            poll_seconds = 1
            [daemon]
            state_dir = "state"
            """
        )

    def sign_in(self) -> None:
        """Keep a sign-in, as `hearback login` does."""
        token = self.path / "token"
        token.unlink(missing_ok=True)
        token.write_text(str(self.gmail.credentials(SAM).refresh_token))
        token.chmod(0o600)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "watcher.cli", *words, "--config", str(self.config)]

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        with self.log.open("ab") as log, subprocess.Popen(self.command("run"), stderr=log, cwd=ROOT) as process:
            try:
                yield process
            finally:
                process.kill()

    def status(self) -> dict[str, Any]:
        done = subprocess.run(self.command("status", "--json"), capture_output=True, text=True, check=False, cwd=ROOT)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def trouble(self) -> str:
        told = {one["name"]: one["trouble"] for one in self.status()["accounts"]}
        return told["gmail"]["kind"] if told.get("gmail") else ""

    def labels(self, key: str) -> set[str]:
        names = {one.id: one.name for one in self.box.labels.values() if one.name.startswith("Hearback/")}
        return {names[label] for label in self.box.message(key).labels & names.keys()}


@pytest.fixture
def mine(tmp_path: Path) -> Iterator[Watched]:
    with FakeGmail() as gmail:
        yield Watched(tmp_path, gmail)
        assert gmail.violations == []


def test_labels_and_polls_go_on_beside_each_other_and_a_removal_reaches_the_daemon(mine: Watched) -> None:
    now = SystemClock().now()
    key = mine.box.deliver(invitation(now, now + timedelta(days=1)), at=now)
    with mine.running() as daemon:
        eventually(lambda: mine.labels(key) == {"Hearback/Waiting"}, "the label")
        later = SystemClock().now()  # of two mails of one instant nobody could say which is the answer
        answer = letter("A question", "Could you call me?", later, message_id="r@acme.test", parents=["invite-1@acme.test"])
        mine.box.deliver(bytes(answer), at=later)
        eventually(lambda: mine.labels(key) == {"Hearback/Paused"}, "the label of the answer, found by a poll")

        subprocess.run(mine.command("labels", "--remove"), check=True, capture_output=True, cwd=ROOT)
        eventually(lambda: not [one for one in mine.box.labels.values() if one.name.startswith("Hearback/")], "the removal")

        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    log = mine.log.read_text()
    assert "gmail: signed in and up to date, 1 new; " in log
    assert "units of quota" in log


def test_a_lost_grant_parks_its_account_with_one_notice_and_the_other_goes_on(mine: Watched) -> None:
    now = SystemClock().now()
    with mine.running() as daemon:
        eventually(lambda: len(mine.status()["accounts"]) == 2, "the first passes")
        mine.gmail.revoke(SAM)
        eventually(lambda: mine.trouble() == "sign_in", "the trouble")

        path = mine.path / "mail" / "new" / "1.invite.world"
        path.write_bytes(invitation(now, now + timedelta(days=1)))
        eventually(lambda: mine.status()["processes"], "the other account's mail")
        asked = mine.gmail.calls["token"]
        os.kill(daemon.pid, signal.SIGUSR1)
        eventually(lambda: mine.gmail.calls["token"] > asked, "the try that the user asked for")
        assert mine.trouble() == "sign_in"

        mine.sign_in()
        os.kill(daemon.pid, signal.SIGUSR1)
        eventually(lambda: not mine.trouble(), "the sign-in that works again")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    warnings = [line for line in mine.log.read_text().splitlines() if "WARNING" in line.upper()]
    assert len(warnings) == 1, warnings
