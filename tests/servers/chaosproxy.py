"""A TCP relay on loopback that fails on demand: what networks do to a mailbox, one fault at a time and to the byte.

One thread relays all links with a selector. Faults are asked for from the test's thread; a call returns when the fault is in
effect, and events say when a trap has sprung, so that no test has to sleep:

    with ChaosProxy(("127.0.0.1", imap_port)) as proxy:
        trap = proxy.trap(Act.CUT, marker=rb"(?= APPEND )", after=17)     # FIN both ways behind the 17th byte
        ...                                                               # a client works through proxy.port
        assert trap.sprung.wait(5)

The relay knows nothing of IMAP and does not look into TLS: markers are for plain connections.
"""

from __future__ import annotations

import re

from tests.servers.relay import Act, Mode, Relay, Trap, Way

__all__ = ["Act", "ChaosProxy", "Trap", "Way"]


class ChaosProxy(Relay):
    """The proxy a test works with. Start it with `with`; its methods may be called from any thread."""

    def trap(
        self,
        act: Act,
        *,
        marker: bytes | None = None,
        after: int = 0,
        way: Way = Way.UP,
        marker_way: Way = Way.UP,
        times: int | None = 1,
        chance: float = 1.0,
        seconds: tuple[float, float] | None = None,
    ) -> Trap:
        """Set a trap: `act` when exactly `after` more bytes went `way`, counted from the end of a match of `marker`.

        `marker` is a regular expression over what goes `marker_way`; the match may be split between reads. A look-ahead counts
        from its own start: `rb"(?= APPEND )"` with `after=0` springs before that blank is relayed. Where `way` is not
        `marker_way`, `after=0` springs once the match is relayed, before anything is answered. With no marker the count
        starts now on links that are open, and at the first byte of new ones.
        """
        trap = Trap(act, way, after, None if marker is None else re.compile(marker), marker_way, times, chance, seconds)

        def order() -> None:
            self._traps.append(trap)
            if trap.marker is None:
                for link in self._links:
                    link.armed[trap] = 0

        self._do(order)
        return trap

    def hold_appends(self, *, times: int | None = 1, chance: float = 1.0, seconds: tuple[float, float] | None = None) -> Trap:
        """Let the line of an IMAP APPEND pass and hold back its literal, synchronising or not (RFC 7888).

        The late APPEND: its client may die, give up or look again meanwhile; after `release` the server has the message.
        """
        return self.trap(Act.HOLD, marker=rb" (?i:APPEND) [^\r\n]*\r\n", times=times, chance=chance, seconds=seconds)

    def disarm(self) -> None:
        """Take all traps away; what they hold stays held until `release`."""

        def order() -> None:
            self._traps.clear()
            for link in self._links:
                link.armed.clear()

        self._do(order)

    def release(self) -> None:
        """Deliver what is held, also on behalf of clients that are gone."""

        def order() -> None:
            for link, stream in self._each():
                self._release(link, stream)

        self._do(order)

    def stall(self, *, new: bool = False) -> None:
        """Move nothing on the links that are open, nor on new ones if `new`."""

        def order() -> None:
            self._stalls_new = new
            for _, stream in self._each():
                stream.stalled = True

        self._do(order)

    def resume(self) -> None:
        """End `stall` and `half_open`: what a stall kept back is delivered, what was swallowed is lost."""

        def order() -> None:
            self._stalls_new = False
            for link, stream in self._each():
                stream.stalled = False
                if stream.mode is Mode.SWALLOW:
                    stream.mode = Mode.RELAY
                    stream.ending = stream.heard_eof
                elif stream.mode is Mode.RELAY:
                    self._release(link, stream)

        self._do(order)

    def half_open(self, way: Way = Way.UP) -> None:
        """Throw away what goes `way` on the links that are open, end of file included."""

        def order() -> None:
            for _, stream in self._each():
                if stream.way is way:
                    stream.mode = Mode.SWALLOW

        self._do(order)

    def cut(self) -> None:
        """Close the links that are open, with FIN."""

        def order() -> None:
            for link in self._links:
                self._cut(link)

        self._do(order)

    def reset(self) -> None:
        """Close the links that are open, with RST."""

        def order() -> None:
            for link in self._links:
                self._reset(link)

        self._do(order)

    def refuse(self, *, on: bool = True) -> None:
        """Close new links as soon as they are made: the server is down."""

        def order() -> None:
            self._refuses = on

        self._do(order)

    def shape(self, *, delay: float = 0.0, up: float = 0.0, down: float = 0.0) -> None:
        """Delay each direction by `delay` seconds and limit it to so many bytes a second (0: no limit)."""

        def order() -> None:
            self._delay = delay
            self._rates = {Way.UP: up, Way.DOWN: down}

        self._do(order)
