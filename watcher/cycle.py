"""One pass over one account: recover, pull, fold, decide, plan, apply, sweep. `run` is `once` in a loop.

The cursor moves in the transaction that stores what it covered; an intent is written down before the mailbox is touched;
killed at any instruction, the next pass finishes the work.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.base import Changes, Connector, Spent
from rules.classify import Kind, Known, wants
from rules.drafts.types import DraftKey
from rules.mail import Envelope, Message, Role
from rules.process import DraftChange
from watcher.account import Account
from watcher.diary import Diary
from watcher.hearing import Ear
from watcher.history import assess, moments_in
from watcher.intake import arrival, is_known, is_own, read_or_keep
from watcher.keeping_up import all_follow, late_mail, missed_something, not_told_since
from watcher.linking import Linked, Linker
from watcher.marking import Marking
from watcher.notes import read_back
from watcher.outbox import Ledger, apply, hold_back, pending, plan, recognise, reconcile
from watcher.pacing import moments_of
from watcher.passes import NOTHING_SPENT, Interrupted, PassReport, Reading
from watcher.proofing import Proofs
from watcher.proofread import Proofread
from watcher.relabelling import as_said, misread, unheeded
from watcher.spam import KIND as SPAM
from watcher.spam import take_spam, tie_spam
from watcher.store import Connection, Store, StoreError
from watcher.store.accounts import ensure_account, forget_cursor, load_cursor, save_cursor
from watcher.store.adopt import adopt, rename
from watcher.store.corrections import CorrectionRow, kinds_said, load_corrections
from watcher.store.drafts import Op, versions
from watcher.store.journal import told
from watcher.store.mail import (
    EventRow,
    has_messages,
    mark_wanted,
    put_events,
    put_messages,
    refs_gone,
    seen_before,
)
from watcher.store.spam import SpamRow, spam_by_process, spam_told
from watcher.telling import tell_events, tell_notices
from watcher.together import Others, first_here, leave

__all__ = ["Cycle", "PassReport"]

log = logging.getLogger(__name__)

_TRY_AGAIN = timedelta(hours=1)
_HELD = 500
"""Texts of strangers that are kept until the pass ends, so that few are fetched twice."""
_TURNS = 2
"""How often one draft may change in one pass: a withdrawal and a new one."""
_NOTHING = Known(frozenset(), frozenset(), frozenset())
_DRAFT_ROLES = frozenset({Role.DRAFTS, Role.SENT})
_IDLE = frozenset({Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})


@dataclass(slots=True)
class _Pulled:
    identities: set[str] = field(default_factory=set)
    count: int = 0
    touched: set[Role] = field(default_factory=set)
    reset: bool = False


@dataclass(slots=True)
class Cycle:
    """The passes over one account, with what is remembered between them to make a quiet one cheap."""

    account: Account
    connector: Connector
    store: Store
    alone: bool = field(default=False, kw_only=True)
    """Nobody else writes to the store between two passes: what was read of it is kept."""
    proofread: Proofread | None = field(default=None, kw_only=True)
    """Checks the drafts that stand; None: they are not checked."""
    stopping: Callable[[], bool] = lambda: False
    """Asked between pages of mail: whether to end here."""
    marks: bool = field(default=False, kw_only=True)
    """The mailbox can carry marks (`Capabilities.marks`)."""
    on_page: Callable[[Reading], None] = field(default=lambda _reading: None, kw_only=True)
    """Told of each page that another one follows."""
    _known: Known = _NOTHING
    _checks: dict[str, datetime | None] = field(default_factory=dict)
    _companies: dict[str, str] = field(default_factory=dict)
    _compared: set[tuple[str, ...]] = field(default_factory=set)
    _openers: dict[str, str] = field(default_factory=dict)
    _strangers: dict[str, Message] = field(default_factory=dict)
    """Mail of this pass that was read as a stranger's, which may yet turn out to belong to a process."""
    _broken_off: bool = False
    """The last pass before the start did not come to its end."""
    _started: bool = False
    _clean: bool = False
    """Drafts and outbox were compared, and nothing has changed in Drafts since."""
    _decided_at: datetime | None = None
    _wall: datetime | None = None
    """The real time, in a pass that was told another."""
    _linker: Linker = field(init=False)
    _ear: Ear = field(init=False)
    _diary: Diary = field(init=False)
    _spent: Spent = NOTHING_SPENT
    """What the connector had spent when the last pass was over: its sign-in counts to the first one."""
    _marking: Marking = field(init=False)
    _spam: bool = False
    """Something that lies in spam may belong to a process, and is not tied to it yet."""
    _moments: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    _correction: int = 0
    """The newest correction of the user's that was acted on."""
    _proofs: Proofs = field(default_factory=Proofs)
    _others: Others = field(init=False)
    _shared: frozenset[str] = frozenset()
    """Processes in which other accounts have a part, too."""
    _said: dict[str, CorrectionRow] = field(default_factory=dict)
    """What the user said of the kind of messages."""

    def __post_init__(self) -> None:
        """Begin with nothing read."""
        self._linker = Linker(self.account.name, self.account.profile.name, self.account.names, self.account.own)
        self._ear = Ear(self.account.names)
        self._others = Others(self.account)
        self._diary = Diary(self.account.name, self.store)
        self._marking = Marking(self.account.name, self.marks)

    @property
    def next_check(self) -> datetime | None:
        """Return the first instant at which something is due if no mail comes."""
        return min((at for at in self._checks.values() if at is not None), default=None)

    def wants(self, envelope: Envelope) -> bool:
        """Say whether the next pass would read the text of a message, by what is known now."""
        if envelope.role is Role.JUNK:
            return False
        return wants(envelope, self._known) or envelope.identity in self._said

    def concerns(self, message: Message) -> bool:
        """Say whether a message may begin or change a process, by what is known now.

        One that belongs to no tracked process and is noise, a list of vacancies or an unasked approach does neither.
        """
        if is_own(message, self.account.own) or is_known(message, self._known):
            return True
        return self._read_one(message, message.envelope.received_at).kind not in _IDLE

    def run_pass(self, now: datetime, *, wall: datetime | None = None) -> PassReport:
        """Do one pass as of `now`. `wall`, the real time, is given only when `now` is not it.

        Raises the connector's errors, and Interrupted; what was stored and planned before stays and is finished by the next pass.
        """
        try:
            return self._pass(now, wall)
        finally:
            self._strangers.clear()
            if not self.alone:
                self._linker.forget()

    def _pass(self, now: datetime, wall: datetime | None) -> PassReport:
        line, correction = self._diary.begin()
        self._others.begin(self.store)
        self._wall = wall
        first = self._start(now)
        floor = None if wall is None else self._diary.before()
        corrected = self._heed(correction, now) if correction != self._correction else None
        pulled = self._pull(now, wall, floor)
        pulled.identities |= corrected or frozenset()
        anew = pulled.identities or self._spam or self._broken_off or corrected is not None or self._others.is_news(self.store)
        affected = set(self._relinked(pulled, now)) if anew else set()
        active = bool(affected)
        affected |= self._due(now).union(self._openers if corrected is not None else ())
        if pulled.touched & _DRAFT_ROLES or pulled.reset or not self._clean:
            self._ledger.name_companies(self._openers, now)
            affected |= reconcile(self._ledger, self.connector, now, reset=pulled.reset)
            affected |= read_back(self._ledger, self.connector, now)
            self._clean = True
            self._proofs.changed = True
        self._decide(affected, now)
        count = pulled.count + self._act(now, wall, floor)
        if self.connector.holds_back:
            hold_back(self._ledger, self.connector, now)
        if self.proofread is not None and not self.stopping():
            self._proofs.bring_up(self._ledger, self.connector, self.proofread, now)
        self._marking.bring_up(self.store, self.connector, now, self.stopping)
        spent, self._spent = self.connector.spent - self._spent, self.connector.spent
        self._diary.end(now, spent, assumed=wall is not None, changed=bool(affected or pulled.count))
        told_now = self._diary.lines_after(line)
        return PassReport(
            account=self.account.name,
            now=now,
            log=told_now,
            next_check=self.next_check,
            new=count,
            first=first,
            spent=spent,
            active=active or any(row.action == DraftChange.PLACED.value for row in told_now),
            moments=moments_of(self._moments.values(), now),
            wake=self._others.to_wake(self.store),
        )

    # --- before and after ---------------------------------------------------------------------------------------------

    @property
    def _ledger(self) -> Ledger:
        return Ledger(self.account, self.store, self._companies, self._compared)

    def _start(self, now: datetime) -> bool:
        """Load what is remembered; say whether the account was never read before."""
        if self._started:
            return False
        with self.store.write() as connection:
            rename(connection, self.account.name, self.account.kind, self.account.address, self.account.names)
            ensure_account(connection, self.account.name, self.account.kind, self.account.address)
            if not has_messages(connection, self.account.name):
                forget_cursor(connection, self.account.name)  # nothing read, or all of it lost: read the mailbox anew
            first = load_cursor(connection, self.account.name) is None
            linked, drafts = self._linker.relink(connection), versions(connection, self.account.names)
            self._remember(linked, drafts)
            adopt(connection, self.account.name, self.account.names, self._openers)
            tie_spam(connection, self.account.name, linked, drafts)
            self._broken_off = self._diary.open(connection) or missed_something(connection, self.account, linked)
        self._checks = dict.fromkeys(self._openers, now)
        self._started = True
        return first

    def _remember(self, linked: Linked, draft_ids: Iterable[str]) -> None:
        known = linked.known(draft_ids)
        if self._started and known.domains - self._known.domains:
            self._others.concerned(self.account.names)  # mail that nobody has read yet may turn out to matter there
        self._known = known
        self._openers = linked.openers(self.account.name)
        self._shared = linked.shared(self.account.name)
        for gone in set(self._checks) - set(self._openers):
            del self._checks[gone]
            self._moments.pop(gone, None)

    # --- pull ---------------------------------------------------------------------------------------------------------

    def _pull(self, now: datetime, wall: datetime | None, floor: datetime | None) -> _Pulled:
        """Store every page of changes, each in one transaction with its cursor."""
        with self.store.read() as connection:
            cursor = load_cursor(connection, self.account.name)
        since = (now if wall is None else min(now, wall)) - self.account.lookback
        pulled = _Pulled()
        for page in self.connector.changes(cursor, since, self.wants):
            pulled.touched |= page.touched
            pulled.reset = pulled.reset or page.reset
            if page.cursor != cursor or page.envelopes or page.removed:
                listed_anew = cursor is None or pulled.reset
                self._take(page, pulled, now, since, None if listed_anew else floor)
                if page.more and page.envelopes:
                    reached = min(envelope.received_at for envelope in page.envelopes)
                    self.on_page(Reading(pulled.count, reached, since, now))
                if self.stopping():
                    raise Interrupted
        return pulled

    def _take(self, page: Changes, pulled: _Pulled, now: datetime, since: datetime, floor: datetime | None) -> None:
        name = self.account.name
        messages = [message for message in page.messages if message.envelope.role is not Role.JUNK]
        fresh = self._fresh(messages, now, floor)  # outside the transaction: reading takes its time
        with self.store.write() as connection:
            envelopes, spam = take_spam(connection, name, page, since, self._known, self.account.own)
            put_messages(connection, name, envelopes, frozenset(m.envelope.identity for m in messages))
            if page.removed:
                refs_gone(connection, name, page.removed)
            self._keep(connection, fresh, pulled)
            save_cursor(connection, name, page.cursor)
        self._spam = self._spam or spam
        pulled.count += len(envelopes)

    def _fresh(self, messages: Sequence[Message], now: datetime, floor: datetime | None) -> list[tuple[EventRow, Message]]:
        """Classify the messages that were not read before."""
        with self.store.read() as connection:
            seen = set(seen_before(connection, self.account.name, [m.envelope.identity for m in messages]))
        fresh = []
        for message in messages:
            if message.envelope.identity not in seen:
                seen.add(message.envelope.identity)
                fresh.append((self._read_one(message, arrival(message, now, floor, self._wall)), message))
        room = max(0, _HELD - len(self._strangers))
        self._strangers.update([(row.identity, message) for row, message in fresh if row.stranger][:room])
        return fresh

    def _keep(self, connection: Connection, fresh: Sequence[tuple[EventRow, Message]], pulled: _Pulled) -> None:
        """Store what was read, and see which mails of the user's own were drafts of ours."""
        rows = [row for row, _ in fresh]
        put_events(connection, rows)
        self._linker.take(rows)
        identities = [row.identity for row in rows]
        new = first_here(connection, self.account, identities)
        for row, message in fresh:
            if row.own:
                recognise(self._ledger, connection, row, message)
        if rows:
            leave(connection, self.account)
        self._diary.read(connection, new)
        pulled.identities.update(identities)

    def _read_one(self, message: Message, at: datetime, *, known: bool = False) -> EventRow:
        """Read a message; one that the rules fail on is kept as unread, and must not hold up the others."""
        known = known or is_known(message, self._known)
        return read_or_keep(self.account, message, at, known=known, said=self._said.get(message.envelope.identity))

    # --- fold and decide ----------------------------------------------------------------------------------------------

    def _relinked(self, pulled: _Pulled, now: datetime) -> frozenset[str]:
        """Find out which process each new message belongs to, reading what only now turns out to matter."""
        name = self.account.name
        tried: frozenset[str] = frozenset()
        news = False
        while True:
            # A pass that broke off may not have come to read what turned out to matter by what it had stored.
            before = _NOTHING if self._broken_off else self._known
            self._broken_off = False
            with self.store.write() as connection:
                news = self._others.hear(connection) or news
                linked, drafts = self._linker.relink(connection), versions(connection, self.account.names)
                self._remember(linked, drafts)
                late = late_mail(connection, name, self._known, before)
                rows, again = misread(connection, name, linked.misread - tried)
                settled = not late and not again
                # Drafts change hands only when all is read that may tell whose they are.
                moved = all_follow(connection, self.account, linked) if settled else frozenset()
                if settled:
                    moved |= tie_spam(connection, name, linked, drafts)
            if settled:
                self._spam = False
                return linked.processes_of(pulled.identities) | moved | (self._shared if news else frozenset())
            self._fetch_late(late, pulled, now)
            tried |= linked.misread
            pulled.identities |= self._put_again([*self._read_again(rows, again, now, known=True).values()])

    def _fetch_late(self, late: Sequence[Envelope], pulled: _Pulled, now: datetime) -> None:
        fresh = self._fresh(self.connector.read(late), now, None)
        with self.store.write() as connection:
            mark_wanted(connection, self.account.name, [envelope.identity for envelope in late])
            self._keep(connection, fresh, pulled)

    def _heed(self, newest: int, now: datetime) -> frozenset[str]:
        """Take up what the user corrected, up to number `newest`; return the messages that are read anew as what they are."""
        with self.store.read() as connection:
            self._said = kinds_said(load_corrections(connection, self.account.names))
            rows, envelopes = unheeded(connection, self.account.name, self._said)
        found = self._read_again(rows, envelopes, now)
        kept = (as_said(row, self._said[identity]) for identity, row in rows.items() if identity not in found)
        self._correction = newest
        return self._put_again([*found.values(), *kept])

    def _read_again(
        self, rows: Mapping[str, EventRow], envelopes: Sequence[Envelope], now: datetime, *, known: bool = False
    ) -> dict[str, EventRow]:
        """Read messages anew, as of the time when they came in, as far as the mailbox still has them."""
        found = {}
        held = [message for envelope in envelopes if (message := self._strangers.get(envelope.identity)) is not None]
        away = [envelope for envelope in envelopes if envelope.identity not in self._strangers]
        for message in (*held, *(self.connector.read(away) if away else ())):
            row = rows.get(message.envelope.identity)
            at = row.at if row is not None else arrival(message, now, None, self._wall)
            found[message.envelope.identity] = self._read_one(message, at, known=known)
        return found

    def _put_again(self, rows: Sequence[EventRow]) -> frozenset[str]:
        """Store what was read anew: it is to be told anew."""
        identities = [row.identity for row in rows]
        with self.store.write() as connection:
            put_events(connection, rows)
            mark_wanted(connection, self.account.name, identities)
            self._diary.read(connection, identities)
            leave(connection, self.account)
        self._linker.take(rows)
        return frozenset(identities)

    def _due(self, now: datetime) -> frozenset[str]:
        """Return the processes to decide anew though no mail came: something is due, or the user said something."""
        due = {process for process, at in self._checks.items() if at is not None and at <= now}
        if self._decided_at is not None and now < self._decided_at:
            due.update(self._checks)  # the clock went back: what was decided for later does not hold
        with self.store.read() as connection:
            due |= self._ear.heard(connection, self._checks)
        return frozenset(due & set(self._openers))

    def _decide(self, affected: Iterable[str], now: datetime) -> None:
        """Fold and decide each process, tell what is new, and plan the drafts; nothing remote happens here."""
        self._decided_at = now
        there = sorted(self._openers.keys() & set(affected))
        with self.store.read() as connection:
            spam = spam_by_process(connection, self.account.names) if there else {}
        for process in there:
            try:
                self._decide_one(process, self._openers[process], now, spam.get(process, ()))
            except StoreError:
                raise
            except Exception:
                # A process that the rules fail on keeps its drafts as they are; the others go on.
                log.exception("%s: process %s could not be decided; trying again later", self.account.name, process)
                self._checks[process] = now + _TRY_AGAIN

    def _decide_one(self, process: str, opener: str, now: datetime, spam: Sequence[SpamRow]) -> None:
        with self.store.read() as connection:
            found = assess(connection, self.account, process, now, spam=spam)
            already = told(connection, self.account.names, process)
        self._others.concerned(found.accounts)
        self._proofs.decided.add(process)
        self._companies[process] = found.process.company
        self._checks[process] = found.decision.next_check
        self._marking.decided(found)
        self._moments[process] = moments_of([moments_in(found)], now)
        new = self._diary.untold.intersection(event.identity for event in found.messages)
        rows = [*tell_events(found, frozenset(new), opener), *tell_notices(found, already)]
        if rows:
            with self.store.write() as connection:
                self._diary.tell(connection, not_told_since(connection, self.account, process, rows, already), new)
                if any(row.action == f"notice:{SPAM}" for row in rows):
                    spam_told(connection, self.account.names, process)
        self._diary.untold -= new
        plan(self._ledger, found, opener, now)

    # --- act ----------------------------------------------------------------------------------------------------------

    def _act(self, now: datetime, wall: datetime | None, floor: datetime | None) -> int:
        """Carry out what is planned; before each write, look once more whether they have answered meanwhile."""
        count = placed = 0
        turns: Counter[DraftKey] = Counter()
        while True:
            row = next((row for row in pending(self._ledger) if turns[row.key] < _TURNS), None)
            if row is None or (row.op is Op.PUT and placed >= self.account.max_drafts):
                return count
            if row.op is not Op.WITHDRAW:
                pulled = self._pull(now, wall, floor)
                count += pulled.count
                self._clean = self._clean and not pulled.touched & _DRAFT_ROLES
                if pulled.identities or self._spam or self._others.is_news(self.store):
                    self._decide(self._relinked(pulled, now), now)
                    continue
            turns[row.key] += 1
            # What is written now changes Drafts after the cursor was taken: if the user undoes it, Drafts looks unchanged.
            self._clean = False
            placed += row.op is Op.PUT
            apply(self._ledger, self.connector, row, now)
            self._decide([row.process], now)  # what comes next may have moved
