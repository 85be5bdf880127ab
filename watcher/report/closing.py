"""The card of a process that is quiet, or over: what is usual, what it says about the user (little), and what comes now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from rules.drafts.types import DraftKind
from rules.extract.types import InterviewStatus
from rules.process import State
from rules.process.noted import was_missed
from rules.reasons import Reason
from watcher.history import Assessment

__all__ = ["USUAL_DAYS", "USUAL_INTERVIEWS", "WEIGH_THANKS", "closing_card"]

USUAL_INTERVIEWS = 3
"""With one company, says S1 (B9)."""
USUAL_DAYS = 55
"""To fill a post in marketing, says S1 (B9)."""
WEIGH_THANKS = 80
"""Per cent of HR managers, says S1 (B9)."""
_QUIET = frozenset({State.THEIR_TURN, State.DRAFTED, State.DORMANT, State.CLOSED})
_LONG = 7
"""Days of silence after which it may be asked whether that is usual."""


def closing_card(found: Assessment, now: datetime) -> tuple[Reason, ...]:
    """Return what may be said to a user who waits, or has been declined; empty where there is nothing to wait for.

    Figures of an article are named as the article's, and never stand in a mail (B9).
    """
    process, zone = found.process, ZoneInfo(found.account.profile.zone)
    if any(place.kind is DraftKind.THANK_YOU for place in found.decision.place):
        text = f"Roughly {WEIGH_THANKS} % of HR managers weigh a note of thanks, says S1: it is worth sending."
        return (Reason(text, ("B9", "T8"), ("S1",)),)
    if process.state not in _QUIET:
        return ()
    if process.state is State.CLOSED and process.closed_by in {"offer", "accepted"}:
        return (_go_on(),) if process.closed_by == "offer" else ()
    if process.state is not State.CLOSED:
        waited = (now.astimezone(zone).date() - process.wait.since.astimezone(zone).date()).days if process.wait else 0
        if waited < _LONG and process.state is not State.DORMANT:
            return ()
    told = [_comfort(process.closed_by == "rejection")]
    usual = _usual(found, now, zone)
    if usual is not None:
        told.append(usual)
    told.append(_go_on())
    if process.closed_by == "rejection":
        text = (
            "Recruiters keep a file of candidates they liked, and call those first: `hearback note` what is new with you, and a "
            "word to them is drafted now and then."
        )
        told.append(Reason(text, ("O6", "O4", "O2"), ("S0",)))
    if process.state in {State.CLOSED, State.DORMANT}:
        told.append(Reason("A recruiter who knows your field can be a partner for the next step.", (), ("S3",)))
    return tuple(told)


def _comfort(declined: bool) -> Reason:
    if declined:
        text = "It is no verdict on you: several good people apply for most posts, and much of what decides happens out of sight."
        return Reason(text, ("O3",), ("S0", "S1", "S4"))
    text = (
        "Silence is rarely about you: people are busy, an offer to somebody else is pending, the post is being changed, a "
        "manager leaves, or money is not there yet."
    )
    return Reason(text, ("F24",), ("S1",))


def _usual(found: Assessment, now: datetime, zone: ZoneInfo) -> Reason | None:
    """Compare with the figures of S1 (B9)."""
    process = found.process
    held = [
        item
        for item in process.rounds
        if item.interview.status is not InterviewStatus.CANCELLED
        and item.interview.end <= now
        and not was_missed(process, item.interview)
    ]
    if not held:
        return None
    end = process.closed_at if process.state is State.CLOSED and process.closed_at is not None else now
    days = max((end.astimezone(zone).date() - held[0].interview.start.astimezone(zone).date()).days, 0)
    text = (
        f"Is this usual? S1 counts about {USUAL_INTERVIEWS} interviews with one company, and about {USUAL_DAYS} days until a "
        f"post in marketing is filled; here it was {_count(len(held), 'interview')} in {_count(days, 'day')} since the first."
    )
    return Reason(text, ("B9",), ("S1",))


def _go_on() -> Reason:
    text = "Go on applying until your first day in a new job; the other processes go on as they are."
    return Reason(text, ("F21",), ("S1",))


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
