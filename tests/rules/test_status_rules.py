"""When status follow-ups are due, and what stops them (F1 to F26, H11, O1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rules.classify.types import Kind
from rules.decide import decide
from rules.extract.types import Facts, Promise, PromiseClass
from rules.process import Event, State, Verb
from tests.rules.asking import BOOKED, THANKED, fold_at, ids, look, next_status, opens, said, sent, text_of, told
from tests.rules.timing import (
    BOB,
    NO_REPLY,
    PLAYBOOKS,
    POLICY,
    PROFILE,
    at_now,
    confirmed,
    drafted,
    key,
    mark,
    meeting,
    mine,
    noted,
    ny,
    theirs,
)


def test_f1_told_next_week_it_is_two_weeks() -> None:
    assert opens(ny(3, 4), BOOKED, THANKED, said(PromiseClass.VAGUE)) == "Tue 17 Mar 08:00"


def test_f2_every_two_weeks_up_to_three_times_counting_what_was_sent() -> None:
    one, two = sent(1, ny(3, 17, 9)), sent(2, ny(3, 31, 9))
    assert opens(ny(3, 18), BOOKED, THANKED, one) == "Tue 31 Mar 08:00"
    unsent = drafted(key("status-1.2"), ny(3, 30, 20))
    assert opens(ny(4, 3), BOOKED, THANKED, one, unsent) == "Tue 07 Apr 08:00"
    assert [place.key.step for place in look(ny(4, 3), BOOKED, THANKED, one, unsent).place] == ["status-1.2"]
    assert opens(ny(4, 16), BOOKED, THANKED, one, two, sent(3, ny(4, 14, 9))) == "none"


def test_f3_nothing_goes_on_a_saturday_or_late_and_the_morning_is_the_recipients() -> None:
    place = next_status(ny(3, 3), BOOKED, THANKED)
    assert place is not None
    assert (place.slot.opens.weekday(), place.slot.opens.hour, place.slot.closes.hour) == (1, 8, 11)
    night = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 21)))
    (note,) = look(ny(3, 2, 22), night).place
    assert note.slot.opens == ny(3, 3, 8)


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [(date(2026, 3, 6), "Mon 09 Mar 08:00"), (date(2026, 5, 22), "Tue 26 May 08:00"), (date(2026, 3, 12), "Fri 13 Mar 08:00")],
)
def test_f4_a_deadline_is_given_one_business_day(deadline: date, expected: str) -> None:
    promise = said(PromiseClass.HARD_DATE, deadline)
    assert opens(ny(3, 3), BOOKED, THANKED, promise, policy=PLAYBOOKS["epc"]) == expected
    assert opens(ny(3, 3), BOOKED, THANKED, promise) == expected


def test_f5_after_the_deadline_one_follows_and_then_one_more() -> None:
    epc = PLAYBOOKS["epc"]
    events: list[Event] = [BOOKED, THANKED, said(PromiseClass.HARD_DATE, date(2026, 3, 6)), sent(1, ny(3, 9, 9), 2)]
    place = next_status(ny(3, 10), *events, policy=epc)
    assert place is not None
    assert (place.attempt, place.final) == (2, True)
    assert opens(ny(3, 25), *events, sent(2, ny(3, 23, 9), 2), policy=epc) == "none"


def test_f6_without_a_deadline_it_is_14_days() -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, policy=PLAYBOOKS["epc"]) == "Mon 16 Mar 08:00"


def test_f7_without_a_date_the_king_playbook_waits_a_week() -> None:
    place = next_status(ny(3, 3), BOOKED, THANKED, policy=PLAYBOOKS["king"])
    assert place is not None
    assert f"{place.slot.opens:%a %d %b}" == "Mon 09 Mar"
    assert "F7" in ids(place.reasons)


def test_f8_not_before_the_deadline_nor_before_a_week_after_the_thanks() -> None:
    mastering = PLAYBOOKS["mastering"]
    late_thanks = mine("thanks", ny(3, 4, 9), step=key("thank_you-1"))
    assert opens(ny(3, 5), BOOKED, late_thanks, policy=mastering) == "Wed 11 Mar 08:00"
    deadline = said(PromiseClass.HARD_DATE, date(2026, 3, 5))
    assert opens(ny(3, 5), BOOKED, late_thanks, deadline, policy=mastering) == "Wed 11 Mar 08:00"
    far = said(PromiseClass.HARD_DATE, date(2026, 3, 19))
    assert opens(ny(3, 5), BOOKED, late_thanks, far, policy=mastering) == "Fri 20 Mar 08:00"


def test_f9_told_within_a_few_days_it_is_a_week() -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, said(PromiseClass.FEW_DAYS)) == "Tue 10 Mar 08:00"


@pytest.mark.parametrize(("deadline", "within"), [(10, True), (11, True), (12, True), (13, False)])
def test_f10_a_date_is_followed_within_48_hours_where_a_business_morning_lies_within_them(deadline: int, *, within: bool) -> None:
    promise = said(PromiseClass.HARD_DATE, date(2026, 3, deadline))
    place = next_status(ny(3, 3), BOOKED, THANKED, promise, policy=PLAYBOOKS["king"])
    assert place is not None
    assert (place.slot.opens <= ny(3, deadline, 0) + timedelta(days=3)) is within


def test_f14_the_third_asks_and_those_before_do_not() -> None:
    asked: list[bool] = []
    events: list[Event] = [BOOKED, THANKED]
    for number, day in ((1, ny(3, 17, 9)), (2, ny(3, 31, 9)), (3, ny(4, 14, 9))):
        place = next_status(day - timedelta(days=1), *events)
        assert place is not None
        asked.append(place.asks)
        events.append(sent(number, day))
    assert asked == [False, False, True]


def test_f15_the_gap_counts_over_all_conversations_with_a_company() -> None:
    process = replace(fold_at(ny(3, 13), BOOKED, THANKED), company_sent=(ny(3, 12, 9),))
    (place,) = (item for item in decide(process, POLICY, PROFILE, ny(3, 13)).upcoming if item.kind == "status")
    assert place.slot.opens == ny(3, 24, 8)
    assert "F15" in ids(place.reasons)


def test_f19_a_machine_that_slept_through_tuesday_takes_wednesday() -> None:
    assert opens(ny(3, 17, 14), BOOKED, THANKED) == "Wed 18 Mar 08:00"
    assert opens(ny(3, 18, 10, 59), BOOKED, THANKED) == "Wed 18 Mar 08:00"
    assert opens(ny(3, 18, 11), BOOKED, THANKED) == "Tue 24 Mar 08:00"
    deadline = said(PromiseClass.HARD_DATE, date(2026, 3, 12))
    assert opens(ny(3, 13, 12), BOOKED, THANKED, deadline) == "Mon 16 Mar 08:00"


def test_f20_a_month_of_silence_asks_and_parks_nothing_unasked() -> None:
    one = sent(1, ny(3, 24, 9))
    decision = look(ny(4, 1), BOOKED, THANKED, one)
    assert told(decision) == ["month_of_silence"]
    place = next_status(ny(4, 1), BOOKED, THANKED, one)
    assert place is not None
    assert place.final


def test_f21_after_the_last_one_the_user_is_sent_on_to_the_next_process() -> None:
    sents = [sent(1, ny(3, 17, 9)), sent(2, ny(3, 31, 9)), sent(3, ny(4, 14, 9))]
    decision = look(ny(4, 28), BOOKED, THANKED, *sents)
    assert "next process" in text_of(decision, "move_on")
    assert fold_at(ny(4, 28), BOOKED, THANKED, *sents).state is State.DORMANT


def test_f22_a_passed_start_date_ends_the_follow_ups_whoever_told_of_it() -> None:
    by_mail = theirs("m2", ny(3, 2, 12), facts=Facts(start_date=date(2026, 4, 1)))
    by_note = noted("n1", ny(3, 2, 12), start_by=date(2026, 4, 1))
    answer = mine("answer", ny(3, 2, 15))
    for told_by in ((by_mail, answer), (by_note,)):
        events = (BOOKED, THANKED, *told_by, sent(1, ny(3, 17, 9), 2 if by_mail in told_by else 1))
        assert next_status(ny(3, 18), *events) is not None
        before, after = look(ny(3, 31, 23, 59), *events), look(ny(4, 1, 0), *events)
        assert before.next_check == ny(4, 1, 0)
        assert "F22" in ids(before.reasons)
        assert [place for place in (*after.place, *after.upcoming) if place.kind == "status"] == []
        assert told(after) == ["start_date_passed"]


def test_f22_no_follow_up_is_planned_for_the_day_itself_and_a_standing_one_goes() -> None:
    note = noted("n1", ny(3, 2, 12), start_by=date(2026, 3, 17))
    assert next_status(ny(3, 3), BOOKED, THANKED, note) is None
    late = noted("n2", ny(3, 17, 7), start_by=date(2026, 3, 17))
    stood = drafted(key("status-1.1"), ny(3, 16, 20))
    decision = look(ny(3, 17, 7), BOOKED, THANKED, stood, late)
    assert [item.reason.rules for item in decision.withdraw] == [("F22",)]


def test_f22_a_start_date_from_before_a_newer_word_of_theirs_is_out_of_date() -> None:
    note = noted("n1", ny(3, 2, 12), start_by=date(2026, 3, 9))
    later = said(PromiseClass.HARD_DATE, date(2026, 3, 19), ny(3, 12))
    assert opens(ny(3, 13), BOOKED, THANKED, note, later) == "Fri 20 Mar 08:00"


def test_f23_no_draft_stands_before_its_policy_date_whatever_the_user_says() -> None:
    """There is no word of the user's that brings one forward: to resume starts the waiting, it does not end it."""
    for verb in Verb:
        decision = look(ny(3, 10, 10), BOOKED, THANKED, mark(verb, ny(3, 10, 9)))
        assert not [place for place in decision.place if place.kind == "status"], verb


