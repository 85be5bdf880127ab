"""The emulator comes from nothing but the project's own files and the wheel that carries node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.gmail.back import Back
from tests.servers.gmail.emulator import Emulator
from tests.servers.gmail.install import HERE, NODE

ROOT = Path(__file__).parents[2]


def installed(place: Path, files: Path = HERE) -> subprocess.CompletedProcess[str]:
    """Install with no program on the search path at all."""
    code = (
        "import sys; from pathlib import Path; from tests.servers.gmail import install as one;"
        "one.HERE = Path(sys.argv[2]); one.install(Path(sys.argv[1]))"
    )
    told = {name: value for name, value in os.environ.items() if name != "PATH"} | {"PATH": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", code, str(place), str(files)],
        cwd=ROOT,
        env=told,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_it_is_installed_from_nothing_without_a_node_of_the_machines_and_answers(tmp_path: Path) -> None:
    place = tmp_path / "emulator"
    done = installed(place)
    assert done.returncode == 0, done.stderr

    with Emulator(place) as emulator:
        back = Back(emulator.address)
        assert back.ask(f"world:{emulator.user()}", "GET", "messages") == {"messages": [], "resultSizeEstimate": 0}
        back.close()


def test_a_package_that_is_not_what_the_lock_file_says_is_not_taken(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    lock = json.loads((HERE / "package-lock.json").read_text())
    lock["packages"]["node_modules/@inbox-zero/emulate"]["integrity"] = "sha512-" + "A" * 86 + "=="
    (files / "package-lock.json").write_text(json.dumps(lock))
    (files / "package.json").write_bytes((HERE / "package.json").read_bytes())
    done = installed(tmp_path / "emulator", files)

    assert done.returncode != 0
    assert "EINTEGRITY" in done.stderr
    assert not (tmp_path / "emulator" / "done").exists()


def test_every_package_is_pinned_by_its_integrity() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text())
    packages = {name: about for name, about in lock["packages"].items() if name}

    assert lock["packages"][""]["dependencies"] == {"@inbox-zero/emulate": "0.4.5"}
    assert packages["node_modules/@inbox-zero/emulate"]["version"] == "0.4.5"
    assert all(about["integrity"].startswith("sha512-") for about in packages.values())
    assert NODE.is_file()


def test_it_listens_on_loopback_alone_and_ends_with_its_input(tmp_path: Path) -> None:
    del tmp_path
    with Emulator() as emulator:
        process = emulator._process
        assert process is not None
        listening = Path(f"/proc/{process.pid}/net/tcp")
        if not listening.exists():
            pytest.skip("there is no /proc here")
        local = [line.split()[1] for line in listening.read_text().splitlines()[1:] if line.split()[3] == "0A"]
        assert f"0100007F:{emulator.port:04X}" in local
        assert f"00000000:{emulator.port:04X}" not in local
    assert process.returncode == 0
