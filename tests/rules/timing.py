"""Builders for the tests of fold and decide, and how Hypothesis runs here."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings

from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.types import DraftKey
from rules.extract.types import Away, Facts, Interview, Person, Promise, PromiseClass
from rules.intents import Decision
from rules.mail import Address
from rules.notes.types import Answers, Notes
from rules.policy import Policy, load_playbook, parse_policy
from rules.process import DraftChange, DraftEvent, Event, Incoming, Mark, Noted, Outgoing, Process, Thread, Verb, fold
from rules.profile import Profile

NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
PLAYBOOKS = {
    name: parse_policy(
        "prep.enabled = false\nnotes.enabled = false\ntasks.linkedin = false\nkeep_warm.enabled = false\n", load_playbook(name)
    )
    for name in ("default", "recruiters", "ama", "mastering", "epc", "king", "brisk", "restrained")
}
"""The playbooks without drafts to oneself or to keep warm: what tests of timing count are notes and follow-ups to them."""
POLICY = PLAYBOOKS["default"]
PROFILE = Profile(
    "Robin Ferrer",
    "robin@home.example",
    addresses=frozenset({"robin@home.example"}),
    zone="America/New_York",
    country="US",
)
ANN = Address("Ann Weber", "ann@corp.example")
BOB = Person("Bob Osei", "bob@corp.example")
NO_REPLY = Address("Corp", "no-reply@corp.example")

_EXPLORE = os.environ.get("HEARBACK_EXAMPLES")
FAST = settings(
    max_examples=int(_EXPLORE or 25),
    derandomize=_EXPLORE is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""The same few examples every time; HEARBACK_EXAMPLES=2000 looks for new ones."""


def ny(month: int, day: int, hour: int = 12, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK)


def meeting(
    start: datetime,
    uid: str = "cal-1",
    *,
    hours: float = 1,
    people: tuple[Person, ...] = (Person("Ann Weber", "ann@corp.example"),),
    **more: object,
) -> Interview:
    values: dict[str, object] = {"zone": getattr(start.tzinfo, "key", ""), "interviewers": people, **more}
    return Interview(uid, start, start + timedelta(hours=hours), **values)  # type: ignore[arg-type] # keywords of the type


def thread(name: str, *participants: str, references: tuple[str, ...] = ()) -> Thread:
    return Thread(name, references, "Interview", participants=participants)


def theirs(
    name: str,
    at: datetime,
    kind: Kind = Kind.HUMAN_REPLY,
    facts: Facts | None = None,
    *,
    sender: Address = ANN,
    references: tuple[str, ...] = (),
    can_receive: bool = True,
) -> Incoming:
    return Incoming(name, at, kind, sender, thread(name, sender.address, references=references), facts or Facts(), can_receive)


def confirmed(name: str, at: datetime, *interviews: Interview, promise: Promise | None = None) -> Incoming:
    facts = Facts(company="Corp", role="Analyst", interviews=interviews, promise=promise)
    return theirs(name, at, Kind.INTERVIEW_CONFIRMATION, facts)


def promised(kind: PromiseClass, made_on: date, day: date | None = None) -> Promise:
    return Promise(kind, made_on, day, "We will let you know.")


def out_of_office(name: str, at: datetime, back_on: date | None = None, *, sender: Address = ANN) -> Incoming:
    return theirs(name, at, Kind.AUTO_REPLY, Facts(away=Away(back_on)), sender=sender)


def mine(name: str, at: datetime, to: str = "ann@corp.example", step: DraftKey | None = None) -> Outgoing:
    return Outgoing(name, at, (to,), thread(name, to), step)


def mark(verb: Verb, at: datetime, until: datetime | None = None, item: str = "") -> Mark:
    return Mark(f"{verb}-{at:%m%d%H%M}{item}", at, verb, until, item)


def noted(name: str, at: datetime, number: int = 1, **answers: object) -> Noted:
    return Noted(name, at, Notes(number, at, answers=Answers(**answers)))  # type: ignore[arg-type] # keywords of the type


def drafted(key: DraftKey, at: datetime, change: DraftChange = DraftChange.PLACED, slot: datetime | None = None) -> DraftEvent:
    return DraftEvent(f"{key}-{change}-{at.astimezone(UTC):%m%d%H%M}", at, key, change, slot)


def at_now(
    now: datetime, events: list[Event], *, policy: Policy = POLICY, profile: Profile = PROFILE
) -> tuple[Process, Decision]:
    process = fold("p", events, now=now, policy=policy, profile=profile)
    return process, decide(process, policy, profile, now)


def key(step: str, recipient: str = "ann@corp.example") -> DraftKey:
    return DraftKey("p", recipient, step)
