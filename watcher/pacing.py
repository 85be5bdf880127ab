"""When to look again at a mailbox that cannot notify. Pure: what time it is, and chance, are arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import chain

__all__ = ["AFTER", "BEFORE", "LIVELY", "Pace", "moments_of", "next_look"]

LIVELY = timedelta(minutes=15)
"""After something has happened, more may: an answer to an answer, a draft that is sent."""
BEFORE, AFTER = timedelta(minutes=15), timedelta(hours=1)
"""Around a slot's opening and an interview's end: then mail is sent, and then it comes."""
_NIGHT_BEGINS, _NIGHT_ENDS = time(22, 30), time(6, 30)
_SPREAD = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two looks; `shortest` <= `usual` <= `longest`."""

    usual: float
    """By day, when nothing happens."""
    shortest: float = 0.0
    """While something goes on; 0: a quarter of the usual."""
    longest: float = 0.0
    """By night; 0: five times the usual."""

    def __post_init__(self) -> None:
        """Fill in what was left to us."""
        object.__setattr__(self, "shortest", self.shortest or self.usual / 4)
        object.__setattr__(self, "longest", self.longest or self.usual * 5)

    def slowed(self, least: float) -> Pace:
        """Return this pace for a provider that does not want to be asked more often than every `least` seconds."""
        return Pace(max(self.usual, least), max(self.shortest, least), max(self.longest, least))


def moments_of(moments: Iterable[Iterable[datetime]], now: datetime) -> tuple[datetime, ...]:
    """Return those that still count at `now`, soonest first, each once."""
    return tuple(sorted({moment for moment in chain.from_iterable(moments) if moment + AFTER > now}))


def next_look(
    now: datetime, pace: Pace, zone: tzinfo, *, active: datetime | None, moments: Iterable[datetime], chance: float
) -> float:
    """Return the seconds until the next look, never fewer than `pace.shortest` and never more than `pace.longest`.

    `zone` is the user's; `active` when something last happened in a process; `moments` are slots that open and interviews that
    end. `chance` is a random number from 0 to 1, which keeps accounts from asking in step. Aware datetimes.
    """
    moments = list(moments)
    wait = _interval(now, pace, zone, active, moments)
    ahead = [moment - BEFORE for moment in moments]
    if wait > pace.usual:
        ahead.append(_morning(now, zone))
    # A long wait ends where a livelier time begins.
    wait = min([wait, *((at - now).total_seconds() for at in ahead if at > now)])
    return min(max(wait * (1 + _SPREAD * (2 * chance - 1)), pace.shortest), pace.longest)


def _interval(now: datetime, pace: Pace, zone: tzinfo, active: datetime | None, moments: Iterable[datetime]) -> float:
    lively = active is not None and active <= now < active + LIVELY
    if lively or any(moment - BEFORE <= now < moment + AFTER for moment in moments):
        return pace.shortest
    at = now.astimezone(zone).time()
    return pace.longest if at >= _NIGHT_BEGINS or at < _NIGHT_ENDS else pace.usual


def _morning(now: datetime, zone: tzinfo) -> datetime:
    """Return when the night that `now` lies in is over."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= _NIGHT_ENDS)
    return datetime.combine(day, _NIGHT_ENDS, zone)
