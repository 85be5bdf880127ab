"""The few checks on a draft that its templates are proved with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.lint.phrases import banned_phrases
from rules.lint.placeholders import placeholders, template_marks
from rules.lint.sentences import body_of, count_sentences, split_sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("One.", 1),
        ("One. Two! Three?", 3),
        ("I met Dr. Smith and Prof. J. R. Kay. They were kind.", 2),
        ("Tools, e.g. spreadsheets, i.e. tables, are fine.", 1),
        ("See https://acme.example/a.b?c=d. Then write.", 2),
        ("It rose by 3.5 per cent.", 1),
        ("I like Acme Inc. and its people.", 1),
        ("I like Acme Inc. The people are kind.", 2),
        ("I like Yahoo! as a name.", 1),
        ("Really?! Yes.", 2),
        ("Well... maybe.", 1),
        ("He said “Yes.” Then he left.", 2),
        ("No full stop\n\nNew paragraph", 2),
        ("A line\nthat goes on.", 1),
        ("So do I. You too.", 2),
        ("---\n\n***", 0),
        ("你好。再见。", 2),
    ],
)
def test_sentences_are_counted_as_a_reader_counts_them(text: str, count: int) -> None:
    assert count_sentences(text) == count


def test_the_body_is_what_stands_between_greeting_and_signature() -> None:
    assert body_of("Hello Rita,\n\nOne.\n\nTwo.\n\nBest regards,\nSam\n+1 555 0100\nsam@example.com\n") == "One.\n\nTwo."
    assert body_of("No greeting here. And no closing.") == "No greeting here. And no closing."
    assert body_of("Dear all:\r\nOne.\r\nThanks!\r\nSam") == "One."


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("I am just CHECKING IN.", "check-in"),
        ("a quick check\nin on this", "check-in"),
        ("check-in", "check-in"),
        ("touching\u00a0base", "check-in"),
        ("I wanted to circle back", "check-in"),
        ("following up on my previous e-mail", "check-in"),
        ("I am following up on my last message", "check-in"),
        ("bumping this", "check-in"),
        ("I haven\u2019t heard from you", "badgering"),
        ("I haven\u02bct heard", "badgering"),
        ("still   waiting", "badgering"),
        ("I need to know by Friday", "demand"),
        ("ASAP", "demand"),
        ("why haven't you", "frustration"),
        ("my salary", "pay"),
        ("the bonus structure", "pay"),
        ("a perfect fit", "generic"),
        ("please do not hesitate", "generic"),
        ("I hope this finds you well", "generic"),
        ("sorry to write again", "apology"),
        ("I know you are very busy", "apology"),
        ("I was disappointed", "bitterness"),
        ("hey Rita", "familiar"),
        ("I thought about what you told me", "canned-reflection"),
    ],
)
def test_banned_phrases_are_found_in_every_spelling(text: str, family: str) -> None:
    assert family in {phrase.family for phrase in banned_phrases(text)}


@pytest.mark.parametrize(
    "text", ["a package for a customer", "a bonus chapter", "Checkers in Berlin", "They heard me", "Spinging"]
)
def test_words_that_only_look_alike_are_left_alone(text: str) -> None:
    assert banned_phrases(text) == ()


def test_places_and_leftover_syntax_are_found() -> None:
    assert placeholders("A [b c] d [e].") == ("[b c]", "[e]")
    assert placeholders("no [place\nhere] and none []") == ()
    assert template_marks("{{ x }} TODO <NAME>") == ("{{ x }}", "TODO", "<NAME>")


@given(st.text())
def test_no_text_upsets_a_check(text: str) -> None:
    sentences = split_sentences(text)
    assert count_sentences(text) == len(sentences)
    assert all("\n" not in sentence for sentence in sentences)
    banned_phrases(text)
    body_of(text)


def test_checks_are_quick_on_long_lines() -> None:
    """No pattern may go back and forth over hostile text; with one that did, this would not end."""
    for unit in ("a", " ", ".", "!", "[", "please ", "following up on ", "haven't ", "\"'", "know you are "):
        text = unit * (200_000 // len(unit))
        split_sentences(text)
        banned_phrases(text)
        placeholders(text)
        body_of(text)
