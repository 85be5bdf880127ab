"""A process that holds the program ready and forks it: a child starts in a few milliseconds instead of half a second.

Run as `python -m tests.crash.server`; it speaks JSON, a line each way, on its standard streams. What is forked is the program as
the shell would start it, from the reading of its arguments on: only the imports are done already, and they write nothing.

    {"target": "hearback", "arguments": [...], "output": PATH}   fork; the child waits at the gate   -> {"pid": n}
    {"go": true}                                                 open the gate                        -> {"status": n}
    {"go": true, "within": 0.1}                                  ... and kill the child after so many seconds
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from typer.main import get_command

from tests.crash.naive import work as naive

__all__ = ["main"]

_ANY_TRACER = 0x59616D61
"""PR_SET_PTRACER (prctl(2)): where only parents may trace, let whoever asks."""

Target = Callable[[Sequence[str]], object]


@cache
def _parser() -> Any:
    """Return the parser of the commands, made once: that writes nothing either."""
    from watcher.cli.app import app  # noqa: PLC0415 - after the warming

    return get_command(app)


def _hearback(arguments: Sequence[str]) -> object:
    return _parser().main(list(arguments), prog_name="hearback")


TARGETS: dict[str, Target] = {"hearback": _hearback, "naive": naive}


def _warm() -> None:
    """Import, compile and load what passes need, by making some; all the files and connections of it are closed again.

    Drafts are checked here, with a dictionary that is loaded already: a process for each of thousands of passes takes too long.
    """
    import connectors.imap  # noqa: F401, PLC0415
    from tests.statements import compile_once  # noqa: PLC0415
    from watcher import proofread  # noqa: PLC0415

    compile_once()
    proofread.apart = proofread.here
    from tests.crash.files import Files  # noqa: PLC0415
    from tests.crash.gmail import Gmail  # noqa: PLC0415
    from tests.crash.outlook import Outlook  # noqa: PLC0415
    from tests.crash.scenarios import SCENARIOS  # noqa: PLC0415

    with Gmail() as gmail, Outlook() as outlook:
        served = [(place, SCENARIOS[1]) for place in (gmail, outlook)]
        for place, scenario in [*((Files(), scenario) for scenario in SCENARIOS), *served]:
            with tempfile.TemporaryDirectory() as name, redirect_stdout(StringIO()):
                world = place.world(Path(name), "warm")
                for step in (*scenario.before, scenario.last):
                    step.act(world)
                    if _parser().main(world.arguments(step.now), prog_name="hearback", standalone_mode=False):
                        raise SystemExit("the program does not work at all")
    gc.collect()
    gc.freeze()


def _fork(target: str, arguments: Sequence[str], output: str) -> tuple[int, int]:
    """Start a child that waits; return its process id, and the descriptor a byte to which lets it go."""
    gate, key = os.pipe()
    pid = os.fork()
    if pid:
        os.close(gate)
        return pid, key
    code = 70
    try:
        os.close(key)
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        ctypes.CDLL(None).prctl(_ANY_TRACER, ctypes.c_ulong(2**64 - 1), 0, 0, 0)
        os.read(gate, 1)
        TARGETS[target](arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - the child must not come back into the server's loop
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    finally:
        sys.stdout.flush()
        os._exit(code)


def _end(pid: int, key: int, within: float | None) -> int:
    """Let the child go and return its wait status; after `within` seconds it is killed."""
    watch = os.pidfd_open(pid)
    try:
        os.write(key, b"!")
        if within is not None and not select.select([watch], [], [], within)[0]:
            os.kill(pid, signal.SIGKILL)
        return os.waitpid(pid, 0)[1]
    finally:
        os.close(watch)
        os.close(key)


def main() -> None:
    """Serve until standard input ends."""
    _warm()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the answers' stream is nobody else's
    print("{}", file=answers, flush=True)
    waiting = (0, 0)
    for line in sys.stdin:
        order = json.loads(line)
        if "go" in order:
            answer = {"status": _end(*waiting, order.get("within"))}
        else:
            waiting = _fork(order["target"], order["arguments"], order["output"])
            answer = {"pid": waiting[0]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
