"""Servers on which programs are killed at random, each behind a relay that holds back writes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from tests.crash.files import Server
from tests.crash.gmail import Gmail
from tests.crash.outlook import Outlook
from tests.crash.world import Place
from tests.servers.chaosproxy import Act, ChaosProxy, Trap

__all__ = ["Ground", "MakeGround", "at_gmail", "at_outlook", "on_dovecot"]

HELD: Final = 0.3
HELD_SECONDS: Final = (0.05, 0.5)
_WRITES: Final = rb"(?=(?:POST|PUT) /gmail/v1/users/me/drafts)"
_MAKES: Final = rb"(?=createReply)|(?=(?:POST|PATCH) /v1.0/me/messages)"
"""Within a batch, or by itself."""


class Ground(ABC):
    """Where one worker's mailboxes are, and the relay before it."""

    def __init__(self, place: Place, proxy: ChaosProxy) -> None:
        """Take mailboxes that are reached through the relay, and the relay."""
        self.place = place
        self.proxy = proxy

    @abstractmethod
    def hold(self) -> Trap:
        """Let some of the writes of drafts be late from now on, also on behalf of programs that were killed meanwhile."""

    @abstractmethod
    def arguments(self, name: str) -> list[str]:
        """Return how a naive program gets at a mailbox: port, user and, for HTTP, the service and an access token."""

    @abstractmethod
    def drafts(self, name: str) -> list[bytes]:
        """Return what stands in Drafts of a mailbox."""


class _Dovecot(Ground):
    def __init__(self, server: Server, proxy: ChaosProxy) -> None:
        super().__init__(Server(proxy.port, server.mail), proxy)
        self._server = server

    def hold(self) -> Trap:
        return self.proxy.hold_appends(times=None, chance=HELD, seconds=HELD_SECONDS)

    def arguments(self, name: str) -> list[str]:
        return [str(self.proxy.port), name]

    def drafts(self, name: str) -> list[bytes]:
        return [path.read_bytes() for path in self._server.named(name).glob(".Drafts/*/*") if path.is_file()]


class _Gmail(Ground):
    def __init__(self, gmail: Gmail, proxy: ChaosProxy) -> None:
        super().__init__(gmail, proxy)
        self._server = gmail.server

    def hold(self) -> Trap:
        return self.proxy.trap(Act.HOLD, marker=_WRITES, times=None, chance=HELD, seconds=HELD_SECONDS)

    def arguments(self, name: str) -> list[str]:
        address = f"{name}@example.com"
        tokens = self._server.tokens
        with self._server.lock:
            return [str(self.proxy.port), address, "gmail", tokens.access(tokens.grant(address))]

    def drafts(self, name: str) -> list[bytes]:
        return [one.message.raw for one in self._server.mailbox(f"{name}@example.com").drafts()]


class _Outlook(Ground):
    def __init__(self, outlook: Outlook, proxy: ChaosProxy) -> None:
        super().__init__(outlook, proxy)
        self._server = outlook.graph

    def hold(self) -> Trap:
        return self.proxy.trap(Act.HOLD, marker=_MAKES, times=None, chance=HELD, seconds=HELD_SECONDS)

    def arguments(self, name: str) -> list[str]:
        address = f"{name}@example.com"
        return [str(self.proxy.port), address, "outlook", self._server.token(address)]

    def drafts(self, name: str) -> list[bytes]:
        return [one.raw() for one in self._server.mailbox(f"{name}@example.com").items("drafts")]


MakeGround = Callable[[int], AbstractContextManager[Ground]]
"""Takes the seed of what is late."""


def on_dovecot(server: Server) -> MakeGround:
    """Return what makes a ground on Dovecot, which all workers share."""

    @contextmanager
    def make(seed: int) -> Iterator[Ground]:
        with ChaosProxy(("127.0.0.1", server.port), seed=seed) as proxy:
            yield _Dovecot(server, proxy)

    return make


@contextmanager
def at_gmail(seed: int) -> Iterator[Ground]:
    """Make a ground at Gmail, a service of its own."""
    with Gmail() as gmail, ChaosProxy(("127.0.0.1", gmail.server.port), seed=seed) as proxy:
        gmail.port = proxy.port
        yield _Gmail(gmail, proxy)


@contextmanager
def at_outlook(seed: int) -> Iterator[Ground]:
    """Make a ground at Outlook, a service of its own."""
    with Outlook() as outlook, ChaosProxy(("127.0.0.1", outlook.graph.port), seed=seed) as proxy:
        outlook.port = proxy.port
        yield _Outlook(outlook, proxy)
