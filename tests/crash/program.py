"""Starting the program so that it can be killed, and made to fail, at a system call of one's choice."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.crash.trust import VARIABLE, trusted

__all__ = ["CALLS", "Call", "Ended", "Program", "strace_binary"]

ROOT: Final = Path(__file__).parents[2]
CALLS: Final = [
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "sendto",
    "sendmsg",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "ftruncate",
    "fallocate",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "openat",
    "chmod",
    "fchmod",
    "fchmodat",
    "utimensat",
]
"""All that changes a file, a name or what a server has heard. Of `openat` only those calls that make a file."""
_ENVIRONMENT: Final = {"CRASH_SECRET": "secret", "PYTHONDONTWRITEBYTECODE": "1"}
_SHOWN: Final = 4096
"""Octets of an argument that are shown: what a batch does stands in the middle of it."""
_LINE: Final = re.compile(r"(?:(\d+) +)?(\w+)\((.*)")


def strace_binary() -> str:
    """Return where strace is. Raises RuntimeError, which says how to get it."""
    found = shutil.which("strace")
    if found is None:
        raise RuntimeError("strace is not installed. `make test` installs it (Debian: strace).")
    return found


@dataclass(frozen=True, slots=True)
class Call:
    """One system call of a run: the n-th of its name, counted from 1."""

    name: str
    number: int
    what: str = ""
    """Its arguments, as strace shows them."""

    def __str__(self) -> str:
        """Return name and number."""
        return f"{self.name}:{self.number}"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    status: int
    output: str

    @property
    def killed(self) -> bool:
        """Say whether it died of SIGKILL."""
        return os.WIFSIGNALED(self.status) and os.WTERMSIG(self.status) == signal.SIGKILL

    @property
    def code(self) -> int:
        """Return the exit code, 128 and more for a signal."""
        return 128 + os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else os.waitstatus_to_exitcode(self.status)


class Program:
    """The program held ready in a process of its own; for one thread."""

    def __init__(self, scratch: Path) -> None:
        """Take a directory for outputs and traces."""
        self._scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        self._server: subprocess.Popen[str] | None = None
        self._pid = 0
        """Of the run that was traced last."""

    def __enter__(self) -> Self:
        """Start, and return when it is ready."""
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.server"],
            cwd=ROOT,
            env=os.environ | _ENVIRONMENT | dict.fromkeys((VARIABLE, "SSL_CERT_FILE"), str(trusted())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        assert self._server is not None
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait(60)

    def _answer(self) -> dict[str, Any]:
        assert self._server is not None
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            raise RuntimeError("the process that holds the program ready has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self._server is not None
        assert self._server.stdin is not None
        self._server.stdin.write(f"{json.dumps(order)}\n")
        self._server.stdin.flush()
        return self._answer()

    def run(self, arguments: Sequence[str], *, target: str = "hearback", within: float | None = None) -> Ended:
        """Run it to its end, or kill it after `within` seconds."""
        output = self._scratch / "output"
        self._ask(target=target, arguments=list(arguments), output=str(output))
        status = self._ask(go=True, within=within)["status"]
        return Ended(status, output.read_text(errors="replace"))

    def trace(self, arguments: Sequence[str], *, target: str = "hearback") -> tuple[Ended, list[Call]]:
        """Run it to its end and return every system call of its own that changes something, in order.

        strace counts for each process by itself. What a child does is left out: children of ours compute, and change nothing.
        """
        trace = self._scratch / "trace"
        ended = self._traced(arguments, target, ["-o", str(trace), "-s", str(_SHOWN), "-e", f"trace={','.join(CALLS)}"])
        counts: dict[str, int] = {}
        calls: list[Call] = []
        for line in trace.read_text(errors="replace").splitlines():
            if (found := _LINE.match(line)) is None or found[2] not in CALLS or found[1] not in {None, str(self._pid)}:
                continue
            name, what = found[2], found[3]
            counts[name] = counts.get(name, 0) + 1
            if name != "openat" or "O_CREAT" in what or "O_TMPFILE" in what:
                calls.append(Call(name, counts[name], what))
        return ended, calls

    def kill_at(self, call: Call, arguments: Sequence[str], *, target: str = "hearback") -> Ended:
        """Run it and kill it when it enters `call`, which is not carried out."""
        return self._injected(call, "signal=KILL", f"{call.number}", arguments, target)

    def fail_at(self, call: Call, error: str, arguments: Sequence[str], *, on: bool = False) -> Ended:
        """Run it and let `call` fail with `error` (as errno names it); with `on` each later one of that name, too."""
        return self._injected(call, f"error={error}", f"{call.number}{'+' if on else ''}", arguments, "hearback")

    def _injected(self, call: Call, what: str, when: str, arguments: Sequence[str], target: str) -> Ended:
        options = ["-o", os.devnull, "-e", f"trace={call.name}", "-e", f"inject={call.name}:{what}:when={when}"]
        return self._traced(arguments, target, options)

    def _traced(self, arguments: Sequence[str], target: str, options: Sequence[str]) -> Ended:
        output = self._scratch / "output"
        self._pid = self._ask(target=target, arguments=list(arguments), output=str(output))["pid"]
        command = [strace_binary(), "-f", *options, "-p", str(self._pid)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            attached = "attached" in said
            status = self._ask(go=True, within=None if attached else 0)["status"]
            strace.stderr.read()
        if not attached:
            raise RuntimeError(f"strace could not take hold of the program: {said}")
        return Ended(status, output.read_text(errors="replace"))
