"""One fault at one byte of one dialogue with an IMAP server, and what is left in Drafts after it was tried again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

from connectors.base import Connector, DraftRef, Withdrawal
from connectors.errors import Unavailable
from connectors.imap import ImapConnector, ImapSettings, Security
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft, DraftKey
from rules.mail import Address
from tests.servers.chaosproxy import Act, ChaosProxy, Trap, Way

__all__ = ["APPEND", "LITERAL", "MORE_PATIENCE", "Box", "Fault", "Outcome", "each", "sweep"]

APPEND = rb"(?= APPEND )"
"""Counting starts at the blank before the word."""
LITERAL = rb" APPEND [^\r\n]*\r\n"
"""Counting starts at the first octet of the literal, synchronising or not."""
WRITTEN_AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PATIENCE = 20.0
MORE_PATIENCE = (1.0, 4.0, 16.0)
"""How many times longer a connector waits, one try after the other, where its time was over before the fault came."""
BYSTANDER = (
    b"From: Sam Doe <sam@example.com>\r\nTo: Robin Poe <robin@birch.example>\r\nSubject: Thank you\r\n"
    b"Message-ID: <written-by-hand@example.com>\r\n\r\nThe user's own draft to the same person.\r\n"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens, and behind which byte."""

    act: Act
    after: int
    way: Way = Way.UP
    marker: bytes = APPEND

    def __str__(self) -> str:
        """Return what a test is called by."""
        return f"{self.act}-{self.way}-{self.after}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found."""

    sprung: bool
    """The fault happened."""
    raised: bool
    """The interrupted call raised Unavailable."""
    standing: int
    """Drafts with our Message-ID before the sweep, once the server had had all it would ever get."""
    left: int
    """... and after it."""
    intact: bool
    """What is left is what we wrote, and the user's own draft is as it was."""
    expected: int = 1
    """Drafts that shall be left."""
    marked: int = 0
    r"""Of ours, those that are still there, marked \Deleted: a removal that was cut half way must be finished by the next."""

    @property
    def fine(self) -> bool:
        """Say whether as many drafts are left as shall be, and nothing was lost."""
        return self.left == self.expected and self.intact


def sweep(connector: Connector, draft: Draft, raw: bytes) -> None:
    """Remove the younger twins of a draft, those only that are what we wrote."""
    refs = [ref for message_id, ref in connector.list_drafts() if message_id == draft.message_id]
    for ref in refs[1:]:
        digest = connector.digest_of(ref)
        if digest == hashlib.sha256(raw).hexdigest():
            connector.withdraw_draft(draft, replace(ref, digest=digest))


