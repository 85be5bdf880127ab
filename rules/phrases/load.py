"""Reads the data files of this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["load", "load_of", "read"]


def read(name: str) -> dict[str, Any]:
    """Return the content of `rules/phrases/NAME.toml`; `name` may hold a folder (`en/kinds`). Raises FileNotFoundError."""
    return tomllib.loads(files("rules.phrases").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


load = cache(read)
"""The same, kept: for what is asked for more than once."""


def load_of(language: str, name: str) -> dict[str, Any]:
    """Return the content of `rules/phrases/LANGUAGE/NAME.toml`, or an empty table where that language has no such file."""
    try:
        return load(f"{language}/{name}")
    except FileNotFoundError:
        return {}
