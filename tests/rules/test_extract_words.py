"""The word lists of the fields: every language has the lists of the English one, and each phrase of them can be read."""

from __future__ import annotations

import pytest

from rules.extract.words import Terms, first_match, listed
from rules.language import LANGUAGES
from rules.phrases.grammar import compile_phrase, fold
from rules.phrases.load import load

_OTHERS = LANGUAGES[1:]


@pytest.mark.parametrize("language", _OTHERS)
def test_every_language_has_the_word_lists_of_the_english_one(language: str) -> None:
    english, other = load("en/extract"), load(f"{language}/extract")
    assert {table: set(lists) for table, lists in other.items()} == {table: set(lists) for table, lists in english.items()}


@pytest.mark.parametrize("language", _OTHERS)
def test_every_language_has_the_title_lists_of_the_english_one(language: str) -> None:
    assert set(load(f"{language}/titles")) == set(load("en/titles"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_folded_and_finds_itself_where_it_has_no_choices(language: str) -> None:
    for table, lists in load(f"{language}/extract").items():
        for key, phrases in lists.items():
            for source in phrases:
                assert source == fold(source) or source != source.strip(), (table, key, source)
                if not set(source) & set("()[]*") and "..." not in source:
                    assert compile_phrase(source).search(f"so {source} so") or source != source.strip(), (table, key, source)


def test_words_of_a_list_are_asked_in_the_languages_of_the_mail_only() -> None:
    assert first_match("outcome", "on_hold", "die stelle liegt auf eis", ("de", "en")) == "auf eis"
    assert first_match("outcome", "on_hold", "die stelle liegt auf eis") == ""


def test_a_list_of_words_is_the_union_of_its_languages() -> None:
    assert {"talent acquisition", "bewerbermanagement", "recrutement"} <= listed("company", "team")
    assert "bewerbermanagement" not in listed("company", "team", ("en",))


@pytest.mark.parametrize(
    ("word", "found"), [("teamleiter", True), ("leiterin", False), ("recruiterin", True), ("chef", True), ("chefarzt", False)]
)
def test_terms_are_words_beginnings_and_endings(word: str, found: bool) -> None:
    assert Terms(["*leiter", "recruit*", "chef", "head of"]).have(word) is found


def test_a_term_of_several_words_is_looked_for_in_the_text() -> None:
    terms = Terms(["head of"])
    assert terms.in_text(["head", "of", "data"], "head of data")
    assert not terms.in_text(["ahead", "of"], "ahead of")
