"""The decisions that no rule takes: each where a reader would look for it by its number, as far as no other file has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from rules.classify import classify
from rules.classify.types import Kind
from rules.decide import decide
from rules.drafts.compose import compose
from rules.extract import extract
from rules.extract.types import Facts, Person, Promise, PromiseClass, RoleClass
from rules.intents import Decision
from rules.mail import Address, Message
from rules.process import DraftChange, Event, Incoming, Process, State, Thread, Verb, fold
from tests.connectors.test_never_sends import SOURCES, ways_to_send
from tests.rules.asking import BOOKED, THANKED, fold_at, ids, look, next_status, opens, said, sent, text_of, told
from tests.rules.mails import OWN, mail
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
    ny,
    promised,
    theirs,
)


@pytest.mark.parametrize(("name", "day"), [("default", "Tue 17 Mar"), ("king", "Mon 09 Mar"), ("brisk", "Tue 10 Mar")])
def test_d2_where_no_date_was_given_the_first_wait_is_two_weeks_and_one_in_two_playbooks(name: str, day: str) -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, policy=PLAYBOOKS[name]) == f"{day} 08:00"


def test_d5_every_language_has_all_the_lists_as_data() -> None:
    phrases = Path(str(files("rules") / "phrases"))
    languages = {folder.name: {path.name for path in folder.glob("*.toml")} for folder in phrases.iterdir() if folder.is_dir()}
    lists = {name: found for name, found in languages.items() if found}
    assert set(lists) == {"en", "de", "fr", "es", "nl", "pt", "it"}
    shared = set.intersection(*lists.values())
    assert {
        "kinds.toml",
        "automatic.toml",
        "prefilter.toml",
        "extract.toml",
        "promises.toml",
        "absence.toml",
        "dates.toml",
    } <= shared


@pytest.mark.parametrize(
    ("declined", "appears"),
    [
        (ny(3, 10, 9), ny(3, 11, 8)),
        (ny(3, 11, 7, 30), ny(3, 12, 8)),  # the opening of that morning is within the hour
        (ny(3, 11, 6), ny(3, 11, 8)),
        (ny(3, 13, 16), ny(3, 16, 8)),
    ],
)
def test_d6_the_note_after_a_rejection_appears_on_the_next_business_morning(declined: datetime, appears: datetime) -> None:
    refusal = theirs("no", declined, Kind.REJECTION)
    decision = look(declined, BOOKED, THANKED, refusal)
    (note,) = [place for place in (*decision.place, *decision.upcoming) if place.kind == "gracious"]
    assert (note.appears_at, note.slot.opens) == (appears, appears)


def test_d8_no_module_of_ours_can_send() -> None:
    assert [where for path in SOURCES for where in ways_to_send(path)] == []


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 9), "Tue 10 Mar"),
        (date(2026, 3, 10), "Wed 11 Mar"),
        (date(2026, 3, 11), "Thu 12 Mar"),
        (date(2026, 3, 12), "Fri 13 Mar"),
        (date(2026, 3, 13), "Mon 16 Mar"),
        (date(2026, 5, 22), "Tue 26 May"),  # Memorial Day lies between
        (date(2026, 7, 2), "Mon 06 Jul"),  # the Friday is a holiday
    ],
)
def test_d9_the_48_hours_count_from_the_end_of_the_promised_day(day: date, expected: str) -> None:
    assert opens(ny(3, 3), BOOKED, THANKED, said(PromiseClass.HARD_DATE, day)) == f"{expected} 08:00"


def test_d10_a_fortnight_is_one_where_mornings_there_are_the_next_day_here() -> None:
    apia = replace(PROFILE, zone="Pacific/Apia", country="")
    start = datetime(2026, 3, 3, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
    events: list[Event] = [confirmed("m1", start - timedelta(days=3), meeting(start))]
    days = []
    for number in (1, 2, 3):
        now = max(event.at for event in events) + timedelta(days=4)
        upcoming = at_now(now, events, profile=apia)[1].upcoming
        slot = next(place.slot for place in upcoming if place.key.step == f"status-1.{number}")
        days.append(f"{slot.opens:%a %d %b %H:%M}")
        events.append(mine(f"s{number}", slot.opens + timedelta(minutes=5), step=key(f"status-1.{number}")))
    assert days == ["Tue 17 Mar 08:00", "Tue 31 Mar 08:00", "Tue 14 Apr 08:00"]


def test_d10_a_promised_day_is_theirs_and_no_mail_goes_before_the_morning_after_it() -> None:
    apia = replace(PROFILE, zone="Pacific/Apia", country="")
    start = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
    word = promised(PromiseClass.HARD_DATE, date(2026, 3, 2), date(2026, 3, 9))
    events: list[Event] = [confirmed("m1", start - timedelta(days=3), meeting(start), promise=word)]
    upcoming = at_now(start + timedelta(hours=5), events, profile=apia)[1].upcoming
    assert [f"{place.slot.opens:%a %d %b}" for place in upcoming if place.kind == "status"] == ["Tue 10 Mar"]


def test_h11_who_is_asked_to_write_today_finds_the_draft_at_once_and_not_as_a_late_one() -> None:
    today = theirs(
        "m2", ny(3, 4, 15), facts=Facts(promise=promised(PromiseClass.CONTACT_DATE, date(2026, 3, 4), date(2026, 3, 4)))
    )
    decision = look(ny(3, 4, 15), BOOKED, THANKED, today)
    (place,) = decision.place
    assert (place.slot.opens, place.late) == (ny(3, 5, 8), False)
    assert "status_late" not in told(decision)


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_d10_a_tuesday_and_fourteen_days_is_a_tuesday_whatever_the_hour(hour: int) -> None:
    told_then = theirs("said", ny(3, 3, hour, 59), facts=Facts(promise=_vague(date(2026, 3, 3))))
    assert opens(ny(3, 4), BOOKED, THANKED, told_then) == "Tue 17 Mar 08:00"
    assert opens(ny(3, 18), BOOKED, THANKED, sent(1, ny(3, 17, hour, 59))) == "Tue 31 Mar 08:00"


def _vague(day: date) -> Promise:
    return promised(PromiseClass.VAGUE, day)


def test_d11_a_vague_promise_starts_on_the_day_it_was_made() -> None:
    later = theirs("said", ny(3, 10, 15), facts=Facts(promise=_vague(date(2026, 3, 10))))
    assert opens(ny(3, 11), BOOKED, THANKED, later) == "Tue 24 Mar 08:00"


def test_d12_the_end_of_a_week_or_month_is_a_day_and_what_the_candidate_names_is_none() -> None:
    week, month = "We will get back to you by the end of next week.", "You will hear from us by the end of the month."
    assert _promise(week) == (PromiseClass.HARD_DATE, date(2026, 12, 4))
    assert _promise(month) == (PromiseClass.HARD_DATE, date(2026, 11, 30))
    assert [_period(text) for text in (week, month, "We will get back to you by 4 December.")] == [True, True, False]
    assert _promise("You wrote that you need an answer from us by Friday.") is None


def test_d12_where_the_last_weekday_of_a_period_is_a_holiday_there_the_business_day_before_it_is_meant() -> None:
    friday = Promise(PromiseClass.HARD_DATE, date(2026, 3, 26), date(2026, 4, 3), "By the end of next week.", period=True)
    letter = theirs("said", ny(3, 26), facts=Facts(promise=friday))
    good_friday = mark(Verb.COUNTRY, ny(3, 3), item="DE")
    assert _promised(fold_at(ny(3, 27), BOOKED, THANKED, letter)) == date(2026, 4, 3)
    assert _promised(fold_at(ny(3, 27), BOOKED, THANKED, good_friday, letter)) == date(2026, 4, 2)
    named = theirs("said", ny(3, 26), facts=Facts(promise=replace(friday, period=False)))
    assert _promised(fold_at(ny(3, 27), BOOKED, THANKED, good_friday, named)) == date(2026, 4, 3)


def _promised(process: Process) -> date | None:
    assert process.wait is not None
    assert process.wait.promise is not None
    return process.wait.promise.date


def test_d20_a_country_that_was_set_by_hand_goes_before_all_that_is_inferred() -> None:
    day = said(PromiseClass.HARD_DATE, date(2026, 4, 2))  # Good Friday is a day off in Germany, and so is the Monday after it
    assert opens(ny(3, 3), BOOKED, THANKED, day) == "Fri 03 Apr 08:00"
    german = mark(Verb.COUNTRY, ny(3, 3), item="DE")
    assert opens(ny(3, 3), BOOKED, THANKED, day, german) == "Tue 07 Apr 08:00"
    assert opens(ny(3, 4), BOOKED, THANKED, day, german, mark(Verb.COUNTRY, ny(3, 3, 13))) == "Fri 03 Apr 08:00"


def _promise(text: str) -> tuple[PromiseClass, date | None] | None:
    letter = mail(f"Hi Sam,\n\n{text}\n\nBest,\nRita", subject="Re: Interview")
    promise = _read(letter).promise
    return (promise.kind, promise.date) if promise is not None else None


def _period(text: str) -> bool:
    promise = _read(mail(f"Hi Sam,\n\n{text}\n\nBest,\nRita", subject="Re: Interview")).promise
    return promise is not None and promise.period


def _read(letter: Message) -> Facts:
    return extract(letter, classify(letter, own=OWN, known=True), own=OWN, zone="America/New_York")


def test_d13_one_person_gets_the_follow_up_the_last_who_wrote_else_manager_else_recruiter() -> None:
    chief = Person("Cleo Marsh", "cleo@corp.example", role=RoleClass.HIRING_MANAGER)
    helper = Person("Rae Lind", "rae@corp.example", role=RoleClass.RECRUITER)
    machine = Incoming(
        "m1",
        ny(2, 25),
        Kind.INTERVIEW_CONFIRMATION,
        NO_REPLY,
        Thread("m1", (), "Interview"),
        Facts(company="Corp", interviews=(meeting(ny(3, 2, 10), people=(BOB, chief, helper)),)),
        can_receive=False,
    )
    place = next_status(ny(3, 3), machine)
    assert place is not None
    assert place.recipient.address == chief.address
    wrote = theirs("m2", ny(2, 26), Kind.INTERVIEW_CONFIRMATION, sender=Address("Rae Lind", "rae@corp.example"))
    place = next_status(ny(3, 3), machine, wrote)
    assert place is not None
    assert place.recipient.address == helper.address
    decision = look(ny(3, 17, 8), machine, wrote)
    assert [one.recipient.address for one in decision.place if one.kind == "status"] == [helper.address]


def test_d14_a_follow_up_in_a_new_mail_has_the_stated_subject() -> None:
    lone = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=(BOB,)))
    process = fold(
        "p", [lone, theirs("m2", ny(2, 26), Kind.INTERVIEW_CONFIRMATION)], now=ny(3, 17, 8), policy=POLICY, profile=PROFILE
    )
    (place,) = [one for one in decide(process, POLICY, PROFILE, ny(3, 17, 8)).place if one.kind == "status"]
    draft = compose(replace(place, thread=None), process, PROFILE, now=ny(3, 17, 8), message_id="a@example.com")
    assert draft.subject == "Following Up - Robin Ferrer - Analyst"


def test_d15_a_deleted_step_is_skipped_the_next_comes_a_cadence_after_its_slot_and_both_count() -> None:
    placed = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    deleted = drafted(key("status-1.1"), ny(3, 17, 12), DraftChange.DISCARDED, slot=ny(3, 17, 8))
    events: list[Event] = [BOOKED, THANKED, placed, deleted]
    place = next_status(ny(3, 18), *events)
    assert place is not None
    assert (place.key.step, place.slot.opens) == ("status-1.2", ny(3, 31, 8))
    rest = [*events, sent(2, ny(3, 31, 9)), sent(3, ny(4, 14, 9))]
    assert opens(ny(4, 15), *rest) == "none"


def test_d16_an_unsent_draft_stays_the_same_for_the_next_slot_and_is_told_as_late() -> None:
    placed = drafted(key("status-1.1"), ny(3, 16, 20), slot=ny(3, 17, 8))
    on_time, late = (look(now, BOOKED, THANKED, placed) for now in (ny(3, 17, 9), ny(3, 17, 12)))
    assert [place.key.step for place in (*on_time.place, *late.place)] == ["status-1.1", "status-1.1"]
    assert (on_time.place[0].late, late.place[0].late) == (False, True)
    assert late.place[0].slot.opens == ny(3, 18, 8)
    assert "status_late" in told(late)
    assert opens(ny(3, 26), BOOKED, THANKED, placed, sent(1, ny(3, 25, 9))) == "Wed 08 Apr 08:00"


def test_d17_at_day_30_it_is_asked_and_the_step_that_is_left_is_the_last() -> None:
    before, after = look(ny(3, 31, 12), BOOKED, THANKED), look(ny(4, 1, 12), BOOKED, THANKED)
    assert "month_of_silence" not in told(before)
    assert "month_of_silence" in told(after)
    place = next_status(ny(4, 2), BOOKED, THANKED, sent(1, ny(3, 31, 9)))
    assert place is not None
    assert (place.final, place.attempt) == (True, 2)
    assert "D17" in ids(place.reasons)
    assert fold_at(ny(4, 1, 12), BOOKED, THANKED).state is State.THEIR_TURN


@pytest.mark.parametrize(
    ("organizer", "others", "thanked"),
    [
        (Person("Cleo Marsh", "cleo@corp.example"), (), {"cleo@corp.example"}),
        (Person("Cleo Marsh", "cleo@corp.example"), (BOB,), {"cleo@corp.example", "bob@corp.example"}),
        (Person("Cleo Marsh", "cleo@corp.example", "Recruiting Coordinator"), (BOB,), {"bob@corp.example"}),
        (Person("Cleo Marsh", "scheduling@corp.example"), (BOB,), {"bob@corp.example"}),
        (Person("Cleo Marsh", "cleo@corp.example", "Recruiting Coordinator"), (), {"cleo@corp.example"}),
    ],
)
def test_d21_a_lone_organizer_is_met_and_one_who_coordinates_beside_others_is_not(
    organizer: Person, others: tuple[Person, ...], thanked: set[str]
) -> None:
    booked = confirmed("m1", ny(2, 25), meeting(ny(3, 2, 10), people=others, organizer=organizer))
    assert {place.recipient.address for place in look(ny(3, 2, 12), booked).place} == thanked


def test_d23_thanks_that_the_user_wrote_take_our_untouched_note_back() -> None:
    stands = drafted(key("thank_you-1"), ny(3, 2, 11), slot=ny(3, 2, 11))
    own = mine("own", ny(3, 2, 13))
    decision = look(ny(3, 2, 14), BOOKED, stands, own)
    assert [gone.key.step for gone in decision.withdraw] == ["thank_you-1"]
    assert "D23" in decision.withdraw[0].reason.rules
    before = mine("own", ny(3, 2, 9))
    assert _steps(look(ny(3, 2, 14), BOOKED, stands, before)) == ["thank_you-1"]


def _steps(decision: Decision) -> list[str]:
    return [place.key.step for place in decision.place]


COUNTER = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//EN
METHOD:COUNTER
BEGIN:VEVENT
UID:cal-1
SEQUENCE:0
DTSTAMP:20261123T150000Z
DTSTART:20261207T150000Z
DTEND:20261207T160000Z
SUMMARY:Interview
ORGANIZER;CN=Rita Chen:mailto:rita@acme.example
ATTENDEE;CN=Sam Doe:mailto:sam@example.com
END:VEVENT
END:VCALENDAR
"""


