"""Forms as Thunderbird 153 saved them: opened with Edit, typed into by keys, saved as a draft.

`plain` is what Edit opens, `html` what Edit opens with Shift held; in `lists` headings were set in bold, one was removed, and
what was typed is a list, part of it struck out; `prep` was saved without a word.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rules.notes.reading import frame_meant, is_empty, read_form, read_text
from rules.notes.types import Heading, Topic
from tests.rules.notes_cases import AT, FRAME, NOTES, Filling, fill
from tests.rules.test_notes_clients import FULL

SAVED = Path(__file__).parent / "notes"


@pytest.mark.parametrize("composer", ["plain", "html"])
def test_n1_what_was_typed_in_thunderbird_is_read_whole(composer: str) -> None:
    """A person's point stands below the name, answers behind their questions and below them, one on two lines."""
    expected = read_text(fill(NOTES, FULL), FRAME, AT)
    found = read_form((SAVED / f"thunderbird_{composer}.eml").read_bytes(), FRAME, AT)

    assert [(p.heading, p.about, p.topic, p.text) for p in found.points] == [
        (p.heading, p.about, p.topic, p.text) for p in expected.points
    ]
    assert found.answers.next_step == "a talk with the whole team"
    assert found.answers == expected.answers
    assert found.unclear == ()


def test_n1_formatting_does_not_hide_what_was_typed() -> None:
    found = read_form((SAVED / "thunderbird_lists.eml").read_bytes(), FRAME, AT)

    assert [(p.heading, p.about.partition("@")[0], p.topic, p.text) for p in found.points] == [
        (Heading.WELL, "ann", Topic.ANY, "asked about finance"),
        (Heading.WELL, "renee", Topic.PERSONAL, "her marathon"),
        (Heading.BADLY, "", Topic.ANY, "the advisory locks"),
        (Heading.STOOD_OUT, "", Topic.CHALLENGE, "nobody owns the loader"),
    ]
    assert found.answers.promise is not None
    assert found.unclear == ()


def test_n2_a_form_saved_by_thunderbird_without_a_word_says_nothing() -> None:
    assert is_empty(read_form((SAVED / "thunderbird_prep.eml").read_bytes(), FRAME, AT))


@pytest.mark.parametrize("composer", ["plain", "html", "lists", "prep"])
def test_n1_a_form_tells_which_interview_it_is_about(composer: str) -> None:
    assert FRAME.start is not None
    raw = (SAVED / f"thunderbird_{composer}.eml").read_bytes()
    second = replace(FRAME, round=2)
    other = replace(FRAME, start=FRAME.start + timedelta(days=2), day=FRAME.day + timedelta(days=2))
    sooner = replace(FRAME, start=FRAME.start - timedelta(hours=2))

    assert frame_meant(raw, [other, second, sooner]) is second
    assert frame_meant(raw, [FRAME, second]) is None
    assert frame_meant(raw, [other, sooner]) is None


def test_n1_lines_of_an_answer_that_became_paragraphs_are_one_answer() -> None:
    expected = read_text(fill(NOTES, Filling(answers=(("next", "a call with the team"),))), FRAME, AT)
    html = NOTES.replace("\n", "<br>\n").replace(
        "What comes next?<br>", "<p>What comes next?</p><p>a call</p><p>with the team</p>"
    )

    raw = b"Content-Type: text/html; charset=utf-8\n\n" + html.encode()

    assert read_form(raw, FRAME, AT) == expected
