"""The order of evidence: the user's own mail, calendar part, markup, headers, sender, words; then all is weighed together."""

from __future__ import annotations

from rules.classify.invitation import Stated, of_calendar, of_markup
from rules.classify.machine import is_bounce
from rules.classify.opinion import Model, Opinion, opinion_of
from rules.classify.phrased import Phrased, phrased
from rules.classify.score import placed
from rules.classify.settle import settle
from rules.classify.text import text_of
from rules.classify.types import Classification, Evidence, Kind
from rules.mail.types import Message, Role

__all__ = ["classify"]

_RAMBLING = 700
"""A text of so many characters without a word of an application is about something else."""


def classify(message: Message, *, own: frozenset[str], known: bool, model: Model | None = None) -> Classification:
    """Return the kind of a message, with what says so, strongest first. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case. `known`: the message is in a thread of a tracked process, or comes from an
    address or a domain of one. `model`: another one than ours, to measure with.
    """
    envelope = message.envelope
    if envelope.from_address in own or envelope.role is Role.SENT:
        why = Evidence("sender", f"the user's own mail ({envelope.from_address})"[:200])
        return Classification(Kind.NOISE, 1.0, None, (why,))
    text = text_of(message)
    bounce = is_bounce(message, text)
    if bounce is not None:
        return Classification(Kind.AUTO_REPLY, bounce.weight, None, (bounce,))
    stated = of_calendar(message, text, own=own, known=known)
    marked = of_markup(message, text, known=known) if stated is None else None
    if marked is not None:
        return marked
    ruled = phrased(message, text, known=known)
    concerns = ruled.concerns or (ruled.writer.person and len(text.folded) < _RAMBLING)
    if stated is None and (ruled.certain or ruled.found.kind is Kind.AUTO_REPLY or not concerns):
        return ruled.found
    opinion = opinion_of(message, text, ruled, stated, model)
    verdict = settle(opinion.shares, ruled, stated, text, known=known)
    evidence = _evidence(message, opinion, ruled, stated, verdict.kind)
    return Classification(verdict.kind, verdict.confidence, verdict.second, evidence)


def _evidence(message: Message, opinion: Opinion, ruled: Phrased, stated: Stated | None, kind: Kind) -> tuple[Evidence, ...]:
    """Return what speaks for a kind: calendar part, what the phrase lists found, then the sentences that the model heeds."""
    text = text_of(message)
    found: tuple[Evidence, ...] = stated.found.evidence if stated is not None else ()
    if ruled.found.kind is kind:
        found += ruled.found.evidence
    else:
        found += placed(message, text, ruled.scores.evidence.get(kind, ()))
    return found + placed(message, text, opinion.grounds(kind, text))
