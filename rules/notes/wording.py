"""The words of the drafts to oneself, read from `rules/templates/LANGUAGE/to_self.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Words", "load_words"]


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that the forms say in one language, and by which they are read back."""

    subjects: Mapping[str, str]
    """Templates, by kind of draft."""
    words: Mapping[str, str]
    lines: Mapping[str, str]
    checklist: Mapping[str, str]
    headings: Mapping[str, Mapping[str, str]]
    """`label` and `help`, by `rules.notes.types.Heading`, and `people`."""
    questions: Mapping[str, str]
    """Labels, in the order in which they are asked."""
    also: Mapping[str, tuple[str, ...]]
    """Other ways to write the label of a heading (`well`) or a question (`?people`)."""
    topics: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, frozenset[str]]
    signatures: tuple[str, ...]
    unclear: Mapping[str, str]


@cache
def load_words(language: str = "en") -> Words:
    """Return the words of a language (RFC 5646 primary subtag). Raises FileNotFoundError for one that is not there."""
    path = files("rules").joinpath("templates", language, "to_self.toml")
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    also = {name: tuple(item.get("also", ())) for name, item in data["headings"].items()}
    also |= {f"?{name}": tuple(item.get("also", ())) for name, item in data["questions"].items()}
    return Words(
        subjects=data["subjects"],
        words=data["words"],
        lines=data["lines"],
        checklist=data["checklist"],
        headings={name: {"label": item["label"], "help": item["help"]} for name, item in data["headings"].items()},
        questions={name: item["label"] for name, item in data["questions"].items()},
        also=also,
        topics={name: tuple(some) for name, some in data["topics"].items()},
        answers={name: frozenset(some) for name, some in data["answers"].items()},
        signatures=tuple(data["signatures"]["starts"]),
        unclear=data["unclear"],
    )
