"""Weighs what the words say by who sends them, whether a time is fixed, and what else is in the mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from itertools import pairwise

from rules.classify.score import ENOUGH, PROCESS_KINDS, STRONG, Scores, is_answer
from rules.classify.senders import is_board, is_freemail, is_inmail, is_mass
from rules.classify.text import Text
from rules.classify.types import Evidence, Kind
from rules.dates import Moment, ambiguous_days, ambiguous_moments, days, moments, times
from rules.extract.booking import booking_link_of
from rules.mail.types import Message

__all__ = ["is_elsewhere", "weigh"]

_DOUBT = 1.0
_CONFIRMED_TWICE = 2
_MANY = 3
_OR = {"en": "or", "de": "oder", "fr": "ou", "es": "o|u", "nl": "of|ofwel", "pt": "ou", "it": "o|oppure"}
"""What stands between times of which one is to be chosen."""
_NEAR = 80
_QUESTION = re.compile(r"\?[\"')\]]*\s*$")
_ARRANGED = frozenset({Kind.INTERVIEW_CONFIRMATION, Kind.INTERVIEW_INVITE})
# A refusal thanks, confirms receipt and speaks of the interview that was; a new time speaks of the old one.
_OUTWEIGHS = {
    Kind.REJECTION: (
        Kind.APPLICATION_ACK,
        Kind.INTERVIEW_INVITE,
        Kind.INTERVIEW_CONFIRMATION,
        Kind.RECRUITER_OUTREACH,
        Kind.JOB_ALERT,
        Kind.HUMAN_REPLY,
    ),
    Kind.OFFER: (Kind.HUMAN_REPLY,),
    Kind.CANCELLATION: (Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION, Kind.HUMAN_REPLY),
    Kind.RESCHEDULE: (Kind.INTERVIEW_INVITE, Kind.INTERVIEW_CONFIRMATION, Kind.HUMAN_REPLY),
}


def weigh(message: Message, text: Text, scores: Scores, *, known: bool, service: bool) -> dict[Kind, float]:
    """Return the weights of the kinds, adjusted; `scores.evidence` gains what was found on the way.

    `service`: sent by a relay or a booking page.
    """
    found = dict(scores.weight)
    _weigh_sender(message, text, scores, found, trusted=known or service)
    if not (known or service):
        _weigh_doubts(message, text, scores, found)
    _weigh_time(message, text, scores, found)
    for kind, lesser in _OUTWEIGHS.items():
        if found[kind] >= ENOUGH:
            found.update({other: min(found[other], found[kind] - 1) for other in lesser})
    return found


def _weigh_sender(message: Message, text: Text, scores: Scores, found: dict[Kind, float], *, trusted: bool) -> None:
    """Weigh by who sends: to many or to one, a stranger's letter through a network, an answer."""
    sender = message.envelope.from_address
    to_many = message.envelope.bulk or is_board(sender) or is_mass(sender)
    if to_many and not trusted:
        # Newsletters speak of interviews and offers all day long; what is sent in bulk to one candidate names the application.
        personal = text.has("personal", firm=True) or next(text.in_subject("personal"), None) is not None
        found.update({kind: found[kind] - _DOUBT if personal else 0.0 for kind in (*PROCESS_KINDS, Kind.APPLICATION_ACK)})
    if sender and not to_many:
        found[Kind.JOB_ALERT] -= STRONG
        if is_answer(message, text):  # who approaches somebody new answers nothing
            found[Kind.RECRUITER_OUTREACH] -= STRONG
    if is_inmail(sender):
        why = Evidence("sender", f"{sender}: carries letters of strangers"[:200], STRONG)
        scores.evidence[Kind.RECRUITER_OUTREACH] = (why, *scores.evidence[Kind.RECRUITER_OUTREACH])
        found[Kind.RECRUITER_OUTREACH] += STRONG


def is_elsewhere(text: Text) -> bool:
    """Say whether a mail is about something else that one applies for: a flat, a loan, a visa."""
    return text.has("elsewhere") or next(text.in_subject("elsewhere"), None) is not None


