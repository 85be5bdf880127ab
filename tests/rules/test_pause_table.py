"""What an incoming message does to the follow-ups of a process that waits, with a draft of ours in Drafts: one row a class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from rules.classify.types import Kind
from rules.extract.types import Away, Facts, InterviewStatus, Outcome, Person, PromiseClass
from rules.intents import Decision
from rules.mail import Address
from rules.process import DraftChange, Event, Process, State, Verb
from tests.rules.asking import BOOKED, THANKED, told
from tests.rules.timing import (
    NO_REPLY,
    at_now,
    drafted,
    key,
    mark,
    meeting,
    mine,
    ny,
    out_of_office,
    promised,
    theirs,
)

AT = ny(3, 16, 21)
"""One hour after the draft for Tuesday appeared."""
STANDS = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
GONE = drafted(key("status-1.1"), ny(3, 16, 21, 30), DraftChange.WITHDRAWN)
CLEO = Address("Cleo Marsh", "cleo@corp.example")
AHEAD = meeting(ny(3, 19, 10), "cal-2")


@dataclass(frozen=True)
class Effect:
    """What is so afterwards, an hour after the message."""

    state: State
    stands: bool
    """The untouched draft stays in Drafts."""
    opens: str = "none"
    """The slot of the next follow-up."""
    tells: str = ""
    """The kind of a notice that the user gets."""


PAUSED_BY_THEM = Effect(State.OUR_TURN, stands=False, tells="your_turn")
UNMOVED = Effect(State.DRAFTED, stands=True, opens="Tue 17 Mar")


def after(*events: Event, hours: int = 1) -> tuple[Process, Decision]:
    return at_now(AT + timedelta(hours=hours), [BOOKED, THANKED, STANDS, *events])


def _still(day: date) -> Facts:
    return Facts(outcome=Outcome.STILL_DECIDING, promise=promised(PromiseClass.HARD_DATE, AT.date(), day))


TABLE: dict[str, tuple[Event, Effect]] = {
    "a human reply in the thread": (theirs("in", AT, references=("m1",)), PAUSED_BY_THEM),
    "a human mail in a new thread from another address": (theirs("in", AT, sender=CLEO), PAUSED_BY_THEM),
    "an invitation without a time": (theirs("in", AT, Kind.INTERVIEW_INVITE), PAUSED_BY_THEM),
    "a booking link through a relay": (
        theirs(
            "in", AT, Kind.INTERVIEW_INVITE, Facts(booking_link="https://book.example/ann"), sender=NO_REPLY, can_receive=False
        ),
        PAUSED_BY_THEM,
    ),
    "a calendar of a new round": (
        theirs("in", AT, Kind.INTERVIEW_CONFIRMATION, Facts(interviews=(AHEAD,))),
        Effect(State.SCHEDULED, stands=False),
    ),
    "out of office with a day of return": (
        out_of_office("in", AT, date(2026, 3, 24)),
        Effect(State.DRAFTED, stands=False, opens="Wed 25 Mar", tells="away"),
    ),
    "out of office for longer than a month": (
        out_of_office("in", AT, date(2026, 5, 4)),
        Effect(State.DRAFTED, stands=False, opens="Tue 21 Apr", tells="away_long"),
    ),
    "out of office without a day": (
        out_of_office("in", AT),
        Effect(State.DRAFTED, stands=False, opens="Tue 24 Mar", tells="away"),
    ),
    "the receipt of an application": (theirs("in", AT, Kind.APPLICATION_ACK, sender=NO_REPLY, can_receive=False), UNMOVED),
    "a survey or newsletter": (theirs("in", AT, Kind.NOISE, sender=NO_REPLY, can_receive=False), UNMOVED),
    "a job alert": (theirs("in", AT, Kind.JOB_ALERT, sender=NO_REPLY, can_receive=False), UNMOVED),
    "still deciding, with a day": (
        theirs("in", AT, facts=_still(date(2026, 3, 20))),
        Effect(State.DRAFTED, stands=False, opens="Mon 23 Mar"),
    ),
    "still deciding, without a day": (theirs("in", AT, facts=Facts(outcome=Outcome.STILL_DECIDING)), PAUSED_BY_THEM),
    "a rejection": (theirs("in", AT, Kind.REJECTION), Effect(State.CLOSED, stands=False)),
    "on hold": (
        theirs("in", AT, facts=Facts(outcome=Outcome.ON_HOLD)),
        Effect(State.OUR_TURN, stands=False, tells="on_hold"),
    ),
    "an offer": (theirs("in", AT, Kind.OFFER), Effect(State.CLOSED, stands=False)),
    "a bounce of the address": (
        theirs("in", AT, Kind.AUTO_REPLY, Facts(bounced=("ann@corp.example",)), sender=NO_REPLY, can_receive=False),
        Effect(State.DRAFTED, stands=False, tells="bounced"),
    ),
    "the user's own mail under an alias": (theirs("in", AT, sender=Address("Robin", "robin@home.example")), UNMOVED),
    "a follow-up that the user wrote alone": (
        mine("own", AT),
        Effect(State.DRAFTED, stands=False, opens="Tue 31 Mar"),
    ),
    "our draft, sent from any client": (
        mine("own", AT, step=key("status-1.1")),
        Effect(State.THEIR_TURN, stands=False, opens="Tue 31 Mar"),
    ),
    "a mail in a new mailbox of theirs to somebody else's absence": (
        theirs("in", AT, Kind.AUTO_REPLY, Facts(away=Away(date(2026, 4, 1))), sender=CLEO),
        UNMOVED,
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_pause_table_holds(name: str) -> None:
    event, expected = TABLE[name]
    process, decision = after(event)
    places = [place for place in (*decision.place, *decision.upcoming) if place.kind == "status"]
    found = Effect(
        process.state,
        stands=key("status-1.1") in {place.key for place in decision.place},
        opens=f"{places[0].slot.opens:%a %d %b}" if places else "none",
        tells=expected.tells if expected.tells in told(decision) else "",
    )
    assert found == expected
    step = key("status-1.1")
    assert found.stands or step in {gone.key for gone in decision.withdraw} or step in process.spent


def test_a_cancellation_goes_back_to_waiting_without_a_note_of_thanks() -> None:
    booked = theirs("in", AT, Kind.INTERVIEW_CONFIRMATION, Facts(interviews=(AHEAD,)))
    gone = meeting(ny(3, 19, 10), "cal-2", sequence=1, status=InterviewStatus.CANCELLED)
    off = theirs("off", AT + timedelta(hours=2), Kind.CANCELLATION, Facts(interviews=(gone,)))
    process, decision = after(booked, GONE, off, hours=100)
    assert process.state is State.THEIR_TURN
    assert "thank_you-2" not in {place.key.step for place in (*decision.place, *decision.upcoming)}


def test_an_absence_without_a_day_shifts_at_most_twice() -> None:
    twice = [out_of_office("a", AT), out_of_office("b", AT + timedelta(days=1))]
    (_, two), (_, three) = after(*twice, hours=50), after(*twice, out_of_office("c", AT + timedelta(days=2)), hours=50)
    assert _next(two) == _next(three) == "Tue 31 Mar"
    assert "away_without_date" in told(three)


def _next(decision: Decision) -> str:
    return next(f"{place.slot.opens:%a %d %b}" for place in (*decision.place, *decision.upcoming) if place.kind == "status")


def test_who_stands_in_for_somebody_is_shown_and_never_used() -> None:
    away = Facts(away=Away(date(2026, 3, 24), Person("Cleo Marsh", CLEO.address)))
    _, decision = after(theirs("in", AT, Kind.AUTO_REPLY, away))
    assert any(CLEO.address in notice.text for notice in decision.notices)
    assert CLEO.address not in {place.key.recipient for place in (*decision.place, *decision.upcoming)}


def test_after_their_reply_only_the_user_or_a_new_promise_starts_the_follow_ups_again() -> None:
    reply = theirs("in", AT)
    assert after(reply, hours=24 * 60)[0].state is State.OUR_TURN
    answered = mine("own", AT + timedelta(days=1))
    by_phone = mark(Verb.RESUME, AT + timedelta(days=1))
    promise = theirs("in2", AT + timedelta(days=1), facts=_still(date(2026, 3, 20)))
    for event, day in ((answered, "Tue 31 Mar"), (by_phone, "Tue 31 Mar"), (promise, "Mon 23 Mar")):
        process, decision = after(reply, GONE, event, hours=48)
        assert process.state is State.THEIR_TURN
        assert _next(decision) == day


def test_a_rejection_brings_the_gracious_note_and_can_be_undone() -> None:
    refusal = theirs("in", AT, Kind.REJECTION)
    _, decision = after(refusal, hours=12)
    assert {place.kind.value for place in decision.place} == {"gracious"}
    process, decision = after(refusal, mark(Verb.REOPEN, AT + timedelta(hours=2)), hours=12)
    assert process.state is State.OUR_TURN
    assert decision.place == ()


def test_a_draft_that_the_user_edited_is_never_taken_back() -> None:
    edited = drafted(key("status-1.1"), ny(3, 16, 20, 30), DraftChange.EDITED)
    for name, (event, _) in TABLE.items():
        _, decision = after(edited, event)
        assert decision.withdraw == (), name


@pytest.mark.parametrize("kind", [Kind.HUMAN_REPLY, Kind.REJECTION, Kind.OFFER, Kind.CANCELLATION, Kind.INTERVIEW_INVITE])
def test_a_mail_that_fits_several_processes_pauses_each_and_asks_and_closes_none(kind: Kind) -> None:
    mail = replace(theirs("in", AT, kind), unsure=True)
    process, decision = after(mail)
    assert process.state is State.OUR_TURN
    assert "unsure" in told(decision)
    assert {place.kind.value for place in decision.place} == set()
    _, answered = after(mail, mine("own", AT + timedelta(hours=1)), hours=2)
    assert "unsure" not in told(answered)


@pytest.mark.parametrize("kind", [Kind.HUMAN_REPLY, Kind.RESCHEDULE, Kind.INTERVIEW_CONFIRMATION])
def test_an_interview_of_a_mail_that_fits_several_processes_is_thanked_for_in_none_before_the_user_says_whose_it_is(
    kind: Kind,
) -> None:
    told_of = meeting(AT + timedelta(days=1), uid="another")
    mail = theirs("in", AT, kind, facts=Facts(interviews=(told_of,)))
    process, decision = after(replace(mail, unsure=True), hours=48)
    assert "another" not in {one.interview.uid for one in process.rounds}
    assert "unsure" in told(decision)
    sure, _ = after(mail, hours=48)
    assert "another" in {one.interview.uid for one in sure.rounds}
