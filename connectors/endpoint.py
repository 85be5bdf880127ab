"""Where a service may be asked."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

__all__ = ["is_private"]

_LOOPBACK: Final = re.compile(r"127(?:\.[0-9]{1,3}){3}")


def is_private(endpoint: str) -> bool:
    """Say whether a sign-in may be shown at an address (scheme, host and port): nobody between here and there can read it."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.query or parts.fragment or parts.username is not None:
        return False
    local = host in {"localhost", "::1"} or _LOOPBACK.fullmatch(host) is not None
    return parts.scheme == "https" or (parts.scheme == "http" and local)
