"""Letters and sentences in German and Dutch, all our own: each is of its kind, and other people's business is none."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from rules.classify import Kind, Known, classify, wants
from rules.language import LANGUAGES
from rules.mail import Message
from tests.rules.mails import OWN, mail

_LANGUAGES = ("de", "nl")
_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}
_ANSWER = {"In-Reply-To": "<x@example.com>"}
_FRAMES = {
    "de": ("AW: Einladung zum Vorstellungsgespräch: Data Engineer bei Acme", "Hallo Sam,\n\n{}\n\nViele Grüße\nRita Chen\n"),
    "nl": (
        "RE: Uitnodiging sollicitatiegesprek: Data Engineer bij Acme",
        "Beste Sam,\n\n{}\n\nMet vriendelijke groet,\nRita Chen\n",
    ),
}
_GROUP = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def _read(letter: dict[str, Any]) -> Message:
    headers = {**(_NEWS if letter.get("bulk") else {}), **(_ANSWER if letter.get("reply") else {})}
    return mail(letter["body"], sender=letter["from"], subject=letter["subject"], headers=headers)


_LETTERS = [(language, letter) for language in _LANGUAGES for letter in _file(f"letters_{language}")["letter"]]
_SENTENCES = [
    (language, kind, sentence)
    for language in _LANGUAGES
    for kind, sentences in _file(f"sentences_{language}").items()
    for sentence in sentences
]


@pytest.mark.parametrize(("language", "letter"), _LETTERS, ids=[f"{language}: {letter['name']}" for language, letter in _LETTERS])
def test_a_letter_is_of_its_kind(language: str, letter: dict[str, Any]) -> None:
    found = classify(_read(letter), own=OWN, known=letter.get("known", False))
    assert found.kind in {Kind(letter["kind"]), Kind(letter.get("also", letter["kind"]))}, (language, found)
    assert found.evidence
    assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize(
    ("language", "kind", "sentence"), _SENTENCES, ids=[f"{language}: {sentence[:60]}" for language, _, sentence in _SENTENCES]
)
def test_a_sentence_in_the_thread_is_of_its_kind(language: str, kind: str, sentence: str) -> None:
    subject, body = _FRAMES[language]
    found = classify(mail(body.format(sentence), subject=subject, headers=_ANSWER), own=OWN, known=True)
    assert found.kind is Kind(kind), found


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_letters_are_of_every_kind_and_many_are_none_of_ours(language: str) -> None:
    kinds = [Kind(letter["kind"]) for found, letter in _LETTERS if found == language]
    assert set(kinds) == set(Kind)
    assert kinds.count(Kind.NOISE) >= 20


@pytest.mark.parametrize("language", _LANGUAGES)
def test_the_subjects_of_most_letters_make_them_worth_reading(language: str) -> None:
    theirs = [letter for found, letter in _LETTERS if found == language and letter["kind"] not in {"noise", "job_alert"}]
    passed_over = [letter["name"] for letter in theirs if not wants(_read(letter).envelope, Known())]
    # Within a tracked process everything is read, so only what comes out of nowhere hangs on its subject.
    unknown = [letter["name"] for letter in theirs if not letter.get("known") and letter["name"] in passed_over]
    assert len(unknown) * 10 <= len(theirs), unknown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["kinds", "automatic"])
def test_phrases_keep_to_their_grammar(language: str, name: str) -> None:
    tables = tomllib.loads(files("rules.phrases").joinpath(language, f"{name}.toml").read_text(encoding="utf-8"))
    words = tables.pop("words", {})
    if name == "automatic":  # how subjects open and end is taken as it stands
        tables = {key: value for key, value in tables.items() if key not in {"subject", "ending", "bounce"}}
    lists = [value for table in tables.values() for value in (table.values() if isinstance(table, dict) else [table])]
    for phrase in (phrase for entries in lists if isinstance(entries, list) for phrase in entries):
        names = re.findall(r"<(\w+)>", phrase)
        choices = [first or second for first, second in _GROUP.findall(phrase)]
        rest = _GROUP.sub("", phrase)
        assert all(name in words for name in names), phrase
        assert not any("<" in choice or "..." in choice for choice in choices), f"a choice holds words only: {phrase}"
        assert not set(rest) & set("()[]|?"), f"a bracket too many, or one within another: {phrase}"
        assert not re.search(r"\*\w|(?:^| )\*", phrase), f"a star ends a word: {phrase}"
        assert phrase.count("...") <= 3, f"each gap multiplies what a hostile text costs: {phrase}"
