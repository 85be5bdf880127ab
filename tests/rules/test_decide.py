"""What should stand in Drafts, for whom, when and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.classify.types import Kind
from rules.drafts.compose import compose
from rules.drafts.types import DraftKind
from rules.drafts.wording import load_wording
from rules.extract.types import Away, Facts, Interview, InterviewStatus, Outcome, Person, Promise, PromiseClass, RoleClass
from rules.intents import Decision, Place
from rules.mail import Address
from rules.policy import parse_policy
from rules.process import DraftChange, Event, Process, State, Verb
from rules.process.noted import talk_called_off
from rules.profile import Profile
from tests.rules.timing import (
    BERLIN,
    BOB,
    NO_REPLY,
    POLICY,
    PROFILE,
    at_now,
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

PANEL = (Person("Ann Weber", "ann@corp.example"), BOB)
TALK = meeting(ny(3, 2, 10), people=PANEL)
BOOKED = confirmed("m1", ny(2, 25), TALK)


def at(now: datetime, *events: Event, **more: object) -> Decision:
    return at_now(now, list(events), **more)[1]  # type: ignore[arg-type] # keywords of at_now


def steps(places: tuple[Place, ...]) -> list[str]:
    return [f"{place.key.recipient.partition('@')[0]} {place.key.step}" for place in places]


def told(decision: Decision) -> list[str]:
    return [notice.kind for notice in decision.notices]


def rules_of(place: Place) -> set[str]:
    return {rule for reason in place.reasons for rule in reason.rules}


# --- thank-you notes --------------------------------------------------------------------------------------------------


def test_before_the_interview_the_notes_are_ahead_and_at_its_end_exactly_they_are_due() -> None:
    before = at(ny(3, 2, 10, 59), BOOKED)
    assert before.place == ()
    assert steps(before.upcoming) == ["ann thank_you-1", "bob thank_you-1"]
    assert {place.appears_at for place in before.upcoming} == {ny(3, 2, 11)}
    assert before.next_check == ny(3, 2, 11)
    due = at(ny(3, 2, 11), BOOKED)
    assert steps(due.place) == ["ann thank_you-1", "bob thank_you-1"]
    assert (due.place[0].slot.opens, due.place[0].slot.closes) == (ny(3, 2, 11), ny(3, 3, 11))


def test_a_note_replies_in_the_conversation_its_recipient_takes_part_in_else_it_is_a_new_mail() -> None:
    ann, bob = at(ny(3, 2, 11), BOOKED).place
    assert ann.thread is not None
    assert ann.thread.message_id == "m1"
    assert bob.thread is None


@pytest.mark.parametrize(
    ("end", "opens", "closes"),
    [
        (ny(3, 2, 20, 30), ny(3, 2, 20, 30), ny(3, 3, 20, 30)),
        (ny(3, 2, 21), ny(3, 3, 8), ny(3, 3, 21)),
        (ny(3, 3, 6), ny(3, 3, 8), ny(3, 4, 6)),
        (ny(3, 6, 15), ny(3, 9, 8), ny(3, 9, 9, 30)),
        (ny(3, 7, 15), ny(3, 9, 8), ny(3, 9, 9, 30)),
        (ny(5, 22, 15), ny(5, 26, 8), ny(5, 26, 9, 30)),
        (ny(11, 25, 15), ny(11, 27, 8), ny(11, 27, 9, 30)),
        (ny(11, 26, 15), ny(11, 27, 8), ny(11, 27, 9, 30)),
    ],
)
def test_the_slot_of_a_note_keeps_out_of_the_night_and_of_days_off(end: datetime, opens: datetime, closes: datetime) -> None:
    talk = meeting(end - timedelta(hours=1))
    decision = at(end, confirmed("m1", end - timedelta(days=4), talk))
    assert [(place.slot.opens, place.slot.closes, place.appears_at) for place in decision.place] == [(opens, closes, end)]


def test_the_slot_of_a_note_is_in_the_recipients_zone_whatever_the_users() -> None:
    talk = meeting(datetime(2026, 3, 6, 16, tzinfo=BERLIN))
    (place,) = at(datetime(2026, 3, 6, 17, tzinfo=BERLIN), confirmed("m1", ny(3, 3), talk)).place
    assert place.slot.opens.isoformat() == "2026-03-09T08:00:00+01:00"


def test_a_note_is_late_after_two_days_and_says_so_once_a_friday_note_after_its_slot() -> None:
    assert told(at(ny(3, 4, 10, 59), BOOKED)) == ["thank_you_unsent"]
    late = at(ny(3, 4, 11), BOOKED)
    assert told(late) == ["thank_you_late"]
    assert all(place.late for place in late.place)
    friday = confirmed("m1", ny(3, 3), meeting(ny(3, 6, 14)))
    assert [place.late for place in at(ny(3, 9, 9, 29), friday).place] == [False]
    assert [place.late for place in at(ny(3, 9, 9, 30), friday).place] == [True]


def test_a_note_is_begun_within_five_days_and_stays_if_it_stood_before() -> None:
    assert steps(at(ny(3, 7, 10, 59), BOOKED).place) == ["ann thank_you-1", "bob thank_you-1"]
    assert at(ny(3, 7, 11), BOOKED).place == ()
    stood = drafted(key("thank_you-1"), ny(3, 2, 11))
    assert steps(at(ny(3, 7, 11), BOOKED, stood).place) == ["ann thank_you-1"]


def test_a_note_the_user_wrote_or_sent_or_discarded_is_not_wanted_again() -> None:
    stood = drafted(key("thank_you-1"), ny(3, 2, 11))
    own = at(ny(3, 2, 13), BOOKED, stood, mine("o1", ny(3, 2, 12)))
    assert [item.key for item in own.withdraw] == [key("thank_you-1")]
    assert own.withdraw[0].reason.rules == ("D23",)
    assert steps(own.place) == ["bob thank_you-1"]
    sent = at(ny(3, 2, 13), BOOKED, stood, mine("o1", ny(3, 2, 12), step=key("thank_you-1")))
    assert (sent.withdraw, steps(sent.place)) == ((), ["bob thank_you-1"])
    gone = at(ny(3, 2, 13), BOOKED, stood, drafted(key("thank_you-1"), ny(3, 2, 12), DraftChange.DISCARDED))
    assert steps(gone.place) == ["bob thank_you-1"]


def test_a_discarded_note_stays_discarded_when_an_earlier_round_is_discovered() -> None:
    stood = drafted(key("thank_you-1"), ny(3, 2, 11))
    gone = drafted(key("thank_you-1"), ny(3, 2, 12), DraftChange.DISCARDED)
    earlier = confirmed("m0", ny(2, 10), meeting(ny(2, 16, 10), "cal-0"))
    assert steps(at(ny(3, 2, 13), earlier, BOOKED, stood, gone).place) == ["bob thank_you-2"]


def test_each_round_has_a_note_of_its_own() -> None:
    second = meeting(ny(3, 5, 10), "cal-2")
    decision = at(ny(3, 5, 11), BOOKED, confirmed("m2", ny(3, 3), second))
    assert steps(decision.place) == ["ann thank_you-1", "ann thank_you-2", "bob thank_you-1"]
    assert {place.key.step: place.attempt for place in decision.place} == {"thank_you-1": 1, "thank_you-2": 2}


def test_notes_stay_while_the_next_round_is_already_fixed() -> None:
    decision = at(ny(3, 2, 12), BOOKED, confirmed("m2", ny(2, 26), meeting(ny(3, 5, 10), "cal-2")))
    assert steps(decision.place) == ["ann thank_you-1", "bob thank_you-1"]
    assert steps(decision.upcoming) == ["ann thank_you-2"]


def test_a_reply_takes_the_notes_back_and_the_answer_brings_those_that_are_not_too_late() -> None:
    events: list[Event] = [BOOKED, drafted(key("thank_you-1", "bob@corp.example"), ny(3, 2, 11)), theirs("m2", ny(3, 3))]
    decision = at(ny(3, 3), *events)
    assert decision.place == ()
    assert [item.key.recipient for item in decision.withdraw] == ["bob@corp.example"]
    assert told(decision) == ["your_turn"]
    events += [drafted(key("thank_you-1", "bob@corp.example"), ny(3, 3), DraftChange.WITHDRAWN), mine("o1", ny(3, 4))]
    assert steps(at(ny(3, 4), *events).place) == ["bob thank_you-1"]


def test_a_cancelled_interview_takes_its_notes_back() -> None:
    gone = theirs(
        "m2", ny(3, 2, 12), Kind.CANCELLATION, Facts(interviews=(replace(TALK, status=InterviewStatus.CANCELLED, sequence=1),))
    )
    decision = at(ny(3, 2, 13), BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11)), gone)
    assert decision.place == ()
    assert [item.key for item in decision.withdraw] == [key("thank_you-1")]


def test_an_interview_that_was_moved_while_its_note_stood_takes_the_note_back_until_its_end() -> None:
    moved = confirmed("m2", ny(3, 2, 12), replace(TALK, start=ny(3, 4, 10), end=ny(3, 4, 11), sequence=1))
    decision = at(ny(3, 2, 13), BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11)), moved)
    assert [item.key for item in decision.withdraw] == [key("thank_you-1")]
    assert {place.appears_at for place in decision.upcoming} == {ny(3, 4, 11)}


def test_an_interviewer_without_an_address_is_told_and_no_address_is_made_up() -> None:
    talk = replace(TALK, interviewers=(Person("Cem Acar"), Person("Jobs", "no-reply@corp.example"), BOB))
    decision = at(ny(3, 2, 11), confirmed("m1", ny(2, 25), talk))
    assert steps(decision.place) == ["bob thank_you-1"]
    assert told(decision) == ["golden_hour", "no_address"]
    assert "Cem Acar" in decision.notices[1].text
    later = at(ny(3, 7, 11), confirmed("m1", ny(2, 25), talk))
    assert told(later) == ["thank_you_not_begun"]
    assert "Cem Acar" not in later.notices[0].text


def test_a_bounced_address_gets_nothing_more() -> None:
    bounce = theirs("b1", ny(3, 2, 12), Kind.AUTO_REPLY, Facts(bounced=("bob@corp.example",)), sender=NO_REPLY)
    stood = drafted(key("thank_you-1", "bob@corp.example"), ny(3, 2, 11))
    decision = at(ny(3, 2, 13), BOOKED, stood, bounce)
    assert steps(decision.place) == ["ann thank_you-1"]
    assert [item.key.recipient for item in decision.withdraw] == ["bob@corp.example"]
    assert "bounced" in told(decision)


# --- status follow-ups ------------------------------------------------------------------------------------------------

THANKED = (
    mine("t1", ny(3, 2, 12), step=key("thank_you-1")),
    mine("t2", ny(3, 2, 12), "bob@corp.example", key("thank_you-1", "bob@corp.example")),
)


def test_the_first_follow_up_appears_twelve_hours_before_its_slot() -> None:
    before = at(ny(3, 16, 19, 59), BOOKED, *THANKED)
    assert before.place == ()
    assert steps(before.upcoming) == ["ann status-1.1"]
    assert before.next_check == ny(3, 16, 20)
    (place,) = at(ny(3, 16, 20), BOOKED, *THANKED).place
    assert (place.slot.opens, place.slot.closes) == (ny(3, 17, 8), ny(3, 17, 11))
    assert (place.attempt, place.final, place.late) == (1, False, False)
    assert rules_of(place) >= {"F6", "D2", "X5", "F3", "D13"}
    assert {article for reason in place.reasons for article in reason.articles} >= {"S1", "S3"}
    assert any("m1" in reason.evidence for reason in place.reasons)


def test_an_unsent_follow_up_stays_the_same_and_moves_to_the_next_slot() -> None:
    events = (BOOKED, *THANKED, drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8)))
    seen = []
    for now in (ny(3, 17, 10, 59), ny(3, 17, 11), ny(3, 18, 11), ny(3, 24, 12)):
        decision = at(now, *events)
        (place,) = decision.place
        seen.append((place.key.step, place.slot.opens, place.late, told(decision)))
    assert seen == [
        ("status-1.1", ny(3, 17, 8), False, []),
        ("status-1.1", ny(3, 18, 8), True, ["status_late"]),
        ("status-1.1", ny(3, 24, 8), True, ["status_late"]),
        ("status-1.1", ny(3, 25, 8), True, ["status_late"]),
    ]


def test_a_machine_that_was_off_on_tuesday_catches_up_for_wednesday() -> None:
    (place,) = at(ny(3, 17, 15), BOOKED, *THANKED).place
    assert place.slot.opens == ny(3, 18, 8)


def test_a_slot_that_was_missed_by_more_than_a_month_is_not_made_up_for() -> None:
    assert steps(at(ny(4, 16, 10, 59), BOOKED, *THANKED).place) == ["ann status-1.1"]
    old = at(ny(4, 16, 11), BOOKED, *THANKED)
    assert (old.place, old.upcoming, told(old)) == ((), (), ["month_of_silence"])
    stood = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    assert steps(at(ny(4, 16, 11), BOOKED, *THANKED, stood).place) == ["ann status-1.1"]


def test_the_cadence_counts_from_the_day_of_sending() -> None:
    (place,) = at(ny(3, 20), BOOKED, *THANKED, mine("s1", ny(3, 19, 17), step=key("status-1.1"))).upcoming
    assert (place.key.step, place.slot.opens) == ("status-1.2", ny(4, 7, 8))


def test_a_discarded_follow_up_is_skipped_and_the_next_counts_from_its_slot() -> None:
    stood = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    gone = drafted(key("status-1.1"), ny(3, 16, 21), DraftChange.DISCARDED)
    decision = at(ny(3, 16, 22), BOOKED, *THANKED, stood, gone)
    assert decision.place == ()
    assert [(place.key.step, place.slot.opens) for place in decision.upcoming] == [("status-1.2", ny(3, 31, 8))]


def test_the_third_is_the_last_and_then_comes_nothing() -> None:
    sent = [
        mine(f"s{number}", when, step=key(f"status-1.{number}")) for number, when in enumerate([ny(3, 17, 9), ny(3, 31, 9)], 1)
    ]
    (place,) = at(ny(4, 13, 20), BOOKED, *THANKED, *sent).place
    assert (place.key.step, place.final) == ("status-1.3", True)
    third = mine("s3", ny(4, 14, 9), step=key("status-1.3"))
    done = at(ny(4, 15), BOOKED, *THANKED, *sent, third)
    assert (done.place, done.upcoming, done.next_check) == ((), (), ny(4, 28, 0))
    over = at(ny(4, 28, 0), BOOKED, *THANKED, *sent, third)
    assert (told(over), over.next_check) == (["how_they_answered", "move_on"], None)


def test_a_month_of_silence_asks_and_the_next_follow_up_is_the_last() -> None:
    assert told(at(ny(4, 1, 0), BOOKED, *THANKED, mine("s1", ny(3, 24, 9), step=key("status-1.1")))) == ["month_of_silence"]
    (place,) = at(ny(4, 1, 0), BOOKED, *THANKED, mine("s1", ny(3, 24, 9), step=key("status-1.1"))).upcoming
    assert (place.key.step, place.slot.opens, place.final) == ("status-1.2", ny(4, 7, 8), True)
    sent = mine("s2", ny(4, 7, 9), step=key("status-1.2"))
    after = at(ny(4, 8), BOOKED, *THANKED, mine("s1", ny(3, 24, 9), step=key("status-1.1")), sent)
    assert (after.place, after.upcoming, told(after)) == ((), (), [])


def test_after_a_promised_date_comes_the_first_allowed_morning_and_the_gap_after_the_thanks_is_waived() -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 2, 25), date(2026, 3, 5))
    thanks = mine("t1", ny(3, 4, 12), step=key("thank_you-1"))
    (place,) = (item for item in at(ny(3, 4, 13), confirmed("m1", ny(2, 25), TALK, promise=promise), thanks).upcoming)
    assert place.slot.opens == ny(3, 6, 8)
    assert rules_of(place) >= {"F4", "F10", "D1", "D9"}


def test_a_promised_date_never_waives_the_week_between_two_status_mails() -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 3, 18), date(2026, 3, 19))
    events = (
        BOOKED,
        *THANKED,
        mine("s1", ny(3, 17, 9), step=key("status-1.1")),
        theirs("m2", ny(3, 18), facts=Facts(promise=promise)),
    )
    (place,) = at(ny(3, 19), *events).upcoming
    assert (place.key.step, place.slot.opens) == ("status-2.1", ny(3, 24, 8))
    assert "F15" in rules_of(place)


def test_status_mails_of_other_processes_of_the_company_count_for_the_gap() -> None:
    process, _ = at_now(ny(3, 10), [BOOKED, *THANKED])
    from rules.decide import decide  # noqa: PLC0415 - the one test that needs it bare

    told_of = replace(process, company_sent=(ny(3, 16, 9),))
    (place,) = decide(told_of, POLICY, PROFILE, ny(3, 10)).upcoming
    assert place.slot.opens == ny(3, 24, 8)


def test_a_late_thank_you_keeps_the_first_follow_up_three_business_days_off() -> None:
    few = promised(PromiseClass.FEW_DAYS, date(2026, 3, 2))
    events = (BOOKED, theirs("m2", ny(3, 2, 13), facts=Facts(promise=few)), mine("t1", ny(3, 9, 12), step=key("thank_you-1")))
    (place,) = at(ny(3, 9, 13), *events).upcoming
    assert place.slot.opens == ny(3, 17, 8)
    assert "X19" in rules_of(place)


def test_an_instruction_to_write_on_a_day_is_followed_to_the_day() -> None:
    asked = promised(PromiseClass.CONTACT_DATE, date(2026, 3, 3), date(2026, 3, 13))
    (place,) = at(ny(3, 9), BOOKED, *THANKED, theirs("m2", ny(3, 3), facts=Facts(promise=asked))).upcoming
    assert place.slot.opens == ny(3, 13, 8)
    assert "H11" in rules_of(place)


def test_the_last_human_correspondent_gets_it_else_the_hiring_manager_else_the_recruiter() -> None:
    roster = (
        Person("Rita Cole", "rita@corp.example", role=RoleClass.RECRUITER),
        Person("Hal Moss", "hal@corp.example", role=RoleClass.HIRING_MANAGER),
    )
    facts = Facts(interviews=(TALK,), people=roster)
    booked = theirs("m1", ny(2, 25), Kind.INTERVIEW_CONFIRMATION, facts, sender=NO_REPLY, can_receive=False)
    assert steps(at(ny(3, 9), booked).upcoming) == ["hal status-1.1"]
    bounce = theirs("b1", ny(3, 8), Kind.AUTO_REPLY, Facts(bounced=("hal@corp.example",)), sender=NO_REPLY)
    assert steps(at(ny(3, 9), booked, bounce).upcoming) == ["rita status-1.1"]
    assert steps(at(ny(3, 9), BOOKED).upcoming) == ["ann status-1.1"]


def test_where_nobody_can_be_written_to_the_user_is_told_when_it_is_due() -> None:
    talk = replace(TALK, interviewers=(Person("Cem Acar"),))
    booked = theirs("m1", ny(2, 25), Kind.INTERVIEW_CONFIRMATION, Facts(interviews=(talk,)), sender=NO_REPLY, can_receive=False)
    assert told(at(ny(3, 16, 19), booked)) == []
    assert told(at(ny(3, 16, 20), booked)) == ["no_recipient"]


def test_an_edited_follow_up_is_the_one_that_stands_even_when_somebody_else_answers_now() -> None:
    edited = (
        drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8)),
        drafted(key("status-1.1"), ny(3, 16, 21), DraftChange.EDITED),
    )
    bounce = theirs("b1", ny(3, 16, 22), Kind.AUTO_REPLY, Facts(bounced=("ann@corp.example",)), sender=NO_REPLY)
    decision = at(ny(3, 17, 9), BOOKED, *THANKED, *edited, bounce)
    assert steps(decision.place) == ["ann status-1.1"]
    assert decision.withdraw == ()


def test_a_mail_of_the_users_own_takes_the_place_of_the_follow_up() -> None:
    stood = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    decision = at(ny(3, 17, 8), BOOKED, *THANKED, stood, mine("o1", ny(3, 17, 7)))
    assert [item.key for item in decision.withdraw] == [key("status-1.1")]
    assert [(place.key.step, place.slot.opens) for place in decision.upcoming] == [("status-1.2", ny(3, 31, 8))]


def test_an_out_of_office_moves_the_follow_up_to_the_first_slot_after_the_return() -> None:
    stood = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    decision = at(ny(3, 16, 22), BOOKED, *THANKED, stood, out_of_office("a1", ny(3, 16, 21), date(2026, 3, 20)))
    assert [item.key for item in decision.withdraw] == [key("status-1.1")]
    assert [place.slot.opens for place in decision.upcoming] == [ny(3, 24, 8)]
    assert told(decision) == ["away"]


def test_without_a_date_of_return_it_moves_by_a_week_from_the_planned_slot() -> None:
    (place,) = at(ny(3, 11), BOOKED, *THANKED, out_of_office("a1", ny(3, 10))).upcoming
    assert place.slot.opens == ny(3, 24, 8)


@pytest.mark.parametrize(
    "stop",
    [
        theirs("m2", ny(3, 10)),
        theirs("m2", ny(3, 10), Kind.REJECTION),
        theirs("m2", ny(3, 10), Kind.OFFER),
        theirs("m2", ny(3, 10), Kind.INTERVIEW_INVITE),
        theirs("m2", ny(3, 10), facts=Facts(outcome=Outcome.ON_HOLD)),
        theirs("m2", ny(3, 10), facts=Facts(no_contact=True)),
        mark(Verb.PAUSE, ny(3, 10)),
        mark(Verb.CLOSE, ny(3, 10)),
    ],
    ids=["reply", "rejection", "offer", "invite", "on hold", "no contact", "pause", "close"],
)
def test_what_stops_the_follow_ups_takes_the_untouched_draft_and_leaves_the_edited_one(stop: Event) -> None:
    few = theirs("m0", ny(3, 2, 13), facts=Facts(promise=promised(PromiseClass.FEW_DAYS, date(2026, 3, 2))))
    step = key("status-2.1")
    events = (BOOKED, few, *THANKED, drafted(step, ny(3, 9, 20), slot=ny(3, 10, 8)))
    assert steps(at(ny(3, 10, 11), *events).place) == ["ann status-2.1"]
    stopped = at(ny(3, 10, 12), *events, stop)
    assert [item.key for item in stopped.withdraw] == [step]
    assert not [place for place in stopped.place if place.kind is DraftKind.STATUS]
    edited = at(ny(3, 10, 12), *events, drafted(step, ny(3, 9, 21), DraftChange.EDITED), stop)
    assert edited.withdraw == ()
    assert not [place for place in edited.place if place.kind is DraftKind.STATUS]


def test_after_on_hold_and_an_answer_nothing_follows() -> None:
    held = theirs("m2", ny(3, 4), facts=Facts(outcome=Outcome.ON_HOLD))
    decision = at(ny(4, 20), BOOKED, *THANKED, held, mine("o1", ny(3, 5)))
    assert (decision.place, decision.upcoming) == ((), ())
    assert "on_hold" in told(decision)


def test_on_hold_is_told_once_and_asks_nothing_of_the_user() -> None:
    decision = at(ny(3, 5), BOOKED, *THANKED, theirs("m2", ny(3, 4), facts=Facts(outcome=Outcome.ON_HOLD)))
    assert told(decision) == ["on_hold"]
    assert "hold" in decision.reasons[0].text
    assert "answered" not in decision.reasons[0].text


def test_a_draft_that_goes_for_an_absence_says_so() -> None:
    step = key("status-1.1")
    placed = drafted(step, ny(3, 16, 20), slot=ny(3, 17, 8))
    decision = at(ny(3, 17, 7), BOOKED, *THANKED, placed, out_of_office("m2", ny(3, 17, 6), date(2026, 3, 23)))
    (gone,) = decision.withdraw
    assert gone.key == step
    assert "away" in gone.reason.text


def test_notices_name_times_in_the_users_zone_and_slots_stay_in_the_recipients() -> None:
    abroad = replace(PROFILE, zone="Asia/Tokyo")
    decision = at(ny(3, 5), BOOKED, profile=abroad)
    late = next(notice.text for notice in decision.notices if notice.kind == "thank_you_late")
    assert "Tuesday 3 March 2026, 01:00" in late  # eleven in the morning of the day before, in New York
    (first, *_) = decision.place
    assert first.slot.opens == ny(3, 2, 11)
    assert any(reason.text.startswith("It is best sent by") and "there" in reason.text for reason in first.reasons)


def test_who_was_thanked_before_they_left_is_asked_for_no_more() -> None:
    gone = theirs("m2", ny(3, 3), Kind.AUTO_REPLY, Facts(away=Away(left=True)), sender=Address("Ann Weber", "ann@corp.example"))
    decision = at(ny(3, 4), BOOKED, *THANKED, gone)
    assert told(decision) == ["left"]


def test_no_contact_stops_every_kind_of_draft() -> None:
    stop = theirs("m2", ny(3, 3), Kind.REJECTION, Facts(no_contact=True))
    decision = at(ny(3, 4, 9), BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11)), stop)
    assert (decision.place, decision.upcoming) == ((), ())
    assert [item.key for item in decision.withdraw] == [key("thank_you-1")]
    assert told(decision) == ["how_they_answered", "no_contact"]


def test_a_snooze_shows_what_comes_after_it_and_misses_no_slot() -> None:
    snooze = mark(Verb.PAUSE, ny(3, 10), ny(3, 26, 9))
    paused = at(ny(3, 20), BOOKED, *THANKED, snooze)
    assert paused.next_check == ny(3, 26, 9)
    assert [(place.key.step, place.slot.opens) for place in paused.upcoming] == [("status-1.1", ny(3, 31, 8))]
    after = at(ny(3, 30, 20), BOOKED, *THANKED, snooze)
    assert [(place.slot.opens, place.late) for place in after.place] == [(ny(3, 31, 8), False)]


def test_a_process_without_an_interview_or_conversation_waits_for_nothing() -> None:
    decision = at(ny(6, 1), theirs("m1", ny(2, 25), Kind.APPLICATION_ACK, sender=NO_REPLY))
    assert (decision.place, decision.upcoming, decision.notices, decision.next_check) == ((), (), (), None)


# --- after a rejection ------------------------------------------------------------------------------------------------


def test_the_gracious_note_appears_at_the_next_business_opening_for_everybody_met_and_the_writer() -> None:
    rita = Address("Rita Cole", "rita@corp.example")
    events = (BOOKED, *THANKED, theirs("m2", ny(3, 6, 16), Kind.REJECTION, sender=rita))
    before = at(ny(3, 9, 7, 59), *events)
    assert (before.place, before.next_check) == ((), ny(3, 9, 8))
    decision = at(ny(3, 9, 8), *events)
    assert steps(decision.place) == ["ann gracious", "bob gracious", "rita gracious"]
    assert {(place.slot.opens, place.slot.closes) for place in decision.place} == {(ny(3, 9, 8), ny(3, 9, 11))}
    assert steps(at(ny(3, 13, 16, 59), *events).place) == ["ann gracious", "bob gracious", "rita gracious"]
    assert at(ny(3, 13, 17), *events).place == ()


def test_a_rejection_by_a_machine_is_answered_to_the_recruiter_on_the_roster() -> None:
    rita = Facts(people=(Person("Rita Cole", "rita@corp.example", role=RoleClass.RECRUITER),))
    events = (
        theirs("m0", ny(2, 20), facts=rita),
        BOOKED,
        theirs("m2", ny(3, 4), Kind.REJECTION, sender=NO_REPLY, can_receive=False),
    )
    assert steps(at(ny(3, 5, 8), *events).place) == ["ann gracious", "bob gracious", "rita gracious"]


def test_a_rejection_shortly_before_the_opening_waits_a_day() -> None:
    (place,) = at(ny(3, 4, 7, 45), theirs("m1", ny(3, 4, 7, 30), Kind.REJECTION)).upcoming
    assert place.appears_at == ny(3, 5, 8)


def test_whom_the_user_thanked_after_the_rejection_gets_no_second_note() -> None:
    decision = at(ny(3, 5, 8), BOOKED, theirs("m2", ny(3, 4), Kind.REJECTION), mine("o1", ny(3, 4, 18)))
    assert steps(decision.place) == ["bob gracious"]


# --- the whole --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "events", "now"),
    [
        (State.SCHEDULED, (BOOKED,), ny(3, 1)),
        (State.THEIR_TURN, (BOOKED,), ny(3, 3)),
        (State.DRAFTED, (BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11))), ny(3, 3)),
        (State.OUR_TURN, (BOOKED, theirs("m2", ny(3, 3))), ny(3, 4)),
        (State.PAUSED, (BOOKED, mark(Verb.PAUSE, ny(3, 3))), ny(3, 4)),
        (State.CLOSED, (BOOKED, theirs("m2", ny(3, 3), Kind.REJECTION)), ny(3, 4)),
        (State.DORMANT, (BOOKED, *(mine(f"s{n}", ny(3, 17) + timedelta(14 * n)) for n in range(3))), ny(5, 1)),
    ],
)
def test_every_state_says_why(state: State, events: tuple[Event, ...], now: datetime) -> None:
    process, decision = at_now(now, list(events))
    assert process.state is state
    assert decision.reasons[0].text.endswith(".")


def test_no_text_for_the_user_speaks_of_guilt_or_of_times_that_run() -> None:
    """Words that reproach are out (F24); words such as `ago` would change with the clock (invariant 7)."""
    stages: list[tuple[Process, Decision]] = [at_now(ny(3, 2, 11) + timedelta(days=day), [BOOKED]) for day in range(60)]
    texts = [notice.text for _, decision in stages for notice in decision.notices]
    texts += [reason.text for _, decision in stages for place in decision.place for reason in place.reasons]
    banned = ("forgot", "should have", "failed", "your fault", "neglect", "guilt", "ago", "today", "tomorrow", "yesterday")
    assert texts
    assert [text for text in texts for word in banned if f" {word}" in text.lower()] == []


def test_a_playbook_of_the_users_own_changes_the_dates() -> None:
    brisk = parse_policy(
        "[wait]\nno_date_days = 7\n[status]\ncadence_days = 7\n[slot]\nweekdays = ['thu']\nlead_hours = 0\n", POLICY
    )
    (place,) = at(ny(3, 8), BOOKED, *THANKED, policy=brisk).upcoming
    assert (place.slot.opens, place.appears_at) == (ny(3, 12, 8), ny(3, 12, 8))


@pytest.mark.parametrize("cap", [0, 1])
def test_the_cap_of_the_playbook_holds(cap: int) -> None:
    policy = parse_policy(f"[status]\ncap = {cap}\n", POLICY)
    decision = at(ny(3, 8), BOOKED, *THANKED, policy=policy)
    assert [place.final for place in decision.upcoming] == [True] * cap


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Honolulu", "Asia/Kathmandu", "Nowhere/Land"])
def test_a_user_anywhere_gets_mornings_of_the_recipients_place(zone: str) -> None:
    profile = Profile("Robin", "robin@home.example", zone=zone)
    (place,) = at(ny(3, 10), BOOKED, *THANKED, profile=profile).upcoming
    assert place.slot.opens.tzinfo == ZoneInfo("America/New_York")
    assert (place.slot.opens.hour, place.slot.opens.weekday() in {1, 2}) == (8, True)
    assert place.slot.opens >= datetime(2026, 3, 16, 12, tzinfo=UTC)


def _called_off(at_: datetime, promise: Promise | None = None, talk: Interview = TALK) -> Event:
    gone = replace(talk, status=InterviewStatus.CANCELLED, sequence=1)
    return theirs("off", at_, Kind.CANCELLATION, Facts(interviews=(gone,), promise=promise))


def test_after_the_only_interview_was_called_off_the_follow_up_asks_for_another_time_and_not_for_a_decision() -> None:
    soon = promised(PromiseClass.VAGUE, date(2026, 3, 1))
    process, decision = at_now(ny(3, 17, 9), [BOOKED, _called_off(ny(3, 1), soon)])
    (place,) = decision.place
    assert any("asks for another time" in reason.text for reason in place.reasons)
    text = compose(place, process, PROFILE, now=ny(3, 17, 9), message_id="a@example.com").text
    assert "decision" not in text
    asked = load_wording().variants("status", "ask", ["missed"])
    assert any(source.rstrip(".") in text.replace("\n", " ") for source in asked)


def test_after_a_second_interview_was_called_off_the_first_one_still_stands() -> None:
    second = meeting(ny(3, 10, 10), "cal-2")
    events = [BOOKED, confirmed("m2", ny(3, 4), second), _called_off(ny(3, 9), None, second)]
    process, decision = at_now(ny(3, 24, 9), events)
    (place,) = [one for one in decision.place if one.kind is DraftKind.STATUS]
    assert not talk_called_off(process)
    assert not any("another time" in reason.text for reason in place.reasons)


def test_what_a_thank_you_note_is_taken_back_for_is_said_in_particular() -> None:
    stood = drafted(key("thank_you-1"), ny(3, 2, 11))
    moved = theirs(
        "m2", ny(3, 2, 12), Kind.RESCHEDULE, Facts(interviews=(replace(TALK, start=ny(3, 5), end=ny(3, 5, 13), sequence=1),))
    )
    for event, words in ((_called_off(ny(3, 2, 12)), "called off"), (moved, "moved: it ends on Thursday 5 March")):
        (gone,) = [one for one in at(ny(3, 2, 12, 1), BOOKED, stood, event).withdraw if one.key == key("thank_you-1")]
        assert words in gone.reason.text


def test_what_a_follow_up_is_taken_back_for_is_said_in_particular() -> None:
    stood = drafted(key("status-1.1"), ny(3, 16, 20))
    again = confirmed("m2", ny(3, 17, 7), meeting(ny(3, 20), "cal-2"))
    own = mine("own", ny(3, 17, 7))
    for event, words in ((again, "An interview was fixed"), (own, "You wrote to them yourself")):
        (gone,) = at(ny(3, 17, 8), BOOKED, stood, event).withdraw
        assert words in gone.reason.text


def test_an_interview_that_lies_ahead_is_not_spoken_of_as_over() -> None:
    (ahead,) = [one for one in at(ny(3, 1), BOOKED).upcoming if one.key == key("thank_you-1")]
    assert ahead.reasons[0].text.startswith("Interview 1 ends on")
    (stands,) = [one for one in at(ny(3, 2, 11), BOOKED).place if one.key == key("thank_you-1")]
    assert stands.reasons[0].text.startswith("Interview 1 ended on")


def test_a_reminder_does_not_name_a_time_that_is_over_as_if_it_lay_ahead() -> None:
    texts = {hour: at(ny(3, 2, 11) + timedelta(hours=hour), BOOKED).notices for hour in (20, 24, 44)}
    said = {hour: next(one.text for one in notices if one.kind == "thank_you_unsent") for hour, notices in texts.items()}
    assert "; best by" in said[20]
    assert "; they were best sent by" in said[24]
    assert "; they were best sent by" in said[44]
