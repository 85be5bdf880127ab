"""What each kind of mail, each word of the user and each draft event does to a process."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.classify.types import Kind
from rules.extract.types import Away, Facts, Interview, InterviewStatus, Outcome, Person, PromiseClass, RoleClass
from rules.mail import Address
from rules.process import DraftChange, Event, Process, State, Verb, fold
from rules.process.people import status_recipient
from tests.rules.timing import (
    ANN,
    BOB,
    NO_REPLY,
    POLICY,
    PROFILE,
    confirmed,
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

TALK = meeting(ny(3, 2, 10), people=(Person("Ann Weber", "ann@corp.example"), BOB))
BOOKED = confirmed("m1", ny(2, 25), TALK)


def after(now: datetime, *events: Event) -> Process:
    return fold("p", events, now=now, policy=POLICY, profile=PROFILE)


def test_a_confirmation_schedules_and_the_end_of_the_interview_begins_the_wait() -> None:
    assert after(ny(3, 2, 10, 59), BOOKED).state is State.SCHEDULED
    process = after(ny(3, 2, 11), BOOKED)
    assert process.state is State.THEIR_TURN
    assert process.wait is not None
    assert (process.wait.number, process.wait.since, process.wait.promise) == (1, ny(3, 2, 11), None)
    assert (process.company, process.role, process.zone) == ("Corp", "Analyst", "America/New_York")
    assert [(item.number, [person.name for person in item.interviewers]) for item in process.rounds] == [
        (1, ["Ann Weber", "Bob Osei"])
    ]


def test_another_time_that_they_propose_leaves_the_old_one_standing() -> None:
    proposal = replace(theirs("m2", ny(2, 26)), kind=Kind.RESCHEDULE, facts=Facts(countered=True))
    process = after(ny(3, 2, 11), BOOKED, proposal)
    assert process.state is State.THEIR_TURN  # the interview took place when it was to
    moved = replace(theirs("m2", ny(2, 26)), kind=Kind.RESCHEDULE, facts=Facts())
    assert after(ny(3, 2, 11), BOOKED, moved).state is not State.THEIR_TURN


def test_a_human_mail_makes_it_our_turn_and_the_users_answer_theirs_again() -> None:
    reply = theirs("m2", ny(3, 4))
    assert after(ny(3, 5), BOOKED, reply).state is State.OUR_TURN
    assert after(ny(3, 5), BOOKED, reply).wait is None
    answered = after(ny(3, 6), BOOKED, reply, mine("o1", ny(3, 5)))
    assert answered.state is State.THEIR_TURN
    assert answered.wait is not None
    assert (answered.wait.number, answered.wait.since) == (2, ny(3, 5))


def test_resume_says_that_they_were_answered_by_other_means() -> None:
    process = after(ny(3, 6), BOOKED, theirs("m2", ny(3, 4)), mark(Verb.RESUME, ny(3, 5)))
    assert process.state is State.THEIR_TURN
    assert process.wait is not None
    assert process.wait.since == ny(3, 5)


def test_a_mail_before_the_interview_does_not_keep_its_end_from_beginning_the_wait() -> None:
    events = (BOOKED, theirs("m2", ny(3, 1)))
    assert after(ny(3, 2, 9), *events).state is State.OUR_TURN
    assert after(ny(3, 2, 12), *events).state is State.THEIR_TURN


def test_an_answer_before_the_interview_leaves_it_scheduled() -> None:
    process = after(ny(3, 1, 20), BOOKED, theirs("m2", ny(3, 1)), mine("o1", ny(3, 1, 18)))
    assert process.state is State.SCHEDULED
    assert process.wait is None


def test_a_promise_in_a_mail_begins_a_new_wait_with_it() -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 3, 4), date(2026, 3, 13))
    process = after(ny(3, 5), BOOKED, theirs("m2", ny(3, 4), facts=Facts(promise=promise, outcome=Outcome.STILL_DECIDING)))
    assert process.state is State.THEIR_TURN
    assert process.wait is not None
    assert (process.wait.number, process.wait.promise) == (2, promise)


@pytest.mark.parametrize(("day", "holds"), [(date(2026, 3, 13), True), (date(2026, 3, 2), False)])
def test_a_date_promised_before_the_interview_holds_after_it_if_it_lies_later(day: date, *, holds: bool) -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 2, 25), day)
    process = after(ny(3, 3), confirmed("m1", ny(2, 25), TALK, promise=promise))
    assert process.wait is not None
    assert process.wait.promise == (promise if holds else None)


@pytest.mark.parametrize("day", [None, date(2026, 1, 1), date(9999, 12, 31)])
def test_a_promised_date_that_is_missing_or_absurd_is_no_promise(day: date | None) -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 3, 4), day)
    process = after(ny(3, 5), BOOKED, theirs("m2", ny(3, 4), facts=Facts(promise=promise)))
    assert process.state is State.OUR_TURN
    assert "promised date" in " ".join(process.notes)


@pytest.mark.parametrize("kind", [Kind.APPLICATION_ACK, Kind.RECRUITER_OUTREACH, Kind.JOB_ALERT, Kind.NOISE])
def test_mail_of_machines_and_strangers_changes_no_state(kind: Kind) -> None:
    process = after(ny(3, 5), BOOKED, theirs("m2", ny(3, 4), kind))
    assert process.state is State.THEIR_TURN
    assert process.last_in == BOOKED.at


def test_the_users_own_mail_is_never_a_reply() -> None:
    own = Address("Robin", "robin@home.example")
    assert after(ny(3, 5), BOOKED, theirs("m2", ny(3, 4), sender=own)).state is State.THEIR_TURN
    copy = theirs("o1", ny(3, 4))
    assert after(ny(3, 5), BOOKED, mine("o1", ny(3, 4)), copy).state is State.THEIR_TURN


def test_an_invitation_waits_for_the_user_and_a_confirmation_then_schedules() -> None:
    invite = theirs("m0", ny(2, 20), Kind.INTERVIEW_INVITE)
    assert after(ny(2, 21), invite).state is State.OUR_TURN
    assert after(ny(2, 26), invite, BOOKED).state is State.SCHEDULED


def test_times_offered_in_the_text_of_an_invitation_are_no_interview() -> None:
    offer = replace(TALK, uid="text:m0", source="text", sequence=-1)
    process = after(ny(3, 3), theirs("m0", ny(2, 20), Kind.INTERVIEW_INVITE, Facts(interviews=(offer,))))
    assert process.state is State.OUR_TURN
    assert process.rounds == ()


def test_a_calendar_in_an_invitation_is_an_interview() -> None:
    process = after(ny(2, 21), theirs("m0", ny(2, 20), Kind.INTERVIEW_INVITE, Facts(interviews=(TALK,))))
    assert process.state is State.SCHEDULED


# --- interviews -----------------------------------------------------------------------------------------------------


def cancelled(interview: Interview, sequence: int = 1) -> Interview:
    return replace(interview, status=InterviewStatus.CANCELLED, sequence=sequence)


def test_a_cancellation_goes_back_to_waiting_from_that_mail() -> None:
    gone = theirs("m2", ny(2, 27), Kind.CANCELLATION, Facts(interviews=(cancelled(TALK),)))
    process = after(ny(3, 3), BOOKED, gone)
    assert process.state is State.THEIR_TURN
    assert process.wait is not None
    assert process.wait.since == ny(2, 27)


def test_a_cancellation_in_text_alone_means_the_one_interview_ahead() -> None:
    process = after(ny(3, 3), BOOKED, theirs("m2", ny(2, 27), Kind.CANCELLATION))
    assert process.state is State.THEIR_TURN
    assert process.rounds[0].interview.status is InterviewStatus.CANCELLED


def test_of_several_interviews_ahead_a_cancellation_in_text_takes_none() -> None:
    other = meeting(ny(3, 9, 10), "cal-2")
    process = after(ny(2, 28), confirmed("m1", ny(2, 25), TALK, other), theirs("m2", ny(2, 27), Kind.CANCELLATION))
    assert process.state is State.OUR_TURN
    assert [item.interview.status for item in process.rounds] == [InterviewStatus.CONFIRMED] * 2


def test_without_a_sequence_the_stamp_tells_what_came_later() -> None:
    booked = confirmed("m1", ny(2, 25), replace(TALK, sequence=2, stamp=ny(2, 25)))
    off = theirs(
        "m2",
        ny(2, 26),
        Kind.CANCELLATION,
        Facts(interviews=(replace(cancelled(TALK, 0), unnumbered=True, stamp=ny(2, 26)),)),
    )
    old = confirmed("m3", ny(2, 27), replace(TALK, sequence=1, stamp=ny(2, 24)))
    again = confirmed("m4", ny(2, 28), replace(TALK, sequence=3, stamp=ny(2, 28)))
    assert after(ny(3, 1), booked, off).state is State.THEIR_TURN
    assert after(ny(3, 1), booked, off, old).state is State.THEIR_TURN
    assert after(ny(3, 1), booked, off, again).state is State.SCHEDULED


def test_of_a_series_the_instance_that_is_told_by_itself_stands_for_the_first() -> None:
    series = confirmed("m1", ny(2, 25), replace(TALK, uid="s"))
    instance = replace(TALK, uid="s/20260302T150000Z", sequence=1)
    moved = theirs(
        "m2",
        ny(2, 26),
        Kind.RESCHEDULE,
        Facts(interviews=(replace(instance, start=ny(3, 5, 10), end=ny(3, 5, 11)),)),
    )
    off = theirs("m2", ny(2, 26), Kind.CANCELLATION, Facts(interviews=(cancelled(instance),)))
    whole = theirs("m3", ny(2, 27), Kind.CANCELLATION, Facts(interviews=(cancelled(replace(TALK, uid="s"), 2),)))
    assert [item.interview.start for item in after(ny(3, 1), series, moved).rounds] == [ny(3, 5, 10)]
    assert after(ny(3, 1), series, off).state is State.THEIR_TURN
    assert after(ny(3, 1), series, moved, whole).state is State.THEIR_TURN


def test_a_cancellation_sticks_until_a_higher_sequence_revives_the_interview() -> None:
    gone = theirs("m2", ny(2, 26), Kind.CANCELLATION, Facts(interviews=(cancelled(TALK, 2),)))
    again = confirmed("m3", ny(2, 27), replace(TALK, sequence=2))
    higher = confirmed("m4", ny(2, 28), replace(TALK, sequence=3))
    assert after(ny(3, 1), BOOKED, gone, again).state is State.THEIR_TURN
    assert after(ny(3, 1), BOOKED, gone, again, higher).state is State.SCHEDULED


def test_a_cancelled_calendar_entry_takes_its_telling_in_text_along() -> None:
    text = replace(TALK, uid="text:m0", source="text", sequence=-1)
    gone = theirs("m2", ny(2, 27), Kind.CANCELLATION, Facts(interviews=(cancelled(TALK),)))
    process = after(ny(3, 3), confirmed("m0", ny(2, 24), text), BOOKED, gone)
    assert {item.interview.status for item in process.rounds} == {InterviewStatus.CANCELLED}
    assert process.wait is not None
    assert process.wait.since == ny(2, 27)


def test_an_interview_told_in_text_and_by_calendar_is_one() -> None:
    text = replace(TALK, uid="text:m0", start=ny(3, 2, 14), end=ny(3, 2, 15), source="text", sequence=-1)
    for events in ((confirmed("m0", ny(2, 24), text), BOOKED), (BOOKED, confirmed("m0", ny(2, 26), text))):
        process = after(ny(2, 27), *events)
        assert [item.interview.start for item in process.rounds] == [ny(3, 2, 10)]


def test_an_entry_for_a_whole_day_has_the_hours_that_a_text_or_another_entry_tells() -> None:
    day = meeting(ny(3, 4, 0), hours=24)
    text = meeting(ny(3, 4, 9), "text:m1", hours=2, source="text", sequence=-1)
    entry = meeting(ny(3, 4, 13), "cal-2", hours=2)
    for hours in (text, entry):
        process = after(ny(3, 1), confirmed("m1", ny(2, 25), hours), confirmed("m2", ny(2, 26), day))
        assert [(one.interview.start, one.interview.end) for one in process.rounds] == [(hours.start, hours.end)]
    week = meeting(ny(3, 4, 0), hours=24 * 3)
    process = after(ny(3, 1), confirmed("m2", ny(2, 26), week))
    assert [one.interview.end for one in process.rounds] == [ny(3, 7, 0)]


def test_a_text_about_another_week_is_another_interview() -> None:
    text = replace(TALK, uid="text:m2", start=ny(3, 11, 14), end=ny(3, 11, 15), source="text", sequence=-1)
    process = after(ny(2, 27), BOOKED, confirmed("m2", ny(2, 26), text))
    assert [item.number for item in process.rounds] == [1, 2]


def test_two_entries_of_one_day_are_one_interview_unless_their_panels_differ() -> None:
    later = replace(TALK, uid="cal-2", start=ny(3, 2, 14), end=ny(3, 2, 15))
    same = after(ny(2, 26), confirmed("m1", ny(2, 25), TALK, later))
    assert [(item.interview.start, item.interview.end) for item in same.rounds] == [(ny(3, 2, 10), ny(3, 2, 15))]
    others = replace(later, interviewers=(Person("Cem Acar", "cem@corp.example"),))
    differ = after(ny(2, 26), confirmed("m1", ny(2, 25), TALK, others))
    assert [item.number for item in differ.rounds] == [1, 2]
    stated = after(ny(2, 26), confirmed("m1", ny(2, 25), replace(TALK, round=1), replace(later, round=2)))
    assert [item.number for item in stated.rounds] == [1, 2]


def test_rounds_are_numbered_by_start_unless_a_number_is_stated() -> None:
    second = replace(meeting(ny(3, 9, 10), "cal-2"), round=3)
    third = meeting(ny(3, 16, 10), "cal-3")
    process = after(ny(2, 26), confirmed("m1", ny(2, 25), third, second, TALK))
    assert [item.number for item in process.rounds] == [1, 3, 4]


def test_a_cancelled_interview_leaves_its_number_to_the_next() -> None:
    gone = theirs("m2", ny(2, 26), Kind.CANCELLATION, Facts(interviews=(cancelled(TALK),)))
    process = after(ny(3, 10), BOOKED, gone, confirmed("m3", ny(2, 27), meeting(ny(3, 9, 10), "cal-2")))
    assert [(item.number, item.interview.status) for item in process.rounds] == [
        (1, InterviewStatus.CANCELLED),
        (1, InterviewStatus.CONFIRMED),
    ]


def test_a_change_told_in_text_replaces_the_one_interview_ahead() -> None:
    text = replace(TALK, uid="text:m2", start=ny(3, 5, 10), end=ny(3, 5, 11), source="text", sequence=-1)
    moved = theirs("m2", ny(2, 27), Kind.RESCHEDULE, Facts(interviews=(text,)))
    process = after(ny(3, 3), BOOKED, moved)
    assert process.state is State.SCHEDULED
    assert [item.interview.start for item in process.rounds] == [ny(3, 5, 10)]
    update = confirmed("m3", ny(2, 28), replace(TALK, start=ny(3, 5, 10), end=ny(3, 5, 11), sequence=1))
    assert [item.interview.uid for item in after(ny(3, 3), BOOKED, moved, update).rounds] == ["cal-1"]


def test_a_request_to_move_without_a_time_takes_the_interview_off_and_waits_for_the_user() -> None:
    process = after(ny(3, 3), BOOKED, theirs("m2", ny(2, 27), Kind.RESCHEDULE))
    assert process.state is State.OUR_TURN
    assert process.rounds == ()


def test_an_update_of_an_interview_that_is_over_begins_no_new_wait() -> None:
    update = confirmed("m2", ny(3, 3), replace(TALK, end=ny(3, 2, 11, 30), sequence=1))
    process = after(ny(3, 4), BOOKED, update)
    assert process.wait is not None
    assert process.wait.number == 1


@pytest.mark.parametrize(
    "interview",
    [
        replace(TALK, start=TALK.end, end=TALK.start),
        replace(TALK, start=datetime(9999, 12, 31, 23, tzinfo=UTC), end=datetime.max.replace(tzinfo=UTC)),
        replace(TALK, start=datetime.min.replace(tzinfo=UTC), end=datetime.min.replace(tzinfo=UTC)),
        replace(TALK, end=TALK.end + timedelta(days=30)),
    ],
)
def test_an_interview_at_an_impossible_time_is_left_out_without_an_error(interview: Interview) -> None:
    process = after(ny(3, 3), confirmed("m1", ny(2, 25), interview))
    assert process.rounds == ()
    assert "no interview has" in " ".join(process.notes)


def test_an_organizer_who_coordinates_is_no_interviewer_beside_others() -> None:
    dana = Person("Dana Roy", "dana@corp.example", "Recruiting Coordinator")
    beside = replace(TALK, organizer=dana, interviewers=(BOB, dana))
    alone = replace(TALK, organizer=dana, interviewers=())
    assert [person.name for person in after(ny(3, 1), confirmed("m1", ny(2, 25), beside)).rounds[0].interviewers] == ["Bob Osei"]
    assert [person.name for person in after(ny(3, 1), confirmed("m1", ny(2, 25), alone)).rounds[0].interviewers] == ["Dana Roy"]


@pytest.mark.parametrize("local", ["hiring", "hr", "careers", "people"])
def test_the_mailbox_of_a_team_that_invites_is_no_interviewer_beside_people(local: str) -> None:
    team = Person("Corp", f"{local}@corp.example")
    beside = replace(TALK, organizer=team, interviewers=(BOB,))
    assert [person.name for person in after(ny(3, 1), confirmed("m1", ny(2, 25), beside)).rounds[0].interviewers] == ["Bob Osei"]


def test_the_user_rooms_and_relays_are_no_interviewers() -> None:
    people = (
        BOB,
        Person("Robin Ferrer", "robin@home.example"),
        Person("Meeting Room 4", "room4@corp.example"),
        Person("Room", "c_18@resource.calendar.google.com"),
        Person("Calendly", "notifications@calendly.com"),
    )
    process = after(ny(3, 1), confirmed("m1", ny(2, 25), replace(TALK, interviewers=people)))
    assert [person.name for person in process.rounds[0].interviewers] == ["Bob Osei"]


def test_an_interviewer_by_name_gets_the_address_that_the_roster_has_for_the_full_name() -> None:
    named = replace(TALK, interviewers=(Person("bob  osei"), Person("Bobby")))
    known = theirs("m0", ny(2, 24), Kind.INTERVIEW_INVITE, Facts(people=(BOB,)))
    process = after(ny(3, 1), known, confirmed("m1", ny(2, 25), named))
    assert [person.address for person in process.rounds[0].interviewers] == ["bob@corp.example", ""]


# --- out-of-office, bounces ----------------------------------------------------------------------------------------


def test_an_out_of_office_with_a_date_sets_not_before_and_pauses_nothing() -> None:
    process = after(ny(3, 16), BOOKED, out_of_office("m2", ny(3, 15), date(2026, 3, 23)))
    assert process.state is State.THEIR_TURN
    assert process.not_before == ny(3, 24, 0)


def test_an_out_of_office_without_a_date_shifts_by_a_week_at_most_twice() -> None:
    events: list[Event] = [BOOKED]
    seen = []
    for number in range(3):
        events.append(out_of_office(f"a{number}", ny(3, 10 + number)))
        process = after(ny(3, 13), *events)
        seen.append((process.not_before, process.away_shifts))
    assert seen == [(ny(3, 24, 8), 1), (ny(3, 31, 8), 2), (ny(3, 31, 8), 2)]
    assert [aside.kind for aside in process.asides] == ["away", "away", "away_without_date"]


def test_a_return_in_more_than_a_month_is_asked_about() -> None:
    process = after(ny(3, 16), BOOKED, out_of_office("m2", ny(3, 15), date(2026, 6, 1)))
    assert process.not_before == ny(4, 15, 0)
    assert [aside.kind for aside in process.asides] == ["away_long"]


def test_the_absence_of_somebody_else_moves_nothing() -> None:
    process = after(
        ny(3, 16), BOOKED, out_of_office("m2", ny(3, 15), date(2026, 3, 23), sender=Address("Bob", "bob@corp.example"))
    )
    assert process.not_before is None


def test_whoever_writes_is_back() -> None:
    process = after(ny(3, 18), BOOKED, out_of_office("m2", ny(3, 15), date(2026, 3, 23)), theirs("m3", ny(3, 17)))
    assert process.not_before is None
    assert process.state is State.OUR_TURN


def test_who_has_left_is_written_to_no_more_and_their_stand_in_is_only_shown() -> None:
    gone = Facts(away=Away(delegate=Person("Max Moe", "max@corp.example"), left=True))
    answer = theirs("m2", ny(3, 3), Kind.AUTO_REPLY, gone, sender=Address("Ann Weber", "ann@corp.example"))
    process = after(ny(3, 4), BOOKED, answer)
    assert process.state is State.THEIR_TURN
    assert process.dead == {"ann@corp.example"}
    assert process.not_before is None
    (aside,) = process.asides
    assert "max@corp.example" in aside.text
    assert status_recipient(process) == BOB


def test_a_bounce_marks_the_address_and_leaves_the_state() -> None:
    bounce = theirs("m2", ny(3, 3), Kind.AUTO_REPLY, Facts(bounced=("ann@corp.example",)), sender=NO_REPLY)
    process = after(ny(3, 4), BOOKED, bounce)
    assert process.dead == {"ann@corp.example"}
    assert process.state is State.THEIR_TURN


# --- closing, pausing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "by"), [(Kind.REJECTION, "rejection"), (Kind.OFFER, "offer")])
def test_a_rejection_and_an_offer_close_even_a_paused_process(kind: Kind, by: str) -> None:
    process = after(ny(3, 6), BOOKED, mark(Verb.PAUSE, ny(3, 3)), theirs("m2", ny(3, 4), kind))
    assert (process.state, process.closed_by, process.closed_at, process.wait) == (State.CLOSED, by, ny(3, 4), None)


def test_after_a_rejection_only_a_new_interview_opens_the_process_again() -> None:
    closed = (BOOKED, theirs("m2", ny(3, 4), Kind.REJECTION))
    assert after(ny(3, 9), *closed, theirs("m3", ny(3, 5))).state is State.CLOSED
    assert after(ny(3, 9), *closed, theirs("m3", ny(3, 5), Kind.INTERVIEW_INVITE)).state is State.OUR_TURN
    again = after(ny(3, 9), *closed, confirmed("m3", ny(3, 5), meeting(ny(3, 20, 10), "cal-2")))
    assert (again.state, again.closed_by) == (State.SCHEDULED, "")


def test_what_the_user_closed_stays_closed_and_says_what_came() -> None:
    process = after(ny(3, 9), BOOKED, mark(Verb.CLOSE, ny(3, 4)), confirmed("m3", ny(3, 5), meeting(ny(3, 20, 10), "cal-2")))
    assert process.state is State.CLOSED
    assert "confirmed is not possible in CLOSED" in " ".join(process.notes)
    assert after(ny(3, 9), BOOKED, mark(Verb.CLOSE, ny(3, 4)), mark(Verb.REOPEN, ny(3, 6))).state is State.THEIR_TURN


def test_underneath_a_pause_the_process_goes_on() -> None:
    paused = (BOOKED, mark(Verb.PAUSE, ny(3, 1)))
    assert after(ny(3, 3), *paused).state is State.PAUSED
    resumed = after(ny(3, 5), *paused, mark(Verb.RESUME, ny(3, 4)))
    assert resumed.state is State.THEIR_TURN
    assert resumed.wait is not None
    assert resumed.wait.since == ny(3, 2, 11)
    assert after(ny(3, 5), *paused, theirs("m2", ny(3, 3)), mark(Verb.RESUME, ny(3, 4))).state is State.OUR_TURN


def test_a_snooze_ends_by_itself() -> None:
    snoozed = (BOOKED, mark(Verb.PAUSE, ny(3, 3), ny(3, 10, 9)))
    before, later = after(ny(3, 10, 8, 59), *snoozed), after(ny(3, 10, 9), *snoozed)
    assert (before.state, before.paused_until) == (State.PAUSED, ny(3, 10, 9))
    assert (later.state, later.paused_until, later.resumed_at) == (State.THEIR_TURN, None, ny(3, 10, 9))


@pytest.mark.parametrize("verb", [Verb.RESUME, Verb.REOPEN])
def test_a_word_that_does_not_fit_becomes_a_note(verb: Verb) -> None:
    process = after(ny(3, 5), BOOKED, mark(verb, ny(3, 4)))
    assert process.state is State.THEIR_TURN
    assert "is not possible in THEIR_TURN" in " ".join(process.notes)


def test_on_hold_rests_until_they_write_or_the_user_resumes() -> None:
    held = (BOOKED, theirs("m2", ny(3, 4), facts=Facts(outcome=Outcome.ON_HOLD)))
    assert after(ny(3, 5), *held, mine("o1", ny(3, 4, 15))).on_hold
    assert not after(ny(3, 7), *held, mark(Verb.RESUME, ny(3, 6))).on_hold
    assert not after(ny(3, 7), *held, theirs("m3", ny(3, 6))).on_hold


# --- drafts and the user's mail ---------------------------------------------------------------------------------------


def test_a_follow_up_counts_once_however_often_it_is_told() -> None:
    step = key("status-1.1")
    events: list[Event] = [BOOKED, drafted(step, ny(3, 16, 20)), mine("o1", ny(3, 17, 9), step=step)]
    events.append(drafted(step, ny(3, 17, 9, 5), DraftChange.SENT))
    process = after(ny(3, 18), *events)
    assert process.wait is not None
    assert [(item.key, item.on, item.vetoed) for item in process.wait.follow_ups] == [(step, date(2026, 3, 17), False)]
    assert process.spent == {step}
    assert process.drafts == ()


def test_a_draft_that_stands_shows_as_drafted_and_a_discarded_one_counts_at_its_slot() -> None:
    step = key("status-1.1")
    placed = (BOOKED, drafted(step, ny(3, 16, 20), slot=ny(3, 17, 8)))
    assert after(ny(3, 16, 21), *placed).state is State.DRAFTED
    process = after(ny(3, 16, 23), *placed, drafted(step, ny(3, 16, 22), DraftChange.DISCARDED))
    assert process.state is State.THEIR_TURN
    assert process.wait is not None
    assert [(item.on, item.vetoed) for item in process.wait.follow_ups] == [(date(2026, 3, 17), True)]


def test_a_draft_taken_back_by_us_is_not_spent() -> None:
    step = key("status-1.1")
    process = after(ny(3, 18), BOOKED, drafted(step, ny(3, 16)), drafted(step, ny(3, 17), DraftChange.WITHDRAWN))
    assert process.spent == frozenset()
    assert process.wait is not None
    assert process.wait.follow_ups == ()


def test_a_leftover_of_an_older_wait_that_is_discarded_counts_for_no_newer_one() -> None:
    step = key("status-1.1")
    events = (
        BOOKED,
        drafted(step, ny(3, 16)),
        drafted(step, ny(3, 16, 13), DraftChange.EDITED),
        theirs("m2", ny(3, 18)),
        mine("o1", ny(3, 19), "bob@corp.example"),
        drafted(step, ny(3, 20), DraftChange.DISCARDED),
    )
    process = after(ny(3, 21), *events)
    assert process.wait is not None
    assert (process.wait.number, process.wait.follow_ups) == (2, ())


@pytest.mark.parametrize(("at", "thanks", "follow_ups"), [(ny(3, 3), 1, 0), (ny(3, 4, 12), 0, 1), (ny(3, 12), 0, 1)])
def test_a_mail_of_the_users_own_is_thanks_soon_after_the_interview_and_a_follow_up_later(
    at: datetime, thanks: int, follow_ups: int
) -> None:
    process = after(ny(3, 13), BOOKED, mine("o1", at))
    assert len(process.thanked) == thanks
    assert process.wait is not None
    assert len(process.wait.follow_ups) == follow_ups


def test_a_mail_to_oneself_is_no_mail_to_them() -> None:
    assert after(ny(3, 13), BOOKED, mine("o1", ny(3, 12), "robin@home.example")).last_out is None


def test_the_last_follow_up_unanswered_for_a_cadence_makes_it_dormant_and_a_mail_wakes_it() -> None:
    sent = [
        mine(f"o{number}", at, step=key(f"status-1.{number}")) for number, at in enumerate([ny(3, 17), ny(3, 31), ny(4, 14)], 1)
    ]
    assert after(ny(4, 27, 23, 59), BOOKED, *sent).state is State.THEIR_TURN
    assert after(ny(4, 28, 0), BOOKED, *sent).state is State.DORMANT
    assert after(ny(4, 30), BOOKED, *sent, theirs("m9", ny(4, 29))).state is State.OUR_TURN
    assert after(ny(4, 30), BOOKED, *sent, mine("o9", ny(4, 29))).state is State.DORMANT


# --- who and where ----------------------------------------------------------------------------------------------------


def test_correspondents_are_humans_who_can_be_written_to_the_last_one_last() -> None:
    events = (
        theirs("m1", ny(2, 20), sender=Address("Bob", "bob@corp.example")),
        theirs("m2", ny(2, 21)),
        theirs("m3", ny(2, 22), sender=NO_REPLY, can_receive=False),
        theirs("m4", ny(2, 23), sender=Address("Corp", "jobs@relay.example"), can_receive=False),
    )
    process = after(ny(2, 24), *events)
    assert [address.address for address, _ in process.correspondents] == ["bob@corp.example", "ann@corp.example"]
    assert "jobs@relay.example" in process.unreachable


@pytest.mark.parametrize(
    ("names", "company"),
    [
        (["Acme", "Acme Robotics"], "Acme Robotics"),
        (["Acme Robotics", "Acme"], "Acme Robotics"),
        (["Mueller Soehne", "M\u00fcller & S\u00f6hne"], "M\u00fcller & S\u00f6hne"),
        (["Brightwell", "Talent Hunters"], "Brightwell"),
        (["", "Acme"], "Acme"),
        (["Acme", ""], "Acme"),
    ],
)
def test_the_company_keeps_its_name_and_learns_it_more_fully(names: list[str], company: str) -> None:
    events = [theirs(f"m{number}", ny(3, 3 + number), facts=Facts(company=name)) for number, name in enumerate(names)]
    assert after(ny(3, 10), *events).company == company


def test_the_roster_has_one_entry_an_address_and_keeps_what_it_learns() -> None:
    lead = Person("Bob Osei", "bob@corp.example", "Head of Data", RoleClass.HIRING_MANAGER)
    process = after(ny(3, 1), BOOKED, theirs("m2", ny(2, 26), facts=Facts(people=(lead, Person("Cem Acar")))))
    assert [(person.name, person.title) for person in process.roster] == [
        ("Ann Weber", ""),
        ("Bob Osei", "Head of Data"),
        ("Cem Acar", ""),
    ]


def test_conversations_keep_the_newest_message_of_theirs() -> None:
    process = after(
        ny(3, 1), BOOKED, theirs("m2", ny(2, 26), references=("m1",)), theirs("m3", ny(2, 27), sender=Address("B", "b@x.test"))
    )
    assert [thread.message_id for thread in process.threads] == ["m2", "m3"]


@pytest.mark.parametrize(("minutes", "known"), [(60, 60), (0, None), (-300, None)])
def test_an_offset_tells_the_zone_unless_it_is_zero_or_the_users_own(minutes: int, known: int | None) -> None:
    assert after(ny(3, 1), theirs("m2", ny(2, 26), facts=Facts(zone_offset=minutes))).zone_offset == known


def test_two_thousand_events_are_folded_in_reasonable_time() -> None:
    """A mailbox may hold a hostile process; what grows with the square of its size is capped."""
    events: list[Event] = []
    for number in range(1000):
        at = ny(2, 1) + timedelta(minutes=number)
        events.append(confirmed(f"c{number}", at, meeting(at + timedelta(days=number % 300, hours=1), f"cal-{number}")))
        events.append(theirs(f"r{number}", at, sender=Address(f"P{number}", f"p{number}@corp.example")))
    process = after(ny(3, 1), *events)
    assert len(process.rounds) <= 60
    assert len(process.notes) <= 100


def test_the_sender_of_the_rejection_is_known() -> None:
    process = after(ny(3, 6), BOOKED, theirs("m2", ny(3, 4), Kind.REJECTION))
    assert process.rejected_by == Person(ANN.name, ANN.address)
