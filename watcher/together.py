"""One process over several accounts: which mail it is made of, and at which address the company writes to the user.

A company may write to one address of the user's and then to another. What it wrote is one process. A draft goes where the mail
lies that it answers; all else goes to the seat, the account to which the company's last mail came. Everything here is a function
of what is stored, the same whichever account asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rules.classify import Kind
from rules.intents import Place
from rules.profile import Profile
from watcher.account import Account
from watcher.store import Connection, Store
from watcher.store.drafts import LIVE, Op, OutboxRow, load_outbox
from watcher.store.mail import EventRow, LinkRow, seen_before
from watcher.store.word import leave_word, words_left

__all__ = [
    "Others",
    "each_once",
    "first_here",
    "home_of",
    "leave",
    "links_once",
    "parts_in",
    "profile_at",
    "seat_of",
    "standing_elsewhere",
]

_SILENT = frozenset({Kind.AUTO_REPLY, Kind.NOISE, Kind.JOB_ALERT})


@dataclass(frozen=True, slots=True)
class _Mailboxes:
    """The user's mailboxes by name."""

    addresses: dict[str, str]
    watched: frozenset[str]

    @classmethod
    def of(cls, account: Account) -> _Mailboxes:
        """Return them as one account knows them: all know the same."""
        addresses = {account.name: account.address.lower()}
        addresses |= {other.name: other.address.lower() for other in account.beside}
        watched = {other.name for other in account.beside if other.watched} | ({account.name} if account.watched else set())
        return cls(addresses, frozenset(watched))

    def rank(self, row: EventRow) -> tuple[object, ...]:
        """Order copies of one message: first where it was sent to."""
        to_here = self.addresses.get(row.account, "") in {address.lower() for address in row.recipients}
        return row.account not in self.watched, not to_here, row.at, row.account


def each_once(account: Account, rows: Sequence[EventRow]) -> list[EventRow]:
    """Return each message once, oldest first, though it came to several accounts.

    It counts as received when it first was, and belongs to the account that it is addressed to, else to the first that had it.
    Its words are those of a copy that was read as the mail of somebody known.
    """
    if not account.beside:
        return list(rows)
    copies: dict[str, list[EventRow]] = defaultdict(list)
    for row in rows:
        copies[row.identity].append(row)
    boxes = _Mailboxes.of(account)
    once = [some[0] if len(some) == 1 else _as_one(some, boxes) for some in copies.values()]
    return sorted(once, key=lambda row: (row.at, row.identity))


def _as_one(copies: Sequence[EventRow], boxes: _Mailboxes) -> EventRow:
    home = min(copies, key=boxes.rank)
    read = min(copies, key=lambda row: (not row.own, row.stranger, -row.labelled, *boxes.rank(row)))
    step = next((row.step for row in copies if row.step is not None), None)
    return replace(read, account=home.account, thread=home.thread, at=min(row.at for row in copies), step=step)


def links_once(rows: Iterable[LinkRow]) -> list[LinkRow]:
    """Return the link of each message to each process once."""
    return [*{(row.identity, row.process): row for row in rows}.values()]


def seat_of(account: Account, messages: Sequence[EventRow]) -> str:
    """Return the account to which the last mail of theirs came, that somebody looks at; `messages` are those of one process.

    Where there is none yet, the account that has the last message.
    """
    if not account.beside:
        return account.name
    watched = _Mailboxes.of(account).watched
    theirs = [row for row in messages if not row.own and not row.facts.bounced]
    heard = [row for row in theirs if row.kind not in _SILENT and not row.ambiguous]
    choices = [row for some in (heard, theirs, messages) for row in reversed(some)]
    return next((row.account for row in choices if row.account in watched), choices[0].account if choices else account.name)


def profile_at(account: Account, seat: str, outbox: Iterable[OutboxRow]) -> Profile:
    """Return as whom the user is to be decided for, the same for every account; `outbox` is that of one process.

    A draft to oneself keeps the address in its key for which it was first made, or it would be made anew when the seat moves.
    """
    if not account.beside:
        return account.profile
    forms = sorted((row.planned_at, row.key) for row in outbox if row.key.kind.to_self)
    address = forms[0][1].recipient if forms else _Mailboxes.of(account).addresses.get(seat, account.address)
    return replace(account.profile, email=address)


