"""What becomes of a message when the user says what kind it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from rules.classify import Classification, Kind
from rules.extract import Facts
from rules.mail import Envelope
from watcher.intake import relabelled
from watcher.store import Connection
from watcher.store.corrections import CorrectionRow
from watcher.store.mail import EventRow, envelopes_named, events_named
from watcher.store.reading import Reading

__all__ = ["as_said", "misread", "reading_of", "unheeded"]

_AT_ONCE = 500
_SILENT = frozenset({Kind.NOISE, Kind.JOB_ALERT})
_TIMED = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.RESCHEDULE})


def reading_of(row: EventRow) -> Reading | None:
    """Return how a message of theirs was read; None for one of the user's own."""
    return None if row.kind is None else Reading(row.kind, row.confidence, row.runner_up, row.evidence, row.facts)


def unheeded(
    connection: Connection, account: str, said: Mapping[str, CorrectionRow]
) -> tuple[dict[str, EventRow], list[Envelope]]:
    """Return those messages that were not read as the user said so far, by identity, and where the mailbox has them.

    One whose text was never read is among the latter alone.
    """
    rows = {row.identity: row for row in events_named(connection, account, said)}
    done = {identity for identity, row in rows.items() if row.labelled == said[identity].id}
    envelopes = envelopes_named(connection, account, said.keys() - done)
    return {identity: rows[identity] for identity in rows.keys() - done}, [each for each in envelopes if each.ref]


def misread(connection: Connection, account: str, identities: Collection[str]) -> tuple[dict[str, EventRow], list[Envelope]]:
    """Return these messages, by identity, and where the mailbox has them."""
    if not identities:
        return {}, []
    envelopes = [each for each in envelopes_named(connection, account, identities) if each.ref][:_AT_ONCE]
    return {row.identity: row for row in events_named(connection, account, identities)}, envelopes


def as_said(row: EventRow, said: CorrectionRow) -> EventRow:
    """Return a message as what the user said it is, out of what was stored of it: where its text cannot be read anew."""
    was = said.was or reading_of(row)
    if was is None:
        return row
    read = Classification(was.kind, was.confidence, was.runner_up, was.evidence)
    kind = said.kind
    found = read if kind is None else relabelled(read, kind)
    return replace(
        row,
        labelled=said.id,
        stranger=False,
        kind=found.kind,
        confidence=found.confidence,
        runner_up=found.runner_up,
        evidence=found.evidence,
        facts=was.facts if kind is None else _meaningful(was.facts, kind),
    )


def _meaningful(facts: Facts, kind: Kind) -> Facts:
    """Return those facts that a mail of this kind can tell."""
    if kind in _SILENT:
        return Facts(zone_offset=facts.zone_offset)
    if kind is Kind.AUTO_REPLY:
        return Facts(zone_offset=facts.zone_offset, away=facts.away, bounced=facts.bounced)
    stated = tuple(item for item in facts.interviews if kind in _TIMED or not item.uid.startswith("text:"))
    return replace(
        facts,
        interviews=stated,
        promise=None if kind is Kind.REJECTION else facts.promise,
        outcome=facts.outcome if kind is Kind.HUMAN_REPLY else None,
        away=None,
        bounced=(),
    )