def test_f24_what_is_told_of_silence_blames_nobody() -> None:
    sents = [sent(1, ny(3, 17, 9)), sent(2, ny(3, 31, 9)), sent(3, ny(4, 14, 9))]
    note = noted("n1", ny(3, 2, 12), start_by=date(2026, 3, 20))
    decisions = [look(ny(4, 28), BOOKED, THANKED, *sents), look(ny(4, 1), BOOKED, THANKED, sents[0])]
    decisions.append(look(ny(3, 20), BOOKED, THANKED, sents[0], note))
    texts = [notice.text.lower() for decision in decisions for notice in decision.notices]
    supportive = [text for text in texts if "silence is rarely about you" in text]
    assert len(supportive) == 3
    for text in texts:
        assert not any(word in text for word in ("ignored", "ghost", "reject", "failed", "your fault", "should have", "sorry"))


def test_f25_the_way_out_tells_how_they_answered_in_numbers_from_the_events() -> None:
    reply, answer = theirs("m2", ny(3, 5, 11)), mine("a", ny(3, 6, 11))
    again, answer2 = theirs("m3", ny(3, 16, 11)), mine("a2", ny(3, 16, 12))
    close = mark(Verb.CLOSE, ny(4, 20))
    decision = look(ny(4, 20), BOOKED, reply, answer, again, answer2, sent(1, ny(3, 31, 9), 3), close)
    text = text_of(decision, "how_they_answered")
    assert "twice" in text
    assert "10 days at most" in text
    assert "one follow-up since then" in text
    assert fold_at(ny(4, 20), BOOKED, reply).answered == ((ny(3, 2, 11), ny(3, 5, 11)),)


