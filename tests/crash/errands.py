"""One fault at one byte of one errand over HTTP, and what is left in the mailbox after it was done again.

What is the same whatever the service; each service is filled and read past the connector: `gmail_post`, `outlook_post`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from queue import SimpleQueue
from typing import ClassVar, Final, Self, TypeVar

from connectors.base import Connector, DraftRef, FoundState, Withdrawal
from connectors.errors import ConnectorError, Unavailable
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft, DraftKey
from rules.mail import Address
from tests.crash.dialogue import MORE_PATIENCE, Fault, sweep
from tests.servers.chaosproxy import Act, ChaosProxy, Way
from tests.servers.gmail import FakeGmail
from tests.servers.gmail import Fault as RefusedCall
from tests.servers.graph import FakeGraph

__all__ = ["ADDRESS", "SINCE", "WRITTEN_AT", "Errand", "Left", "Line", "Post", "each_post", "posts"]

T = TypeVar("T")
P = TypeVar("P", bound="Post")

WRITTEN_AT: Final = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE: Final = 20.0
ADDRESS: Final = "sam@example.com"
THEIRS: Final = 6
"""Letters of others that lie in the mailbox, and as many that come."""


class Errand(StrEnum):
    """What is interrupted."""

    PUT = "put"
    """A draft that answers nothing."""
    ANSWER = "answer"
    """A draft that answers a letter, where the service makes answers itself."""
    REPLACE = "replace"
    TURN = "turn"
    """A draft replaced by one that answers another letter."""
    WITHDRAW = "withdraw"
    FIRST_LOOK = "first look"
    CATCH_UP = "catch up"
    """Reading what has come since the last look."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was found."""

    sprung: bool
    """The fault happened."""
    raised: bool
    """The interrupted errand raised an error of the tree."""
    standing: int
    """Drafts with our Message-ID before the sweep."""
    problems: tuple[str, ...] = ()
    """What is not as it must be; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Line:
    """A connector's way to the service: its port, and how long it waits for an answer."""

    port: int
    timeout: float = 10.0
    arm: Callable[[], object] = lambda: None
    """Called before the first request."""


