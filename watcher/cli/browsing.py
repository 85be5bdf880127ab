"""What signing in on a provider's page takes: a browser that opens, and the address that it ends at, come by itself or pasted."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

from connectors.auth.answer import NotTheAnswer
from connectors.auth.loopback import Loopback
from connectors.errors import AuthNeeded, ConnectorError, Misconfigured, Throttled, Unavailable
from watcher.cli.printing import warn
from watcher.wake import SocketWake

__all__ = ["SECONDS", "Arrival", "listening", "nothing_stored", "open_browser"]

SECONDS = 600.0
"""How long the user has for the page."""
BROWSER_SECONDS = 3.0
_LONGEST_LINE = 65_536

Answer = TypeVar("Answer")


class Arrival(Generic[Answer]):
    """The answer of a sign-in's page, from whichever side it comes first: the browser, or standard input."""

    def __init__(self, service: str) -> None:
        """Take whose page it is, for messages."""
        self._service = service
        self._read: Callable[[str], Answer] | None = None
        self._answers: queue.SimpleQueue[Answer | ConnectorError] = queue.SimpleQueue()

    def expect(self, read: Callable[[str], Answer]) -> None:
        """From now on let `read` look at addresses: it raises NotTheAnswer for others, and ConnectorErrors for a refusal."""
        self._read = read

    def take(self, address: str) -> str:
        """Look at an address that came, and return what is wrong with it."""
        if self._read is None:
            return "nothing is waited for yet"
        try:
            self._answers.put(self._read(address))
        except NotTheAnswer as error:
            return str(error)
        except ConnectorError as error:
            self._answers.put(error)
        return ""

    def wait(self, again: str, hints: str) -> Answer:
        """Return the answer; meanwhile every line of standard input may be it.

        Raises what the page said instead, or AuthNeeded when time is up: `again` is how to start over, `hints` what the page may
        have shown.
        """
        try:
            with _pasted(self.take):
                found = self._answers.get(timeout=SECONDS)
        except queue.Empty:
            raise AuthNeeded(
                f"No answer of {self._service}'s came within {SECONDS / 60:g} minutes, so nothing was stored; start over with "
                f"`{again}`. {hints}"
            ) from None
        if isinstance(found, ConnectorError):
            raise found
        return found


def listening(take: Callable[[str], str], service: str) -> Loopback:
    """Return where the browser is sent back to. Raises Misconfigured."""
    try:
        return Loopback(take)
    except OSError as error:
        raise Misconfigured(
            f"This machine lets no program listen on 127.0.0.1 ({error.strerror or error}), where {service}'s page sends "
            "the browser back to. Run it outside of the sandbox or container that forbids it."
        ) from None


@contextmanager
def nothing_stored(again: str) -> Iterator[None]:
    """Say of what will pass by itself that the sign-in is to be done anew: what a page gave is good for minutes only."""
    try:
        yield
    except Unavailable as error:
        wait = error.retry_after if isinstance(error, Throttled) else 0.0
        later = f" in {max(1, round(wait / 60))} min" if wait else ""
        raise Unavailable(f"{error} Nothing was stored: start over with `{again}`{later}.") from None


def open_browser(url: str) -> bool:
    """Open the link where a person can see a browser; never one that would run in this terminal."""
    named = bool(os.environ.get("BROWSER"))
    seen = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if not named and not seen:
        return False
    done: list[bool] = []

    def open_it() -> None:
        with suppress(OSError, webbrowser.Error):
            # The bare class is for programs that take the terminal and are waited for, such as lynx.
            if named or type(webbrowser.get()) is not webbrowser.GenericBrowser:
                done.append(webbrowser.open(url))
                return
        done.append(False)

    thread = threading.Thread(target=open_it, name="browser", daemon=True)
    thread.start()
    thread.join(BROWSER_SECONDS)  # some are waited for until they are closed
    return done[0] if done else True


@contextmanager
def _pasted(take: Callable[[str], str]) -> Iterator[None]:
    """Meanwhile, hand every line of standard input to `take`, and tell what is wrong with it."""
    stop = SocketWake()

    def read() -> None:
        for line in _lines(stop):
            if line.strip() and (wrong := take(line)):
                warn(f"{wrong}.")

    thread = threading.Thread(target=read, name="paste", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
        stop.close()


def _lines(stop: SocketWake) -> Iterator[str]:
    """Yield lines of standard input until it ends, or until `stop` is set.

    Read without Python's buffer: a thread that waits within that can keep the program from ending.
    """
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):  # none, or not one of the system's
        if sys.stdin is not None:
            yield from sys.stdin
        return
    rest = b""
    while len(rest) < _LONGEST_LINE:
        try:
            select.select([descriptor, stop.fileno()], [], [])
            if stop.is_set():
                return
            data = os.read(descriptor, 4096)
        except (OSError, ValueError):  # it was closed
            return
        if not data:
            if rest:
                yield rest.decode("utf-8", "replace")
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)
