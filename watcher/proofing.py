"""Checking the drafts that stand, each once for each state of it and of what is known; nothing in Drafts is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from connectors.base import Connector
from connectors.errors import NotFound
from rules.classify import Kind
from rules.drafts.types import DraftKey, DraftKind
from rules.extract.types import Person
from rules.lint.context import Context, Other
from rules.lint.types import Severity
from rules.mail import Address
from rules.notes.types import Notes
from rules.process.noted import talks_held
from watcher.history import Assessment, assess
from watcher.outbox.ledger import Ledger, title
from watcher.proofread import Job, Proofread
from watcher.store.drafts import LIVE, Op, OutboxRow, RowState
from watcher.store.journal import add_log
from watcher.store.mail import EventRow
from watcher.store.proofs import ProofRow, forget_proofs, proofs_of, put_proof

__all__ = ["Proofs", "context_of", "context_of_mail", "proof_drafts"]

_EXCERPT = 600
"""What is kept of a mail is cut off here (`watcher.intake`): a longer one is known by our own draft of it."""
_MOST_OTHERS = 40
_WRITTEN = LIVE | {RowState.SENT}


@dataclass(frozen=True, slots=True)
class _Due:
    row: OutboxRow
    job: Job
    fingerprint: str
    revision: str


@dataclass(slots=True)
class Proofs:
    """What has happened since the drafts of an account were checked."""

    decided: set[str] = field(default_factory=set)
    """Processes that were decided anew."""
    changed: bool = False
    """Drafts may have been changed by the user."""

    def bring_up(self, ledger: Ledger, connector: Connector, proofread: Proofread, now: datetime) -> None:
        """Check what is to be checked; where the mailbox fails, it is still to be done."""
        if self.decided or self.changed:
            proof_drafts(ledger, connector, proofread, self.decided, now)
        self.decided.clear()
        self.changed = False


def proof_drafts(ledger: Ledger, connector: Connector, proofread: Proofread, decided: Collection[str], now: datetime) -> None:
    """Check the drafts of processes that were decided anew, and those of the user's that changed since they were read.

    Raises the connector's errors; what was found before stays.
    """
    name = ledger.account.name
    rows = ledger.rows()
    standing = [row for row in rows if row.state in LIVE and not row.key.kind.to_self]
    with ledger.store.read() as connection:
        known = proofs_of(connection, ledger.account.names)
    changed = {row.process for row in standing if row.key not in known or known[row.key].revision != _revision(row)}
    due = []
    for process in sorted({row.process for row in standing} & ({*decided} | changed)):
        with ledger.store.read() as connection:
            found = assess(connection, ledger.account, process, now, rows if not ledger.account.beside else None)
        found = replace(found, account=ledger.account)  # who signs in this mailbox
        due += list(_due(found, [row for row in standing if row.process == process], known, connector))
    gone = {key for key, proof in known.items() if proof.account == name} - {row.key for row in standing}
    if not due and not gone:
        return
    proofs = proofread([each.job for each in due])
    with ledger.store.write() as connection:
        forget_proofs(connection, name, gone)
        for each, proof in zip(due, proofs, strict=True):
            before = known.get(each.row.key)
            theirs = each.row.state is RowState.EDITED
            found_now = ProofRow(
                name,
                each.row.key,
                each.row.process,
                each.fingerprint,
                each.revision,
                proof.text if theirs else "",
                proof.findings,
            )
            put_proof(connection, found_now)
            grave = sum(finding.severity is Severity.BLOCK for finding in proof.findings)
            if theirs and grave and (before is None or before.revision != each.revision):
                text = f"{title(each.row)}: {_things(grave)} to put right before you send it"
                add_log(connection, [ledger.line(each.row, "checked", text, now)])


def _things(count: int) -> str:
    return "one thing" if count == 1 else f"{count} things"


def _revision(row: OutboxRow) -> str:
    """Return what tells one state of a draft from another: ours by its content, the user's by where it stands."""
    return f"{row.ref} {row.revision}" if row.state is RowState.EDITED else row.content


