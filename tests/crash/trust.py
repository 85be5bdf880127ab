"""A certificate that the programs of this folder trust, whichever process starts them: sign-ins at Microsoft need TLS."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from tests.servers.certificates import certificate

__all__ = ["VARIABLE", "trusted"]

VARIABLE: Final = "CRASH_CERTIFICATE"
"""Names the file for processes that this one starts."""


_MAKING: Final = threading.Lock()


def trusted() -> Path:
    """Return a file with key and certificate for localhost, of this process or of the one that started it."""
    with _MAKING:  # two programs are started at once
        return _made()


@cache
def _made() -> Path:
    if (given := os.environ.get(VARIABLE)) is not None:
        return Path(given)
    folder = tempfile.mkdtemp(prefix="hearback-crash-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    now = datetime.now(UTC)
    return certificate(Path(folder), now - timedelta(days=1), now + timedelta(days=1), "localhost")
