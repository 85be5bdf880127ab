"""The floor: what the same bytes cost a bare socket that throws them away. Every figure of the benchmarks stands beside it."""

from __future__ import annotations

import select
import socket
import time
from types import TracebackType
from typing import NamedTuple, Self

__all__ = ["Floor", "RawClient", "header_scan", "round_trip"]

CHUNK = 1 << 18
DEADLINE = 60.0
"""Seconds after which a server that says nothing is broken."""


class RawClient:
    """An IMAP connection that looks for the tagged answer and at nothing else. Plain, for loopback."""

    def __init__(self, port: int, user: str, password: str) -> None:
        """Connect to 127.0.0.1 and sign in."""
        self.octets = 0
        """Received so far."""
        self._buffer = bytearray(CHUNK)
        self._count = 0
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read_until(b"\r\n")
        self.command(f'LOGIN "{user}" "{password}"'.encode())

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the socket without a word."""
        self.close()

    def close(self) -> None:
        """Close the socket without a word."""
        self._socket.close()

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def command(self, line: bytes) -> bytes:
        """Send one command, throw away what comes before its tagged answer, return the end of what came."""
        self._count += 1
        tag = b"T%06d" % self._count
        self._socket.sendall(tag + b" " + line + b"\r\n")
        end = self._read_until(b"\r\n" + tag + b" ")
        answer = end[end.rindex(tag) :]
        if not answer.startswith(tag + b" OK"):
            raise RuntimeError(f"the server refuses {line[:60]!r}: {answer[:200]!r}")
        return end

    def idle(self) -> None:
        """Begin to IDLE."""
        self._count += 1
        self._socket.sendall(b"T%06d IDLE\r\n" % self._count)
        self._read_until(b"+ ")

    def done(self) -> None:
        """End the IDLE."""
        self._socket.sendall(b"DONE\r\n")
        self._read_until(b"T%06d OK" % self._count)

    def notified(self, word: bytes, timeout: float) -> float | None:
        """Wait for an untagged line with `word` in it; return the moment it came (perf_counter), None when none did."""
        end = time.perf_counter() + timeout
        heard = b""
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._socket], [], [], left)[0]:
                heard += self._socket.recv(4096)
                if word in heard and heard.endswith(b"\r\n"):
                    return time.perf_counter()
        return None

    def _read_until(self, mark: bytes) -> bytes:
        """Receive until `mark` stands in a line that is complete; only the ends of what is received are looked at."""
        view = memoryview(self._buffer)
        tail = b"\r\n"
        while True:
            size = self._socket.recv_into(self._buffer)
            if not size:
                raise EOFError("the server closed the connection")
            self.octets += size
            tail = (tail + bytes(view[max(0, size - 2048) : size]))[-2560:]
            if mark in tail and tail.endswith(b"\r\n"):
                return tail


class Floor(NamedTuple):
    """What the bare socket needed."""

    seconds: float
    octets: int


def header_scan(port: int, user: str, password: str, folders: list[str], items: bytes) -> Floor:
    """Sign in and fetch `items` of every message of `folders` by one UID FETCH each, keeping nothing."""
    begun = time.perf_counter()
    with RawClient(port, user, password) as client:
        for folder in folders:
            client.command(f'EXAMINE "{folder}"'.encode())
            client.command(b"UID FETCH 1:* " + items)
        return Floor(time.perf_counter() - begun, client.octets)


def round_trip(client: RawClient, times: int) -> list[float]:
    """Return how long so many NOOPs took, in seconds."""
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        client.command(b"NOOP")
        spent.append(time.perf_counter() - begun)
    return spent
