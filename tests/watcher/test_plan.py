"""The plan of sixty days, its calendar file, and the plan as it would be if they did something."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from rich.console import Console, RenderableType

from rules.calendar import read
from rules.classify.types import Kind
from rules.decide import decide
from rules.extract.types import Facts, Format, Interview, Person, PromiseClass
from rules.mail import Address, CalendarPart
from rules.notes.types import Answers, Notes
from rules.policy import load_playbook, parse_policy
from rules.process import DraftChange, Event, Noted, Verb, fold
from tests.rules.test_decide_properties import histories
from tests.rules.timing import FAST, PROFILE, confirmed, drafted, key, mark, meeting, ny, promised, theirs
from watcher.account import Account
from watcher.history import Assessment
from watcher.report.ahead import Ahead, look_ahead, look_ahead_of_all
from watcher.report.ics import build_ics, uid_of
from watcher.report.plan import build_plan, plan_view
from watcher.report.simulation import build_simulation, simulation_view
from watcher.report.steps import PLAN_DAYS, Step, steps_of
from watcher.report.suppose import Supposition, events_of, parse_supposition

NEW_YORK = ZoneInfo("America/New_York")
POLICY = parse_policy("tasks.call = true\n", load_playbook("default"))
ACCOUNT = Account("work", "imap", "robin@home.example", PROFILE, POLICY)
ANN = Person("Ann Weber", "ann@corp.example")
BOB, EVE = Address("Bob Osei", "bob@corp.example"), Address("Eve Lund", "eve@other.example")
BOOKED = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(ANN, Person("Kim Lee")), format=Format.IN_PERSON))


def found_at(now: datetime, events: Sequence[Event], name: str = "p") -> Assessment:
    process = fold(name, events, now=now, policy=POLICY, profile=PROFILE)
    return Assessment(ACCOUNT, process, decide(process, POLICY, PROFILE, now), (), ())


def ahead_of(now: datetime, events: Sequence[Event], supposed: Sequence[Event] = ()) -> Ahead:
    return look_ahead(found_at(now, events), events, now, now + timedelta(days=PLAN_DAYS), supposed)


def plan_of(now: datetime, events: Sequence[Event], supposed: Sequence[Event] = ()) -> list[Step]:
    return steps_of([found_at(now, events)], now, {"p": ahead_of(now, events, supposed)})


def told(steps: Sequence[Step]) -> list[str]:
    return [f"{step.opens.astimezone(NEW_YORK):%m-%d} {step.kind} {step.words}" for step in steps]


def drawn(what: RenderableType, width: int = 110) -> str:
    out = StringIO()
    Console(file=out, width=width, no_color=True).print(what)
    return out.getvalue()


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_the_plan_shows_drafts_tasks_interviews_questions_and_promised_days_for_sixty_days() -> None:
    promise = promised(PromiseClass.HARD_DATE, date(2026, 3, 2), date(2026, 3, 12))
    steps = plan_of(ny(2, 26), [BOOKED, theirs("m2", ny(2, 25, 13), facts=Facts(promise=promise))])

    assert {step.kind for step in steps} >= {
        "interview",
        "thank_you",
        "status",
        "task",
        "promised",
        "question",
        "notes",
        "linkedin",
    }
    (day,) = [step for step in steps if step.kind == "promised"]
    assert (day.all_day, day.opens, day.closes) == (True, ny(3, 12, 0), ny(3, 13, 0))
    first = next(step for step in steps if step.kind == "status")
    assert first.opens == ny(3, 13, 8)
    assert first.assumes_sent is True
    assert all(step.opens <= ny(2, 26) + timedelta(days=PLAN_DAYS) for step in steps)
    assert steps == sorted(steps, key=lambda step: step.opens.astimezone(UTC))


def test_the_tasks_of_a_plan_are_those_that_stand_and_those_to_come() -> None:
    tasks = {step.id.partition("/")[2] for step in plan_of(ny(2, 26), [BOOKED]) if step.kind == "task"}

    assert {task.partition(".")[0] for task in tasks} == {"handwritten-1", "linkedin-1", "call"}
    now = ny(3, 2, 12)
    standing = [step for step in plan_of(now, [BOOKED]) if step.kind == "task" and step.opens == now]
    assert len(standing) == 3
    assert all(step.due is not None and step.due > now for step in standing)


def test_a_task_that_is_late_is_planned_for_now() -> None:
    owed = Noted("n1", ny(3, 2, 12), Notes(1, ny(3, 2, 12), (), Answers(other_steps=("the test",))))
    (step,) = [step for step in plan_of(ny(3, 20), [BOOKED, owed]) if step.kind == "task"]

    assert (step.opens, step.due) == (ny(3, 20), None)


def test_a_note_whose_time_is_over_is_planned_for_now_as_long_as_it_stands() -> None:
    late = ny(3, 6, 9)
    events: list[Event] = [BOOKED, drafted(key("thank_you-1"), ny(3, 2, 11))]
    (note,) = [step for step in plan_of(late, events) if step.kind == "thank_you"]
    assert (note.opens, note.closes, note.overdue) == (late, late, True)
    assert "now" in drawn(plan_view([found_at(late, events)], late, NEW_YORK, {"p": ahead_of(late, events)}))
    content = build_ics(plan_of(late, events), late)
    assert any("Thank-you note" in str(event["summary"]) for event in Calendar.from_ical(content).walk("VEVENT"))
    sent = [*events, drafted(key("thank_you-1"), ny(3, 2, 12), DraftChange.SENT)]
    assert not [step for step in plan_of(late, sent) if step.kind == "thank_you"]


def test_a_question_that_is_still_open_stands_on_the_day_of_the_plan_under_its_own_name() -> None:
    ahead, later = ([step for step in plan_of(now, [BOOKED]) if step.kind == "question"] for now in (ny(3, 20), ny(4, 6)))

    assert next((step.id, step.opens) for step in ahead) == ("question month_of_silence 2026-04-01", ny(4, 1, 0))
    assert next((step.id, step.opens) for step in later) == ("question month_of_silence 2026-04-01", ny(4, 6, 0))


def test_what_the_plan_foretells_is_what_happens() -> None:
    """The same drafts at the same times come when a user really sends each one when its slot opens."""
    from tests.rules.timing import drafted, mine  # noqa: PLC0415 - only here

    events: list[Event] = [BOOKED]
    foretold = [(step.id, step.opens) for step in plan_of(ny(2, 26), events) if step.kind in {"thank_you", "status"}]
    came: list[tuple[str, datetime]] = []
    now: datetime | None = ny(2, 26)
    while now is not None and now < ny(2, 26) + timedelta(days=PLAN_DAYS):
        decision = found_at(now, events).decision
        fresh = [place for place in decision.place if not place.kind.to_self and str(place.key) not in {name for name, _ in came}]
        for place in fresh:
            came.append((str(place.key), place.slot.opens))
            events.append(drafted(place.key, now, slot=place.slot.opens))
            events.append(mine(f"s{len(came)}", place.slot.opens, place.key.recipient, place.key))
        now = found_at(now, events).decision.next_check
    assert [each for each in came if each[1] <= ny(2, 26) + timedelta(days=PLAN_DAYS)] == foretold


def _together(now: datetime, *histories: Sequence[Event]) -> list[list[Step]]:
    found = [(found_at(now, events, f"p{number}"), events) for number, events in enumerate(histories, 1)]
    ahead = look_ahead_of_all(found, now, now + timedelta(days=PLAN_DAYS))
    return [steps_of([one], now, ahead) for one, _ in found]


def test_follow_ups_of_two_processes_at_one_company_are_planned_a_week_apart() -> None:
    bob, eve = Person("Bob Osei", "bob@corp.example"), Person("Eve Lund", "eve@other.example")
    data = confirmed("m1", ny(2, 25), meeting(ny(3, 3, 10), people=(ANN,)))
    sales = theirs(
        "m2", ny(2, 25), Kind.INTERVIEW_CONFIRMATION, _there(meeting(ny(3, 4, 10), "cal-2", people=(bob,))), sender=BOB
    )
    apart = theirs(
        "m3", ny(2, 25), Kind.INTERVIEW_CONFIRMATION, _there(meeting(ny(3, 4, 10), "cal-3", people=(eve,))), sender=EVE
    )
    one, two, three = _together(ny(3, 2), [data], [sales], [apart])

    assert [f"{day:%d %b}" for _, day in drafts_in(one)] == ["17 Mar", "31 Mar", "14 Apr"]
    assert [f"{day:%d %b}" for _, day in drafts_in(two)] == ["24 Mar", "07 Apr"]  # a month of silence is over then
    assert [f"{day:%d %b}" for _, day in drafts_in(three)] == ["18 Mar", "01 Apr", "15 Apr"]


def test_a_process_alone_at_its_company_is_planned_as_it_would_be_by_itself() -> None:
    assert told(_together(ny(3, 2, 12), [BOOKED])[0]) == told(
        steps_of([found_at(ny(3, 2, 12), [BOOKED], "p1")], ny(3, 2, 12), {"p1": ahead_of(ny(3, 2, 12), [BOOKED])})
    )


def _there(interview: Interview) -> Facts:
    return Facts(company="Corp", role="Analyst", interviews=(interview,))


def test_planning_stores_nothing_and_changes_none_of_its_arguments() -> None:
    events: list[Event] = [BOOKED]
    before = list(events)
    first, second = plan_of(ny(3, 3), events), plan_of(ny(3, 3), events)

    assert (events, told(first)) == (before, told(second))


def test_the_plan_as_json_has_a_stable_id_for_every_line() -> None:
    found = found_at(ny(2, 26), [BOOKED])
    values = build_plan([found], ny(2, 26), {"p": ahead_of(ny(2, 26), [BOOKED])})
    later = build_plan([found_at(ny(2, 27), [BOOKED])], ny(2, 27), {"p": ahead_of(ny(2, 27), [BOOKED])})

    names = [step["id"] for step in values["steps"]]
    assert len(names) == len(set(names))
    assert set(names) <= {step["id"] for step in later["steps"]}
    assert set(values["steps"][0]) == {
        "process", "account", "company", "kind", "id", "recipient", "opens", "closes", "appears_at", "due", "all_day",
        "assumes_sent", "text", "detail",
    }  # fmt: skip
    for step in values["steps"]:
        assert datetime.fromisoformat(step["opens"]).tzinfo is not None


def test_the_table_is_readable_on_eighty_columns() -> None:
    text = drawn(plan_view([found_at(ny(2, 26), [BOOKED])], ny(2, 26), NEW_YORK, {"p": ahead_of(ny(2, 26), [BOOKED])}), 80)

    assert max(map(len, text.splitlines())) <= 80
    for words in ("Interview, round 1", "Thank-you note to Ann Weber", "Follow-up 1 of 3", "A card by hand to"):
        assert words in " ".join(text.split()), words


# --- the calendar file ------------------------------------------------------------------------------------------------


def events_in(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_the_calendar_file_reads_back_with_a_library_and_with_our_own_reader() -> None:
    now = ny(2, 26)
    steps = [step for step in plan_of(now, [BOOKED]) if step.kind != "interview"]
    content = build_ics(steps, now)
    theirs_, ours = events_in(content), read([CalendarPart(content.decode(), "")])

    assert len(theirs_) == len(ours) == len(steps)
    for step in steps:
        (entry,) = [event for event in theirs_ if event["uid"] == uid_of(step)]
        (own,) = [event for event in ours if event.uid == uid_of(step)]
        assert own.defects == ()
        assert own.method == ""
        if step.kind != "task" and not step.all_day:
            assert entry.decoded("dtstart") == own.start == step.opens.astimezone(UTC)
        assert own.all_day is (step.all_day or step.kind == "task")
        assert step.found.process.company in own.summary


def test_the_file_keeps_to_rfc_5545() -> None:
    company = "Ünïted; Widgets, Inc.\n\\ " + "ä" * 90
    booked = theirs("m1", ny(2, 25), facts=Facts(company=company, role="A, B; C"))
    content = build_ics(plan_of(ny(2, 26), [booked, mark(Verb.RESUME, ny(2, 25, 13))]), ny(2, 26))

    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert all(len(line) <= 75 for line in lines)
    for line in lines:
        line.decode("utf-8")  # no fold within a character
    (entry, *_) = events_in(content)
    assert str(entry["summary"]).startswith("Ünïted; Widgets, Inc. \\ ä")
    assert b"METHOD" not in content
    assert entry.decoded("dtstamp") == ny(2, 26).astimezone(UTC)
    assert b"VTIMEZONE" not in content
    assert b"VERSION:2.0" in lines
    assert any(line.startswith(b"PRODID:") for line in lines)


def test_uids_are_the_same_in_every_file_and_no_two_lines_share_one() -> None:
    first, later = plan_of(ny(2, 26), [BOOKED]), plan_of(ny(3, 1), [BOOKED])
    names = [uid_of(step) for step in first]

    assert len(set(names)) == len(names)
    assert set(names) <= {uid_of(step) for step in later} | {uid_of(step) for step in first if step.kind == "prep"}
    (one,) = {event["sequence"] for event in events_in(build_ics(first, ny(2, 26)))}
    (two,) = {event["sequence"] for event in events_in(build_ics(first, ny(3, 1)))}
    assert 0 <= one < two < 2**31


def test_an_interview_that_came_as_a_calendar_entry_is_not_doubled_and_one_told_in_text_is_there() -> None:
    said = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), "text:m1", people=(ANN,), source="text"))
    for booked, count in ((BOOKED, 0), (said, 1)):
        content = build_ics(plan_of(ny(2, 26), [booked]), ny(2, 26))
        assert sum("Interview, round 1" in str(event["summary"]) for event in events_in(content)) == count


def test_slots_over_a_change_of_the_clocks_stand_at_their_instant() -> None:
    """New York goes to summer time on 8 March: the follow-up of the 17th is at 08:00 EDT."""
    steps = [step for step in plan_of(ny(2, 26), [BOOKED]) if step.kind == "status"]
    (first, *_) = events_in(build_ics(steps, ny(2, 26)))

    assert first["dtstart"].to_ical() == b"20260317T120000Z"


def test_a_plan_of_nothing_is_a_valid_calendar_all_the_same() -> None:
    content = build_ics([], ny(2, 26))

    assert [component.name for component in Calendar.from_ical(content).subcomponents] == ["VTIMEZONE"]
    assert read([CalendarPart(content.decode(), "")]) == []


def test_text_from_mail_puts_no_property_into_the_file() -> None:
    evil = "Acme\r\nATTENDEE:mailto:x@evil.example\r\nEND:VEVENT\u2028BEGIN:VALARM\x00"
    events: list[Event] = [theirs("m1", ny(2, 25), facts=Facts(company=evil, role=evil)), mark(Verb.RESUME, ny(2, 25, 13))]
    content = build_ics(plan_of(ny(2, 26), events), ny(2, 26))

    assert not re.search(rb"(?m)^(ATTENDEE|BEGIN:VALARM)", content)
    assert len(events_in(content)) == len(plan_of(ny(2, 26), events))


# --- what would be ----------------------------------------------------------------------------------------------------


def supposed(now: datetime, *texts: str) -> list[Supposition]:
    return [parse_supposition(text, now, NEW_YORK) for text in texts]


def plans(now: datetime, events: Sequence[Event], *texts: str) -> tuple[list[Step], list[Step], Ahead]:
    process = found_at(now, events).process
    made = events_of(supposed(now, *texts), process, PROFILE)
    after = ahead_of(now, events, made)
    return plan_of(now, events), steps_of([found_at(now, events)], now, {"p": after}), after


def drafts_in(steps: Sequence[Step]) -> list[tuple[str, date]]:
    return [(step.id.rpartition("/")[2], step.opens.date()) for step in steps if step.kind == "status"]


def test_a_reply_on_day_nine_ends_the_follow_ups_from_then_on() -> None:
    now = ny(3, 9)
    before, after, ahead = plans(now, [BOOKED], "reply day 9")

    assert drafts_in(before)[0] == ("status-1.1", date(2026, 3, 17))
    assert drafts_in(after) == [("status-1.1", date(2026, 3, 17))]  # the 17th is day 8
    assert ahead.process.state == "OUR_TURN"
    assert drafts_in(plans(now, [BOOKED], "reply day 7")[1]) == []


@pytest.mark.parametrize(("what", "state"), [("rejection", "CLOSED"), ("offer", "CLOSED"), ("reply", "OUR_TURN")])
def test_what_closes_or_answers_takes_the_follow_ups_away(what: str, state: str) -> None:
    _, after, ahead = plans(ny(3, 9), [BOOKED], f"{what} day 1")

    assert drafts_in(after) == []
    assert ahead.process.state == state
    assert ("gracious" in {step.kind for step in after}) is (what == "rejection")


@pytest.mark.parametrize(("what", "meets"), [("rejection", False), ("offer", True), ("reply", True)])
def test_who_is_declined_before_an_interview_does_not_go_there_any_more(what: str, meets: bool) -> None:
    before, after, _ = plans(ny(2, 27), [BOOKED], what)

    assert "interview" in {step.kind for step in before}
    assert ("interview" in {step.kind for step in after}) is meets


def test_a_follow_up_is_called_the_last_where_silence_makes_it_so_before_the_cap() -> None:
    _, after, _ = plans(ny(3, 9), [BOOKED], "auto-reply until 2026-03-27 day 6")

    words = [step.words for step in after if step.kind == "status"]
    assert words == ["Follow-up 1 of 3 to Ann Weber", "Follow-up 2, the last, to Ann Weber"]


def test_an_interview_for_a_whole_day_shows_no_midnight() -> None:
    day = confirmed("m1", ny(2, 25), meeting(ny(3, 6, 0), hours=24))
    days = confirmed("m1", ny(2, 25), meeting(ny(3, 5, 0), hours=48))
    for event, words in ((day, "Fri 6 Mar, all day"), (days, "Thu 5 Mar \N{EN DASH} Fri 6 Mar, all day")):
        ahead = {"p": ahead_of(ny(3, 2), [event])}
        assert words in drawn(plan_view([found_at(ny(3, 2), [event])], ny(3, 2), NEW_YORK, ahead))


def test_an_absence_moves_the_next_follow_up_behind_their_return() -> None:
    _, after, _ = plans(ny(3, 9), [BOOKED], "auto-reply until 2026-03-27 day 6")

    assert drafts_in(after)[0] == ("status-1.1", date(2026, 3, 31))


def test_a_promise_begins_another_wait_and_shows_its_day() -> None:
    _, after, _ = plans(ny(3, 9), [BOOKED], "promise 2026-03-19 day 1")

    assert drafts_in(after)[0] == ("status-2.1", date(2026, 3, 20))
    assert [step.opens.date() for step in after if step.kind == "promised"] == [date(2026, 3, 19)]


def test_several_suppositions_happen_in_the_order_of_their_days() -> None:
    one = plans(ny(3, 9), [BOOKED], "rejection day 20", "promise 2026-03-19 day 1")
    other = plans(ny(3, 9), [BOOKED], "promise 2026-03-19 day 1", "rejection day 20")

    assert told(one[1]) == told(other[1])
    assert drafts_in(one[1]) == [("status-2.1", date(2026, 3, 20))]


@FAST
@given(histories(), st.integers(0, 80))
def test_supposing_nothing_is_the_plan(events: list[Event], days: int) -> None:
    now = datetime(2026, 2, 23, 9, tzinfo=UTC) + timedelta(days=days)
    known = [event for event in events if event.at <= now]
    made = events_of(supposed(now, "nothing", "nothing day 5"), found_at(now, known).process, PROFILE)

    assert made == []
    assert ahead_of(now, known, made) == ahead_of(now, known)


@FAST
@given(histories(), st.integers(0, 80), st.sampled_from(["reply", "rejection", "offer", "auto-reply for 9 days", "nothing"]))
def test_up_to_the_day_of_what_is_supposed_the_plan_is_the_same(events: list[Event], days: int, what: str) -> None:
    now = datetime(2026, 2, 23, 9, tzinfo=UTC) + timedelta(days=days)
    known = [event for event in events if event.at <= now]
    (one,) = supposed(now, f"{what} day 20")
    before = ahead_of(now, known)
    after = ahead_of(now, known, events_of([one], found_at(now, known).process, PROFILE))

    def early(ahead: Ahead) -> list[tuple[str, datetime]]:
        return [(str(place.key), place.slot.opens) for place in ahead.places if place.slot.opens < one.at]

    assert early(after) == early(before)


def test_the_two_plans_stand_side_by_side() -> None:
    now, events = ny(3, 9), [BOOKED]
    found = found_at(now, events)
    asked = supposed(now, "reply day 9")
    both = ahead_of(now, events), ahead_of(now, events, events_of(asked, found.process, PROFILE))
    values = build_simulation(found, now, asked, *both)
    text = drawn(simulation_view(found, now, NEW_YORK, asked, both))

    assert values["if"][0]["what"] == "reply"
    assert values["before"]["state"] == "DORMANT"
    assert values["after"]["state"] == "OUR_TURN"
    assert [name.rpartition("/")[2] for name in values["gone"] if "status" in name] == ["status-1.2", "status-1.3"]
    assert values["new"] == []
    for words in ("As it is", "If so", "They reply", "Follow-up 2 of 3", "your turn"):
        assert words in text, words
    head, line = (next(line for line in text.splitlines() if words in line) for words in ("As it is", "They reply"))
    assert line.index("They reply") >= head.index("If so")
    assert max(map(len, drawn(simulation_view(found, now, NEW_YORK, asked, both), 80).splitlines())) <= 80


def test_what_moves_is_named_with_both_days() -> None:
    now, events = ny(3, 9), [BOOKED]
    found = found_at(now, events)
    asked = supposed(now, "auto-reply until 2026-03-27 day 6")
    values = build_simulation(
        found, now, asked, ahead_of(now, events), ahead_of(now, events, events_of(asked, found.process, PROFILE))
    )

    moved = {each["id"].rpartition("/")[2]: (each["from"][:10], each["to"][:10]) for each in values["moved"]}
    assert moved["status-1.1"] == ("2026-03-17", "2026-03-31")


def test_a_job_that_begins_ends_the_plan() -> None:
    found = found_at(ny(3, 9), [BOOKED])
    found = replace(found, process=replace(found.process, job_from=ny(3, 20, 0)))
    found = replace(found, decision=decide(found.process, POLICY, PROFILE, ny(3, 9)))
    ahead = look_ahead(found, [BOOKED], ny(3, 9), ny(3, 9) + timedelta(days=PLAN_DAYS))

    assert [place.key.step for place in ahead.places if place.key.step.startswith("status")] == ["status-1.1"]
