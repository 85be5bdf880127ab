"""A server that keeps what nobody may ask for, counts what is asked, and goes wrong when it is told to.

The judges of Gmail and of Microsoft Graph are both this; each holds requests against what is known of its service.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.servers import faults
from tests.servers.answering import Answer, Broken, Loopback, Request, octets, pressed
from tests.servers.faults import Act, Fault, Faults

__all__ = ["Judging"]


class Judging(Loopback):
    """What is asked for is counted, perhaps made to fail, and else answered. May be called from any thread."""

    def __init__(self, seed: int = 0, certificate: Path | None = None) -> None:
        """Take the seed of what goes wrong by chance, and what a server takes."""
        super().__init__(certificate)
        self.lock = threading.RLock()
        self.faults = Faults(seed)
        self.violations: list[str] = []
        """What no client of ours may ask for, in words."""
        self.calls: Counter[str] = Counter()
        """How often each method was asked for, by its name, whether in a batch or not; batches and tokens besides."""
        self.units = 0
        """Of quota, as the service counts."""
        self.checks_answers = True
        """Whether every answer is held against the service's description as well."""
        self._stopping = threading.Event()

    @abstractmethod
    def routed(self, request: Request) -> Answer:
        """Return the answer to whatever comes; may raise Broken."""

    @abstractmethod
    def takes_gzip(self, asked: Mapping[str, str]) -> bool:
        """Say whether the service compresses the answer to a request with these header fields."""

    @abstractmethod
    def failed(self) -> Answer:
        """Return what the service says where it fails (500)."""

    # -- for tests

    def portal(self, method: str = "*", times: int | None = 1, *, redirect: str = "") -> Fault:
        """Let a network's sign-in page answer: HTML with status 200, or a redirect to where that page is."""
        return self.arm(Fault(method, times=times, answer=faults.portal(redirect)))

    def slow(self, method: str, seconds: float, times: int | None = 1, *, skip: int = 0) -> Fault:
        """Let requests wait before they are done; they are done even when the client has gone by then."""
        return self.arm(Fault(method, Act.SLOW, times=times, seconds=seconds, skip=skip))

    def hold(self, method: str, times: int | None = 1, *, skip: int = 0, seconds: float = 60.0) -> Fault:
        """Let requests wait until `released` of the fault is set, and be done then, even when the client is dead."""
        return self.arm(Fault(method, Act.HOLD, times=times, skip=skip, seconds=seconds))

    def break_off(
        self, method: str, times: int | None = 1, *, done: bool = True, after: int = 0, skip: int = 0, chance: float = 1.0
    ) -> Fault:
        """Cut the connection after so many octets of the answer; `done`: what was asked for is done before."""
        return self.arm(Fault(method, Act.CUT, times=times, done=done, after=after, skip=skip, chance=chance))

    def arm(self, fault: Fault) -> Fault:
        """Let something go wrong."""
        with self.lock:
            return self.faults.arm(fault)

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        with self.lock:
            self.faults.clear()

    def __exit__(self, *args: object) -> None:
        """Stop; slow and held requests wait no longer."""
        self._stopping.set()
        self.faults.release()
        super().__exit__(*args)

    def violation(self, text: str) -> None:
        """Keep what must not be."""
        with self.lock:
            self.violations.append(text)

    # -- over HTTP

    def answer(self, request: Request) -> Answer:
        """Answer anything that comes; a mistake of the fake's own is a violation too, so that it shows."""
        try:
            answer = self.routed(request)
        except Broken:
            raise
        except Exception as error:  # noqa: BLE001 - a thread of the server would swallow it
            self.violation(f"the fake fails at {request.verb} {request.target}: {error!r}")
            return self.failed()
        return pressed(answer) if self.takes_gzip(request.headers) else answer

    def with_faults(self, method: str, does: Callable[[], Answer]) -> Answer:
        """Return the answer to a request for a method, or what a fault puts in its place; may raise Broken."""
        with self.lock:
            fault = self.faults.strike(method)
        if fault is None:
            return does()
        fault.reached.set()
        if fault.act is Act.SLOW:
            self._stopping.wait(fault.seconds)
            return does()
        if fault.act is Act.HOLD:
            fault.released.wait(fault.seconds)
            return does()
        done = does() if fault.done else None
        if fault.act is Act.CUT:
            raise Broken(octets(done or fault.answer)[: fault.after])
        return fault.answer

    def count_call(self, method: str) -> None:
        """Count a request for a method."""
        with self.lock:
            self.calls[method] += 1
