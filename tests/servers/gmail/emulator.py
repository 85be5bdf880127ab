"""The emulator of Google's or Microsoft's services as a process on 127.0.0.1 (`@inbox-zero/emulate`, from `make servers`).

Made by others, so it fails and succeeds independently of the fake: sign-in with PKCE, routing, conversations, labels, history,
drafts. It checks nothing it is sent, and lacks or mistakes what `front.py` sets right.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
from pathlib import Path
from typing import Final, Self

from tests.servers.gmail.answers import Json
from tests.servers.gmail.install import HERE, NODE, PLACE, install
from tests.servers.gmail.oauth import MODIFY

__all__ = ["Emulator", "world_token"]

_USERS: Final = 400
_PATIENCE: Final = 30.0


def world_token(address: str) -> str:
    """Return the bearer token with which the world asks for a mailbox."""
    return f"world:{address}"


class Emulator:
    """A running emulator, whose mailboxes live in its memory; each test takes a fresh one."""

    def __init__(
        self, place: Path = PLACE, *, service: str = "google", scope: str = MODIFY, users: int = _USERS, more: Json | None = None
    ) -> None:
        """Choose a port; the packages are in `place`, and are put there when they are not.

        `more` is what else there is in the beginning, as the emulator's configuration has it for the service.
        """
        self._place = place
        self._told = {"scope": scope, "service": service, "more": more or {}}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._addresses = [f"user{number}@example.com" for number in range(1, users + 1)]
        self._fresh = iter(self._addresses)
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Return where it answers."""
        return ("127.0.0.1", self.port)

    def user(self) -> str:
        """Return the address of a mailbox that nobody has had."""
        return next(self._fresh)

    def __enter__(self) -> Self:
        """Start, and return when it listens."""
        self._process = subprocess.Popen(
            [NODE, HERE / "serve.mjs", str(self.port)],
            cwd=install(self._place),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._told | {"addresses": self._addresses}) + "\n")
        self._process.stdin.flush()
        told = self._first_line()
        if told != f"listening on 127.0.0.1:{self.port}":
            self.__exit__()
            raise RuntimeError(f"the emulator did not start: {told!r}")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; it ends with its input."""
        if self._process is not None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process.stdout.close()
            self._process = None

    def _first_line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            return self._process.stdout.readline().strip() if selector.select(_PATIENCE) else ""
