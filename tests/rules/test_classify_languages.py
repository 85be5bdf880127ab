"""Phrase lists of several languages: which are asked, and that they are all of one shape."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from rules.classify.lists import automatic_phrases, kind_phrases
from rules.classify.types import Kind
from rules.language import LANGUAGES, languages_of
from rules.phrases.grammar import compile_phrase, fold

_FILES = ("kinds", "automatic", "prefilter")
_FOLDER = files("rules.phrases")


def _tables(language: str, name: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(language, f"{name}.toml").read_text(encoding="utf-8"))


def _keys(table: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return the keys of a file, and those of its tables but for [words], which each language has of its own."""
    inner = {(key, below) for key, value in table.items() if isinstance(value, dict) and key != "words" for below in value}
    return {(key,) for key in table} | inner


_THERE = [(language, name) for language in LANGUAGES for name in _FILES if _FOLDER.joinpath(language, f"{name}.toml").is_file()]


@pytest.mark.parametrize(("language", "name"), _THERE)
def test_every_language_has_the_keys_of_english(language: str, name: str) -> None:
    assert _keys(_tables(language, name)) == _keys(_tables("en", name))


@pytest.mark.parametrize("language", [language for language, name in _THERE if name == "kinds"])
def test_every_list_of_a_language_can_be_read(language: str) -> None:
    assert set(kind_phrases(language)) == set(kind_phrases("en")) <= set(Kind)
    for kind, lists in kind_phrases(language).items():
        for phrases in (lists.subject, lists.strong, lists.plain):
            assert all(phrase.pattern.pattern for phrase in phrases), kind
    for name in _tables(language, "automatic"):
        assert all(phrase.pattern.pattern for phrase in automatic_phrases(language, name).phrases), name


@pytest.mark.parametrize(("language", "name"), _THERE)
def test_phrases_are_written_as_texts_are_folded(language: str, name: str) -> None:
    text = _FOLDER.joinpath(language, f"{name}.toml").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            phrases = "".join(line.split('"')[1::2])
            assert phrases == fold(phrases) or phrases != phrases.strip(), line


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("können wir (ihre|deine) bewerbung", "konnen wir ihre bewerbung", True),
        ("können wir (ihre|deine) bewerbung", "koennen wir deine bewerbung", True),
        ("können wir (ihre|deine) bewerbung", "können wir ihre bewerbung", True),
        ("können wir (ihre|deine) bewerbung", "kannen wir ihre bewerbung", False),
        ("[grüße|gruß] aus", "gruss aus köln", True),
        ("été (retenue|sélectionné*)", "ete selectionnee", True),
        ("não", "nao", True),
        ("não", "nau", False),
    ],
)
def test_a_phrase_is_found_with_and_without_its_accents(phrase: str, text: str, found: bool) -> None:
    assert (compile_phrase(phrase).search(text) is not None) is found


def test_letters_with_their_accents_apart_are_read_as_one() -> None:
    assert fold("Vorstellungsgespra\u0308ch") == "vorstellungsgespräch"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("wir freuen uns auf das gespräch mit ihnen", "de"),
        ("nous vous remercions de votre candidature", "fr"),
        ("gracias por tu interés en nuestra empresa", "es"),
        ("bedankt voor je sollicitatie bij ons", "nl"),
        ("obrigado pelo seu interesse na nossa empresa", "pt"),
        ("grazie per il suo interesse per la nostra azienda", "it"),
        ("thank you for your interest in our company", "en"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    found = languages_of(text.split())
    assert found[0] == language
    assert "en" in found


def test_a_text_of_no_language_is_read_as_english() -> None:
    assert languages_of([]) == ("en",)
    assert languages_of(["xyzzy"]) == ("en",)
