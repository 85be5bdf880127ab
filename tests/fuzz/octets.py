"""Coverage-guided fuzzing of the reader with atheris: bytes that take a new way through the rules are kept and changed further.

    python -m tests.fuzz.octets FOLDER [libFuzzer options]

FOLDER holds what was found so far; it is filled with the hostile mails of `hostile.py` when it is empty.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rules"], enable_loader_override=False):
    from tests.fuzz.chain import read_all

from tests.fuzz.hostile import BOMBS, SPOOFS

__all__ = ["main"]

_SEED_OCTETS = 8192


def _sow(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for number, make in enumerate((*BOMBS.values(), *SPOOFS.values())):
        raw = make()
        (folder / f"seed-{number:03}").write_bytes(raw[:_SEED_OCTETS])


def _one(raw: bytes) -> None:
    read_all(raw)


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough."""
    _sow(Path(sys.argv[1]))
    atheris.Setup([sys.argv[0], *sys.argv[2:], sys.argv[1]], _one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
