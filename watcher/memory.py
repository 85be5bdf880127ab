"""Little memory for a daemon: one heap for all threads, and giving back what reading much mail needs for a moment."""

from __future__ import annotations

import gc
import sys
from functools import lru_cache
from typing import Any

__all__ = ["collect_often", "give_back", "share_heap"]

_Cache = type(lru_cache(maxsize=1)(len))
_OFTEN = 700
"""The interpreter's own number of objects; a command that is over in a moment collects less often."""
_M_ARENA_MAX = -8
"""mallopt(3)"""


def collect_often() -> None:
    """Let a process that goes on look for circles as often as the interpreter would by itself."""
    gc.set_threshold(_OFTEN)


def give_back() -> None:
    """Forget what was looked up by the thousand, and return the memory to the system where the C library keeps it (glibc)."""
    for item in gc.get_objects():
        if isinstance(item, _Cache) and item.cache_parameters()["maxsize"]:
            item.cache_clear()
    gc.collect()
    trim = _of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def share_heap() -> None:
    """Let threads that are started from now on share one heap (glibc): none of the space that one leaves would serve another."""
    set_option = _of_c_library("mallopt")
    if set_option is not None:
        set_option(_M_ARENA_MAX, 1)


def _of_c_library(name: str) -> Any:
    """Return a function that the C library of Linux may have, or None."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes  # noqa: PLC0415 - needed here only

    return getattr(ctypes.CDLL(None), name, None)
