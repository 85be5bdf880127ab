"""Random kills while the server is slow to take drafts, counted; beside what the orders give that do not think of crashes.

A third of all writes of drafts is held back on the way for up to half a second and delivered then, also on behalf of a process
that was killed meanwhile: looking before writing does not help against those.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, fields
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Self

from tests.crash.grounds import Ground, MakeGround
from tests.crash.naive import make_list
from tests.crash.program import Program
from tests.crash.scenarios import MAY_BE_CUT_SHORT, STORY
from tests.crash.world import World, parsed

__all__ = ["Tally", "kill_at_random"]

KILLS_A_STEP = 8
NAIVE_SECONDS = 0.25
NAIVE_LIST = 5
"""Times the drafts of a panel."""
PATIENCE = 30.0
CUT_SHORT = 0.3

_OURS = ("Hearback/", "Hearback: ")
"""How labels and categories of ours begin."""

Content = tuple[str, str, str]
"""Recipient, subject and text of a draft."""


@dataclass(slots=True)
class Tally:
    """What was counted."""

    kills: int = 0
    passes: int = 0
    """That went through."""
    drafts: int = 0
    """That had to stand at one time or another."""
    late: int = 0
    """Writes that were held back."""
    lost: int = 0
    duplicate: int = 0
    stale: int = 0
    touched: int = 0
    """Mails of the user's own that are not what they were."""
    twice: int = 0
    """Drafts that stood twice until the next pass."""
    told: list[str] = field(default_factory=list)
    """Details of what is wrong."""

    @property
    def wrong(self) -> int:
        """Return the sum of what must not be."""
        return self.lost + self.duplicate + self.stale + self.touched

    def add(self, other: Self) -> None:
        """Add what another worker counted."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def _words(message: EmailMessage) -> str:
    """Return the words of a message: the plain ones where there are two parts."""
    part = message.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


def _users(world: World) -> Counter[tuple[str, bytes]]:
    """Return what is the user's, and where; labels and categories of ours do not count, for they come and go."""
    found: Counter[tuple[str, bytes]] = Counter()
    for (place, raw), count in world.standing().users.items():
        labels = place.split(", ")
        found[", ".join(label for label in labels if not label.startswith(_OURS)), raw] += count
    return found


def _contents(world: World) -> Counter[Content]:
    """Return what our drafts say to whom."""
    found: Counter[Content] = Counter()
    for (_, raw), count in world.standing().drafts.items():
        message = parsed(raw)
        found[str(message["To"]), str(message["Subject"]), _words(message)] += count
    return found


@dataclass(slots=True)
class _Worker:
    """One thread with a program, a relay and mailboxes of its own."""

    name: str
    folder: Path
    ground: Ground
    program: Program
    random: random.Random
    deadline: float
    tally: Tally = field(default_factory=Tally)
    serial: int = 0

    def user(self) -> str:
        """Return the name of a user nobody else has."""
        self.serial += 1
        return f"{self.name}-{self.serial}"

    @property
    def late(self) -> bool:
        """Say whether time is up."""
        return time.monotonic() >= self.deadline

    def rest(self) -> None:
        """Wait until everything that was held back has arrived and the server has let go of its clients."""
        if not self.ground.proxy.wait_links(0, PATIENCE):
            raise AssertionError("the server keeps a connection whose client is gone")

    def worked(self, arguments: Sequence[str], typical: float, *, target: str = "hearback", cut_short: bool = False) -> bool:
        """Start it and kill it until it gets through; return whether it did, or was given up after a kill."""
        for _ in range(KILLS_A_STEP):
            ended = self.program.run(arguments, target=target, within=self.random.uniform(0, typical))
            if not ended.killed:
                break
            self.tally.kills += 1
            if cut_short and self.random.random() < CUT_SHORT:
                return False
        else:
            ended = self.program.run(arguments, target=target)
        if ended.code:
            self.tally.told.append(f"a pass ended with {ended.code}: {ended.output[:500]}")
            self.tally.touched += 1
        self.tally.passes += 1
        return True

    def story(self, expected: Sequence[Counter[Content]], typical: Sequence[float]) -> None:
        """Play the story in a new mailbox, killing, and count after each step."""
        user = self.user()
        world = self.ground.place.world(self.folder / user, user)
        users: Counter[tuple[str, bytes]] = Counter()
        for number, step in enumerate(STORY):
            step.act(world)
            users = users or _users(world)
            arguments = world.arguments(step.now)
            if not self.worked(arguments, 1.6 * typical[number], cut_short=number in MAY_BE_CUT_SHORT):
                continue
            self.rest()
            self.tally.twice += sum(count - 1 for count in _contents(world).values() if count > 1)
            self.program.run(arguments)
            self.rest()
            if not self.count(_contents(world), expected[number], f"{world.folder.name}, step {number}"):
                return  # what comes next needs those drafts
        self.tally.touched += len(users - _users(world))

    def count(self, found: Counter[Content], expected: Counter[Content], where: str) -> bool:
        """Compare what stands with what shall; return whether it is the same."""
        lost = sum((expected - found).values())
        duplicate = sum(count - 1 for count in found.values() if count > 1)
        stale = sum(1 for one in found if one not in expected)
        self.tally.drafts += sum(expected.values())
        self.tally.lost += lost
        self.tally.duplicate += duplicate
        self.tally.stale += stale
        if lost or duplicate or stale:
            self.tally.told.append(f"{where}: {lost} lost, {duplicate} duplicate, {stale} stale: {list(found - expected)[:2]}")
        return not (lost or duplicate or stale)

    def naive(self, order: str, due: Sequence[tuple[str, bytes]]) -> None:
        """Put a list of drafts in one of the naive orders, killing, and count."""
        user = self.user()
        database = self.folder / f"{user}.sqlite3"
        make_list(database, due)
        self.ground.place.world(self.folder / user, user)
        arguments = [order, str(database), *self.ground.arguments(user)]
        self.worked(arguments, NAIVE_SECONDS, target="naive")
        self.rest()
        self.program.run(arguments, target="naive")
        self.rest()
        stored = self.ground.drafts(user)
        found = Counter({name: sum(f"<{name}>".encode() in raw for raw in stored) for name, _ in due})
        self.count(
            Counter({(name, "", ""): count for name, count in found.items() if count}),
            Counter({(name, "", ""): 1 for name, _ in due}),
            f"{order} first, {user}",
        )