class Post(ABC):
    """One user's mailbox at a service of its own, with a draft of the user's own in it and letters of others."""

    name: ClassVar[str]
    markers: ClassVar[Mapping[Errand, bytes]]
    """The errands of this service, and with which request each begins, counted from its first octet."""
    nameless: ClassVar[frozenset[Errand]] = frozenset()
    """Those whose first request, when it comes late, leaves what cannot be told from what the user begins."""
    coarseness: ClassVar[int] = 1
    """Of the bytes that `make crash` would try, each so-manieth is."""
    batch: ClassVar[str] = ""
    """What a fault is called that meets a whole batch; empty where errands are single requests."""

    def __init__(self, server: FakeGmail | FakeGraph) -> None:
        """Take a service that nobody else uses."""
        self._service = server
        self.direct = Line(server.port)
        self._open = ExitStack()
        self._serial = 0
        self._letters = 0
        self._working: Connector | None = None

    def __enter__(self) -> Self:
        """Start, and put in what lies there."""
        self._open.enter_context(self._service)
        self.save_bystander()
        self.letters()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; nothing may have been asked for that must not be, however it was cut."""
        self._hang_up()
        self._open.close()
        if self._service.violations:
            raise AssertionError(self._service.violations[:5])

    # -- the mailbox

    @abstractmethod
    def save_bystander(self) -> None:
        """Let the user write a draft."""

    @abstractmethod
    def clear(self) -> None:
        """Remove for good what lies in the inbox."""

    @abstractmethod
    def deliver(self, raw: bytes) -> None:
        """Let a letter come into the inbox, received at `WRITTEN_AT`."""

    @abstractmethod
    def inbox(self) -> set[str]:
        """Return the Message-IDs of what lies in the inbox."""

    @abstractmethod
    def stored(self, message_id: str) -> Sequence[object]:
        """Return the drafts that carry a Message-ID."""

    @abstractmethod
    def drafts(self) -> int:
        """Return how many drafts stand there, the user's own among them."""

    @abstractmethod
    def connector(self, line: Line) -> Connector:
        """Return a connector, not yet opened. Access tokens come past whatever is on the line."""

    def thread_of(self, message_id: str) -> str:
        """Return the thread that the service says a letter is in; empty where the connector does not go by it."""
        del message_id
        return ""

    def carried(self, cursor: str, line: Line) -> str:
        """Return a cursor as it is on a line: the relay has a port of its own."""
        del line
        return cursor

    @abstractmethod
    def wrong_with(self, draft: Draft, raw: bytes) -> list[str]:
        """Say what is not as it must be with a draft that was written, there being one."""

    @abstractmethod
    def wrong_besides(self) -> list[str]:
        """Say what of the mailbox that is not ours is not as it was."""

    def letters(self) -> None:
        """Let some letters come; those that were there are gone for good."""
        self.clear()
        for _ in range(THEIRS):
            self._letters += 1
            name = f"letter-{self._letters:06d}"
            raw = (
                f"From: Robin Poe <robin@birch.example>\r\nTo: {ADDRESS}\r\nSubject: Interview {name}\r\n"
                f"Date: Tue, 03 Mar 2026 08:00:00 +0000\r\nMessage-ID: <{name}@birch.example>\r\n\r\nHello.\r\n"
            )
            self.deliver(raw.encode())

    def letter(self, back: int) -> str:
        """Return the Message-ID of the last letter but so many."""
        return f"letter-{self._letters - back:06d}@birch.example"

    # -- what goes wrong

    def length(self, errand: Errand) -> dict[Way, int]:
        """Return how many octets go either way from the errand's first request on."""
        with ChaosProxy(("127.0.0.1", self._service.port)) as proxy:
            trap = proxy.trap(Act.COUNT, marker=self.markers[errand])
            self._do(errand, Line(proxy.port), lambda: None)
            return dict(trap.counted)

    def interrupt(self, errand: Errand, fault: Fault, *, timeout: float = 10.0) -> Left:
        """Do an errand through `fault` and do it again as the daemon does; say what is left."""
        with ChaosProxy(("127.0.0.1", self._service.port)) as proxy:
            trap = proxy.trap(fault.act, marker=fault.marker, after=fault.after, way=fault.way)

            def let_go() -> None:
                """Let everything that is on its way arrive, and wait until the service has done it."""
                proxy.release()
                if fault.act in {Act.STALL, Act.SWALLOW}:
                    proxy.cut()
                if not proxy.wait_links(0, PATIENCE):
                    raise AssertionError("the service keeps a connection whose client is gone")

            raised, standing, problems = self._do(errand, Line(proxy.port, timeout), let_go)
        return Left(trap.sprung.is_set(), raised, standing, tuple(problems))

    def refuse(self, errand: Errand, status: int, skip: int, *, done: bool, method: str = "*") -> Left:
        """Let one call of an errand be answered with an error; `done`: what it asked for was done all the same."""
        faults: list[RefusedCall] = []

        def arm() -> None:
            faults.append(self._service.fail(method, status, skip=skip, done=done))

        raised, standing, problems = self._do(errand, replace(self.direct, arm=arm), lambda: None)
        return Left(any(fault.struck for fault in faults), raised, standing, tuple(problems))

    def _do(self, errand: Errand, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        work = {
            Errand.PUT: self._put,
            Errand.ANSWER: self._answer,
            Errand.REPLACE: self._replace,
            Errand.TURN: self._turn,
            Errand.WITHDRAW: self._withdraw,
            Errand.FIRST_LOOK: self._first_look,
            Errand.CATCH_UP: self._catch_up,
        }
        raised, standing, problems = work[errand](line, let_go)
        self._hang_up()
        return raised, standing, problems + self.wrong_besides()

    # -- drafts

    def draft(self, words: str = "It was good to talk to you.", *, answers: str = "") -> Draft:
        """Return a small draft with a Message-ID of its own."""
        self._serial += 1
        return Draft(
            key=DraftKey(f"p{self._serial}", "robin@birch.example", "thank_you-1"),
            message_id=f"{self._serial:06d}.post@example.com",
            sender=Address("Sam Doe", ADDRESS),
            to=Address("Robin Poe", "robin@birch.example"),
            subject="Thank you",
            text=words,
            date=WRITTEN_AT,
            in_reply_to=answers,
            references=(answers,) if answers else (),
            thread_id=self.thread_of(answers),
        )

    def _put(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        return self._write(line, let_go, self.draft())

    def _answer(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        return self._write(line, let_go, self.draft(answers=self.letter(1)))

    def _replace(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        answers = self.letter(1) if Errand.ANSWER in self.markers else ""
        old = self.draft("An older wording.", answers=answers)
        return self._write(line, let_go, self.draft(answers=answers), old)

    def _turn(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        old = self.draft("An older wording.", answers=self.letter(1))
        return self._write(line, let_go, self.draft(answers=self.letter(0)), old)

    def _write(
        self, line: Line, let_go: Callable[[], None], draft: Draft, old: Draft | None = None
    ) -> tuple[bool, int, list[str]]:
        before: DraftRef | None = None
        if old is not None:
            before = self._again(lambda connector: connector.put_draft(old, draft_bytes(old)))
        raw = draft_bytes(draft)
        raised = self._tried(line, lambda connector: connector.put_draft(draft, raw, before))
        looks = old is None and bool(draft.in_reply_to)  # as the daemon does first; what answers nothing may be the bystander
        found = self._again(lambda connector: connector.find_draft(draft, None)).state if looks else FoundState.ABSENT
        ref = self._again(lambda connector: connector.put_draft(draft, raw, before), anew=not looks)
        let_go()
        standing = len(self.stored(draft.message_id))
        self._again(lambda connector: sweep(connector, draft, raw), anew=False)
        left = len(self.stored(draft.message_id))
        problems = self.wrong_with(draft, raw) if left == 1 else [f"{left} stand"]
        if found not in {FoundState.ABSENT, FoundState.UNTOUCHED}:
            problems.append(f"it is taken for what somebody {found}")
        if old is not None and self.stored(old.message_id):
            problems.append("what was to be replaced still stands")
        if self._again(lambda connector: connector.withdraw_draft(draft, ref), anew=False) is not Withdrawal.WITHDRAWN:
            problems.append("it cannot be taken back")
        if self.drafts() != 1:
            problems.append(f"{self.drafts()} drafts are left in all")
        return raised, standing, problems

    def _withdraw(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        draft = self.draft()
        ref = self._again(lambda connector: connector.put_draft(draft, draft_bytes(draft)))
        raised = self._tried(line, lambda connector: connector.withdraw_draft(draft, ref))
        done = self._again(lambda connector: connector.withdraw_draft(draft, ref))
        let_go()
        problems = [] if done in {Withdrawal.WITHDRAWN, Withdrawal.GONE} else [f"the draft is said to be {done}"]
        if self.drafts() != 1:
            problems.append(f"{self.drafts()} drafts are left")
        return raised, 0, problems

    # -- reading

    def _first_look(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        self.letters()
        return self._read(line, let_go, None)

    def _catch_up(self, line: Line, let_go: Callable[[], None]) -> tuple[bool, int, list[str]]:
        cursor = self._again(lambda connector: [page.cursor for page in connector.changes(None, SINCE, lambda _: True)][-1])
        self.letters()
        return self._read(line, let_go, cursor)

    def _read(self, way: Line, let_go: Callable[[], None], cursor: str | None) -> tuple[bool, int, list[str]]:
        """Read page by page, keeping each with its cursor; after the fault from there on."""
        places = [cursor]
        found: dict[str, bool] = {}

        def read(connector: Connector, line: Line) -> None:
            place = None if places[-1] is None else self.carried(places[-1], line)
            for page in connector.changes(place, SINCE, lambda _: True):
                read_now = {message.envelope.message_id: bool(message.text) for message in page.messages}
                for envelope in page.envelopes:
                    found[envelope.message_id] = found.get(envelope.message_id, False) or read_now.get(envelope.message_id, False)
                places.append(page.cursor)

        raised = self._tried(way, lambda connector: read(connector, way))
        let_go()
        self._again(lambda connector: read(connector, self.direct))
        wanted = self.inbox()
        problems = [f"{name} was not delivered" for name in sorted(wanted - found.keys())]
        problems += [f"the text of {name} was not read" for name in sorted(wanted & found.keys()) if not found[name]]
        return raised, 0, problems

    # -- doing it

    def _tried(self, line: Line, work: Callable[[Connector], object]) -> bool:
        connector = self.connector(line)
        line.arm()
        try:
            connector.open()
            work(connector)
        except ConnectorError:
            return True
        finally:
            connector.close()
            self._service.heal()
        return False

    def _again(self, work: Callable[[Connector], T], *, anew: bool = True) -> T:
        """Do it on a line that works, `anew` or on the last one; the draft of a dead line may still come in between once."""
        if anew or self._working is None:
            self._hang_up()
            self._working = self.connector(self.direct)
            self._working.open()
        try:
            return work(self._working)
        except Unavailable:
            return work(self._working)

    def _hang_up(self) -> None:
        if self._working is not None:
            self._working.close()
            self._working = None


@contextmanager
def posts(make: Callable[[], P], count: int) -> Iterator[list[P]]:
    """Give as many mailboxes as are to be worked on at once."""
    with ExitStack() as stack:
        found = [make() for _ in range(count)]
        for post in found:
            stack.enter_context(post)
        yield found


def each_post(
    found: Sequence[Post], errand: Errand, faults: Iterable[Fault], *, timeout: float = 10.0
) -> list[tuple[Fault, Left]]:
    """Try every fault, as many at once as there are mailboxes.

    `timeout` is for how long the connector waits for an answer. Where that was over before the fault came, for the machine was
    busy, it is tried again with more patience.
    """
    free: SimpleQueue[Post] = SimpleQueue()
    for post in found:
        free.put(post)

    def one(fault: Fault) -> tuple[Fault, Left]:
        post = free.get()
        try:
            for patience in MORE_PATIENCE:
                left = post.interrupt(errand, fault, timeout=timeout * patience)
                if left.sprung or left.problems or not left.raised:
                    break
            return fault, left
        finally:
            free.put(post)

    with ThreadPoolExecutor(len(found)) as pool:
        return list(pool.map(one, faults))
