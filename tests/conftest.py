"""Where tests keep their files, and how Hypothesis looks for counterexamples.

Files lie in memory where there is room: what is tested forces thousands of writes to the disk, and none of them has to
outlive the machine. A process that is killed loses nothing of a file there either. `TMPDIR`, where it is set, is kept to.

Tests of an `xdist_group` run on one worker. pytest-xdist 3.8 tells its scheduler so by a suffix of their names that pytest 9.2 no
longer takes, and says nothing: what is made once for a group was made once on every worker.

Counterexamples are the same ones each time in CI, without a stop-watch, for machines are shared.

Ctrl-C works in the programs under test though the run itself was started in the background, where shells have it ignored.
"""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
"""Bytes that must be free: a run takes a tenth of it. A container often has 64 MB."""


def _use_memory() -> None:
    """Make the file system in memory the place for temporary files, of this process and those it starts, if it serves."""
    if "TMPDIR" in os.environ or not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return
    state = os.statvfs(_MEMORY)
    if state.f_bavail * state.f_frsize >= _ROOM and not state.f_flag & os.ST_NOEXEC:  # some tests write programs and run them
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


_use_memory()
settings.register_profile("explore", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)  # a run tells the same about the same tree, whoever starts it
settings.load_profile("explore" if os.environ.get("HEARBACK_EXPLORE") else "same")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the name of its group behind that of a test, on a worker that groups, where it does not stand there already."""
    if not config.getoption("loadgroup", default=False):
        return
    for item in items:
        group = "_".join(sorted({mark.args[0] for mark in item.iter_markers("xdist_group")}))
        if group and not item.nodeid.endswith(f"@{group}") and hasattr(item, "_id"):
            item._id = type(item._id).parse(f"{item.nodeid}@{group}")
