"""One hiring process: its events, its states and transitions, and the fold of the events into a `Process`."""

from rules.process.fold import allowed, demand_allowed, fold
from rules.process.table import TABLE, UNDER, IllegalTransition, Signal, step
from rules.process.types import (
    Aside,
    DraftChange,
    DraftEvent,
    DraftView,
    Event,
    FollowUp,
    Incoming,
    Mark,
    Noted,
    Outgoing,
    Process,
    Round,
    State,
    Thread,
    Verb,
    Wait,
)

__all__ = [
    "TABLE",
    "UNDER",
    "Aside",
    "DraftChange",
    "DraftEvent",
    "DraftView",
    "Event",
    "FollowUp",
    "IllegalTransition",
    "Incoming",
    "Mark",
    "Noted",
    "Outgoing",
    "Process",
    "Round",
    "Signal",
    "State",
    "Thread",
    "Verb",
    "Wait",
    "allowed",
    "demand_allowed",
    "fold",
    "step",
]
