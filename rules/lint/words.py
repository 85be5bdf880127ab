"""Reads the word lists of this folder."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["load_words", "words_of"]


@cache
def load_words(language: str) -> dict[str, Any]:
    """Return the content of `rules/lint/LANGUAGE.toml`. Raises FileNotFoundError."""
    return tomllib.loads(files("rules.lint").joinpath(f"{language}.toml").read_text(encoding="utf-8"))


@cache
def words_of(file: str, name: str, language: str = "en") -> re.Pattern[str]:
    """Return what finds any of the patterns of one list of `LANGUAGE_FILE.toml` in folded text."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in load_words(f"{language}_{file}")[name]))
