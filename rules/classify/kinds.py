"""The order of evidence: the user's own mail, calendar part, headers, sender, words."""

from __future__ import annotations

import re
from datetime import UTC

from rules.classify.invitation import of_calendar
from rules.classify.lists import KindPhrases, kind_phrases
from rules.classify.machine import answers_by_itself, is_bounce, is_generated
from rules.classify.senders import can_receive, is_board, is_booking, is_deaf, is_relay
from rules.classify.text import Text, text_of
from rules.classify.types import Classification, Evidence, Kind
from rules.dates import moments
from rules.mail.types import Message, Role

__all__ = ["classify"]

_ANSWER = re.compile(r"(?:re|aw|antw|sv|vs|tr|odp|ref)\s*:")
_STRONG = 3.0
_PLAIN_CAP = 3.0
_SUBJECT_ONLY = 3.0
_ENOUGH = 3.0
_SURE = 9.0
_LONG = 1500
_DOUBT = 1.0
# At equal score the kind that changes more comes first.
_ORDER = (
    Kind.OFFER,
    Kind.REJECTION,
    Kind.CANCELLATION,
    Kind.RESCHEDULE,
    Kind.INTERVIEW_CONFIRMATION,
    Kind.INTERVIEW_INVITE,
    Kind.APPLICATION_ACK,
    Kind.JOB_ALERT,
    Kind.RECRUITER_OUTREACH,
)
_PROCESS_KINDS = _ORDER[:6]
# A refusal thanks, confirms receipt and speaks of the interview that was; a new time speaks of the old one.
_OUTWEIGHS = {
    Kind.REJECTION: (
        Kind.APPLICATION_ACK,
        Kind.INTERVIEW_INVITE,
        Kind.INTERVIEW_CONFIRMATION,
        Kind.RECRUITER_OUTREACH,
    ),
    Kind.RESCHEDULE: (Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION),
}


def classify(message: Message, *, own: frozenset[str], known: bool) -> Classification:
    """Return the kind of a message, with what says so, strongest first. Pure; never raises on any mail.

    `own` are the user's addresses, lower-case. `known`: the message is in a thread of a tracked process, or comes from an
    address or a domain of one.
    """
    envelope = message.envelope
    if envelope.from_address in own or envelope.role is Role.SENT:
        return Classification(
            Kind.NOISE, 1.0, None, (Evidence("sender", f"the user's own mail ({envelope.from_address})"[:200]),)
        )
    text = text_of(message)
    bounce = is_bounce(message, text)
    if bounce is not None:
        return Classification(Kind.AUTO_REPLY, bounce.weight, None, (bounce,))
    by_calendar = of_calendar(message, text, own=own, known=known)
    if by_calendar is not None:
        return by_calendar
    automatic = answers_by_itself(message, text)
    scores, evidence = _score(message, text)
    if automatic is not None:
        # Applicant-tracking systems mark their receipts as automatic answers: those are receipts, nobody is away.
        if scores[Kind.APPLICATION_ACK] >= _ENOUGH and automatic.source == "header":
            return Classification(Kind.APPLICATION_ACK, 0.8, Kind.AUTO_REPLY, (automatic, *evidence[Kind.APPLICATION_ACK]))
        return Classification(Kind.AUTO_REPLY, automatic.weight, None, (automatic,))
    return _by_words(message, text, scores, evidence, known=known)


def _score(message: Message, text: Text) -> tuple[dict[Kind, float], dict[Kind, tuple[Evidence, ...]]]:
    scores = dict.fromkeys(_ORDER, 0.0)
    evidence: dict[Kind, tuple[Evidence, ...]] = dict.fromkeys(_ORDER, ())
    inherited = bool(message.envelope.in_reply_to) and _ANSWER.match(text.subject) is not None
    for kind in _ORDER:
        lists = [places for language in text.languages if (places := kind_phrases(language).get(kind.value)) is not None]
        found, plain = _found_in_text(text, lists, "strong", _STRONG), _found_in_text(text, lists, "plain", 1.0)
        subject = _found_in_subject(text, lists)
        if subject and inherited:  # an answer carries the subject of what it answers, whatever it says itself
            plain.insert(0, Evidence("subject", subject[:200]))
        elif subject:
            found.insert(0, Evidence("subject", subject[:200], _SUBJECT_ONLY))
        scores[kind] = sum(item.weight for item in found) + min(_PLAIN_CAP, float(len(plain))) * (1.0 if found else 0.3)
        evidence[kind] = tuple(found + plain)[:6]
    refusing = [item for item in evidence[Kind.REJECTION] if item.weight >= _STRONG]
    if scores[Kind.CANCELLATION] >= _ENOUGH and all("cancel" in item.detail for item in refusing):
        scores[Kind.REJECTION] = 0.0  # `your interview for the position has been cancelled`: the interview, not the position
    return scores, evidence


