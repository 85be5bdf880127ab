"""The wire of Marionette, by which a Mozilla program is driven: `LENGTH:JSON`, commands `[0, id, name, parameters]`."""

from __future__ import annotations

import json
import socket
import subprocess
from threading import Event
from typing import Any, Self

__all__ = ["Marionette", "RefusedError"]

_PAUSE = Event()
_TRIES = 600
_LONGEST_ANSWER = 16 * 1024 * 1024


class RefusedError(Exception):
    """What the program says went wrong with a command."""


class Marionette:
    """One session with a program that listens on a port of loopback, in its own privileged context."""

    def __init__(self, port: int, program: subprocess.Popen[bytes]) -> None:
        """Connect as soon as it listens. Raises RuntimeError when the program ends or never does."""
        self._buffer = b""
        self._number = 0
        self._line = _connected(port, program)
        self._line.settimeout(90)
        self._read()  # the greeting
        self._do("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": {"script": 60_000}}})
        self._do("Marionette:SetContext", value="chrome")

    def __enter__(self) -> Self:
        """Return the session."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._line.close()

    def run(self, script: str, *arguments: object) -> Any:
        """Run the body of an asynchronous function and return what it returns. Raises RefusedError with its error."""
        body = (
            "const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);\n"
            f"(async (...given) => {{ {script} }})(...given).then("
            "value => done({value}), error => done({error: `${error}\\n${error.stack}`}));"
        )
        answer = self._do("WebDriver:ExecuteAsyncScript", script=body, args=list(arguments), sandbox="default")
        told = answer["value"]
        if "error" in told:
            raise RefusedError(told["error"])
        return told.get("value")

    def quit(self) -> None:
        """Ask the program to end."""
        self._do("Marionette:Quit", flags=["eForceQuit"])

    def _do(self, name: str, **parameters: object) -> Any:
        self._number += 1
        packet = json.dumps([0, self._number, name, parameters]).encode()
        self._line.sendall(b"%d:%s" % (len(packet), packet))
        while True:
            _, number, error, answer = self._read()
            if number == self._number:
                break
        if error:
            raise RefusedError(f"{name}: {error}")
        return answer

    def _read(self) -> Any:
        while b":" not in self._buffer:
            self._more()
        length, _, self._buffer = self._buffer.partition(b":")
        assert int(length) < _LONGEST_ANSWER
        while len(self._buffer) < int(length):
            self._more()
        packet, self._buffer = self._buffer[: int(length)], self._buffer[int(length) :]
        return json.loads(packet)

    def _more(self) -> None:
        octets = self._line.recv(65536)
        if not octets:
            raise ConnectionError("the program hung up")
        self._buffer += octets


def _connected(port: int, program: subprocess.Popen[bytes]) -> socket.socket:
    for _ in range(_TRIES):
        if program.poll() is not None:
            raise RuntimeError(f"the program ended with {program.returncode}")
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=5)
        except OSError:
            _PAUSE.wait(0.1)
    raise RuntimeError("the program does not listen")
