"""When notes of thanks are due, and what the notes of the user change (B2 to B8, T4 to T8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from rules.classify.types import Kind
from rules.extract.types import Facts, Person, PromiseClass
from rules.process import DraftChange, Event, Verb
from tests.rules.asking import BOOKED, THANKED, fold_at, ids, look, next_status, note_slot, opens, said, sent, text_of, told
from tests.rules.timing import (
    BOB,
    NO_REPLY,
    PLAYBOOKS,
    confirmed,
    drafted,
    key,
    mark,
    meeting,
    mine,
    noted,
    ny,
    promised,
    theirs,
)


def test_b2_an_open_task_of_the_users_suppresses_the_follow_up_and_says_what_is_owed() -> None:
    note = noted("n1", ny(3, 2, 13), other_steps=("Write the mock e-mail",))
    standing = drafted(key("status-1.1"), ny(3, 16, 20))
    decision = look(ny(3, 16, 21), BOOKED, THANKED, standing, note)
    assert (decision.place, decision.upcoming) == ((), ())
    assert [item.reason.rules for item in decision.withdraw] == [("B2",)]
    assert "Write the mock e-mail" in text_of(decision, "owed")
    assert "B2" in ids(decision.reasons)


def test_b2_what_is_done_begins_their_turn_anew() -> None:
    note = noted("n1", ny(3, 2, 13), other_steps=("Write the mock e-mail",))
    (owed,) = fold_at(ny(3, 3), BOOKED, note).owed
    done = mark(Verb.DONE, ny(3, 12, 12), item=owed.id)
    process = fold_at(ny(3, 12, 13), BOOKED, THANKED, note, done)
    assert (process.owed, process.wait is not None and process.wait.since) == ((), ny(3, 12, 12))
    assert opens(ny(3, 12, 13), BOOKED, THANKED, note, done) == "Tue 31 Mar 08:00"
    assert "owed" not in told(look(ny(3, 12, 13), BOOKED, THANKED, note, done))


def test_b4_a_promise_in_the_notes_holds_from_the_end_of_the_interview_with_the_note_as_evidence() -> None:
    """D11: it is as old as the interview, whenever it was written down."""
    note = noted("n1", ny(3, 4, 20), promise=promised(PromiseClass.VAGUE, date(2026, 3, 2)))
    process = fold_at(ny(3, 5), BOOKED, note)
    assert process.wait is not None
    assert (process.wait.since, process.wait.number) == (ny(3, 2, 11), 1)
    assert process.wait.evidence == ("m1", "n1")
    place = next_status(ny(3, 5), BOOKED, note)
    assert place is not None
    assert ids(place.reasons) >= {"F1", "D11"}


def test_b5_a_date_in_the_notes_moves_the_follow_up_and_a_later_mail_moves_it_again() -> None:
    note = noted("n1", ny(3, 3), promise=promised(PromiseClass.HARD_DATE, date(2026, 3, 2), date(2026, 3, 12)))
    assert opens(ny(3, 5), BOOKED, THANKED, note) == "Fri 13 Mar 08:00"
    later = theirs("m2", ny(3, 6), facts=Facts(promise=promised(PromiseClass.HARD_DATE, date(2026, 3, 6), date(2026, 3, 16))))
    assert opens(ny(3, 7), BOOKED, THANKED, note, later) == "Tue 17 Mar 08:00"


def test_b5_a_note_that_takes_its_promise_back_leaves_none() -> None:
    first = noted("n1", ny(3, 3), promise=promised(PromiseClass.HARD_DATE, date(2026, 3, 2), date(2026, 3, 12)))
    assert opens(ny(3, 5), BOOKED, THANKED, first, noted("n2", ny(3, 4))) == "Tue 17 Mar 08:00"


def test_b5_a_promise_that_belongs_to_no_interview_begins_a_wait_when_it_is_noted() -> None:
    call = noted("n1", ny(3, 10, 12), 0, promise=promised(PromiseClass.HARD_DATE, date(2026, 3, 10), date(2026, 3, 18)))
    process = fold_at(ny(3, 11), BOOKED, THANKED, call)
    assert process.wait is not None
    assert (process.wait.since, process.wait.evidence) == (ny(3, 10, 12), ("n1",))
    assert opens(ny(3, 11), BOOKED, THANKED, call) == "Thu 19 Mar 08:00"


def test_b6_people_whom_the_notes_name_get_a_note_and_those_who_are_known_are_not_doubled() -> None:
    named = (Person("Ann", title="Head of Data"), BOB)
    note = noted("n1", ny(3, 2, 12), people=named)
    process = fold_at(ny(3, 2, 13), BOOKED, note)
    assert [(person.name, person.address) for person in process.rounds[0].interviewers] == [
        ("Ann Weber", "ann@corp.example"),
        ("Bob Osei", "bob@corp.example"),
    ]
    assert process.rounds[0].interviewers[0].title == "Head of Data"
    assert [place.key.recipient for place in look(ny(3, 2, 13), BOOKED, note).place] == ["ann@corp.example", "bob@corp.example"]


def test_b8_a_new_event_plans_anew_and_the_plan_is_that_of_a_cold_start() -> None:
    events: list[Event] = [BOOKED, THANKED, said(PromiseClass.HARD_DATE, date(2026, 3, 12))]
    for _ in range(2):
        assert opens(ny(3, 5), *events) == "Fri 13 Mar 08:00"
    assert look(ny(3, 5), *events) == look(ny(3, 5), *reversed(events))


def test_t1_everybody_gets_a_draft_of_their_own_and_none_has_two_recipients() -> None:
    people = tuple(Person(f"Person {letter}", f"{letter}@corp.example") for letter in "abcd")
    panel = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=people))
    drafts = [place.key for place in look(ny(3, 2, 11), panel).place]
    assert [draft.recipient for draft in drafts] == [person.address for person in people]
    assert {draft.step for draft in drafts} == {"thank_you-1"}


def test_t3_each_round_has_a_note_of_its_own_and_a_discarded_one_stays_away() -> None:
    second = confirmed("m2", ny(3, 4), meeting(ny(3, 10, 10), "cal-2"))
    placed = drafted(key("thank_you-1"), ny(3, 2, 11))
    gone = drafted(key("thank_you-1"), ny(3, 2, 12), DraftChange.DISCARDED)
    decision = look(ny(3, 10, 11), BOOKED, placed, gone, second)
    assert [place.key.step for place in decision.place] == ["thank_you-2"]


def test_t4_a_note_is_best_sent_within_24_hours() -> None:
    assert note_slot(ny(3, 2, 10)) == (ny(3, 2, 10), ny(3, 3, 10))


def test_t5_the_draft_stands_the_minute_the_interview_ends_and_its_golden_hour_is_told_until_it_is_over() -> None:
    decision = look(ny(3, 2, 11), BOOKED)
    assert [place.appears_at for place in decision.place] == [ny(3, 2, 11)]
    assert "12:00" in text_of(decision, "golden_hour")
    assert decision.next_check == ny(3, 2, 12)
    assert told(look(ny(3, 2, 12), BOOKED)) == []
    assert told(look(ny(3, 2, 11, 30), BOOKED, mine("t", ny(3, 2, 11, 20), step=key("thank_you-1")))) == []


def test_t6_a_note_is_late_after_48_hours_and_is_never_dropped_silently() -> None:
    assert [place.late for place in look(ny(3, 4, 10, 59), BOOKED).place] == [False]
    late = look(ny(3, 4, 11, 1), BOOKED)
    assert [place.late for place in late.place] == [True]
    assert told(late) == ["thank_you_late"]


def test_t6_a_note_that_nobody_looked_for_in_time_is_told_of_until_the_first_follow_up() -> None:
    slept = look(ny(3, 9, 9), BOOKED)
    assert [place.kind.value for place in slept.place if not place.kind.to_self] == []
    assert "Ann Weber" in text_of(slept, "thank_you_not_begun")
    assert "thank_you_not_begun" not in told(look(ny(3, 7, 10, 59), BOOKED))
    for events in ([BOOKED, THANKED], [BOOKED, sent(1, ny(3, 17, 9))]):
        assert "thank_you_not_begun" not in told(look(ny(3, 18, 9), *events))
    assert "thank_you_not_begun" not in told(look(ny(4, 1, 12), BOOKED))
    second = confirmed("m2", ny(3, 8), meeting(ny(3, 12, 10), "cal-2"))
    assert "thank_you_not_begun" not in told(look(ny(3, 12, 12), BOOKED, second))


@pytest.mark.parametrize(
    ("end", "slot"),
    [
        (ny(3, 6, 15), (ny(3, 9, 8), ny(3, 9, 9, 30))),
        (ny(5, 22, 15), (ny(5, 26, 8), ny(5, 26, 9, 30))),
        (ny(3, 7, 15), (ny(3, 9, 8), ny(3, 9, 9, 30))),
    ],
)
def test_t7_after_a_friday_or_on_a_weekend_it_is_first_thing_on_the_next_business_day(
    end: datetime, slot: tuple[datetime, datetime]
) -> None:
    assert note_slot(end) == slot
    assert note_slot(end, PLAYBOOKS["king"]) == slot


def test_t8_a_note_that_is_not_sent_is_told_of_after_20_24_and_44_hours_until_it_is() -> None:
    ladder = [(ny(3, 3, 7), 20), (ny(3, 3, 11), 24), (ny(3, 4, 7), 44)]
    for at, _ in ladder:
        before, after = look(at - timedelta(minutes=1), BOOKED), look(at, BOOKED)
        assert before.next_check == at
        assert [(notice.kind, notice.at) for notice in after.notices] == [("thank_you_unsent", at)]
    assert told(look(ny(3, 3, 8), BOOKED, mine("by telephone", ny(3, 3, 7, 30)))) == []


def test_t8_the_reminders_of_a_friday_wait_for_monday() -> None:
    friday = confirmed("m1", ny(3, 3), meeting(ny(3, 6, 14)))
    assert told(look(ny(3, 8, 20), friday)) == []
    assert told(look(ny(3, 9, 8), friday)) == ["thank_you_unsent"]
    assert told(look(ny(3, 9, 9, 30), friday)) == ["thank_you_late"]


def test_t8_the_notes_of_a_panel_are_told_in_one_sentence() -> None:
    panel = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(Person("Ann Weber", "ann@corp.example"), BOB)))
    decision = look(ny(3, 2, 11), panel)
    assert told(decision) == ["golden_hour"]
    assert "Ann Weber and Bob Osei" in text_of(decision, "golden_hour")


def test_nobody_is_thanked_for_an_interview_to_which_they_did_not_come() -> None:
    gone = mark(Verb.NO_SHOW, ny(3, 2, 12))
    decision = look(ny(3, 2, 12), BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11)), gone)
    assert not [place for place in decision.place if place.kind == "thank_you"]
    assert [item.key for item in decision.withdraw] == [key("thank_you-1")]
    moved = confirmed("m2", ny(3, 3), meeting(ny(3, 5, 10), sequence=1))
    assert [place.kind for place in look(ny(3, 5, 11), BOOKED, gone, moved).place] == ["thank_you"]


@pytest.mark.parametrize("address", ["dana@[192.0.2.1]", "j\u00f6rg@corp.example", "a@b@corp.example", "dana..kim@-corp.example"])
def test_t10_nothing_is_drafted_to_an_address_that_no_message_can_bear(address: str) -> None:
    talk = meeting(ny(3, 2, 10), people=(Person("Dana Kim", address), BOB))
    now = ny(3, 2, 11)
    decision = look(now, theirs("m1", ny(2, 25), Kind.INTERVIEW_CONFIRMATION, Facts(interviews=(talk,)), sender=NO_REPLY))
    assert [place.key.recipient for place in decision.place] == ["bob@corp.example"]
    assert "Dana Kim" in text_of(decision, "no_address")
