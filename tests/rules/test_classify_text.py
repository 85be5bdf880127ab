"""Looking phrases up: where they stand, what takes their force away, and what it costs."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.classify import Kind, classify
from rules.classify.lists import kind_index, kind_phrases
from rules.classify.score import score
from rules.classify.text import Text
from rules.language import LANGUAGES
from rules.phrases.grammar import compile_phrase, fold, places_of, words_of
from tests.rules.mails import OWN, mail
from tests.rules.timing import FAST

_LETTERS = tomllib.loads((Path(__file__).parent / "modern.toml").read_text(encoding="utf-8"))["letter"]

_BUDGET = 2.0
"""Seconds of processor time, with compiling: far more than it takes, far less than what runs away."""


def test_evidence_names_the_place_of_its_words_in_the_mail_as_it_is() -> None:
    body = (
        "Hi   Sam,\n\n  thank you.\n\nWe are sorry, but the position\nhas been \u201cfilled\u201d. We have decided "
        "to move forward\nwith other candidates.\n"
    )
    found = classify(mail(body, subject="Your application"), own=OWN, known=False)
    assert found.kind is Kind.REJECTION
    told = [item for item in found.evidence if item.source == "text"]
    assert told
    for item in told:
        assert item.at is not None
        assert fold(body[item.at :]).startswith(item.detail.split()[0])


def test_the_place_in_a_subject_is_that_of_the_subject() -> None:
    found = classify(mail("It is on Thursday, December 3 at 2 pm.", subject="Acme: interview confirmed"), own=OWN, known=False)
    title = next(item for item in found.evidence if item.source == "subject")
    assert title.at == len("Acme: ")


@pytest.mark.parametrize("letter", _LETTERS, ids=range(len(_LETTERS)))
def test_a_phrase_is_found_at_its_first_word_as_it_is_by_looking_everywhere(letter: dict[str, str]) -> None:
    text = Text(letter["subject"], letter["body"])
    places = places_of(text.folded)
    for language in text.languages:
        for item in kind_index(language, subject=False).among(text.words):
            phrase = item.phrase
            quick = next(phrase.matches(text.folded, places), None)
            slow = phrase.pattern.search(text.folded)
            assert (quick and quick.span()) == (slow and slow.span()), phrase.source


@given(st.lists(st.sampled_from(["we", "not", "if", "l'entretien", "don't", "été", "8.", "interview", "\n", "?"]), max_size=30))
@FAST
def test_places_are_those_of_the_words(words: list[str]) -> None:
    folded = fold(" ".join(words))
    places = places_of(folded)
    assert set(places) == words_of(folded)
    assert all(folded.startswith(word, place) for word, found in places.items() for place in found)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("halten wir ...fest", "dann halten wir dienstag, den 8. dezember, um 10.30 uhr fest.", True),
        ("halten wir ...fest", "das halten wir so. das steht fest.", False),
        ("(arrange|plan) (an|the) interview", "we rearrange the interviews", False),
        ("works [for us|for me]", "that works.", True),
        ("works [fine] [for us]", "that works", True),
        ("works [fine] [for us]", "that works fine for us", True),
        ("works [fine] [for us]", "that workshop", False),
    ],
)
def test_gaps_edges_and_optional_words(phrase: str, text: str, found: bool) -> None:
    assert (compile_phrase(phrase).search(text) is not None) is found


def test_what_an_elision_joins_is_a_word_of_its_own() -> None:
    assert {"l'entretien", "l", "entretien"} <= words_of("l'entretien")


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("We decided not to move forward with your application.", Kind.REJECTION),
        ("If we decided not to move forward with your application, you will be told.", None),
        ("We will not make an offer of employment.", None),
        ("Our recruiter will contact you to schedule an interview.", None),
        ("We would like to schedule an interview with you.", Kind.INTERVIEW_INVITE),
        ("To cancel your interview, use this link: https://acme.example/x", None),
        ("We have to cancel your interview.", Kind.CANCELLATION),
    ],
)
def test_guards_take_the_force_out_of_a_phrase(sentence: str, kind: Kind | None) -> None:
    strong = {name for name, count in score(Text("", sentence)).strong.items() if count}
    if kind is None:
        assert not strong & {Kind.REJECTION, Kind.OFFER, Kind.INTERVIEW_INVITE, Kind.CANCELLATION}
    else:
        assert kind in strong


def test_the_guards_of_one_language_are_not_those_of_another() -> None:
    # `once` makes an English sentence conditional; in Spanish it is eleven.
    assert kind_phrases("en")["rejection"].guards.conditional.search("once")
    assert not kind_phrases("es")["rejection"].guards.conditional.search("a las once")


@pytest.mark.parametrize(
    "piece",
    [
        "we have not selected you if ",
        "unfortunately not ",
        "ihnen für die stelle ",
        "wurde auf vom ",
        "às segunda ",
        "nicht mit ihnen für andere ",
        "la candidature votre nous ne pas ",
        "thursday at 10 am interview confirmed ",
        "https://calendly.com/a ",
        "? ",
        "a.",
    ],
)
def test_a_text_made_of_beginnings_costs_little(piece: str) -> None:
    letter = mail((piece * 7000)[:14000], subject="Your interview application position")
    begun = time.process_time()
    classify(letter, own=OWN, known=False)
    assert time.process_time() - begun < _BUDGET


def test_every_language_has_lists() -> None:
    assert all(kind_phrases(language) for language in LANGUAGES)


def test_a_line_of_particulars_is_not_joined_to_the_one_before_it() -> None:
    folded = fold("We look forward to meeting you for your interview at Acme\nWhen: Tuesday, 1 December\nWho: Nora Feld")
    assert folded.split("\n")[1:] == ["when: tuesday, 1 december", "who: nora feld"]
