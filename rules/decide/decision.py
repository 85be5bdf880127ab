"""The decision for one process at one `now`: a pure function; what should stand in Drafts, why, and when to ask again."""

from __future__ import annotations

from datetime import UTC, datetime

from rules.decide.gracious import gracious_notes
from rules.decide.keep_warm import keeping_warm
from rules.decide.linkedin import linkedin_words
from rules.decide.no_show import after_no_shows
from rules.decide.part import Case
from rules.decide.status import status_follow_up
from rules.decide.tasks import tasks
from rules.decide.telling import moments, notices, standing, withdrawal
from rules.decide.thanks import thank_yous
from rules.decide.to_self import forms
from rules.intents import Decision, Place, Reason, Task, Withdraw
from rules.policy import Policy
from rules.process import Process, State
from rules.process.schedule import user_zone
from rules.profile import Profile
from rules.reasons import day_words

__all__ = ["decide"]

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def decide(process: Process, policy: Policy, profile: Profile, now: datetime) -> Decision:
    """Return what should stand in Drafts at `now` (aware), what should go, what comes next, and when this answer changes.

    `process` is the fold of its events at the same `now`. Until `next_check` the same events give the same decision.
    """
    case = Case(process, policy, profile, now)
    begins = process.job_from
    if begins is not None and case.reached(begins):
        return _at_work(case, begins)
    status = status_follow_up(case)
    parts = (
        thank_yous(case),
        status,
        gracious_notes(case),
        forms(case),
        linkedin_words(case),
        keeping_warm(case),
        after_no_shows(case),
        tasks(case, status),
    )
    places = [place for part in parts for place in part.places]
    place = [item for item in places if _due(case, item)]
    upcoming = [item for item in places if item not in place]
    keys = {item.key for item in place}
    gone = [view for view in process.drafts if view.key not in keys and not view.edited]
    told = [notice for part in parts for notice in part.notices] + notices(case)
    do = [task for part in parts for task in part.tasks]
    times = [
        *(item.appears_at for item in upcoming),
        *(task.since for task in do),
        *(notice.at for notice in told),
        *(moment for part in parts for moment in part.moments),
        *moments(case),
    ]
    if begins is not None:  # nothing comes any more then
        upcoming = [item for item in upcoming if item.appears_at.astimezone(UTC) < begins.astimezone(UTC)]
        do = [task for task in do if task.since.astimezone(UTC) < begins.astimezone(UTC)]
        times.append(begins)
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
        tasks=tuple(sorted((task for task in do if case.reached(task.since)), key=_by_due)),
        upcoming_tasks=tuple(
            sorted((task for task in do if not case.reached(task.since)), key=lambda task: (task.since.astimezone(UTC), task.id))
        ),
        reasons=(*standing(case), *(reason for part in parts for reason in part.reasons)),
        next_check=min(ahead, key=lambda when: when.astimezone(UTC), default=None),
    )


def _by_due(task: Task) -> tuple[datetime, str]:
    return (task.due if task.due is not None else _NEVER).astimezone(UTC), task.id


def _at_work(case: Case, begins: datetime) -> Decision:
    """Return what holds from the first day in a new job on: the one stop for every process (F21)."""
    day = day_words(begins.astimezone(user_zone(case.profile)).date())
    text = f"On {day} you began the job that you accepted: the search is over."
    reason = Reason(text, ("F21",), ("S1",))
    live = sorted(view.key for view in case.process.drafts if not view.edited)
    return Decision(withdraw=tuple(Withdraw(key, reason) for key in live), reasons=(reason,))


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
