"""The world of the state machine: a desk whose mailbox and store fail on demand, and a user who is remembered.

The user's own files are known by path and bytes; what the user did to a draft of ours is known by its key.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import ClassVar

from sqlalchemy import event

from connectors.base import Capabilities, Changes, Connector, DraftRef, Found, WaitResult, Wake, Withdrawal
from connectors.errors import Refused, Unavailable
from connectors.guard import Guarded
from rules.drafts.types import Draft, DraftKey
from rules.mail import Envelope, Message, Wants
from tests.letters import letter
from tests.watcher.desk import NO_FORMS, Desk
from watcher.cycle import Cycle, PassReport
from watcher.store import Store
from watcher.store.drafts import OutboxRow, RowState, load_outbox, versions

__all__ = ["COMPANIES", "Company", "Died", "Faults", "Office"]


class Died(BaseException):
    """The process ends here; nothing catches it but the one who started it."""


@dataclass(slots=True)
class Faults:
    """What is to go wrong in the next pass. A point is a call of the connector or a transaction of the store, before or after."""

    die_at: int = 0
    """Number of the point at which the process dies; 0: it does not."""
    verb: str = ""
    """Verb of the connector that fails: `put_draft`, `withdraw_draft`, `changes`, `read`, `find_draft`, `list_drafts`."""
    after: bool = False
    """It fails after it had its effect: the answer is lost."""
    refused: bool = False
    """It is refused, each time, instead of the server being away once."""
    late: bool = False
    """The first draft that is written does not arrive now, but may at any later time."""
    meanwhile: Callable[[], None] | None = None
    """Called once, when the first listing has been read: what it does has happened before anything is written."""
    seen: int = 0
    called: bool = False
    written: list[DraftKey] = field(default_factory=list)
    """The drafts that were written after `meanwhile`."""

    def point(self) -> None:
        """Pass a point."""
        self.seen += 1
        if self.seen == self.die_at:
            raise Died

    def before(self, verb: str) -> None:
        """Fail, or not, before the verb has an effect."""
        self.point()
        if verb == self.verb and not self.after:
            if self.refused:
                raise Refused("The mailbox will not have this.")
            self.verb = ""
            raise Unavailable("The mailbox is away.")

    def behind(self, verb: str) -> None:
        """Fail, or not, after it."""
        self.point()
        if verb == self.verb and self.after:
            self.verb = ""
            raise Unavailable("The mailbox went away before it answered.")


class Faulty(Connector):
    """A connector that fails as it is told."""

    kind: ClassVar[str] = "faulty"

    def __init__(self, inner: Connector, faults: Faults, under_way: list[bytes]) -> None:
        """Wrap a connector; `under_way` takes the drafts that are late."""
        self._inner = inner
        self._faults = faults
        self.under_way = under_way

    def open(self) -> Capabilities:
        """Pass through."""
        return self._inner.open()

    def close(self) -> None:
        """Pass through."""
        self._inner.close()

    def changes(self, cursor: str | None, since: datetime, wants: Wants) -> Iterator[Changes]:
        """Pass through, or fail before the first page, or behind the last."""
        self._faults.before("changes")
        yield from self._inner.changes(cursor, since, wants)
        if self._faults.meanwhile is not None and not self._faults.called:
            self._faults.called = True
            self._faults.meanwhile()
        self._faults.behind("changes")

    def wait(self, timeout: float, wake: Wake) -> WaitResult:
        """Pass through."""
        return self._inner.wait(timeout, wake)

    def fetch(self, ref: str) -> bytes:
        """Pass through."""
        return self._inner.fetch(ref)

    def read(self, envelopes: Sequence[Envelope]) -> list[Message]:
        """Pass through, or fail."""
        self._faults.before("read")
        return self._inner.read(envelopes)

    def put_draft(self, draft: Draft, raw: bytes, replacing: DraftRef | None = None) -> DraftRef:
        """Pass through, or fail."""
        self._faults.before("put_draft")
        if self._faults.late:
            self._faults.late = False
            self.under_way.append(raw)
            raise Unavailable("The mailbox went away while it was written to.")
        if self._faults.called:
            self._faults.written.append(draft.key)
        ref = self._inner.put_draft(draft, raw, replacing)
        self._faults.behind("put_draft")
        return ref

    def find_draft(self, draft: Draft, ref: DraftRef | None, besides: frozenset[str] = frozenset()) -> Found:
        """Pass through, or fail."""
        self._faults.before("find_draft")
        return self._inner.find_draft(draft, ref, besides)

    def withdraw_draft(self, draft: Draft, ref: DraftRef) -> Withdrawal:
        """Pass through, or fail."""
        self._faults.before("withdraw_draft")
        done = self._inner.withdraw_draft(draft, ref)
        self._faults.behind("withdraw_draft")
        return done

    def list_drafts(self) -> Sequence[tuple[str, DraftRef]]:
        """Pass through, or fail."""
        self._faults.before("list_drafts")
        return self._inner.list_drafts()

    def read_draft(self, ref: DraftRef) -> bytes:
        """Pass through."""
        return self._inner.read_draft(ref)


@dataclass(slots=True)
class Company:
    """Who writes: two people of one company, and the interview they fixed."""

    name: str
    domain: str
    role: str
    people: tuple[tuple[str, str], ...]
    sequence: int = 0
    thread: list[str] = field(default_factory=list)
    """Message-IDs of the conversation, oldest first."""

    def person(self, number: int) -> str:
        """Return an address with its name."""
        name, address = self.people[number % len(self.people)]
        return f"{name} <{address}>"


COMPANIES = (
    ("Acme", "acme.test", "Backend Engineer", ("Rita Chen", "Omar Haddad")),
    ("Birch Labs", "birch.test", "Data Analyst", ("Ines Vogel",)),
)


def companies() -> list[Company]:
    """Return them, with nothing said so far."""
    return [
        Company(name, domain, role, tuple((person, f"{person.split()[0].lower()}@{domain}") for person in people))
        for name, domain, role, people in COMPANIES
    ]


class Office(Desk):
    """A desk that fails on demand, with what the user did to it."""

    def __init__(self, path: Path, template: Path, now: datetime, rules: str = NO_FORMS) -> None:
        """Start with an empty store, copied from `template`: making one takes half a second."""
        self.faults = Faults()
        self.now = now
        self.companies = companies()
        self.mine: dict[Path, bytes] = {}
        """Files that are the user's, or were never ours: none may ever change."""
        self.bin: list[tuple[str, bytes]] = []
        """Drafts of ours that the user deleted: file name and bytes."""
        self.under_way: list[bytes] = []
        """Drafts that were written and have not arrived."""
        self.open: list[tuple[Path, bytes, datetime]] = []
        """Drafts of ours that the user has open: file and bytes, as they were when they were opened, and when that was."""
        self.went_on: dict[Path, str] = {}
        """Drafts that the user saved from there, each with the Message-ID of what was opened."""
        self._ids = itertools.count(1)
        state = path / "state"
        state.mkdir(parents=True)
        shutil.copy(template, state / "hearback.sqlite3")
        super().__init__(path, wrap=lambda inner: Faulty(Guarded(inner), self.faults, self.under_way), rules=rules)

    def _start(self) -> None:
        super()._start()

        @event.listens_for(self.store.engine, "begin")
        def begin(_connection: object) -> None:
            self.faults.point()

        @event.listens_for(self.store.engine, "commit")
        def commit(_connection: object) -> None:
            self.faults.point()

    # --- letters ------------------------------------------------------------------------------------------------------

    def name(self, domain: str) -> str:
        """Return a new Message-ID."""
        return f"m{next(self._ids)}@{domain}"

    def arrives(self, raw: bytes | EmailMessage, folder: str = "") -> Path:
        """Put a mail into the mailbox; it stays as it is from now on."""
        path = self.deliver(raw, self.now, folder)
        self.mine[path] = path.read_bytes()
        return path

    def own_draft(self, text: str, to: str, subject: str) -> None:
        """Let the user begin a letter of their own."""
        message = letter(subject, text, self.now, message_id=self.name("example.com"), sender="Sam <sam@example.com>", to=to)
        self.arrives(message, ".Drafts")

    # --- our drafts ---------------------------------------------------------------------------------------------------

    def rows(self) -> list[OutboxRow]:
        """Return the outbox."""
        with self.store.read() as connection:
            return load_outbox(connection, "main")

    def keys(self) -> dict[str, str]:
        """Return the key of every Message-ID ever given to a draft."""
        with self.store.read() as connection:
            return {name: row.key for name, row in versions(connection, "main").items()}

    def ours(self) -> list[tuple[Path, str]]:
        """Return the files in Drafts that are not the user's, with their Message-IDs, oldest first."""
        return [(path, message_id(path.read_bytes())) for path in self.draft_files() if path not in self.mine]

    def sends(self, path: Path, *, renamed: bool) -> None:
        """Let the user send a draft of ours, under a Message-ID of the client's if `renamed`."""
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        if renamed:
            message.replace_header("Message-ID", f"<{self.name('example.com')}>")
        message.replace_header("Date", self.now)
        self.arrives(bytes(message), ".Sent")
        path.unlink()

    def edits(self, path: Path, text: str) -> None:
        """Let the user save other words over a draft of ours."""
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.clear_content()
        message.set_content(text)
        path.unlink()
        self.arrives(bytes(message), ".Drafts")

    def opens(self, path: Path) -> None:
        """Let the user open a draft of ours in a window, and leave it there."""
        self.open.append((path, path.read_bytes(), self.now))

    def saves(self, place: int, *, renamed: bool) -> None:
        """Let the user write into an open window and save, under a Message-ID of the client's if `renamed`.

        The client removes the file that it knows, if it is still there. What was open for very long keeps its Message-ID: else
        nobody could know it.
        """
        path, raw, opened = self.open.pop(place % len(self.open))
        message = message_from_bytes(raw, policy=policy.default)
        body = message.get_body(("plain",))
        words = "" if body is None else body.get_content()
        message.clear_content()
        message.set_content(f"{words}\nAnd this in words of my own, which I had not said before.\n")
        if renamed and abs(self.now - opened) < timedelta(days=10):
            message.replace_header("Message-ID", f"<{self.name('example.com')}>")
        if path.exists() and path.read_bytes() == raw:
            path.unlink()
            self.mine.pop(path, None)
        self.went_on[self.arrives(bytes(message), ".Drafts")] = message_id(raw)

    def deletes(self, path: Path) -> None:
        """Let the user throw a draft of ours away."""
        self.bin.append((path.name, path.read_bytes()))
        path.unlink()

    def restores(self) -> str:
        """Take the draft thrown away last out of the bin again, which makes it the user's; return its Message-ID."""
        name, raw = self.bin.pop()
        path = self.mailbox / ".Drafts" / "cur" / name
        path.write_bytes(raw)
        if any(row.draft.message_id == message_id(raw) and row.state is RowState.DISCARDED for row in self.rows()):
            self.mine[path] = raw  # else nobody has noticed yet that it was away
        return message_id(raw)

    def lands(self, place: int, but: Collection[str]) -> None:
        """Let a draft arrive that was written by a process that is long gone.

        Those of the keys in `but` are lost on the way: what the user deleted and then stands again looks as if it came out of the
        bin.
        """
        raw = self.under_way.pop(place % len(self.under_way))
        if self.keys()[message_id(raw)] in but:  # what is written was written down before
            return
        name = f"{int(self.now.timestamp())}.L{next(self._ids):06d}P9.late:2,DS"
        (self.mailbox / ".Drafts" / "cur" / name).write_bytes(raw.replace(b"\r\n", b"\n"))

    # --- passes -------------------------------------------------------------------------------------------------------

    def tries(self, faults: Faults) -> PassReport | None:
        """Do a pass in which something goes wrong; return its report if it came through all the same.

        `faults.written` tells afterwards what was written.
        """
        for name in Faults.__slots__:
            setattr(self.faults, name, getattr(faults, name))
        try:
            return self.look(self.now)
        except Died:
            self._calm()
            with suppress(Exception):
                self.connector.close()
            self.store.close()
            self.store = Store(self.state)
            self._start()
        except Unavailable:
            self._calm()
            self.cycle = Cycle(self.account, self.connector, self.store)  # as the worker does
        finally:
            self._calm()
        return None

    def unread(self) -> list[str]:
        """Return the subjects of mail from a company with a process that nobody has read, newsletters left out."""
        with self.store.read() as connection:
            tracked = connection.exec_driver_sql("SELECT e.sender FROM event e JOIN process p ON p.opener = e.identity").scalars()
            domains = [company.domain for company in self.companies if any(company.domain in str(one) for one in tracked)]
            rows = connection.exec_driver_sql("SELECT subject, from_address FROM message WHERE NOT wanted AND NOT bulk").all()
        return [row.subject for row in rows if row.from_address.rpartition("@")[2] in domains]

    def _calm(self) -> None:
        for name, value in ((name, getattr(Faults(), name)) for name in Faults.__slots__):
            setattr(self.faults, name, value)

    def ahead(self, span: timedelta) -> None:
        """Let time pass, or go back."""
        self.now += span


def message_id(raw: bytes) -> str:
    """Return the Message-ID of a message, without brackets."""
    return str(BytesHeaderParser().parsebytes(raw)["Message-ID"]).strip().strip("<>")
