"""Assessments made by hand, for tests of what is told of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rules.classify import Kind
from rules.classify.types import Evidence
from rules.drafts.types import Draft, DraftKey
from rules.extract.types import Facts, Interview, InterviewStatus, Person, Promise, PromiseClass
from rules.intents import Decision, Notice, Place, Reason, Slot, Task
from rules.mail import Address
from rules.policy import load_playbook
from rules.process import FollowUp, Process, Round, State, Thread, Wait
from rules.profile import Profile
from watcher.account import Account
from watcher.history import Assessment
from watcher.store.drafts import Op, OutboxRow, RowState
from watcher.store.mail import EventRow

__all__ = ["DANA", "NOW", "ZONE", "account", "assessment", "event", "outbox_row", "place", "task", "waiting"]

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
"""A Monday, 10:00 in Berlin."""
DANA = Person("Dana Whitfield", "dana@acme.example", "Head of Platform")
_INTERVIEW = datetime(2026, 3, 4, 14, 0, tzinfo=ZONE)


def account(name: str = "work") -> Account:
    """Return an account in Berlin under the default playbook."""
    profile = Profile("Sam Rivera", "sam@example.com", zone="Europe/Berlin", country="DE")
    return Account(name, "imap", "sam@example.com", profile, load_playbook("default"))


def place(step: str = "status-1.2", opens: datetime = datetime(2026, 3, 24, 8, 30, tzinfo=ZONE), attempt: int = 2) -> Place:
    """Return a draft to come."""
    return Place(
        key=DraftKey("acme-1", DANA.address, step),
        recipient=DANA,
        slot=Slot(opens, opens.replace(hour=11, minute=0)),
        appears_at=opens - timedelta(hours=12),
        attempt=attempt,
        reasons=(Reason("Two weeks after the last one.", ("F2",), ("S1",)),),
    )


_CARD = Reason("You met in person.", ("C2",), ("S1",))


def task(name: str = "handwritten-1.dana@acme.example", **values: Any) -> Task:
    """Return a card to write, to be posted by the second day after `NOW`."""
    given: dict[str, Any] = {
        "text": "Write a card.",
        "since": NOW,
        "due": NOW + timedelta(days=2),
        "recipient": DANA,
        "round": 1,
        "reasons": (_CARD,),
    }
    return Task(name, "handwritten", **{**given, **values})


def outbox_row(state: RowState = RowState.PLACED, op: Op = Op.NONE, step: str = "thank_you-1", **values: Any) -> OutboxRow:
    """Return a draft in the outbox, best sent on the morning after `NOW`."""
    key = DraftKey("acme-1", DANA.address, step)
    draft = Draft(
        key=key,
        message_id="x@example.com",
        sender=Address("Sam Rivera", "sam@example.com"),
        to=Address(DANA.name, DANA.address),
        subject="Thank you",
        text="…",
        date=NOW,
    )
    given: dict[str, Any] = {
        "placed_at": NOW,
        "slot_opens": NOW + timedelta(days=1),
        "slot_closes": NOW + timedelta(days=1, hours=3),
    }
    return OutboxRow(
        account="work",
        key=key,
        process="acme-1",
        opener="m1",
        state=state,
        op=op,
        version=1,
        draft=draft,
        raw=b"",
        content="",
        planned_at=NOW,
        **{**given, **values},
    )


def event(kind: Kind | None = Kind.INTERVIEW_CONFIRMATION, subject: str = "Your interview", **values: Any) -> EventRow:
    """Return one message as it was read; `kind` None: the user's own."""
    given: dict[str, Any] = {
        "evidence": (Evidence("calendar", "METHOD:REQUEST"),),
        "sender": Address("Dana Whitfield", "dana@acme.example"),
    }
    return EventRow(
        account="work",
        identity="m1",
        at=NOW - timedelta(days=14),
        own=kind is None,
        kind=kind,
        confidence=0.98,
        runner_up=None,
        recipients=("sam@example.com",),
        can_receive=True,
        thread=Thread("m1@acme.example", (), subject),
        facts=Facts(),
        **{**given, **values},
    )


def waiting(**values: Any) -> Process:
    """Return a process that has been quiet for twelve days, with one follow-up sent and one vetoed."""
    interview = Interview(
        uid="u1", start=_INTERVIEW, end=_INTERVIEW + timedelta(hours=1), status=InterviewStatus.CONFIRMED, zone="Europe/Berlin"
    )
    follow_ups = (
        FollowUp(DraftKey("acme-1", DANA.address, "status-1.1"), date(2026, 3, 10), NOW - timedelta(days=6)),
        FollowUp(DraftKey("acme-1", DANA.address, "status-1.2"), date(2026, 3, 11), NOW - timedelta(days=5), vetoed=True),
    )
    given: dict[str, Any] = {
        "id": "acme-1",
        "state": State.THEIR_TURN,
        "company": "Acme Robotics",
        "role": "Backend Engineer",
        "rounds": (Round(1, interview, (DANA, Person("Kim Lee"))),),
        "wait": Wait(
            1,
            _INTERVIEW + timedelta(hours=1),
            Promise(PromiseClass.HARD_DATE, date(2026, 3, 4), date(2026, 3, 20), "You will hear by the 20th."),
            follow_ups,
        ),
        "not_before": datetime(2026, 3, 18, 0, 0, tzinfo=UTC),
    }
    return Process(**{**given, **values})


def assessment(process: Process | None = None, decision: Decision | None = None, *rows: OutboxRow, **values: Any) -> Assessment:
    """Return what the store and the rules say of a process."""
    chosen = decision or Decision(
        upcoming=(place(),),
        notices=(Notice("ask_close", "A month of silence is near.", NOW),),
        reasons=(Reason("You were promised an answer by Friday 20 March 2026.", ("F4", "D1"), ("S3",), ("m1",)),),
        next_check=NOW + timedelta(days=8),
    )
    return Assessment(account(), process or waiting(), chosen, values.get("messages", (event(),)), rows)
