"""What stories and scenarios sign in at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.at_outlook import Directory, directory


@pytest.fixture(scope="module")
def microsoft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    """Start Microsoft's sign-in; it is trusted by this process, and by those that are given its environment."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("microsoft")
        patch.setenv("SSL_CERT_FILE", str(folder / "server.pem"))
        with directory(folder) as running:
            yield running
