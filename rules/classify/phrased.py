"""What headers, sender and phrase lists make of a mail that has no calendar part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rules.classify.hiring import agrees_on_time, fixes_time, hires, promise_of, quotes_hiring
from rules.classify.machine import answers_by_itself, is_absence, is_generated, is_named_automatic, is_unattended
from rules.classify.score import ENOUGH, ORDER, STRONG, Scores, is_answer, none_found, placed, score
from rules.classify.senders import can_receive, is_board, is_booking, is_deaf, is_freemail, is_relay
from rules.classify.text import Text
from rules.classify.types import Classification, Evidence, Kind
from rules.classify.weigh import is_elsewhere, weigh
from rules.mail.types import Message

__all__ = ["Phrased", "Writer", "person_writes", "phrased"]

_SURE = 9.0
_LONG = 1500
_TOLD_ALONE = (Kind.OFFER, Kind.REJECTION)


class Writer(NamedTuple):
    """Who may have written a mail."""

    person: bool
    """A person may have; no header says otherwise, nor does the address."""
    generated: bool
    """A machine has, by its own header."""
    private: bool
    """The address is one as everybody has, of no company."""


@dataclass(frozen=True, slots=True)
class Phrased:
    """What was found, and how."""

    found: Classification
    writer: Writer
    scores: Scores = field(default_factory=none_found)
    """What the phrase lists count; nothing where they were not asked."""
    certain: bool = False
    """A machine says of itself what it is: nothing else need be asked."""
    concerns: bool = True
    """Some word or the sender has to do with applications."""


def phrased(message: Message, text: Text, *, known: bool) -> Phrased:
    """Return the kind of a mail by its headers, its sender and the phrases in it."""
    envelope = message.envelope
    service = is_relay(envelope.from_address) or is_booking(envelope.from_address)
    generated = is_generated(message) is not None
    person = not generated and person_writes(message, known=known)
    writer = Writer(person, generated, is_freemail(envelope.from_address))
    context = known or service or is_board(envelope.from_address) or _concerns(text)
    context = context or (person and hires(message, text))
    automatic = answers_by_itself(message, text, known=known)
    if automatic is not None:
        return Phrased(_of_machine(message, text, automatic, context=context), writer, certain=True, concerns=context)
    if not context and not (person and is_answer(message, text)):
        # Most mail is no business of ours: that is decided before hundreds of phrases are looked up.
        return Phrased(_noise(message, text, 0.9, None, "no word of an application"), writer, concerns=False)
    scores = score(text)
    told = replace(scores, weight=dict(scores.weight))
    if not context and not _answers_applicant(message, text):
        # Patience is asked for and talks are arranged among friends, too; a refusal or an offer is told by its words alone.
        told.weight.update({kind: 0.0 for kind in ORDER if kind not in _TOLD_ALONE})
    return Phrased(_by_words(message, text, told, known=known, service=service), writer, scores, concerns=context)


def _of_machine(message: Message, text: Text, automatic: Evidence, *, context: bool) -> Classification:
    """Read an automatic answer. Applicant-tracking systems mark their receipts as such: those are receipts, nobody is away."""
    if context and automatic.source == "header" and not is_absence(text):
        scores = score(text)
        if scores.weight[Kind.APPLICATION_ACK] >= ENOUGH:
            evidence = (automatic, *placed(message, text, scores.evidence[Kind.APPLICATION_ACK]))
            return Classification(Kind.APPLICATION_ACK, 0.8, Kind.AUTO_REPLY, evidence)
    return Classification(Kind.AUTO_REPLY, automatic.weight, None, (automatic,))


def _by_words(message: Message, text: Text, scores: Scores, *, known: bool, service: bool) -> Classification:
    weights = weigh(message, text, scores, known=known, service=service)
    best, second = sorted(ORDER, key=lambda kind: (-weights[kind], ORDER.index(kind)))[:2]
    if weights[best] >= ENOUGH:
        margin = weights[best] - weights[second]
        confidence = min(0.97, 0.5 + 0.3 * min(1.0, weights[best] / _SURE) + 0.2 * min(1.0, margin / STRONG))
        evidence = placed(message, text, scores.evidence[best])
        return Classification(best, round(confidence, 3), second if weights[second] > 0 else None, evidence)
    runner_up = best if weights[best] > 0 else None
    generated = is_generated(message)
    person = generated is None and person_writes(message, known=known)
    if person and (known or is_answer(message, text)):
        answered = _reply(message, text, runner_up, known=known)
        if answered is not None:
            return answered
    if person and not known and not is_elsewhere(text) and next(text.in_subject("asked"), None) is not None:
        promised = promise_of(message, text)
        if promised:
            why = Evidence("text", f"promises: {promised}"[:200])
            return Classification(Kind.HUMAN_REPLY, 0.6, runner_up or Kind.NOISE, (why,))
    if is_board(message.envelope.from_address) and len(scores.evidence[Kind.JOB_ALERT]) > 1:
        return Classification(Kind.JOB_ALERT, 0.6, Kind.NOISE, placed(message, text, scores.evidence[Kind.JOB_ALERT]))
    concerning = _concerning(message, text, trusted=known or service)
    if concerning is not None and not is_elsewhere(text):
        # It is about the application, whatever it says: to wait once too often is safe, to ask after a refusal is not.
        why = Evidence("text", concerning[0][:200], 1.0, concerning.start())
        return Classification(Kind.HUMAN_REPLY, 0.5, runner_up or Kind.NOISE, placed(message, text, (why,)))
    return _noise(message, text, 0.6, runner_up, "nothing in it concerns an application")


def _noise(message: Message, text: Text, confidence: float, runner_up: Kind | None, reason: str) -> Classification:
    """Return noise, or the answer of a mailbox that nobody reads."""
    answers = is_answer(message, text) or is_named_automatic(text) or not message.envelope.from_address
    unattended = is_unattended(text) if answers else None
    if unattended is not None:
        return Classification(Kind.AUTO_REPLY, 0.6, runner_up or Kind.NOISE, placed(message, text, (unattended,)))
    return Classification(Kind.NOISE, confidence, runner_up, (is_generated(message) or Evidence("text", reason),))


def _concerning(message: Message, text: Text, *, trusted: bool) -> re.Match[str] | None:
    """Return the words by which a mail speaks to one candidate; of a stranger's they must speak of an application themselves."""
    if message.envelope.bulk and not trusted:
        return None
    found = text.holding("personal", firm=True)
    return next((match for match in found if trusted or Text("", match[0]).has("context")), None)


