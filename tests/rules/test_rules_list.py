"""Every rule is in the list of rules/README.md, with where it is done and a test of its name, or with the reason why not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.main import get_command

from tests.rules.rules_list import CHAPTERS, DECISIONS, README, ROOT, RULES, Row, exists, problems, read_rows, test_names
from watcher.cli.app import app

COMMANDS = frozenset(get_command(app).commands)  # type: ignore[attr-defined] # the top command is a group
ROWS = read_rows(README.read_text("utf-8"))
GOOD = [
    *(Row(name, "S1", "a rule", "`decide/status`") for name in RULES),
    *(Row(name, "", "a decision", "`decide/status`") for name in DECISIONS),
]
NAMED = {name: [f"test_{name.lower()}_holds"] for name in (*RULES, *DECISIONS)}


def sources() -> list[str]:
    return [path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))]


def test_there_are_99_rules_and_19_conflicts() -> None:
    assert sum(CHAPTERS.values()) - CHAPTERS["X"] == 99
    assert len(RULES) == 99 + 19


def test_every_rule_is_done_and_tested_or_has_a_reason() -> None:
    assert list(problems(ROWS, test_names(sources()), COMMANDS)) == []


def test_the_rules_that_the_code_gives_as_reasons_are_all_in_the_list() -> None:
    """`why` prints these ids: whoever looks one up finds it."""
    told = {name for source in sorted((ROOT / "rules").rglob("*.py")) for name in _reasons_in(source)}
    assert {"F14", "X13", "D18"} <= told
    assert told <= {row.id for row in ROWS}


def _reasons_in(path: Path) -> set[str]:
    return set(re.findall(r'"([BNTCHFLOXD]\d{1,2})"', path.read_text("utf-8")))


# ------------------------------------------------------------------------------------------------- the checker itself


def test_a_list_without_fault_is_passed() -> None:
    assert list(problems(GOOD, NAMED)) == []


@pytest.mark.parametrize(
    ("rows", "tests", "said"),
    [
        ([row for row in GOOD if row.id != "C24"], NAMED, "C24 is not in the list"),
        ([row for row in GOOD if row.id != "D9"], NAMED, "D9 is not in the list"),
        ([*GOOD, GOOD[0]], NAMED, "B1 stands 2 times in the list"),
        ([*GOOD, Row("B10", "S1", "a rule", "`decide/status`")], {**NAMED, "B10": ["x"]}, "B10 is in the list and is no rule"),
        (GOOD, {name: tests for name, tests in NAMED.items() if name != "H6"}, "H6 has neither a test nor a reason"),
        (GOOD, {**NAMED, "F28": ["test_f28_x"]}, "test_f28_x is named after F28, which is no rule"),
        ([replace(GOOD[0], where="somewhere"), *GOOD[1:]], NAMED, "B1 does not say where it is done"),
        ([replace(GOOD[0], where="`decide/oracle`"), *GOOD[1:]], NAMED, "B1 names `decide/oracle`, which does not exist"),
        ([replace(GOOD[0], rule=""), *GOOD[1:]], NAMED, "B1 has an empty cell"),
        ([replace(GOOD[0], where="cannot:"), *GOOD[1:]], NAMED, "B1 has an empty cell"),
        ([replace(GOOD[0], articles="S5"), *GOOD[1:]], NAMED, "B1 names no article"),
    ],
)
def test_each_fault_of_a_list_is_told(rows: list[Row], tests: dict[str, list[str]], said: str) -> None:
    assert said in list(problems(rows, tests))


def test_a_reason_stands_for_a_test() -> None:
    untested = {name: tests for name, tests in NAMED.items() if name != "B1"}
    assert list(problems([replace(GOOD[0], where="cannot: it is a matter of the hand"), *GOOD[1:]], untested)) == []


def test_a_test_is_found_under_each_of_the_ids_that_its_name_begins_with() -> None:
    program = (
        "def test_n3_c22_one_sentence_adds(): ...\nclass T:\n    async def test_f1_x(self): ...\ndef test_in_c9_it_is(): ...\n"
    )
    assert test_names([program]) == {
        "N3": ["test_n3_c22_one_sentence_adds"],
        "C22": ["test_n3_c22_one_sentence_adds"],
        "F1": ["test_f1_x"],
    }


def test_rows_are_read_from_tables_of_three_and_four_columns() -> None:
    head = "| id | article | rule | done in |\n| --- | --- | --- | --- |\n"
    text = f"{head}| B1 | S0 S1 | ask | `a` |\n| D1 | hold | `b` |\n| B2 | S1 |\n"
    assert read_rows(text) == [Row("B1", "S0 S1", "ask", "`a`"), Row("D1", "", "hold", "`b`"), Row("B2", "", "", "")]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("decide/status", True),
        ("worktime", True),
        ("watcher/report/why", True),
        ("templates/en", True),
        ("status.cap", True),
        ("status.caps", False),
        ("part.fit", True),
        ("part.fits", False),
        ("king", True),
        ("queen", False),
        ("hearback done", True),
        ("hearback undone", False),
    ],
)
def test_what_the_list_names_is_looked_up(name: str, there: bool) -> None:
    assert exists(name, COMMANDS) is there
