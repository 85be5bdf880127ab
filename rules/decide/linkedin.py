"""Interviewers of whom no address is known that anybody reads: words for LinkedIn, to oneself, and the task to connect (T9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rules.decide.keeping import begins_at, each_once, held_rounds, name_digest
from rules.decide.part import Case, Part
from rules.drafts.types import DraftKey
from rules.extract.types import InterviewStatus, Person
from rules.intents import Place, Reason, Slot, Task
from rules.process import DraftView, Round, State
from rules.process.noted import was_missed
from rules.process.people import reachable
from rules.process.schedule import user_zone
from rules.worktime import plus

__all__ = ["linkedin_withdrawal", "linkedin_words"]


def linkedin_words(case: Case) -> Part:
    """Return a draft to oneself and a task for everybody met whom no mail reaches. No address is ever guessed."""
    part = Part()
    if not case.policy.tasks.linkedin:
        return part
    for round_ in held_rounds(case):
        for person in each_once(round_.interviewers):
            if person.name.strip() and not _can_be_written_to(case, person):
                _connect(case, round_, person, part)
    return part


def _can_be_written_to(case: Case, person: Person) -> bool:
    """Say whether an address is known that they read, also one from which somebody of that name has written since."""
    if person.address and reachable(case.process, person.address):
        return True
    name = " ".join(person.name.casefold().split())
    return any(
        " ".join(address.name.casefold().split()) == name and reachable(case.process, address.address)
        for address, _ in case.process.correspondents
    )


def _connect(case: Case, round_: Round, person: Person, part: Part) -> None:
    rules, end = case.policy.thank_you, round_.interview.end
    begins = begins_at(case, end)
    gives_up = plus(end, timedelta(days=rules.place_days))
    item = f"linkedin-{round_.number}.{name_digest(person.name)}"
    if begins is None or item in case.process.done or case.reached(gives_up) or _utc(begins) >= _utc(gives_up):
        return
    part.moments.append(gives_up)
    reason = Reason(
        f"No address of {person.name} is known that anybody reads, and none is guessed: thank them on LinkedIn, and connect.",
        ("T9",),
        ("S1",),
        round_.evidence,
    )
    zone = user_zone(case.profile)
    opens = begins.astimezone(zone)
    due = max(plus(end, timedelta(hours=rules.soft_hours)), begins, key=_utc).astimezone(zone)
    text = f"Connect with {person.name} on LinkedIn and thank them there for interview {round_.number}."
    part.tasks.append(Task(item, "linkedin", text, opens, due, person, round_.number, (reason,)))
    key = DraftKey(case.process.id, case.profile.email.lower(), item)
    if key not in case.process.spent:
        part.places.append(Place(key, person, Slot(opens, due), opens, attempt=round_.number, reasons=(reason,)))


def _utc(when: datetime) -> datetime:
    return when.astimezone(UTC)


def linkedin_withdrawal(case: Case, view: DraftView) -> Reason:  # noqa: PLR0911 - one return a reason
    """Say why words for LinkedIn go that nobody touched."""
    process = case.process
    if view.key.step in process.done:
        return Reason("You have connected.", ("T9",), ("S1",))
    if process.state is State.CLOSED:
        return Reason("The process is closed.")
    if process.state is State.PAUSED:
        return Reason("You paused the process.")
    held = [
        round_
        for round_ in process.rounds
        if view.key.step.startswith(f"linkedin-{round_.number}.")
        and round_.interview.status is not InterviewStatus.CANCELLED
        and not was_missed(process, round_.interview)
    ]
    if not held:
        return Reason("The interview was called off or did not take place.", ("B8",), ("S1",))
    if not case.reached(held[0].interview.end):
        return Reason(f"The interview was moved: it ends on {case.words(held[0].interview.end)}.", ("B8",), ("S1",))
    met = [one for one in held[0].interviewers if view.key.step.endswith(f".{name_digest(one.name)}")]
    if any(reachable(process, one.address) for one in met):
        return Reason("An address is known by now: there is a note to it instead.", ("T9",), ("S1",))
    if not met:
        return Reason("They were not in that interview, as is known by now.", ("T9", "B8"), ("S1",))
    return Reason("Too much time has passed since the interview.", ("T9",), ("S1",))
