"""What is said of an interview stays with it, whatever number it has: notes and the ids of tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rules.extract.types import Interview, InterviewStatus
from rules.notes.types import Notes
from rules.process import Round, Verb
from rules.process.bound import bound, interview_of, meant_by, number_of, rebound, renumbered

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
OLD = Interview("old", MONDAY, MONDAY + timedelta(hours=1))
NEW = Interview("new", MONDAY + timedelta(days=3), MONDAY + timedelta(days=3, hours=1))
BEFORE = (Round(1, NEW, ()),)
AFTER = (Round(1, OLD, ()), Round(2, NEW, ()))


def test_notes_keep_their_interview_when_an_older_one_takes_its_number() -> None:
    notes = bound(Notes(1, MONDAY), BEFORE)
    assert (notes.interview, notes.start) == ("new", NEW.start)
    assert rebound(notes, AFTER).round == 2
    assert rebound(rebound(notes, AFTER), BEFORE).round == 1


def test_notes_of_no_interview_or_of_one_that_is_not_there_keep_their_number() -> None:
    assert bound(Notes(0, MONDAY), BEFORE) == rebound(Notes(0, MONDAY, interview="new"), AFTER) == Notes(0, MONDAY)
    assert bound(Notes(7, MONDAY), BEFORE).interview == ""
    assert rebound(Notes(1, MONDAY), AFTER).round == 1
    gone = Notes(1, MONDAY, interview="gone", start=MONDAY + timedelta(days=40))
    assert rebound(gone, AFTER).round == 1


@pytest.mark.parametrize(("hours", "number"), [(0, 2), (23, 2), (-20, 2), (24, 0), (-49, 1)])
def test_a_telling_under_another_uid_is_the_same_interview_if_it_begins_within_a_day(hours: int, number: int) -> None:
    assert number_of("text", NEW.start + timedelta(hours=hours), AFTER) == number


def test_a_cancelled_interview_gives_its_number_to_the_one_that_takes_place() -> None:
    off = replace(NEW, uid="off", status=InterviewStatus.CANCELLED)
    rounds = (Round(1, off, ()), Round(1, NEW, ()))
    assert interview_of(1, rounds) == NEW
    assert interview_of(2, rounds) is None
    assert number_of("else", NEW.start, (Round(1, off, ()),)) == 0


@pytest.mark.parametrize(
    ("item", "now"),
    [
        ("handwritten-1.rita@acme.test", "handwritten-2.rita@acme.test"),
        ("linkedin-1.3f2a", "linkedin-2.3f2a"),
        ("names-1", "names-2"),
        ("work_sample-1.choose", "work_sample-2.choose"),
        ("plan-1", "plan-2"),
        ("owed-1.9c1e", "owed-2.9c1e"),
        ("call", "call"),
        ("", ""),
        ("names-1x", "names-1x"),
        ("handwritten-99999999999999999999999.a", "handwritten-99999999999999999999999.a"),
    ],
)
def test_the_id_of_a_task_follows_its_interview(item: str, now: str) -> None:
    found = meant_by(Verb.DONE, item, BEFORE, MONDAY)
    uid, start = (found.uid, found.start) if found is not None else ("", None)
    assert renumbered(item, uid, start, AFTER) == now


def test_a_no_show_is_about_the_interview_that_was_over_last_and_other_words_about_none() -> None:
    after_old, after_new = OLD.end, NEW.end + timedelta(days=1)
    assert meant_by(Verb.NO_SHOW, "", AFTER, after_old) == OLD
    assert meant_by(Verb.NO_SHOW, "", AFTER, after_new) == NEW
    assert meant_by(Verb.NO_SHOW, "", AFTER, MONDAY) is None
    assert meant_by(Verb.PAUSE, "", AFTER, after_new) is None
