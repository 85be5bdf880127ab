"""The fold: events in, a `Process` out.

It does not depend on the order of arrival, nor on duplicates: events are deduplicated by id and taken by time. What time alone
brings about (an interview ends, a snooze is over, the last follow-up stays unanswered) happens between
the events, at its instant.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from rules.policy import Policy
from rules.process.incoming import take_incoming
from rules.process.ledger import Ledger
from rules.process.noted import newest_notes, news_of
from rules.process.outgoing import take_draft, take_mark, take_noted, take_outgoing
from rules.process.table import TABLE, IllegalTransition, Signal
from rules.process.types import DraftChange, DraftEvent, Event, Incoming, Noted, Outgoing, Process, Verb
from rules.profile import Profile

__all__ = ["allowed", "demand_allowed", "fold"]

_CHANGES = tuple(DraftChange)
_FIRST_YEAR, _LAST_YEAR = 1971, 2200


def _rank(event: Event) -> int:
    """Order events of one instant: the user's mail, then theirs (it may answer it, never the other way round), drafts, marks."""
    if isinstance(event, Outgoing):
        return 0
    if isinstance(event, Incoming):
        return 1
    if isinstance(event, DraftEvent):
        return 2 + _CHANGES.index(event.change)
    return 2 + len(_CHANGES)


def _in_order(events: Iterable[Event]) -> list[Event]:
    """Return the events by time, each once; those that a broken clock put outside of our times are left out.

    The user's own mail is never one of theirs, even where a copy of it came back.
    """
    believed = (event for event in events if _FIRST_YEAR <= event.at.year <= _LAST_YEAR)
    ordered = sorted(believed, key=lambda event: (event.at.astimezone(UTC), _rank(event), event.id, repr(event)))
    own = {event.id for event in ordered if isinstance(event, Outgoing)}
    seen: set[tuple[str, str]] = set()
    kept: list[Event] = []
    for event in ordered:
        name = (type(event).__name__, event.id)
        if name in seen or (isinstance(event, Incoming) and event.id in own):
            continue
        seen.add(name)
        kept.append(event)
    return kept


def fold(process_id: str, events: Iterable[Event], *, now: datetime, policy: Policy, profile: Profile) -> Process:
    """Return the process that the events amount to at `now` (aware).

    Never raises on an event: one that cannot happen at its place is told in `Process.notes`. Events later than `now` (a clock
    that was set back) count: the time of the process is never earlier than its last event.
    """
    ordered = _in_order(events)
    ledger = Ledger(process_id, policy, profile, noted=newest_notes(ordered), news=news_of(ordered))
    for event in ordered:
        ledger.advance(event.at)
        if isinstance(event, Incoming):
            take_incoming(ledger, event)
        elif isinstance(event, Outgoing):
            take_outgoing(ledger, event)
        elif isinstance(event, DraftEvent):
            take_draft(ledger, event)
        elif isinstance(event, Noted):
            take_noted(ledger, event)
        else:
            take_mark(ledger, event)
        ledger.settle()
    ledger.advance(now)
    return ledger.process()


_ALWAYS = frozenset({Verb.DONE, Verb.NO_SHOW, Verb.ACCEPTED, Verb.COUNTRY})
"""Words that are heard in every state."""
_SIGNAL_OF = {Verb.PAUSE: Signal.PAUSE, Verb.RESUME: Signal.RESUME, Verb.CLOSE: Signal.CLOSE, Verb.REOPEN: Signal.REOPEN}
_WHY_NOT = {
    Verb.PAUSE: "it is closed; `reopen` it first",
    Verb.RESUME: "it is neither paused nor waiting for your answer",
    Verb.CLOSE: "it is closed already",
    Verb.REOPEN: "it is not closed",
}


def allowed(process: Process, verb: Verb) -> bool:
    """Return True if the user can say this to the process now."""
    return verb in _ALWAYS or (process.state, _SIGNAL_OF[verb]) in TABLE


def demand_allowed(process: Process, verb: Verb) -> None:
    """Raise IllegalTransition, with a sentence for the user, if the process cannot take this word now."""
    if not allowed(process, verb):
        error = IllegalTransition(process.state, _SIGNAL_OF[verb])
        error.args = (f"`{verb}` does nothing here: {_WHY_NOT[verb]} (state {process.state}).",)
        raise error
