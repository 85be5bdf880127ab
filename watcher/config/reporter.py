"""Collecting what is wrong: each problem with its line, and the nearest known key for one that does not exist."""

from __future__ import annotations

import dataclasses
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from watcher.config.positions import Path, key_lines
from watcher.config.problems import Problem

__all__ = ["Reporter", "fields_of"]

_SHOWN = 40
_USER_INFO = re.compile(r"//[^/@\s]*@")


def fields_of(model: Any, prefix: str = "") -> Iterator[tuple[str, dataclasses.Field[Any]]]:
    """Yield each key of a section, dotted, with its field; `name` of an account is in the table's header, not a key."""
    hints = typing.get_type_hints(model)
    for field in dataclasses.fields(model):
        kind = hints[field.name]
        if field.name == "name" and "lookback_days" in hints:
            continue
        if dataclasses.is_dataclass(kind):
            yield from fields_of(kind, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", field


class Reporter:
    """Collects the problems of one document."""

    def __init__(self, text: str, sections: Mapping[str, type], kinds: Mapping[str, type]) -> None:
        """Take the document, which is valid TOML, its sections, and the kinds of account."""
        self.problems: list[Problem] = []
        self._lines = key_lines(text)
        self._sections = sections
        self._kinds = kinds

    def add(self, at: Path, reason: str, remedy: str) -> None:
        """Tell one problem about the key at `at`; a key that is missing stands at the line of its table."""
        line = next((self._lines[at[:length]] for length in range(len(at), 0, -1) if at[:length] in self._lines), 1)
        key = ".".join(str(part) for part in at)
        remedy = remedy.strip()
        problem = Problem(reason.strip(), remedy if remedy.endswith((".", "?")) else f"{remedy}.", key, line)
        if problem not in self.problems:
            self.problems.append(problem)

    def told(self, at: Path) -> bool:
        """Say whether something was told about exactly this key."""
        key = ".".join(str(part) for part in at)
        return any(problem.key == key for problem in self.problems)

    @staticmethod
    def shown(value: object) -> str:
        """Return a value for a message, short, without user and password of an address. Never for what may be a secret."""
        if isinstance(value, str):
            value = _USER_INFO.sub("//…@", value)
        text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"

    def unknown(self, at: Path, model: type | None = None) -> None:
        """Tell a key that does not exist, with the nearest one that does."""
        self.add(at, "unknown key", self._nearest(at, model))

    def _nearest(self, at: Path, model: type | None) -> str:
        import difflib  # noqa: PLC0415 -- only when something is wrong

        if model is None:
            near = difflib.get_close_matches(str(at[0]), [*self._sections, "accounts"], n=1, cutoff=0.6)
            if near:
                return f"Did you mean [{near[0]}]?"
        depth = 2 if at[0] == "accounts" else 1
        word = ".".join(str(part) for part in at[depth:]) or str(at[-1])
        here = [key for key, _ in fields_of(model)] if model is not None else []
        elsewhere = {key: f"[{name}]" for name, section in self._sections.items() for key, _ in fields_of(section)}
        elsewhere |= {key: "[accounts.NAME]" for kind in self._kinds.values() for key, _ in fields_of(kind) if key not in here}
        if word not in here and word in elsewhere:
            return f"It belongs in {elsewhere[word]}."
        spelt = word.replace("-", "_").lower()
        tops = dict.fromkeys(key.partition(".")[0] for key in here)
        forms = {key.rpartition(".")[2]: key for key in here} | {key.replace(".", "_"): key for key in here}
        forms |= {key: key for key in (*here, *tops)}
        near = [forms[match] for match in difflib.get_close_matches(spelt, forms, n=1, cutoff=0.6)]
        if near:
            return f"Did you mean {near[0]}?"
        if other := difflib.get_close_matches(spelt, elsewhere, n=1, cutoff=0.8):
            return f"Did you mean {other[0]} in {elsewhere[other[0]]}?"
        return f"Known here: {', '.join(tops)}." if here else "Known: [user], [accounts.NAME], [rules], [lint], [daemon]."
