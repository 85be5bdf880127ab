"""The machinery of the fault-injecting proxy: links and their two streams, traps that wait for a byte, the relaying thread."""

from __future__ import annotations

import heapq
import itertools
import random
import re
import selectors
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Self

__all__ = ["Act", "Link", "Mode", "Relay", "Stream", "Trap", "Way"]

CHUNK = 65_536
QUEUE_LIMIT = 1 << 20
"""Bytes waiting in one direction before the relay stops reading there."""
TAIL = 1_024
"""Bytes kept of what has passed, so that a marker may be split between two reads."""
ANSWER_DEADLINE = 10.0
"""Seconds in which the relay's thread has to obey."""


class Way(StrEnum):
    """A direction."""

    UP = "up"
    """Client to server."""
    DOWN = "down"
    """Server to client."""


class Act(StrEnum):
    """What a trap does to the link it springs on."""

    COUNT = "count"
    """Nothing: only the bytes behind the marker are counted."""
    CUT = "cut"
    """FIN in both directions; whatever comes after is thrown away."""
    RESET = "reset"
    """RST in both directions."""
    STALL = "stall"
    """Nothing moves any more, both sockets stay open: a dropped NAT entry, a closed laptop lid."""
    SWALLOW = "swallow"
    """What comes in the trap's direction vanishes, the other direction works: a half-open connection."""
    HOLD = "hold"
    """What comes in the trap's direction waits for `release`, and is delivered then even if its sender is dead."""


@dataclass(eq=False)
class Trap:
    """A fault that waits for its byte. Made by `ChaosProxy.trap`."""

    act: Act
    way: Way
    """The direction in which bytes are counted (and swallowed, or held)."""
    after: int
    """Bytes that still pass, counted from the end of the marker's match."""
    marker: re.Pattern[bytes] | None
    marker_way: Way
    times: int | None
    """How often it springs; None for always."""
    chance: float
    """The share of matches on which it springs."""
    seconds: tuple[float, float] | None
    """HOLD: released by itself after a time between these two."""
    seen: threading.Event = field(default_factory=threading.Event)
    """The marker went by."""
    matched: bytes = b""
    """The text of its last match."""
    sprung: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    """A link it sprang on is closed on both sides: the server has had all it will ever get of it."""
    springs: int = 0
    counted: dict[Way, int] = field(default_factory=lambda: {Way.UP: 0, Way.DOWN: 0})
    """Bytes relayed since the marker, in either direction."""

    @property
    def spent(self) -> bool:
        """Say whether it will not spring again."""
        return self.times is not None and self.springs >= self.times

    @property
    def springs_on_match(self) -> bool:
        """Say whether the match itself is enough: nothing is to be counted, for it would go the other way."""
        return self.after == 0 and self.way is not self.marker_way and self.act is not Act.COUNT and not self.spent


class Mode(StrEnum):
    """What is done with the bytes that come in one direction."""

    RELAY = "relay"
    HOLD = "hold"
    SWALLOW = "swallow"
    DISCARD = "discard"
    """The direction is finished; what still comes is read so that the close stays a FIN."""


@dataclass(eq=False)
class Stream:
    """One direction of one link."""

    way: Way
    source: socket.socket
    sink: socket.socket
    mode: Mode = Mode.RELAY
    stalled: bool = False
    """Nothing more is taken from the source; what was taken is still delivered."""
    queue: deque[tuple[float, bytes]] = field(default_factory=deque)
    """(when it may go, on the monotonic clock; bytes)"""
    queued: int = 0
    free_at: float = 0.0
    kept: bytearray = field(default_factory=bytearray)
    """Read, not relayed: held back, or caught by a stall in the middle of a read."""
    heard_eof: bool = False
    ending: bool = False
    """FIN follows when the queue is empty."""
    ended: bool = False

    @property
    def wants_read(self) -> bool:
        return not self.heard_eof and not self.stalled and self.queued < QUEUE_LIMIT

    def wants_write(self, now: float) -> bool:
        return bool(self.queue) and self.queue[0][0] <= now

    @property
    def done(self) -> bool:
        return self.ended and self.heard_eof


@dataclass(eq=False)
class Link:
    """A client's connection and the one that was made to the target for it."""

    up: Stream
    down: Stream
    armed: dict[Trap, int] = field(default_factory=dict)
    """Bytes relayed in the trap's direction since its marker; negative while its marker is not yet relayed."""
    tails: defaultdict[Trap, bytes] = field(default_factory=lambda: defaultdict(bytes))
    sprung: list[Trap] = field(default_factory=list)
    resetting: bool = False

    @property
    def streams(self) -> tuple[Stream, Stream]:
        return self.up, self.down


