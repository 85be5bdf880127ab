"""The order of evidence: the user's own mail, calendar part, markup, headers, sender, words; then all of it is weighed together."""

from __future__ import annotations

import math

from rules.classify.invitation import Stated, of_calendar, of_markup
from rules.classify.machine import is_bounce
from rules.classify.opinion import Model, Opinion, opinion_of
from rules.classify.phrased import Phrased, phrased
from rules.classify.score import PROCESS_KINDS, placed
from rules.classify.text import Text, text_of
from rules.classify.types import Classification, Evidence, Kind
from rules.classify.weigh import is_elsewhere
from rules.mail.types import Message, Role

__all__ = ["classify"]

_CHANGING = frozenset(PROCESS_KINDS)
_OF_STRANGERS = frozenset({Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})
_KNOWN = 0.3
"""What all kinds that change a process must be worth together in a tracked process."""
_ELSEWHERE = 0.85
"""The same where words of another matter stand in a mail: a flat, a loan, a dinner."""
_TOLD = 0.35
"""The same where a phrase says so."""
_ALONE = 0.4
"""What the likeliest of them must be worth where no phrase says so."""
_NAMED = 0.2
"""The same where the calendar part itself names an interview."""
_EVENT = 0.6
"""The same for the words around a calendar part that no phrase is about."""
_BY_LENGTH = ((450, 0.6), (750, 0.75), (math.inf, 0.9))
"""The same where no phrase says so, by the length of the text in characters: long mail holds every word once."""
_STRANGE = 0.75
"""The same where no word of an application stands in a mail."""
_RAMBLING = 1500
"""A text of so many characters without a word of an application is about something else."""
_SURE = 0.9
"""What one kind must be worth to outweigh a phrase within a tracked process."""
_ARRANGED = {Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION}
_TWICE = 2
_UNTOLD = {Kind.AUTO_REPLY: 0.9, Kind.APPLICATION_ACK: 0.6}
"""What these must be worth where neither header nor phrase gives them away: a reply taken for an automatic answer costs most."""
_HALF, _SUREST = 0.5, 0.97
"""What was decided is more likely than not, and never certain."""


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
    concerns = ruled.concerns or (ruled.person and len(text.folded) < _RAMBLING)
    if stated is None and (ruled.certain or not concerns):
        return ruled.found
    opinion = opinion_of(message, text, ruled.scores, ruled.found, stated, model)
    kind, confidence, second = _settle(opinion, ruled, stated, text, known=known)
    return Classification(kind, confidence, second, _evidence(message, text, opinion, ruled, stated, kind))


def _settle(
    opinion: Opinion, ruled: Phrased, stated: Stated | None, text: Text, *, known: bool
) -> tuple[Kind, float, Kind | None]:
    """Return the kind, how sure it is, and the runner-up."""
    shares = opinion.shares
    changing = sum(share for kind, share in shares.items() if kind in _CHANGING)
    told = ruled.found.kind if ruled.found.kind in _CHANGING else None
    if stated is not None:
        # The calendar part says what happens; whether it is an interview that it happens to is a question of words.
        doubt = _EVENT if stated.found.kind is Kind.NOISE else _NAMED
        hiring = changing >= (_SURE if stated.private and stated.found.kind is Kind.NOISE else _KNOWN if known else doubt)
        believed, other = (stated.meant, Kind.NOISE) if hiring else (Kind.NOISE, stated.meant)
        return believed, _rounded(changing if hiring else 1 - changing), other
    ranked = sorted(shares, key=lambda kind: -shares[kind])
    if known and told not in {None, Kind.HUMAN_REPLY} and shares[ranked[0]] < _SURE:
        believed = ruled.found.kind  # within a process a phrase is seldom about something else
    elif changing >= _needed(ruled, text, told=told is not None, known=known):
        believed = next(kind for kind in ranked if kind in _CHANGING)
        least = 0.0 if known or told else _ALONE
        if believed is Kind.HUMAN_REPLY and not (ruled.concerns or known):
            least = _SURE  # a short answer to anything
        if shares[believed] < least:
            believed = next(kind for kind in ranked if kind not in _CHANGING)
    else:
        believed = next(kind for kind in ranked if kind not in _CHANGING)
    if {believed, told} == _ARRANGED and shares[believed] < _TWICE * shares[ruled.found.kind]:
        believed = ruled.found.kind  # whether a time is fixed is told by the times, which the model but counts
    if shares[believed] < _UNTOLD.get(believed, 0.0) and ruled.found.kind is not believed:
        believed = next(kind for kind in ranked if kind not in {*_CHANGING, *_UNTOLD})
    if believed is Kind.HUMAN_REPLY and ruled.generated:
        believed = next(kind for kind in ranked if kind not in _CHANGING)
    if known and ruled.person and believed in _OF_STRANGERS:
        believed = Kind.HUMAN_REPLY
    confidence = max(shares[believed], ruled.found.confidence if ruled.found.kind is believed else 0.0)
    return believed, _rounded(confidence), next((kind for kind in ranked if kind is not believed), None)


def _needed(ruled: Phrased, text: Text, *, told: bool, known: bool) -> float:
    """Return what all kinds that change a process must be worth together: little where a phrase says so, much in a long mail."""
    if known or told:
        return _KNOWN if known else _TOLD
    least = next(share for length, share in _BY_LENGTH if len(text.folded) < length)
    if is_elsewhere(text) or text.has("private"):
        return max(least, _ELSEWHERE)
    return least if ruled.concerns else max(least, _STRANGE)


def _rounded(share: float) -> float:
    return round(min(_SUREST, max(_HALF, share)), 3)


def _evidence(
    message: Message,
    text: Text,
    opinion: Opinion,
    ruled: Phrased,
    stated: Stated | None,
    kind: Kind,
) -> tuple[Evidence, ...]:
    """Return what speaks for a kind: calendar part, what the phrase lists found, then the sentences that the model heeds."""
    found: tuple[Evidence, ...] = stated.found.evidence if stated is not None else ()
    if ruled.found.kind is kind:
        found += ruled.found.evidence
    else:
        found += placed(message, text, ruled.scores.evidence.get(kind, ()))
    return found + placed(message, text, opinion.grounds(kind, text))
