"""Waiting for news: IDLE (RFC 2177) renewed often, every answer with a deadline; a poll where there is no IDLE."""

from __future__ import annotations

import selectors
from typing import Self

from connectors.base import WaitResult, Wake
from connectors.errors import Unavailable
from connectors.imap.deadline import Deadline
from connectors.imap.folders import Folder
from connectors.imap.refusal import refusal
from connectors.imap.session import Session
from connectors.imap.state import FolderState

__all__ = ["IdleRefusedError", "idle", "poll"]

_HARDLY = 2.0
"""Seconds. A server that ends IDLE by itself sooner does not mean it."""


class IdleRefusedError(Exception):
    """The server offers IDLE and will not do it: ask it by `poll`."""


def idle(session: Session, inbox: Folder, wake: Wake, *, seen: FolderState | None, timeout: float, refresh: float) -> WaitResult:
    """Wait in the inbox. `seen` is its state as of the last listing: what came since then counts as news at once.

    Raises Unavailable at the latest `refresh` plus the wire's timeout after the connection died, and IdleRefusedError.
    """
    wire = session.wire
    end = Deadline(timeout)
    if session.selected == inbox and session.read_only:
        wire.ask(b"NOOP")  # some servers say in IDLE only what happens in it, not what came before
    state = session.examine(inbox)
    if wire.news or (seen is not None and _grown(seen, state)):
        return WaitResult.CHANGED
    with _Watch(session, wake) as watch:
        while True:
            if wake.is_set():
                return WaitResult.WOKEN
            if end.passed:
                return WaitResult.TIMEOUT
            tag = _begin(session)
            if tag is None:
                return WaitResult.CHANGED
            _stay(session, watch, tag, min(refresh, end.left))
            if wire.news:
                return WaitResult.CHANGED


def poll(session: Session, inbox: Folder, wake: Wake, *, seen: FolderState | None, timeout: float, interval: float) -> WaitResult:
    """Ask the server again and again; the connection is kept from going silent by it."""
    end = Deadline(timeout)
    with _Watch(session, wake, wake_only=True) as watch:
        while True:
            state = session.states([inbox]).get(inbox.role, FolderState())
            if seen is not None and _grown(seen, state):
                return WaitResult.CHANGED
            seen = seen or state
            pause = Deadline(min(interval, end.left))
            while not pause.passed:
                if watch.listen(pause.left) is WaitResult.WOKEN:
                    return WaitResult.WOKEN
            if wake.is_set():
                return WaitResult.WOKEN
            if end.passed:
                return WaitResult.TIMEOUT


def _grown(seen: FolderState, state: FolderState) -> bool:
    """Say whether mail came or went; what the server does not say is no news here, for the next pass looks anyway."""
    pairs = ((seen.uidvalidity, state.uidvalidity), (seen.uidnext, state.uidnext), (seen.messages, state.messages))
    return any(before is not None and after is not None and before != after for before, after in pairs)


def _begin(session: Session) -> bytes | None:
    """Start IDLE and wait for the server's word; None when news came in its place."""
    wire = session.wire
    tag = wire.start(b"IDLE")
    while True:
        reply = wire.read()
        if reply[0].startswith(b"+"):
            if wire.news:
                _finish(session, tag)
                return None
            return tag
        if reply[0].startswith(tag + b" "):
            error = refusal(wire.where, "waiting for mail (IDLE)", reply[0][len(tag) + 1 :].partition(b" ")[2])
            if isinstance(error, Unavailable):
                raise error
            raise IdleRefusedError from error
        wire.note(reply)


def _stay(session: Session, watch: _Watch, tag: bytes, seconds: float) -> None:
    """Stay in IDLE until something is heard, the server ends it, or it is to be renewed; then be out of it."""
    watch.idle_tag = tag
    hardly, renew = Deadline(_HARDLY), Deadline(seconds)
    heard = None
    while heard is None and not renew.passed:
        heard = watch.listen(renew.left)
    while watch.idle_tag and session.wire.buffer.waiting:
        watch.listen(0)  # it may have ended it in the same breath: DONE would be out of place then
    if watch.idle_tag:
        _finish(session, tag)
    elif not (session.wire.news or hardly.passed):
        raise IdleRefusedError


def _finish(session: Session, tag: bytes) -> None:
    """End IDLE and wait for the server's word: this is what tells a dead connection from a quiet one."""
    session.wire.send(b"DONE\r\n")
    session.wire.finish(tag)


class _Watch:
    """Listens on the connection and on the wake signal together."""

    def __init__(self, session: Session, wake: Wake, *, wake_only: bool = False) -> None:
        self._wire = session.wire
        self._wake = wake
        self._wake_only = wake_only
        self.idle_tag = b""
        """Of the IDLE that is under way; empty once the server has ended it."""
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        sock = self._wire.buffer.sock
        if sock is None:
            raise Unavailable(f"Not connected to {self._wire.where}.")
        try:
            if not self._wake_only:
                self._selector.register(sock, selectors.EVENT_READ, "mail")
            self._selector.register(self._wake.fileno(), selectors.EVENT_READ, "wake")
        except (OSError, ValueError, KeyError) as error:
            self._selector.close()
            raise Unavailable(f"The connection to {self._wire.where} is gone ({error}).") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    def listen(self, seconds: float) -> WaitResult | None:
        """Return CHANGED on news, WOKEN on the signal, None when time is up or what was said is no news."""
        wire = self._wire
        if not self._wake_only and wire.buffer.waiting:
            return self._hear()
        events = {key.data for key, _ in self._selector.select(max(0.0, seconds))}
        if "mail" in events:
            heard = self._hear()
            if heard is not None:
                return heard
        return WaitResult.WOKEN if "wake" in events else None

    def _hear(self) -> WaitResult | None:
        wire = self._wire
        reply = wire.read()
        if self.idle_tag and reply[0].startswith(self.idle_tag + b" "):
            self.idle_tag = b""
            return WaitResult.CHANGED
        wire.note(reply)
        return WaitResult.CHANGED if wire.news else None
