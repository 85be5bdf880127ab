"""What the documents say is so: the example configuration is the manual, and the READMEs name what there is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, replace
from pathlib import Path

import pytest
from typer.main import get_command

from tests.watcher.reporting import NOW, assessment, outbox_row, task
from watcher.cli.app import app
from watcher.cli.exits import Exit
from watcher.config import (
    Config,
    ConfigError,
    Daemon,
    GmailAccount,
    ImapAccount,
    Lint,
    MaildirAccount,
    OutlookAccount,
    Rules,
    User,
)
from watcher.config.load import parse_config
from watcher.config.reporter import fields_of
from watcher.report.status import build_status
from watcher.store.accounts import AccountRow

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.toml"
SECTIONS = {
    "user": User,
    "accounts.personal": ImapAccount,
    "accounts.gmail": GmailAccount,
    "accounts.outlook": OutlookAccount,
    "accounts.local": MaildirAccount,
    "rules": Rules,
    "lint": Lint,
    "daemon": Daemon,
}
KEY = re.compile(r"(?P<off># )?(?P<key>[a-z_]+(?:\.[a-z_]+)?) = (?P<rest>.*)")
READMES = sorted(
    path
    for path in [ROOT / "README.md", *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md")]
    if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)  # those of caches are not ours
)


def documented() -> Iterator[tuple[str, str, bool, int]]:
    """Yield section, key, whether it is commented out, and line of each key in the example."""
    section = ""
    for number, line in enumerate(EXAMPLE.read_text("utf-8").splitlines(), 1):
        if head := re.fullmatch(r"\[([a-z.]+)\]", line):
            section = head[1]
        elif found := KEY.fullmatch(line):
            yield section, found["key"], found["off"] is not None, number


def example(uncomment: int | None = None) -> Config:
    """Read the example, with one line put into force."""
    lines = EXAMPLE.read_text("utf-8").splitlines()
    if uncomment is not None:
        lines[uncomment - 1] = lines[uncomment - 1].removeprefix("# ")
    return parse_config("\n".join(lines), Path("/home/sam/config.toml"))


def test_the_example_configuration_is_valid_as_it_stands() -> None:
    config = example()

    assert [account.kind for account in config.accounts] == ["imap", "gmail", "outlook", "maildir"]
    assert config.rules == Rules()


def test_every_key_of_the_model_is_documented_and_no_other() -> None:
    told = [(section, key) for section, key, _, _ in documented()]

    assert sorted(told) == sorted((section, key) for section, model in SECTIONS.items() for key, _ in fields_of(model))


def test_a_key_is_commented_out_exactly_when_it_has_a_default() -> None:
    fields = {(section, key): field for section, model in SECTIONS.items() for key, field in fields_of(model)}

    for section, key, commented, line in documented():
        assert commented == (fields[section, key].default is not MISSING), f"line {line}: {section}.{key}"


@pytest.mark.parametrize("line", [line for _, _, commented, line in documented() if commented])
def test_a_documented_default_changes_nothing_when_it_is_put_into_force(line: int) -> None:
    assert example(uncomment=line) == example()


def test_every_key_says_what_it_means() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    silent = [
        key for _, key, _, number in documented() if lines[number - 1].count("#") < (2 if lines[number - 1][0] == "#" else 1)
    ]

    assert [key for key in silent if not key.startswith("folders.")] == []


@pytest.mark.parametrize(("choices", "key"), [("security", "security"), ("auth", "auth"), ("log_level", "log_level")])
def test_the_choices_that_are_named_are_the_ones_there_are(choices: str, key: str) -> None:
    line = next(line for line in EXAMPLE.read_text("utf-8").splitlines() if line.startswith(f"# {key} = "))
    named = set(re.findall(r'"([a-z0-9]+)"', line.partition("#")[2].partition("#")[2]))

    bad = EXAMPLE.read_text("utf-8").replace(line, f'{choices} = "no such choice"')
    with pytest.raises(ConfigError) as caught:
        parse_config(bad, Path("/home/sam/config.toml"))

    (problem,) = caught.value.problems
    assert set(re.findall(r'"([a-z0-9]+)"', problem.remedy)) == named


# ----------------------------------------------------------------------------------------------------------------- READMEs


def commands() -> dict[str, object]:
    """Return every command, `config show` and its like by both words."""
    found: dict[str, object] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined] # the top command is a group
        found[name] = command
        found.update({f"{name} {inner}": each for inner, each in getattr(command, "commands", {}).items()})
    return found


def test_the_readme_lists_every_command_and_no_other() -> None:
    text = (ROOT / "watcher" / "README.md").read_text("utf-8")
    listed = {
        re.sub(r" [A-Z ]+$", "", name)
        for name in re.findall(r"^\| `([^`]+)` \|", text.partition("## Command line")[2], re.MULTILINE)
    }

    assert listed == set(commands()) - {"config"}


def test_the_readme_lists_every_exit_code() -> None:
    text = (ROOT / "watcher" / "README.md").read_text("utf-8")

    assert {(int(code), name) for code, name in re.findall(r"^\| (\d) \| ([A-Z_]+) \|", text, re.MULTILINE)} == {
        (int(code), code.name) for code in Exit
    }


def test_the_readme_names_every_key_of_the_status() -> None:
    text = (
        (ROOT / "watcher" / "README.md")
        .read_text("utf-8")
        .partition("## status --json")[2]
        .partition("```text")[2]
        .partition("```")[0]
    )
    row = AccountRow("work", "imap", "sam@example.com", NOW, assumed=False, trouble="x", trouble_kind="sign_in", trouble_at=NOW)
    row = replace(row, calls=3, units=7)
    found = assessment(None, None, outbox_row())
    found = replace(found, decision=replace(found.decision, tasks=(task(),)))
    told = build_status(NOW, [row], [found])

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(keys, value.values()))
        if isinstance(value, list):
            return set().union(*map(keys, value))
        return set()

    words = set(re.findall(r"[a-z_]+", text))
    assert keys(told) <= words
    named = {name for line in text.splitlines() for name in re.findall(r"[a-z_]+", re.split(r"\s{2,}", line.strip())[0])}
    assert named <= keys(told)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(readme: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", readme.read_text("utf-8"))

    assert [target for target in targets if not (readme.parent / target).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_named_exist(readme: Path) -> None:
    text = readme.read_text("utf-8")
    known = commands()
    command = r"(?:^|[`\s/])hearback (?:-[^\s`]+ )*([a-z]+(?:-[a-z]+)*(?: (?:show|check)(?![a-z]))?)"
    named = re.findall(command, "\n".join(code_of(text)))

    assert [name for name in named if name not in known and name.split()[0] not in known] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_that_are_named_exist(readme: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|[`\s])make ([a-z-]+)", "\n".join(code_of(readme.read_text("utf-8"))))

    assert [name for name in named if name not in targets] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(readme: Path) -> None:
    text = re.sub(r"```.*?```", "", readme.read_text("utf-8"), flags=re.DOTALL)
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|toml))`", text)
    missing = [
        name for name in named if not any((base / name).exists() for base in (ROOT, readme.parent)) and not found_below(name)
    ]

    assert missing == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(ROOT)))
def test_configurations_that_are_shown_are_valid(readme: Path) -> None:
    for block in re.findall(r"```toml\n(.*?)```", readme.read_text("utf-8"), re.DOTALL):
        tomllib.loads(block)
        if "[accounts." in block:
            head = "" if "[user]" in block else '[user]\nname = "Sam"\nemail = "sam@example.com"\ntimezone = "UTC"\n'
            assert parse_config(head + block, Path("/home/sam/config.toml")).accounts


def code_of(text: str) -> list[str]:
    """Return the code of a document: fenced blocks and spans."""
    fenced = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    return [*fenced, *re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))]


def found_below(name: str) -> bool:
    """Say whether a file of that name is anywhere in the source."""
    return any(any((ROOT / top).rglob(name)) for top in ("watcher", "connectors", "rules", "tests"))
