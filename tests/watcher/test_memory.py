"""What keeps a daemon small, in processes of their own: it holds for all that comes after."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

_HEAPS = """
import ctypes, sys, threading
from watcher.memory import share_heap

if sys.argv[2] == "shared":
    share_heap()
met, held = threading.Barrier(4), []


def take():
    met.wait()
    held.append(bytearray(5_000))
    met.wait()


threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""
_END = """
import atexit, gc, sys
atexit.register(lambda: print(gc.get_freeze_count() > 10_000))
from watcher.cli import main
sys.argv = ["hearback", "--version"]
main()
"""


def _run(program: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], check=True, capture_output=True, text=True, timeout=60
    ).stdout


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="only glibc has such heaps"
)
def test_threads_share_one_heap(tmp_path: Path) -> None:
    def heaps(how: str) -> int:
        _run(_HEAPS, str(tmp_path / how), how)
        return (tmp_path / how).read_text(encoding="ascii").count("<heap nr=")

    assert heaps("apart") > 1
    assert heaps("shared") == 1


def test_a_command_that_ends_does_not_look_for_circles_among_what_it_imported() -> None:
    assert _run(_END).endswith("True\n")