def test_f26_somebody_who_decides_is_away_and_the_follow_up_comes_after_that() -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, said(PromiseClass.AWAY_UNTIL, date(2026, 3, 18))) == "Tue 24 Mar 08:00"
    assert opens(ny(3, 3), BOOKED, THANKED, said(PromiseClass.AWAY_UNTIL, date(2026, 3, 6))) == "Tue 17 Mar 08:00"


@pytest.mark.parametrize("name", sorted(PLAYBOOKS))
def test_f27_a_reply_of_theirs_rests_the_follow_ups_and_takes_the_draft_back_in_every_playbook(name: str) -> None:
    stood, reply = drafted(key("status-1.1"), ny(3, 16, 20)), theirs("m2", ny(3, 17, 7))
    decision = look(ny(3, 17, 7), BOOKED, THANKED, stood, reply, policy=PLAYBOOKS[name])
    assert (decision.place, decision.upcoming) == ((), ())
    assert [item.reason.rules for item in decision.withdraw] == [("F27",)]
    assert "your_turn" in told(decision)


def test_h11_an_instruction_goes_before_every_gap_and_every_weekday() -> None:
    asked = said(PromiseClass.CONTACT_DATE, date(2026, 3, 5), ny(3, 4, 12))
    assert opens(ny(3, 4, 13), BOOKED, mine("thanks", ny(3, 4, 9)), asked, policy=PLAYBOOKS["ama"]) == "Thu 05 Mar 08:00"


def test_h11_who_asks_for_no_contact_gets_no_draft_of_any_kind() -> None:
    stop = theirs("m2", ny(3, 3), facts=Facts(no_contact=True))
    for policy in PLAYBOOKS.values():
        decision = look(ny(3, 20), BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11)), stop, policy=policy)
        assert (decision.place, decision.upcoming) == ((), ())
        assert [item.key for item in decision.withdraw] == [key("thank_you-1")]


def test_h11_instructions_are_listed_with_the_mail_they_stand_in_and_no_calls_is_remembered() -> None:
    how = theirs("m2", ny(3, 3), facts=Facts(instructions=("No phone calls, please.",), no_calls=True))
    process, decision = at_now(ny(3, 4), [BOOKED, how])
    assert process.no_calls
    (listed,) = (reason for reason in decision.reasons if "H11" in reason.rules)
    assert "No phone calls, please." in listed.text
    assert listed.evidence == ("m2",)
    receipt = theirs("ack", ny(2, 20), Kind.APPLICATION_ACK, how.facts, sender=NO_REPLY, can_receive=False)
    assert fold_at(ny(3, 4), BOOKED, receipt).no_calls


