"""A running `hearback run` to be measured: its configuration, its start and end, its memory and its processor time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import psutil

from tests.bench.headers import OWNER
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["Running", "Usage", "hearback", "write_config"]

START_DEADLINE = 60.0
_PAUSE = Event()


def hearback() -> list[str]:
    """Return the command as it is installed beside this interpreter."""
    script = Path(sys.executable).with_name("hearback")
    return [str(script)] if script.exists() else [sys.executable, "-m", "watcher.cli"]


def write_config(home: Path, server: Dovecot, users: list[str], *, port: int = 0) -> Path:
    """Write a configuration with one IMAP account for each of `users`: over TLS as in life, or plain to `port` of a proxy."""
    tls = not port
    home.mkdir(parents=True, exist_ok=True)
    secret = home / "password"
    secret.write_text(PASSWORD + "\n", encoding="ascii")
    secret.chmod(0o600)
    lines = [
        "[user]",
        f'name = "{OWNER.name}"',
        f'email = "{OWNER.address}"',
        'phone = "+1 555 0100"',
        'timezone = "Europe/Berlin"',
        "",
        "[daemon]",
        f'state_dir = "{home / "state"}"',
        "max_drafts_per_pass = 100",  # all drafts of a measurement stand after the first look
    ]
    for user in users:
        lines += [
            "",
            f"[accounts.{user}]",
            'kind = "imap"',
            f'address = "{OWNER.address}"',
            f'host = "{"localhost" if tls else "127.0.0.1"}"',
            f"port = {port or server.imaps}",
            f'security = "{"tls" if tls else "plain"}"',
            *([f'ca_file = "{server.ca_file}"'] if tls else []),
            f'username = "{user}"',
            f'password.file = "{secret}"',
        ]
    path = home / "config.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Usage:
    """What the process has used so far."""

    rss_mb: float
    cpu_seconds: float


class Running:
    """`hearback run`, from start to SIGTERM."""

    def __init__(self, config: Path) -> None:
        """Name the configuration; nothing runs yet."""
        self.config = config
        self.log = config.with_name("run.log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start."""
        environment = {**os.environ, "HOME": str(self.config.parent)}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [*hearback(), "run", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ask for the end and wait for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def usage(self) -> Usage:
        """Return memory and processor time. Raises RuntimeError when it has ended."""
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"hearback run ended: {self.log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        known = psutil.Process(self._process.pid)
        times = known.cpu_times()
        return Usage(known.memory_info().rss / (1 << 20), times.user + times.system)

    def _all_looked(self) -> bool:
        """Say whether every account was looked at: a process that waits for another one at its start is quiet, too."""
        accounts = self.config.read_text(encoding="utf-8").count("\n[accounts.")
        return self.log.read_text(encoding="utf-8", errors="replace").count("signed in and up to date") >= accounts

    def settle(self, quiet_seconds: float = 1.5) -> None:
        """Wait until it has looked at every account and used no processor time for `quiet_seconds`."""
        end = time.monotonic() + START_DEADLINE
        busy = -1.0
        since = time.monotonic()
        while time.monotonic() < end:
            spent = self.usage().cpu_seconds
            if spent > busy + 0.005:
                busy, since = spent, time.monotonic()
            elif time.monotonic() - since >= quiet_seconds and self._all_looked():
                return
            _PAUSE.wait(0.05)
        raise RuntimeError(
            f"hearback run does not come to rest: {self.log.read_text(encoding='utf-8', errors='replace')[-2000:]}"
        )
