"""The decision for one process at one `now`: a pure function; what should stand in Drafts, why, and when to ask again."""

from __future__ import annotations

from datetime import UTC, datetime

from rules.decide.gracious import gracious_notes
from rules.decide.part import Case
from rules.decide.status import status_follow_up
from rules.decide.telling import moments, notices, standing, withdrawal
from rules.decide.thanks import thank_yous
from rules.decide.to_self import forms
from rules.intents import Decision, Place, Withdraw
from rules.policy import Policy
from rules.process import Process, State
from rules.profile import Profile

__all__ = ["decide"]


def decide(process: Process, policy: Policy, profile: Profile, now: datetime) -> Decision:
    """Return what should stand in Drafts at `now` (aware), what should go, what comes next, and when this answer changes.

    `process` is the fold of its events at the same `now`. Until `next_check` the same events give the same decision.
    """
    case = Case(process, policy, profile, now)
    parts = (thank_yous(case), status_follow_up(case), gracious_notes(case), forms(case))
    places = [place for part in parts for place in part.places]
    place = [item for item in places if _due(case, item)]
    upcoming = [item for item in places if item not in place]
    keys = {item.key for item in place}
    gone = [view for view in process.drafts if view.key not in keys and not view.edited]
    told = [notice for part in parts for notice in part.notices] + notices(case)
    times = [
        *(item.appears_at for item in upcoming),
        *(notice.at for notice in told),
        *(moment for part in parts for moment in part.moments),
        *moments(case),
    ]
    ahead = [when for when in times if not case.reached(when)]
    return Decision(
        place=tuple(sorted(place, key=lambda item: item.key)),
        withdraw=tuple(Withdraw(view.key, withdrawal(case, view)) for view in sorted(gone, key=lambda view: view.key)),
        upcoming=tuple(sorted(upcoming, key=lambda item: (item.appears_at.astimezone(UTC), item.key))),
        notices=tuple(
            sorted(
                (notice for notice in told if case.reached(notice.at)),
                key=lambda notice: (notice.at.astimezone(UTC), notice.kind, notice.text),
            ),
        ),
        reasons=standing(case),
        next_check=min(ahead, key=lambda when: when.astimezone(UTC), default=None),
    )


def _due(case: Case, place: Place) -> bool:
    """Return True if the draft should stand now.

    One that stands was due when it was placed: a clock that was set back since does not take it away. One whose time moved into
    the future (an interview moved, they are away) goes, and comes back.
    """
    if case.reached(place.appears_at):
        return True
    live = case.live(place.key)
    clock_went_back = live is not None and live.placed_at.astimezone(UTC) >= place.appears_at.astimezone(UTC)
    resting = {State.PAUSED} if place.kind.to_self else {State.PAUSED, State.OUR_TURN}
    return clock_went_back and case.process.state not in resting
