"""State that nobody else can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from watcher.paths import StatePaths, default_config_path, default_state_dir, private_dir, private_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_state_is_made_private(tmp_path: Path) -> None:
    paths = StatePaths(tmp_path / "a" / "state").prepare()

    assert mode(paths.root) == 0o700
    assert mode(paths.database) == 0o600
    assert paths.database.read_bytes() == b""


def test_state_that_stood_open_is_closed(tmp_path: Path) -> None:
    paths = StatePaths(tmp_path)
    tmp_path.chmod(0o755)
    paths.database.write_bytes(b"kept")
    paths.database.chmod(0o644)

    paths.prepare()

    assert mode(tmp_path) == 0o700
    assert mode(paths.database) == 0o600
    assert paths.database.read_bytes() == b"kept"


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(PermissionError, match=r"daemon\.state_dir"):
        private_dir(tmp_path)


def test_a_file_in_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")

    with pytest.raises(FileExistsError):
        private_dir(tmp_path / "state")


def test_a_private_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        private_file(tmp_path / "file")
    finally:
        os.umask(before)

    assert mode(tmp_path / "file") == 0o600


def test_what_is_no_file_of_ours_keeps_its_rights() -> None:
    before = mode(Path("/dev/null"))

    private_file(Path("/dev/null"))

    assert mode(Path("/dev/null")) == before


def test_defaults_follow_the_conventions_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    assert default_config_path() == tmp_path / "config" / "hearback" / "config.toml"
    assert default_state_dir() == tmp_path / "state" / "hearback"