def test_o1_a_rejection_parks_all_and_thanks_the_people_met_but_no_machine() -> None:
    no = theirs("m2", ny(3, 10, 12), Kind.REJECTION, sender=NO_REPLY, can_receive=False)
    decision = look(ny(3, 11, 8), BOOKED, drafted(key("status-1.1"), ny(3, 9)), no)
    assert [(place.kind.value, place.key.recipient) for place in decision.place] == [("gracious", "ann@corp.example")]
    assert [item.key.step for item in decision.withdraw] == ["status-1.1"]
    assert decision.place[0].slot.opens == ny(3, 11, 8)


def test_o1_who_did_not_come_is_not_thanked_after_a_rejection_either() -> None:
    no = theirs("m2", ny(3, 10, 12), Kind.REJECTION, sender=NO_REPLY, can_receive=False)
    assert look(ny(3, 11, 8), BOOKED, mark(Verb.NO_SHOW, ny(3, 2, 12)), no).place == ()


def test_o1_a_refusal_after_a_further_interview_thanks_the_people_of_that_one() -> None:
    no = theirs("m2", ny(3, 10, 12), Kind.REJECTION)
    again = confirmed("m3", ny(3, 20), meeting(ny(3, 25, 10), "cal-2", people=(BOB,)))
    first = mine("g1", ny(3, 11, 8), step=key("gracious"))
    machine = theirs("m4", ny(4, 10, 12), Kind.REJECTION, sender=NO_REPLY, can_receive=False)
    events: list[Event] = [BOOKED, THANKED, no, first, again, machine]
    place = look(ny(4, 13, 8), *events).place
    assert [(one.key.step, one.key.recipient, one.attempt) for one in place] == [("gracious-2", "bob@corp.example", 2)]


def test_o1_a_no_that_is_said_twice_is_thanked_for_once() -> None:
    no = theirs("m2", ny(3, 10, 12), Kind.REJECTION)
    first = mine("g1", ny(3, 11, 8), step=key("gracious"))
    twice = theirs("m4", ny(3, 18, 12), Kind.REJECTION)
    assert look(ny(3, 19, 9), BOOKED, THANKED, no, first, twice).place == ()
    reopened = mark(Verb.REOPEN, ny(3, 12))
    assert look(ny(3, 19, 9), BOOKED, THANKED, no, first, reopened, twice).place == ()


def test_o1_an_offer_that_a_human_takes_back_is_a_refusal_but_not_on_the_word_of_a_machine() -> None:
    offer = theirs("m2", ny(3, 10, 12), Kind.OFFER)
    back = theirs("m3", ny(3, 17, 12), Kind.REJECTION)
    process, decision = at_now(ny(3, 18, 8), [BOOKED, THANKED, offer, back])
    assert process.closed_by == "rejection"
    assert [one.key.step for one in decision.place] == ["gracious"]
    machine = theirs("m3", ny(3, 17, 12), Kind.REJECTION, sender=NO_REPLY, can_receive=False)
    process, decision = at_now(ny(3, 18, 8), [BOOKED, THANKED, offer, machine])
    assert (process.closed_by, decision.place) == ("offer", ())


@pytest.mark.parametrize(
    ("begins", "opens_on"),
    [(None, "2026-03-17"), (date(2026, 3, 9), "2026-03-17"), (date(2026, 3, 30), "2026-03-31"), (date(2026, 4, 2), "2026-04-07")],
)
def test_f23_nothing_is_asked_before_what_they_named_has_begun(begins: date | None, opens_on: str) -> None:
    """Told `next month`, who asks after a fortnight has not listened."""
    promise = Promise(PromiseClass.VAGUE, date(2026, 3, 2), None, "They spoke of a time.", begins=begins)
    event = theirs("m2", ny(3, 2, 15), Kind.HUMAN_REPLY, Facts(promise=promise))
    place = next_status(ny(3, 3), BOOKED, THANKED, event)
    assert place is not None
    assert place.slot.opens.date().isoformat() == opens_on
    assert any("does not begin before" in reason.text for reason in place.reasons) == (opens_on > "2026-03-17")


def test_x7_the_month_of_silence_begins_with_what_they_named() -> None:
    promise = Promise(PromiseClass.VAGUE, date(2026, 3, 2), None, "In three to four weeks.", begins=date(2026, 3, 30))
    event = theirs("m2", ny(3, 2, 15), Kind.HUMAN_REPLY, Facts(promise=promise))
    place = next_status(ny(4, 1, 12), BOOKED, THANKED, event, sent(1, ny(3, 31, 9), wait=2))
    assert place is not None
    assert not place.final
    assert "month_of_silence" not in [notice.kind for notice in look(ny(4, 2), BOOKED, THANKED, event).notices]
