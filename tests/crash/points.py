"""Killing one pass at each of its system calls in turn, and comparing what is left with what a pass leaves that goes through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from queue import SimpleQueue
from typing import Final

from tests.crash.program import Call, Program
from tests.crash.scenarios import Scenario
from tests.crash.world import Place, Snapshot, Standing, World

_ASKS: Final = re.compile(
    r'"(?:[A-Z]+\d+ (?:CAPABILITY|LOGIN|AUTHENTICATE|ID|ENABLE|NAMESPACE|LIST|SELECT|EXAMINE|STATUS|NOOP|LOGOUT|'
    r"(?:UID )?(?:FETCH|SEARCH))|GET /|POST /(?:batch|token|v1\.0/\$batch)|--batch|client_id=|grant_type=)"
)
"""A command of IMAP, or a request over HTTP, that changes nothing."""
_BODY: Final = re.compile(r'^\d+, "(?:\{|--batch|client_id=|grant_type=)')
"""What is sent behind the header of a request over HTTP."""
_BATCH: Final = re.compile(r'^\d+, "\{\\"requests\\":')
"""... where it holds many requests, which may change something each."""
_WRITES: Final = re.compile(r'\\"method\\":\\"(?:POST|PATCH|PUT|DELETE)\\"')
CANNOT_WRITE: Final = 6
"""The documented exit code."""
_CLEAR: Final = re.compile(r"Nothing was lost.*(?:free|make room)", re.DOTALL)

Point = tuple[Scenario, Call]

__all__ = ["Bench", "Prepared", "Result", "benches", "changing", "fail_each", "kill_each", "sampled", "telling"]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one kill."""

    call: Call
    code: int
    """How the pass ended: 137 when it was killed."""
    problems: tuple[str, ...] = ()
    """In what the end differs from that of a pass that went through; empty when all is well."""

    def __str__(self) -> str:
        """Tell it on one line, with the first problems."""
        return f"{self.call} {self.call.what[:60]}: {'; '.join(self.problems[:3])[:600]}"


@dataclass(slots=True)
class Prepared:
    """A scenario played up to its last pass, and what that pass does when it goes through."""

    world: World
    snapshot: Snapshot
    now: datetime
    calls: list[Call]
    expected: Standing


@dataclass(slots=True)
class Bench:
    """One worker with a program of its own, and where its mailboxes are."""

    folder: Path
    program: Program
    place: Place
    _serial: int = 0
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    def world(self) -> World:
        """Make an empty mailbox that nobody else uses."""
        self._serial += 1
        name = f"{self.folder.name}-{self._serial}"
        return self.place.world(self.folder / name, name)

    def prepare(self, scenario: Scenario) -> Prepared:
        """Play a scenario to its end once, and keep what was before the last pass."""
        if (known := self._prepared.get(scenario.name)) is not None:
            return known
        world = self.world()
        for step in scenario.before:
            step.act(world)
            self.clean(world, step.now)
        scenario.last.act(world)
        snapshot = world.snapshot()
        world.restore(snapshot)  # as it will be found again and again: with new directory times, and no index of the server's
        ended, calls = self.program.trace(world.arguments(scenario.last.now))
        if ended.code:
            raise AssertionError(f"the pass that nobody disturbs fails: {ended.output}")
        expected = world.standing()
        if not expected.state["process"] or sum(expected.drafts.values()) != scenario.drafts:
            raise AssertionError(f"{scenario.name}: {sum(expected.drafts.values())} drafts stand, not {scenario.drafts}")
        self._prepared[scenario.name] = prepared = Prepared(world, snapshot, scenario.last.now, calls, expected)
        return prepared

    def clean(self, world: World, now: datetime) -> None:
        """Make a pass that must go through."""
        ended = self.program.run(world.arguments(now))
        if ended.code:
            raise AssertionError(f"a pass ended with {ended.code}: {ended.output}")

    def fresh(self, prepared: Prepared) -> World:
        """Return a world as it was before the last pass: the same mailbox, or that of another user."""
        world = prepared.world if self.place.kept else self.world()
        world.restore(prepared.snapshot)
        return world

    def resumed(self, world: World, prepared: Prepared) -> list[str]:
        """Go on after a fault: one pass must bring the end about, and one more must change nothing."""
        self.place.rest()
        problems: list[str] = []
        for turn in ("resumed", "once more"):
            ended = self.program.run(world.arguments(prepared.now))
            if ended.code:
                return [f"{turn}: exit code {ended.code}: {ended.output}"]
            problems += [f"{turn}: {one}" for one in prepared.expected.differences(world.standing())]
        return problems

    def fail(self, scenario: Scenario, call: Call, error: str, *, on: bool) -> Result:
        """Let `call` fail with `error` in the scenario's last pass, mend the disk, go on, and see."""
        prepared = self.prepare(scenario)
        world = self.fresh(prepared)
        ended = self.program.fail_at(call, error, world.arguments(prepared.now), on=on)
        problems = []
        if not ended.code:  # the store can do without: copying what is committed into its main file may wait
            problems += [f"said to be well: {one}" for one in prepared.expected.differences(world.standing())]
        elif ended.code != CANNOT_WRITE or not _CLEAR.search(ended.output) or "Traceback" in ended.output:
            problems.append(f"{error} ended with {ended.code}: {ended.output}")
        return Result(call, ended.code, problems=(*problems, *self.resumed(world, prepared)))

    def kill(self, scenario: Scenario, call: Call) -> Result:
        """Kill the scenario's last pass as it enters `call`, go on, and see."""
        prepared = self.prepare(scenario)
        world = self.fresh(prepared)
        ended = self.program.kill_at(call, world.arguments(prepared.now))
        if not ended.killed:
            return Result(call, ended.code, problems=(f"was not killed, but ended with {ended.code}: {ended.output}",))
        return Result(call, ended.code, problems=tuple(self.resumed(world, prepared)))


