"""Playbooks: the one that is shipped, and a user's file over it."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import time
from pathlib import Path

import pytest

from rules.policy import PolicyError, load_playbook, parse_policy

DEFAULT = load_playbook("default")
FILE = Path(__file__).parents[2] / "rules" / "playbooks" / "default.toml"


def test_the_default_playbook_holds_the_decisions() -> None:
    assert DEFAULT.wait.no_date_days == DEFAULT.wait.vague_days == DEFAULT.status.cadence_days == 14
    assert DEFAULT.wait.few_days_days == 7
    assert DEFAULT.status.cap == 3
    assert DEFAULT.slot.weekdays == (1, 2)
    assert (DEFAULT.slot.opens, DEFAULT.slot.closes, DEFAULT.slot.lead_hours) == (time(8), time(11), 12)
    assert (DEFAULT.thank_you.soft_hours, DEFAULT.thank_you.hard_hours, DEFAULT.thank_you.place_days) == (24, 48, 5)


def test_every_key_of_the_default_playbook_has_a_comment_with_the_rules_it_comes_from() -> None:
    rule = re.compile(r"\b(?:[A-Z]\d+)\b")
    section_rules = False
    for line in FILE.read_text("utf-8").splitlines():
        code, _, comment = line.partition("#")
        if code.strip().startswith("["):
            section_rules = bool(rule.search(comment))
        elif "=" in code and not code.startswith("name"):
            assert comment.strip(), line
            assert section_rules or rule.search(comment) or "never stood" in comment, line


def test_a_users_file_overrides_any_key_and_leaves_the_others() -> None:
    policy = parse_policy('name = "mine"\n[status]\ncap = 2\n[slot]\nweekdays = ["thu", "mon"]\nopens = "09:15"\n', DEFAULT)
    assert (policy.name, policy.status.cap, policy.status.cadence_days) == ("mine", 2, 14)
    assert (policy.slot.weekdays, policy.slot.opens, policy.slot.closes) == ((0, 3), time(9, 15), time(11))
    assert policy.thank_you == DEFAULT.thank_you


def test_an_empty_file_changes_nothing() -> None:
    assert parse_policy("", DEFAULT) == DEFAULT


def test_all_problems_are_told_at_once_with_line_and_nearest_key() -> None:
    text = '[status]\ncadance_days = 3\ncap = 99\n[slot]\nopens = "12:00"\nweekdays = ["sat"]\n[stats]\ncap = 1\n'
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, DEFAULT)
    told = [(problem.key, problem.line, problem.nearest) for problem in caught.value.problems]
    assert told == [
        ("slot.closes", None, ""),
        ("status.cadance_days", 2, "status.cadence_days"),
        ("status.cap", 3, ""),
        ("slot.weekdays", 6, ""),
        ("stats", 7, "status"),
    ]
    assert "line 3: status.cap: must be a whole number from 0 to 10" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 5


@pytest.mark.parametrize(
    "text",
    [
        "[status",
        "status = 3",
        "[status]\ncap = true",
        "[status]\ncap = 1.5",
        "[status]\ncap = '3'",
        "[slot]\nopens = 2026-01-01",
        "[slot]\nopens = '25:00'",
        "[slot]\nweekdays = []",
        "[slot]\nweekdays = 'tue'",
        "[thank_you]\nnext_business_day = 1",
        "[thank_you]\nsoft_hours = 72",
        "[thank_you]\nquiet_from = '07:00'",
        "name = 'Not a word'",
        "[status.cap]\nx = 1",
        "x = " + "[" * 5000 + "]" * 5000,
        "# " + "x" * 70_000,
        "\0",
    ],
)
def test_a_bad_value_is_told_and_never_taken(text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, DEFAULT)
    assert str(caught.value)


def test_an_unknown_playbook_names_the_nearest() -> None:
    with pytest.raises(PolicyError, match="did you mean default"):
        load_playbook("defualt")


def test_every_value_of_the_policy_can_be_overridden() -> None:
    """The schema has no key that its file cannot set."""
    for section in fields(DEFAULT):
        rules = getattr(DEFAULT, section.name)
        if not is_dataclass(rules):
            continue
        for item in fields(rules):
            with pytest.raises(PolicyError, match=rf"{section.name}\.{item.name}: must be"):
                parse_policy(f"[{section.name}]\n{item.name} = -1\n", DEFAULT)
