"""The words of one language, read from `rules/templates/LANGUAGE/*.toml`, and the sandbox they are rendered in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Self

from jinja2 import StrictUndefined, Template, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["ENVIRONMENT", "KINDS", "Layout", "Source", "Wording", "load_wording", "names_in"]

KINDS = ("thank_you", "status", "gracious", "no_show", "keep_warm", "linkedin")
"""The kinds of drafts that have a file of templates (`DraftKind`)."""

# Mail is plain text: escaping for HTML would spoil it. Data only ever enters as a value, never as the source of a template.
ENVIRONMENT = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)

Layout = tuple[tuple[str, ...], ...]
"""Paragraphs of part names; `a|b`: a where it is known, else b; `a?`: a where it is known, else nothing."""


class Source(str):
    """One template, as text, that knows where it stands."""

    __slots__ = ("name",)

    name: str
    """File, part, case and number from 1: `thank_you.toml thanks.first 3`."""

    def __new__(cls, text: str, name: str) -> Self:
        """Make one."""
        made = super().__new__(cls, text)
        made.name = name
        return made


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Template:
    return ENVIRONMENT.from_string(source)


@lru_cache(maxsize=4096)
def names_in(source: str) -> frozenset[str]:
    """Return the names of the data that a template asks for. Raises jinja2.TemplateSyntaxError."""
    return frozenset(meta.find_undeclared_variables(ENVIRONMENT.parse(source)))


@dataclass(frozen=True, slots=True)
class Wording:
    """Everything that a draft says in one language. Adding a language is adding a folder of the same files."""

    language: str
    greetings: tuple[Source, ...]
    greeting_unknown: str
    closings: tuple[str, ...]
    phrases: Mapping[str, str]
    dates: Mapping[str, Any]
    subjects: Mapping[str, tuple[str, ...]]
    no_role: str
    """What stands in a subject for a job title that is not known."""
    layouts: Mapping[str, Mapping[str, Layout]]
    """By kind (`thank_you`), then by role class or attempt."""
    pools: Mapping[str, Mapping[str, Mapping[str, tuple[Source, ...]]]]
    """By kind, part (`thanks`) and case (`first`): the variants."""

    def render(self, source: str, data: Mapping[str, str]) -> str:
        """Fill one template with data. Raises jinja2.TemplateError when the template is wrong; data cannot make it so."""
        return _compiled(str(source)).render(data)

    def day(self, day: date, near: date) -> str:
        """Write a date as this language does, with the year only where it is not that of `near`."""
        form = self.dates["this_year" if day.year == near.year else "other_year"]
        return self.render(form, {"day": str(day.day), "month": self.dates["months"][day.month - 1], "year": str(day.year)})

    def variants(self, kind: str, part: str, cases: Sequence[str]) -> tuple[Source, ...]:
        """Return the variants of the first of `cases` that the part knows, else those of `any`; empty when it knows neither."""
        by_case = self.pools[kind].get(part, {})
        for case in (*cases, "any"):
            if case in by_case:
                return by_case[case]
        return ()


def sources(file: str, part: str, case: str, texts: Sequence[str]) -> tuple[Source, ...]:
    """Return templates with their names."""
    return tuple(Source(text, f"{file} {part}.{case} {number}") for number, text in enumerate(texts, 1))


def read_kind(content: Mapping[str, Any], file: str) -> tuple[dict[str, Layout], dict[str, dict[str, tuple[Source, ...]]]]:
    """Return layouts and parts of one file of templates, as TOML gives it."""
    layouts = {case: tuple(tuple(part) for part in layout) for case, layout in content.get("layouts", {}).items()}
    pools = {
        part: {case: sources(file, part, case, some) for case, some in cases.items()}
        for part, cases in content.items()
        if part != "layouts"
    }
    return layouts, pools


def _read(language: str, name: str) -> dict[str, Any]:
    path = files("rules").joinpath("templates", language, f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def load_wording(language: str = "en") -> Wording:
    """Return the words of a language (RFC 5646 primary subtag). Raises FileNotFoundError for one that is not there."""
    common = _read(language, "common")
    read = {kind: read_kind(_read(language, kind), f"{kind}.toml") for kind in KINDS}
    subjects = dict(common["subjects"])
    no_role = subjects.pop("no_role")
    return Wording(
        language=common["language"],
        greetings=sources("common.toml", "greetings", "any", common["greetings"]),
        greeting_unknown=common["greeting_unknown"],
        closings=tuple(common["closings"]),
        phrases=common["phrases"],
        dates=common["dates"],
        subjects={kind: tuple(parts) for kind, parts in subjects.items()},
        no_role=no_role,
        layouts={kind: layouts for kind, (layouts, _) in read.items()},
        pools={kind: pools for kind, (_, pools) in read.items()},
    )