def _weigh_doubts(message: Message, text: Text, scores: Scores, found: dict[Kind, float]) -> None:
    """Doubt the mail of strangers that is about something else, or that only its headline speaks for."""
    if is_elsewhere(text):
        found.update(dict.fromkeys((*PROCESS_KINDS, Kind.APPLICATION_ACK), 0.0))
    if is_freemail(message.envelope.from_address) and text.has("private"):
        # A friend who tells of interviews asks for dinner.
        found.update({kind: found[kind] - STRONG for kind in PROCESS_KINDS})
    if next(text.in_subject("private"), None) is not None:
        # A webinar is confirmed, too, and a course on interviews invites.
        found.update({kind: found[kind] - STRONG for kind in _ARRANGED})
    today = message.envelope.received_at.date()
    borne_out = text.has("context") or any(day.day >= today for day in days(text.folded, today, text.languages))
    for kind in _ARRANGED & scores.titled:
        # `Confirmed: ` alone may confirm anything.
        if not scores.strong[kind] and next(text.in_subject("interview"), None) is None and not text.has("interview"):
            found[kind] = min(found[kind], ENOUGH - 1)
    for kind in scores.titled:
        # A headline with no word below that bears it out is that of a newspaper.
        if not borne_out and not any(item.source != "subject" for item in scores.evidence[kind]):
            found[kind] = min(found[kind], ENOUGH - 1)


def _weigh_time(message: Message, text: Text, scores: Scores, found: dict[Kind, float]) -> None:
    """Tell an interview whose time is fixed from one whose time is still asked for."""
    invite, fixed = found[Kind.INTERVIEW_INVITE], found[Kind.INTERVIEW_CONFIRMATION]
    page = booking_link_of(message) if invite + fixed >= 1 else ""
    if page:
        scores.evidence[Kind.INTERVIEW_INVITE] = (Evidence("link", page[:200], STRONG), *scores.evidence[Kind.INTERVIEW_INVITE])
        invite += STRONG
    titled = Kind.INTERVIEW_CONFIRMATION in scores.titled
    asked = page or "?" in text.folded
    told = Kind.INTERVIEW_INVITE in scores.titled and not scores.strong[Kind.INTERVIEW_INVITE]
    if fixed >= ENOUGH or invite >= ENOUGH:
        today = message.envelope.received_at.date()
        zone = message.envelope.received_at.tzinfo or UTC
        whole = f"{text.subject}\n{text.folded}"
        stated = _stated(whole, today, zone, text.languages)
        if stated and not _proposed(text, whole, stated):
            if told or (not asked and len({moment.start.date() for moment in stated}) == 1):
                # About an interview, a time is told, nothing is asked: it is fixed, whatever word it is told by.
                scores.evidence[Kind.INTERVIEW_CONFIRMATION] += scores.evidence[Kind.INTERVIEW_INVITE]
                fixed, invite = max(invite, fixed), ENOUGH - 1
            fixed += STRONG if titled else float(fixed >= 2 * STRONG)
        elif fixed >= ENOUGH and (stated or not _confirms(scores, whole, today, text.languages)):
            # A time that is asked about, or none at all: nothing is fixed yet.
            if stated or titled:
                scores.evidence[Kind.INTERVIEW_INVITE] += scores.evidence[Kind.INTERVIEW_CONFIRMATION]
                invite = max(invite + STRONG * titled, fixed if stated else 0.0)
            fixed = min(fixed, ENOUGH - 1)
    found[Kind.INTERVIEW_INVITE], found[Kind.INTERVIEW_CONFIRMATION] = invite, fixed


def _stated(whole: str, today: date, zone: tzinfo, languages: tuple[str, ...]) -> list[Moment]:
    """Return the times that a mail names, also those whose zone may be one of several (`CST`): that a time is fixed is plain."""
    found = moments(whole, today, zone, languages)
    doubtful = ((one, one.readings[0]) for one in ambiguous_moments(whole, today, zone, languages))
    return found + [Moment(start, None, "", one.start, one.end) for one, start in doubtful if isinstance(start, datetime)]


def _confirms(scores: Scores, whole: str, today: date, languages: tuple[str, ...]) -> bool:
    """Say whether a mail in which no time stands by its day confirms all the same: it says so twice, or names both apart."""
    titled = Kind.INTERVIEW_CONFIRMATION in scores.titled
    if scores.strong[Kind.INTERVIEW_CONFIRMATION] + titled >= _CONFIRMED_TWICE:
        return True
    dated = days(whole, today, languages) or ambiguous_days(whole, today, languages)
    return bool(dated) and (titled or bool(times(whole)))


def _proposed(text: Text, whole: str, stated: Sequence[Moment]) -> bool:
    """Say whether times are only proposed: each stands in a question, one or the other is told, or they are on several days."""
    behind = len(whole) - len(text.folded)
    asked = [
        moment.position >= behind and _QUESTION.search(text.sentence(moment.position - behind)) is not None for moment in stated
    ]
    if all(asked) or len({moment.start.date() for moment in stated}) >= _MANY:
        return True
    either = _either(text.languages)
    ordered = sorted(stated, key=lambda moment: moment.position)
    return any(
        first.start != second.start and either.search(whole, first.position, min(second.position, first.position + _NEAR))
        for first, second in pairwise(ordered)
    )


@cache
def _either(languages: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_OR[language] for language in languages)})\b(?!')")
