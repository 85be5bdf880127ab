"""A user at the command line with an account at Gmail, a browser, and Google's sign-in on loopback."""

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
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.servers.consent import GoogleSignIn, follow, visit
from tests.watcher.clidesk import CliDesk
from watcher.clock import SystemClock

__all__ = ["GoogleDesk", "link_in"]

ROOT = Path(__file__).parents[2]


class GoogleDesk:
    """Signs in by `hearback login gmail`; the sign-in is kept in the file `token`."""

    def __init__(self, desk: CliDesk, google: GoogleSignIn, monkeypatch: pytest.MonkeyPatch) -> None:
        """Configure the account, and let the browser be one that says yes."""
        self.desk, self.google = desk, google
        self.client = google.client_file(desk.path / "client.json")
        self.kept = desk.path / "token"
        self.opened: list[str] = []
        self.woken: list[Path] = []
        self._threads: list[threading.Thread] = []
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.delenv("BROWSER", raising=False)
        monkeypatch.setattr("webbrowser.get", lambda: webbrowser.BackgroundBrowser("firefox"))
        monkeypatch.setattr("webbrowser.open", self._browse)
        monkeypatch.setattr("watcher.cli.signing_in.wake_daemon", self.woken.append)
        self.configure()

    def configure(self, more: str = "", *, address: str = "sam@gmail.com", keep: str = 'token.file = "token"\n') -> None:
        """Write the configuration."""
        self.desk.configure(
            f'[accounts.gmail]\nkind = "gmail"\nclient_file = "client.json"\naddress = "{address}"\n'
            f'api_url = "{self.google.url}"\ntimeout_seconds = 10\n{keep}{more}'
        )

    def _browse(self, link: str) -> bool:
        """Do in a thread what a person in a browser does: the command waits for it."""
        self.opened.append(link)
        thread = threading.Thread(target=lambda: visit(follow(link)), daemon=True)
        self._threads.append(thread)
        thread.start()
        return True

    def login(self, *words: str, code: int = 0, given: str = "", name: str = "gmail") -> Result:
        """Sign in, and hold it to its exit code."""
        result = self.desk.run("login", name, *words, code=code, given=given)
        for thread in self._threads:
            thread.join(10)
        return result

    def refused(self, code: int, *words: str) -> str:
        """Try to sign in, see that nothing is kept, and return the one message."""
        said = self.login(*words, code=code).stderr
        assert not self.kept.exists()
        assert not list(self.desk.path.glob(".token*"))
        assert self.woken == []
        assert said.startswith("hearback: ")
        assert said.count("hearback: ") == 1
        return said

    @property
    def grant(self) -> Any:
        """Return what is kept."""
        return json.loads(self.kept.read_text())

    def keep(self, **values: Any) -> str:
        """Keep a sign-in as an earlier login has left it, and return its refresh token."""
        token = "1//kept-refresh-token-0123456789"
        self.google.refresh_tokens[token] = self.google.owner
        made = {"refresh_token": token, "granted": SystemClock().now().isoformat(), "address": self.google.owner} | values
        self.kept.write_text(json.dumps(made))
        self.kept.chmod(0o600)
        return token

    @contextlib.contextmanager
    def process(self, *words: str, stdin: int = subprocess.PIPE, browser: str = "") -> Iterator[subprocess.Popen[str]]:
        """Run the command as a program of its own, on a machine without a screen."""
        environment = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}}
        environment |= {"BROWSER": browser} if browser else {}
        command = [sys.executable, "-m", "watcher.cli", *words, "--config", str(self.desk.config)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def link_in(process: subprocess.Popen[str]) -> str:
    """Return the link that the command prints."""
    assert process.stdout is not None
    for line in process.stdout:
        if re.match(r"https?://", line):
            return line.strip()
    assert process.stderr is not None
    raise AssertionError(f"no link was printed: {process.stderr.read()}")
