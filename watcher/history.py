"""What the store tells the rules about one process, and what the rules answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rules.classify import Kind
from rules.decide import decide
from rules.drafts.types import DraftKey, DraftKind
from rules.extract import InterviewStatus, company_domain
from rules.intents import Decision
from rules.process import DraftEvent, Event, Incoming, Outgoing, Process, fold
from watcher.account import Account
from watcher.rebinding import words_of
from watcher.spam import spam_notice
from watcher.store import Connection
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState, draft_events_of, load_outbox
from watcher.store.journal import job_begins
from watcher.store.mail import EventRow, events_of, load_processes
from watcher.store.proofs import ProofRow, proofs_of
from watcher.store.spam import SpamRow, load_spam, spam_by_process
from watcher.together import each_once, profile_at, seat_of

__all__ = ["Assessment", "assess", "assess_all", "domains_of", "events_for", "moments_in"]


def _of_message(row: EventRow) -> Event:
    if row.own:
        step = None if row.step is None else DraftKey.parse(row.step)
        return Outgoing(id=row.identity, at=row.at, recipients=row.recipients, thread=row.thread, step=step)
    return Incoming(
        id=row.identity,
        at=row.at,
        kind=row.kind or Kind.NOISE,
        sender=row.sender,
        thread=row.thread,
        facts=row.facts,
        can_receive=row.can_receive,
        unsure=row.ambiguous,
    )


def events_for(connection: Connection, account: Account, process_id: str) -> tuple[list[EventRow], list[Event]]:
    """Return what was read of a process, in whichever account, and everything that happened to it as the fold wants it."""
    rows = each_once(account, events_of(connection, account.names, process_id))
    events: list[Event] = [_of_message(row) for row in rows]
    events.extend(
        DraftEvent(id=f"draft:{r.id}", at=r.at, key=r.key, change=r.change, slot_opens=r.slot_opens)
        for r in draft_events_of(connection, account.names, [process_id])
    )
    events.extend([*words_of(connection, account, process_id, events)])
    return rows, events


@dataclass(frozen=True, slots=True)
class Assessment:
    """One process as of one `now`: where it stands, what should be done, and what stands in Drafts."""

    account: Account
    process: Process
    decision: Decision
    messages: tuple[EventRow, ...]
    outbox: tuple[OutboxRow, ...]
    proofs: tuple[ProofRow, ...] = ()
    """What the checks found in its drafts, where it was asked for."""
    spam: tuple[SpamRow, ...] = ()
    """What lies in spam and may belong to it, oldest first; the decision's notices tell of it."""
    seat: str = ""
    """The account to which their last mail came: what answers no mail is drafted there."""

    @property
    def accounts(self) -> frozenset[str]:
        """Return the accounts in which mail of it lies, or something of ours in Drafts."""
        standing = (row.account for row in self.outbox if row.state in LIVE or row.op is not Op.NONE)
        return frozenset(row.account for row in self.messages).union(standing)


def _elsewhere(outbox: Iterable[OutboxRow], process: Process) -> tuple[datetime, ...]:
    """Return when follow-ups of other processes went, or are about to go, to the same company (F15 counts over all threads).

    Of those that have not gone out the one that was planned first keeps its slot (D16), and the others make way.
    """
    status = [row for row in outbox if row.key.kind is DraftKind.STATUS]
    own = min((_turn(row) for row in status if row.process == process.id and _is_due(row)), default=None)
    others = [
        row
        for row in status
        if row.process != process.id and (row.state is RowState.SENT or (_is_due(row) and (own is None or _turn(row) < own)))
    ]
    if not others:
        return ()
    domains = domains_of(process)
    return tuple(row.slot_opens for row in others if row.slot_opens is not None and company_domain(row.key.recipient) in domains)


def domains_of(process: Process) -> frozenset[str]:
    """Return the domains of the people of a process, where those are a company's own."""
    people = [person.address for person in process.roster] + [address.address for address, _ in process.correspondents]
    return frozenset(company_domain(address) for address in people if address) - {""}


def _is_due(row: OutboxRow) -> bool:
    """Say whether a draft stands or is about to, and has not gone out."""
    return row.state in LIVE or row.op is Op.PUT


def _turn(row: OutboxRow) -> tuple[datetime, str]:
    return row.planned_at, str(row.key)


def assess(  # noqa: PLR0917 - the last two spare a second look at the store
    connection: Connection,
    account: Account,
    process_id: str,
    now: datetime,
    outbox: Sequence[OutboxRow] | None = None,
    spam: Sequence[SpamRow] | None = None,
) -> Assessment:
    """Fold and decide one process, of whichever accounts.

    `outbox` is that of all of them, and `spam` what may be its own, where the caller has it.
    """
    return _assess(
        connection,
        account,
        process_id,
        now,
        outbox=load_outbox(connection, account.names) if outbox is None else outbox,
        spam=load_spam(connection, account.names, process_id) if spam is None else spam,
        job_from=job_begins(connection),
    )


def _assess(
    connection: Connection,
    account: Account,
    process_id: str,
    now: datetime,
    *,
    outbox: Sequence[OutboxRow],
    spam: Sequence[SpamRow],
    job_from: datetime | None,
) -> Assessment:
    rows, events = events_for(connection, account, process_id)
    own = tuple(row for row in outbox if row.process == process_id)
    seat = seat_of(account, rows)
    profile = profile_at(account, seat, own)
    process = fold(process_id, events, now=now, policy=account.policy, profile=profile)
    process = replace(process, company_sent=_elsewhere(outbox, process), job_from=job_from)
    decision = decide(process, account.policy, profile, now)
    if spam and (notice := spam_notice(process, spam, account.profile.zone)) is not None:
        decision = replace(decision, notices=(*decision.notices, notice))
    if profile is not account.profile:
        account = replace(account, profile=profile)
    return Assessment(account, process, decision, tuple(rows), own, spam=tuple(spam), seat=seat)


def assess_all(connection: Connection, account: Account, now: datetime) -> list[Assessment]:
    """Fold and decide every process that has its seat in an account, oldest first: each process has one."""
    outbox, job_from = load_outbox(connection, account.names), job_begins(connection)
    proofs: dict[str, list[ProofRow]] = defaultdict(list)
    for proof in proofs_of(connection, account.names).values():
        proofs[proof.process].append(proof)
    spam = spam_by_process(connection, account.names)
    found = (
        _assess(connection, account, row.id, now, outbox=outbox, spam=spam.get(row.id, ()), job_from=job_from)
        for row in load_processes(connection, account.name)
    )
    found = (one for one in found if one.seat == account.name)
    return [replace(one, proofs=tuple(proofs[one.process.id])) if one.process.id in proofs else one for one in found]


def moments_in(found: Assessment) -> list[datetime]:
    """Return when something is to be expected of a process: slots of drafts to them that open, and interviews that end."""
    slots = [row.slot_opens for row in found.outbox if row.state in LIVE and not row.key.kind.to_self]
    slots += [place.slot.opens for place in found.decision.place if not place.kind.to_self]
    talks = [each.interview for each in found.process.rounds]
    return [*filter(None, slots), *(talk.end for talk in talks if talk.status is not InterviewStatus.CANCELLED)]
