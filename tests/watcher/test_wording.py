"""The user's own templates: read from the folder that the configuration names, and told of when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from watcher.accounts import build_account, read_policy
from watcher.cli.app import app
from watcher.config import Config, ConfigError, load_config
from watcher.wording import check_templates, read_templates, wording_of


def configured(folder: Path, files: dict[str, str], templates: str = "words") -> Config:
    (folder / "words").mkdir()
    for name, text in files.items():
        (folder / "words" / name).write_text(text, encoding="utf-8")
    (folder / "Maildir").mkdir()
    config = folder / "config.toml"
    config.write_text(
        '[user]\nname = "Sam Rivera"\nemail = "sam@example.com"\ntimezone = "Europe/Berlin"\n'
        f'[accounts.home]\nkind = "maildir"\npath = "Maildir"\n[rules]\ntemplates = "{templates}"\n',
        encoding="utf-8",
    )
    return load_config(config)


def test_the_files_of_the_folder_are_laid_over_ours(tmp_path: Path) -> None:
    config = configured(tmp_path, {"common.toml": 'closings = ["Yours"]\n', "notes.txt": "mine", ".hidden.toml": "x"})
    texts = read_templates(config)
    assert [name for name, _ in texts] == ["common.toml"]
    assert check_templates(config) == 1
    account = build_account(config, config.accounts[0], read_policy(config))
    wording = wording_of(account.templates)
    assert wording is not None
    assert wording.closings == ("Yours",)


def test_without_a_folder_ours_serve(tmp_path: Path) -> None:
    config = configured(tmp_path, {}, templates="")
    assert (read_templates(config), check_templates(config), wording_of(())) == ((), 0, None)


@pytest.mark.parametrize(
    ("files", "templates", "words"),
    [
        ({}, "words", "0 files"),
        ({}, "nowhere", "cannot be read"),
        ({"status.toml": "x" * 300_000}, "words", "larger than 256 KB"),
        ({"status.toml": '[ask]\nany = ["{{ self.x }}."]\n'}, "words", "status.toml:2: ask.any 1: holds access"),
    ],
)
def test_what_is_wrong_is_told_with_file_line_and_remedy(
    tmp_path: Path, files: dict[str, str], templates: str, words: str
) -> None:
    config = configured(tmp_path, files, templates)
    with pytest.raises(ConfigError) as caught:
        check_templates(config)
    assert words in str(caught.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    config = configured(tmp_path, {"status.toml": ""})
    (tmp_path / "words" / "status.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        read_templates(config)


def test_config_check_and_check_tell_of_wrong_templates(tmp_path: Path) -> None:
    config = configured(tmp_path, {"thank_you.toml": '[thanks]\nfirst = ["{% for x in role %}{% endfor %}."]\n'})
    runner = CliRunner()
    checked = runner.invoke(app, ["--config", str(config.path), "config", "check"])
    assert checked.exit_code == 2
    tried = runner.invoke(app, ["--config", str(config.path), "check", "--json"])
    assert tried.exit_code != 0
    for shown in (checked.output, tried.output):
        assert "thank_you.toml" in shown
        assert "loop" in shown
