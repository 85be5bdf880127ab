"""`hearback run` with a mailbox at Outlook beside one in files: the real process, and each account on its own."""

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

from tests.letters import invitation
from tests.watcher.microsoft_desk import ROOT, SAM, MicrosoftDesk, open_desk
from watcher.clock import SystemClock

T = TypeVar("T")
_DEADLINE = 30.0
_PAUSE = Event()

pytestmark = pytest.mark.xdist_group("daemon")


@pytest.fixture
def outlook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftDesk]:
    """Give a desk with two accounts, whose user has signed in."""
    with open_desk(tmp_path, monkeypatch) as desk:
        desk.configure('poll_seconds = 1\n[accounts.files]\nkind = "maildir"\npath = "mail"\npoll_seconds = 1\n')
        desk.login()
        yield desk


def eventually(look: Callable[[], T], what: str) -> T:
    """Return what `look` gives as soon as that is true. Fails after the deadline."""
    clock = SystemClock()
    begun = clock.monotonic()
    while clock.monotonic() - begun < _DEADLINE:
        if found := look():
            return found
        _PAUSE.wait(0.05)
    pytest.fail(f"{what}: not within {_DEADLINE:.0f} s")


@contextlib.contextmanager
def running(outlook: MicrosoftDesk, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "watcher.cli", "run", "--config", str(outlook.desk.config)]
    with log.open("ab") as file, subprocess.Popen(command, stderr=file, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.kill()


def status(outlook: MicrosoftDesk) -> dict[str, Any]:
    command = [sys.executable, "-m", "watcher.cli", "status", "--json", "--config", str(outlook.desk.config)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout)
    return found


def trouble(outlook: MicrosoftDesk) -> str:
    told = {one["name"]: one["trouble"] for one in status(outlook)["accounts"]}
    return str(told["outlook"]["kind"]) if told.get("outlook") else ""


def test_a_lost_sign_in_parks_its_account_with_one_notice_and_the_other_goes_on(outlook: MicrosoftDesk, tmp_path: Path) -> None:
    now, log = SystemClock().now(), tmp_path / "log"
    with running(outlook, log) as daemon:
        eventually(lambda: len(status(outlook)["accounts"]) == 2, "the first passes")
        eventually(lambda: outlook.graph.calls["messages.delta"], "the first look")
        outlook.microsoft.refresh_tokens.clear()
        outlook.graph.expire_tokens(SAM)
        eventually(lambda: trouble(outlook) == "sign_in", "the trouble")

        (outlook.desk.mailbox / "new" / "1.invite.world").write_bytes(invitation(now, now + timedelta(days=1)))
        eventually(lambda: status(outlook)["processes"], "the other account's mail")
        asked = len(outlook.microsoft.forms)
        os.kill(daemon.pid, signal.SIGUSR1)
        eventually(lambda: len(outlook.microsoft.forms) > asked, "the try that the user asked for")
        assert trouble(outlook) == "sign_in"

        outlook.login()
        os.kill(daemon.pid, signal.SIGUSR1)
        eventually(lambda: not trouble(outlook), "the sign-in that works again")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0

    written = log.read_text()
    warnings = [line for line in written.splitlines() if "WARNING" in line]
    assert len(warnings) == 1, warnings
    assert "hearback login outlook" in warnings[0]
    assert not [token for token in (*outlook.microsoft.access_tokens, outlook.refresh_token) if token in written]


def test_a_service_that_is_unwell_for_a_moment_parks_nothing(outlook: MicrosoftDesk, tmp_path: Path) -> None:
    with running(outlook, tmp_path / "log") as daemon:
        eventually(lambda: outlook.graph.calls["messages.delta"], "the first look")
        outlook.microsoft.stalls.set()
        outlook.graph.expire_tokens(SAM)
        eventually(lambda: outlook.microsoft.paths[-1].endswith("/token"), "the renewal that nobody answers")
        outlook.microsoft.stalls.clear()
        outlook.microsoft.released.set()
        calls = outlook.graph.calls["messages.delta"]
        eventually(lambda: outlook.graph.calls["messages.delta"] > calls, "the next look")
        assert trouble(outlook) == ""
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
