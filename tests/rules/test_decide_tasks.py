"""What only the user can do: which tasks stand, from when to when, by when, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.classify.types import Kind
from rules.drafts.types import DraftKind
from rules.extract.types import Facts, Format, Interview, Person, PromiseClass, RoleClass
from rules.intents import Decision, Task
from rules.notes.types import Answers, Notes
from rules.policy import Policy, load_playbook, parse_policy
from rules.process import Event, Mark, Noted, Verb
from tests.rules.timing import BOB, PROFILE, at_now, confirmed, key, mark, meeting, mine, ny, promised, theirs

POLICY = load_playbook("default")
ANN = Person("Ann Weber", "ann@corp.example")
MONDAY = ny(3, 2, 10)
"""The interview of most tests: Monday 2 March 2026, ten to eleven in New York."""
NOON = ny(3, 2, 12)


def talk(*people: Person, start: datetime = MONDAY, uid: str = "cal-1", form: Format = Format.UNKNOWN) -> Interview:
    return meeting(start, uid, people=people or (ANN,), format=form)


def in_person(*people: Person, start: datetime = MONDAY) -> Event:
    return confirmed("m1", start - timedelta(days=4), talk(*people, start=start, form=Format.IN_PERSON))


def noted(number: int = 1, at: datetime = NOON, **answers: Any) -> Event:
    return Noted(f"note:{number}", at, Notes(number, at, (), Answers(**answers)))


def at(now: datetime, *events: Event, policy: Policy = POLICY) -> Decision:
    return at_now(now, list(events), policy=policy)[1]


def of_kind(decision: Decision, kind: str) -> list[Task]:
    return [task for task in decision.tasks if task.kind == kind]


def rules_of(task: Task) -> set[str]:
    return {rule for reason in task.reasons for rule in reason.rules}


def done(item: str, when: datetime) -> Mark:
    return Mark(f"done-{item}", when, Verb.DONE, item=item)


# --- handwritten cards ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "post_by"),
    [
        (date(2026, 3, 2), date(2026, 3, 4)),  # Monday + 7 is Monday 9; three business days before it is Wednesday
        (date(2026, 3, 3), date(2026, 3, 5)),
        (date(2026, 3, 5), date(2026, 3, 9)),
        (date(2026, 3, 6), date(2026, 3, 10)),  # Friday: the week-end after it is no business day
        (date(2026, 3, 7), date(2026, 3, 10)),  # Saturday: by Saturday, so it must be there on Friday
        (date(2026, 5, 21), date(2026, 5, 22)),  # Memorial Day is on Monday 25
    ],
)
def test_h1_a_card_is_posted_so_that_it_arrives_within_seven_days_of_the_interview(met: date, post_by: date) -> None:
    start = ny(met.month, met.day, 10)
    (task,) = of_kind(at(start + timedelta(hours=2), in_person(start=start)), "handwritten")

    assert task.due is not None
    assert task.due.date() == post_by
    assert "H1" in rules_of(task)


def test_h1_a_slow_post_is_still_told_but_its_day_is_never_before_the_first_possible_one() -> None:
    slow = parse_policy("tasks.post_days = 20\n", POLICY)
    (task,) = of_kind(at(ny(3, 2, 12), in_person(), policy=slow), "handwritten")

    assert task.due is not None
    assert task.due.date() == date(2026, 3, 3)
    assert "Tuesday 31 March 2026" in task.text


def test_h2_the_card_is_reminded_of_after_twenty_hours_until_it_is_done() -> None:
    def reminders(decision: Decision) -> list[datetime]:
        return [notice.at for notice in decision.notices if notice.kind == "handwritten_reminder"]

    early = at(ny(3, 3, 6, 59), in_person())
    assert reminders(early) == []
    assert reminders(at(ny(3, 3, 7), in_person())) == [ny(3, 3, 7)]
    card = f"handwritten-1.{ANN.address}"
    assert reminders(at(ny(3, 3, 7), in_person(), done(card, ny(3, 2, 15)))) == []
    assert "H2" in rules_of(of_kind(early, "handwritten")[0])


def test_h6_the_text_asks_for_good_paper_and_a_legible_hand_within_the_day() -> None:
    (task,) = of_kind(at(ny(3, 2, 12), in_person()), "handwritten")

    assert "Good paper, and legible." in task.text
    assert "written by Tuesday 3 March 2026, 11:00" in task.text
    assert "post it to the company" in task.text
    assert {"H2", "H6", "H9"} <= rules_of(task)


def test_c2_an_interview_in_person_calls_for_a_mail_and_a_card_for_everybody_in_it() -> None:
    decision = at(ny(3, 2, 11), in_person(ANN, BOB))

    assert [place.key.recipient for place in decision.place if place.kind is DraftKind.THANK_YOU] == [ANN.address, BOB.address]
    assert [task.id for task in of_kind(decision, "handwritten")] == [
        "handwritten-1.ann@corp.example",
        "handwritten-1.bob@corp.example",
    ]


@pytest.mark.parametrize(
    ("form", "answers", "wanted"),
    [
        (Format.VIDEO, {}, False),
        (Format.PHONE, {}, False),
        (Format.UNKNOWN, {}, False),
        (Format.IN_PERSON, {}, True),
        (Format.VIDEO, {"traditional": True}, True),
        (Format.IN_PERSON, {"traditional": False}, False),
        (Format.IN_PERSON, {"remote": True}, False),
        (Format.VIDEO, {"traditional": True, "remote": True}, False),
        (Format.IN_PERSON, {"remote": False}, True),
    ],
)
def test_h7_the_culture_and_the_format_say_whether_a_card_is_wanted(form: Format, answers: dict[str, Any], wanted: bool) -> None:
    events = [confirmed("m1", ny(2, 26), talk(form=form)), noted(**answers)]

    assert bool(of_kind(at(ny(3, 2, 13), *events), "handwritten")) is wanted


def test_h9_a_company_that_works_remotely_gets_no_card_in_any_round() -> None:
    second = confirmed("m2", ny(3, 4), talk(start=ny(3, 9, 10), uid="cal-2", form=Format.IN_PERSON))
    events = [in_person(), noted(1, remote=True), second]

    assert of_kind(at(ny(3, 9, 12), *events), "handwritten") == []
    assert "private" not in " ".join(task.text for task in at(ny(3, 9, 12), *events).tasks)


@pytest.mark.parametrize(("day", "stands"), [(4, False), (5, False), (6, True), (9, True)])
def test_h8_a_decision_before_the_card_could_arrive_takes_the_task_back_and_says_why(day: int, stands: bool) -> None:
    """Posted on Tuesday it is there on Friday 6 March."""
    promise = promised(PromiseClass.HARD_DATE, date(2026, 3, 2), date(2026, 3, day))
    decision = at(ny(3, 2, 18), in_person(), theirs("m2", ny(3, 2, 17), facts=Facts(promise=promise)))

    assert bool(of_kind(decision, "handwritten")) is stands
    told = [reason for reason in decision.reasons if "H8" in reason.rules]
    assert bool(told) is not stands
    assert all("Friday 6 March 2026" in reason.text for reason in told)


def test_h8_a_decision_within_a_few_days_leaves_no_time_for_a_card() -> None:
    promise = promised(PromiseClass.FEW_DAYS, date(2026, 3, 2))
    decision = at(ny(3, 2, 18), in_person(), theirs("m2", ny(3, 2, 17), facts=Facts(promise=promise)))

    assert of_kind(decision, "handwritten") == []


def test_h3_a_card_goes_only_when_it_is_done_or_too_late() -> None:
    card = "handwritten-1.ann@corp.example"
    assert of_kind(at(ny(3, 3, 9), in_person(), done(card, ny(3, 3, 8))), "handwritten") == []
    assert len(of_kind(at(ny(3, 9, 23, 59), in_person()), "handwritten")) == 1
    assert of_kind(at(ny(3, 10, 0), in_person()), "handwritten") == []


def test_a_card_to_somebody_whose_address_becomes_known_later_stays_done() -> None:
    nameless = Person("Kim Lee")
    before = at(ny(3, 2, 12), in_person(nameless))
    (task,) = of_kind(before, "handwritten")
    known = theirs("m3", ny(3, 2, 15), Kind.HUMAN_REPLY, Facts(people=(Person("Kim Lee", "kim@corp.example"),)))

    assert task.id.startswith("handwritten-1.")
    assert of_kind(at(ny(3, 2, 16), in_person(nameless), done(task.id, ny(3, 2, 14)), known), "handwritten") == []


def test_x17_the_card_is_best_posted_on_the_next_day_and_its_arrival_is_shown() -> None:
    (task,) = of_kind(at(ny(3, 2, 12), in_person()), "handwritten")

    assert "posted on Tuesday 3 March 2026 it is there about Friday 6 March 2026" in task.text
    assert "X17" in rules_of(task)


def test_x8_the_card_says_the_same_as_the_mail_in_other_words() -> None:
    (task,) = of_kind(at(ny(3, 2, 12), in_person()), "handwritten")

    assert "in other words" in task.text
    assert {"X8", "H3", "H4"} <= rules_of(task)


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.CLOSE])
def test_a_paused_or_closed_process_asks_for_no_card(verb: Verb) -> None:
    assert of_kind(at(ny(3, 2, 13), in_person(), mark(verb, ny(3, 2, 12))), "handwritten") == []


# --- how they want to be reached --------------------------------------------------------------------------------------


def test_h11_an_instruction_of_theirs_takes_cards_and_calls_back() -> None:
    calling = parse_policy("tasks.call = true\n", POLICY)
    said = theirs("m2", ny(3, 2, 15), facts=Facts(instructions=("Please write to this address only.",)))
    decision = at(ny(3, 2, 16), in_person(), said, policy=calling)

    assert of_kind(decision, "handwritten") == []
    assert any("H11" in reason.rules and "card" in reason.text for reason in decision.reasons)
    later = at(ny(3, 18, 9), in_person(), said, mark(Verb.RESUME, ny(3, 2, 17)), policy=calling)
    assert [place.kind for place in later.place] == [DraftKind.STATUS]
    assert of_kind(later, "call") == []


def test_h11_who_asks_for_silence_is_left_in_peace() -> None:
    quiet = theirs("m2", ny(3, 2, 15), facts=Facts(no_contact=True))
    decision = at(ny(3, 2, 16), in_person(), noted(other_steps=("the test",)), quiet)

    assert decision.tasks == decision.upcoming_tasks == ()


# --- calls ------------------------------------------------------------------------------------------------------------


def test_h10_a_call_is_off_unless_asked_for_and_comes_once_beside_the_first_follow_up() -> None:
    booked = confirmed("m1", ny(2, 26), talk())
    calling = parse_policy("tasks.call = true\n", POLICY)
    assert of_kind(at(ny(3, 18, 9), booked), "call") == []

    before, beside = at(ny(3, 16, 19), booked, policy=calling), at(ny(3, 16, 20), booked, policy=calling)
    assert [task.id for task in before.upcoming_tasks if task.kind == "call"] == ["call"]
    assert of_kind(before, "call") == []
    (task,) = of_kind(beside, "call")
    assert "H10" in rules_of(task)
    assert [place for place in beside.place if place.key.step.startswith("call")] == []

    sent = mine("s1", ny(3, 17, 9), step=key("status-1.1"))
    assert of_kind(at(ny(3, 31, 9), booked, sent, policy=calling), "call") == []
    assert of_kind(at(ny(3, 17, 9), booked, done("call", ny(3, 17, 8)), policy=calling), "call") == []


def test_x15_the_mail_goes_on_and_a_call_is_only_a_reminder() -> None:
    booked = confirmed("m1", ny(2, 26), talk())
    calling = parse_policy("tasks.call = true\n", POLICY)

    assert at(ny(3, 17, 9), booked, policy=calling).place == at(ny(3, 17, 9), booked).place


# --- samples of work --------------------------------------------------------------------------------------------------

MANAGER = Person("Ann Weber", "ann@corp.example", "Head of Data", RoleClass.HIRING_MANAGER)


def rounds(count: int, role: str = "Analyst") -> list[Event]:
    """Make as many rounds, a week apart."""
    made: list[Event] = []
    for number in range(count):
        start = ny(3, 2, 10) + timedelta(days=7 * number)
        facts = Facts(company="Corp", role=role, interviews=(talk(MANAGER, BOB, start=start, uid=f"cal-{number}"),))
        made.append(theirs(f"m{number}", start - timedelta(days=3), Kind.INTERVIEW_CONFIRMATION, facts))
    return made


def test_l1_a_sample_of_work_is_for_the_hiring_manager_from_the_second_round_on() -> None:
    assert of_kind(at(ny(3, 2, 12), *rounds(1)), "work_sample") == []
    assert of_kind(at(ny(3, 2, 12), *rounds(1), noted(encouraged=True)), "work_sample") == []

    choose, make = of_kind(at(ny(3, 9, 12), *rounds(2)), "work_sample")
    assert (choose.id, make.id) == ("work_sample-2.choose", "work_sample-2.make")
    assert choose.recipient == make.recipient == MANAGER
    assert "L1" in rules_of(choose)
    assert choose.since == ny(3, 9, 11)


@pytest.mark.parametrize("which", ["work_sample-2.choose", "work_sample-2.make", "work_sample-2"])
def test_l2_where_none_is_at_hand_one_is_made_and_either_settles_both(which: str) -> None:
    make = of_kind(at(ny(3, 9, 12), *rounds(2)), "work_sample")[1]
    assert "make one" in make.text
    assert "L2" in rules_of(make)

    assert of_kind(at(ny(3, 9, 12), *rounds(2), done(which, ny(3, 9, 11, 30))), "work_sample") == []


def test_l3_what_is_made_for_them_is_an_offer_and_not_advice() -> None:
    assert "as an offer and not as advice" in of_kind(at(ny(3, 9, 12), *rounds(2)), "work_sample")[1].text


@pytest.mark.parametrize(
    ("count", "role", "plans"),
    [
        (1, "Chief Financial Officer", []),
        (2, "Chief Financial Officer", ["plan-2"]),
        (3, "CTO", ["plan-3"]),
        (2, "Analyst", []),
        (3, "Vice President, Sales", []),
    ],
)
def test_l4_a_plan_for_the_first_months_is_for_posts_at_the_top_and_never_after_the_first_round(
    count: int, role: str, plans: list[str]
) -> None:
    now = ny(3, 2, 12) + timedelta(days=7 * (count - 1))

    assert [task.id for task in at(now, *rounds(count, role)).tasks if task.kind == "plan"] == plans


# --- what is owed, and names ------------------------------------------------------------------------------------------


def test_b2_what_the_user_owes_them_is_a_task_and_stops_the_follow_ups_until_it_is_done() -> None:
    booked = confirmed("m1", ny(2, 26), talk())
    note = noted(other_steps=("a mock mail to shareholders",))
    decision = at(ny(3, 18, 9), booked, note)
    (task,) = of_kind(decision, "owed")

    assert "mock mail to shareholders" in task.text
    assert "B2" in rules_of(task)
    assert [place for place in (*decision.place, *decision.upcoming) if place.kind is DraftKind.STATUS] == []

    after = at(ny(3, 18, 10), booked, note, done(task.id, ny(3, 18, 9)))
    assert of_kind(after, "owed") == []
    assert [place.kind for place in after.upcoming] == [DraftKind.STATUS]


def test_b6_after_an_interview_with_nobody_named_their_names_are_asked_for() -> None:
    nobody = confirmed("m1", ny(2, 26), meeting(MONDAY, people=()))
    (task,) = of_kind(at(ny(3, 2, 11), nobody), "names")

    assert task.id == "names-1"
    assert "B6" in rules_of(task)
    assert of_kind(at(ny(3, 2, 13), nobody, noted(people=(Person("Kim Lee"),))), "names") == []
    assert of_kind(at(ny(3, 2, 13), confirmed("m1", ny(2, 26), talk())), "names") == []


def test_b5_an_address_without_a_name_is_asked_about() -> None:
    bare = confirmed("m1", ny(2, 26), talk(Person("", "x@corp.example")))

    assert "x@corp.example" in of_kind(at(ny(3, 2, 12), bare), "names")[0].text


# --- somebody without an address --------------------------------------------------------------------------------------


def test_t9_an_interviewer_without_an_address_gets_words_for_linkedin_and_a_task_never_a_guessed_address() -> None:
    kim = Person("Kim Lee")
    decision = at(ny(3, 2, 11), confirmed("m1", ny(2, 26), talk(ANN, kim)))
    (task,) = of_kind(decision, "linkedin")
    (place,) = [place for place in decision.place if place.kind is DraftKind.LINKEDIN]

    assert place.key.recipient == PROFILE.email
    assert place.key.step == task.id
    assert place.recipient.name == "Kim Lee"
    assert place.recipient.address == ""
    assert place.thread is None
    assert "T9" in rules_of(task)
    assert "Kim Lee" in task.text
    assert [place.key.recipient for place in decision.place if place.kind is DraftKind.THANK_YOU] == [ANN.address]


def test_t9_connecting_takes_the_words_back_and_an_address_that_turns_up_makes_a_mail_of_it() -> None:
    kim = Person("Kim Lee")
    booked = confirmed("m1", ny(2, 26), talk(ANN, kim))
    (task,) = of_kind(at(ny(3, 2, 11), booked), "linkedin")
    after = at(ny(3, 2, 13), booked, done(task.id, ny(3, 2, 12)))
    assert of_kind(after, "linkedin") == []
    assert [place for place in after.place if place.kind is DraftKind.LINKEDIN] == []

    known = noted(people=(Person("Kim Lee", "kim@corp.example"),))
    mail = at(ny(3, 2, 13), booked, known)
    assert of_kind(mail, "linkedin") == []
    assert "kim@corp.example" in {place.key.recipient for place in mail.place if place.kind is DraftKind.THANK_YOU}


def test_t9_somebody_whose_address_bounces_is_thanked_on_linkedin() -> None:
    bounce = theirs("b1", ny(3, 2, 12), Kind.AUTO_REPLY, Facts(bounced=(ANN.address,)))

    assert len(of_kind(at(ny(3, 2, 13), confirmed("m1", ny(2, 26), talk()), bounce), "linkedin")) == 1


# --- the answer changes only when it says so --------------------------------------------------------------------------


def test_next_check_is_exact_with_tasks_of_every_kind() -> None:
    calling = parse_policy("tasks.call = true\ntasks.remind_hours = [20, 30]\n", POLICY)
    second = talk(MANAGER, Person("Kim Lee"), start=ny(3, 9, 10), uid="cal-2", form=Format.IN_PERSON)
    facts = Facts(company="Corp", role="Chief Data Officer", interviews=(second,))
    events = [
        in_person(ANN, Person("", "x@corp.example")),
        theirs("m2", ny(3, 5), Kind.INTERVIEW_CONFIRMATION, facts),
        noted(2, ny(3, 9, 12), other_steps=("the test",)),
        done("nothing-of-ours", ny(3, 9, 13)),
        done("owed-2", ny(3, 9, 13)),
    ]
    kinds: set[str] = set()
    now: datetime | None = ny(3, 1)
    for _ in range(200):
        if now is None or now > ny(5, 1):
            break
        decision = at(now, *events, policy=calling)
        kinds.update(task.kind for task in decision.tasks)
        check = decision.next_check
        if check is not None:
            assert check > now
            assert at(check - timedelta(microseconds=1), *events, policy=calling) == decision
            assert replace(at(check, *events, policy=calling), next_check=None) != replace(decision, next_check=None)
        now = check
    assert kinds == {"handwritten", "linkedin", "work_sample", "plan", "names", "owed"}


def test_a_task_keeps_its_id_whatever_else_is_learnt() -> None:
    early = at(ny(3, 2, 12), in_person(ANN, BOB))
    late = at(ny(3, 4, 12).astimezone(UTC), in_person(ANN, BOB), noted(people=(Person("Zoe"),)), mine("o1", ny(3, 3)))

    assert {task.id for task in early.tasks} <= {task.id for task in late.tasks}


def test_a_card_to_somebody_without_an_address_is_not_said_to_come_beside_a_mail() -> None:
    both = of_kind(at(ny(3, 2, 12), in_person(ANN, Person("Cleo Marsh"))), "handwritten")
    said = {
        task.recipient.name: " ".join([task.text, *(reason.text for reason in task.reasons)]) for task in both if task.recipient
    }
    assert "beside the mail" in said["Ann Weber"]
    assert "for no mail is known to reach them" in said["Cleo Marsh"]
    assert "the mail" not in said["Cleo Marsh"]