def home_of(
    account: Account, place: Place, seat: str, messages: Sequence[EventRow], outbox: Iterable[OutboxRow]
) -> tuple[str, Place]:
    """Return the account in which a draft is to stand, and the draft as it can stand there.

    A draft to oneself stays where it is. One that would answer a mail which lies where nobody looks is a new mail.
    """
    if not account.beside:
        return account.name, place
    here = {row.account for row in messages} & _Mailboxes.of(account).watched
    if place.kind.to_self:
        stood = sorted((row.state not in LIVE, row.account) for row in outbox if row.key == place.key and row.account in here)
        return (stood[0][1] if stood else seat), place
    if place.thread is None:
        return seat, place
    name = place.thread.message_id
    answered = next((row.account for row in reversed(messages) if not row.own and row.thread.message_id == name), "")
    return (answered, place) if answered in here else (seat, replace(place, thread=None))


def standing_elsewhere(connection: Connection, account: Account, process: str) -> list[OutboxRow]:
    """Return the drafts of a process that stand in other accounts, or are about to.

    To be asked in the transaction that plans a draft: so two accounts never plan the same one.
    """
    if not account.beside:
        return []
    others = tuple(name for name in account.names if name != account.name)
    return [row for row in load_outbox(connection, others, process) if row.state in LIVE or row.op is not Op.NONE]


def first_here(connection: Connection, account: Account, identities: Sequence[str]) -> list[str]:
    """Return those messages that no other account has read: who reads a message first tells of it."""
    told: set[str] = set()
    for other in account.beside:
        told |= seen_before(connection, other.name, identities)
    return [identity for identity in identities if identity not in told]


def leave(connection: Connection, account: Account) -> None:
    """Leave word for the other accounts, where there are any, in the transaction that changes what they go by."""
    if account.beside:
        leave_word(connection, account.name)


def parts_in(outbox: Iterable[OutboxRow]) -> dict[str, set[str]]:
    """Return in which accounts something of a process stands in Drafts, or is to be done there."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in outbox:
        if row.state in LIVE or row.op is not Op.NONE:
            found[row.process].add(row.account)
    return found


@dataclass(slots=True)
class Others:
    """What the other accounts have left word of, and whom to wake."""

    account: Account
    wake: set[str] = field(default_factory=set)
    """Accounts that have a part in what was decided in this pass."""
    _heard: dict[str, int] = field(default_factory=dict)
    _said: int = -1

    def begin(self, store: Store) -> None:
        """Begin a pass."""
        self.wake = set()
        if self.account.beside and self._said < 0:
            with store.read() as connection:
                self._said = words_left(connection, self.account.names).get(self.account.name, 0)

    def is_news(self, store: Store) -> bool:
        """Say whether the others have left word since it was heard; with one account alone nobody is asked."""
        if not self.account.beside:
            return False
        with store.read() as connection:
            return self._theirs(words_left(connection, self.account.names)) != self._heard

    def hear(self, connection: Connection) -> bool:
        """Take word up, in the transaction that reads what it is about; say whether there was any."""
        if not self.account.beside:
            return False
        theirs = self._theirs(words_left(connection, self.account.names))
        news = theirs != self._heard
        self._heard = theirs
        return news

    def _theirs(self, words: dict[str, int]) -> dict[str, int]:
        return {name: number for name, number in words.items() if name != self.account.name}

    def concerned(self, accounts: Iterable[str]) -> None:
        """Note that these accounts have a part in what was decided."""
        self.wake.update(accounts)

    def to_wake(self, store: Store) -> frozenset[str]:
        """Return the accounts to be woken at the end of a pass: those concerned, if word was left."""
        others = self.wake - {self.account.name}
        if not others or not self.account.beside:
            return frozenset()
        with store.read() as connection:
            said = words_left(connection, self.account.names).get(self.account.name, 0)
        left, self._said = said != self._said, said
        return frozenset(others) if left else frozenset()
