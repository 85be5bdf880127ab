"""How long it takes to decide what is due in many processes and to word it, and whether that grows with their number.

The floor is what nobody can do without: Jinja2 rendering one template for each text, and the standard library making
messages of them. No mailbox and no store take part.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from statistics import median

from jinja2.sandbox import SandboxedEnvironment

from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.compose import compose
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft
from rules.extract.types import Facts, Interview, Person, Promise, PromiseClass, RoleClass
from rules.mail import Address
from rules.notes.types import Heading, Notes, Point
from rules.policy import Policy
from rules.process import Event, Incoming, Noted, Process, Thread, fold
from rules.profile import Profile
from tests.bench.report import Figure

__all__ = ["histories", "measure"]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday morning, when most is due."""
PROFILE = Profile(
    "Robin Ferrer",
    "robin@home.example",
    "+49 30 5550 0100",
    frozenset({"robin@home.example"}),
    "Europe/Berlin",
    "DE",
    ("six years of building sales reports",),
)
GROWTH, RATIO = 1.25, 8.0
_CLASSES = (PromiseClass.HARD_DATE, PromiseClass.FEW_DAYS, PromiseClass.VAGUE, PromiseClass.CONTACT_DATE)
_ROLES = (RoleClass.HIRING_MANAGER, RoleClass.RECRUITER, RoleClass.PEER, RoleClass.UNKNOWN)
_NAMES = ("Ada Lund", "Ben Okoro", "Carla Nowak", "Dov Stern", "Eda Yilmaz", "Finn Moor")


def histories(count: int, first: int = 0) -> list[tuple[str, list[Event]]]:
    """Return so many processes as they are in the middle of a search: interviews over and ahead, promises, notes, refusals."""
    chance = random.Random(first)
    return [(f"p{number}", _history(number, chance)) for number in range(first, first + count)]


def _history(number: int, chance: random.Random) -> list[Event]:
    domain = f"firm{number}.example"
    people = tuple(
        Person(name, f"{name.split()[0].lower()}@{domain}", "", role)
        for name, role in zip(_NAMES, (*_ROLES, *_ROLES), strict=False)
    )[: chance.randint(1, 6)]
    start = NOW - timedelta(days=chance.randint(-3, 40), hours=chance.randint(1, 6))
    told = start - timedelta(days=4)
    thread = Thread(f"m{number}@{domain}", (), "Interview", participants=tuple(person.address for person in people))
    sender = Address(people[0].name, people[0].address)
    interview = Interview(f"u{number}", start, start + timedelta(hours=1), zone="Europe/Berlin", interviewers=people)
    facts = Facts(company=f"Firm {number}", role="Data Analyst", interviews=(interview,), people=people)
    events: list[Event] = [Incoming(f"i{number}", told, Kind.INTERVIEW_CONFIRMATION, sender, thread, facts)]
    if start < NOW and chance.random() < 0.5:
        points = tuple(Point(f"1.well.{n}", Heading.WELL, f"their plan number {n} for the new desk") for n in range(1, 4))
        events.append(Noted(f"n{number}", start + timedelta(hours=3), Notes(1, start + timedelta(hours=3), points)))
    if start < NOW and chance.random() < 0.5:
        kind = chance.choice(_CLASSES)
        named = kind in {PromiseClass.HARD_DATE, PromiseClass.CONTACT_DATE}
        made = start.date()
        day: date | None = made + timedelta(days=chance.randint(2, 15)) if named else None
        promise = Promise(kind, made, day, "We will let you know.")
        at = start + timedelta(hours=5)
        events.append(Incoming(f"r{number}", at, Kind.HUMAN_REPLY, sender, thread, Facts(promise=promise)))
    if start < NOW - timedelta(days=6) and chance.random() < 0.1:
        events.append(Incoming(f"x{number}", NOW - timedelta(days=1), Kind.REJECTION, sender, thread, Facts()))
    return events


def _due(cases: Sequence[tuple[str, list[Event]]], policy: Policy) -> list[tuple[Draft, bytes]]:
    """Fold, decide and word everything that is due."""
    drafts = []
    for name, events in cases:
        process: Process = fold(name, events, now=NOW, policy=policy, profile=PROFILE)
        for number, place in enumerate(decide(process, policy, PROFILE, NOW).place):
            draft = compose(place, process, PROFILE, now=NOW, message_id=f"{name}.{number}@home.example")
            drafts.append((draft, draft_bytes(draft)))
    return drafts


def _all_due(batches: Sequence[Sequence[tuple[str, list[Event]]]], policy: Policy) -> None:
    for batch in batches:
        _due(batch, policy)


def _floor(drafts: Sequence[tuple[Draft, bytes]]) -> int:
    """Render and make messages of the same texts; return their octets."""
    letter = SandboxedEnvironment().from_string("{{ greeting }}\n\n{{ body }}\n")
    octets = 0
    for draft, _ in drafts:
        text = letter.render(greeting="Dear you,", body=draft.text)
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = draft.sender.address, draft.to.address, "Thank you"
        message.set_content(text)
        octets += len(message.as_bytes())
    return octets


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def measure(policy: Policy, *, few: int = 100, many: int = 10_000, rounds: int = 5) -> list[Figure]:
    """Time both sizes, interleaved with the floor; processor time."""
    batches = max(1, many // few // 10)
    # Each batch is of processes that were never seen before, or the few would live on what is remembered of them.
    large = histories(many)
    drafts = _due(large, policy)
    least: list[float] = []
    most: list[float] = []
    floors: list[float] = []
    for number in range(rounds):
        first = many * (number + 1)
        small = [histories(few, first + few * batch) for batch in range(batches)]
        least.append(_seconds(partial(_all_due, small, policy)) / (few * batches))
        most.append(_seconds(partial(_all_due, [histories(many, first * 100)], policy)) / many)
        floors.append(_seconds(lambda: _floor(drafts)) / many)
    each, before, floor = median(most), median(least), median(floors)
    return [
        Figure(
            f"deciding and wording, {many:,} processes, {len(drafts):,} drafts due",
            f"{each * many:.1f} s ({each * 1e6:,.0f} \u00b5s a process)",
            f"{floor * many:.1f} s",
            f"{each / floor:.1f}",
            f"<= {RATIO:.0f} x",
            kept=each / floor <= RATIO,
        ),
        Figure(
            f"growth of a process' share from {few:,} to {many:,} processes",
            f"{each / before:.2f}-fold",
            f"{before * 1e6:,.0f} \u00b5s",
            budget=f"<= {GROWTH:.2f}-fold",
            kept=each / before <= GROWTH,
        ),
    ]
