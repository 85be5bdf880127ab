"""The whole way of one message through everything that reads it, within bounds of time and memory."""

from __future__ import annotations

import signal
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

import msgspec

from rules.classify import Known, wants
from rules.mail import Role, message_from_bytes
from rules.policy import load_playbook
from rules.process import Incoming, fold
from rules.profile import Profile
from watcher.account import Account
from watcher.intake import read_message
from watcher.linking import linkable
from watcher.store.mail import EventRow

__all__ = ["ACCOUNT", "NOW", "RanAwayError", "bounded", "lean", "read_all"]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACCOUNT = Account(
    "main",
    "maildir",
    "sam@example.com",
    Profile("Sam Rivers", "sam@example.com", addresses=frozenset({"sam@example.com"}), zone="Europe/Berlin", country="DE"),
    load_playbook("default"),
    timedelta(days=90),
)


class RanAwayError(BaseException):
    """Reading took far longer than anything may. Not an Exception: nobody on the way may take it for broken mail."""


@contextmanager
def bounded(seconds: float = 5.0) -> Iterator[None]:
    """End what takes more processor time than that: a hundred times what a large mail needs, to catch run-aways alone."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise RanAwayError(f"more than {seconds:.0f} s of processor time for one mail")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def lean(octets: int) -> Iterator[None]:
    """Fail when more memory than that is taken at any moment, over what stood before."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak <= octets, f"{peak / 1e6:.1f} MB"


def read_all(raw: bytes, role: Role = Role.INBOX) -> EventRow:
    """Read a message, classify and extract it, make a stored value of it and back, and fold it into a process."""
    message = message_from_bytes(raw, ref="1", role=role, received_at=NOW, size=len(raw))
    wants(message.envelope, Known())
    row = read_message(ACCOUNT, message, NOW, known=True)
    again = msgspec.json.decode(msgspec.json.encode(row.facts), type=type(row.facts))
    assert again == row.facts
    for text in (
        row.excerpt,
        row.facts.company,
        row.facts.role,
        row.sender.name,
        *row.defects,
        *(e.detail for e in row.evidence),
    ):
        text.encode("utf-8")  # the store holds no lone surrogates
        assert "\x00" not in text
    assert "\n" not in row.facts.company + row.facts.role + message.envelope.subject + row.sender.name
    linkable(row)
    if row.kind is not None:
        event = Incoming(row.identity, NOW, row.kind, row.sender, row.thread, row.facts, row.can_receive)
        fold("fuzz", [event], now=NOW + timedelta(days=20), policy=ACCOUNT.policy, profile=ACCOUNT.profile)
    return row
