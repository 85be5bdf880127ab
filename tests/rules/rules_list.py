"""Reads the list of rules in rules/README.md and the names of the tests, and says what does not fit together."""

from __future__ import annotations

import ast
import inspect
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rules.lint.ids import IDS
from rules.policy.types import SECTIONS

__all__ = ["CHAPTERS", "DECISIONS", "README", "ROOT", "RULES", "Row", "problems", "read_rows", "test_names"]

ROOT = Path(__file__).parents[2]
README = ROOT / "rules" / "README.md"

CHAPTERS = {"B": 9, "N": 4, "T": 10, "C": 27, "H": 11, "F": 27, "L": 5, "O": 6, "X": 19}
"""How many rules each chapter has; X are the conflicts between articles."""
RULES = tuple(f"{letter}{number}" for letter, most in CHAPTERS.items() for number in range(1, most + 1))
DECISIONS = tuple(f"D{number}" for number in range(1, 27))

_ARTICLES = re.compile(r"S[0-4](?: S[0-4])*|none")
_LEADING = re.compile(r"test_((?:[a-z]\d+_)+)")
_REASON = "cannot: "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a rule, or a decision, which has no article."""

    id: str
    articles: str
    rule: str
    where: str

    @property
    def reason(self) -> str:
        """Return why software cannot do it; '' where it is done."""
        return self.where.removeprefix(_REASON) if self.where.startswith(_REASON) else ""

    @property
    def named(self) -> tuple[str, ...]:
        """Return what the last column names, without the backticks."""
        return tuple(re.findall(r"`([^`]+)`", self.where))


def read_rows(text: str) -> list[Row]:
    """Return the rows of all tables whose first column holds ids, in order."""
    rows: list[Row] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not re.fullmatch(r"\| [A-Z]\d+ \|.*\|", line):
            continue
        if len(cells) == 4:
            rows.append(Row(*cells))
        elif len(cells) == 3:
            rows.append(Row(cells[0], "", cells[1], cells[2]))
        else:
            rows.append(Row(cells[0], "", "", ""))
    return rows


def test_names(sources: Iterable[str]) -> dict[str, list[str]]:
    """Return id to the tests whose names begin with it, alone or in a row of ids (`test_n3_c22_one_sentence…`)."""
    found: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (match := _LEADING.match(node.name)):
                for name in match[1].rstrip("_").split("_"):
                    found[name.upper()].append(node.name)
    return found


test_names.__test__ = False  # type: ignore[attr-defined] # pytest would take it for a test


def problems(rows: Iterable[Row], tests: Mapping[str, list[str]], commands: Iterable[str] = ()) -> Iterator[str]:
    """Yield in words what is missing, doubled, or named and not there."""
    rows, known = list(rows), {*RULES, *DECISIONS}
    count = Counter(row.id for row in rows)
    yield from (f"{name} is not in the list" for name in (*RULES, *DECISIONS) if not count[name])
    yield from (f"{name} stands {times} times in the list" for name, times in count.items() if times > 1)
    yield from (f"{name} is in the list and is no rule" for name in count if name not in known)
    for row in rows:
        if not row.rule or not row.where or row.where == _REASON.strip():
            yield f"{row.id} has an empty cell"
        if row.id in RULES and not _ARTICLES.fullmatch(row.articles):
            yield f"{row.id} names no article"
        if not row.reason and row.id not in tests:
            yield f"{row.id} has neither a test nor a reason"
        if not row.reason and not row.named:
            yield f"{row.id} does not say where it is done"
        yield from (f"{row.id} names `{name}`, which does not exist" for name in row.named if not exists(name, commands))
    yield from (f"{names[0]} is named after {name}, which is no rule" for name, names in tests.items() if name not in known)


def exists(name: str, commands: Iterable[str] = ()) -> bool:
    """Say whether a name of the last column stands for something.

    That is a module or folder (below `rules/`, or from the top), a playbook or a key of it, the id of a check, a part or topic of
    the templates, or a command.
    """
    if name.startswith("hearback "):
        return name.removeprefix("hearback ") in commands
    if name in IDS or _is_playbook(name) or name in _WORDS:
        return True
    section, _, key = name.partition(".")
    if section in SECTIONS and key:
        return key in inspect.signature(SECTIONS[section]).parameters
    return any((base / f"{name}.py").is_file() or (base / name).is_dir() for base in (ROOT / "rules", ROOT))


def _is_playbook(name: str) -> bool:
    return (ROOT / "rules" / "playbooks" / f"{name}.toml").is_file()


_WORDS = frozenset({"challenge", "forward", "link", "personal"})
"""Topics of a note, and a part of the templates."""
