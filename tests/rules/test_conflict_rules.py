"""Where the articles differ, what is done and what each alone would have said (X1 to X19, D18, D26)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from rules.classify.types import Kind
from rules.decide import article_voices
from rules.extract.types import Facts, InterviewStatus, Outcome, PromiseClass
from rules.policy import parse_policy
from rules.process import Event, State, Verb
from tests.rules.asking import BOOKED, THANKED, fold_at, ids, look, next_status, note_slot, opens, said, sent, text_of
from tests.rules.timing import (
    PLAYBOOKS,
    POLICY,
    PROFILE,
    confirmed,
    key,
    mark,
    meeting,
    mine,
    ny,
    out_of_office,
    promised,
    theirs,
)


def test_x1_a_note_stands_within_the_hour_is_best_within_a_day_and_late_after_two() -> None:
    (place,) = look(ny(3, 2, 11), BOOKED).place
    assert (place.appears_at, place.slot.closes) == (ny(3, 2, 11), ny(3, 3, 11))
    assert look(ny(3, 4, 11), BOOKED).place[0].late


def test_x2_a_friday_note_stands_on_friday_and_is_sent_on_monday() -> None:
    (place,) = look(ny(3, 6, 15), confirmed("m1", ny(3, 3), meeting(ny(3, 6, 14)))).place
    assert (place.appears_at, place.slot.opens) == (ny(3, 6, 15), ny(3, 9, 8))


def test_x3_tuesday_and_wednesday_are_for_follow_ups_alone() -> None:
    assert note_slot(ny(3, 5, 12))[0] == ny(3, 5, 12)


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (PromiseClass.HARD_DATE, date(2026, 3, 9), "Tue 10 Mar 08:00"),
        (PromiseClass.HARD_DATE, date(2026, 3, 10), "Wed 11 Mar 08:00"),
        (PromiseClass.HARD_DATE, date(2026, 3, 11), "Thu 12 Mar 08:00"),
        (PromiseClass.HARD_DATE, date(2026, 3, 12), "Fri 13 Mar 08:00"),
        (PromiseClass.HARD_DATE, date(2026, 3, 13), "Mon 16 Mar 08:00"),
        (PromiseClass.VAGUE, None, "Tue 17 Mar 08:00"),
        (PromiseClass.FEW_DAYS, None, "Tue 10 Mar 08:00"),
    ],
)
def test_x4_each_class_of_promise_has_its_own_wait(kind: PromiseClass, day: date | None, expected: str) -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, said(kind, day)) == expected


@pytest.mark.parametrize(("name", "cap"), [("default", 3), ("ama", 3), ("restrained", 2), ("epc", 2), ("mastering", 1)])
def test_x6_no_playbook_sends_more_than_its_source_says(name: str, cap: int) -> None:
    policy = PLAYBOOKS[name]
    events: list[Event] = [BOOKED, THANKED]
    now = ny(3, 3)
    for number in range(1, cap + 1):
        place = next_status(now, *events, policy=policy)
        assert place is not None
        assert place.final is (number == cap)
        now = place.slot.opens + timedelta(hours=1)
        events.append(sent(number, now))
    assert next_status(now, *events, policy=policy) is None


def test_x7_at_day_30_the_next_one_is_the_last_but_where_a_playbook_counts_no_month() -> None:
    events: list[Event] = [BOOKED, THANKED, sent(1, ny(3, 24, 9))]
    place = next_status(ny(4, 1), *events)
    patient = next_status(ny(4, 1), *events, policy=PLAYBOOKS["ama"])
    assert place is not None
    assert patient is not None
    assert (place.final, patient.final) == (True, False)


def _asked_thrice() -> list[Event]:
    return [BOOKED, THANKED, sent(1, ny(3, 17, 9)), sent(2, ny(3, 31, 9)), sent(3, ny(4, 14, 9))]


def test_x13_a_yes_to_the_question_of_the_third_makes_a_promised_day_in_the_week_after() -> None:
    yes = theirs("yes", ny(4, 16, 10), facts=Facts(agreed=True, promise=promised(PromiseClass.VAGUE, date(2026, 4, 16))))
    place = next_status(ny(4, 16, 11), *_asked_thrice(), yes)
    assert place is not None
    assert place.slot.opens == ny(4, 21, 8)
    assert "X13" in ids(place.reasons)
    assert "yes" in (fold_at(ny(4, 16, 11), *_asked_thrice(), yes).wait or pytest.fail("no wait")).evidence


def test_x13_without_a_yes_there_is_no_fourth_and_a_yes_to_nothing_is_a_reply() -> None:
    reply = theirs("m9", ny(4, 16, 10))
    assert fold_at(ny(4, 16, 11), *_asked_thrice(), reply).state is State.OUR_TURN
    early = theirs("m9", ny(3, 18, 10), facts=Facts(agreed=True))
    assert fold_at(ny(3, 18, 11), *_asked_thrice()[:3], early).state is State.OUR_TURN
    dated = Facts(agreed=True, promise=promised(PromiseClass.HARD_DATE, date(2026, 4, 16), date(2026, 4, 24)))
    assert opens(ny(4, 16, 11), *_asked_thrice(), theirs("m9", ny(4, 16, 10), facts=dated)) == "Mon 27 Apr 08:00"


def test_x13_a_yes_is_to_one_more_and_not_to_three_more() -> None:
    yes = theirs("yes", ny(4, 16, 10), facts=Facts(agreed=True))
    place = next_status(ny(4, 16, 11), *_asked_thrice(), yes)
    assert place is not None
    assert (place.final, place.asks, place.attempt, place.of) == (True, False, 1, 1)
    assert any("number 1 of at most 1" in reason.text for reason in place.reasons)
    fourth = sent(1, ny(4, 21, 9), wait=2)
    assert next_status(ny(4, 21, 10), *_asked_thrice(), yes, fourth) is None
    assert fold_at(ny(5, 6), *_asked_thrice(), yes, fourth).state is State.DORMANT


def test_x6_why_counts_by_the_cap_that_holds_after_a_promised_date() -> None:
    place = next_status(ny(3, 3), BOOKED, THANKED, said(PromiseClass.HARD_DATE, date(2026, 3, 9)), policy=PLAYBOOKS["epc"])
    assert place is not None
    assert any("number 1 of at most 2" in reason.text for reason in place.reasons)


def test_x18_a_playbook_of_ones_own_may_take_any_morning_where_its_weekdays_are_far() -> None:
    slipping = parse_policy("[slot]\nmax_slip_days = 3\n", POLICY)
    thursday = confirmed("m1", ny(2, 26), meeting(ny(3, 5, 10)))
    assert opens(ny(3, 6), thursday) == "Tue 24 Mar 08:00"
    assert opens(ny(3, 6), thursday, policy=slipping) == "Thu 19 Mar 08:00"
    assert opens(ny(3, 4), BOOKED, policy=slipping) == "Tue 17 Mar 08:00"


def test_x19_a_promised_date_wins_over_the_gap_after_the_thanks_but_not_over_the_one_between_follow_ups() -> None:
    thursday = said(PromiseClass.HARD_DATE, date(2026, 3, 5))
    assert opens(ny(3, 3), BOOKED, THANKED, thursday) == "Fri 06 Mar 08:00"
    friday = confirmed("m1", ny(3, 3), meeting(ny(3, 6, 14)))
    weekend = said(PromiseClass.HARD_DATE, date(2026, 3, 7), ny(3, 6, 16))
    thanks = mine("thanks", ny(3, 9, 8, 15), step=key("thank_you-1"))
    assert opens(ny(3, 9, 9), friday, weekend, thanks) == "Tue 10 Mar 08:00"  # not on the same morning
    soon = theirs("m3", ny(3, 18), facts=Facts(promise=promised(PromiseClass.HARD_DATE, date(2026, 3, 18), date(2026, 3, 19))))
    assert opens(ny(3, 18, 13), BOOKED, THANKED, sent(1, ny(3, 17, 9)), soon) == "Tue 24 Mar 08:00"


def test_d18_a_week_from_the_planned_slot_keeps_its_hour_where_the_clocks_change() -> None:
    talk = confirmed("m1", ny(2, 12), meeting(ny(2, 17, 10)))
    assert opens(ny(2, 20), talk) == "Tue 03 Mar 08:00"
    assert opens(ny(2, 21), talk, out_of_office("away", ny(2, 20, 9))) == "Tue 10 Mar 08:00"


@pytest.mark.parametrize(("back", "moves"), [(date(2026, 3, 5), False), (date(2026, 3, 16), False), (date(2026, 3, 17), True)])
def test_d18_a_follow_up_is_said_to_move_where_it_does(back: date, moves: bool) -> None:
    text = text_of(look(ny(3, 4, 10), BOOKED, THANKED, out_of_office("away", ny(3, 4, 9), back)), "away")
    assert ("moves" in text) is moves


def test_d18_an_out_of_office_shifts_and_never_pauses() -> None:
    away = out_of_office("ooo", ny(3, 10), date(2026, 3, 20))
    assert fold_at(ny(3, 11), BOOKED, THANKED, away).state is State.THEIR_TURN
    assert opens(ny(3, 11), BOOKED, THANKED, away) == "Tue 24 Mar 08:00"


def test_h11_no_article_is_quoted_where_they_want_to_be_left_alone() -> None:
    alone = theirs("m2", ny(3, 2, 15), facts=Facts(no_contact=True))
    process = fold_at(ny(3, 2, 16), BOOKED, alone)
    assert article_voices(process, POLICY, PROFILE, ny(3, 2, 16)) == ()
    assert article_voices(fold_at(ny(3, 2, 16), BOOKED), POLICY, PROFILE, ny(3, 2, 16))


def test_d26_on_hold_stops_the_follow_ups_of_every_playbook() -> None:
    hold = theirs("m2", ny(3, 5), facts=Facts(outcome=Outcome.ON_HOLD))
    for policy in PLAYBOOKS.values():
        assert next_status(ny(3, 6), BOOKED, THANKED, hold, policy=policy) is None


def test_a_cancelled_interview_is_thanked_for_in_no_playbook() -> None:
    gone = meeting(ny(3, 2, 10), sequence=1, status=InterviewStatus.CANCELLED)
    off = theirs("m2", ny(3, 1), Kind.CANCELLATION, Facts(interviews=(gone,)))
    for policy in PLAYBOOKS.values():
        assert not [place for place in look(ny(3, 2, 11), BOOKED, off, policy=policy).place if place.kind == "thank_you"]


def voices(now: datetime, *events: Event) -> dict[tuple[str, str], tuple[str, str, bool]]:
    process = fold_at(now, *events)
    found = article_voices(process, POLICY, PROFILE, now)
    return {
        (voice.kind.value, voice.article): (f"{voice.slot.opens:%a %d %b}" if voice.slot else "", voice.text, voice.speaks)
        for voice in found
    }


def test_x5_without_a_date_two_articles_say_a_week_and_two_say_two() -> None:
    said_by = voices(ny(3, 9), BOOKED, THANKED)
    days = {article: day for (kind, article), (day, _, speaks) in said_by.items() if kind == "status" and speaks}
    assert days == {"S1": "Tue 17 Mar", "S2": "Mon 09 Mar", "S3": "Mon 16 Mar", "S4": "Mon 09 Mar"}
    assert not said_by["status", "S0"][2]


def test_x14_after_a_friday_two_articles_are_named_with_their_days() -> None:
    said_by = voices(ny(3, 9), BOOKED, THANKED, said(PromiseClass.HARD_DATE, date(2026, 3, 6)))
    assert said_by["status", "S3"][0] == "Mon 09 Mar"
    day, text, speaks = said_by["status", "S4"]
    assert (day, speaks) == ("Mon 09 Mar", True)
    assert "Sunday 8 March 2026" in text
    other = voices(ny(3, 9), BOOKED, THANKED, said(PromiseClass.HARD_DATE, date(2026, 3, 5)))
    assert "Sunday" not in other["status", "S4"][1]


def test_x1_what_each_article_says_of_the_note_of_thanks_is_named_while_notes_are_open() -> None:
    said_by = voices(ny(3, 2, 12), BOOKED)
    assert {article for kind, article in said_by if kind == "thank_you"} == {"S0", "S1", "S2", "S3", "S4"}
    assert "half an hour" in said_by["thank_you", "S0"][1]
    assert not said_by["thank_you", "S3"][2]
    assert {kind for kind, _ in voices(ny(3, 9), BOOKED, THANKED)} == {"status"}


def test_no_article_speaks_where_nothing_is_waited_for() -> None:
    assert voices(ny(3, 1), BOOKED) == {}
    assert voices(ny(3, 12), BOOKED, mark(Verb.CLOSE, ny(3, 10))) == {}