class Box:
    """One user's mailbox on a running Dovecot, with a draft of the user's own in it."""

    def __init__(self, port: int, mail: Path, user: str, password: str) -> None:
        """Take the server's IMAP port, the directory its mail lies in, and a user nobody else uses."""
        self.port, self.user, self._password = port, user, password
        self.drafts = mail / user / ".Drafts"
        self._serial = 0
        with_bystander = self._connector(port)
        with_bystander.open()
        own = self.draft("by hand")
        with_bystander.put_draft(replace(own, message_id="written-by-hand@example.com"), BYSTANDER)
        with_bystander.close()

    def _connector(self, port: int, timeout: float = 10.0) -> ImapConnector:
        return ImapConnector(
            ImapSettings(
                host="127.0.0.1",
                port=port,
                username=self.user,
                secret=lambda: self._password,
                security=Security.PLAIN,
                timeout=timeout,
            )
        )

    def draft(self, words: str = "It was good to talk to you.") -> Draft:
        """Return a small draft with a Message-ID of its own."""
        self._serial += 1
        return Draft(
            key=DraftKey(f"p{self._serial}", "robin@birch.example", "thank_you-1"),
            message_id=f"{self._serial:06d}.{self.user}@example.com",
            sender=Address("Sam Doe", "sam@example.com"),
            to=Address("Robin Poe", "robin@birch.example"),
            subject="Thank you",
            text=words,
            date=WRITTEN_AT,
        )

    def literal(self) -> int:
        """Return the length of the literal that `put` sends."""
        return len(draft_bytes(self.draft()))

    def stored(self, message_id: str, *, marked: bool = False) -> list[bytes]:
        r"""Return what lies in the Maildir under a Message-ID, read from its files, lines ended as in IMAP.

        With `marked`, those instead that are marked \\Deleted (`T` in a Maildir).
        """
        wanted = f"Message-ID: <{message_id}>".encode()
        files = [file for folder in ("cur", "new") for file in sorted((self.drafts / folder).iterdir())]
        raws = [file.read_bytes() for file in files if ("T" in file.name.rpartition(":2,")[2]) is marked]
        return [re.sub(rb"\r?\n", b"\r\n", raw) for raw in raws if wanted in raw]

    def length(self, marker: bytes = APPEND, *, replacing: bool = False) -> dict[Way, int]:
        """Return how many bytes go either way behind `marker` while a draft is put."""
        with ChaosProxy(("127.0.0.1", self.port)) as proxy:
            trap = proxy.trap(Act.COUNT, marker=marker)
            connector = self._connector(proxy.port)
            connector.open()
            draft = self.draft()
            old = self._old(draft) if replacing else None
            connector.put_draft(draft, draft_bytes(draft), old)
            counted = dict(trap.counted)
            connector.close()
        self._clean(draft)
        return counted

    def put(self, fault: Fault, *, replacing: bool = False, timeout: float = 10.0) -> Outcome:
        """Put a draft through `fault`, put it again, sweep, and see."""
        draft = self.draft()
        raw = draft_bytes(draft)
        old = self._old(draft) if replacing else None
        with ChaosProxy(("127.0.0.1", self.port)) as proxy:
            trap = proxy.trap(fault.act, marker=fault.marker, after=fault.after, way=fault.way)
            raised = self._interrupted(proxy.port, timeout, lambda connector: connector.put_draft(draft, raw, old))
            again = self._connector(self.port)
            again.open()
            ref = again.put_draft(draft, raw, old)
            self._let_go(proxy, trap)
        standing = len(self.stored(draft.message_id))
        sweep(again, draft, raw)
        stored = self.stored(draft.message_id)
        olds = self.stored(f"old.{draft.message_id}") if replacing else []
        intact = stored == [raw] and not olds and self.stored("written-by-hand@example.com") == [BYSTANDER]
        if again.withdraw_draft(draft, ref) is not Withdrawal.WITHDRAWN:
            intact = False
        again.close()
        marked = len(self.stored(f"old.{draft.message_id}", marked=True)) + len(self.stored(draft.message_id, marked=True))
        return Outcome(trap.sprung.is_set(), raised, standing, len(stored), intact, marked=marked)

    def put_patiently(self, fault: Fault, *, timeout: float) -> Outcome:
        """Do as `put`, again and with more patience where the time was over before the fault came, for the machine was busy."""
        for patience in MORE_PATIENCE:
            outcome = self.put(fault, timeout=timeout * patience)
            if outcome.sprung or not outcome.fine or not outcome.raised:
                break
        return outcome

    def withdraw(self, fault: Fault, *, timeout: float = 10.0, settled: bool = False) -> Outcome:
        """Take a draft back through `fault`, take it back again, and see that none is left.

        With `settled` the server has noticed that the first client is gone before it is done again.
        """
        draft = self.draft()
        raw = draft_bytes(draft)
        direct = self._connector(self.port)
        direct.open()
        ref = direct.put_draft(draft, raw)
        with ChaosProxy(("127.0.0.1", self.port)) as proxy:
            trap = proxy.trap(fault.act, marker=fault.marker, after=fault.after, way=fault.way)
            raised = self._interrupted(proxy.port, timeout, lambda connector: connector.withdraw_draft(draft, ref))
            if settled:
                self._let_go(proxy, trap)
            again = direct.withdraw_draft(draft, ref)
            self._let_go(proxy, trap)
            if settled and self.stored(draft.message_id, marked=True):
                # The link is gone, but what stood in the server's own queue was carried out between the two looks.
                again = direct.withdraw_draft(draft, ref)
        standing = len(self.stored(draft.message_id))
        intact = again in {Withdrawal.WITHDRAWN, Withdrawal.GONE} and self.stored("written-by-hand@example.com") == [BYSTANDER]
        direct.close()
        marked = len(self.stored(draft.message_id, marked=True))
        return Outcome(trap.sprung.is_set(), raised, standing, standing, intact, expected=0, marked=marked)

    def _old(self, draft: Draft) -> DraftRef:
        """Put the draft that is to be replaced."""
        old = replace(draft, message_id=f"old.{draft.message_id}", text="An older wording.")
        direct = self._connector(self.port)
        direct.open()
        ref = direct.put_draft(old, draft_bytes(old))
        direct.close()
        return ref

    def _interrupted(self, port: int, timeout: float, work: Callable[[ImapConnector], object]) -> bool:
        connector = self._connector(port, timeout)
        try:
            connector.open()
            work(connector)
        except Unavailable:
            return True
        finally:
            connector.close()
        return False

    @staticmethod
    def _let_go(proxy: ChaosProxy, trap: Trap) -> None:
        """Let everything that is on its way arrive, and wait until the server has ended the connection."""
        proxy.release()
        if trap.act in {Act.STALL, Act.SWALLOW}:
            proxy.cut()
        if not proxy.wait_links(0, PATIENCE):
            raise AssertionError("the server keeps a connection whose client is gone")

    def _clean(self, draft: Draft) -> None:
        direct = self._connector(self.port)
        direct.open()
        for message_id, ref in direct.list_drafts():
            if message_id == draft.message_id:
                direct.withdraw_draft(draft, ref)
        direct.close()


def each(boxes: Sequence[Box], faults: Iterable[Fault], work: Callable[[Box, Fault], Outcome]) -> list[tuple[Fault, Outcome]]:
    """Try every fault, as many at once as there are boxes."""
    free: SimpleQueue[Box] = SimpleQueue()
    for box in boxes:
        free.put(box)

    def one(fault: Fault) -> tuple[Fault, Outcome]:
        box = free.get()
        try:
            return fault, work(box, fault)
        finally:
            free.put(box)

    with ThreadPoolExecutor(len(boxes)) as pool:
        return list(pool.map(one, faults))