class Relay:
    """A listener on loopback whose links go to one target; one thread does all of it."""

    def __init__(self, target: tuple[str, int], *, seed: int = 0) -> None:
        """Relay to `target`; `seed` is for traps with a chance or a span of time."""
        self.target = target
        self.accepted = 0
        """Links accepted so far."""
        self.relayed = {Way.UP: 0, Way.DOWN: 0}
        """Bytes taken on for delivery so far."""
        self._random = random.Random(seed)
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._links: set[Link] = set()
        self._traps: list[Trap] = []
        self._orders: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = itertools.count()
        self._bell, self._bell_push = socket.socketpair()
        self._stalls_new = False
        self._refuses = False
        self._delay = 0.0
        self._settled_at = 0.0
        self._rates = {Way.UP: 0.0, Way.DOWN: 0.0}
        self._running = True
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="chaosproxy", daemon=True)

    def __enter__(self) -> Self:
        """Begin to relay what connects to `port` of 127.0.0.1."""
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close every socket."""
        self.close()

    def close(self) -> None:
        """Stop the thread and close every socket; may be called twice."""
        if self._thread.is_alive():
            self._running = False
            self._bell_push.send(b"x")
            self._thread.join(ANSWER_DEADLINE)
        for link in list(self._links):
            self._drop(link)
        for one in (self._listener, self._bell, self._bell_push):
            one.close()
        self._selector.close()

    def wait_links(self, count: int, timeout: float) -> bool:
        """Wait until `count` links are open; say whether it came to that within `timeout` seconds."""
        with self._change:
            return self._change.wait_for(lambda: len(self._links) == count, timeout)

    def _do(self, order: Callable[[], object]) -> None:
        """Run `order` in the relay's thread and wait until it is done."""
        answer: Future[None] = Future()

        def run() -> None:
            try:
                order()
            except Exception as error:  # noqa: BLE001 - handed on to the thread that asked
                answer.set_exception(error)
            else:
                answer.set_result(None)

        self._orders.append(run)
        self._bell_push.send(b"x")
        answer.result(ANSWER_DEADLINE)

    def _each(self) -> list[tuple[Link, Stream]]:
        return [(link, stream) for link in self._links for stream in link.streams]

    def _run(self) -> None:
        while self._running:
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._bell:
                    self._bell.recv(CHUNK)
                else:
                    link, stream = key.data
                    if stream.wants_read:
                        self._read(link, stream)
            while self._orders:
                self._orders.popleft()()
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()
            self._settled_at = time.monotonic()
            for link in list(self._links):
                self._settle(link, self._settled_at)

    def _patience(self) -> float | None:
        now = time.monotonic()
        # What was not due when the links were settled; it may have become so since.
        due = [stream.queue[0][0] for _, stream in self._each() if stream.queue and stream.queue[0][0] > self._settled_at]
        if self._timers:
            due.append(self._timers[0][0])
        return max(0.0, min(due) - now) if due else None

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        self.accepted += 1
        try:
            if self._refuses:
                raise ConnectionRefusedError
            server = socket.create_connection(self.target, timeout=ANSWER_DEADLINE / 2)
        except OSError:
            client.close()
            return
        for one in (client, server):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = Link(Stream(Way.UP, client, server), Stream(Way.DOWN, server, client))
        for stream in link.streams:
            stream.stalled = self._stalls_new
        link.armed = {trap: 0 for trap in self._traps if trap.marker is None}
        with self._change:
            self._links.add(link)
            self._change.notify_all()

    def _read(self, link: Link, stream: Stream) -> None:
        try:
            data = stream.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:  # the peer's RST ends what it had to say
            data = b""
        if data:
            self._feed(link, stream, data)
            return
        stream.heard_eof = True
        if stream.mode is Mode.RELAY:
            stream.ending = True

    def _feed(self, link: Link, stream: Stream, data: bytes) -> None:
        """Relay `data` as far as the traps let it pass."""
        if stream.mode is Mode.RELAY and not stream.stalled:
            self._arm(link, stream, data)
        while data and stream.mode is Mode.RELAY and not stream.stalled:
            limits = {
                trap: max(0, trap.after - count)
                for trap, count in link.armed.items()
                if trap.way is stream.way and trap.act is not Act.COUNT and not trap.spent
            }
            passing = min([len(data), *limits.values()])
            self._push(link, stream, data[:passing])
            data = data[passing:]
            for trap, limit in limits.items():
                if limit == passing:
                    self._spring(link, trap)
        if stream.mode is Mode.HOLD or (stream.mode is Mode.RELAY and stream.stalled):
            stream.kept += data
        for trap in [trap for trap in link.armed if trap.springs_on_match and trap.marker_way is stream.way]:
            self._spring(link, trap)

    def _arm(self, link: Link, stream: Stream, data: bytes) -> None:
        """Look for markers in `data`, which is about to be relayed."""
        for trap in self._traps:
            if trap.marker is None or trap.marker_way is not stream.way or trap.spent or trap in link.armed:
                continue
            tail = link.tails[trap]
            text = tail + data
            start = 0
            while match := trap.marker.search(text, start):
                start = max(match.end(), start + 1)
                trap.matched = match[0]
                trap.seen.set()
                if self._random.random() < trap.chance:
                    link.armed[trap] = len(tail) - match.end() if trap.way is stream.way else 0
                    trap.counted = {Way.UP: 0, Way.DOWN: 0}
                    start = len(text)
                    break
            link.tails[trap] = text[start:][-TAIL:]

    def _push(self, link: Link, stream: Stream, data: bytes) -> None:
        for trap, count in link.armed.items():
            if trap.way is stream.way:
                link.armed[trap] = count + len(data)
                trap.counted[stream.way] += max(0, count + len(data)) - max(0, count)
            else:
                trap.counted[stream.way] += len(data)
        self.relayed[stream.way] += len(data)
        stream.queued += len(data)
        rate = self._rates[stream.way]
        step = 4_096 if rate else CHUNK
        for start in range(0, len(data), step):
            piece = data[start : start + step]
            due = time.monotonic() + self._delay if self._delay or rate else 0.0
            if rate:
                due = stream.free_at = max(stream.free_at, due) + len(piece) / rate
            stream.queue.append((due, piece))

    def _spring(self, link: Link, trap: Trap) -> None:
        trap.springs += 1
        link.armed.pop(trap, None)
        link.sprung.append(trap)
        stream = link.up if trap.way is Way.UP else link.down
        match trap.act:
            case Act.CUT:
                self._cut(link)
            case Act.RESET:
                self._reset(link)
            case Act.STALL:
                link.up.stalled = link.down.stalled = True
            case Act.SWALLOW:
                stream.mode = Mode.SWALLOW
            case Act.HOLD:
                stream.mode = Mode.HOLD
                if trap.seconds is not None:
                    due = time.monotonic() + self._random.uniform(*trap.seconds)
                    heapq.heappush(self._timers, (due, next(self._serial), lambda: self._release(link, stream)))
            case Act.COUNT:
                pass
        trap.sprung.set()

    def _release(self, link: Link, stream: Stream) -> None:
        if stream.mode is Mode.HOLD:
            stream.mode = Mode.RELAY
        if stream.mode is Mode.RELAY and not stream.stalled:
            kept, stream.kept = bytes(stream.kept), bytearray()
            if kept:
                self._feed(link, stream, kept)
            if stream.heard_eof and stream.mode is Mode.RELAY:
                stream.ending = True

    @staticmethod
    def _cut(link: Link) -> None:
        for stream in link.streams:
            stream.mode = Mode.DISCARD
            stream.stalled = False
            stream.ending = True

    @staticmethod
    def _reset(link: Link) -> None:
        for stream in link.streams:
            stream.mode = Mode.DISCARD
            stream.stalled = False
        link.resetting = True

    def _settle(self, link: Link, now: float) -> None:
        """Write what may be written, end what is to be ended, and listen for what is wanted next."""
        for stream in link.streams:
            self._write(stream, now)
            if stream.ending and not stream.queue and not stream.ended:
                stream.ended = True
                try:
                    stream.sink.shutdown(socket.SHUT_WR)
                except OSError:
                    continue  # the other end is gone already
        if link.resetting and not link.up.queue and not link.down.queue:
            for stream in link.streams:
                stream.sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._drop(link)
        elif link.up.done and link.down.done:
            self._drop(link)
        else:
            self._listen(link, link.up, link.down, now)
            self._listen(link, link.down, link.up, now)

    @staticmethod
    def _write(stream: Stream, now: float) -> None:
        while stream.wants_write(now):
            due, data = stream.queue.popleft()
            try:
                sent = stream.sink.send(data)
            except BlockingIOError:
                sent = 0
            except OSError:  # nobody there to take it: go on reading, so that the sender sees an ordinary close
                stream.queue.clear()
                stream.queued = 0
                stream.mode = Mode.DISCARD
                stream.ended = True
                return
            stream.queued -= sent
            if sent < len(data):
                stream.queue.appendleft((due, data[sent:]))
                return

    def _listen(self, link: Link, reader: Stream, writer: Stream, now: float) -> None:
        """Register the socket that `reader` reads from and `writer` writes to for what they want."""
        one = reader.source
        events = (selectors.EVENT_READ if reader.wants_read else 0) | (selectors.EVENT_WRITE if writer.wants_write(now) else 0)
        known = one in self._selector.get_map()
        if events and known:
            if self._selector.get_key(one).events != events:
                self._selector.modify(one, events, (link, reader))
        elif events:
            self._selector.register(one, events, (link, reader))
        elif known:
            self._selector.unregister(one)

    def _drop(self, link: Link) -> None:
        for stream in link.streams:
            if stream.source in self._selector.get_map():
                self._selector.unregister(stream.source)
            stream.source.close()
        for trap in link.sprung:
            trap.over.set()
        with self._change:
            self._links.discard(link)
            self._change.notify_all()
