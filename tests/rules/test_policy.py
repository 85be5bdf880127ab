"""Playbooks: those that are shipped, and a user's file over one."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import time
from pathlib import Path

import pytest

from rules.policy import Policy, PolicyError, load_playbook, parse_policy, playbook_names

DEFAULT = load_playbook("default")
FOLDER = Path(__file__).parents[2] / "rules" / "playbooks"
NAMES = ("default", "recruiters", "ama", "mastering", "epc", "king", "brisk", "restrained")
ARTICLES = {"recruiters": "S0", "ama": "S1", "mastering": "S2", "epc": "S3", "king": "S4"}
WEEK = (0, 1, 2, 3, 4)


def test_the_default_playbook_holds_the_decisions() -> None:
    assert DEFAULT.wait.no_date_days == DEFAULT.wait.vague_days == DEFAULT.status.cadence_days == 14
    assert DEFAULT.wait.few_days_days == 7
    assert DEFAULT.status.cap == 3
    assert DEFAULT.slot.weekdays == (1, 2)
    assert (DEFAULT.slot.opens, DEFAULT.slot.closes, DEFAULT.slot.lead_hours) == (time(8), time(11), 12)
    assert (DEFAULT.thank_you.soft_hours, DEFAULT.thank_you.hard_hours, DEFAULT.thank_you.place_days) == (24, 48, 5)


@pytest.mark.parametrize("name", NAMES)
def test_every_key_of_a_playbook_has_a_comment_with_the_rules_it_comes_from(name: str) -> None:
    rule = re.compile(r"\b(?:[A-Z]\d+)\b")
    section_rules = False
    for line in (FOLDER / f"{name}.toml").read_text("utf-8").splitlines():
        code, _, comment = line.partition("#")
        assert len(line) <= 130
        if code.strip().startswith("["):
            section_rules = bool(rule.search(comment))
        elif "=" in code and not code.startswith("name"):
            assert comment.strip(), line
            assert section_rules or rule.search(comment) or "never stood" in comment, line


def test_every_key_of_a_playbook_is_asked_for_somewhere() -> None:
    root = FOLDER.parents[1]
    code = "".join(
        path.read_text("utf-8")
        for folder in ("rules", "watcher")
        for path in (root / folder).rglob("*.py")
        if path.parent.name != "policy"
    )
    for section in fields(DEFAULT):
        value = getattr(DEFAULT, section.name)
        for key in fields(value) if is_dataclass(value) else ():
            assert re.search(rf"\.{key.name}\b", code), f"{section.name}.{key.name} changes nothing"


def test_d4_there_are_eight_playbooks_each_complete() -> None:
    assert set(playbook_names()) == set(NAMES)
    for name in NAMES:
        assert load_playbook(name).name == name


@pytest.mark.parametrize(("name", "article"), ARTICLES.items())
def test_d19_where_an_article_is_silent_its_playbook_is_as_the_default(name: str, article: str) -> None:
    section, silent = "", 0
    for line in (FOLDER / f"{name}.toml").read_text("utf-8").splitlines():
        code, _, comment = line.partition("#")
        if code.startswith("["):
            section = code.strip(" []")
        elif "silent" in comment:
            silent += 1
            key = code.partition("=")[0].strip()
            assert f"{article} is silent" in comment
            assert getattr(getattr(load_playbook(name), section), key) == getattr(getattr(DEFAULT, section), key)
    assert silent > 10


@pytest.mark.parametrize(
    ("name", "weekdays", "no_date", "few", "vague", "cap", "cadence", "month"),
    [
        ("default", (1, 2), 14, 7, 14, 3, 14, 30),
        ("recruiters", WEEK, 14, 7, 14, 3, 14, 30),
        ("ama", (1, 2), 14, 7, 14, 3, 14, 0),
        ("mastering", WEEK, 7, 7, 14, 1, 14, 30),
        ("epc", WEEK, 14, 7, 14, 2, 14, 30),
        ("king", WEEK, 7, 7, 7, 3, 14, 30),
        ("brisk", (1, 2), 7, 7, 14, 3, 7, 30),
        ("restrained", (1, 2), 14, 7, 14, 2, 14, 30),
    ],
)
def test_x5_each_playbook_waits_as_long_as_its_source_says(  # noqa: PLR0917 - a row of the table
    name: str, weekdays: tuple[int, ...], no_date: int, few: int, vague: int, cap: int, cadence: int, month: int
) -> None:
    policy = load_playbook(name)
    assert policy.slot.weekdays == weekdays
    assert (policy.wait.no_date_days, policy.wait.few_days_days, policy.wait.vague_days) == (no_date, few, vague)
    assert (policy.status.cap, policy.status.cadence_days, policy.silence.ask_after_days) == (cap, cadence, month)


@pytest.mark.parametrize(
    ("name", "golden", "soft", "hard", "monday"),
    [
        ("default", 60, 24, 48, True),
        ("recruiters", 60, 24, 24, False),
        ("ama", 0, 24, 24, False),
        ("mastering", 0, 24, 24, False),
        ("epc", 60, 24, 48, False),
        ("king", 0, 48, 48, True),
    ],
)
def test_x1_each_playbook_has_the_hours_of_its_source_for_the_note_of_thanks(
    name: str, golden: int, soft: int, hard: int, *, monday: bool
) -> None:
    rules = load_playbook(name).thank_you
    assert (rules.golden_minutes, rules.soft_hours, rules.hard_hours, rules.next_business_day) == (golden, soft, hard, monday)


def test_brisk_and_restrained_are_the_default_but_for_what_they_are_named_after() -> None:
    def differing(other: Policy) -> set[str]:
        return {
            f"{part.name}.{item.name}"
            for part in fields(DEFAULT)
            if part.name != "name"
            for item in fields(getattr(DEFAULT, part.name))
            if getattr(getattr(DEFAULT, part.name), item.name) != getattr(getattr(other, part.name), item.name)
        }

    assert differing(load_playbook("brisk")) == {"wait.no_date_days", "status.cadence_days"}
    assert differing(load_playbook("restrained")) == {"status.cap"}


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
        "[thank_you]\nremind_hours = 20",
        "[thank_you]\nremind_hours = [0]",
        "[tasks]\nremind_hours = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
        "[draft]\nsentences = 7",
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
            continue  # the name
        for item in fields(rules):
            with pytest.raises(PolicyError, match=rf"{section.name}\.{item.name}: must be"):
                parse_policy(f"[{section.name}]\n{item.name} = -1\n", DEFAULT)


def test_a_section_that_is_no_table_is_not_asked_for_by_its_own_name() -> None:
    with pytest.raises(PolicyError) as raised:
        parse_policy("status = 3\n", DEFAULT)
    assert str(raised.value) == "line 1: status: must be a table, written as [status]"