def _due(found: Assessment, rows: Iterable[OutboxRow], known: dict[DraftKey, ProofRow], connector: Connector) -> Iterator[_Due]:
    for row in rows:
        context = context_of(found, row, known)
        before = known.get(row.key)
        revision = _revision(row)
        fresh = before is None or before.revision != revision
        print_ = _fingerprint(context, revision)
        if not fresh and before is not None and before.fingerprint == print_:
            continue
        if row.state is not RowState.EDITED:
            yield _Due(row, Job(context, text=row.draft.text), print_, revision)
            continue
        try:
            yield _Due(row, Job(context, raw=connector.read_draft(row.reference)), print_, revision)
        except NotFound:
            continue  # it was moved or removed since Drafts was looked at


def _fingerprint(context: Context, revision: str) -> str:
    return hashlib.sha256(msgspec.json.encode(context) + revision.encode()).hexdigest()


def context_of(found: Assessment, row: OutboxRow, known: dict[DraftKey, ProofRow]) -> Context:
    """Return what a draft of a process is checked against."""
    process, profile = found.process, found.account.profile
    place = next((each for each in found.decision.place if each.key == row.key), None)
    people = _people(found)
    recipient = place.recipient if place is not None else _by_address(people, row)
    round_number = _round_of(row.key)
    noted = [notes for notes in process.noted if _belongs(notes, row.key.kind, round_number)]
    slot = row.slot_opens or row.planned_at
    return Context(
        kind=row.key.kind,
        subject=row.draft.subject,
        to=(row.draft.to,),
        recipient=recipient,
        people=people,
        company=process.company,
        role=process.role,
        profile=profile,
        promise=process.wait.promise if process.wait is not None and row.key.kind is DraftKind.STATUS else None,
        day=slot.astimezone(ZoneInfo(profile.zone)).date(),
        attempt=_attempt(found, row.key.kind, round_number if place is None else place.attempt),
        final=place is not None and place.final,
        asks=place.asks if place is not None else None,
        points=tuple(point for notes in noted for point in notes.points),
        trace=row.draft.trace,
        others=tuple(_others(found, row, known))[:_MOST_OTHERS],
        offer=_is_offered(found),
        encouraged=any(notes.answers.encouraged for notes in process.noted),
        work_from=found.account.policy.draft.work_sample_from_round,
        plan_from=found.account.policy.draft.plan_from_round,
        terms=tuple(dict.fromkeys(_terms(found))),
        settings=found.account.lint,
    )


def context_of_mail(found: Assessment, kind: DraftKind | None, to: tuple[Address, ...], subject: str | None) -> Context:
    """Return what a mail is checked against that may be, or have been, a draft of a process.

    Where a draft of ours to the same person stands, it is checked as that one; else as the one that comes next, or without one.
    """
    addresses = {each.address for each in to}
    rows = [
        row
        for row in found.outbox
        if row.key.recipient in addresses and row.key.kind is kind and (row.state in LIVE or row.op is Op.PUT)
    ]
    known = {proof.key: proof for proof in found.proofs}
    if rows:
        return replace(context_of(found, rows[-1], known), to=to, subject=subject)
    process = found.process
    places = [place for place in (*found.decision.place, *found.decision.upcoming) if place.kind is kind]
    place = next((place for place in places if place.recipient.address.lower() in addresses), None)
    people = _people(found)
    return Context(
        kind=kind,
        subject=subject,
        to=to,
        people=people,
        company=process.company,
        role=process.role,
        profile=found.account.profile,
        promise=process.wait.promise if process.wait is not None and kind is DraftKind.STATUS else None,
        attempt=_attempt(found, kind, _last_number(found, kind) if place is None else place.attempt),
        final=place is not None and place.final,
        asks=place.asks if place is not None else None,
        points=tuple(point for notes in process.noted for point in notes.points),
        others=tuple(_others(found, None, known))[:_MOST_OTHERS],
        offer=_is_offered(found),
        encouraged=any(notes.answers.encouraged for notes in process.noted),
        work_from=found.account.policy.draft.work_sample_from_round,
        plan_from=found.account.policy.draft.plan_from_round,
        terms=tuple(dict.fromkeys(_terms(found))),
        settings=found.account.lint,
    )


