"""What only the user can do beside the mail: cards, calls, samples of work, names, and what they owe."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from rules.decide.handwritten import handwritten_cards
from rules.decide.keeping import begins_at, each_once, held_rounds
from rules.decide.part import Case, Part
from rules.drafts.types import DraftKind
from rules.extract.types import Person, RoleClass
from rules.intents import Place, Reason, Task
from rules.process import Round, State
from rules.process.schedule import user_zone
from rules.worktime import plus

__all__ = ["tasks"]

_SAMPLE_DAYS = 14
"""A sample of work still makes sense so long after the interview, unless another round follows."""
_TOP = re.compile(r"\bchief\b|\bc[efotimprs]o\b|\bgeneral manager\b|\bmanaging director\b|(?<!vice )\bpresident\b", re.IGNORECASE)
_ROLE_LIMIT = 200


def tasks(case: Case, status: Part) -> Part:
    """Return everything that stands or will stand for the user to do; `status` is the part of the status follow-ups."""
    part = handwritten_cards(case)
    _owed(case, part)
    _names(case, part)
    _samples(case, part)
    _call(case, status.places, part)
    return part


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def _owed(case: Case, part: Part) -> None:
    """Add what they asked for and the user has not handed in (B2): while it is open, nobody asks them for news."""
    process = case.process
    if process.state is State.CLOSED or process.no_contact:
        return
    zone = user_zone(case.profile)
    for owed in process.owed:
        reason = Reason("They asked for it, so it is for you to move first.", ("B2",), ("S1",))
        text = f"You owe them: {owed.text}"
        part.tasks.append(Task(owed.id, "owed", text, owed.since.astimezone(zone), reasons=(reason,)))


def _names(case: Case, part: Part) -> None:
    """Ask, after an interview with people whom nothing names, for their names and titles (B6)."""
    zone = user_zone(case.profile)
    for round_ in held_rounds(case):
        people = each_once(round_.interviewers)
        if people and all(person.name.strip() for person in people):
            continue
        begins = begins_at(case, round_.interview.end)
        gives_up = plus(round_.interview.end, timedelta(days=case.policy.thank_you.place_days))
        item = f"names-{round_.number}"
        if begins is None or item in case.process.done or case.reached(gives_up) or _utc(begins) >= _utc(gives_up):
            continue
        part.moments.append(gives_up)
        unnamed = ", ".join(person.address for person in people if not person.name.strip())
        text = (
            f"Find out the names and titles of those you met in interview {round_.number}"
            f"{f' ({unnamed})' if unnamed else ''} and write them down: `hearback note {case.process.id}`."
        )
        reason = Reason("Without a name nobody can be thanked.", ("B6", "B5", "T10"), ("S3", "S4"), round_.evidence)
        due = max(plus(round_.interview.end, timedelta(hours=case.policy.thank_you.soft_hours)), begins, key=_utc)
        part.tasks.append(
            Task(item, "names", text, begins.astimezone(zone), due.astimezone(zone), None, round_.number, (reason,))
        )


def _manager(case: Case, round_: Round) -> Person | None:
    """Return the hiring manager of a round, else of the process."""
    for people in (round_.interviewers, case.process.roster):
        for person in people:
            if person.role is RoleClass.HIRING_MANAGER:
                return person
    return None


def _samples(case: Case, part: Part) -> None:
    """Add, from the second talk on, a piece of work for the hiring manager, chosen or made, and a plan (L4)."""
    rules = case.policy.draft
    if not case.policy.tasks.work_sample:
        return
    held = list(held_rounds(case))
    for talk, (round_, later) in enumerate(zip_longest(held, held[1:]), 1):
        begins = begins_at(case, round_.interview.end)
        gives_up = plus(round_.interview.end, timedelta(days=_SAMPLE_DAYS))
        if later is not None:
            gives_up = min(gives_up, later.interview.end, key=_utc)
        if begins is None or case.reached(gives_up) or _utc(begins) >= _utc(gives_up):
            continue
        found = _sample(case, round_, begins, talk) if talk >= rules.work_sample_from_round else []
        if talk >= rules.plan_from_round and _TOP.search(case.process.role[:_ROLE_LIMIT]):
            found += _first_months(case, round_, begins, talk)
        if found:
            part.moments.append(gives_up)
            part.tasks += found


def _due(case: Case, round_: Round, begins: datetime) -> datetime:
    due = max(plus(round_.interview.end, timedelta(hours=case.policy.thank_you.hard_hours)), begins, key=_utc)
    return due.astimezone(user_zone(case.profile))


def _sample(case: Case, round_: Round, begins: datetime, talk: int) -> list[Task]:
    """Return the two variants: choose one (L1), or make one (L2). Either of them done settles both."""
    item = f"work_sample-{round_.number}"
    choose, make = f"{item}.choose", f"{item}.make"
    if case.process.done.intersection({item, choose, make}):
        return []
    manager = _manager(case, round_)
    who = manager.name.strip() or manager.address if manager is not None else "the hiring manager"
    since, due = begins.astimezone(user_zone(case.profile)), _due(case, round_, begins)
    care = "Leave out names, figures and whatever is not yours to show."
    return [
        Task(
            choose,
            "work_sample",
            f"Choose a piece of work of yours that is close to this job, for {who}. {care}",
            since,
            due,
            manager,
            round_.number,
            (Reason(f"Round {talk} is over: a sample of work is in place now.", ("L1", "L5", "X12"), ("S4",)),),
        ),
        Task(
            make,
            "work_sample",
            f"Or, if there is none at hand, make one for {who}: a small example, or your thoughts on something new they "
            f"plan, as an offer and not as advice. {care}",
            since,
            due,
            manager,
            round_.number,
            (Reason("Where nothing fits, something made for them does as well.", ("L2", "L3", "L5"), ("S4",)),),
        ),
    ]


def _first_months(case: Case, round_: Round, begins: datetime, talk: int) -> list[Task]:
    item = f"plan-{round_.number}"
    if any(name.startswith("plan-") for name in case.process.done):
        return []
    manager = _manager(case, round_)
    reason = Reason(
        f"For a post at the top a plan for the first months is in place after round {talk}, never before.",
        ("L4", "X12"),
        ("S4",),
    )
    text = "Consider a plan for your first 30, 60 and 90 days in this job; it goes well with what you have heard of them by now."
    since = begins.astimezone(user_zone(case.profile))
    return [Task(item, "plan", text, since, _due(case, round_, begins), manager, round_.number, (reason,))]


def _call(case: Case, places: list[Place], part: Part) -> None:
    """Add a telephone call beside the first status follow-up, once a process and never against their word (H10, H11, X15)."""
    process = case.process
    followed_up = process.status_sent or any(key.kind is DraftKind.STATUS for key in process.spent)
    if not case.policy.tasks.call or process.no_calls or process.instructions or process.no_contact or followed_up:
        return
    first = next((place for place in places if place.kind is DraftKind.STATUS), None)
    if first is None or "call" in process.done:
        return
    zone = user_zone(case.profile)
    who = first.recipient.name.strip() or first.recipient.address
    text = f"If you got on well with {who}, or have a point to clear up, a telephone call may take the place of the follow-up."
    reason = Reason("One call a process at most, and only where it has a purpose.", ("H10", "X15"), ("S2", "S3"))
    since = first.appears_at.astimezone(zone)
    part.tasks.append(Task("call", "call", text, since, first.slot.closes.astimezone(zone), first.recipient, 0, (reason,)))