def _found_in_text(text: Text, lists: list[KindPhrases], place: str, weight: float) -> list[Evidence]:
    """Return what the phrases of one kind find in the text; words that two languages have in common count once."""
    found: dict[tuple[int, int], Evidence] = {}
    for places in lists:
        rules = places if place == "strong" else None
        theirs: dict[tuple[int, int], Evidence] = {}
        for phrase in getattr(places, place).among(text.words):
            match = text.find(phrase, rules)
            if match is not None and match.span() not in found:
                theirs[match.span()] = Evidence("text", match[0][:200], weight)
        found.update(theirs)
    return list(found.values())


def _found_in_subject(text: Text, lists: list[KindPhrases]) -> str:
    return next(
        (
            match[0]
            for places in lists
            for phrase in places.subject.among(text.subject_words)
            if (match := phrase.search(text.subject))
        ),
        "",
    )


def _by_words(
    message: Message, text: Text, scores: dict[Kind, float], evidence: dict[Kind, tuple[Evidence, ...]], *, known: bool
) -> Classification:
    sender = message.envelope.from_address
    service = is_relay(sender) or is_booking(sender)
    generated = is_generated(message)
    context = service or known or _concerns(text)
    adjusted = _adjust(message, text, scores, known=known, service=service, context=context)
    ranked = sorted(_ORDER, key=lambda kind: (-adjusted[kind], _ORDER.index(kind)))
    best, second = ranked[0], ranked[1]
    if adjusted[best] >= _ENOUGH:
        margin = adjusted[best] - adjusted[second]
        confidence = min(0.97, 0.5 + 0.3 * min(1.0, adjusted[best] / _SURE) + 0.2 * min(1.0, margin / _STRONG))
        return Classification(best, round(confidence, 3), second if adjusted[second] > 0 else None, evidence[best])
    if generated is None and _person_writes(message, known=known):
        if known:
            return Classification(Kind.HUMAN_REPLY, 0.7, best if adjusted[best] > 0 else None, (_in_process(sender),))
        if message.envelope.in_reply_to and _concerns(text):
            return Classification(
                Kind.HUMAN_REPLY, 0.6, Kind.NOISE, (Evidence("header", "In-Reply-To, and it speaks of an application"),)
            )
    why = generated or Evidence("text", "nothing in it concerns an application")
    return Classification(Kind.NOISE, 0.7 if generated or not context else 0.5, best if adjusted[best] > 0 else None, (why,))


def _in_process(sender: str) -> Evidence:
    return Evidence("sender", f"{sender}: in a tracked process"[:200])


def _person_writes(message: Message, *, known: bool) -> bool:
    """Say whether a person may have written a message that no header calls a machine's.

    A relay carries people's letters too, with the list headers of its own mail: they answer something, or come from an address
    that is not one of its no-reply ones.
    """
    envelope = message.envelope
    sender = envelope.from_address
    if is_relay(sender) or is_booking(sender):
        return known and (bool(envelope.in_reply_to) or not (is_deaf(sender) or envelope.bulk))
    return can_receive(sender) and not envelope.bulk and not is_board(sender)


def _concerns(text: Text) -> bool:
    """Say whether subject and text speak of a hiring process: in a long text two different words must."""
    hits = {match[0] for places in (text.holding("context"), text.in_subject("context")) for match in places}
    return len(hits) > (1 if len(text.folded) > _LONG else 0)


def _adjust(
    message: Message, text: Text, scores: dict[Kind, float], *, known: bool, service: bool, context: bool
) -> dict[Kind, float]:
    """Weigh the scores by who sends and what else is in the mail."""
    found = dict(scores)
    if not context:
        found.update(dict.fromkeys((*_PROCESS_KINDS, Kind.APPLICATION_ACK, Kind.RECRUITER_OUTREACH), 0.0))
    to_many = message.envelope.bulk or is_board(message.envelope.from_address)
    if to_many and not known and not service:
        # Newsletters speak of interviews and offers all day long; what is sent in bulk to one candidate names the application.
        personal = text.has("personal", firm=True) or next(text.in_subject("personal"), None) is not None
        found.update({kind: found[kind] - _DOUBT if personal else 0.0 for kind in _PROCESS_KINDS})
    if not to_many:
        found[Kind.JOB_ALERT] -= _STRONG
    confirmation = found[Kind.INTERVIEW_CONFIRMATION]
    if confirmation >= _ENOUGH:
        # Without a time nothing is fixed yet.
        timed = _times(message, text)
        found[Kind.INTERVIEW_CONFIRMATION] = confirmation + (confirmation >= 2 * _STRONG) if timed else _ENOUGH - 1
    for kind, lesser in _OUTWEIGHS.items():
        if found[kind] >= _ENOUGH:
            found.update({other: min(found[other], found[kind] - 1) for other in lesser})
    return found


def _times(message: Message, text: Text) -> bool:
    zone = message.envelope.received_at.tzinfo or UTC
    return bool(moments(f"{text.subject}\n{text.folded}", message.envelope.received_at.date(), zone))
