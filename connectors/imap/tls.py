"""One TLS context for all connections that trust the same authorities: a context weighs more than a connection."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from connectors.errors import Misconfigured

__all__ = ["context"]


def context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and host name, TLS 1.2 or newer. Raises Misconfigured.

    A `ca_file` that was renewed is read anew.
    """
    try:
        state = ca_file.stat() if ca_file is not None else None
    except OSError as error:
        raise Misconfigured(f"`ca_file` {ca_file} cannot be read: {error.strerror}. It must be a PEM file.") from error
    return _context(ca_file, state and (state.st_mtime_ns, state.st_size, state.st_ino))


@lru_cache(maxsize=16)
def _context(ca_file: Path | None, _state: tuple[int, int, int] | None) -> ssl.SSLContext:
    try:
        made = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"`ca_file` {ca_file} cannot be used: {error}. It must be a PEM file that you can read.") from error
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made
