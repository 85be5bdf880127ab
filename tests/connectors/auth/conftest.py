"""Microsoft's sign-in over TLS, trusted by this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.certificates import certificate
from tests.servers.microsoft import MicrosoftSignIn


@pytest.fixture(scope="session")
def localhost(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make key and certificate for the name localhost."""
    now = datetime.now(UTC)
    return certificate(tmp_path_factory.mktemp("tls"), now - timedelta(days=1), now + timedelta(days=30), "localhost")


@pytest.fixture
def microsoft(localhost: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSignIn]:
    """Run the sign-in, and trust its certificate."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):  # both: all authorities of the world would be read for each test
        monkeypatch.setenv(name, str(localhost))
    with MicrosoftSignIn(localhost) as server:
        yield server