def test_d25_another_time_that_they_propose_leaves_the_old_one_standing() -> None:
    letter = mail("Could we do Monday the 7th?", subject="New Time Proposed: Interview", calendar=COUNTER, method="COUNTER")
    found = classify(letter, own=OWN, known=True)
    facts = extract(letter, found, own=OWN, zone="America/New_York")
    booked = confirmed("m1", ny(11, 20), meeting(ny(12, 1, 10)))
    proposed = theirs("m2", ny(11, 23), found.kind, facts)
    assert facts.countered
    assert _starts(fold_at(ny(11, 24), booked, proposed)) == [ny(12, 1, 10)]
    moved = theirs("m3", ny(11, 25), Kind.RESCHEDULE, Facts(interviews=(meeting(ny(12, 7, 10), sequence=1),)))
    assert _starts(fold_at(ny(11, 26), booked, proposed, moved)) == [ny(12, 7, 10)]


DELAYED = """Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ann@corp.example
Action: delayed
Status: 4.4.1
"""


def test_d25_a_delayed_mail_is_told_for_some_days_and_stops_nothing() -> None:
    parts = (
        "--r1\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered yet.\r\n"
        f"--r1\r\nContent-Type: message/delivery-status\r\n\r\n{DELAYED}\r\n--r1--\r\n"
    )
    kind = {"Content-Type": 'multipart/report; report-type=delivery-status; boundary="r1"'}
    letter = mail(parts, sender="mailer-daemon@example.com", subject="Delayed: your message", headers=kind)
    facts = _read(letter)
    assert (facts.delayed, facts.bounced) == (("ann@corp.example",), ())
    report = theirs("dsn", ny(3, 3, 9), Kind.AUTO_REPLY, facts, sender=NO_REPLY, can_receive=False)
    decision = look(ny(3, 3, 10), BOOKED, THANKED, report)
    assert "ann@corp.example" in text_of(decision, "delayed")
    assert opens(ny(3, 3, 10), BOOKED, THANKED, report) == "Tue 17 Mar 08:00"
    assert "delayed" not in told(look(ny(3, 8, 10), BOOKED, THANKED, report))
    assert decision.next_check == ny(3, 8, 10)  # 120 hours, one of which the clocks skip


def test_d25_a_delay_that_only_the_text_tells_is_heard() -> None:
    text = "Your message to ann@corp.example has been delayed. The server will keep trying for 46 hours."
    facts = _read(mail(text, sender="mailer-daemon@example.com", subject="Warning: message delayed 4 hours"))
    assert (facts.delayed, facts.bounced) == (("ann@corp.example",), ())


def _starts(process: Process) -> list[datetime]:
    return [round_.interview.start for round_ in process.rounds]
