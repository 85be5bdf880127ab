"""Who may do what: read a clock, print, open the database, sleep. What import-linter cannot see is looked for in the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [path for folder in ("watcher", "connectors", "rules") for path in sorted((ROOT / folder).rglob("*.py"))]
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic", "time.time_ns"}
CLOCK |= {"time.monotonic_ns", "time.perf_counter", "time.localtime", "time.gmtime"}
MAY_READ_A_CLOCK = {
    "watcher/clock.py": CLOCK,
    # How long an answer of the server is waited for: seconds on a socket, never a time of day.
    "connectors/imap/deadline.py": {"time.monotonic"},
}


def called(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of each call, with the names that `from time import ...` gave."""
    given = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            yield given.get(name, ".".join(name.split(".")[-2:]))


def test_only_the_clock_reads_time() -> None:
    guilty = {
        (place, name)
        for path in SOURCES
        for name in called(ast.parse(path.read_text("utf-8")))
        if name in CLOCK and name not in MAY_READ_A_CLOCK.get(place := str(path.relative_to(ROOT)), set())
    }

    assert guilty == set()


def test_no_test_sleeps() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "time.sleep" in set(called(ast.parse(path.read_text("utf-8"))))
    ]

    assert guilty == []


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("import time\ntime.sleep(1)", "time.sleep"),
        ("from time import sleep as rest\nrest(1)", "time.sleep"),
        ("import datetime as dt\ndt.datetime.now()", "datetime.now"),
        ("from datetime import date\ndate.today()", "date.today"),
    ],
)
def test_the_search_finds_what_it_looks_for(program: str, name: str) -> None:
    assert name in set(called(ast.parse(program)))


def test_only_the_store_imports_sqlalchemy() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(name.split(".")[0] in {"sqlalchemy", "alembic", "sqlite3"} for name in _imported(node))
        and "store" not in path.parts
    ]

    assert guilty == []


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_no_file_is_too_long_to_read_at_one_sitting() -> None:
    long = {str(path.relative_to(ROOT)): count for path in SOURCES if (count := len(path.read_text("utf-8").splitlines())) > 450}

    assert long == {}
