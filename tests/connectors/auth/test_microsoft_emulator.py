"""The sign-in against an emulator of Microsoft's that others made: it fails and succeeds independently of our own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.auth.microsoft import Grant, Registration, graph_scopes, read_grant
from connectors.auth.microsoft.account import owner_of
from connectors.auth.microsoft.flow import DeviceSignIn, SignIn
from connectors.auth.microsoft.renewing import renew
from connectors.auth.microsoft.transport import Transport
from connectors.errors import AuthNeeded, Misconfigured
from tests.servers.gmail.emulator import Emulator
from tests.servers.microsoft import CLIENT_ID
from tests.servers.microsoft.browser import choose_user
from tests.servers.microsoft.emulated import EmulatedSignIn

pytestmark = pytest.mark.xdist_group("outlook")
NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Run the emulator."""
    with Emulator(service="microsoft", scope="Mail.ReadWrite", users=20) as server:
        yield server


@pytest.fixture
def front(emulator: Emulator, localhost: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedSignIn]:
    """Put TLS before it, and trust its certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(localhost))
    with EmulatedSignIn(emulator.port, localhost) as server:
        yield server


def sign_in(front: EmulatedSignIn, trusted: Path, address: str) -> tuple[Grant, str, Transport]:
    line = Transport(lambda: NOW, 10)
    scopes = graph_scopes(front.url, shared=False, colors=False)
    attempt = SignIn(Registration(CLIENT_ID, "common", front.url), scopes, "http://localhost:4711", line, "login", hint=address)
    grant, token = attempt.redeem(attempt.answer_in(choose_user(attempt.url, trusted, address)), NOW)
    return grant, token, line


def test_a_sign_in_is_of_the_user_whose_button_was_pressed_and_renews_itself(
    emulator: Emulator, front: EmulatedSignIn, localhost: Path
) -> None:
    address = emulator.user()
    grant, token, line = sign_in(front, localhost, address)
    assert owner_of(token, line, front.url, address).is_named(address)

    seen = {grant.refresh_token}
    for _ in range(3):
        scopes = graph_scopes(front.url, shared=False, colors=False)
        renewed = renew(
            Registration(CLIENT_ID, "common", front.url), read_grant(grant.text()), scopes, line, "sign in again", lambda: NOW
        )
        grant = renewed.grant
        seen.add(grant.refresh_token)
        assert owner_of(renewed.token, line, front.url, address).is_named(address)
    assert len(seen) == 4


def test_a_refresh_token_that_was_used_up_asks_for_a_new_sign_in(
    emulator: Emulator, front: EmulatedSignIn, localhost: Path
) -> None:
    grant, _, line = sign_in(front, localhost, emulator.user())
    registration = Registration(CLIENT_ID, "common", front.url)
    scopes = graph_scopes(front.url, shared=False, colors=False)
    renew(registration, grant, scopes, line, "sign in again", lambda: NOW)

    with pytest.raises(AuthNeeded, match="sign in again"):
        renew(registration, grant, scopes, line, "sign in again", lambda: NOW)


def test_a_service_without_codes_for_other_machines_is_told(front: EmulatedSignIn) -> None:
    with pytest.raises(Misconfigured, match="gives no codes"):
        DeviceSignIn(Registration(CLIENT_ID, "common", front.url), (), Transport(lambda: NOW, 10), "login --no-browser")
