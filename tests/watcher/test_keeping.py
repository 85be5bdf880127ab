"""What is kept of a sign-in, and what is left of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from watcher.keeping import forget, keep
from watcher.secrets import FileSecret


@pytest.fixture
def source(tmp_path: Path) -> FileSecret:
    return FileSecret("main", tmp_path / "[main].token", "token")


def left_by_a_kill(path: Path) -> Path:
    left = path.with_name(f".{path.name}.a_1b2c3d")
    left.write_text("the sign-in of a process that was killed while it wrote\n")
    return left


def others(path: Path) -> list[Path]:
    found = [
        path.with_name(name)
        for name in (f".{path.name}.lock", f"{path.name}.a_1b2c3d", ".other.a_1b2c3d", f".{path.name}.keep-me")
    ]
    for one in found:
        one.write_text("of somebody else\n")
    return found


def test_what_a_killed_process_left_beside_is_gone_when_a_sign_in_is_kept_next(source: FileSecret) -> None:
    left, beside = left_by_a_kill(source.path), others(source.path)
    keep(source, "new")

    assert source.path.read_text() == "new\n"
    assert not left.exists()
    assert all(one.exists() for one in beside)


def test_what_a_killed_process_left_beside_is_forgotten_with_the_sign_in(source: FileSecret) -> None:
    keep(source, "new")
    left, beside = left_by_a_kill(source.path), others(source.path)
    forget(source)

    assert not source.path.exists()
    assert not left.exists()
    assert all(one.exists() for one in beside)
