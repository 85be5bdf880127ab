"""Letters in French, Spanish, Italian and Portuguese, all our own: each is of its kind, and other people's business is none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.classify import Kind, classify
from rules.mail import Message
from tests.rules.mails import OWN, mail

_LANGUAGES = ("fr", "es", "it", "pt")
_HARMLESS = {Kind.NOISE, Kind.JOB_ALERT, Kind.RECRUITER_OUTREACH}
_NEWS = {"List-Unsubscribe": "<https://x.example/u>", "Precedence": "bulk"}
_ANSWER = {"In-Reply-To": "<x@example.com>"}


def _letters() -> list[tuple[str, dict[str, Any]]]:
    folder = Path(__file__).parent
    return [
        (language, letter)
        for language in _LANGUAGES
        for letter in tomllib.loads((folder / f"letters_{language}.toml").read_text(encoding="utf-8"))["letter"]
    ]


def _read(letter: dict[str, Any]) -> Message:
    headers = {**(_NEWS if letter.get("bulk") else {}), **(_ANSWER if letter.get("answer") else {}), **letter.get("headers", {})}
    return mail(letter["body"], sender=letter["from"], subject=letter["subject"], headers=headers)


_EACH = _letters()


@pytest.mark.parametrize(("language", "letter"), _EACH, ids=[f"{language}: {letter['name']}" for language, letter in _EACH])
def test_a_letter_is_of_its_kind(language: str, letter: dict[str, Any]) -> None:
    found = classify(_read(letter), own=OWN, known=letter.get("known", False))
    expected = Kind(letter["kind"])
    assert found.kind in (_HARMLESS if expected is Kind.NOISE else {expected}), (language, found)
    assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize("language", _LANGUAGES)
def test_every_language_has_letters_of_most_kinds_and_a_fifth_that_are_none_of_ours(language: str) -> None:
    kinds = [Kind(letter["kind"]) for found, letter in _EACH if found == language]
    assert set(kinds) == set(Kind)
    assert sum(kind in _HARMLESS for kind in kinds) * 5 >= len(kinds)
