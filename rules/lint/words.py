"""Reads the word lists of this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["load_words"]


@cache
def load_words(language: str) -> dict[str, Any]:
    """Return the content of `rules/lint/LANGUAGE.toml`. Raises FileNotFoundError."""
    return tomllib.loads(files("rules.lint").joinpath(f"{language}.toml").read_text(encoding="utf-8"))
