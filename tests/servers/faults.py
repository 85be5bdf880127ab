"""What goes wrong on demand, and how often."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from enum import StrEnum

from tests.servers.answering import Answer

__all__ = ["BATCH", "TOKEN", "Act", "Fault", "Faults", "portal"]

BATCH = "batch"
"""A fault of that name meets the request that carries a batch, not its parts."""
TOKEN = "token"
"""... the token endpoint."""
_PORTAL = (
    b"<html><head><title>Welcome</title></head><body><form action=/accept>Accept the terms of this network</form></body></html>"
)


class Act(StrEnum):
    """What happens to a request."""

    ANSWER = "answer"
    """It is answered with an error and does nothing."""
    SLOW = "slow"
    """It waits before it is done; done it is, even when the client has gone."""
    HOLD = "hold"
    """It waits until it is released, and is done then, even when the client has gone."""
    CUT = "cut"
    """The connection is closed in the middle of the answer."""


@dataclass(slots=True)
class Fault:
    """One trouble, for the requests it is meant for."""

    method: str
    """`messages.get`, `batch`, `token`, or `*` for all methods."""
    act: Act = Act.ANSWER
    times: int | None = 1
    """How often; None: always."""
    skip: int = 0
    """So many requests pass before it begins."""
    every: int = 1
    """Of the requests from there on, each so-manieth."""
    chance: float = 1.0
    answer: Answer = field(default_factory=Answer)
    seconds: float = 0.0
    done: bool = False
    """CUT: what was asked for is done before the connection breaks. ANSWER: it is done, and yet called an error."""
    after: int = 0
    """CUT: so many octets of the answer pass."""
    reached: threading.Event = field(default_factory=threading.Event)
    """It has hit a request."""
    released: threading.Event = field(default_factory=threading.Event)
    """HOLD: what was held goes on."""
    met: int = 0
    """How many requests it has met so far."""
    struck: int = 0
    """How many it has hit."""

    def meets(self, method: str) -> bool:
        """Say whether it is meant for a method."""
        return self.method == method or (self.method == "*" and method not in {BATCH, TOKEN})


class Faults:
    """The troubles that are armed; the caller holds the server's lock."""

    def __init__(self, seed: int = 0) -> None:
        """Take the seed of what happens by chance."""
        self._random = random.Random(seed)
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> Fault:
        """Add a trouble; the first that is armed strikes first."""
        self._armed.append(fault)
        return fault

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.release()
        self._armed.clear()

    def release(self) -> None:
        """Let everything go on that is held."""
        for fault in self._armed:
            fault.released.set()

    def strike(self, method: str) -> Fault | None:
        """Return what happens to this request, if anything."""
        for fault in self._armed:
            if not fault.meets(method):
                continue
            fault.met += 1
            due = fault.met > fault.skip and (fault.met - fault.skip - 1) % fault.every == 0
            if due and (fault.times is None or fault.struck < fault.times) and self._random.random() < fault.chance:
                fault.struck += 1
                return fault
        return None


def portal(redirect: str = "") -> Answer:
    """Return what a network's sign-in page puts in the place of any answer: itself, or where it is."""
    if redirect:
        return Answer(302, b"", {"Location": redirect}, "text/html; charset=utf-8")
    return Answer(200, _PORTAL, {}, "text/html; charset=utf-8")
