"""The transition table: data, one row a state, and `step`, which reads it.

What is not in the table is illegal. The diagram in rules/README.md is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from rules.process.types import State

__all__ = ["TABLE", "UNDER", "IllegalTransition", "Signal", "step"]


class Signal(StrEnum):
    """What can happen to a process. The fold makes these from events and from the time."""

    CONFIRMED = "confirmed"
    """They fixed or moved an interview."""
    AHEAD = "ahead"
    """An interview lies ahead, and nothing is owed before it."""
    ENDED = "ended"
    """An interview is over."""
    CALLED_OFF = "called_off"
    """The interview that lay ahead is cancelled."""
    INVITED = "invited"
    """They ask for the user's time."""
    REPLIED = "replied"
    """A human of theirs wrote."""
    PROMISED = "promised"
    """They said when they will decide or write."""
    ANSWERED = "answered"
    """The user wrote to them, or says that they were answered."""
    PLACED = "placed"
    """A draft of ours stands in Drafts."""
    CLEARED = "cleared"
    """No draft of ours stands in Drafts any more."""
    RAN_OUT = "ran_out"
    """The last follow-up stayed unanswered for a cadence."""
    REJECTED = "rejected"
    OFFERED = "offered"
    REVIVED = "revived"
    """After a rejection they ask for another interview."""
    PAUSE = "pause"
    RESUME = "resume"
    PAUSE_OVER = "pause_over"
    """The time until which the user paused has come."""
    CLOSE = "close"
    REOPEN = "reopen"


class IllegalTransition(ValueError):
    """This cannot happen in this state; nothing was changed."""

    def __init__(self, state: State, signal: Signal) -> None:
        """Say which pair it was."""
        super().__init__(f"{signal} is not possible in {state}")
        self.state = state
        self.signal = signal


UNDER = "under"
"""Target of the rows that end an overlay: the state that went on underneath."""

_S, _T, _O, _D, _P, _Z, _C = (
    State.SCHEDULED,
    State.THEIR_TURN,
    State.OUR_TURN,
    State.DRAFTED,
    State.PAUSED,
    State.DORMANT,
    State.CLOSED,
)

_EVERYWHERE = {Signal.PAUSE: _P, Signal.CLOSE: _C, Signal.REJECTED: _C, Signal.OFFERED: _C}
_OF_THEIRS = {Signal.CONFIRMED: _S, Signal.INVITED: _O, Signal.REPLIED: _O}
_UNDERNEATH = (
    Signal.AHEAD,
    Signal.ENDED,
    Signal.CALLED_OFF,
    Signal.REPLIED,
    Signal.PROMISED,
    Signal.ANSWERED,
    Signal.PLACED,
    Signal.CLEARED,
    Signal.RAN_OUT,
)
"""What goes on underneath an overlay without showing."""

_ROWS: dict[State, dict[Signal, State | str]] = {
    State.SCHEDULED: {
        **_EVERYWHERE,
        **_OF_THEIRS,
        Signal.ENDED: _T,
        Signal.CALLED_OFF: _T,
        Signal.PROMISED: _S,
        Signal.ANSWERED: _S,
    },
    State.THEIR_TURN: {
        **_EVERYWHERE,
        **_OF_THEIRS,
        Signal.AHEAD: _S,
        Signal.ENDED: _T,
        Signal.CALLED_OFF: _T,
        Signal.PROMISED: _T,
        Signal.ANSWERED: _T,
        Signal.PLACED: _D,
        Signal.RAN_OUT: _Z,
    },
    State.DRAFTED: {
        **_EVERYWHERE,
        **_OF_THEIRS,
        Signal.AHEAD: _S,
        Signal.ENDED: _T,
        Signal.CALLED_OFF: _T,
        Signal.PROMISED: _T,
        Signal.ANSWERED: _D,
        Signal.CLEARED: _T,
        Signal.RAN_OUT: _Z,
    },
    State.OUR_TURN: {
        **_EVERYWHERE,
        **_OF_THEIRS,
        Signal.ENDED: _T,
        Signal.CALLED_OFF: _T,
        Signal.PROMISED: _T,
        Signal.ANSWERED: _T,
        Signal.RESUME: _T,
    },
    State.DORMANT: {
        **_EVERYWHERE,
        **_OF_THEIRS,
        Signal.AHEAD: _S,
        Signal.ENDED: _T,
        Signal.CALLED_OFF: _T,
        Signal.PROMISED: _T,
        Signal.ANSWERED: _Z,
    },
    State.PAUSED: {
        **dict.fromkeys((*_UNDERNEATH, Signal.CONFIRMED, Signal.INVITED), _P),
        **_EVERYWHERE,
        Signal.RESUME: UNDER,
        Signal.PAUSE_OVER: UNDER,
    },
    State.CLOSED: {
        **dict.fromkeys(_UNDERNEATH, _C),
        Signal.REJECTED: _C,
        Signal.OFFERED: _C,
        Signal.REVIVED: UNDER,
        Signal.REOPEN: UNDER,
    },
}

TABLE: Mapping[tuple[State, Signal], State | str] = MappingProxyType(
    {(state, signal): target for state, row in _ROWS.items() for signal, target in row.items()},
)
"""(state, signal) to the next state, or to `UNDER`."""


def step(state: State, signal: Signal, under: State = State.THEIR_TURN) -> State:
    """Return the next state. `under` is what an overlay (PAUSED, CLOSED) shows when it ends.

    Raises IllegalTransition for a pair that is not in the table.
    """
    target = TABLE.get((state, signal))
    if target is None:
        raise IllegalTransition(state, signal)
    return under if target == UNDER else State(target)
