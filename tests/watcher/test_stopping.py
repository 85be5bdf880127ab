"""`hearback run` ends soon when told, whatever it is waiting for, and leaves no program behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.scripted import Scripted
from tests.watcher.clidesk import CliDesk
from watcher.store import Store
from watcher.store.accounts import all_accounts

_SOON = 12.0
"""A pass gets five seconds; the rest is for a busy machine. The time limits that are being cut short are 30 s and more."""


@contextlib.contextmanager
def running(desk: CliDesk) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "watcher.cli", "run", "--config", str(desk.config)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_password_command_that_hangs_is_ended_with_the_daemon(tmp_path: Path, number: signal.Signals) -> None:
    desk = CliDesk(tmp_path)
    os.mkfifo(tmp_path / "pid")
    told = os.open(tmp_path / "pid", os.O_RDONLY | os.O_NONBLOCK)
    with Scripted() as server:
        desk.configure(
            f'[accounts.main]\nkind = "imap"\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "plain"\n'
            f'password.command = ["sh", "-c", "echo $$ > {tmp_path}/pid; exec sleep 600"]\n'
        )
        with running(desk) as process:
            assert select.select([told], [], [], 30)[0], "the command was not run"
            child = int(os.read(told, 20))
            process.send_signal(number)
            assert process.wait(_SOON) == 0
    os.close(told)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    store = Store(desk.state / "hearback.sqlite3")
    with store.read() as connection:
        assert not [row.trouble for row in all_accounts(connection) if row.trouble]
    store.close()


def test_a_server_that_says_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    desk = CliDesk(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        desk.configure(
            f'[accounts.main]\nkind = "imap"\nhost = "127.0.0.1"\nport = {silent.getsockname()[1]}\nsecurity = "plain"\n'
            'password.env = "NAME"\n'
        )
        with running(desk) as process, silent.accept()[0]:
            process.send_signal(signal.SIGTERM)
            assert process.wait(_SOON) == 0
