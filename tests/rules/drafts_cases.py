"""Processes, people and mails for the tests of the drafts; all of them made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.drafts.compose import compose
from rules.drafts.types import Draft, DraftKey
from rules.extract.types import Interview, InterviewStatus, Person, Promise, PromiseClass, RoleClass
from rules.intents import Place, Slot
from rules.mail import Address, Envelope, Message, Role
from rules.process import Process, Round, State, Thread, Wait
from rules.profile import Profile

ZONE = ZoneInfo("Europe/Madrid")
HELD = datetime(2026, 5, 5, 10, tzinfo=ZONE)
NOW = datetime(2026, 5, 5, 11, 2, 3, 456, tzinfo=ZONE)
SAM = Profile("Sam Doe", "sam@example.com", "+1 555 0100", zone="Europe/Madrid")
RITA = Person("Rita Almeida", "rita@acme.example", "Head of Data", RoleClass.HIRING_MANAGER)
PANEL = (
    RITA,
    Person("Dr. Bo Li", "bo@acme.example", "VP", RoleClass.BOSS),
    Person("Ann Kay", "ann@acme.example", "Talent Partner", RoleClass.RECRUITER),
    Person("Zed", "zed@acme.example", "Analyst", RoleClass.PEER),
    Person("Novak, Max", "max@acme.example", "Head of Sales", RoleClass.OTHER),
    Person("", "ivy@acme.example"),
)
THREAD = Thread(
    "root.2@acme.example",
    ("root.1@acme.example",),
    "Interview: Data Analyst",
    "t-1",
    participants=tuple(person.address for person in PANEL),
)


def interview(start: datetime = HELD, status: InterviewStatus = InterviewStatus.CONFIRMED) -> Interview:
    return Interview("uid-1", start, start + timedelta(hours=1), status)


def process(
    people: Sequence[Person] = PANEL,
    *,
    company: str = "Acme Inc.",
    role: str = "Data Analyst",
    promise: Promise | None = None,
    rounds: Sequence[Round] | None = None,
) -> Process:
    found = (Round(1, interview(), tuple(people)),) if rounds is None else tuple(rounds)
    return Process(
        "p1",
        State.THEIR_TURN,
        company=company,
        role=role,
        rounds=found,
        roster=tuple(people),
        wait=Wait(1, HELD + timedelta(hours=1), promise),
    )


def place(
    recipient: Person = RITA,
    step: str = "thank_you-1",
    *,
    attempt: int = 1,
    final: bool = False,
    late: bool = False,
    asks: bool = False,
    thread: Thread | None = None,
    opens: datetime = HELD + timedelta(hours=1),
) -> Place:
    key = DraftKey("p1", recipient.address or "nobody@acme.example", step)
    slot = Slot(opens, opens + timedelta(hours=3))
    return Place(key, recipient, slot, opens, attempt, final, asks, late, thread)


def status_place(attempt: int, *, wait: int = 1, final: bool = False, thread: Thread | None = None) -> Place:
    opens = datetime(2026, 5, 5, 8, 30, tzinfo=ZONE) + timedelta(days=14 * attempt)
    return place(RITA, f"status-{wait}.{attempt}", attempt=attempt, final=final, asks=attempt >= 3, thread=thread, opens=opens)


def draft(where: Place | None = None, of: Process | None = None, profile: Profile = SAM) -> Draft:
    return compose(where or place(), of or process(), profile, now=NOW, message_id="00112233445566778899aabbccddeeff@example.com")


def panel_drafts(people: Sequence[Person], profile: Profile = SAM, *, late: bool = False) -> list[Draft]:
    there = process(people)
    return [draft(place(person, late=late), there, profile) for person in people]


def promised(kind: PromiseClass, day: date | None) -> Promise:
    return Promise(kind, HELD.date(), day)


def outgoing(
    text: str,
    *,
    to: str = RITA.address,
    subject: str = "",
    message_id: str = "other@example.com",
    in_reply_to: str = "",
    references: str = "",
) -> Message:
    """Return a mail in Sent, from the user."""
    envelope = Envelope(
        "identity", "ref", Role.SENT, message_id, in_reply_to, references, SAM.email, SAM.name, to, subject,
        datetime(2026, 5, 6, 9, tzinfo=UTC), 1000, False, False,
    )  # fmt: skip
    return Message(envelope, Address(SAM.name, SAM.email), to=(Address("", to),), text=text)
