"""What the mailboxes share that a provider's own API opens: one connection over HTTP, a box of drafts, marks, and no push."""

from __future__ import annotations

import selectors
from collections.abc import Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

from connectors.base import Connector, DraftRef, Found, Mark, Spent, WaitResult, Wake, Withdrawal
from connectors.errors import Unavailable
from rules.drafts.types import Draft

__all__ = ["ApiConnector"]

T = TypeVar("T")


class _Service(Protocol):
    """The connection; after `close` more may be asked."""

    spent: Spent

    def close(self) -> None: ...


class _DraftBox(Protocol):
    """Drafts, as `Connector` promises them."""

    def put(self, draft: Draft, raw: bytes, replacing: DraftRef | None) -> DraftRef: ...
    def find(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str]) -> Found: ...
    def withdraw(self, draft: Draft, ref: DraftRef) -> Withdrawal: ...
    def listed(self) -> Sequence[tuple[str, DraftRef]]: ...
    def raw(self, ref: DraftRef) -> bytes: ...


class _Marks(Protocol):
    """Labels or categories, as `Connector` promises them."""

    def put(self, refs: Sequence[str], mark: Mark | None) -> None: ...
    def remove(self) -> int: ...


ServiceT = TypeVar("ServiceT", bound=_Service)
DraftBoxT = TypeVar("DraftBoxT", bound=_DraftBox)


class ApiConnector(Connector, Generic[ServiceT, DraftBoxT]):
    """One mailbox at a provider; a subclass opens it, and reads its mail."""

    idle: ClassVar[float]
    """Seconds from which on a connection is not kept over a wait: routers and the service drop it without a word."""

    def __init__(self, where: str, *, marking: bool) -> None:
        """Take what the mailbox is called in messages, and whether received mail may be marked; nothing is connected yet."""
        self._where = where
        self._marking = marking
        self._service: ServiceT | None = None
        self._drafts: DraftBoxT | None = None
        self._marks: _Marks | None = None
        self._spent = Spent()

    def close(self) -> None:
        """Let go of the sockets."""
        service, self._service = self._service, None
        self._drafts = self._marks = None
        if service is not None:
            self._let_go(service)

    @property
    def spent(self) -> Spent:
        """Return what the service was asked since the connector was made."""
        return self._spent + self._service.spent if self._service is not None else self._spent

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Wait for the signal or the time; the service tells of nothing by itself and is not asked."""
        if wake.is_set():
            return WaitResult.WOKEN
        if timeout <= 0:
            return WaitResult.TIMEOUT
        if self._service is not None and timeout > self.idle:
            self._service.close()
        with selectors.DefaultSelector() as selector:
            selector.register(wake.fileno(), selectors.EVENT_READ)
            return WaitResult.WOKEN if selector.select(timeout) else WaitResult.TIMEOUT

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Write a draft of ours, into its conversation."""
        return self._box().put(draft, raw, replacing)

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Say what has become of a draft of ours."""
        return self._box().find(draft, ref, besides)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Take back a draft of ours that nobody has touched."""
        return self._box().withdraw(draft, ref)

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Return what stands in Drafts."""
        return self._box().listed()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Return a draft as RFC 5322 bytes."""
        return self._box().raw(ref)

    def mark(self, refs: Sequence[str], mark: Mark | None) -> None:
        """Mark received mail, where the settings allow it."""
        marks = self._opened(self._marks)
        if self._marking:
            marks.put(refs, mark)

    def remove_marks(self) -> int:
        """Remove our marks from all mail."""
        return self._opened(self._marks).remove()

    # -- the connection

    def _hold(self, service: ServiceT, drafts: DraftBoxT, marks: _Marks) -> None:
        """Take what `open` has made."""
        self._service, self._drafts, self._marks = service, drafts, marks

    def _let_go(self, service: ServiceT) -> None:
        self._spent += service.spent
        service.close()

    def _ready(self) -> ServiceT:
        return self._opened(self._service)

    def _box(self) -> DraftBoxT:
        return self._opened(self._drafts)

    def _opened(self, part: T | None) -> T:
        """Return what `open` has made. Raises Unavailable where it has not."""
        if part is None:
            raise Unavailable(f"Not connected to {self._where}.")
        return part
