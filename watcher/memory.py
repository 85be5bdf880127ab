"""Giving memory back after a first look, which needs for a moment what a daemon at rest does not."""

from __future__ import annotations

import gc
import sys
from functools import lru_cache

__all__ = ["collect_often", "give_back"]

_Cache = type(lru_cache(maxsize=1)(len))
_OFTEN = 700
"""The interpreter's own number of objects; a command that is over in a moment collects less often."""


def collect_often() -> None:
    """Let a process that goes on look for circles as often as the interpreter would by itself."""
    gc.set_threshold(_OFTEN)


def give_back() -> None:
    """Forget what was looked up by the thousand, and return the memory to the system where the C library keeps it (glibc)."""
    for item in gc.get_objects():
        if isinstance(item, _Cache) and item.cache_parameters()["maxsize"]:
            item.cache_clear()
    gc.collect()
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 - needed here only

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
