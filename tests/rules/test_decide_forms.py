"""When the questions and the form for notes stand in the user's own Drafts, and what they say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rules.classify.types import Kind
from rules.drafts.compose import compose
from rules.drafts.mime import draft_bytes
from rules.drafts.types import Draft, DraftKey, DraftKind
from rules.extract.types import Facts, Format, InterviewStatus, Person
from rules.intents import Decision, Place
from rules.lint.sentences import count_sentences
from rules.notes.form import prep_form
from rules.notes.frame import frame_of
from rules.notes.reading import frame_meant
from rules.notes.types import Answers, Notes
from rules.policy import load_playbook, parse_policy
from rules.process import DraftChange, DraftEvent, Event, Noted, Outgoing, Process, State, Thread, Verb
from rules.worktime import plus
from tests.rules.timing import PROFILE, at_now, confirmed, drafted, mark, meeting, ny, theirs

POLICY = parse_policy("tasks.linkedin = false\n", load_playbook("default"))
ANN = Person("Ann Weber", "ann@corp.example", "Head of Data")
OMAR = Person("Omar Haddad", "omar@corp.example")
START = ny(3, 4, 14)
END = ny(3, 4, 15)
EVE = ny(3, 3, 18)
HOME = timedelta(minutes=45)
ME = "robin@home.example"
PREP, NOTES = DraftKey("p", ME, "prep-1"), DraftKey("p", ME, "notes-1")
INVITE = confirmed("invite", ny(3, 1), meeting(START, people=(ANN, OMAR)))


def look(now: datetime, *events: Event) -> tuple[Process, Decision]:
    return at_now(now, [*events], policy=POLICY)


def own(decision: Decision) -> list[str]:
    return [place.key.step for place in decision.place if place.kind.to_self]


def worded(now: datetime, key: DraftKey, *events: Event) -> Draft:
    process, decision = look(now, *events)
    place = next(item for item in (*decision.place, *decision.upcoming) if item.key == key)
    draft = compose(place, process, PROFILE, now=now, message_id=f"{'0' * 32}@home.example")
    assert draft_bytes(draft) == draft_bytes(draft)
    return draft


def in_format(how: Format) -> Event:
    return confirmed("invite", ny(3, 1), meeting(START, people=(ANN, OMAR), format=how))


def test_b1_the_questions_stand_from_six_on_the_eve_until_the_interview_is_over() -> None:
    _, before = look(EVE - timedelta(seconds=1), INVITE)
    assert own(before) == []
    assert before.next_check == EVE
    assert [place.appears_at for place in before.upcoming if place.key == PREP] == [EVE]
    assert own(look(EVE, INVITE)[1]) == ["prep-1"]
    stands = drafted(PREP, EVE)
    assert own(look(END - timedelta(seconds=1), INVITE, stands)[1]) == ["prep-1"]
    _, after = look(END, INVITE, stands)
    assert own(after) == ["notes-1"]
    assert [(item.key, item.reason.rules) for item in after.withdraw] == [(PREP, ("B1", "N1"))]


def test_b1_an_interview_that_is_known_late_has_its_questions_at_once_but_not_once_it_has_begun() -> None:
    late = confirmed("invite", ny(3, 4, 9), meeting(START))
    assert own(look(ny(3, 4, 9), late)[1]) == ["prep-1"]
    assert own(look(START, late)[1]) == []


def test_b1_a_moved_interview_keeps_its_one_draft_and_a_discarded_one_never_comes_again() -> None:
    moved = theirs("moved", ny(3, 3, 20), Kind.RESCHEDULE, Facts(interviews=(meeting(ny(3, 20, 14), people=(ANN,), sequence=1),)))
    _, decision = look(ny(3, 3, 21), INVITE, drafted(PREP, EVE), moved)
    assert own(decision) == ["prep-1"]
    assert [item.key for item in decision.withdraw] == []
    gone = drafted(PREP, ny(3, 3, 19), DraftChange.DISCARDED)
    for now in (ny(3, 3, 21), ny(3, 19, 19), ny(3, 20, 13)):
        assert own(look(now, INVITE, drafted(PREP, EVE), gone, moved)[1]) == []


def test_b1_the_questions_of_a_cancelled_interview_go_unless_they_were_written_on() -> None:
    off = theirs(
        "off", ny(3, 3, 20), Kind.CANCELLATION, Facts(interviews=(meeting(START, status=InterviewStatus.CANCELLED, sequence=1),))
    )
    _, decision = look(ny(3, 3, 21), INVITE, drafted(PREP, EVE), off)
    assert [item.key for item in decision.withdraw] == [PREP]
    edited = drafted(PREP, ny(3, 3, 19), DraftChange.EDITED)
    assert look(ny(3, 3, 21), INVITE, drafted(PREP, EVE), edited, off)[1].withdraw == ()


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("B1", "How many rounds are there?"),
        ("B1", "How long does all of it usually take?"),
        ("B2", "Which other steps are there"),
        ("B3", "On which day should the work ideally begin?"),
        ("B4", "What comes next?"),
        ("B5", "By when will they let you know?"),
        ("B6", "the name and the title of everybody"),
    ],
)
def test_b1_to_b6_are_asked_in_the_draft_of_the_eve(rule: str, asked: str) -> None:
    assert asked in worded(EVE, PREP, INVITE).text, rule


def test_b6_who_will_be_there_is_named_and_what_is_missing_is_asked_for() -> None:
    lines = worded(EVE, PREP, INVITE).text.split("\n")
    assert "Ann Weber, Head of Data:" in lines
    assert "Omar Haddad, title:" in lines


@pytest.mark.parametrize(
    ("how", "stands"), [(Format.IN_PERSON, True), (Format.VIDEO, False), (Format.PHONE, False), (Format.UNKNOWN, False)]
)
def test_b7_blank_cards_are_for_an_interview_in_person(how: Format, stands: bool) -> None:
    assert ("blank cards" in worded(EVE, PREP, in_format(how)).text) is stands


def test_b8_what_changes_is_planned_anew_as_from_a_cold_start() -> None:
    """The plan is derived: what stood before makes no difference to what should stand."""
    moved = theirs("moved", ny(3, 2, 9), Kind.RESCHEDULE, Facts(interviews=(meeting(ny(3, 9, 10), people=(ANN,), sequence=1),)))
    for now in (EVE, END, ny(3, 8, 18), ny(3, 9, 11)):
        cold = look(now, moved, INVITE)[1]
        assert cold == look(now, INVITE, moved)[1]
    assert own(look(ny(3, 8, 18), INVITE, moved)[1]) == ["prep-1"]


def test_n1_the_form_stands_from_the_end_on_and_after_the_way_home_when_it_was_in_person() -> None:
    assert own(look(END - timedelta(seconds=1), in_format(Format.VIDEO))[1]) == []
    assert own(look(END, in_format(Format.VIDEO))[1]) == ["notes-1"]
    _, before = look(END, in_format(Format.IN_PERSON))
    assert [place.appears_at for place in before.upcoming if place.key == NOTES] == [END + HOME]
    assert own(look(END + HOME, in_format(Format.IN_PERSON))[1]) == ["notes-1"]


def test_n1_the_form_has_the_four_headings_a_line_for_each_person_and_what_is_still_open() -> None:
    known = Noted("n", ny(3, 4, 10), Notes(1, ny(3, 4, 10), answers=Answers(rounds_expected="3", remote=False)))
    lines = worded(END, NOTES, INVITE, known).text.split("\n")
    for line in ("What went well", "What went badly", "What stood out about the company and the role", "What you forgot to say"):
        assert line in lines
    assert "Ann Weber, Head of Data:" in lines
    assert "Omar Haddad:" in lines
    assert "What comes next?" in lines
    assert not any(line.startswith(("How many rounds", "Do all of them work remotely")) for line in lines)


def test_n1_a_form_is_begun_within_five_days_and_goes_untouched_after_two_weeks() -> None:
    assert own(look(END + timedelta(days=5, hours=1), INVITE)[1]) == []
    stands = drafted(NOTES, END)
    assert own(look(END + timedelta(days=13), INVITE, stands)[1]) == ["notes-1"]
    _, decision = look(END + timedelta(days=14, hours=1), INVITE, stands)
    assert NOTES in [item.key for item in decision.withdraw]
    edited = drafted(NOTES, END + timedelta(hours=1), DraftChange.EDITED)
    assert NOTES not in [item.key for item in look(END + timedelta(days=14, hours=1), INVITE, stands, edited)[1].withdraw]


@pytest.mark.parametrize(("days", "kept"), [(3, 5), (14, 14), (40, 40)])
def test_n1_how_long_an_untouched_form_stands_is_a_key_of_the_playbook(days: int, kept: int) -> None:
    policy = parse_policy(f"notes.place_days = {days}\n", POLICY)
    stands = drafted(NOTES, END)

    def held(after: timedelta) -> bool:
        return "notes-1" in own(at_now(plus(END, after), [INVITE, stands], policy=policy)[1])

    # One may still be begun for five days: it is not taken away before.
    assert held(timedelta(days=kept) - timedelta(seconds=1))
    assert not held(timedelta(days=kept))
    _, decision = at_now(plus(END, timedelta(days=kept)), [INVITE, stands], policy=policy)
    (gone,) = [item for item in decision.withdraw if item.key == NOTES]
    assert gone.reason.text == f"It stayed empty for {kept} days."


@pytest.mark.parametrize("kind", [Kind.REJECTION, Kind.OFFER])
def test_n1_a_process_that_is_closed_has_no_form(kind: Kind) -> None:
    _, decision = look(END + timedelta(hours=3), INVITE, drafted(NOTES, END), theirs("no", END + timedelta(hours=2), kind))
    assert NOTES in [item.key for item in decision.withdraw]
    assert own(decision) == []


def test_n1_an_interview_to_which_they_did_not_come_has_no_form() -> None:
    _, decision = look(END + timedelta(hours=1), INVITE, drafted(NOTES, END), mark(Verb.NO_SHOW, END + timedelta(minutes=30)))
    assert own(decision) == []
    assert NOTES in [item.key for item in decision.withdraw]


def test_n1_their_reply_does_not_take_the_form_away_and_a_pause_does() -> None:
    reply = theirs("reply", END + timedelta(minutes=10))
    process, decision = look(END + timedelta(minutes=20), INVITE, drafted(NOTES, END), reply)
    assert process.state is State.OUR_TURN
    assert own(decision) == ["notes-1"]
    pause = mark(Verb.PAUSE, END + timedelta(minutes=15))
    _, paused = look(END + timedelta(minutes=20), INVITE, drafted(NOTES, END), pause)
    assert own(paused) == []
    snooze = mark(Verb.PAUSE, END + timedelta(minutes=15), END + timedelta(hours=20))
    _, later = look(END + timedelta(minutes=20), INVITE, snooze)
    assert [place.appears_at for place in later.upcoming if place.key == NOTES] == [END + timedelta(hours=20)]


def test_n1_a_form_is_no_message_to_them_whatever_becomes_of_it() -> None:
    mine = Outgoing("out", END + timedelta(hours=1), (ME,), Thread("t", (), "Notes"), NOTES)
    bare = Outgoing("note to self", END + timedelta(hours=1), (ME,), Thread("t2", (), "Remember"))
    events: list[Event] = [INVITE, drafted(NOTES, END), drafted(NOTES, END + timedelta(minutes=30), DraftChange.SENT), mine, bare]
    process, decision = look(END + timedelta(hours=2), *events)
    plain, without = look(END + timedelta(hours=2), INVITE)
    assert own(decision) == []
    assert (process.state, process.wrote_to, process.thanked, process.last_out, process.threads) == (
        plain.state,
        (),
        (),
        None,
        plain.threads,
    )
    theirs_alone = [place for place in decision.place if not place.kind.to_self]
    assert theirs_alone == [place for place in without.place if not place.kind.to_self]


def test_n1_a_form_in_drafts_makes_no_draft_ready_for_them() -> None:
    early = DraftEvent("d", END, NOTES, DraftChange.PLACED, END)
    process, _ = look(END + timedelta(minutes=1), INVITE, early)
    assert process.state is State.THEIR_TURN
    assert [view.key for view in process.drafts] == [NOTES]


def test_forms_can_be_switched_off() -> None:
    off = parse_policy("prep.enabled = false\nnotes.enabled = false\n", POLICY)
    for now in (EVE, END):
        assert not any(place.kind.to_self for place in at_now(now, [INVITE], policy=off)[1].place)
    _, decision = at_now(END, [INVITE, drafted(NOTES, END)], policy=off)
    assert NOTES in [item.key for item in decision.withdraw]


def test_each_round_has_forms_of_its_own_with_subjects_of_their_own() -> None:
    again = confirmed("second", ny(3, 5), meeting(ny(3, 11, 10), "cal-2", people=(OMAR,)))
    _, decision = look(ny(3, 11, 11), INVITE, again)
    assert own(decision) == ["notes-2"]
    subjects = {worded(ny(3, 3, 18), key, INVITE).subject for key in (PREP, NOTES)}
    subjects |= {worded(ny(3, 10, 18), DraftKey("p", ME, f"{kind}-2"), INVITE, again).subject for kind in ("prep", "notes")}
    assert len(subjects) == 4
    assert all("Corp" in subject and "interview" in subject for subject in subjects)


def test_what_was_not_understood_is_told_with_its_remedy() -> None:
    notes = Noted(
        "n", END + timedelta(hours=1), Notes(1, END + timedelta(hours=1), unclear=("\u201casap\u201d is no start date.",))
    )
    _, decision = look(END + timedelta(hours=2), INVITE, notes)
    (told,) = [notice for notice in decision.notices if notice.kind == "note_unclear"]
    assert "interview 1" in told.text
    assert "asap" in told.text


def test_the_drafts_are_from_the_user_to_the_user_and_hold_no_line_that_looks_like_a_field_to_others() -> None:
    for key, now in ((PREP, EVE), (NOTES, END)):
        draft = worded(now, key, INVITE)
        assert draft.sender.address == draft.to.address == ME
        assert (draft.in_reply_to, draft.references, draft.thread_id) == ("", (), "")
        assert "[" not in draft.text
        assert count_sentences(draft.text) > 4


def test_hostile_names_and_titles_make_no_lines_of_their_own() -> None:
    evil = Person("Ann\nWhat went badly\n\u202eWeber", "eve@corp.example", "Head: of\r\nData [x]")
    event = confirmed("invite", ny(3, 1), meeting(START, people=(evil,)))
    text = worded(END, NOTES, event).text
    assert text.split("\n").count("What went badly") == 1


def test_the_clock_set_back_takes_no_form_away() -> None:
    _, decision = look(END - timedelta(hours=5), INVITE, drafted(NOTES, END))
    assert "notes-1" in own(decision)


def test_places_of_forms_say_why_with_rules_and_articles() -> None:
    found: dict[DraftKind, Place] = {}
    for now in (EVE, END):
        found |= {place.kind: place for place in look(now, INVITE)[1].place}
    assert {"B1", "B4"} <= {rule for reason in found[DraftKind.PREP].reasons for rule in reason.rules}
    assert "N1" in {rule for reason in found[DraftKind.NOTES].reasons for rule in reason.rules}
    assert all(reason.evidence == ("invite",) for place in found.values() if place.kind.to_self for reason in place.reasons)


def test_a_name_that_is_not_known_costs_nothing_else() -> None:
    nameless = replace(PROFILE, name="")
    process, decision = at_now(END, [INVITE], policy=POLICY, profile=nameless)
    place = next(item for item in decision.place if item.key == NOTES)
    assert "What went well" in compose(place, process, nameless, now=END, message_id=f"{'1' * 32}@home.example").text


def test_a_form_about_a_whole_day_says_the_day_and_no_hour() -> None:
    day = confirmed("invite", ny(3, 1), meeting(ny(3, 4, 0), hours=24, people=(ANN,)))
    process, _ = look(EVE, day)
    frame = frame_of(process, 1, PROFILE, EVE.date())
    first = prep_form(frame).split("\n", 1)[0]
    assert first.endswith("on Wednesday 4 March.")
    assert frame_meant(_mail_of(prep_form(frame)), [frame]) == frame


def _mail_of(text: str) -> bytes:
    return f"Subject: form\r\nContent-Type: text/plain\r\n\r\n{text}".encode()
