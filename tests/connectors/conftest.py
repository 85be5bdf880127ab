"""The servers that connectors are tested on: started once, a fresh user for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.pymap import Pymap


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run a Dovecot with every extension."""
    with Dovecot(tmp_path_factory.mktemp("dovecot")) as server:
        yield server


@pytest.fixture(scope="session")
def bare_dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """Run a Dovecot that makes no folders and marks none."""
    with Dovecot(tmp_path_factory.mktemp("bare"), special={}) as server:
        yield server


@pytest.fixture(scope="session")
def pymap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pymap]:
    """Run a pymap."""
    with Pymap(tmp_path_factory.mktemp("pymap") / "log") as server:
        yield server
