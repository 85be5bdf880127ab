"""From a message to what is kept of it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from rules.calendar import defects
from rules.classify import Classification, Evidence, Kind, Known, can_receive, classify
from rules.extract import Facts, company_domain, extract
from rules.mail import Address, Message, Role
from rules.process import Thread
from rules.threads import Hints, hints_of
from rules.trust import doubts, without_addresses
from watcher.account import Account
from watcher.store.corrections import CorrectionRow
from watcher.store.mail import EventRow

__all__ = ["arrival", "is_known", "is_own", "read_message", "read_or_keep", "relabelled", "unread_message"]

log = logging.getLogger(__name__)

_EXCERPT = 600
_BY_STRANGERS = frozenset({Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})
"""Kinds that a mail may be of only because nobody knows its sender."""
_SKEW = timedelta(days=1)


def arrival(message: Message, now: datetime, floor: datetime | None, wall: datetime | None = None) -> datetime:
    """Return when a message counts as received.

    The server's clock, but never later than `now`. A pass that was told its time gives the real one as `wall`: what the server
    stamped with that knows nothing of the told time. It came in after the pass before, at `floor`, if there was one; the Date
    field says when, if it lies there, else it came just now. Before the first pass, the Date field counts where it is later.
    """
    claim = message.date
    at = message.envelope.received_at
    if at > now:
        return claim if claim is not None and (floor or claim) <= claim <= now else now
    if wall is None or abs(wall - at) > _SKEW:
        return at
    if floor is None:
        return claim if claim is not None and at + _SKEW < claim <= now else at
    if at <= floor:
        return claim if claim is not None and floor < claim <= now else now
    return at


def _thread(message: Message, own: frozenset[str], facts: Facts) -> Thread:
    """Return the conversation; who is asked to an interview by it takes part in it, copied or not (D3)."""
    envelope = message.envelope
    invited = [Address(p.name, p.address) for interview in facts.interviews for p in interview.interviewers]
    people = [message.sender, *message.to, *message.cc, *invited]
    return Thread(
        message_id=envelope.message_id,
        references=tuple(envelope.references.split() or envelope.in_reply_to.split()),
        subject=envelope.subject,
        thread_id=envelope.thread_id,
        participants=tuple(
            dict.fromkeys(p.address for p in people if p.address and p.address not in own and can_receive(p.address))
        ),
    )


def is_own(message: Message, own: frozenset[str]) -> bool:
    """Say whether the user wrote it: from any of their addresses, in any folder, or anything at all that stands in Sent."""
    return message.envelope.role is Role.SENT or message.sender.address in own


def unread_message(account: Account, message: Message, at: datetime, why: str) -> EventRow:
    """Keep a message that could not be read: as one that means nothing, with the reason."""
    return EventRow(
        account=account.name,
        identity=message.envelope.identity,
        at=at,
        own=is_own(message, account.own),
        kind=None if is_own(message, account.own) else Kind.NOISE,
        confidence=0.0,
        runner_up=None,
        evidence=(),
        sender=message.sender,
        recipients=tuple(message.envelope.recipients.split()),
        can_receive=False,
        thread=Thread(message.envelope.message_id, (), message.envelope.subject),
        facts=Facts(),
        defects=(*message.defects, why),
    )


def read_message(account: Account, message: Message, at: datetime, *, known: bool, said: Kind | None = None) -> EventRow:
    """Classify and read one message that was received at `at`; a pure function of its arguments.

    `known`: it belongs to a tracked process, as far as can be told. `said` is the kind that the user gave it.
    """
    envelope = message.envelope._replace(received_at=at.astimezone(message.envelope.received_at.tzinfo))
    message = replace(message, envelope=envelope)  # `tomorrow` is the day after that
    recipients = tuple(a.address for a in (*message.to, *message.cc) if a.address)
    if is_own(message, account.own):
        return EventRow(
            account=account.name,
            identity=envelope.identity,
            at=at,
            own=True,
            kind=None,
            confidence=1.0,
            runner_up=None,
            evidence=(),
            sender=message.sender,
            recipients=recipients,
            can_receive=True,
            thread=_thread(message, account.own, Facts()),
            facts=Facts(),
            excerpt=message.text[:_EXCERPT],
            defects=message.defects,
            hints=_hints(account, message),
        )
    classification = classify(message, own=account.own, known=known)
    if said is not None:
        classification = relabelled(classification, said)
    facts = extract(message, classification, own=account.own, zone=account.profile.zone)
    doubtful = doubts(message)
    if doubtful:
        facts = without_addresses(facts)
    thread = _thread(message, account.own, facts)
    return EventRow(
        account=account.name,
        identity=envelope.identity,
        at=at,
        own=False,
        kind=classification.kind,
        confidence=classification.confidence,
        runner_up=classification.runner_up,
        evidence=classification.evidence,
        sender=message.sender,
        recipients=recipients,
        can_receive=not doubtful and bool(message.sender.address) and can_receive(message.sender.address),
        thread=replace(thread, participants=()) if doubtful else thread,
        facts=facts,
        excerpt=message.text[:_EXCERPT],
        defects=(*message.defects, *defects(message.calendars, fallback_zone=account.profile.zone), *doubtful),
        hints=_hints(account, message),
        stranger=not known and said is None and classification.kind in _BY_STRANGERS,
    )


def read_or_keep(account: Account, message: Message, at: datetime, *, known: bool, said: CorrectionRow | None) -> EventRow:
    """Do the same, by what the user said of the message; one that the rules fail on is kept as unread, and holds up no other."""
    try:
        row = read_message(account, message, at, known=known, said=None if said is None else said.kind)
    except Exception as error:
        log.exception("%s: message %r could not be read", account.name, message.envelope.message_id)
        return unread_message(account, message, at, f"could not be read: {type(error).__name__}")
    return row if said is None else replace(row, labelled=said.id)


def _hints(account: Account, message: Message) -> Hints:
    return hints_of(message, own=account.own, user=account.profile.name)


def relabelled(read: Classification, said: Kind) -> Classification:
    """Return what the user said a message is, with what the rules had taken it for."""
    told = Evidence("user", f"you said so; read as {read.kind.value}" if read.kind is not said else "you said so too")
    return Classification(said, 1.0, read.kind if read.kind is not said else read.runner_up, (told, *read.evidence))


def is_known(message: Message, known: Known) -> bool:
    """Say whether a message stands in a thread of, or comes from an address or a domain of, a tracked process."""
    envelope = message.envelope
    return (
        message.sender.address in known.addresses
        or company_domain(message.sender.address) in known.domains
        or not known.message_ids.isdisjoint((envelope.in_reply_to, *envelope.references.split()))
    )