def _asks(call: Call) -> bool:
    """Say whether what is sent changes nothing."""
    if _BATCH.search(call.what):
        return _WRITES.search(call.what) is None
    return _ASKS.search(call.what) is not None


def _changes(call: Call) -> bool:
    """Say whether this is where a request begins that changes the mailbox; of a batch it is its body that tells."""
    if call.name != "sendto" or _asks(call):
        return False
    return _BATCH.search(call.what) is not None or _BODY.search(call.what) is None


@contextmanager
def benches(folder: Path, places: Sequence[Place]) -> Iterator[list[Bench]]:
    """Give a worker for each place; as many as there are cores to keep busy are enough."""
    programs = [Program(folder / f"program-{number}") for number in range(len(places))]
    try:
        with ThreadPoolExecutor(len(programs)) as pool:
            list(pool.map(Program.__enter__, programs))
        yield [
            Bench(folder / f"{type(place).__name__.lower()}{number}", program, place)
            for number, (program, place) in enumerate(zip(programs, places, strict=True))
        ]
    finally:
        for program in programs:
            program.__exit__()


def sampled(calls: Sequence[Call]) -> list[Call]:
    """Return the calls that a short run is killed at: every one that changes something for the first time, and some of the rest.

    Left out are, of a run of writes to the database, all but the last: they are frames of one transaction that nobody sees
    before its end; seven of eight commands that only ask the server; and two of three calls before anything is written or sent.
    """
    chosen: list[Call] = []
    begun = False
    reads = 0
    changing = False
    for call, following in zip_longest(calls, calls[1:]):
        begun = begun or call.name in {"pwrite64", "sendto"}
        if call.name == "pwrite64":
            keep = following is None or following.name != "pwrite64"
        elif call.name == "sendto":
            asks = _asks(call)
            reads += asks
            keep = not asks or changing or reads % 8 == 0  # and at the first command behind a change: it was answered
            changing = not asks
        else:
            keep = begun or len(chosen) % 3 == 0
        if keep:
            chosen.append(call)
    return chosen


def telling(calls: Sequence[Call]) -> list[Call]:
    """Return the fewest calls that tell something.

    The first request that changes the mailbox; behind each, the first call, when it was answered and is not yet written down; and
    each twentieth of those that `sampled` picks.
    """
    chosen = sampled(calls)[20::20] + changing(calls)
    return [call for call in calls if call in chosen]


def thinned(calls: Sequence[Call]) -> list[Call]:
    """Return what `telling` does, and each third of those that `sampled` picks."""
    chosen = sampled(calls)[::3] + telling(calls)
    return [call for call in calls if call in chosen]


def changing(calls: Sequence[Call]) -> list[Call]:
    """Return the first request that changes the mailbox, and behind each such request the first call."""
    changes = [place for place, call in enumerate(calls) if _changes(call)]
    chosen = [calls[place] for place in changes[:1]]
    for place in changes:
        chosen += [call for call in calls[place + 1 : place + 3] if not _BODY.search(call.what)][:1]
    return [call for call in calls if call in chosen]


def _each(workers: Sequence[Bench], points: Iterable[Point], work: Callable[[Bench, Point], Result]) -> list[Result]:
    """Work on every point, as many at once as there are workers."""
    free: SimpleQueue[Bench] = SimpleQueue()
    for worker in workers:
        free.put(worker)

    def one(point: Point) -> Result:
        bench = free.get()
        try:
            return work(bench, point)
        finally:
            free.put(bench)

    with ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(one, points))


def kill_each(workers: Sequence[Bench], points: Iterable[Point]) -> list[Result]:
    """Kill at every point."""
    return _each(workers, points, lambda bench, point: bench.kill(*point))


def fail_each(workers: Sequence[Bench], points: Iterable[Point], error: str, *, on: bool) -> list[Result]:
    """Let every point's call fail, and with `on` all later ones of its name in the same run."""
    return _each(workers, points, lambda bench, point: bench.fail(*point, error, on=on))
