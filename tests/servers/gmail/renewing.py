"""Credentials as the program makes them of what a user has allowed; the fake's own are those of Google's library."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from google.oauth2.credentials import Credentials

from connectors.auth.google.client import GoogleClient
from connectors.auth.google.credentials import GoogleCredentials, build_credentials
from connectors.auth.google.grant import Grant
from connectors.auth.google.transport import Transport

__all__ = ["renewing"]

_RENEW: Final = "sign in again with `hearback login`"
_lines: Final = threading.local()


def renewing(granted: Credentials) -> Callable[[], GoogleCredentials]:
    """Return what makes credentials as they come from storage: without an access token, over a line of their own."""
    client = GoogleClient(
        str(granted.client_id), str(granted.client_secret), Path("client.json"), token_url=str(granted.token_uri)
    )
    grant = Grant(str(granted.refresh_token))
    return lambda: build_credentials(client, grant, (), _line(), _RENEW)


def _line() -> Transport:
    """Return the line of this thread: what it trusts takes longer to read than most tests take."""
    if not hasattr(_lines, "line"):
        _lines.line = Transport(lambda: datetime.now(UTC), 10)
    found: Transport = _lines.line
    return found
