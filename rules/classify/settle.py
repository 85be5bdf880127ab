"""Settles on a kind, given how likely a model holds each, what the phrase lists found and what a calendar part states.

The model weighs one mail by itself. What it cannot know is what a mistake costs: a follow-up after a refusal embarrasses, a
newsletter that passes for a reply stops a process. So the kinds that change a process must be likely together, the more so the
less else speaks for them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from rules.classify.invitation import Stated
from rules.classify.phrased import Phrased
from rules.classify.score import PROCESS_KINDS
from rules.classify.text import Text
from rules.classify.types import Kind
from rules.classify.weigh import is_elsewhere

__all__ = ["Verdict", "settle"]

_CHANGING = frozenset(PROCESS_KINDS)
_OF_STRANGERS = frozenset({Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})
_ARRANGED = {Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION}

# What the kinds that change a process must be worth together, by what else speaks for them.
_KNOWN = 0.3
"""The mail is of a tracked process."""
_TOLD = 0.35
"""A phrase says so."""
_OUTRIGHT, _CLEARLY = 0.2, 0.8
"""Phrases say so, and as surely as that."""
_BY_LENGTH = ((450, 0.65), (750, 0.8), (math.inf, 0.95))
"""No phrase says so, by the length of the text in characters: long mail holds every word once."""
_STRANGE = 0.8
"""No word of an application stands in it, either."""
_ELSEWHERE = 0.9
"""Words of another matter stand in it: a flat, a loan, a dinner."""
_OTHERWISE = 0.9
"""A phrase says that it is a receipt, a list of vacancies or an approach."""
_NAMED, _EVENT, _PRIVATE = 0.1, 0.4, 0.9
"""Of a calendar part: it names an interview itself; it names none; it names something private."""

# What a single kind must be worth.
_ALONE = 0.4
"""The likeliest of those that change a process, where no phrase says so."""
_SURE = 0.9
"""One that outweighs a phrase within a tracked process, or makes a reply of a mail without a word of an application; and all of
them, where such a mail comes from a private address."""
_PLAIN = 0.6
"""One that no phrase tells and that makes more of a person's mail in a tracked process than a reply."""
_OF_NO_MOMENT = frozenset({Kind.APPLICATION_ACK, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH})
_UNTOLD = {Kind.AUTO_REPLY: 0.9, Kind.APPLICATION_ACK: 0.6, Kind.RECRUITER_OUTREACH: 0.6, Kind.JOB_ALERT: 0.6}
"""Those that neither header nor phrase gives away: a reply taken for an automatic answer costs most."""
_PERHAPS = 0.1
_TWICE = 2
_HALF, _SUREST = 0.5, 0.97
"""What was decided is more likely than not, and never certain."""


class Verdict(NamedTuple):
    """A kind, how sure it is (0.5 to 0.97), and the runner-up."""

    kind: Kind
    confidence: float
    second: Kind | None


def settle(shares: Mapping[Kind, float], ruled: Phrased, stated: Stated | None, text: Text, *, known: bool) -> Verdict:
    """Return what a mail is. `shares` are the probabilities of the kinds; `known`: it belongs to a tracked process."""
    changing = sum(share for kind, share in shares.items() if kind in _CHANGING)
    if stated is not None:
        return _of_event(stated, changing, known=known)
    ranked = sorted(shares, key=lambda kind: -shares[kind])
    harmless = [kind for kind in ranked if kind not in _CHANGING]
    believed = _changing(shares, ranked, ruled, text, changing, known=known) or harmless[0]
    if shares[believed] < _UNTOLD.get(believed, 0.0) and ruled.found.kind is not believed:
        believed = next(kind for kind in harmless if kind not in _UNTOLD)
    if known and ruled.writer.person and believed in _OF_STRANGERS:
        believed = Kind.HUMAN_REPLY
    confidence = max(shares[believed], ruled.found.confidence if ruled.found.kind is believed else 0.0)
    return Verdict(believed, _rounded(confidence), next((kind for kind in ranked if kind is not believed), None))


def _of_event(stated: Stated, changing: float, *, known: bool) -> Verdict:
    """Return what a calendar part means: it says what happens; whether to an interview is a question of words."""
    unnamed = stated.found.kind is Kind.NOISE
    if unnamed and stated.private:
        least = _PRIVATE
    elif not unnamed:
        least = _NAMED
    else:
        least = _KNOWN if known else _EVENT
    if changing >= least:
        return Verdict(stated.meant, _rounded(changing), Kind.NOISE if stated.meant is not Kind.NOISE else None)
    return Verdict(Kind.NOISE, _rounded(1 - changing), stated.meant if stated.meant is not Kind.NOISE else None)


def _changing(
    shares: Mapping[Kind, float], ranked: list[Kind], ruled: Phrased, text: Text, changing: float, *, known: bool
) -> Kind | None:
    """Return the kind that changes a process, or None where nothing does."""
    told = ruled.found.kind if ruled.found.kind in _CHANGING else None
    if known and told not in {None, Kind.HUMAN_REPLY} and shares[ranked[0]] < _SURE:
        return told  # within a process a phrase is seldom about something else
    if changing < _needed(ruled, text, told=told is not None, known=known):
        return None
    best = next(kind for kind in ranked if kind in _CHANGING)
    if {best, told} == _ARRANGED and told is not None and shares[best] < _TWICE * shares[told]:
        return told  # whether a time is fixed is told by the times, which the model but counts
    untold = best is Kind.INTERVIEW_INVITE and told not in _ARRANGED and shares[best] < _HALF
    if untold and ruled.writer.person and ruled.concerns and shares[Kind.HUMAN_REPLY] > _PERHAPS:
        best = Kind.HUMAN_REPLY  # people ask one another for a word on many things
    least = 0.0 if known or told is not None else _ALONE
    if best is Kind.HUMAN_REPLY and not (ruled.concerns or known):
        least = _SURE  # a short answer to anything
    if known and ruled.writer.person and told in {None, Kind.HUMAN_REPLY} and shares[best] < _PLAIN:
        return Kind.HUMAN_REPLY  # whatever they write, the process rests until it is read
    mute = best is Kind.HUMAN_REPLY and ruled.writer.generated
    return best if shares[best] >= least and not mute else None


def _needed(ruled: Phrased, text: Text, *, told: bool, known: bool) -> float:
    """Return what all kinds that change a process must be worth together."""
    if known:
        return _KNOWN
    if told:
        return _OUTRIGHT if ruled.found.confidence >= _CLEARLY else _TOLD
    least = next(share for length, share in _BY_LENGTH if len(text.folded) < length)
    if ruled.found.kind in _OF_NO_MOMENT:
        least = max(least, _OTHERWISE)
    if is_elsewhere(text) or text.has("private"):
        return max(least, _ELSEWHERE)
    if ruled.concerns:
        return least
    return max(least, _SURE if ruled.writer.private else _STRANGE)


def _rounded(share: float) -> float:
    return round(min(_SUREST, max(_HALF, share)), 3)
