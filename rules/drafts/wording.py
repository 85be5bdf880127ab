"""The words of one language, read from `rules/templates/LANGUAGE/*.toml`, and the sandbox they are rendered in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["Layout", "Wording", "load_wording"]

# Mail is plain text: escaping for HTML would spoil it. Data only ever enters as a value, never as the source of a template.
_ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)

Layout = tuple[tuple[str, ...], ...]
"""Paragraphs of part names; `a|b`: a where it has its data, else b; `a?`: a where it has its data, else nothing."""


@cache
def _compiled(source: str) -> Template:
    return _ENVIRONMENT.from_string(source)


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that a draft says in one language. Adding a language is adding a folder of the same four files."""

    language: str
    greetings: tuple[str, ...]
    greeting_unknown: str
    closings: tuple[str, ...]
    phrases: Mapping[str, str]
    dates: Mapping[str, Any]
    subjects: Mapping[str, tuple[str, ...]]
    layouts: Mapping[str, Mapping[str, Layout]]
    """By kind (`thank_you`), then by role class or attempt."""
    pools: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    """By kind, part (`thanks`) and case (`first`): the variants."""

    def render(self, source: str, data: Mapping[str, str]) -> str:
        """Fill one template with data. Raises jinja2.TemplateError when the template is wrong; data cannot make it so."""
        return _compiled(source).render(data)

    def day(self, day: date, near: date) -> str:
        """Write a date as this language does, with the year only where it is not that of `near`."""
        form = self.dates["this_year" if day.year == near.year else "other_year"]
        return self.render(form, {"day": str(day.day), "month": self.dates["months"][day.month - 1], "year": str(day.year)})

    def variants(self, kind: str, part: str, cases: Sequence[str]) -> tuple[str, ...]:
        """Return the variants of the first of `cases` that the part knows, else those of `any`; empty when it knows neither."""
        by_case = self.pools[kind].get(part, {})
        for case in (*cases, "any"):
            if case in by_case:
                return by_case[case]
        return ()


def _read(language: str, name: str) -> dict[str, Any]:
    path = files("rules").joinpath("templates", language, f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def load_wording(language: str = "en") -> Wording:
    """Return the words of a language (RFC 5646 primary subtag). Raises FileNotFoundError for one that is not there."""
    common = _read(language, "common")
    layouts: dict[str, dict[str, Layout]] = {}
    pools: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    for kind in ("thank_you", "status", "gracious"):
        content = _read(language, kind)
        layouts[kind] = {case: tuple(tuple(part) for part in layout) for case, layout in content.pop("layouts").items()}
        pools[kind] = {part: {case: tuple(some) for case, some in cases.items()} for part, cases in content.items()}
    return Wording(
        language=common["language"],
        greetings=tuple(common["greetings"]),
        greeting_unknown=common["greeting_unknown"],
        closings=tuple(common["closings"]),
        phrases=common["phrases"],
        dates=common["dates"],
        subjects={kind: tuple(parts) for kind, parts in common["subjects"].items()},
        layouts=layouts,
        pools=pools,
    )
