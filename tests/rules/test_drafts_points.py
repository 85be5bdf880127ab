"""Points that were written in haste: which form they have, and what a sentence makes of them."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.drafts.facts import Fact, fill
from rules.drafts.points import MAX_WORDS, Form, Reader, better_answer, fit, noun_phrase
from rules.drafts.wording import load_wording
from rules.lint.placeholders import placeholders, template_marks
from rules.lint.sentences import count_sentences
from rules.notes.types import Heading, Topic
from tests.rules.drafts_cases import PANEL, RITA

POINTS: list[dict[str, str]] = tomllib.loads((Path(__file__).parent / "points.toml").read_text("utf-8"))["point"]
READER = Reader(about=True, names=("Rita", "Rita Almeida"))
ELSEWHERE = Reader()
WORDING = load_wording()


def _sentences(part: str, fact: Fact, *, alone: bool = True) -> list[str]:
    """Return every sentence that a part may make of a fact."""
    made = fill(part, fact, RITA, alone=alone)
    assert not isinstance(made, str), made
    data: dict[str, Any] = {"company_phrase": "Acme", "company": "Acme", **made.values}
    return [WORDING.render(source, data) for case in made.cases for source in WORDING.variants("thank_you", part, [case])]


def test_the_table_is_as_large_as_it_should_be() -> None:
    assert len({point["text"] for point in POINTS}) >= 60
    assert {point["form"] for point in POINTS} == {*Form, "out"}


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point["text"])
def test_a_point_goes_into_a_sentence_as_what_it_is(point: dict[str, str]) -> None:
    made = fit(point["text"], READER)
    if point["form"] == "out":
        assert isinstance(made, str)
        return
    assert not isinstance(made, str), made
    assert (made.form, made.text) == (point["form"], point["fitted"])


@pytest.mark.parametrize("point", [point for point in POINTS if point["form"] != "out"], ids=lambda point: point["text"])
@pytest.mark.parametrize("part", ["conversation", "culture", "company", "challenge", "personal"])
def test_around_a_point_there_is_one_clean_sentence(point: dict[str, str], part: str) -> None:
    for sentence in _sentences(part, Fact("note:1.well.1", point["text"])):
        assert count_sentences(sentence) == 1, sentence
        assert placeholders(sentence) == template_marks(sentence) == ()
        assert sentence == " ".join(sentence.split())
        assert sentence.endswith((".", "?"))
        assert not sentence.endswith(("..", "?.", ";.", ",."))


def test_who_is_meant_by_a_third_person_is_said_only_where_it_is_plain() -> None:
    kept = fit("she moved from support into data", ELSEWHERE)
    assert not isinstance(kept, str)
    assert (kept.form, kept.text) == (Form.QUOTE, "she moved from support into data")
    company = fit("they are moving to Kafka", ELSEWHERE)
    assert not isinstance(company, str)
    assert company.text == "you are moving to Kafka"


def test_a_long_point_keeps_the_sentences_that_fit_and_tells_the_rest() -> None:
    long = "They rebuilt billing. " + "And then there was a very long story about it that " * 6 + "ended."
    made = fit(long, READER)
    assert not isinstance(made, str)
    assert made.text == "you rebuilt billing"
    assert made.rest.startswith("And then")
    endless = fit("word " * (MAX_WORDS + 1), READER)
    assert isinstance(endless, str)
    assert str(MAX_WORDS) in endless


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("blanked on window functions", "window functions"),
        ("my answer on testing", "testing"),
        ("the question about sharding", "the question about sharding"),
        ("I was vague about the budget", "the budget"),
        ("rambled and forgot the numbers", ""),
        ("I was nervous", ""),
        ("I was vague about index locks and I never got to the advisory ones", "index locks"),
        ("I was vague about index locks and never got to the advisory ones", "index locks"),
        ("vague on locks, but they did not mind", "locks"),
        ("rambled about the migration because I was nervous", "the migration"),
        ("blanked on the cap table, which I know well", "the cap table"),
        ("the estimate and the plan for it", "the estimate and the plan for it"),
        ("the question that she asked about joins", "the question that you asked about joins"),
    ],
)
def test_n3_of_an_answer_that_went_badly_only_its_subject_is_told(text: str, topic: str) -> None:
    assert noun_phrase(text, READER, lead="badly") == topic


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("the rota and we laughed", Form.CLAUSE),
        ("the rota we use", Form.NOUN),
        ("the rota and how we use it", Form.NOUN),
    ],
)
def test_c11_a_clause_that_is_joined_on_is_no_part_of_a_name(text: str, form: Form) -> None:
    made = fit(text, READER)
    assert not isinstance(made, str)
    assert made.form is form


def test_c22_the_better_answer_is_told_with_what_it_answers() -> None:
    assert better_answer("the question about sharding, should have said consistent hashing") == (
        "the question about sharding",
        "consistent hashing",
    )
    fact = Fact("note:1.badly.1", "blanked on joins, I should have said hash joins come first", heading=Heading.BADLY)
    sentences = _sentences("add", fact)
    assert sentences
    assert all("joins" in one and "hash joins come first" in one for one in sentences[:3])
    assert all("wanted to add" in one for one in sentences)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("to mention my Spark certificate", ": my Spark certificate."),
        ("my MBA finishes in June", ": my MBA finishes in June."),
        ("that I speak Portuguese", ": I speak Portuguese."),
        ("ask about the on-call rota", "the on-call rota"),
        ("how big is the team?", ": how big is the team?"),
        ("speak Portuguese fluently", "“speak Portuguese fluently”."),
    ],
)
def test_n3_what_was_forgotten_is_one_sentence_that_adds_it(text: str, wanted: str) -> None:
    for sentence in _sentences("add", Fact("note:1.forgot.1", text, heading=Heading.FORGOT)):
        assert wanted in sentence
        assert "wanted to add" in sentence


def test_n4_an_answer_that_went_badly_is_never_told_in_the_words_of_the_failure() -> None:
    made = fill("add", Fact("note:1.badly.1", "rambled and forgot the numbers", heading=Heading.BADLY), RITA, alone=True)
    assert isinstance(made, str)
    assert "does not say what the answer was about" in made


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the piece on data contracts https://example.org/a?x=1.", "the piece on data contracts (https://example.org/a?x=1)"),
        ("https://example.org/a", "(https://example.org/a)"),
        ("Streaming Days in Porto", "“Streaming Days in Porto”"),
        ("read this (https://example.org/a)", "“read this” (https://example.org/a)"),
    ],
)
def test_c26_a_link_is_told_with_its_title_and_never_without_the_users_own_address(text: str, wanted: str) -> None:
    for sentence in _sentences("link", Fact("note:1.stood_out.1", text, topic=Topic.LINK)):
        assert wanted in sentence or wanted.replace("the piece", "“the piece").replace("contracts", "contracts”") in sentence
        assert count_sentences(sentence) == 1


@pytest.mark.parametrize("text", ["the salary band", "they are desperate for people", "call me asap"])
def test_words_that_no_follow_up_should_have_keep_a_point_out(text: str) -> None:
    made = fill("conversation", Fact("note:1.well.1", text), PANEL[1], alone=True)
    assert isinstance(made, str)
    assert "should not have" in made


ANY = st.text(max_size=300) | st.lists(
    st.sampled_from(["they", "she", "moved", "the", "team", ".", "?", "[x]", "{{", "}}", "is", "\n"])
).map(" ".join)


@given(ANY, st.sampled_from(["conversation", "add", "link", "personal", "company"]), st.sampled_from(list(Heading)))
def test_no_words_of_a_point_break_out_of_their_sentence(text: str, part: str, heading: Heading) -> None:
    made = fill(part, Fact("note:1.well.1", text, heading=heading), RITA, alone=True)
    if isinstance(made, str):
        assert made
        return
    data: dict[str, Any] = {"company_phrase": "Acme", **made.values}
    for case in made.cases:
        for source in WORDING.variants("thank_you", part, [case]):
            sentence = WORDING.render(source, data)
            assert "\n" not in sentence
            assert placeholders(sentence) == ()
            assert count_sentences(sentence) == 1, sentence


def test_hostile_points_cost_no_time() -> None:
    begun = time.process_time()
    for text in (
        "they " * 50_000,
        "a." * 50_000,
        "should have said " * 20_000,
        "https://" * 20_000,
        "“" * 100_000,
        "- " * 50_000,
    ):
        for heading in Heading:
            fill("add", Fact("note:1.badly.1", text, heading=heading), RITA, alone=True)
            fill("link", Fact("note:1.badly.1", text, heading=heading), RITA, alone=True)
            fill("conversation", Fact("note:1.badly.1", text, heading=heading), RITA, alone=True)
    assert time.process_time() - begun < 10
