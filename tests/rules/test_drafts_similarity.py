"""How alike two notes are, and what counts as the same note."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.similarity import THRESHOLD, alike, likeness, shared_sentences
from rules.drafts.types import Draft
from rules.lint.sentences import body_of, split_sentences
from tests.rules.drafts_cases import PANEL, draft, place

NOTES = [draft(place(person)) for person in PANEL]


def _with_body(one: Draft, sentences: list[str]) -> Draft:
    return replace(one, text=f"Dear Ann,\n\n{' '.join(sentences)}\n\nAll the best,\nSam Doe\n")


@pytest.mark.parametrize("note", NOTES, ids=[person.role.value for person in PANEL])
def test_a_note_with_one_sentence_exchanged_is_still_the_same_note(note: Draft) -> None:
    sentences = split_sentences(body_of(note.text))
    for n in range(len(sentences)):
        changed = _with_body(
            note, [*sentences[:n], "The weather on that day was better than anybody had said.", *sentences[n + 1 :]]
        )
        assert likeness(note.text, changed.text) >= THRESHOLD
        assert alike([note, changed])


@pytest.mark.parametrize("note", NOTES, ids=[person.role.value for person in PANEL])
def test_sentences_in_another_order_do_not_make_another_note(note: Draft) -> None:
    assert likeness(note.text, _with_body(note, split_sentences(body_of(note.text))[::-1]).text) > 0.9


def test_one_long_sentence_in_common_is_found() -> None:
    planted = "I would bring to this work nine years of running a kitchen for two hundred guests."
    one, other = (_with_body(note, [*split_sentences(body_of(note.text)), planted]) for note in NOTES[2:4])
    assert shared_sentences(one.text, other.text) == (planted,)
    assert [pair[:2] for pair in alike([one, other])] == [(one, other)]


def test_a_short_sentence_or_the_signature_in_common_is_no_fault() -> None:
    one, other = (_with_body(note, [*split_sentences(body_of(note.text)), "I look forward to it."]) for note in NOTES[2:4])
    assert shared_sentences(one.text, other.text) == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert likeness(one, one) == 1.0


def test_what_a_draft_is_can_be_imported_without_the_words() -> None:
    """Connectors need the type, not the templates and what renders them."""
    heavy = {"jinja2", "rapidfuzz", "rules.process", "rules.drafts.compose"}
    code = f"import sys, rules.drafts.types; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
