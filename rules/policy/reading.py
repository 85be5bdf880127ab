"""How the TOML of a playbook is read.

`load_playbook` reads one that is shipped, `parse_policy` lays a user's file over a playbook. Every problem of a file is told at
once, with the key, its line and the nearest known key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

from rules.policy.types import SECTIONS, Policy

__all__ = ["PolicyError", "Problem", "load_playbook", "parse_policy", "playbook_names"]

_TOML_LIMIT = 64 * 1024
_KNOWN = ("name", *(f"{section}.{item.name}" for section, rules in SECTIONS.items() for item in fields(rules)))  # type: ignore[arg-type] # all are dataclasses


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a playbook file."""

    key: str
    """Dotted (`slot.opens`); empty when the file is no TOML."""
    reason: str
    line: int | None = None
    nearest: str = ""
    """The known key that was probably meant."""

    def __str__(self) -> str:
        """Return the problem as one line for the user."""
        where = f"line {self.line}: " if self.line else ""
        hint = f" (did you mean {self.nearest}?)" if self.nearest else ""
        return f"{where}{self.key}{': ' if self.key else ''}{self.reason}{hint}"


class PolicyError(ValueError):
    """A playbook that cannot be used; `problems` holds all that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        """Keep the problems; the text lists them, one a line."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def _line_of(text: str, key: str) -> int | None:
    """Return the line where a dotted key stands; None where it is written in a way this does not look for."""
    section = key.rpartition(".")[0]
    current = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            current = head[1]
            if current == key:
                return number
        elif (item := re.match(r"\s*([\w.-]+)\s*=", line)) and key in (
            f"{current}.{item[1]}".lstrip("."),
            item[1] if not section else "",
        ):
            return number
    return None


def _problem(text: str, key: str, reason: str) -> Problem:
    nearest = "" if key in _KNOWN or key in SECTIONS else next(iter(_near(key)), "")
    return Problem(key, reason, _line_of(text, key), nearest)


def _near(key: str) -> Iterator[str]:
    yield from get_close_matches(key, (*_KNOWN, *SECTIONS), 1, 0.6)
    last = {known.rpartition(".")[2]: known for known in _KNOWN}
    yield from (last[name] for name in get_close_matches(key.rpartition(".")[2], last, 1, 0.6))


def _items(data: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in data.items():
        if isinstance(value, Mapping) and key in SECTIONS:
            yield from ((f"{key}.{name}", inner) for name, inner in value.items())
        else:
            yield key, value


def _read(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the good values by dotted key, and what is wrong with the others."""
    if len(text) > _TOML_LIMIT:
        return {}, [Problem("", f"is longer than {_TOML_LIMIT} characters")]
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, [Problem("", f"is no valid TOML: {error}")]
    good: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in _items(data):
        if key == "name":
            if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]{0,31}", value):
                good[key] = value
            else:
                problems.append(_problem(text, key, "must be a short word in small letters"))
        elif key in SECTIONS:
            problems.append(_problem(text, key, f"must be a table, written as [{key}]"))
        elif key not in _KNOWN:
            problems.append(_problem(text, key, "unknown key"))
        else:
            section, _, name = key.partition(".")
            read = next(item.metadata["read"] for item in fields(SECTIONS[section]) if item.name == name)  # type: ignore[arg-type] # all are dataclasses
            try:
                good[key] = read(value)
            except ValueError as error:
                problems.append(_problem(text, key, str(error)))
    return good, problems


def _contradictions(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the key and the reason of each pair of values that cannot hold together."""
    if policy.slot.opens >= policy.slot.closes:
        yield "slot.closes", "must be later than slot.opens"
    if policy.thank_you.weekend_opens >= policy.thank_you.weekend_closes:
        yield "thank_you.weekend_closes", "must be later than thank_you.weekend_opens"
    if policy.thank_you.soft_hours > policy.thank_you.hard_hours:
        yield "thank_you.hard_hours", "must not be less than thank_you.soft_hours"
    if policy.thank_you.quiet_from <= policy.thank_you.quiet_until:
        yield "thank_you.quiet_from", "must be later in the day than thank_you.quiet_until"
    if policy.draft.sentences > policy.draft.hm_sentences:
        yield "draft.hm_sentences", "must not be less than draft.sentences"


def _checked(policy: Policy, text: str, problems: list[Problem]) -> Policy:
    problems += [_problem(text, key, reason) for key, reason in _contradictions(policy)]
    if problems:
        raise PolicyError(tuple(sorted(problems, key=lambda item: (item.line or 0, item.key))))
    return policy


@cache
def playbook_names() -> tuple[str, ...]:
    """Return the names of the playbooks that are shipped, in order."""
    folder = resources.files("rules.playbooks")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


@cache
def load_playbook(name: str) -> Policy:
    """Return a playbook that is shipped. Raises PolicyError for an unknown name, naming those there are."""
    names = playbook_names()
    if name not in names:
        nearest = next(iter(get_close_matches(name, names, 1)), "")
        raise PolicyError((Problem("playbook", f"there is no playbook {name!r}; there are: {', '.join(names)}", None, nearest),))
    text = (resources.files("rules.playbooks") / f"{name}.toml").read_text("utf-8")
    good, problems = _read(text)
    problems += [Problem(key, "is missing") for key in _KNOWN if key not in good and not any(key == bad.key for bad in problems)]
    if problems:
        raise PolicyError(tuple(problems))
    parts = {
        section: rules(**{key.partition(".")[2]: value for key, value in good.items() if key.startswith(f"{section}.")})
        for section, rules in SECTIONS.items()
    }
    return _checked(Policy(name=good["name"], **parts), text, [])


def parse_policy(toml_text: str, base: Policy) -> Policy:
    """Lay a user's TOML over a playbook. Raises PolicyError with every problem of the file."""
    good, problems = _read(toml_text)
    changes: dict[str, Any] = {"name": good.pop("name")} if "name" in good else {}
    for section in SECTIONS:
        own = {key.partition(".")[2]: value for key, value in good.items() if key.startswith(f"{section}.")}
        if own:
            changes[section] = replace(getattr(base, section), **own)
    return _checked(replace(base, **changes), toml_text, problems)