def _last_number(found: Assessment, kind: DraftKind | None) -> int:
    return max((one.number for one in found.process.rounds), default=1) if kind is DraftKind.THANK_YOU else 1


def _attempt(found: Assessment, kind: DraftKind | None, number: int) -> int:
    """Return the attempt of a follow-up, and of a note of thanks after which talk it is, counting those that took place."""
    return max(talks_held(found.process, number), 1) if kind is DraftKind.THANK_YOU else number


def _is_offered(found: Assessment) -> bool:
    return found.process.closed_by == "offer" or any(event.kind is Kind.OFFER for event in found.messages)


def _people(found: Assessment) -> tuple[Person, ...]:
    process = found.process
    written = [Person(address.name, address.address) for address, _ in process.correspondents]
    interviewers = [person for one in process.rounds for person in one.interviewers]
    people: dict[str, Person] = {}
    for person in (*process.roster, *interviewers, *written):
        people.setdefault(person.address.lower() or person.name.casefold(), person)
    return tuple(people.values())


def _by_address(people: Iterable[Person], row: OutboxRow) -> Person:
    fallback = Person(row.draft.to.name, row.key.recipient)
    return next((person for person in people if person.address.lower() == row.key.recipient), fallback)


def _round_of(key: DraftKey) -> int:
    """Return the last number of a step: the round of a thank-you, the attempt of a follow-up; 1 where there is none."""
    digits = key.step.rpartition("-")[2].rpartition(".")[2]
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 1  # noqa: PLR2004 - no process has 100,000 rounds


def _belongs(notes: Notes, kind: DraftKind, round_number: int) -> bool:
    return kind is not DraftKind.THANK_YOU or notes.round in {0, round_number}


def _others(found: Assessment, row: OutboxRow | None, known: dict[DraftKey, ProofRow]) -> Iterator[Other]:
    """Yield what else is written, or was, to this company: drafts as the user has them, mails as they were sent."""
    sent = {event.step: event for event in found.messages if event.own and event.step is not None}
    for other in found.outbox:
        if (
            (row is not None and other.key == row.key)
            or other.key.kind.to_self
            or not (other.state in _WRITTEN or other.op is Op.PUT)
        ):
            continue
        event = sent.get(str(other.key))
        text = other.draft.text
        if event is not None and 0 < len(event.excerpt) < _EXCERPT:
            text = event.excerpt
        elif (proof := known.get(other.key)) is not None and proof.text:
            text = proof.text
        name = other.draft.to.name or other.draft.to.address
        verb = "the note you sent to" if other.state is RowState.SENT else "your note to"
        yield Other(
            f"{verb} {name}",
            text,
            other.key.recipient,
            other.key.kind,
            _attempt(found, other.key.kind, _round_of(other.key)) if other.key.kind is DraftKind.THANK_YOU else 0,
            other.state is RowState.SENT,
        )
    for event in found.messages:
        if event.own and event.step is None and event.excerpt:
            yield Other("a mail you sent them", event.excerpt, next(iter(event.recipients), ""), None, 0, sent=True)


def _terms(found: Assessment) -> Iterator[str]:
    for event in found.messages:
        yield event.thread.subject
        yield from _signed(event)
    for one in found.process.rounds:
        yield one.interview.summary
    yield from (thread.subject for thread in found.process.threads)


def _signed(event: EventRow) -> Iterator[str]:
    """Yield the names that stand in one mail of theirs."""
    if not event.own:
        yield _shown(event.sender)
        yield event.facts.company
        yield event.facts.role


def _shown(address: Address) -> str:
    return address.name
