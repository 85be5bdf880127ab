"""pymap on loopback: a poor IMAP server, without SPECIAL-USE, CONDSTORE or keywords; every user name signs in with `secret`.

    python -m tests.servers.pymap PORT

runs it in the foreground; a test starts that as a process of its own.
"""

from __future__ import annotations

import contextlib
import imaplib
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Self

__all__ = ["Pymap"]

PASSWORD = "secret"
_ROOT = Path(__file__).resolve().parents[2]
_PAUSE = Event()


class Pymap:
    """A running server; mailboxes live in its memory, made at the first sign-in of a user with nothing but an inbox."""

    host = "127.0.0.1"

    def __init__(self, log: Path) -> None:
        """Choose a port; what the server says goes to `log`."""
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.imap: int = probe.getsockname()[1]
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start, and return when it answers."""
        command = [sys.executable, "-m", "tests.servers.pymap", str(self.imap)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(500):
            if self._process.poll() is not None:
                raise RuntimeError(f"pymap ended with {self._process.returncode}: {self._log.read_text()}")
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                imaplib.IMAP4(self.host, self.imap, timeout=5).logout()
                return self
            _PAUSE.wait(0.02)
        raise RuntimeError(f"pymap does not answer; see {self._log}")

    def __exit__(self, *_: object) -> None:
        """Stop."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()
            self._process.wait(10)

    def client(self, user: str) -> imaplib.IMAP4:
        """Return a signed-in connection of another mail client; `logout` it."""
        client = imaplib.IMAP4(self.host, self.imap, timeout=10)
        client.login(user, PASSWORD)
        return client


def main(port: str) -> None:
    """Run the server in memory, with a sign-in that knows every user and hashes nothing."""
    from pymap import main as pymap_main  # noqa: PLC0415 - the tests' process has no need of the server
    from pymap.backend.dict import Identity, Login  # noqa: PLC0415 - the same
    from pymap.user import UserMetadata  # noqa: PLC0415 - the same

    async def authenticate(self: Login, credentials: object) -> Identity:
        name = credentials.authcid  # type: ignore[attr-defined]  # pysasl has no types
        self.users_dict.setdefault(name, UserMetadata(self.config, name))
        return Identity(name, self, None, frozenset())

    setattr(Login, "authenticate", authenticate)  # noqa: B010 - mypy does not let a method be assigned
    sys.argv = ["pymap", "--host", "127.0.0.1", "--port", port, "--no-tls", "--no-service", "admin", "dict"]
    pymap_main.main()


if __name__ == "__main__":
    main(sys.argv[1])
