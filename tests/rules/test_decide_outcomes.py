"""What comes after a rejection, an offer, a hold, a no-show, a change: one draft or silence; and what stops everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.compose import compose
from rules.drafts.types import DraftKind
from rules.extract.types import Facts, InterviewStatus, Outcome, Person, Promise, PromiseClass, RoleClass
from rules.intents import Decision, Place
from rules.lint.check import check
from rules.lint.context import Context
from rules.notes.dating import dated
from rules.notes.types import Heading, Notes, Point, Topic
from rules.policy import Policy, load_playbook, parse_policy
from rules.process import DraftChange, Event, Mark, Noted, Process, State, Verb, fold
from tests.rules.timing import BOB, PROFILE, at_now, confirmed, drafted, key, mark, meeting, mine, ny, promised, theirs

POLICY = parse_policy("prep.enabled = false\nnotes.enabled = false\n", load_playbook("default"))
MANAGER = Person("Mia Roth", "mia@corp.example", "Head of Data", RoleClass.HIRING_MANAGER)
TALK = meeting(ny(3, 2, 10), people=(Person("Ann Weber", "ann@corp.example"), MANAGER))
BOOKED = confirmed("m1", ny(2, 25), TALK)
REJECTED = theirs("m9", ny(3, 10, 15), Kind.REJECTION)
HELD = theirs("m9", ny(3, 10, 15), facts=Facts(outcome=Outcome.ON_HOLD))


def at(now: datetime, *events: Event, policy: Policy = POLICY) -> Decision:
    return at_now(now, list(events), policy=policy)[1]


def state_at(now: datetime, *events: Event) -> State:
    return at_now(now, list(events), policy=POLICY)[0].state


def news(when: datetime, *texts: str, topic: Topic = Topic.SINCE, number: int = 0) -> Noted:
    points = tuple(Point(f"{number}.stood_out.{n}", Heading.STOOD_OUT, text, topic=topic) for n, text in enumerate(texts, 1))
    return Noted(f"note:{number}-{when:%m%d%H}", when, Notes(number, when, points))


def warm(decision: Decision) -> list[Place]:
    return [place for place in (*decision.place, *decision.upcoming) if place.kind is DraftKind.KEEP_WARM]


def asks(decision: Decision) -> list[datetime]:
    return [notice.at for notice in decision.notices if notice.kind == "keep_warm"]


def steps(decision: Decision) -> list[str]:
    return [place.key.step for place in (*decision.place, *decision.upcoming)]


# --- keeping in touch -------------------------------------------------------------------------------------------------


def test_o4_without_anything_new_there_is_no_note_after_a_rejection_only_a_question_for_something() -> None:
    assert asks(at(ny(6, 7, 23), BOOKED, REJECTED)) == []
    decision = at(ny(6, 8, 0), BOOKED, REJECTED)
    assert asks(decision) == [ny(6, 8, 0)]
    assert warm(decision) == []
    assert "hearback note p" in next(notice.text for notice in decision.notices if notice.kind == "keep_warm")


def test_o4_with_something_new_a_note_comes_after_ninety_days_in_a_slot_of_the_week() -> None:
    """Tuesday 10 March and 90 days is Monday 8 June; the slot is on Tuesday, twelve hours after the draft."""
    decision = at(ny(5, 2), BOOKED, REJECTED, news(ny(5, 1), "finished a course in statistics"))
    (place,) = warm(decision)

    assert place.slot.opens == ny(6, 9, 8)
    assert place.appears_at == ny(6, 8, 20)
    assert place.key.step == "keep_warm-1"
    assert {"O4", "X16"} <= {rule for reason in place.reasons for rule in reason.rules}
    assert asks(at(ny(6, 9), BOOKED, REJECTED, news(ny(5, 1), "finished a course"))) == []


def test_o4_what_was_noted_before_the_rejection_is_not_new() -> None:
    assert warm(at(ny(6, 8), BOOKED, REJECTED, news(ny(3, 3), "read about them"))) == []


def test_o4_a_fact_is_told_once_even_where_the_form_it_stands_in_is_saved_again() -> None:
    told = news(ny(5, 1), "finished a course in statistics")
    sent = mine("k1", ny(6, 9, 9), MANAGER.address, key("keep_warm-1", MANAGER.address))
    again = Noted("note:later", ny(7, 1), dated(replace(told.notes, at=ny(7, 1)), [told.notes]))
    assert warm(at(ny(9, 20), BOOKED, REJECTED, told, sent, again)) == []

    more = Noted(
        "note:more", ny(7, 1), dated(news(ny(7, 1), "finished a course in statistics", "gave a talk").notes, [told.notes])
    )
    (place,) = warm(at(ny(8, 1), BOOKED, REJECTED, told, sent, more))
    assert place.key.step == "keep_warm-2"
    assert place.slot.opens == ny(9, 8, 8)  # Monday 7 September, 90 days after the first, is Labor Day


def test_x16_there_are_two_notes_within_a_year_whatever_is_new() -> None:
    events: list[Event] = [BOOKED, REJECTED]
    sent: list[datetime] = []
    now = ny(3, 11)
    for _ in range(400):
        decision = at(now, *events)
        for place in warm(decision):
            if place in decision.place:
                sent.append(place.slot.opens)
                events += [
                    drafted(place.key, now, slot=place.slot.opens),
                    mine(f"k{len(sent)}", place.slot.opens, place.key.recipient, place.key),
                ]
        if len(sent) >= 5:
            break
        events.append(news(now + timedelta(days=1), f"something new {len(events)}"))
        now += timedelta(days=7)
    assert len(sent) == 5
    for first, third in zip(sent, sent[2:], strict=False):
        assert third - first >= timedelta(days=365)
    for one, other in pairwise(sent):
        assert other.date() - one.date() >= timedelta(days=90)
    assert {when.weekday() for when in sent} <= {1, 2}


def test_x16_a_discarded_note_is_skipped_and_counts() -> None:
    told = news(ny(5, 1), "finished a course")
    name = key("keep_warm-1", MANAGER.address)
    gone = [drafted(name, ny(6, 8, 20), slot=ny(6, 9, 8)), drafted(name, ny(6, 9, 9), DraftChange.DISCARDED, ny(6, 9, 8))]
    assert warm(at(ny(6, 9, 10), BOOKED, REJECTED, told, *gone)) == []
    (place,) = warm(at(ny(7, 2), BOOKED, REJECTED, told, *gone, news(ny(7, 1), "a new job title", number=1)))
    assert place.slot.opens.date() >= date(2026, 9, 7)
    assert place.key.step == "keep_warm-2"


def test_o5_on_hold_the_follow_ups_cease_and_a_link_goes_to_the_hiring_manager_now_and_then() -> None:
    link = news(ny(5, 1), "a talk on forecasting https://talks.example/forecast", topic=Topic.LINK)
    process, decision = at_now(ny(6, 8, 20), [BOOKED, HELD, link], policy=POLICY)

    assert process.on_hold
    assert steps(decision) == ["keep_warm-1"]
    (place,) = decision.place
    assert place.recipient.address == MANAGER.address
    assert "O5" in {rule for reason in place.reasons for rule in reason.rules}


def test_o5_a_word_sent_while_on_hold_changes_no_state_and_wakes_no_follow_up() -> None:
    link = news(ny(5, 1), "a talk https://talks.example/forecast", topic=Topic.LINK)
    sent = mine("k1", ny(6, 9, 9), MANAGER.address, key("keep_warm-1", MANAGER.address))
    process, decision = at_now(ny(7, 20), [BOOKED, HELD, link, sent], policy=POLICY)

    assert (process.state, process.on_hold, process.wait) == (State.OUR_TURN, True, None)
    assert decision.place == ()
    assert steps(decision) == []


def test_o5_when_they_take_it_up_again_the_note_goes_and_the_follow_ups_come_back() -> None:
    link = news(ny(5, 1), "a talk https://talks.example/forecast", topic=Topic.LINK)
    placed = drafted(key("keep_warm-1", MANAGER.address), ny(6, 8, 20), slot=ny(6, 9, 8))
    back = theirs("m10", ny(6, 9, 7), facts=Facts(promise=promised(PromiseClass.VAGUE, date(2026, 6, 9))))
    decision = at(ny(6, 9, 7, 30), BOOKED, HELD, link, placed, back)

    assert [item.key.step for item in decision.withdraw] == ["keep_warm-1"]
    assert "O5" in decision.withdraw[0].reason.rules
    assert steps(decision) == ["status-2.1"]


@pytest.mark.parametrize("closing", [mark(Verb.CLOSE, ny(3, 10)), theirs("m9", ny(3, 10), Kind.OFFER)])
def test_only_a_rejection_or_a_hold_is_kept_warm(closing: Event) -> None:
    decision = at(ny(6, 9), BOOKED, closing, news(ny(5, 1), "something new"))

    assert (warm(decision), asks(decision)) == ([], [])


def test_a_rejection_without_an_interview_before_it_is_not_kept_warm() -> None:
    early = theirs("m2", ny(3, 1), Kind.REJECTION)
    reply = theirs("m1", ny(2, 20))

    assert asks(at(ny(6, 1), reply, early)) == []


def test_o6_the_reason_of_a_note_says_that_good_candidates_are_kept_in_mind() -> None:
    (place,) = warm(at(ny(5, 2), BOOKED, REJECTED, news(ny(5, 1), "a course")))

    assert any("O6" in reason.rules and "keep" in reason.text for reason in place.reasons)


def test_next_check_is_exact_while_in_touch() -> None:
    for closing in (REJECTED, HELD):
        for extra in ([], [news(ny(5, 1), "a course")], [news(ny(8, 1), "a course")]):
            _exact([BOOKED, closing, *extra], ny(3, 1), ny(12, 31))


def _exact(events: list[Event], now: datetime | None, until: datetime, **changes: Any) -> None:
    def decided(when: datetime) -> Decision:
        process = replace(fold("p", events, now=when, policy=POLICY, profile=PROFILE), **changes)
        return decide(process, POLICY, PROFILE, when)

    while now is not None and now < until:
        decision = decided(now)
        check = decision.next_check
        if check is not None:
            assert check > now
            assert decided(check - timedelta(microseconds=1)) == decision
            assert replace(decided(check), next_check=None) != replace(decision, next_check=None)
        now = check


# --- nobody came ------------------------------------------------------------------------------------------------------

ARRANGED = confirmed("m1", ny(2, 25), replace(TALK, organizer=Person("Rob Lane", "rob@corp.example", "Talent Coordinator")))
NO_SHOW = Mark("n1", ny(3, 2, 11, 30), Verb.NO_SHOW)


def test_after_a_no_show_whoever_arranged_it_is_asked_for_another_time_on_the_next_business_morning() -> None:
    decision = at(ny(3, 2, 12), ARRANGED, NO_SHOW)
    assert steps(decision)[0] == "no_show-1"
    (place,) = at(ny(3, 3, 8), ARRANGED, NO_SHOW).place

    assert (place.key.recipient, place.key.step) == ("rob@corp.example", "no_show-1")
    assert (place.slot.opens, place.appears_at) == (ny(3, 3, 8), ny(3, 3, 8))


def test_after_a_no_show_nobody_is_thanked_and_no_card_is_written() -> None:
    decision = at(ny(3, 2, 12), ARRANGED, NO_SHOW)

    assert not any(step.startswith("thank_you") for step in steps(decision))
    assert decision.tasks == ()


def test_a_no_show_on_a_friday_is_written_about_on_monday_and_without_an_organizer_to_who_wrote_last() -> None:
    friday = confirmed("m1", ny(3, 4), replace(TALK, start=ny(3, 6, 10), end=ny(3, 6, 11)))
    (place,) = [
        each
        for each in at(ny(3, 6, 12), friday, Mark("n1", ny(3, 6, 11, 30), Verb.NO_SHOW)).upcoming
        if each.kind is DraftKind.NO_SHOW
    ]

    assert place.slot.opens == ny(3, 9, 8)
    assert place.recipient.address == "ann@corp.example"


@pytest.mark.parametrize(
    "event",
    [
        theirs("m2", ny(3, 2, 12)),
        theirs("m2", ny(3, 2, 10, 20)),
        confirmed("m2", ny(3, 2, 12), meeting(ny(3, 5, 10), "cal-2")),
        confirmed("m2", ny(3, 2, 12), replace(TALK, start=ny(3, 5, 10), end=ny(3, 5, 11), sequence=2)),
        mine("o1", ny(3, 2, 12), "rob@corp.example"),
        mark(Verb.CLOSE, ny(3, 2, 12)),
        mark(Verb.PAUSE, ny(3, 2, 12)),
    ],
    ids=["they write", "they write meanwhile", "another time", "moved", "you wrote", "closed", "paused"],
)
def test_after_a_no_show_there_is_silence_once_something_else_happens(event: Event) -> None:
    assert "no_show-1" not in steps(at(ny(3, 3, 8), ARRANGED, NO_SHOW, event))


def test_a_word_about_a_no_show_is_sent_once_and_not_begun_a_week_later() -> None:
    name = key("no_show-1", "rob@corp.example")
    assert "no_show-1" not in steps(at(ny(3, 3, 9), ARRANGED, NO_SHOW, mine("o1", ny(3, 3, 8, 30), "rob@corp.example", name)))
    gone = [drafted(name, ny(3, 3, 8)), drafted(name, ny(3, 3, 9), DraftChange.DISCARDED)]
    assert "no_show-1" not in steps(at(ny(3, 3, 10), ARRANGED, NO_SHOW, *gone))
    assert "no_show-1" not in steps(at(ny(3, 9, 12), ARRANGED, NO_SHOW))  # the clocks went forward
    _exact([ARRANGED, NO_SHOW], ny(2, 26), ny(4, 30))


def test_no_later_mail_speaks_of_an_interview_that_did_not_take_place() -> None:
    process, decision = at_now(ny(3, 17, 8), [ARRANGED, NO_SHOW], policy=POLICY)
    (place,) = decision.place
    text = compose(place, process, PROFILE, now=ny(3, 17, 8), message_id="x@home.example").text

    assert place.kind is DraftKind.STATUS
    assert "2 March" not in text
    assert "interview" not in text.lower()


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_b8_after_a_no_show_each_follow_up_asks_for_another_time_and_not_for_the_decision(attempt: int) -> None:
    events: list[Event] = [
        ARRANGED,
        NO_SHOW,
        mine("o0", ny(3, 3, 8, 30), "rob@corp.example", key("no_show-1", "rob@corp.example")),
    ]
    now = ny(3, 3, 9)
    for number in range(1, attempt + 1):
        process, decision = at_now(now, events, policy=POLICY)
        (coming,) = [each for each in (*decision.place, *decision.upcoming) if each.kind is DraftKind.STATUS][:1]
        now = coming.slot.opens
        process, decision = at_now(now, events, policy=POLICY)
        (place,) = [each for each in decision.place if each.kind is DraftKind.STATUS]
        assert place.key.step.endswith(f".{number}")
        events.append(mine(f"o{number}", now + timedelta(minutes=5), place.key.recipient, place.key))
    assert any("another time" in reason.text for reason in place.reasons)
    context = Context(DraftKind.STATUS, role="Analyst", company="Corp", profile=PROFILE, attempt=attempt, asks=place.asks)
    for user in range(20):
        profile = replace(PROFILE, email=f"ann{user}@home.example")
        draft = compose(place, process, profile, now=now, message_id="x@home.example")
        names = [each.template for each in draft.trace]
        assert any(name.startswith("status.toml opening.missed") for name in names)
        assert any(name.startswith("status.toml ask.missed") for name in names)
        assert not any(word in draft.text.lower() for word in ("decision", "selection", "interview", "2 march"))
        assert ("next week" in draft.text) is (attempt == 3)
        assert [each.id for each in check(draft.text, context) if each.id.startswith(("part", "size", "banned"))] == []


def test_b8_once_they_have_said_when_they_decide_or_another_talk_was_held_the_follow_up_is_the_usual_one() -> None:
    promise = Promise(PromiseClass.HARD_DATE, date(2026, 3, 4), date(2026, 3, 13), "You will hear from us by 13 March.")
    told = theirs("m5", ny(3, 4, 9), facts=Facts(promise=promise))
    again = confirmed("m6", ny(3, 4, 9), meeting(ny(3, 9, 10), "cal-2"))
    cases: list[tuple[Event, datetime]] = [(told, ny(3, 16, 9)), (again, ny(3, 24, 9))]
    for event, when in cases:
        events: list[Event] = [ARRANGED, NO_SHOW, event]
        process, decision = at_now(when, events, policy=POLICY)
        (place,) = [each for each in (*decision.place, *decision.upcoming) if each.kind is DraftKind.STATUS][:1]
        draft = compose(place, process, PROFILE, now=when, message_id="x@home.example")
        assert not any("missed" in each.template for each in draft.trace)


# --- part 3: each outcome is one draft, or silence --------------------------------------------------------------------


def test_an_offer_is_silence() -> None:
    offer = theirs("m2", ny(3, 3), Kind.OFFER)
    standing = drafted(key("thank_you-1"), ny(3, 2, 11))
    decision = at(ny(3, 3, 13), BOOKED, standing, offer)

    assert state_at(ny(3, 3, 13), BOOKED, standing, offer) is State.CLOSED
    assert (decision.place, decision.upcoming, decision.tasks) == ((), (), ())
    assert [item.key for item in decision.withdraw] == [key("thank_you-1")]


def test_a_rejection_is_one_gracious_note_to_each() -> None:
    decision = at(ny(3, 11, 8), BOOKED, REJECTED)

    assert {place.kind for place in decision.place} == {DraftKind.GRACIOUS}
    assert {place.key.recipient for place in decision.place} == {"ann@corp.example", MANAGER.address}


@pytest.mark.parametrize("promise", [None, promised(PromiseClass.VAGUE, date(2026, 3, 10))])
def test_a_hold_or_a_freeze_is_silence(promise: Any) -> None:
    held = theirs("m9", ny(3, 10, 15), facts=Facts(outcome=Outcome.ON_HOLD, promise=promise))
    for days in (1, 20, 60):
        decision = at(ny(3, 10) + timedelta(days=days), BOOKED, held)
        assert (decision.place, decision.upcoming) == ((), ())


def test_a_hold_until_a_day_they_name_is_a_new_wait() -> None:
    named = promised(PromiseClass.HARD_DATE, date(2026, 3, 10), date(2026, 4, 30))
    held = theirs("m9", ny(3, 10, 15), facts=Facts(outcome=Outcome.ON_HOLD, promise=named))

    assert [place.slot.opens for place in at(ny(4, 1), BOOKED, held).upcoming] == [ny(5, 1, 8)]


def test_a_change_of_time_takes_the_notes_along_and_writes_nothing_else() -> None:
    moved = theirs("m2", ny(3, 1), Kind.RESCHEDULE, Facts(interviews=(meeting(ny(3, 5, 10), sequence=2, people=(BOB,)),)))
    decision = at(ny(3, 2, 12), BOOKED, moved)

    assert decision.place == ()
    assert [(place.key.step, place.appears_at) for place in decision.upcoming] == [("thank_you-1", ny(3, 5, 11))]


def test_a_cancellation_thanks_nobody_and_begins_to_wait() -> None:
    gone = replace(TALK, sequence=2, status=InterviewStatus.CANCELLED)
    cancelled = theirs("m2", ny(3, 1), Kind.CANCELLATION, Facts(interviews=(gone,)))
    decision = at(ny(3, 2, 12), BOOKED, cancelled)

    assert state_at(ny(3, 2, 12), BOOKED, cancelled) is State.THEIR_TURN
    assert decision.place == ()
    assert steps(decision) == ["status-1.1"]
    assert decision.tasks == ()


# --- the one global stop ----------------------------------------------------------------------------------------------


def test_f21_closing_one_process_says_nothing_about_another() -> None:
    """A process is folded from its own events alone; only the day in the new job comes from outside."""
    closed = at(ny(3, 17, 9), BOOKED, mark(Verb.CLOSE, ny(3, 12)))
    other = at(ny(3, 17, 9), BOOKED)

    assert (closed.place, closed.upcoming) == ((), ())
    assert [place.kind for place in other.place] == [DraftKind.STATUS]


def _with_job(process: Process, begins: datetime, now: datetime) -> Decision:
    return decide(replace(process, job_from=begins), POLICY, PROFILE, now)


def test_f21_until_the_first_day_in_a_new_job_everything_goes_on_and_from_then_on_nothing_does() -> None:
    begins = ny(3, 20, 0)
    for now, stands in ((ny(3, 17, 9), True), (ny(3, 19, 23, 59), True), (begins, False), (ny(4, 1), False)):
        process = at_now(now, [BOOKED], policy=POLICY)[0]
        decision = _with_job(process, begins, now)
        assert bool(decision.place) is stands
        assert (decision.next_check is not None) is stands
    standing = drafted(key("status-1.1"), ny(3, 16, 20))
    process = at_now(begins, [BOOKED, standing], policy=POLICY)[0]
    (gone,) = _with_job(process, begins, begins).withdraw
    assert gone.reason.rules == ("F21",)


def test_f21_nothing_is_planned_for_after_that_day() -> None:
    process = at_now(ny(3, 3), [BOOKED], policy=POLICY)[0]

    assert _with_job(process, ny(3, 10, 0), ny(3, 3)).upcoming == ()
    assert _with_job(process, ny(3, 20, 0), ny(3, 3)).upcoming != ()


def test_f21_next_check_is_exact_with_a_job_ahead() -> None:
    events: list[Event] = [BOOKED, confirmed("m2", ny(3, 9), meeting(ny(3, 25, 10), "cal-2", people=(Person("Kim Lee"),)))]
    for begins in (ny(3, 10, 0), ny(3, 26, 0)):
        _exact(events, ny(2, 26), ny(6, 1), job_from=begins)
        _exact([*events, REJECTED, news(ny(3, 12), "a course")], ny(2, 26), ny(12, 1), job_from=begins)


def test_f21_what_the_user_accepted_is_closed_and_a_contract_that_comes_later_does_not_change_that() -> None:
    offer, contract = theirs("m2", ny(3, 3), Kind.OFFER), theirs("m3", ny(3, 6), Kind.OFFER)
    accepted = Mark("a1", ny(3, 4), Verb.ACCEPTED, ny(4, 1, 0))
    process = at_now(ny(3, 7), [BOOKED, offer, accepted, contract], policy=POLICY)[0]
    assert (process.state, process.closed_by) == (State.CLOSED, "accepted")
    reopened = at_now(ny(3, 8), [BOOKED, offer, accepted, contract, mark(Verb.REOPEN, ny(3, 7))], policy=POLICY)[0]
    assert reopened.state is not State.CLOSED


def test_the_words_hold_whatever_the_zone_of_the_question() -> None:
    events: list[Event] = [BOOKED, REJECTED, news(ny(5, 1), "a course")]

    assert at(ny(6, 8, 20), *events) == at(ny(6, 8, 20).astimezone(UTC), *events)