@dataclass(frozen=True, slots=True)
class _Undisturbed:
    """What the story gives when nobody kills."""

    expected: tuple[Counter[Content], ...]
    seconds: tuple[float, ...]
    due: tuple[tuple[str, bytes], ...]
    """A list for the naive orders: Message-ID and bytes."""


def _undisturbed(worker: _Worker) -> _Undisturbed:
    world = worker.ground.place.world(worker.folder / "undisturbed", worker.user())
    expected = []
    seconds = []
    due: tuple[tuple[str, bytes], ...] = ()
    for step in STORY:
        step.act(world)
        started = time.monotonic()
        ended = worker.program.run(world.arguments(step.now))
        seconds.append(time.monotonic() - started)
        if ended.code:
            raise AssertionError(f"the pass that nobody disturbs fails: {ended.output}")
        expected.append(_contents(world))
        due = due or tuple(_numbered(sorted(world.standing().drafts)))
    if [sum(one.values()) for one in expected] != [0, 3, 3, 0, 1, 0]:
        raise AssertionError("the story does not go as it should")
    return _Undisturbed(tuple(expected), tuple(seconds), due)


def _numbered(drafts: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return so many drafts of other Message-IDs as keep a naive order busy for as long as the program."""
    return [
        (f"{number}.{message_id}", raw.replace(message_id.encode(), f"{number}.{message_id}".encode()))
        for number in range(NAIVE_LIST)
        for message_id, raw in drafts
    ]


def kill_at_random(
    folder: Path, make: MakeGround, seconds: float, *, seed: int, workers: int = 2, tell: Callable[[str], None]
) -> dict[str, Tally]:
    """Kill for `seconds`, four fifths of them the program and the rest the naive orders; return what was counted of each."""
    found: dict[str, Tally] = {}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        crew: list[_Worker] = []
        for number in range(workers):
            ground = stack.enter_context(make(seed + number))
            program = Program(folder / f"program-{number}")
            own = random.Random(seed * 1000 + number)
            crew.append(_Worker(f"kill{number}", folder, ground, program, own, 0.0))
        list(pool.map(lambda worker: stack.enter_context(worker.program), crew))
        model = _undisturbed(crew[0])
        traps = [worker.ground.hold() for worker in crew]

        def phase(share: float, work: Callable[[_Worker], None]) -> Tally:
            for worker in crew:
                worker.tally = Tally()
                worker.deadline = time.monotonic() + share * seconds

            def until_late(worker: _Worker) -> None:
                while not worker.late:
                    work(worker)

            before = sum(trap.springs for trap in traps)
            list(pool.map(until_late, crew))
            total = Tally()
            for worker in crew:
                total.add(worker.tally)
            total.late = sum(trap.springs for trap in traps) - before
            return total

        found["program"] = phase(0.8, lambda worker: worker.story(model.expected, model.seconds))
        tell(_line("the program", found["program"]))
        for worker in crew:
            worker.ground.proxy.disarm()  # a write that is delivered for a dead process would hide what the second order loses
        for order, name in (("append", "write, then commit"), ("commit", "commit, then write")):
            found[order] = phase(0.1, partial(_Worker.naive, order=order, due=model.due))
            tell(_line(name, found[order]))
    return found


def _line(name: str, tally: Tally) -> str:
    return (
        f"{name:20} kills {tally.kills:6}  lost {tally.lost:4}  duplicate {tally.duplicate:4}  stale {tally.stale:4}  "
        f"touched {tally.touched:4}  (of {tally.drafts} drafts; {tally.late} writes held back; "
        f"{tally.twice} stood twice until the next pass)"
    )
