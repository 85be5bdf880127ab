"""What would come after the next step, if the user sends each draft when its slot opens and they stay silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rules.decide import decide
from rules.intents import Decision, Place
from rules.process import DraftChange, DraftEvent, Event, Outgoing, Thread, fold
from watcher.history import Assessment

__all__ = ["look_ahead"]

_MOST = 24
"""More steps than any playbook has within the days of a plan; a bound on the work."""
_MOMENT = timedelta(minutes=1)


def look_ahead(found: Assessment, events: Sequence[Event], now: datetime, until: datetime) -> list[Place]:
    """Return the steps that would follow one after the other up to `until`, those of the decision itself included.

    `events` are those that `found` was folded from. Pure; the real fold and the real decision are asked, with sendings made up.
    """
    process, decision, at = found.process, found.decision, now
    known = list(events)
    places: list[Place] = []
    while len(places) < _MOST:
        place = _soonest(decision, places)
        if place is None or place.slot.opens > until:
            break
        places.append(place)
        at = max(place.slot.opens, at + _MOMENT)
        known += _sent(place, min(max(place.appears_at, now), at), at, len(places))
        process = fold(process.id, known, now=at, policy=found.account.policy, profile=found.account.profile)
        decision = decide(process, found.account.policy, found.account.profile, at)
    return places


def _soonest(decision: Decision, places: Sequence[Place]) -> Place | None:
    done = {place.key for place in places}
    ahead = [place for place in (*decision.place, *decision.upcoming) if place.key not in done]
    return min(ahead, key=lambda place: (place.slot.opens, str(place.key)), default=None)


def _sent(place: Place, placed_at: datetime, at: datetime, number: int) -> list[Event]:
    """Return the events of a draft that appears and is sent."""
    thread = place.thread or Thread(f"ahead-{number}", (), "")
    return [
        DraftEvent(f"ahead-placed-{number}", placed_at, place.key, DraftChange.PLACED, place.slot.opens),
        DraftEvent(f"ahead-sent-{number}", at, place.key, DraftChange.SENT),
        Outgoing(f"ahead-{number}", at, (place.recipient.address,), thread, place.key),
    ]