def _reply(message: Message, text: Text, runner_up: Kind | None, *, known: bool) -> Classification | None:
    """Read a person's mail in which nothing else was found: in a tracked process, or in answer to somebody who applies."""
    if known:
        why = Evidence("sender", f"{message.envelope.from_address}: in a tracked process"[:200])
        return Classification(Kind.HUMAN_REPLY, 0.7, runner_up, (why,))
    applied = _answers_applicant(message, text) or quotes_hiring(message, text)
    agreed = applied if applied and fixes_time(message, text) else agrees_on_time(message, text)
    if agreed and not is_elsewhere(text):
        why = Evidence("text", f"names a time in answer to {agreed!r}"[:200])
        return Classification(Kind.INTERVIEW_CONFIRMATION, 0.6, Kind.HUMAN_REPLY, (why,))
    if applied:
        why = Evidence("text", f"answers {applied!r}"[:200])
        return Classification(Kind.HUMAN_REPLY, 0.7, runner_up or Kind.NOISE, (why,))
    if message.envelope.in_reply_to and _concerns(text) and not is_elsewhere(text):
        why = Evidence("header", "In-Reply-To, and it speaks of an application")
        return Classification(Kind.HUMAN_REPLY, 0.6, Kind.NOISE, (why,))
    return None


def person_writes(message: Message, *, known: bool) -> bool:
    """Say whether a person may have written a message that no header calls a machine's.

    A relay carries people's letters too, with the list headers of its own mail: they answer something, or come from an address
    that is not one of its no-reply ones.
    """
    envelope = message.envelope
    sender = envelope.from_address
    if is_relay(sender) or is_booking(sender):
        return known and (bool(envelope.in_reply_to) or not (is_deaf(sender) or envelope.bulk))
    return can_receive(sender) and not envelope.bulk and not is_board(sender)


def _answers_applicant(message: Message, text: Text) -> str:
    """Return the words by which somebody applies in what a person's answer quotes; empty when there are none."""
    if not message.quoted or not is_answer(message, text) or not person_writes(message, known=False):
        return ""
    return next((match[0] for match in text.quoting(message.quoted, "applied")), "")


def _concerns(text: Text) -> bool:
    """Say whether subject and text speak of a hiring process: in a long text two different words must."""
    least = 2 if len(text.folded) > _LONG else 1
    hits: set[str] = set()
    for places in (text.in_subject("context"), text.in_subject("interview"), text.holding("context")):
        for match in places:
            hits.add(match[0])
            if len(hits) >= least:
                return True
    return False
