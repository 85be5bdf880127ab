"""A user at the command line with an account at Outlook, a browser, Microsoft's sign-in over TLS, and Graph, all on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.servers.certificates import certificate
from tests.servers.consent import visit
from tests.servers.graph.server import FakeGraph
from tests.servers.microsoft import CLIENT_ID, MicrosoftSignIn, User
from tests.servers.microsoft.browser import open_page
from tests.watcher.clidesk import CliDesk
from watcher.clock import SystemClock

__all__ = ["SAM", "MicrosoftDesk", "line_of", "open_desk"]

ROOT = Path(__file__).parents[2]
SAM = "sam@example.com"


class MicrosoftDesk:
    """Signs in by `hearback login outlook`; the sign-in is kept in the file `token`."""

    def __init__(
        self, desk: CliDesk, microsoft: MicrosoftSignIn, graph: FakeGraph, trusted: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Configure the account, and let the browser be one that says yes."""
        self.desk, self.microsoft, self.graph, self.trusted = desk, microsoft, graph, trusted
        self.box = graph.mailbox(SAM)
        self.kept = desk.path / "token"
        self.opened: list[str] = []
        self.woken: list[Path] = []
        self.rests: list[float] = []
        self._threads: list[threading.Thread] = []
        microsoft.on_token = self._admit
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.delenv("BROWSER", raising=False)
        monkeypatch.setattr("webbrowser.get", lambda: webbrowser.BackgroundBrowser("firefox"))
        monkeypatch.setattr("webbrowser.open", self._browse)
        monkeypatch.setattr("watcher.cli.signing_in_microsoft.wake_daemon", self.woken.append)
        monkeypatch.setattr("watcher.cli.signing_in_microsoft._rest", self.rests.append)
        self.configure()

    def _admit(self, token: str, user: User, rights: frozenset[str]) -> None:
        self.graph.admit(token, user.mail or user.name, rights)

    def configure(self, more: str = "", *, address: str = SAM, keep: str = 'token.file = "token"\n', rest: str = "") -> None:
        """Write the configuration."""
        self.desk.configure(
            f'[accounts.outlook]\nkind = "outlook"\nclient_id = "{CLIENT_ID}"\naddress = "{address}"\n'
            f'api_url = "{self.graph.url}"\nauthority_url = "{self.microsoft.url}"\ntimeout_seconds = 10\n{keep}{more}',
            rest,
        )

    def _browse(self, link: str) -> bool:
        """Do in a thread what a person in a browser does: the command waits for it."""
        self.opened.append(link)
        thread = threading.Thread(target=self._visit, args=(link,), daemon=True)
        self._threads.append(thread)
        thread.start()
        return True

    def _visit(self, link: str) -> None:
        address = open_page(link, self.trusted)
        if address.startswith("http://localhost"):
            visit(address)

    def login(self, *words: str, code: int = 0, given: str = "") -> Result:
        """Sign in, and hold it to its exit code."""
        result = self.desk.run("login", "outlook", *words, code=code, given=given)
        for thread in self._threads:
            thread.join(10)
        return result

    def refused(self, code: int, *words: str) -> str:
        """Try to sign in, see that nothing is kept, and return the one message."""
        said = self.login(*words, code=code).stderr
        assert not self.kept.exists()
        assert {path.name for path in self.desk.path.glob(".token*")} <= {".token.lock"}
        assert self.woken == []
        assert said.startswith("hearback: ")
        assert said.count("hearback: ") == 1
        return said

    @property
    def grant(self) -> Any:
        """Return what is kept."""
        return json.loads(self.kept.read_text())

    @property
    def refresh_token(self) -> str:
        """Return the secret in it."""
        (one,) = self.grant["cache"]["RefreshToken"].values()
        return str(one["secret"])

    @contextlib.contextmanager
    def process(self, *words: str, browser: str = "") -> Iterator[subprocess.Popen[str]]:
        """Run the command as a program of its own, on a machine without a screen."""
        environment = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}}
        environment |= {"BROWSER": browser} if browser else {}
        command = [sys.executable, "-m", "watcher.cli", *words, "--config", str(self.desk.config)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)
            for each in (process.stdin, process.stdout, process.stderr):
                if each is not None:
                    each.close()


@contextlib.contextmanager
def open_desk(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftDesk]:
    """Run sign-in and Graph, trusted by this process and those it starts, and give a desk below `path`."""
    now = SystemClock().now()
    (path / "tls").mkdir()
    trusted = certificate(path / "tls", now - timedelta(days=1), now + timedelta(days=1), "localhost")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):  # both: all authorities of the world would be read for each test
        monkeypatch.setenv(name, str(trusted))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    with MicrosoftSignIn(trusted) as microsoft, FakeGraph() as graph:
        yield MicrosoftDesk(CliDesk(path), microsoft, graph, trusted, monkeypatch)
        assert graph.violations == []


def line_of(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what the first group of `pattern` finds in a line that the command prints."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(pattern, line):
            return found[1]
    assert process.stderr is not None
    raise AssertionError(f"no such line was printed: {process.stderr.read()}")
