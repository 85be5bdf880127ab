"""A Gmail of its own for each test, one mailbox in it, and Google's client library to ask it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.gmail import FakeGmail, Mailbox
from tests.servers.gmail_client import Client

SAM = "sam@example.com"


@pytest.fixture
def fake() -> Iterator[FakeGmail]:
    with FakeGmail() as server:
        yield server


@pytest.fixture
def box(fake: FakeGmail) -> Mailbox:
    return fake.mailbox(SAM)


@pytest.fixture
def client(fake: FakeGmail) -> Iterator[Client]:
    asked = Client(fake.url, fake.credentials(SAM))
    yield asked
    asked.close()
    assert fake.violations == []
